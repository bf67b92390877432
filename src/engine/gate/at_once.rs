//! Whether more would be disturbed at the same time than a line of the blast allows.

use super::{Asked, Gate, Known, Question, Verdict};
use crate::journal::{Obstacle, RunId, Scope};
use crate::program::{BlastLine, BlastPer, Program};

pub struct AtOnce;

impl Gate for AtOnce {
    fn name(&self) -> &'static str {
        "at once"
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
        let mut counted = lines.filter(|line| counts(question.program, line));
        let over = counted.find_map(|line| over(known, question, line));
        match over {
            Some((obstacle, why)) => Verdict::Wait(obstacle, why),
            None => Verdict::Go,
        }
    }
}

/// Without a line of its own, at once means as many as a run may touch.
fn counts(program: &Program, line: &BlastLine) -> bool {
    match line.per {
        BlastPer::AtOnce => true,
        BlastPer::Run => {
            let mut lines = program.metadata.blast.iter();
            !lines.any(|other| other.target == line.target && other.per == BlastPer::AtOnce)
        }
        BlastPer::Window(_) => false,
    }
}

fn over(
    known: &Known<'_>,
    question: &Question<'_>,
    line: &BlastLine,
) -> Option<(Obstacle, String)> {
    let (run, intent) = (question.asking.run, question.intent());
    let disturbed = known.model.disturbed();
    let others = disturbed.of_others(run, &line.target, &intent.targets);
    // The run itself counts its own.
    let own = intent
        .targets
        .iter()
        .filter(|target| target.kind() == line.target);
    let obstacle = Obstacle::Count(Scope::All, line.target.clone());
    let claimed = usize::from(known.waiters.is_claimed_by_another(run, &obstacle));
    let (others, own) = (others + claimed, own.count());
    let most = line.count as usize;
    (own > 0 && others + own > most).then(|| {
        let kind = &line.target;
        let holder = known.model.disturbed().first_of_others(run, kind);
        let whose = holder.and_then(RunId::incident);
        let whose = whose.map(|id| format!(", among them incident {id}"));
        let whose = whose.unwrap_or_default();
        let why = format!("at most {most} {kind} at once, {others} by others now{whose}");
        (obstacle, why)
    })
}
