//! P4: the longest that a run may take, machine and humans apart.

use std::collections::BTreeMap;

use crate::typed::{
    ActionCallee, Block, Callee, Expr, ExprKind, ExternKind, FunctionId, Package, Retry, Runbook,
    Step, Stmt, StmtKind, UndoChoice, Verify,
};
use crate::value::Duration;

/// The longest time of each function, in milliseconds.
pub type Times = BTreeMap<FunctionId, i64>;

/// Sums up the functions, callees first.
pub fn functions(package: &Package, order: &[FunctionId]) -> Times {
    let mut times = Times::new();
    for id in order {
        let body = &package.functions[id.index()].body.block;
        let time = Clock {
            package,
            times: &times,
        }
        .block(body);
        times.insert(*id, time);
    }
    times
}

/// The longest that the machine may work on one incident, `again` runs and waiting for locks
/// included.
pub fn machine(package: &Package, times: &Times, runbook: &Runbook) -> Duration {
    let clock = Clock { package, times };
    let diagnose = runbook
        .diagnose
        .as_ref()
        .map_or(0, |body| clock.block(&body.block));
    let acting = super::acting_blocks(runbook)
        .map(|block| clock.block(block))
        .max()
        .unwrap_or(0);
    let patience = match acting {
        0 => 0,
        _ => runbook.patience.millis(),
    };
    let runs = i64::from(runbook.again.unwrap_or(0)) + 1;
    // Diagnosis and plan may run a second time when the first plan went stale.
    let once = diagnose
        .saturating_mul(2)
        .saturating_add(acting)
        .saturating_add(patience);
    Duration::from_millis(once.saturating_mul(runs))
}

/// The longest that people may be waited for inside a run. Nothing in this edition waits for
/// people: whoever is paged has the duty, and the run has ended.
pub fn human(_runbook: &Runbook) -> Duration {
    Duration::ZERO
}

struct Clock<'a> {
    package: &'a Package,
    times: &'a Times,
}

impl Clock<'_> {
    fn block(&self, block: &Block) -> i64 {
        block
            .statements
            .iter()
            .fold(0, |sum, stmt| sum.saturating_add(self.stmt(stmt)))
    }

    fn stmt(&self, stmt: &Stmt) -> i64 {
        let mut own = 0_i64;
        match &stmt.kind {
            StmtKind::Let { value, retry, .. } => {
                return retried(self.expr(value), *retry);
            }
            StmtKind::Verify(verify) => return self.verify(verify),
            StmtKind::Wait(duration) => return duration.millis(),
            StmtKind::Do(step) => return self.step(step),
            StmtKind::WithDo { step, body, .. } => {
                return self
                    .step(step)
                    .saturating_mul(2)
                    .saturating_add(self.block(body));
            }
            StmtKind::If {
                condition,
                then,
                otherwise,
            } => {
                let other = otherwise.as_ref().map_or(0, |block| self.block(block));
                return self
                    .expr(condition)
                    .saturating_add(self.block(then).max(other));
            }
            StmtKind::Match { subject, arms } => {
                let longest = arms.iter().map(|arm| self.block(&arm.body)).max();
                return self.expr(subject).saturating_add(longest.unwrap_or(0));
            }
            StmtKind::For(for_loop) => {
                let times = i64::from(for_loop.at_most.unwrap_or(0));
                return self
                    .expr(&for_loop.source)
                    .saturating_add(self.block(&for_loop.body).saturating_mul(times));
            }
            _ => {}
        }
        stmt.for_each_expr(&mut |expr| own = own.saturating_add(self.expr(expr)));
        stmt.for_each_block(&mut |block| own = own.saturating_add(self.block(block)));
        own
    }

    fn expr(&self, expr: &Expr) -> i64 {
        let mut sum = 0_i64;
        expr.for_each(&mut |part| {
            if let ExprKind::Call(call) = &part.kind {
                sum = sum.saturating_add(match call.callee {
                    Callee::Extern(id) => match self.package.externs[id.index()].kind {
                        ExternKind::Fn => 0,
                        ExternKind::Probe | ExternKind::Action(_) => {
                            self.package.externs[id.index()].deadline.millis()
                        }
                    },
                    Callee::Function(id) => self.times.get(&id).copied().unwrap_or(0),
                    Callee::Builtin(_) => 0,
                });
            }
        });
        sum
    }

    /// `within`, and one more poll that was under way when it ended.
    fn verify(&self, verify: &Verify) -> i64 {
        let poll = verify.conditions.iter().fold(0_i64, |sum, condition| {
            sum.saturating_add(self.expr(condition))
        });
        verify.within.millis().saturating_add(poll)
    }

    /// Each try up to its deadline, settling, and the undo.
    fn step(&self, step: &Step) -> i64 {
        let once = match step.callee {
            ActionCallee::Extern(id) => {
                let extern_ = &self.package.externs[id.index()];
                let settles = match &extern_.kind {
                    ExternKind::Action(contract) => contract.settles.millis(),
                    ExternKind::Fn | ExternKind::Probe => 0,
                };
                step.within
                    .unwrap_or(extern_.deadline)
                    .millis()
                    .saturating_add(settles)
            }
            ActionCallee::Function(id) => self.times.get(&id).copied().unwrap_or(0),
        };
        let undo = match &step.undo {
            UndoChoice::Block(block) => self.block(block),
            UndoChoice::Previous => once,
            UndoChoice::Unsaid | UndoChoice::Waived(_) => 0,
        };
        retried(once, step.retry).saturating_add(undo)
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
