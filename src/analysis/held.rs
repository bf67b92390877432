//! What holds something is given back: on each path that ends `resolved`, an action that declares
//! an inverse was entered by `with do`, or its inverse was done on the same place.
//!
//! One walk over the structure, with all that may be held. A path that is handed tells what is held,
//! one that ends `mitigated` owes it, and `waive undo` says why it stays.

use std::collections::{BTreeSet, HashMap};

use crate::diag::{Code, Diagnostic};
use crate::text::Span;
use crate::typed::{
    ActionCallee, Attempt, Block, Body, Expr, ExprKind, ExternId, ExternKind, FunctionId,
    FunctionKind, LocalId, Package, Runbook, Step, Stmt, StmtKind, UndoChoice, VerifyElse,
};

use super::place::Place;

/// What the package's own actions hold and give back; one per function.
pub type Summaries = Vec<Summary>;

/// What an action of the package leaves behind.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// Held when it is done; places are those of its parameters.
    holds: Vec<Held>,
    /// Given back without having been taken by the action itself.
    gives_back: BTreeSet<(ExternId, Vec<Option<Place>>)>,
    /// Everything that it holds at some time, also for as long as a block: the action, the one
    /// that gives it back, and the place.
    takes: BTreeSet<(ExternId, ExternId, Vec<Option<Place>>)>,
}

/// Something that is held.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Held {
    /// The line that holds it.
    span: Span,
    /// The action, and the one that gives it back.
    by: ExternId,
    inverse: ExternId,
    /// The arguments of the inverse; None for one that has no name.
    at: Vec<Option<Place>>,
    /// A verify passed since: what fails later does not undo it.
    committed: bool,
}

type Holding = BTreeSet<Held>;

/// Summaries of all functions, callees first.
pub fn functions(package: &Package, order: &[FunctionId], out: &mut Vec<Diagnostic>) -> Summaries {
    let mut summaries = vec![Summary::default(); package.functions.len()];
    for id in order {
        let function = &package.functions[id.index()];
        if !matches!(function.kind, FunctionKind::Action { .. }) {
            continue;
        }
        let mut walk = Walk::new(package, &summaries);
        let end = walk.block(&function.body.block, Holding::new());
        out.append(&mut walk.out);
        summaries[id.index()] = Summary {
            holds: end.into_iter().flatten().collect(),
            gives_back: walk.gives_back,
            takes: walk.takes,
        };
    }
    summaries
}

pub fn check_runbook(
    package: &Package,
    summaries: &Summaries,
    runbook: &Runbook,
    out: &mut Vec<Diagnostic>,
) {
    let remedies = runbook.remedies.iter().map(|remedy| &remedy.body);
    for body in remedies.chain(&runbook.steps) {
        let mut walk = Walk::new(package, summaries);
        let end = walk.block(&body.block, Holding::new());
        out.append(&mut walk.out);
        let mut told = BTreeSet::new();
        for held in end.into_iter().flatten() {
            if told.insert(held.span) {
                out.push(left_on(package, body, &held));
            }
        }
    }
}

struct Walk<'a> {
    package: &'a Package,
    summaries: &'a Summaries,
    /// The places that immutable names stand for.
    names: HashMap<LocalId, Place>,
    gives_back: BTreeSet<(ExternId, Vec<Option<Place>>)>,
    /// What may still be held when an attempt has failed.
    carried: Holding,
    /// The `with do` blocks around.
    around: Vec<Held>,
    takes: BTreeSet<(ExternId, ExternId, Vec<Option<Place>>)>,
    out: Vec<Diagnostic>,
}

impl<'a> Walk<'a> {
    fn new(package: &'a Package, summaries: &'a Summaries) -> Self {
        Walk {
            package,
            summaries,
            names: HashMap::new(),
            gives_back: BTreeSet::new(),
            carried: Holding::new(),
            around: Vec::new(),
            takes: BTreeSet::new(),
            out: Vec::new(),
        }
    }

    /// What is held behind the block; None when no path falls through.
    fn block(&mut self, block: &Block, holding: Holding) -> Option<Holding> {
        let mut holding = holding;
        for stmt in &block.statements {
            holding = self.stmt(stmt, holding)?;
        }
        Some(holding)
    }

