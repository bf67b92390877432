//! What holds something is given back: on each path that ends `resolved`, an action that declares
//! an inverse was entered by `with do`, or its inverse was done on the same place.
//!
//! One walk over the structure, with all that may be held. A path that is handed tells what is held,
//! one that ends `mitigated` owes it, and `waive undo` says why it stays.

use std::collections::{BTreeMap, BTreeSet};

use crate::diag::{Code, Diagnostic};
use crate::text::Span;
use crate::typed::{
    ActionCallee, Attempt, Block, Body, Expr, ExprKind, ExternId, ExternKind, FunctionId,
    FunctionKind, Package, Runbook, Step, Stmt, StmtKind, UndoChoice, VerifyElse,
};

use super::same::{Id, Scope, Scopes, Terms};

/// What the package's own actions hold and give back; one per function.
pub type Summaries = Vec<Summary>;

/// What an action of the package leaves behind.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// What its parameters are called in what follows.
    params: Vec<Id>,
    /// Held when it is done.
    holds: Vec<Held>,
    /// Given back without having been taken by the action itself.
    gives_back: BTreeSet<(ExternId, Vec<Id>)>,
    /// Everything that it holds at some time, also for as long as a block: the action, the one
    /// that gives it back, and the place.
    takes: BTreeSet<(ExternId, ExternId, Vec<Id>)>,
}

/// Something that is held.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Held {
    /// The line that holds it.
    span: Span,
    /// The action, and the one that gives it back.
    by: ExternId,
    inverse: ExternId,
    /// The arguments of the inverse.
    at: Vec<Id>,
    /// A verify passed since: what fails later does not undo it.
    committed: bool,
}

type Holding = BTreeSet<Held>;

/// Summaries of all functions, callees first.
pub fn functions(
    package: &Package,
    order: &[FunctionId],
    terms: &mut Terms<'_>,
    out: &mut Vec<Diagnostic>,
) -> Summaries {
    let mut summaries = vec![Summary::default(); package.functions.len()];
    for id in order {
        let function = &package.functions[id.index()];
        if !matches!(function.kind, FunctionKind::Action { .. }) {
            continue;
        }
        let mut scope = terms.function(*id);
        let params = terms.params(&mut scope, function.params.len());
        let mut walk = Walk::new(&summaries, terms, scope);
        let end = walk.block(&function.body.block, Holding::new());
        out.append(&mut walk.out);
        summaries[id.index()] = Summary {
            params,
            holds: end.into_iter().flatten().collect(),
            gives_back: walk.gives_back,
            takes: walk.takes,
        };
    }
    summaries
}

