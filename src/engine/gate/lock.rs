//! Whether somebody else works on a target, on something in it, or on what it lies in.

use super::{Asked, Gate, Known, Question, Verdict, printed};
use crate::engine::drive::incident_of;
use crate::journal::{Obstacle, RunId};
use crate::value::Identity;

pub struct Lock;

impl Gate for Lock {
    fn name(&self) -> &'static str {
        "lock"
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
        let run = question.asking.run;
        let mut targets = question.intent().targets.iter();
        let locked = targets.find_map(|target| locked(known, run, target));
        match locked {
            Some((locked, why)) => Verdict::Wait(Obstacle::Target(locked), why),
            None => Verdict::Go,
        }
    }
}

/// What of others stands in the way of a change of this target.
fn locked(known: &Known<'_>, run: RunId, target: &Identity) -> Option<(Identity, String)> {
    if let Some((locked, owner)) = known.model.locks().in_the_way(run, target) {
        let (name, owner) = (printed(locked), incident_of(owner)?);
        let why = format!("{name} is being changed by incident {owner}");
        return Some((locked.clone(), why));
    }
    let claimed = known.waiters.lock_claimed(run, target)?;
    let why = format!("{} is somebody else's turn", printed(claimed));
    Some((claimed.clone(), why))
}
