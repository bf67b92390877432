//! Targets are free again: for others who wait for them.

use std::collections::BTreeSet;

use smol_str::SmolStr;

use super::Decision;
use crate::engine::model::{Model, Targets};
use crate::engine::work::Work;
use crate::journal::{Obstacle, ReleasedFor, RunId, Scope, TargetsReleased};
use crate::planted::Planted;
use crate::value::Identity;

/// The run is done with everything that it locked.
pub fn unlocked(model: &Model, run: RunId) -> Decision {
    if Planted::LocksStay.is_in() {
        return Decision::default();
    }
    let locks = model.locks().of(run).cloned();
    released(run, locks.collect(), Vec::new(), ReleasedFor::Ended)
}

/// What the incident of a run has disturbed is well, or nobody's concern any more.
pub fn recovered(model: &Model, run: RunId, why: ReleasedFor) -> Decision {
    let disturbed = own(model.disturbed(), run);
    released(run, Vec::new(), disturbed, why)
}

/// An incident that no run works on is over.
pub fn all(model: &Model, run: RunId, why: ReleasedFor) -> Decision {
    let (locks, disturbed) = (own(model.locks(), run), own(model.disturbed(), run));
    released(run, locks, disturbed, why)
}

fn own(targets: &Targets, run: RunId) -> Vec<Identity> {
    match run {
        RunId::Incident(incident, _) => targets.of_incident(incident).cloned().collect(),
        RunId::Debt(..) => targets.of(run).cloned().collect(),
    }
}

fn released(
    run: RunId,
    locks: Vec<Identity>,
    disturbed: Vec<Identity>,
    why: ReleasedFor,
) -> Decision {
    if locks.is_empty() && disturbed.is_empty() {
        return Decision::default();
    }
    let kinds: BTreeSet<SmolStr> = disturbed.iter().map(|one| one.kind().into()).collect();
    let free = locks.iter().cloned().map(Obstacle::Target);
    let fewer = kinds
        .into_iter()
        .map(|kind| Obstacle::Count(Scope::All, kind));
    let work: Vec<Work> = free.chain(fewer).map(Work::Pass).collect();
    let mut decision = Decision::that(TargetsReleased {
        run,
        locks,
        disturbed,
        why,
    });
    decision.work = work;
    decision
}
