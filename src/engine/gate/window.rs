//! Whether a change may begin now by the windows of its runbook, as it began and as it is loaded now. The first one of a unit asks for time for all of it, so
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
        let run = question.asking.run;
        let own = question.program.windows.as_ref();
        let granted = known.model.intents_of(run);
        let granted = granted.map(|stored| &stored.intent);
        let needed = match own.filter(|_| !Planted::WindowWithoutLength.is_in()) {
            Some(windows) => window::needed(windows, question.intent(), granted),
            None => Duration::ZERO,
        };
        let used = (
            known.model.waited(run, question.now),
            question.program.metadata.patience,
        );
        // When something may be done is no matter of code: what was loaded since says it as well.
        let loaded = known.runbooks.named(&question.program.runbook);
        let loaded = loaded.and_then(|loaded| loaded.program.windows.as_ref());
        for windows in own.into_iter().chain(loaded) {
            match window::leave(&windows.lines, needed, question.now, used) {
                Admission::Go => {}
                Admission::Wait(opens, why) => return Verdict::Wait(Obstacle::Until(opens), why),
                Admission::Refuse(why) => return Verdict::Refuse(Reason::Window, why),
            }
        }
        Verdict::Go
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