    fn stmt(&mut self, stmt: &Stmt, mut holding: Holding) -> Option<Holding> {
        crate::steps::count(1 + holding.len());
        let committed = holding.iter().filter(|held| held.committed).cloned();
        self.carried.extend(committed);
        match &stmt.kind {
            StmtKind::Let { local, value, .. } => {
                if let Some(place) = self.place(value) {
                    self.names.insert(*local, place);
                }
            }
            StmtKind::Do(step) => self.step(step, &mut holding),
            StmtKind::WithDo { step, body, .. } => return self.with_do(step, body, holding),
            StmtKind::Verify(verify) => {
                if verify.otherwise == VerifyElse::Keep {
                    self.carried.extend(holding.iter().cloned());
                }
                return Some(commit(holding));
            }
            StmtKind::WaiveVerify(_) => return Some(commit(holding)),
            // A human hears what is held.
            StmtKind::Page { .. } | StmtKind::Hand(_) => holding.clear(),
            StmtKind::If {
                then, otherwise, ..
            } => {
                let other = match otherwise {
                    Some(block) => self.block(block, holding.clone()),
                    None => Some(holding.clone()),
                };
                return join(self.block(then, holding), other);
            }
            StmtKind::Match { arms, .. } => {
                return arms
                    .iter()
                    .map(|arm| self.block(&arm.body, holding.clone()))
                    .reduce(join)
                    .unwrap_or(Some(holding));
            }
            StmtKind::For(for_loop) => {
                // An element that failed may have left what was held before.
                let after = self.block(&for_loop.body, holding.clone());
                holding.extend(after.into_iter().flatten());
            }
            StmtKind::Attempts(attempts) => return self.attempts(attempts, holding),
            StmtKind::Cleared { condition, .. } => {
                condition.as_ref()?;
            }
            StmtKind::Mitigated(_)
            | StmtKind::Found { .. }
            | StmtKind::Novel(_)
            | StmtKind::Inconclusive(_)
            | StmtKind::Return(_) => return None,
            StmtKind::Error
            | StmtKind::Wait(_)
            | StmtKind::Guard(_)
            | StmtKind::Tell { .. }
            | StmtKind::Attach(_) => {}
        }
        Some(holding)
    }

    fn with_do(&mut self, step: &Step, body: &Block, holding: Holding) -> Option<Holding> {
        let held = match step.callee {
            ActionCallee::Extern(id) => self.held(id, &step.args, step.name_span),
            ActionCallee::Function(_) => None,
        };
        let Some(held) = held else {
            return self.block(body, holding);
        };
        self.is_taken_twice(&held);
        self.around.push(held);
        let end = self.block(body, holding);
        self.around.pop();
        end
    }

    /// Whether a `with do` around holds the same place: what is given back here would be gone there.
    fn is_taken_twice(&mut self, held: &Held) -> bool {
        self.takes.insert((held.by, held.inverse, held.at.clone()));
        let same = |outer: &&Held| outer.inverse == held.inverse && is_same(&outer.at, &held.at);
        let Some(outer) = self.around.iter().find(same) else {
            return false;
        };
        let name = &self.package.externs[held.by.index()].name;
        self.out.push(
            Diagnostic::new(
                Code::HeldOn,
                format!("`{name}` is done on a place that the `with do` around holds already"),
                held.span,
                "giving this back would give back the outer one too",
            )
            .and(outer.span, "held for as long as this block takes")
            .help("leave the inner one out: the place is held until the outer block ends"),
        );
        true
    }

    fn attempts(&mut self, attempts: &[Attempt], holding: Holding) -> Option<Holding> {
        let mut end = None;
        let mut begin = holding;
        for attempt in attempts {
            let around = std::mem::take(&mut self.carried);
            end = join(end, self.block(&attempt.body, begin.clone()));
            begin.extend(std::mem::replace(&mut self.carried, around));
        }
        end
    }

    fn step(&mut self, step: &Step, holding: &mut Holding) {
        match step.callee {
            ActionCallee::Extern(id) => {
                let at: Vec<_> = step.args.iter().map(|arg| self.place(arg)).collect();
                self.give_back(id, &at, holding);
                let Some(held) = self.held(id, &step.args, step.span) else {
                    return;
                };
                if !self.is_taken_twice(&held) && !matches!(step.undo, UndoChoice::Waived(_)) {
                    holding.insert(held);
                }
            }
            ActionCallee::Function(id) => {
                let args: Vec<_> = step.args.iter().map(|arg| self.place(arg)).collect();
                let summary = self.summaries[id.index()].clone();
                let Summary {
                    holds,
                    gives_back,
                    takes,
                } = summary;
                for (by, inverse, at) in takes {
                    let at = at.iter().map(|place| rebased(place, &args)).collect();
                    let taken = Held {
                        span: step.span,
                        by,
                        inverse,
                        at,
                        committed: false,
                    };
                    if self.is_taken_twice(&taken) {
                        return;
                    }
                }
                for (by, at) in gives_back {
                    let at: Vec<_> = at.iter().map(|place| rebased(place, &args)).collect();
                    self.give_back(by, &at, holding);
                }
                for held in holds {
                    holding.insert(Held {
                        span: step.span,
                        at: held.at.iter().map(|place| rebased(place, &args)).collect(),
                        committed: false,
                        ..held
                    });
                }
            }
        }
    }

