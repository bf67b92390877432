//! A plan that is older than `fresh` before anything is done: it is made again, and waits again.

use crate::diag::{Code, Diagnostic};
use crate::effect::Level;
use crate::typed::{Block, Runbook, StmtKind};
use crate::value::Duration;

use super::level::Levels;

pub fn check_runbook(levels: &Levels, runbook: &Runbook, out: &mut Vec<Diagnostic>) {
    let remedies = runbook.remedies.iter();
    let remedies = remedies.map(|remedy| (format!("remedy `{}`", remedy.name), &remedy.body.block));
    let steps = runbook.steps.iter();
    let steps = steps.map(|body| ("this runbook".to_owned(), &body.block));
    for (name, block) in remedies.chain(steps) {
        let mut walk = Walk {
            levels,
            runbook,
            name,
            waited: 0,
            out,
        };
        walk.block(block);
    }
}

struct Walk<'a, 'b> {
    levels: &'a Levels<'a>,
    runbook: &'a Runbook,
    name: String,
    /// In milliseconds, on every way to the first change.
    waited: i64,
    out: &'b mut Vec<Diagnostic>,
}

impl Walk<'_, '_> {
    /// Whether the first change lies behind the block.
    fn block(&mut self, block: &Block) -> bool {
        let fresh = self.runbook.fresh;
        for stmt in &block.statements {
            crate::steps::count(1);
            match &stmt.kind {
                StmtKind::Wait(time) => {
                    let before = self.waited;
                    self.waited = before.saturating_add(time.millis());
                    if before <= fresh.millis() && self.waited > fresh.millis() && self.acts() {
                        self.say(stmt.span, fresh);
                        return false;
                    }
                }
                StmtKind::Attempts(attempts) => {
                    return attempts
                        .first()
                        .is_some_and(|attempt| self.block(&attempt.body));
                }
                StmtKind::Let { .. }
                | StmtKind::Guard(_)
                | StmtKind::Tell { .. }
                | StmtKind::Attach(_)
                | StmtKind::Cleared {
                    condition: Some(_), ..
                } => {}
                // Whatever else there is may act, end, or take another way.
                _ => return false,
            }
        }
        true
    }

    /// Whether the runbook changes anything at all.
    fn acts(&self) -> bool {
        self.levels.runbook(self.runbook) >= Level::Change
    }

    fn say(&mut self, span: crate::text::Span, fresh: Duration) {
        self.out.push(
            Diagnostic::new(
                Code::RemedyNeverActs,
                format!("{} can never act: its plan gets too old", self.name),
                span,
                format!("longer than the plan is fresh, which is {fresh}"),
            )
            .help("wait behind the first change, or in the diagnosis; or say in the runbook how long its plan holds: `fresh 10m`"),
        );
    }
}
