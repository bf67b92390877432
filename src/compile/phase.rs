//! Phases: where a plan begins and ends, and what may be checked before the first act.
//!
//! A phase is plan lines, then act lines. It begins with the remedy, an attempt, a loop element, and
//! with the first plan or act line behind a `verify`, whether it passed or was skipped.

use super::builder::{Builder, Label, NOWHERE};
use super::free::Variable;
use super::tables::Tables;
use crate::program::{Effect, Op, Register, Verify, VerifyElse, VerifyIndex};
use crate::typed::{self, Block, LocalId, Stmt, StmtKind};

/// Where to go when the phase turns out to be true already: behind the statement that has this many
/// statements after it.
pub(super) struct Already {
    label: Label,
    rest: usize,
}

impl Builder<'_, '_> {
    /// Begins a phase before its first plan line, and ends its plan before its first act.
    pub(super) fn enter_phase(&mut self, stmt: &Stmt, rest: &[Stmt], already: &mut Vec<Already>) {
        if !self.remedy {
            return;
        }
        match line(stmt) {
            Line::Plan => self.begin_plan(),
            Line::Act if self.planning => {
                self.planning = false;
                self.freeze_lists(rest);
                // Nothing is to be done before a verify that follows another one: no look may
                // stand for it.
                let verifies = matches!(stmt.kind, StmtKind::Verify(_));
                if !(self.behind_verify && verifies) {
                    self.plan_ready(rest, already);
                }
            }
            Line::Act | Line::Other => {}
        }
    }

    /// Behind a statement: is this where a phase that is true already goes on? What follows a
    /// verify has a look of its own.
    pub(super) fn leave_phase(&mut self, stmt: &Stmt, rest: usize, already: &mut Vec<Already>) {
        let mut skipped = false;
        for already in already.extract_if(.., |already| already.rest == rest) {
            self.bind(already.label);
            skipped = true;
        }
        if self.remedy && (skipped || matches!(stmt.kind, StmtKind::Verify(_))) {
            self.look_again();
        }
    }

    /// A line that plans, or the beginning of something that does.
    pub(super) fn begin_plan(&mut self) {
        self.planning = true;
        self.behind_verify = false;
    }

    /// The next line that acts is looked at anew.
    pub(super) fn look_again(&mut self) {
        self.planning = true;
        self.behind_verify = true;
    }

    fn plan_ready(&mut self, rest: &[Stmt], already: &mut Vec<Already>) {
        let phase = self.phase;
        let follows = self.behind_verify;
        self.phase = self.phase.saturating_add(1);
        let precheck = self.precheck(rest);
        // The values that what follows makes use of: these are what the plan promises.
        let used = self.tables.used(rest);
        let planned = self.planned.iter();
        let values = planned
            .filter(|(variable, _)| variable.is_none_or(|variable| used.contains(&variable)))
            .map(|(_, register)| *register)
            .collect();
        let result = self.register();
        let (captures, after) = precheck.unzip();
        self.effect(Effect::PlanReady {
            phase,
            values,
            precheck: captures,
            follows,
            already: result,
        });
        let Some(after) = after else { return };
        let so = Op::JumpIf {
            expected: true,
            value: result,
            target: NOWHERE,
        };
        // Up to its own verify and no further.
        let label = self.label();
        self.jump(label, so);
        already.push(Already { label, rest: after });
    }

