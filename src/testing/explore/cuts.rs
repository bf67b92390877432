//! Where a program cuts what it sees: the constants that each answer, field and binding is compared with.
//!
//! In: the typed tree of one runbook and what it calls. Out: per source the constants that meet it. What is compared
//! with no constant, only with something else that is seen, is a source that stands for itself.

use std::collections::{BTreeMap, BTreeSet};

use smol_str::SmolStr;

use super::axis;
use super::constants::{self, computed, has_parts, parts, simple};
use crate::text::Span;
use crate::typed::{
    ActionCallee, ArmPattern, BinaryOp, Body, CallExpr, Callee, Expr, ExprKind, ExternId,
    ExternKind, FindingId, FunctionId, LocalId, Package, Runbook, Step, Stmt, StmtKind, Type,
};
use crate::value::Value;

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// The answer of a probe; of one that takes a query, by the fixed parts of the query.
    Answer(ExternId, Vec<SmolStr>),
    /// A field of a record or of a target, by the type's name.
    Field(SmolStr, u16),
    /// What the trigger binds.
    Binding(u32),
}

/// What meets a source.
#[derive(Clone, Debug, Default)]
pub struct Met {
    /// The constants that it is compared with.
    pub constants: Vec<Value>,
    /// It is compared with something that is seen.
    pub is_paired: bool,
    /// Bounds of the loops that go over it.
    pub bounds: BTreeSet<u32>,
    /// It is computed or compared with what else is seen, so that constants alone do not tell its regions.
    pub is_rough: bool,
}

/// All sources that the code looks at.
#[derive(Clone, Debug, Default)]
pub struct Cuts {
    met: BTreeMap<Source, Met>,
    /// Where each is asked for first.
    places: BTreeMap<Source, Span>,
}

/// Names stand for the names that they were made of; one more round for each further call in between.
const ROUNDS: usize = 4;

impl Cuts {
    /// The cuts of a runbook.
    pub fn of(package: &Package, runbook: &Runbook) -> Cuts {
        let mut reader = Reader {
            package,
            cuts: Cuts::default(),
            params: BTreeMap::new(),
            arguments: BTreeMap::new(),
            locals: BTreeMap::new(),
            together: BTreeSet::new(),
        };
        for _ in 0..ROUNDS {
            reader.runbook(runbook);
        }
        reader.share();
        reader.cuts
    }

    /// What meets this source.
    pub fn met(&self, source: &Source) -> Option<&Met> {
        self.met.get(source)
    }

    /// Where a probe is asked with these words first.
    pub fn place(&self, id: ExternId, query: Option<&str>) -> Option<Span> {
        let mut places = self.places.iter();
        let found = places.find(|(source, _)| match source {
            Source::Answer(of, parts) => {
                *of == id && query.is_none_or(|query| has_parts(query, parts))
            }
            Source::Field(..) | Source::Binding(_) => false,
        });
        found.map(|(_, place)| *place)
    }

    /// What meets the answers of a probe that was asked with these words.
    pub fn answer(&self, id: ExternId, query: Option<&str>) -> Met {
        let mut all = Met::default();
        for (source, met) in &self.met {
            let Source::Answer(of, parts) = source else {
                continue;
            };
            if *of == id && query.is_none_or(|query| has_parts(query, parts)) {
                all.add(met);
            }
        }
        all
    }
}

impl Met {
    fn add(&mut self, other: &Met) {
        for constant in &other.constants {
            if !self.constants.contains(constant) {
                self.constants.push(constant.clone());
            }
        }
        self.is_paired |= other.is_paired;
        self.is_rough |= other.is_rough;
        self.bounds.extend(&other.bounds);
    }
}

type Sources = BTreeSet<Source>;

struct Reader<'p> {
    package: &'p Package,
    cuts: Cuts,
    /// What each parameter of a callable stands for.
    params: BTreeMap<(FunctionId, usize), Sources>,
    /// What each parameter of a remedy stands for.
    arguments: BTreeMap<(FindingId, usize), Sources>,
    /// Of the body that is being read.
    locals: BTreeMap<LocalId, Sources>,
    /// What is compared with each other.
    together: BTreeSet<Sources>,
}

