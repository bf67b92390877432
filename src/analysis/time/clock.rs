//! What the parts of a body may take, added up over the text.

use super::{Takes, Times};
use crate::effect::Repeat;
use crate::typed::{
    ActionCallee, ActionContract, Block, Callee, Expr, ExprKind, ExternId, ExternKind, FunctionId,
    Handler, HandlerAction, Package, Retry, Step, Stmt, StmtKind, TargetId, UndoChoice,
    UndoContract, Verify,
};
use crate::value::Duration;

/// How often a harmless change of unknown outcome is repeated.
const REPEATS: i64 = 3;
/// How often the guards are read for one try: before it is queued, and when its turn comes.
const READS: i64 = 2;

/// What the parts of a body add up to.
#[derive(Clone, Copy)]
pub struct Clock<'a> {
    pub package: &'a Package,
    pub times: &'a Times,
    /// Whether the fields of targets are read anew.
    pub live: bool,
    /// What it takes to read all guards that stand.
    pub guards: i64,
    /// What it takes to list all populations that lines of the `blast` look at.
    pub lists: i64,
    pub loops: Loops,
}

/// How often the body of a loop counts that changes something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loops {
    /// For each element that there may be.
    Whole,
    /// Once: each element is a part of its own.
    Once,
}

impl Clock<'_> {
    pub fn block(&self, block: &Block) -> i64 {
        let mut clock = *self;
        let mut sum = clock.first_looks(block);
        for stmt in &block.statements {
            sum = sum.saturating_add(clock.stmt(stmt));
            clock.stand(stmt);
        }
        sum
    }

    /// A guard stands until its block ends.
    pub fn stand(&mut self, stmt: &Stmt) {
        if let StmtKind::Guard(condition) = &stmt.kind {
            self.guards = self.guards.saturating_add(self.looking(condition));
        }
    }

    pub fn stmt(&self, stmt: &Stmt) -> i64 {
        crate::steps::count(1);
        match &stmt.kind {
            StmtKind::Let {
                value,
                retry,
                handlers,
                ..
            } => retried(self.expr(value), *retry).saturating_add(self.handlers(handlers)),
            StmtKind::Verify(verify) => self.verify(verify),
            StmtKind::Wait(duration) => duration.millis(),
            StmtKind::Guard(condition) => self.looking(condition),
            StmtKind::Do(step) => self.step(step),
            StmtKind::WithDo {
                step,
                inverse,
                body,
                ..
            } => self
                .step(step)
                .saturating_add(self.taking_back(*inverse))
                .saturating_add(self.block(body)),
            StmtKind::If {
                condition,
                then,
                otherwise,
            } => {
                let other = otherwise.as_ref().map_or(0, |block| self.block(block));
                self.expr(condition)
                    .saturating_add(self.block(then).max(other))
            }
            StmtKind::Match { subject, arms } => {
                let longest = arms.iter().map(|arm| self.block(&arm.body)).max();
                self.expr(subject).saturating_add(longest.unwrap_or(0))
            }
            StmtKind::For(for_loop) => {
                let times = match self.loops {
                    Loops::Once if for_loop.body.changes() => 1,
                    Loops::Once | Loops::Whole => i64::from(for_loop.at_most.unwrap_or(0)),
                };
                self.expr(&for_loop.source)
                    .saturating_add(self.block(&for_loop.body).saturating_mul(times))
            }
            StmtKind::Attempts(attempts) => attempts
                .iter()
                .map(|attempt| self.block(&attempt.body))
                .fold(0, i64::saturating_add),
            // What is owed is looked at later, by a run of its own.
            StmtKind::Mitigated(mitigated) => {
                mitigated.text.iter().map(|text| self.expr(text)).sum()
            }
            StmtKind::Error
            | StmtKind::Found { .. }
            | StmtKind::Cleared { .. }
            | StmtKind::Novel(_)
            | StmtKind::Inconclusive(_)
            | StmtKind::Return(_)
            | StmtKind::WaiveVerify(_)
            | StmtKind::Page { .. }
            | StmtKind::Tell { .. }
            | StmtKind::Hand(_)
            | StmtKind::Attach(_) => {
                let mut own = 0_i64;
                stmt.for_each_expr(&mut |expr| own = own.saturating_add(self.expr(expr)));
                own
            }
        }
    }

    /// One of them is taken.
    fn handlers(&self, handlers: &[Handler]) -> i64 {
        let longest = handlers.iter().map(|handler| match &handler.action {
            HandlerAction::Value(value) => self.expr(value),
            HandlerAction::Diverge(stmt) => self.stmt(stmt),
        });
        longest.max().unwrap_or(0)
    }

    /// The deadlines of the observations in the text.
    pub fn expr(&self, expr: &Expr) -> i64 {
        let mut sum = 0_i64;
        expr.for_each(&mut |part| {
            sum = sum.saturating_add(match &part.kind {
                ExprKind::Call(call) => match call.callee {
                    Callee::Extern(id) => match self.package.externs[id.index()].kind {
                        ExternKind::Fn => 0,
                        ExternKind::Probe | ExternKind::Action(_) => self.deadline(id),
                    },
                    Callee::Function(id) => {
                        let takes = self.function(id);
                        if self.live { takes.live } else { takes.still }
                    }
                    Callee::Builtin(_) => 0,
                },
                // The key is what it is found by.
                ExprKind::Field { base, field } if self.live && *field > 0 => {
                    base.target().map_or(0, |target| self.lookup(target))
                }
                _ => 0,
            });
        });
        sum
    }

    fn deadline(&self, id: ExternId) -> i64 {
        self.package.externs[id.index()].deadline.millis()
    }

    pub fn lookup(&self, target: TargetId) -> i64 {
        let lookup = self.package.targets[target.index()].lookup;
        lookup.map_or(0, |id| self.deadline(id))
    }

    fn function(&self, id: FunctionId) -> Takes {
        self.times.0.get(&id).copied().unwrap_or_default()
    }

    /// One look at a condition.
    fn looking(&self, condition: &Expr) -> i64 {
        Clock {
            live: true,
            ..*self
        }
        .expr(condition)
    }

    /// One look at all conditions of a verify, `abort if` included.
    pub fn poll(&self, verify: &Verify) -> i64 {
        let conditions = verify.conditions.iter().chain(&verify.abort_if);
        conditions
            .map(|condition| self.looking(condition))
            .fold(0, i64::saturating_add)
    }

    /// `within`, and one more poll that was under way when it ended.
    fn verify(&self, verify: &Verify) -> i64 {
        verify.within.millis().saturating_add(self.poll(verify))
    }

    /// Whether it holds already: a look, and where something was changed before, for as long as
    /// it has to hold.
    pub fn first_look(&self, verify: &Verify) -> i64 {
        let poll = self.poll(verify);
        let held = verify.holding.map_or(0, |holding| {
            let holding = holding.millis().saturating_add(verify.every.millis());
            poll.saturating_add(holding.min(verify.within.millis()))
        });
        poll.saturating_add(held)
    }

    /// The verifies of what was changed and never proven: each once more at a good end.
    pub fn owed(&self, block: &Block) -> i64 {
        let each = block.statements.iter().map(|stmt| {
            let own = match &stmt.kind {
                StmtKind::Verify(verify) => self.verify(verify),
                _ => 0,
            };
            let times = match &stmt.kind {
                StmtKind::For(for_loop) => i64::from(for_loop.at_most.unwrap_or(0)),
                _ => 1,
            };
            let mut inner = 0_i64;
            stmt.for_each_block(&mut |block| inner = inner.saturating_add(self.owed(block)));
            own.saturating_add(inner.saturating_mul(times))
        });
        each.fold(0, i64::saturating_add)
    }

    pub fn arguments(&self, step: &Step) -> i64 {
        let arguments = step.args.iter().chain(&step.touching);
        arguments
            .map(|argument| self.expr(argument))
            .fold(0, i64::saturating_add)
    }

    /// All tries, what becomes of an unknown outcome, the undo, and a handler.
    fn step(&self, step: &Step) -> i64 {
        let own = match step.callee {
            ActionCallee::Extern(id) => self.change(id, step),
            ActionCallee::Function(id) => {
                let takes = self.function(id);
                let guarded = takes.guarded.saturating_mul(self.guards);
                let listed = takes.listed.saturating_mul(self.lists);
                let own = takes.still.saturating_add(guarded);
                retried(own.saturating_add(listed), step.retry)
            }
        };
        self.arguments(step)
            .saturating_add(own)
            .saturating_add(self.undo(step))
            .saturating_add(self.handlers(&step.handlers))
    }

    fn change(&self, id: ExternId, step: &Step) -> i64 {
        let deadline = step
            .within
            .map_or_else(|| self.deadline(id), Duration::millis);
        let tries = step.retry.map_or(1, |retry| i64::from(retry.times) + 1);
        let looks = self.looks_before();
        retried(looks.saturating_add(deadline), step.retry)
            .saturating_add(self.unknown(id, deadline, tries))
            .saturating_add(self.lists.saturating_mul(self.repeats(id)))
    }

    /// What is read before a change is asked for, and when its turn comes.
    pub fn looks_before(&self) -> i64 {
        let looks = self.guards.saturating_add(self.lists);
        looks.saturating_mul(READS)
    }

    /// How often it is repeated where nobody knows whether it took effect.
    fn repeats(&self, id: ExternId) -> i64 {
        match self.contract(id).map(|contract| contract.repeat) {
            Some(Repeat::Safe | Repeat::Keyed) => REPEATS,
            Some(Repeat::UnsafeProbe | Repeat::UnsafeHuman) | None => 0,
        }
    }

    /// What an unknown outcome adds: repetitions, or the probe that settles it.
    fn unknown(&self, id: ExternId, deadline: i64, tries: i64) -> i64 {
        let Some(contract) = self.contract(id) else {
            return 0;
        };
        let settles = contract.settles.millis();
        match contract.repeat {
            Repeat::Safe | Repeat::Keyed => {
                settles.saturating_add(deadline).saturating_mul(REPEATS)
            }
            Repeat::UnsafeProbe => {
                let probe = contract
                    .settle_probe
                    .map_or(0, |probe| self.deadline(probe));
                settles.saturating_add(probe).saturating_mul(tries)
            }
            Repeat::UnsafeHuman => 0,
        }
    }

    fn contract(&self, id: ExternId) -> Option<&ActionContract> {
        match &self.package.externs[id.index()].kind {
            ExternKind::Action(contract) => Some(contract),
            ExternKind::Fn | ExternKind::Probe => None,
        }
    }

    fn undo(&self, step: &Step) -> i64 {
        let id = match step.callee {
            ActionCallee::Extern(id) => id,
            // Its own lines carry theirs.
            ActionCallee::Function(_) => return 0,
        };
        let restored = || {
            let deadline = step
                .within
                .map_or_else(|| self.deadline(id), Duration::millis);
            deadline.saturating_add(self.unknown(id, deadline, 1))
        };
        match &step.undo {
            // No guard is read for what takes back, and nobody is counted.
            UndoChoice::Block(block) => {
                let (guards, lists) = (0, 0);
                let clock = Clock {
                    guards,
                    lists,
                    ..*self
                };
                clock.block(block)
            }
            UndoChoice::Previous => restored(),
            UndoChoice::Waived(_) => 0,
            UndoChoice::Unsaid => match self.contract(id).map(|contract| &contract.undo) {
                Some(UndoContract::By { action, .. }) => self.taking_back(*action),
                Some(UndoContract::Previous) => restored(),
                Some(
                    UndoContract::ByCaller | UndoContract::Unneeded(_) | UndoContract::Impossible,
                )
                | None => 0,
            },
        }
    }

    /// A call that takes back or releases.
    fn taking_back(&self, id: ExternId) -> i64 {
        let deadline = self.deadline(id);
        deadline.saturating_add(self.unknown(id, deadline, 1))
    }
}

fn retried(once: i64, retry: Option<Retry>) -> i64 {
    match retry {
        None => once,
        Some(Retry { times, every }) => once
            .saturating_add(every.millis())
            .saturating_mul(i64::from(times))
            .saturating_add(once),
    }
}