    /// The first verify of the phase with its captures, when all of them are known by now, and how
    /// many statements follow the one that holds it.
    fn precheck(&mut self, rest: &[Stmt]) -> Option<((VerifyIndex, Vec<Register>), usize)> {
        for (index, stmt) in rest.iter().enumerate() {
            let verify = match first_verify(stmt) {
                First::Verify(verify) => verify,
                First::Unclear => return None,
                First::None => continue,
            };
            let variables = self.tables.verify_captures(verify);
            let captures = variables.iter().map(|variable| self.bound(*variable));
            let captures = captures.collect::<Option<Vec<_>>>()?;
            let known = variables.iter().all(|variable| {
                self.planned
                    .iter()
                    .any(|(known, _)| *known == Some(*variable))
            });
            if !known {
                return None;
            }
            let (skipped, after) = rest.split_at(index + 1);
            if self.is_missed(skipped, after) {
                return None;
            }
            let index_of_verify = self.verify_entry(verify);
            self.tables.mark_precheck(index_of_verify);
            return Some(((index_of_verify, captures), rest.len() - index - 1));
        }
        None
    }

    /// Whether what follows cannot do without what would be skipped: a name, or a guard.
    fn is_missed(&self, skipped: &[Stmt], after: &[Stmt]) -> bool {
        let used = self.tables.used(after);
        let is_used = |local: LocalId| used.contains(&Variable::Local(local));
        skipped.iter().any(|stmt| match &stmt.kind {
            StmtKind::Guard(_) => true,
            StmtKind::Let { local, .. } => is_used(*local),
            StmtKind::Do(step) => step.result.is_some_and(is_used),
            _ => false,
        })
    }

    /// The table entry of a verify, made when it is first needed.
    pub(super) fn verify_entry(&mut self, verify: &typed::Verify) -> VerifyIndex {
        if let Some((_, known)) = self.verifies.iter().find(|(span, _)| *span == verify.span) {
            return *known;
        }
        let captures = self.tables.verify_captures(verify);
        let condition = self.condition_code("verify", &verify.conditions, &captures);
        let abort_if = verify.abort_if.as_ref();
        let abort_if = abort_if.map(|condition| {
            self.condition_code("abort", std::slice::from_ref(condition), &captures)
        });
        let index = VerifyIndex(self.tables.number(self.tables.program.verifies.len()));
        self.tables.program.verifies.push(Verify {
            condition,
            abort_if,
            within: verify.within,
            every: verify.every,
            holding: verify.holding,
            otherwise: match verify.otherwise {
                typed::VerifyElse::Undo => VerifyElse::Undo,
                typed::VerifyElse::Keep => VerifyElse::Keep,
                typed::VerifyElse::Again => VerifyElse::Again,
            },
            precheck: false,
            place: verify.span,
        });
        self.verifies.push((verify.span, index));
        index
    }

    /// `verify`
    pub(super) fn verify(&mut self, verify: &typed::Verify) {
        let index = self.verify_entry(verify);
        let variables = self.tables.verify_captures(verify);
        let captures = self.captures(&variables);
        self.effect(Effect::Verify {
            verify: index,
            captures,
        });
    }
}

impl Tables<'_> {
    /// What the conditions of a verify take from around them.
    fn verify_captures(&self, verify: &typed::Verify) -> Vec<super::free::Variable> {
        self.free(verify.conditions.iter().chain(&verify.abort_if))
    }

    fn mark_precheck(&mut self, verify: VerifyIndex) {
        if let Some(verify) = self.program.verifies.get_mut(verify.index()) {
            verify.precheck = true;
        }
    }
}

/// What a statement is to its phase.
enum Line {
    Plan,
    Act,
    /// Neither: it may stand anywhere, or has phases of its own.
    Other,
}

fn line(stmt: &Stmt) -> Line {
    match &stmt.kind {
        StmtKind::Let { .. } | StmtKind::Guard(_) => Line::Plan,
        StmtKind::Do(_) | StmtKind::WithDo { .. } | StmtKind::Verify(_) => Line::Act,
        StmtKind::For(for_loop) if acts(&for_loop.body) => Line::Act,
        // A branch that plans has its plan ready where it first acts.
        StmtKind::If { .. } | StmtKind::Match { .. } if acts_at_once(stmt) => Line::Act,
        StmtKind::Error
        | StmtKind::If { .. }
        | StmtKind::Match { .. }
        | StmtKind::For(_)
        | StmtKind::Found { .. }
        | StmtKind::Cleared { .. }
        | StmtKind::Novel(_)
        | StmtKind::Inconclusive(_)
        | StmtKind::Return(_)
        | StmtKind::Wait(_)
        | StmtKind::WaiveVerify(_)
        | StmtKind::Attempts(_)
        | StmtKind::Mitigated(_)
        | StmtKind::Page { .. }
        | StmtKind::Tell { .. }
        | StmtKind::Hand(_)
        | StmtKind::Attach(_) => Line::Other,
    }
}

