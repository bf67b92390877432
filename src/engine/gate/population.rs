//! Whether the shares and floors of the runbook leave room for one more change of their populations. The run has listed
//! them right before it asked; what was disturbed since the model knows.

use super::{Asked, Gate, Known, Question, Verdict};
use crate::effect::Reason;
use crate::engine::drive::incident_of;
use crate::journal::{Obstacle, RunId, Scope};
use crate::planted::Planted;
use crate::run::population::line;
use crate::run::room::{Holder, Room, room};
use crate::value::Identity;

pub struct Population;

impl Gate for Population {
    fn name(&self) -> &'static str {
        "population"
    }

    fn covers(&self, asked: Asked) -> bool {
        match asked {
            Asked::Do | Asked::Repeat => true,
            Asked::Undo | Asked::Release => false,
        }
    }

    /// What is disturbed is counted as such.
    fn counts(&self) -> bool {
        false
    }

    fn ask(&self, known: &Known<'_>, question: &Question<'_>) -> Verdict {
        let asking = question.asking;
        if Planted::PopulationIgnored.is_in() {
            return Verdict::Go;
        }
        for counted in &asking.counted {
            let Some(line) = line(question.program, counted.line) else {
                continue;
            };
            let obstacle = Obstacle::Count(Scope::All, line.of.clone());
            let claimed = known.waiters.is_claimed_by_another(asking.run, &obstacle);
            let holder = |target: &Identity| holder(known, asking.run, target);
            let targets = &question.intent().targets;
            match room(line, counted, targets, holder, claimed) {
                Room::Go => {}
                Room::Wait(why) => {
                    let disturbed = known.model.disturbed();
                    let other = disturbed.first_of_others(asking.run, &line.of);
                    let other = other.and_then(RunId::incident);
                    let whose = other.map(|id| format!(", among them incident {id}"));
                    let whose = whose.unwrap_or_default();
                    return Verdict::Wait(obstacle, format!("{why}{whose}"));
                }
                Room::Never(why) => return Verdict::Refuse(Reason::OverBound, why),
            }
        }
        Verdict::Go
    }
}

/// Who has disturbed a target; earlier runs of the incident are no others.
pub(super) fn holder(known: &Known<'_>, run: RunId, target: &Identity) -> Option<Holder> {
    let owner = known.model.disturbed().owner(target)?;
    let is_own =
        owner == run || incident_of(run).is_some_and(|own| incident_of(owner) == Some(own));
    Some(match is_own {
        true => Holder::Own,
        false => Holder::Other,
    })
}
