//! What it takes until the first change is granted: this much is done anew when a plan went stale.

use super::clock::Clock;
use crate::typed::{Block, Stmt, StmtKind};

/// The time up to the first change, and whether there is one on every path.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    pub time: i64,
    acts: bool,
}

impl Clock<'_> {
    /// Each phase of a block may ask a verify of the block beforehand.
    pub fn first_looks(&self, block: &Block) -> i64 {
        let mut longest = 0;
        let mut phases: i64 = 0;
        let mut planning = true;
        for stmt in &block.statements {
            let is_plan = stmt.line().plans();
            if !is_plan && planning {
                phases += 1;
            }
            planning = is_plan;
            if let StmtKind::Verify(verify) = &stmt.kind {
                longest = self.first_look(verify).max(longest);
            }
            stmt.for_each_block(&mut |block| {
                longest = self.first_verify(block).max(longest);
            });
        }
        phases.saturating_mul(longest)
    }

    /// The first look of the verify that the block comes upon first, wherever it stands.
    fn first_verify(&self, block: &Block) -> i64 {
        let first = block.statements.iter().map(|stmt| match &stmt.kind {
            StmtKind::Verify(verify) => self.first_look(verify),
            _ => {
                let mut inner = 0;
                stmt.for_each_block(&mut |block| inner = self.first_verify(block).max(inner));
                inner
            }
        });
        first.into_iter().find(|look| *look > 0).unwrap_or(0)
    }

    /// What it takes until the first change is granted.
    pub fn plan(&self, block: &Block) -> Plan {
        let mut clock = *self;
        let mut plan = Plan {
            time: clock.first_looks(block),
            acts: false,
        };
        for stmt in &block.statements {
            let next = clock.plan_of(stmt);
            plan.time = plan.time.saturating_add(next.time);
            if next.acts {
                plan.acts = true;
                break;
            }
            clock.stand(stmt);
        }
        plan
    }

    fn plan_of(&self, stmt: &Stmt) -> Plan {
        let sum = |time: i64, plans: &mut dyn Iterator<Item = Plan>| {
            plans.fold(Plan { time, acts: false }, |all, plan| Plan {
                time: all.time.saturating_add(plan.time),
                acts: false,
            })
        };
        match &stmt.kind {
            StmtKind::Do(step) | StmtKind::WithDo { step, .. } => Plan {
                time: self.arguments(step).saturating_add(self.looks_before()),
                acts: true,
            },
            StmtKind::If {
                condition,
                then,
                otherwise,
            } => {
                let then = self.plan(then);
                let other = otherwise.as_ref().map(|block| self.plan(block));
                Plan {
                    time: self
                        .expr(condition)
                        .saturating_add(then.time.max(other.map_or(0, |plan| plan.time))),
                    acts: then.acts && other.is_some_and(|plan| plan.acts),
                }
            }
            StmtKind::Match { subject, arms } => {
                let plans: Vec<Plan> = arms.iter().map(|arm| self.plan(&arm.body)).collect();
                let longest = plans.iter().map(|plan| plan.time).max();
                Plan {
                    time: self.expr(subject).saturating_add(longest.unwrap_or(0)),
                    acts: !plans.is_empty() && plans.iter().all(|plan| plan.acts),
                }
            }
            StmtKind::For(for_loop) => {
                let times = i64::from(for_loop.at_most.unwrap_or(0));
                let body = self.plan(&for_loop.body).time;
                let time = self.expr(&for_loop.source);
                Plan {
                    time: time.saturating_add(body.saturating_mul(times)),
                    acts: false,
                }
            }
            StmtKind::Attempts(attempts) => sum(
                0,
                &mut attempts.iter().map(|attempt| self.plan(&attempt.body)),
            ),
            _ => Plan {
                time: self.stmt(stmt),
                acts: false,
            },
        }
    }
}