/// Whether something in the block changes or verifies something.
pub(super) fn acts(block: &Block) -> bool {
    let mut found = false;
    block.for_each_stmt(&mut |stmt| found |= is_act(stmt));
    found
}

fn is_act(stmt: &Stmt) -> bool {
    matches!(
        stmt.kind,
        StmtKind::Do(_) | StmtKind::WithDo { .. } | StmtKind::Verify(_)
    )
}

/// Whether a branching statement acts and none of its branches plans first.
fn acts_at_once(stmt: &Stmt) -> bool {
    let (mut act, mut plan) = (false, false);
    stmt.for_each_block(&mut |block| {
        act |= acts(block);
        let first = block
            .statements
            .iter()
            .find(|stmt| !matches!(line(stmt), Line::Other));
        plan |= first.is_some_and(|stmt| matches!(line(stmt), Line::Plan));
        plan |= block
            .statements
            .iter()
            .any(|stmt| matches!(stmt.kind, StmtKind::Attempts(_)));
    });
    act && !plan
}

/// Whether the statement is this verify, or ends with it.
fn is(stmt: &Stmt, verify: &typed::Verify) -> bool {
    match &stmt.kind {
        StmtKind::Verify(found) => found.span == verify.span,
        StmtKind::WithDo { body, .. } => {
            body.statements.last().is_some_and(|stmt| is(stmt, verify))
        }
        _ => false,
    }
}

enum First<'e> {
    Verify(&'e typed::Verify),
    /// There may be one or not, depending on a condition.
    Unclear,
    None,
}

/// The first verify that the statement runs into, whatever happens.
fn first_verify(stmt: &Stmt) -> First<'_> {
    match &stmt.kind {
        StmtKind::Verify(verify) => First::Verify(verify),
        StmtKind::WithDo { body, .. } => {
            let mut firsts = body.statements.iter().map(first_verify);
            let first = firsts.find(|first| !matches!(first, First::None));
            let last = body.statements.last();
            match first {
                // What follows it in the body would be skipped with it.
                Some(First::Verify(verify)) if !last.is_some_and(|last| is(last, verify)) => {
                    First::Unclear
                }
                first => first.unwrap_or(First::None),
            }
        }
        StmtKind::If { .. } | StmtKind::Match { .. } => {
            let mut verifies = false;
            stmt.for_each_block(&mut |block| {
                block.for_each_stmt(&mut |stmt| {
                    verifies |= matches!(stmt.kind, StmtKind::Verify(_));
                });
            });
            if verifies {
                First::Unclear
            } else {
                First::None
            }
        }
        // The next phase begins here.
        StmtKind::Attempts(_) => First::Unclear,
        // Elements have phases of their own.
        StmtKind::For(_) => First::None,
        StmtKind::Error
        | StmtKind::Let { .. }
        | StmtKind::Found { .. }
        | StmtKind::Cleared { .. }
        | StmtKind::Novel(_)
        | StmtKind::Inconclusive(_)
        | StmtKind::Return(_)
        | StmtKind::Wait(_)
        | StmtKind::Guard(_)
        | StmtKind::Do(_)
        | StmtKind::WaiveVerify(_)
        | StmtKind::Mitigated(_)
        | StmtKind::Page { .. }
        | StmtKind::Tell { .. }
        | StmtKind::Hand(_)
        | StmtKind::Attach(_) => First::None,
    }
}
