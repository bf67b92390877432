//! Whether changes are stopped, of everything, of the product, of the runbook: by a human, or because
//! the agent itself stops.

use super::{Asked, Gate, Known, Question, Verdict};
use crate::journal::{Obstacle, Scope};
use crate::planted::Planted;

pub struct Freezes;

impl Gate for Freezes {
    fn name(&self) -> &'static str {
        "freeze"
    }

    fn covers(&self, asked: Asked) -> bool {
        match asked {
            Asked::Do | Asked::Repeat | Asked::Undo | Asked::Release => true,
        }
    }

    fn counts(&self) -> bool {
        false
    }

    fn ask(&self, known: &Known<'_>, question: &Question<'_>) -> Verdict {
        if Planted::FreezeIgnored.is_in() {
            return Verdict::Go;
        }
        if known.draining {
            // The next start asks anew.
            let why = "the agent stops".to_owned();
            return Verdict::Wait(Obstacle::Freeze(Scope::All), why);
        }
        let program = question.program;
        match known.model.frozen(program.product(), &program.runbook) {
            Some((scope, freeze)) => {
                let why = match scope {
                    Scope::All => format!("all changes are stopped by {}", freeze.by),
                    Scope::Product(_) | Scope::Runbook(_) => {
                        format!("changes of {} are stopped by {}", scope.shown(), freeze.by)
                    }
                };
                Verdict::Wait(Obstacle::Freeze(scope.clone()), why)
            }
            None => Verdict::Go,
        }
    }
}