    /// What a step of an action with an inverse holds.
    fn held(&self, by: ExternId, args: &[Expr], span: Span) -> Option<Held> {
        let action = &self.package.externs[by.index()];
        let ExternKind::Action(contract) = &action.kind else {
            return None;
        };
        let inverse = contract.inverse?;
        let params = &self.package.externs[inverse.index()].params;
        let at = params.iter().map(|param| {
            let index = action
                .params
                .iter()
                .position(|own| own.name == param.name)?;
            self.place(args.get(index)?)
        });
        Some(Held {
            span,
            by,
            inverse,
            at: at.collect(),
            committed: false,
        })
    }

    fn give_back(&mut self, by: ExternId, at: &[Option<Place>], holding: &mut Holding) {
        let before = holding.len();
        holding.retain(|held| held.inverse != by || !is_same(&held.at, at));
        if before == holding.len() {
            self.gives_back.insert((by, at.to_vec()));
        }
    }

    /// The place that an expression names, names of names followed.
    fn place(&self, expr: &Expr) -> Option<Place> {
        match &expr.kind {
            ExprKind::Wrap(inner) => self.place(inner),
            _ => {
                let place = Place::of(expr)?;
                match place.local().and_then(|local| self.names.get(&local)) {
                    Some(base) => Some(place.rebased(base)),
                    None => Some(place),
                }
            }
        }
    }
}

/// What an action says of its parameter, said of the argument.
fn rebased(place: &Option<Place>, args: &[Option<Place>]) -> Option<Place> {
    let place = place.as_ref()?;
    match place.local() {
        Some(local) => Some(place.rebased(args.get(local.index())?.as_ref()?)),
        None => Some(place.clone()),
    }
}

/// Whether both are places, and the same.
fn is_same(held: &[Option<Place>], given: &[Option<Place>]) -> bool {
    held.len() == given.len()
        && held
            .iter()
            .zip(given)
            .all(|(held, given)| held.is_some() && held == given)
}

fn commit(holding: Holding) -> Holding {
    let committed = |held| Held {
        committed: true,
        ..held
    };
    holding.into_iter().map(committed).collect()
}

fn join(one: Option<Holding>, other: Option<Holding>) -> Option<Holding> {
    match (one, other) {
        (Some(mut one), Some(other)) => {
            one.extend(other);
            Some(one)
        }
        (one, other) => one.or(other),
    }
}

fn left_on(package: &Package, body: &Body, held: &Held) -> Diagnostic {
    let by = &package.externs[held.by.index()].name;
    let inverse = &package.externs[held.inverse.index()].name;
    let found = Diagnostic::new(
        Code::HeldOn,
        format!("`{by}` holds on, and a path ends well without `{inverse}`"),
        held.span,
        "still held when the run is resolved",
    )
    .help(format!(
        "do it for as long as a block takes: `with do {by}(..) {{ ... }}`; or give it back with `do {inverse}(..)`, owe it with `mitigated`, or say why it stays: `waive undo \"why\"`"
    ));
    match give_back_line(body, held) {
        Some((at, args)) => found.fix(
            format!("give it back before the verify: `do {inverse}({args})`"),
            at,
            format!("do {inverse}({args})\n    "),
        ),
        None => found,
    }
}

/// Where the line that gives back fits, and what it is about: before the only verify that stands
/// in the body itself, when the place is a plain name.
fn give_back_line(body: &Body, held: &Held) -> Option<(Span, String)> {
    let [Some(place)] = held.at.as_slice() else {
        return None;
    };
    let local = place.local().filter(|_| place.parts.is_empty())?;
    let name = &body.locals.get(local.index())?.name;
    let statements = &body.block.statements;
    let is_step = |stmt: &&Stmt| matches!(&stmt.kind, StmtKind::Do(step) if step.span == held.span);
    statements.iter().find(is_step)?;
    let mut verifies = statements
        .iter()
        .filter(|stmt| matches!(stmt.kind, StmtKind::Verify(_)));
    let (verify, more) = (verifies.next()?, verifies.next());
    let is_behind = verify.span.start > held.span.start;
    (more.is_none() && is_behind).then(|| (verify.span.at_start(), name.to_string()))
}
