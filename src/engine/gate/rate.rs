//! Whether it was done so often lately that once more is refused. Targets are counted.

use super::{Asked, Gate, Known, Question, Verdict};
use crate::effect::Reason;
use crate::program::BlastPer;
use crate::value::{Duration, Time};

pub struct Rate;

impl Gate for Rate {
    fn name(&self) -> &'static str {
        "rate"
    }

    fn covers(&self, asked: Asked) -> bool {
        match asked {
            Asked::Do => true,
            // It was counted when it was granted.
            Asked::Repeat => false,
            Asked::Undo | Asked::Release => false,
        }
    }

    fn counts(&self) -> bool {
        true
    }

    fn ask(&self, known: &Known<'_>, question: &Question<'_>) -> Verdict {
        for line in &question.program.metadata.blast {
            let BlastPer::Window(window) = line.per else {
                continue;
            };
            let wanted = question.intent().targets.iter();
            let wanted = wanted.filter(|target| target.kind() == line.target).count();
            if wanted == 0 {
                continue;
            }
            let since = before(question.now, window);
            let attempts = known.model.spent(&line.target, since) as usize;
            if attempts + wanted > line.count as usize {
                let (most, kind) = (line.count, &line.target);
                let why = format!("at most {most} {kind} per {window}, and there were {attempts}");
                return Verdict::Refuse(Reason::OverBound, why);
            }
        }
        Verdict::Go
    }
}

fn before(now: Time, duration: Duration) -> Time {
    let millis = now.millis().saturating_sub(duration.millis());
    Time::from_millis(millis).unwrap_or_default()
}
