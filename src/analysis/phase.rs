//! Plan, then act: in each phase ([`Line`]) everything that a `do` needs is known before the first `do`.

use std::collections::BTreeSet;

use crate::diag::{Code, Diagnostic};
use crate::effect::Level;
use crate::text::Span;
use crate::typed::{Block, Expr, ExprKind, Line, LocalId, Runbook, Step, Stmt, StmtKind};

use super::level::Levels;

pub fn check_runbook(levels: &Levels, runbook: &Runbook, out: &mut Vec<Diagnostic>) {
    for block in runbook.acting_blocks() {
        let mut walk = Walk {
            levels,
            results: BTreeSet::new(),
            out,
        };
        walk.block(block, Stage::Plan);
    }
}

/// How far the phase has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Plan,
    /// Something was changed, at this place.
    Act(Span),
    /// Changed and verified: a plan line begins a new phase.
    Verified,
}

impl Stage {
    /// Where two paths meet, the one that has gone further counts.
    fn join(self, other: Stage) -> Stage {
        match (self, other) {
            (Stage::Act(span), _) | (_, Stage::Act(span)) => Stage::Act(span),
            (Stage::Verified, _) | (_, Stage::Verified) => Stage::Verified,
            (Stage::Plan, Stage::Plan) => Stage::Plan,
        }
    }
}

struct Walk<'a, 'b> {
    levels: &'a Levels<'a>,
    /// What `let x = do ...` bound.
    results: BTreeSet<LocalId>,
    out: &'b mut Vec<Diagnostic>,
}

impl Walk<'_, '_> {
    fn block(&mut self, block: &Block, mut stage: Stage) -> Stage {
        for stmt in &block.statements {
            stage = self.stmt(stmt, stage);
        }
        stage
    }

    fn stmt(&mut self, stmt: &Stmt, stage: Stage) -> Stage {
        crate::steps::count(1);
        match stmt.line() {
            Line::Plan(word) => self.plan_line(stmt, stage, word),
            Line::Change(step, body) => {
                self.step(step);
                let stage = Stage::Act(step.span);
                body.map_or(stage, |body| self.block(body, stage))
            }
            Line::Verify(_) | Line::Waiver => Stage::Verified,
            Line::Branch => self.branches(stmt, stage),
            Line::Loop(for_loop) => {
                let after = self.block(&for_loop.body, Stage::Plan);
                stage.join(after)
            }
            Line::Attempts(attempts) => {
                for attempt in attempts {
                    self.block(&attempt.body, Stage::Plan);
                }
                Stage::Verified
            }
            Line::Beside => stage,
        }
    }

    /// The furthest that one of them comes.
    fn branches(&mut self, stmt: &Stmt, stage: Stage) -> Stage {
        let mut ends = Vec::new();
        stmt.for_each_block(&mut |block| ends.push(self.block(block, stage)));
        // Where the condition does not hold.
        if let StmtKind::If {
            otherwise: None, ..
        } = stmt.kind
        {
            ends.push(stage);
        }
        ends.into_iter().reduce(Stage::join).unwrap_or(stage)
    }

    fn plan_line(&mut self, stmt: &Stmt, stage: Stage, word: &str) -> Stage {
        let Stage::Act(acted) = stage else {
            return Stage::Plan;
        };
        self.out.push(
            Diagnostic::new(
                Code::PlanAfterAct,
                format!("this `{word}` comes after a change"),
                stmt.span,
                "a plan line",
            )
            .and(acted, "the acting begins here")
            .help("plan first, then act: move it above the first `do`, or behind a `verify`"),
        );
        stage
    }

    fn step(&mut self, step: &Step) {
        for arg in &step.args {
            self.argument(arg);
        }
        if let Some(local) = step.result {
            self.results.insert(local);
        }
    }

    fn argument(&mut self, arg: &Expr) {
        if self.levels.expr(arg) >= Level::Observe {
            self.out.push(
                Diagnostic::new(
                    Code::ArgumentNotPlanned,
                    "this argument is observed while acting",
                    arg.span,
                    "an observation",
                )
                .help("bind it with `let` in the plan, so that plan, preview and approval show what will be done"),
            );
        }
        arg.for_each(&mut |part| {
            if let ExprKind::Local(local) = part.kind
                && self.results.contains(&local)
            {
                self.out.push(
                    Diagnostic::new(
                        Code::ArgumentNotPlanned,
                        "the result of a `do` cannot be an argument of another",
                        part.span,
                        "not known in the plan",
                    )
                    .help("it may stand in `undo` and `verify`; look the thing up with a probe in a new phase instead"),
                );
            }
        });
    }
}
