//! Whether a change may begin now by the windows of its runbook. The first one of a unit asks for time for all of it, so
//! that nothing is left half done at the end of a window; what takes back, releases or repeats is never held up.

use super::{Asked, Gate, Known, Question, Verdict};
use crate::effect::Reason;
use crate::journal::Obstacle;
use crate::planted::Planted;
use crate::run::window::{self, Admission};
use crate::value::{Duration, Time};

pub struct Window;

impl Gate for Window {
    fn name(&self) -> &'static str {
        "window"
    }

    fn covers(&self, asked: Asked) -> bool {
        match asked {
            Asked::Do => true,
            Asked::Repeat | Asked::Undo | Asked::Release => false,
        }
    }

    fn counts(&self) -> bool {
        false
    }

    fn ask(&self, known: &Known<'_>, question: &Question<'_>) -> Verdict {
        let Some(windows) = &question.program.windows else {
            return Verdict::Go;
        };
        let run = question.asking.run;
        let granted = known.model.intents_of(run);
        let granted = granted.map(|stored| &stored.intent);
        let needed = match Planted::WindowWithoutLength.is_in() {
            true => Duration::ZERO,
            false => window::needed(windows, question.intent(), granted),
        };
        let patience = question.program.metadata.patience;
        let waited = known.model.waited(run, question.now);
        match window::leave(&windows.lines, needed, question.now, (waited, patience)) {
            Admission::Go => Verdict::Go,
            Admission::Wait(opens, why) => Verdict::Wait(Obstacle::Until(opens), why),
            Admission::Refuse(why) => Verdict::Refuse(Reason::Window, why),
        }
    }
}

/// When what waits for a moment is asked about again.
pub fn opens(obstacle: &Obstacle) -> Option<Time> {
    match obstacle {
        Obstacle::Until(opens) => Some(*opens),
        Obstacle::Freeze(_)
        | Obstacle::Target(_)
        | Obstacle::Count(..)
        | Obstacle::Storm(_)
        | Obstacle::Turn => None,
    }
}
