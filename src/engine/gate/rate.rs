//! Whether it was done so often lately that once more is refused. Targets are counted.

use super::{Asked, Gate, Question, Verdict};
use crate::effect::Reason;
use crate::engine::Engine;
use crate::journal::{Error, Journal};
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

    fn ask(
        &self,
        engine: &Engine,
        journal: &dyn Journal,
        question: &Question<'_>,
    ) -> Result<Verdict, Error> {
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
            let earlier = journal.attempts_since(&line.target, since)? as usize;
            let batch = engine.attempts.iter();
            let batch = batch.filter(|kind| **kind == line.target).count();
            let attempts = earlier + batch;
            if attempts + wanted > line.count as usize {
                let (most, kind) = (line.count, &line.target);
                let why = format!("at most {most} {kind} per {window}, and there were {attempts}");
                return Ok(Verdict::Refuse(Reason::OverBound, why));
            }
        }
        Ok(Verdict::Go)
    }
}

fn before(now: Time, duration: Duration) -> Time {
    let millis = now.millis().saturating_sub(duration.millis());
    Time::from_millis(millis).unwrap_or_default()
}