impl Reader<'_> {
    fn runbook(&mut self, runbook: &Runbook) {
        self.locals.clear();
        let conditions = runbook.triggers.iter().flat_map(|one| &one.conditions);
        conditions.for_each(|condition| self.look(condition));
        let bodies = runbook.diagnose.iter().chain(&runbook.steps);
        let others = runbook.otherwise.iter().map(|otherwise| &otherwise.body);
        for body in bodies.chain(others) {
            self.body(body);
        }
        for remedy in &runbook.remedies {
            self.locals.clear();
            for index in 0..remedy.params as usize {
                let of = remedy.finding.and_then(|finding| {
                    let known = self.arguments.get(&(finding, index));
                    known.cloned()
                });
                self.bind(LocalId(index as u32), of.unwrap_or_default());
            }
            self.block(&remedy.body);
        }
        for (index, function) in self.package.functions.iter().enumerate() {
            self.locals.clear();
            for param in 0..function.params.len() {
                let known = self.params.get(&(FunctionId(index as u32), param));
                let known = known.cloned().unwrap_or_default();
                self.bind(LocalId(param as u32), known);
            }
            self.block(&function.body);
        }
    }

    fn body(&mut self, body: &Body) {
        self.locals.clear();
        self.block(body);
    }

    fn block(&mut self, body: &Body) {
        body.block
            .for_each_stmt(&mut |statement| self.statement(statement));
    }

    fn bind(&mut self, local: LocalId, sources: Sources) {
        self.locals.entry(local).or_default().extend(sources);
    }

    fn statement(&mut self, statement: &Stmt) {
        statement.for_each_expr(&mut |expr| self.look(expr));
        match &statement.kind {
            StmtKind::Let { local, value, .. } => {
                let sources = self.sources(value);
                self.bind(*local, sources);
            }
            StmtKind::For(for_loop) => {
                let sources = self.sources(&for_loop.source);
                if let Some(bound) = for_loop.at_most {
                    for source in &sources {
                        let met = self.cuts.met.entry(source.clone()).or_default();
                        met.bounds.insert(bound);
                    }
                }
                self.bind(for_loop.local, sources);
            }
            StmtKind::Match { subject, arms } => {
                let sources = self.sources(subject);
                for arm in arms {
                    match &arm.pattern {
                        ArmPattern::Value(value) => {
                            self.meet(&sources, std::slice::from_ref(value))
                        }
                        ArmPattern::Some(local) => self.bind(*local, sources.clone()),
                        ArmPattern::Any | ArmPattern::None => {}
                    }
                }
            }
            StmtKind::Found { finding, args } => {
                for (index, arg) in args.iter().enumerate() {
                    let sources = self.sources(arg);
                    let known = self.arguments.entry((*finding, index)).or_default();
                    known.extend(sources);
                }
            }
            StmtKind::Do(step) | StmtKind::WithDo { step, .. } => self.step(step),
            StmtKind::Error
            | StmtKind::If { .. }
            | StmtKind::Cleared { .. }
            | StmtKind::Novel(_)
            | StmtKind::Inconclusive(_)
            | StmtKind::Return(_)
            | StmtKind::Wait(_)
            | StmtKind::Guard(_)
            | StmtKind::Verify(_)
            | StmtKind::WaiveVerify(_)
            | StmtKind::Attempts(_)
            | StmtKind::Mitigated(_)
            | StmtKind::Page { .. }
            | StmtKind::Tell { .. }
            | StmtKind::Hand(_)
            | StmtKind::Attach(_) => {}
        }
    }

    fn step(&mut self, step: &Step) {
        let ActionCallee::Function(function) = step.callee else {
            return;
        };
        for (index, arg) in step.args.iter().enumerate() {
            let sources = self.sources(arg);
            let known = self.params.entry((function, index)).or_default();
            known.extend(sources);
        }
    }

    /// Notes every comparison in an expression, and every source.
    fn look(&mut self, expr: &Expr) {
        expr.for_each(&mut |part| match &part.kind {
            ExprKind::Binary { op, left, right }
                if op.comparison().is_some() || *op == BinaryOp::In =>
            {
                let (mut sources, others) = (self.sources(left), self.sources(right));
                let is_of_both = !sources.is_empty() && !others.is_empty();
                sources.extend(others);
                let mut constants = Vec::new();
                self.constants(left, &mut constants);
                self.constants(right, &mut constants);
                computed(left, &mut constants);
                computed(right, &mut constants);
                match constants.is_empty() {
                    true => self.pair(&sources),
                    false => self.meet(&sources, &constants),
                }
                if constants::computes(left)
                    || constants::computes(right)
                    || is_of_both && !is_ordered(&left.ty, &sources, &constants)
                {
                    self.roughen(&sources);
                }
                if sources.len() > 1 {
                    self.together.insert(sources);
                }
            }
            ExprKind::Comprehension(comprehension) => {
                let sources = self.sources(&comprehension.source);
                self.bind(comprehension.local, sources);
            }
            ExprKind::Pick { local, source, .. } => {
                let sources = self.sources(source);
                self.bind(*local, sources);
            }
            ExprKind::IsSome {
                operand,
                bind: Some(local),
            } => {
                let sources = self.sources(operand);
                self.bind(*local, sources);
            }
            ExprKind::Call(call) => {
                self.call(call);
                self.asked(part, call);
                self.note_place(part, call);
            }
            ExprKind::Field { .. } | ExprKind::Trigger(_) => {
                for source in self.sources(part) {
                    self.cuts.met.entry(source).or_default();
                }
            }
            _ => {}
        });
    }

    fn note_place(&mut self, expr: &Expr, call: &CallExpr) {
        if let Callee::Extern(id) = call.callee {
            let mut found = Sources::new();
            self.answer(id, call, &mut found, ROUNDS);
            for source in found {
                self.cuts.places.entry(source).or_insert(expr.span);
            }
        }
    }

    fn call(&mut self, call: &CallExpr) {
        let Callee::Function(function) = call.callee else {
            return;
        };
        for (index, arg) in call.args.iter().enumerate() {
            let sources = self.sources(arg);
            let known = self.params.entry((function, index)).or_default();
            known.extend(sources);
        }
    }

    /// `contains(text, "x")`: what a function is asked of a text.
    fn asked(&mut self, expr: &Expr, call: &CallExpr) {
        let is_pure = match call.callee {
            Callee::Builtin(_) => true,
            Callee::Extern(id) => {
                let declared = self.package.externs.get(id.index());
                declared.is_some_and(|found| matches!(found.kind, ExternKind::Fn))
            }
            Callee::Function(_) => false,
        };
        let mut constants = Vec::new();
        if is_pure && expr.ty == Type::Bool {
            self.constants(expr, &mut constants);
            let sources = self.sources(expr);
            self.meet(&sources, &constants);
        }
    }

    fn meet(&mut self, sources: &Sources, constants: &[Value]) {
        for source in sources {
            let met = self.cuts.met.entry(source.clone()).or_default();
            for constant in constants {
                if !met.constants.contains(constant) {
                    met.constants.push(constant.clone());
                }
            }
        }
    }

    /// A constant that one source meets is met by what is compared with that source, too; and one more behind the last,
    /// so that either may be the larger there.
    fn share(&mut self) {
        for sources in std::mem::take(&mut self.together) {
            let mut all = Vec::new();
            for source in &sources {
                let met = self.cuts.met.get(source);
                all.extend(met.into_iter().flat_map(|met| met.constants.clone()));
            }
            all.extend(constants::behind(&all));
            self.meet(&sources, &all);
        }
    }

    fn roughen(&mut self, sources: &Sources) {
        for source in sources {
            self.cuts.met.entry(source.clone()).or_default().is_rough = true;
        }
    }

    fn pair(&mut self, sources: &Sources) {
        for source in sources {
            let met = self.cuts.met.entry(source.clone()).or_default();
            met.is_paired = true;
        }
    }

    /// What the value of an expression is made of.
    fn sources(&self, expr: &Expr) -> Sources {
        let mut found = Sources::new();
        self.gather(expr, &mut found, 0);
        found
    }

    fn gather(&self, expr: &Expr, found: &mut Sources, calls: usize) {
        match &expr.kind {
            ExprKind::Local(local) => {
                found.extend(self.locals.get(local).cloned().unwrap_or_default())
            }
            ExprKind::Trigger(binding) => {
                found.insert(Source::Binding(binding.0));
            }
            ExprKind::Field { base, field } => match type_name(self.package, &base.ty) {
                Some(name) => {
                    found.insert(Source::Field(name, *field));
                }
                None => self.gather(base, found, calls),
            },
            ExprKind::Call(call) => match call.callee {
                Callee::Extern(id) => self.answer(id, call, found, calls),
                Callee::Function(id) => {
                    let function = self.package.functions.get(id.index());
                    let function = function.filter(|_| calls < ROUNDS);
                    if let Some(function) = function {
                        function.body.block.for_each_stmt(&mut |statement| {
                            statement
                                .for_each_expr(&mut |part| self.gather(part, found, calls + 1));
                        });
                    }
                    let parts = call.args.iter();
                    parts.for_each(|part| self.gather(part, found, calls));
                }
                Callee::Builtin(_) => {
                    expr.for_each_child(&mut |part| self.gather(part, found, calls));
                }
            },
            _ => expr.for_each_child(&mut |part| self.gather(part, found, calls)),
        }
    }

    fn answer(&self, id: ExternId, call: &CallExpr, found: &mut Sources, calls: usize) {
        let declared = self.package.externs.get(id.index());
        let is_pure = declared.is_some_and(|found| matches!(found.kind, ExternKind::Fn));
        if is_pure {
            let parts = call.args.iter();
            return parts.for_each(|part| self.gather(part, found, calls));
        }
        let query = call.args.iter().find_map(|arg| match &arg.kind {
            ExprKind::Value(Value::Query(query)) => Some(vec![query.text.clone()]),
            ExprKind::Template { template, .. } if arg.ty != Type::Text => Some(parts(template)),
            _ => None,
        });
        found.insert(Source::Answer(id, query.unwrap_or_default()));
    }

    fn constants(&self, expr: &Expr, found: &mut Vec<Value>) {
        expr.for_each(&mut |part| match &part.kind {
            ExprKind::Value(value) => simple(value, found),
            ExprKind::Const(id) => {
                let known = self.package.consts.get(id.index());
                known
                    .into_iter()
                    .for_each(|known| simple(&known.value, found));
            }
            ExprKind::Field { base, field } => {
                if let Some(name) = type_name(self.package, &base.ty) {
                    self.written(&name, *field, found);
                }
            }
            _ => {}
        });
    }

    /// What the constants of the package say in a field of a record.
    fn written(&self, name: &str, field: u16, found: &mut Vec<Value>) {
        let mut records = Vec::new();
        for known in &self.package.consts {
            simple(&known.value, &mut records);
        }
        for record in records {
            let Value::Record(record) = record else {
                continue;
            };
            let said = record.fields.get(usize::from(field)).cloned().flatten();
            if record.shape.name == name {
                found.extend(said);
            }
        }
    }
}

/// Whether all orders of what is compared with each other are tried: there are as many numbers as sources.
fn is_ordered(ty: &Type, sources: &Sources, constants: &[Value]) -> bool {
    axis::is_number(ty) && constants.is_empty() && sources.len() <= axis::PAIRED.len()
}

/// The name of a type with fields.
pub fn type_name(package: &Package, ty: &Type) -> Option<SmolStr> {
    match ty {
        Type::Record(id) => {
            let record = package.records.get(id.index())?;
            Some(record.name.to_string().into())
        }
        Type::Target(id) => {
            let target = package.targets.get(id.index())?;
            Some(target.name.to_string().into())
        }
        Type::Optional(inner) => type_name(package, inner),
        _ => None,
    }
}
