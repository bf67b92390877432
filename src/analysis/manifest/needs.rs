//! P5: the capabilities that a runbook uses, each narrowed as far as the text says, and the secrets that it
//! hands over by them.

use std::collections::{BTreeMap, BTreeSet};

use smol_str::SmolStr;

use super::amount::command;
use super::clauses::plain;
use super::origin::{Origin, Origins, among};
use crate::analysis::order;
use crate::analysis::taint::outermost_first;
use crate::program::manifest::{Called, Handed, Need, Pattern, argv};
use crate::typed::{
    ActionCallee, BindingKind, Block, Body, CallExpr, Callee, Expr, ExprKind, ExternId, ExternKind,
    Facts, FunctionId, FunctionKind, Package, Runbook, SecretId, StmtKind, TargetId, Type,
};

/// What is used, what narrows it: nothing, or what a value may be; and a secret that is handed over by it.
type Row = (Used, Option<Origin>, Option<Given>);

/// What a runbook uses of the library.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Used {
    Capability(SmolStr),
    Call(SmolStr),
    /// The lookup of a target of which a field is read.
    Again(SmolStr),
}

/// All that a runbook uses.
pub struct Uses {
    pub needs: Vec<Need>,
    pub secrets: Vec<Handed>,
    pub calls: Vec<Called>,
}

/// Which secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Given {
    Secret(SecretId),
    /// Whichever the caller gives for this parameter.
    Parameter(u16),
}

/// The most rows of one capability in one function; beyond, it is needed for anything.
const MOST: usize = 256;

/// What the functions of a package need, as far as their callers do not decide it.
pub struct Needs<'a> {
    package: &'a Package,
    facts: &'a Facts,
    functions: Vec<BTreeSet<Row>>,
}

