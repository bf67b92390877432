//! Whether the failure domains of what is changed leave room: how many of them hold something disturbed, and how often
//! something was done in one of them lately.

use super::population::holder;
use super::{Asked, Gate, Known, Question, Verdict, before};
use crate::effect::Reason;
use crate::journal::{Obstacle, Scope};
use crate::planted::Planted;
use crate::program::lower::{DomainLine, DomainPer};
use crate::run::domain::{Disturbed, at_once, too_often};
use crate::run::room::{Holder, Room};
use crate::value::Duration;

pub struct Domain;

impl Gate for Domain {
    fn name(&self) -> &'static str {
        "domain"
    }

    fn covers(&self, asked: Asked) -> bool {
        match asked {
            Asked::Do | Asked::Repeat => true,
            Asked::Undo | Asked::Release => false,
        }
    }

    /// What is disturbed and what was done is counted as such.
    fn counts(&self) -> bool {
        false
    }

    fn ask(&self, known: &Known<'_>, question: &Question<'_>) -> Verdict {
        if Planted::DomainIgnored.is_in() {
            return Verdict::Go;
        }
        for line in &question.program.lowers.domains {
            let verdict = match line.per {
                DomainPer::AtOnce => disturbed(known, question, line),
                // It was counted when it was granted.
                DomainPer::Window(_) if question.asking.again => Verdict::Go,
                DomainPer::Window(window) => done(known, question, line, window),
            };
            match verdict {
                Verdict::Go => {}
                Verdict::Wait(..) | Verdict::Refuse(..) => return verdict,
            }
        }
        Verdict::Go
    }
}

fn disturbed(known: &Known<'_>, question: &Question<'_>, line: &DomainLine) -> Verdict {
    let run = question.asking.run;
    let disturbed = known.model.disturbed().of_kind(&line.of);
    let disturbed = disturbed.map(|target| Disturbed {
        target,
        named: known.model.lies_in(target),
        holder: holder(known, run, target).unwrap_or(Holder::Other),
    });
    let obstacle = Obstacle::Count(Scope::All, line.of.clone());
    let claimed = known.waiters.is_claimed_by_another(run, &obstacle);
    match at_once(line, question.intent(), disturbed, claimed) {
        Room::Go => Verdict::Go,
        Room::Wait(why) => Verdict::Wait(obstacle, why),
        Room::Never(why) => Verdict::Refuse(Reason::OverBound, why),
    }
}

fn done(
    known: &Known<'_>,
    question: &Question<'_>,
    line: &DomainLine,
    window: Duration,
) -> Verdict {
    let since = before(question.now, window);
    let done = |what: &str| known.model.spent(what, since);
    match too_often(line, question.intent(), done) {
        Ok(()) => Verdict::Go,
        Err(why) => Verdict::Refuse(Reason::OverBound, why),
    }
}
