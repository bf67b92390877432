//! Retention: what may go once it is old enough.
//!
//! In: how long each kind is kept, and what is needed all the same. Out: how many records went, and
//! where to go on. What people or programs still need never goes, however old it is; nor does the
//! newest of each kind, whose number has to be known so that none is given twice.

use std::collections::{BTreeMap, BTreeSet};

use smol_str::SmolStr;

use super::Incident;
use crate::effect::words;
use crate::program::CodeHash;
use crate::value::Time;

/// What stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keep {
    /// Incidents that were not over before this, with all that is theirs.
    pub incidents: Time,
    pub arrivals: Time,
    pub letters: Time,
    /// Of a runbook, the incidents that were opened at or after this: it asks how often they come.
    pub recurs: BTreeMap<SmolStr, Time>,
    /// Programs that are at work.
    pub programs: BTreeSet<CodeHash>,
}

/// What grows old, in the order in which it is looked at: what another kind needs comes before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Aged {
    /// With their timelines, runs and changes.
    Incidents,
    /// That were delivered or given up.
    Messages,
    /// That were paid, with the runs that looked at them.
    Debts,
    Arrivals,
    Letters,
    /// That nothing refers to.
    Programs,
    /// Batches of facts of what is gone.
    Facts,
}

words!(Aged {
    Incidents "incidents", Messages "messages", Debts "debts", Arrivals "arrivals",
    Letters "letters", Programs "programs", Facts "facts",
});

/// A part of a walk over the records of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// How many of the kind went.
    pub gone: u64,
    /// The number to go on after; none when nothing old is left.
    pub next: Option<u64>,
}

impl Keep {
    /// Whether an incident is over and old enough, by what it says itself.
    pub fn lets_go(&self, incident: &Incident) -> bool {
        let asked = self.recurs.get(&incident.runbook);
        incident.state.is_over()
            && incident.since < self.incidents
            && asked.is_none_or(|since| incident.opened < *since)
    }
}