impl<'a> Needs<'a> {
    pub fn new(package: &'a Package, facts: &'a Facts) -> Needs<'a> {
        let mut needs = Needs {
            package,
            facts,
            functions: vec![BTreeSet::new(); package.functions.len()],
        };
        for id in order::callees_first(package, &mut Vec::new()) {
            needs.functions[id.index()] = needs.of_function(id);
        }
        needs
    }

    fn of_function(&self, id: FunctionId) -> BTreeSet<Row> {
        let function = &self.package.functions[id.index()];
        let parameters = (0..function.params.len()).map(|index| Origin::Parameter(index as u16));
        let runbook = match function.kind {
            FunctionKind::Watch(id) => Some(&self.package.runbooks[id.index()]),
            FunctionKind::Fn | FunctionKind::Probe | FunctionKind::Action { .. } => None,
        };
        let mut rows = BTreeSet::new();
        self.body(runbook, &function.body, parameters, &mut rows);
        rows
    }

    /// Everything that the runbook needs and calls, and every secret that it hands over; sorted.
    pub fn of_runbook(&self, runbook: &'a Runbook) -> Uses {
        let mut rows = BTreeSet::new();
        for binding in &runbook.bindings {
            // What a request names is looked up, and has to be owned.
            if let (BindingKind::Request, Type::Target(target)) = (&binding.kind, &binding.ty) {
                let owned = Origin::Known(Pattern::Owned);
                self.lookup(*target, Used::Call, owned, &mut rows);
            }
        }
        let found = self.found(runbook);
        for body in runbook.diagnose.iter().chain(&runbook.steps) {
            self.body(Some(runbook), body, [], &mut rows);
        }
        for clause in &runbook.otherwise {
            self.body(Some(runbook), &clause.body, [], &mut rows);
        }
        for remedy in &runbook.remedies {
            let args = remedy.finding.and_then(|id| found.get(&id.0)).cloned();
            let count = remedy.params as usize;
            let args = args.unwrap_or_default().into_iter();
            let args = args.chain(std::iter::repeat(Origin::ANY)).take(count);
            self.body(Some(runbook), &remedy.body, args, &mut rows);
        }
        let mut uses = Uses {
            needs: Vec::new(),
            secrets: Vec::new(),
            calls: Vec::new(),
        };
        for (used, of, given) in rows {
            let of = of.map(|of| match of {
                Origin::Known(pattern) => pattern,
                Origin::Parameter(_) => Pattern::Any,
            });
            let again = matches!(used, Used::Again(_));
            let can = match used {
                Used::Capability(can) => can.to_string(),
                Used::Call(call) | Used::Again(call) => {
                    let about = self.about(&call);
                    uses.calls.push(Called {
                        call,
                        about,
                        of,
                        again,
                    });
                    continue;
                }
            };
            let need = Need { can, of };
            match given {
                None => uses.needs.push(need),
                Some(Given::Secret(id)) => uses.secrets.push(self.handed(id, need)),
                // Nothing that a runbook is given is a secret.
                Some(Given::Parameter(_)) => {}
            }
        }
        uses.needs = covered(&uses.needs, Need::covers);
        uses.secrets.sort();
        uses.secrets = covered(&uses.secrets, Handed::covers);
        uses
    }

    /// The types of what a call is about, outermost first: of the target that it is given, else of what it finds.
    fn about(&self, call: &str) -> Vec<String> {
        let mut externs = self.package.externs.iter();
        let Some(declared) = externs.find(|declared| declared.name.to_string() == call) else {
            return Vec::new();
        };
        let given = declared.needs.first().and_then(|needs| needs.of);
        let given = given.and_then(|index| declared.params.get(usize::from(index)));
        let target = given
            .and_then(|param| target(&param.ty))
            .or_else(|| target(&declared.result));
        target.map_or_else(Vec::new, |target| outermost_first(self.package, target))
    }

    fn handed(&self, id: SecretId, by: Need) -> Handed {
        let secret = &self.package.secrets[id.index()];
        Handed {
            secret: secret.shown(),
            can: by.can,
            to: by.of,
            kept: format!("{} {}", secret.store, secret.address),
        }
    }

    /// What each finding is given, over all its sites.
    fn found(&self, runbook: &'a Runbook) -> BTreeMap<u32, Vec<Origin>> {
        let mut found: BTreeMap<u32, Vec<Origin>> = BTreeMap::new();
        let Some(body) = &runbook.diagnose else {
            return found;
        };
        let origins = Origins::of_body(self.package, self.facts, Some(runbook), body, []);
        body.block.for_each_stmt(&mut |stmt| {
            let StmtKind::Found { finding, args } = &stmt.kind else {
                return;
            };
            let given: Vec<Origin> = args.iter().map(|arg| origins.of(arg)).collect();
            let known = found.remove(&finding.0);
            let both = match known {
                Some(known) => known
                    .into_iter()
                    .zip(given)
                    .map(|(a, b)| a.join(b))
                    .collect(),
                None => given,
            };
            found.insert(finding.0, both);
        });
        found
    }

    fn body(
        &self,
        runbook: Option<&'a Runbook>,
        body: &'a Body,
        parameters: impl IntoIterator<Item = Origin>,
        rows: &mut BTreeSet<Row>,
    ) {
        let origins = Origins::of_body(self.package, self.facts, runbook, body, parameters);
        self.block(&origins, &body.block, rows);
        bound(rows);
    }

    fn block(&self, origins: &Origins<'_>, block: &Block, rows: &mut BTreeSet<Row>) {
        block.for_each_stmt(&mut |stmt| {
            if let StmtKind::Do(step) | StmtKind::WithDo { step, .. } = &stmt.kind {
                match step.callee {
                    ActionCallee::Extern(id) => self.external(origins, id, &step.args, rows),
                    ActionCallee::Function(id) => self.function(origins, id, &step.args, rows),
                }
            }
            if let StmtKind::WithDo {
                step,
                inverse,
                inverse_args,
                ..
            } = &stmt.kind
            {
                let given = inverse_args
                    .iter()
                    .filter_map(|index| step.args.get(usize::from(*index)));
                let given: Vec<Expr> = given.cloned().collect();
                self.external(origins, *inverse, &given, rows);
            }
        });
        block.for_each_expr(&mut |expr| {
            if let ExprKind::Call(call) = &expr.kind {
                match call.callee {
                    Callee::Extern(id) => self.observation(origins, (id, call), rows),
                    Callee::Function(id) => self.function(origins, id, &call.args, rows),
                    Callee::Builtin(_) => {}
                }
            }
            if let ExprKind::Field { base, .. } = &expr.kind
                && let Type::Target(target) = base.ty
            {
                self.lookup(target, Used::Again, place(origins, base), rows);
            }
        });
    }

    /// The lookup of a target at a place.
    fn lookup(
        &self,
        target: TargetId,
        used: impl Fn(SmolStr) -> Used,
        at: Origin,
        rows: &mut BTreeSet<Row>,
    ) {
        if let Some(lookup) = self.package.targets[target.index()].lookup {
            let name = self.package.externs[lookup.index()].name.to_string();
            rows.insert((used(name.into()), Some(at), None));
        }
    }

    /// What is looked up by words from outside is good for nothing unless it is owned.
    fn observation(
        &self,
        origins: &Origins<'_>,
        (id, call): (ExternId, &CallExpr),
        rows: &mut BTreeSet<Row>,
    ) {
        self.capabilities(origins, id, &call.args, rows);
        let owned = self.facts.told_lookups.contains(&call.site);
        let owned = owned.then_some(Origin::Known(Pattern::Owned));
        let at = owned.or_else(|| self.place_of(origins, id, &call.args));
        let name = self.package.externs[id.index()].name.to_string();
        rows.insert((Used::Call(name.into()), at, None));
    }

    /// Where a call is made: at what narrows the first thing that it needs.
    fn place_of(&self, origins: &Origins<'_>, id: ExternId, args: &[Expr]) -> Option<Origin> {
        let capability = self.package.externs[id.index()].needs.first()?;
        let arg = args.get(usize::from(capability.of?));
        Some(arg.map_or(Origin::ANY, |arg| place(origins, arg)))
    }

    fn external(
        &self,
        origins: &Origins<'_>,
        id: ExternId,
        args: &[Expr],
        rows: &mut BTreeSet<Row>,
    ) {
        self.capabilities(origins, id, args, rows);
        let declared = &self.package.externs[id.index()];
        let at = self.place_of(origins, id, args);
        rows.insert((
            Used::Call(declared.name.to_string().into()),
            at.clone(),
            None,
        ));
        if let ExternKind::Action(contract) = &declared.kind
            && let Some(probe) = contract.settle_probe
        {
            let name = self.package.externs[probe.index()].name.to_string();
            rows.insert((Used::Call(name.into()), at, None));
        }
    }

    fn capabilities(
        &self,
        origins: &Origins<'_>,
        id: ExternId,
        args: &[Expr],
        rows: &mut BTreeSet<Row>,
    ) {
        let mut secrets = BTreeSet::new();
        for arg in args.iter().filter(|arg| is_secret(&arg.ty)) {
            self.given(origins, arg, &mut secrets);
        }
        for capability in &self.package.externs[id.index()].needs {
            let arg = capability.of.map(|index| args.get(usize::from(index)));
            let of = arg.map(|arg| arg.map_or(Origin::ANY, |arg| self.narrowed(origins, arg)));
            for secret in &secrets {
                let used = Used::Capability(capability.name.clone());
                rows.insert((used, of.clone(), Some(*secret)));
            }
            rows.insert((Used::Capability(capability.name.clone()), of, None));
        }
    }

    /// The secrets that an argument may be.
    fn given(&self, origins: &Origins<'_>, arg: &Expr, secrets: &mut BTreeSet<Given>) {
        match &arg.kind {
            ExprKind::Wrap(inner) => self.given(origins, inner, secrets),
            ExprKind::If {
                then, otherwise, ..
            } => {
                self.given(origins, then, secrets);
                self.given(origins, otherwise, secrets);
            }
            ExprKind::Secret(id) => drop(secrets.insert(Given::Secret(*id))),
            // No secret.
            ExprKind::Value(_) => {}
            _ => match origins.of(arg) {
                Origin::Parameter(index) => drop(secrets.insert(Given::Parameter(index))),
                // One that cannot be told may be any.
                Origin::Known(pattern) => {
                    let all = self.package.secrets.iter().enumerate();
                    let may_be =
                        all.filter(|(_, secret)| pattern.covers(&Pattern::Is(secret.shown())));
                    secrets.extend(may_be.map(|(index, _)| Given::Secret(SecretId(index as u32))));
                }
            },
        }
    }

    fn narrowed(&self, origins: &Origins<'_>, arg: &Expr) -> Origin {
        let is_command = matches!(&arg.ty, Type::List(of) if **of == Type::Text);
        if !is_command {
            return origins.of(arg);
        }
        if let Some(all) = self.commands(origins, arg) {
            return Origin::Known(Pattern::among(all));
        }
        match command(self.package, arg) {
            Some((words, true)) => {
                Origin::Known(Pattern::Is(argv::join(words.iter().map(String::as_str))))
            }
            Some((words, false)) if !words.is_empty() => {
                let start = argv::join(words.iter().map(String::as_str));
                Origin::Known(Pattern::Begins(format!("{start} ")))
            }
            Some(_) | None => match origins.of(arg) {
                given @ Origin::Parameter(_) => given,
                Origin::Known(_) => Origin::ANY,
            },
        }
    }

    /// Each command that it may be, where every word is one of a few.
    fn commands(&self, origins: &Origins<'_>, arg: &Expr) -> Option<BTreeSet<String>> {
        let items = match &arg.kind {
            ExprKind::Wrap(inner) => return self.commands(origins, inner),
            ExprKind::List(items) if !items.is_empty() => items,
            _ => return None,
        };
        let mut all: Vec<Vec<String>> = vec![Vec::new()];
        for item in items {
            let words = match (item.constant(self.package), item.ty == Type::Text) {
                (Some(value), _) => vec![plain(value)],
                (None, true) => origins.of(item).texts()?,
                (None, false) => return None,
            };
            all = among(&all, &words, |words, word| {
                let mut words = words.clone();
                words.push(word.to_owned());
                words
            })?;
        }
        let joined = all
            .iter()
            .map(|words| argv::join(words.iter().map(String::as_str)));
        Some(joined.collect())
    }

    /// What a function needs, its parameters replaced by the arguments.
    fn function(
        &self,
        origins: &Origins<'_>,
        id: FunctionId,
        args: &[Expr],
        rows: &mut BTreeSet<Row>,
    ) {
        for (used, of, given) in &self.functions[id.index()] {
            let of = of.as_ref().map(|of| match of {
                Origin::Known(pattern) => Origin::Known(pattern.clone()),
                Origin::Parameter(index) => {
                    let arg = args.get(usize::from(*index));
                    arg.map_or(Origin::ANY, |arg| match used {
                        Used::Capability(_) => self.narrowed(origins, arg),
                        Used::Call(_) | Used::Again(_) => place(origins, arg),
                    })
                }
            });
            let mut secrets = BTreeSet::new();
            match given {
                Some(Given::Parameter(index)) => {
                    if let Some(arg) = args.get(usize::from(*index)) {
                        self.given(origins, arg, &mut secrets);
                    }
                }
                Some(secret @ Given::Secret(_)) => drop(secrets.insert(*secret)),
                None => drop(rows.insert((used.clone(), of.clone(), None))),
            }
            let each = secrets.into_iter();
            rows.extend(each.map(|secret| (used.clone(), of.clone(), Some(secret))));
        }
    }
}

