//! Whether it was done so often lately that once more is refused. Targets are counted, by type for
//! the runbook's own lines, and each by itself for all runbooks together. A repetition is the same attempt for the
//! lines, which are proven, and reaches the target once more.

use super::{Asked, Gate, Known, Question, Verdict, before, printed};
use crate::effect::Reason;
use crate::program::BlastPer;

pub struct Rate;

impl Gate for Rate {
    fn name(&self) -> &'static str {
        "rate"
    }

    fn covers(&self, asked: Asked) -> bool {
        match asked {
            Asked::Do | Asked::Repeat => true,
            Asked::Undo | Asked::Release => false,
        }
    }

    fn counts(&self) -> bool {
        true
    }

    fn ask(&self, known: &Known<'_>, question: &Question<'_>) -> Verdict {
        let lines = question.program.metadata.blast.iter();
        // It was counted when it was granted.
        for line in lines.filter(|_| !question.asking.again) {
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
        match too_often(known, question) {
            Some(why) => Verdict::Refuse(Reason::OverBound, why),
            None => Verdict::Go,
        }
    }
}

/// That one target was changed as often as all runbooks together may change it, and by whom.
fn too_often(known: &Known<'_>, question: &Question<'_>) -> Option<String> {
    let limits = &known.bounds.limits;
    let since = before(question.now, limits.window);
    question.intent().targets.iter().find_map(|target| {
        let by = known.model.changed(target, since);
        let before: u32 = by.values().sum();
        if before < limits.per_target {
            return None;
        }
        let by = by.iter().map(|(runbook, times)| format!("{times} by {runbook}"));
        let (name, by) = (printed(target), by.collect::<Vec<_>>().join(", "));
        let (most, window) = (limits.per_target, limits.window);
        Some(format!(
            "{name} may be changed {most} times within {window} by all runbooks together, and was: {by}"
        ))
    })
}
