//! What a decision needs that is not in memory, and what of it is there.

use std::collections::BTreeSet;

use smol_str::SmolStr;

use super::{Arrival, Error, ErrorKind, Incident, IncidentId, Journal, RunId, StoredRun};
use crate::program::CodeHash;
use crate::value::Time;

/// What has to be brought in before something can be decided.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    pub incidents: BTreeSet<IncidentId>,
    pub runs: BTreeSet<RunId>,
    pub programs: BTreeSet<CodeHash>,
    /// Named events, each since a time.
    pub events: BTreeSet<(SmolStr, Time)>,
}

/// What is there of it. What cannot be read is the error in its place; what is not there, none.
#[derive(Debug, Default)]
pub struct Bodies {
    pub incidents: Vec<(IncidentId, Body<Incident>)>,
    pub runs: Vec<(RunId, Body<StoredRun>)>,
    /// The artefacts of programs, as they were written.
    pub programs: Vec<(CodeHash, Body<Vec<u8>>)>,
    /// Newest first.
    pub events: Vec<((SmolStr, Time), Vec<Arrival>)>,
}

/// One record that was asked for by its id.
pub type Body<T> = Result<Option<T>, Error>;

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
            && self.events.is_empty()
    }

    /// This, and something else.
    pub fn add(&mut self, other: Needs) {
        self.incidents.extend(other.incidents);
        self.runs.extend(other.runs);
        self.programs.extend(other.programs);
        self.events.extend(other.events);
    }
}

/// What a store has of all that is needed. A damaged record costs itself alone.
pub(super) fn fetch<J: Journal + ?Sized>(journal: &J, needs: &Needs) -> Result<Bodies, Error> {
    let mut bodies = Bodies::default();
    for id in &needs.incidents {
        let read = alone(journal.incident(*id))?;
        bodies.incidents.push((*id, read));
    }
    for id in &needs.runs {
        bodies.runs.push((*id, alone(journal.run(*id))?));
    }
    for hash in &needs.programs {
        bodies
            .programs
            .push((*hash, alone(journal.program(*hash))?));
    }
    for (name, since) in &needs.events {
        let found = journal.events(name, *since)?;
        bodies.events.push(((name.clone(), *since), found));
    }
    Ok(bodies)
}

fn alone<T>(read: Body<T>) -> Result<Body<T>, Error> {
    match read {
        Err(failure) if failure.kind != ErrorKind::Corrupt => Err(failure),
        read => Ok(read),
    }
}
