//! Whether somebody else works on a target, on something in it, or on what it lies in.

use super::{Asked, Gate, Question, Verdict};
use crate::engine::Engine;
use crate::engine::drive::incident_of;
use crate::journal::{Error, Journal, Obstacle, RunId};
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

    fn ask(
        &self,
        engine: &Engine,
        _: &dyn Journal,
        question: &Question<'_>,
    ) -> Result<Verdict, Error> {
        let run = question.asking.run;
        let mut targets = question.intent().targets.iter();
        let locked = targets.find_map(|target| locked(engine, run, target));
        Ok(match locked {
            Some((locked, why)) => Verdict::Wait(Obstacle::Target(locked), why),
            None => Verdict::Go,
        })
    }
}

/// What of others stands in the way of a change of this target.
fn locked(engine: &Engine, run: RunId, target: &Identity) -> Option<(Identity, String)> {
    let overlaps = |locked: &Identity| locked.contains(target) || target.contains(locked);
    let owned = engine
        .locks
        .iter()
        .find(|(locked, owner)| **owner != run && overlaps(locked));
    if let Some((locked, owner)) = owned {
        let (name, owner) = (printed(locked), incident_of(*owner)?);
        let why = format!("{name} is being changed by incident {owner}");
        return Some((locked.clone(), why));
    }
    let claimed = engine.waiters.claims_of_others(run);
    let mut claimed = claimed.filter_map(|obstacle| match obstacle {
        Obstacle::Target(locked) => Some(locked),
        Obstacle::Freeze(_) | Obstacle::Count(..) => None,
    });
    let claimed = claimed.find(|locked| overlaps(locked))?;
    let why = format!("{} is somebody else's turn", printed(claimed));
    Some((claimed.clone(), why))
}

/// `host.Host cache-1`
fn printed(identity: &Identity) -> String {
    let keys: Vec<&str> = identity.0.iter().map(|step| step.key.as_str()).collect();
    format!("{} {}", identity.kind(), keys.join("/"))
}