pub fn check_runbook(
    summaries: &Summaries,
    terms: &mut Terms<'_>,
    scopes: &Scopes,
    runbook: &Runbook,
    out: &mut Vec<Diagnostic>,
) {
    let remedies = runbook.remedies.iter().map(|remedy| &remedy.body);
    let package = terms.package();
    let bodies = remedies.chain(&runbook.steps).zip(&scopes.blocks);
    for (body, acting) in bodies {
        let mut walk = Walk::new(summaries, terms, acting.scope.clone());
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

struct Walk<'a, 'b> {
    package: &'b Package,
    summaries: &'a Summaries,
    terms: &'a mut Terms<'b>,
    /// What the names of the body stand for.
    scope: Scope,
    gives_back: BTreeSet<(ExternId, Vec<Id>)>,
    /// What may still be held when an attempt has failed.
    carried: Holding,
    /// The `with do` blocks around.
    around: Vec<Held>,
    takes: BTreeSet<(ExternId, ExternId, Vec<Id>)>,
    out: Vec<Diagnostic>,
}

impl<'a, 'b> Walk<'a, 'b> {
    fn new(summaries: &'a Summaries, terms: &'a mut Terms<'b>, scope: Scope) -> Self {
        Walk {
            package: terms.package(),
            summaries,
            terms,
            scope,
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
            | StmtKind::Let { .. }
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
        let same = |outer: &&Held| outer.inverse == held.inverse && outer.at == held.at;
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
                let at = self.places(&step.args);
                if self.is_given_back_early(id, &at, step.span) {
                    return;
                }
                self.give_back(id, &at, holding);
                let Some(held) = self.held(id, &step.args, step.span) else {
                    return;
                };
                if !self.is_taken_twice(&held) && !matches!(step.undo, UndoChoice::Waived(_)) {
                    holding.insert(held);
                }
            }
            ActionCallee::Function(id) => {
                let summary = self.summaries[id.index()].clone();
                let args = self.places(&step.args);
                self.action(step.span, summary, &args, holding);
            }
        }
    }

    /// A step that is an action of the package.
    fn action(&mut self, span: Span, summary: Summary, args: &[Id], holding: &mut Holding) {
        let Summary {
            params,
            holds,
            gives_back,
            takes,
        } = summary;
        let mut places: BTreeMap<Id, Id> = params.into_iter().zip(args.iter().copied()).collect();
        for (by, inverse, at) in takes {
            let taken = Held {
                span,
                by,
                inverse,
                at: self.rebased(&at, &mut places),
                committed: false,
            };
            if self.is_taken_twice(&taken) {
                return;
            }
        }
        for (by, at) in gives_back {
            let at = self.rebased(&at, &mut places);
            if self.is_given_back_early(by, &at, span) {
                return;
            }
            self.give_back(by, &at, holding);
        }
        for held in holds {
            holding.insert(Held {
                span,
                at: self.rebased(&held.at, &mut places),
                committed: false,
                ..held
            });
        }
    }

    /// What an action says of its parameters, said of the arguments.
    fn rebased(&mut self, at: &[Id], places: &mut BTreeMap<Id, Id>) -> Vec<Id> {
        at.iter()
            .map(|part| self.terms.replaced(*part, places))
            .collect()
    }

    fn places(&mut self, args: &[Expr]) -> Vec<Id> {
        args.iter()
            .map(|arg| self.terms.of(&mut self.scope, arg))
            .collect()
    }

    /// Whether a `with do` around holds the place that is given back here.
    fn is_given_back_early(&mut self, by: ExternId, at: &[Id], span: Span) -> bool {
        let may_be = |outer: &&Held| {
            let mut parts = outer.at.iter().zip(at);
            outer.inverse == by && !parts.any(|(a, b)| self.terms.differ(*a, *b))
        };
        let Some(outer) = self.around.iter().find(may_be) else {
            return false;
        };
        let (gives, help) = match outer.at == at {
            true => (
                "gives",
                "leave it out: the block gives it back when it ends",
            ),
            false => (
                "may give",
                "two names may stand for one thing: leave it out, or name both by constants that differ",
            ),
        };
        let name = &self.package.externs[by.index()].name;
        self.out.push(
            Diagnostic::new(
                Code::HeldOn,
                format!("`{name}` {gives} back what the `with do` around still holds"),
                span,
                "what follows in the block would do without it",
            )
            .and(outer.span, "held for as long as this block takes")
            .help(help),
        );
        true
    }

    /// What a step of an action with an inverse holds.
    fn held(&mut self, by: ExternId, args: &[Expr], span: Span) -> Option<Held> {
        let action = &self.package.externs[by.index()];
        let ExternKind::Action(contract) = &action.kind else {
            return None;
        };
        let inverse = contract.inverse?;
        let params = &self.package.externs[inverse.index()].params;
        let at = params.iter().map(|param| {
            let index = action.params.iter().position(|own| own.name == param.name);
            match index.and_then(|index| args.get(index)) {
                Some(arg) => self.terms.of(&mut self.scope, arg),
                None => self.terms.unknown(),
            }
        });
        Some(Held {
            span,
            by,
            inverse,
            at: at.collect(),
            committed: false,
        })
    }

    fn give_back(&mut self, by: ExternId, at: &[Id], holding: &mut Holding) {
        let before = holding.len();
        holding.retain(|held| held.inverse != by || held.at != at);
        if before == holding.len() {
            self.gives_back.insert((by, at.to_vec()));
        }
    }
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
    let [_] = held.at.as_slice() else {
        return None;
    };
    let statements = &body.block.statements;
    let local = statements.iter().find_map(|stmt| match &stmt.kind {
        StmtKind::Do(step) if step.span == held.span => match step.args.first()?.kind {
            ExprKind::Local(local) => Some(local),
            _ => None,
        },
        _ => None,
    })?;
    let name = &body.locals.get(local.index())?.name;
    let mut verifies = statements
        .iter()
        .filter(|stmt| matches!(stmt.kind, StmtKind::Verify(_)));
    let (verify, more) = (verifies.next()?, verifies.next());
    let is_behind = verify.span.start > held.span.start;
    (more.is_none() && is_behind).then(|| (verify.span.at_start(), name.to_string()))
}