/// What a target may be as far as it says where that is: what a field of a target leads to lies where that one does.
fn place(origins: &Origins<'_>, expr: &Expr) -> Origin {
    let mut inner = expr;
    while let ExprKind::Field { base, .. } = &inner.kind
        && matches!((&inner.ty, &base.ty), (Type::Target(_), Type::Target(_)))
    {
        inner = base;
    }
    origins.of(inner)
}

/// The target that something is, or has some of.
fn target(ty: &Type) -> Option<TargetId> {
    let inner = match ty {
        Type::List(of) | Type::Optional(of) => of.as_ref(),
        ty => ty,
    };
    match inner {
        Type::Target(id) => Some(*id),
        _ => None,
    }
}

/// Whether it is a secret, if it is there.
fn is_secret(ty: &Type) -> bool {
    match ty {
        Type::Optional(of) => **of == Type::Secret,
        of => *of == Type::Secret,
    }
}

/// Keeps what one function needs small.
fn bound(rows: &mut BTreeSet<Row>) {
    let mut counts: BTreeMap<(Used, Option<Given>), usize> = BTreeMap::new();
    for (can, _, given) in rows.iter() {
        *counts.entry((can.clone(), *given)).or_default() += 1;
    }
    for ((can, given), count) in counts {
        if count > MOST {
            rows.retain(|(of, _, by)| *of != can || *by != given);
            rows.insert((can, Some(Origin::ANY), given));
        }
    }
}

/// Without what another row covers.
fn covered<T: Clone + PartialEq>(rows: &[T], covers: impl Fn(&T, &T) -> bool) -> Vec<T> {
    let is_covered = |row: &T| rows.iter().any(|other| other != row && covers(other, row));
    let kept = rows.iter().filter(|row| !is_covered(row));
    kept.cloned().collect()
}
