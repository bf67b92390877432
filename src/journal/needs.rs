//! What a decision needs that is not in memory, and what of it is there.

use std::collections::BTreeSet;

use smol_str::SmolStr;

use super::{Arrival, Error, EventId, Incident, IncidentId, RunId, StoredRun};
use crate::program::CodeHash;
use crate::value::Time;

/// What has to be brought in before something can be decided.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    pub incidents: BTreeSet<IncidentId>,
    pub runs: BTreeSet<RunId>,
    pub programs: BTreeSet<CodeHash>,
    /// What has arrived.
    pub arrivals: BTreeSet<EventId>,
    /// Named events, each since a time.
    pub events: BTreeSet<Named>,
}

/// What is there of it. What cannot be read is the error in its place; what is not there, none.
#[derive(Debug, Default)]
pub struct Bodies {
    pub incidents: Vec<(IncidentId, Body<Incident>)>,
    pub runs: Vec<(RunId, Body<StoredRun>)>,
    /// The artefacts of programs, as they were written.
    pub programs: Vec<(CodeHash, Body<Vec<u8>>)>,
    pub arrivals: Vec<(EventId, Body<Arrival>)>,
    /// Newest first.
    pub events: Vec<(Named, Body<Vec<Arrival>>)>,
}

/// Events of a name, since a time.
pub type Named = (SmolStr, Time);

/// One record that was asked for by its id.
pub type Body<T> = Result<Option<T>, Error>;

impl Bodies {
    /// The incidents that cannot be read.
    pub fn damaged(&self) -> impl Iterator<Item = IncidentId> {
        let incidents = self.incidents.iter();
        incidents.filter_map(|(id, body)| body.is_err().then_some(*id))
    }
}

impl Needs {
    pub fn incident(id: IncidentId) -> Needs {
        Needs {
            incidents: BTreeSet::from([id]),
            ..Needs::default()
        }
    }

    pub fn run(id: RunId) -> Needs {
        Needs {
            runs: BTreeSet::from([id]),
            ..Needs::default()
        }
    }

    pub fn program(hash: CodeHash) -> Needs {
        Needs {
            programs: BTreeSet::from([hash]),
            ..Needs::default()
        }
    }

    pub fn is_empty(&self) -> bool {
        self.incidents.is_empty()
            && self.runs.is_empty()
            && self.programs.is_empty()
            && self.arrivals.is_empty()
            && self.events.is_empty()
    }

    /// This, and something else.
    pub fn add(&mut self, other: Needs) {
        self.incidents.extend(other.incidents);
        self.runs.extend(other.runs);
        self.programs.extend(other.programs);
        self.arrivals.extend(other.arrivals);
        self.events.extend(other.events);
    }
}
