//! What the engine works on at the moment: records taken out of the journal and changed, until the
//! batch is written.
//!
//! A run that only sleeps is put back after each batch and costs nothing but its timers.

use std::collections::btree_map;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::model::Differing;
use super::{Loaded, Model};
use crate::effect::End;
use crate::journal::{
    Arrival, Entry, Error, ErrorKind, Fact, IncidentId, Journal, ProgramKept, RunId, RunMoved,
    StoredRun, Write,
};
use crate::program::{CodeHash, Program};
use crate::run::{Action, Observe, Perform, Run};
use crate::value::Time;

/// The working set, and what has to be written.
#[derive(Debug, Default)]
pub struct Desk {
    /// Incidents whose rows differ.
    incidents: BTreeSet<IncidentId>,
    /// Incidents that are at hand for this batch only.
    brought: BTreeSet<IncidentId>,
    runs: BTreeMap<RunId, Working>,
    changed_runs: BTreeSet<RunId>,
    programs: BTreeMap<CodeHash, Arc<Program>>,
    /// Entries of this batch: the journal does not know them yet.
    entries: BTreeMap<IncidentId, Vec<Entry>>,
    writes: Vec<Write>,
    /// What this batch decides, and when.
    facts: Vec<Fact>,
    at: Time,
    /// Where among the writes there is something that has arrived.
    arrivals: Vec<usize>,
}

/// A run with what it waits for.
#[derive(Debug)]
pub struct Working {
    pub code: CodeHash,
    pub run: Run,
    pub pending: Vec<Action>,
}

/// A run that cannot be worked on.
pub enum Trouble {
    Store(Error),
    /// It is not there, or cannot be read.
    Unreadable,
    /// It is over, and nothing of it is kept that could be worked on.
    Ended,
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Trouble {
        Trouble::Store(error)
    }
}

impl Desk {
    pub fn write(&mut self, write: Write) {
        if let Write::Arrived(_) = write {
            self.arrivals.push(self.writes.len());
        }
        self.writes.push(write);
    }

    /// Something has happened.
    pub fn fact(&mut self, fact: impl Into<Fact>, now: Time) {
        self.facts.push(fact.into());
        self.at = now;
    }

    /// How much has happened in this batch.
    pub fn facts_so_far(&self) -> usize {
        self.facts.len()
    }

    /// Something has happened that others are a consequence of: it stands before them.
    pub fn fact_before(&mut self, first: usize, fact: impl Into<Fact>, now: Time) {
        let place = first.min(self.facts.len());
        self.facts.insert(place, fact.into());
        self.at = now;
    }

    /// What this batch has accepted.
    pub fn arrived(&self) -> impl Iterator<Item = &Arrival> {
        let places = self.arrivals.iter();
        places.filter_map(|place| match self.writes.get(*place) {
            Some(Write::Arrived(arrival)) => Some(arrival),
            _ => None,
        })
    }

    /// What differs once something has happened.
    pub fn differs(&mut self, changed: Differing) {
        for write in changed.rows {
            if let Write::Entry { incident, entry } = &write {
                let own = self.entries.entry(*incident).or_default();
                own.push(entry.clone());
            }
            self.writes.push(write);
        }
        self.incidents.extend(changed.incidents);
    }

    /// An incident was brought in for this batch.
    pub fn brought(&mut self, id: IncidentId) {
        self.brought.insert(id);
    }

    /// The whole timeline, with what this batch adds.
    pub fn timeline(&self, journal: &dyn Journal, id: IncidentId) -> Result<Vec<Entry>, Error> {
        let mut entries = journal.timeline(id, 0)?;
        entries.extend(self.entries.get(&id).into_iter().flatten().cloned());
        Ok(entries)
    }

    /// Takes in a run that is new.
    pub fn add_run(&mut self, id: RunId, code: CodeHash, run: Run) {
        let pending = Vec::new();
        self.changed_runs.insert(id);
        self.runs.insert(id, Working { code, run, pending });
    }

    /// Where the time of an incident's run counts from that has just ended with `again`.
    pub fn again_from(&self, incident: IncidentId) -> Option<Time> {
        let first = RunId::Incident(incident, 0);
        let last = RunId::Incident(incident, u32::MAX);
        let (_, newest) = self.runs.range(first..=last).next_back()?;
        let again = newest.run.end() == Some(&End::Again);
        again.then(|| newest.run.began())
    }

    /// A run, taken out of the journal if need be; it counts as changed.
    pub fn run(&mut self, journal: &dyn Journal, id: RunId) -> Result<&mut Working, Trouble> {
        self.changed_runs.insert(id);
        match self.runs.entry(id) {
            btree_map::Entry::Occupied(known) => Ok(known.into_mut()),
            btree_map::Entry::Vacant(place) => {
                let stored = readable(journal.run(id))?.ok_or(Trouble::Unreadable)?;
                if stored.ended {
                    return Err(Trouble::Ended);
                }
                let run: Run =
                    postcard::from_bytes(&stored.state).map_err(|_| Trouble::Unreadable)?;
                Ok(place.insert(Working {
                    code: stored.code,
                    run,
                    pending: stored.pending,
                }))
            }
        }
    }

    /// A run that nobody goes on with.
    pub fn put_aside(&mut self, id: RunId) {
        self.runs.remove(&id);
        self.changed_runs.remove(&id);
        self.write(Write::Run(StoredRun {
            id,
            code: CodeHash([0; 32]),
            state: Vec::new(),
            pending: Vec::new(),
            ended: true,
        }));
    }

    /// The code that a run is pinned to.
    pub fn program(
        &mut self,
        journal: &dyn Journal,
        hash: CodeHash,
    ) -> Result<Arc<Program>, Trouble> {
        if let Some(program) = self.programs.get(&hash) {
            return Ok(program.clone());
        }
        let artefact = readable(journal.program(hash))?.ok_or(Trouble::Unreadable)?;
        let program: Program = postcard::from_bytes(&artefact).map_err(|_| Trouble::Unreadable)?;
        if program.validate().is_err() || program.code_hash() != hash {
            return Err(Trouble::Unreadable);
        }
        let program = Arc::new(program);
        self.programs.insert(hash, program.clone());
        Ok(program)
    }

    /// The programs that are in memory.
    pub fn known_programs(&self) -> impl Iterator<Item = CodeHash> {
        self.programs.keys().copied()
    }

    /// Stores a program beside the runs that are pinned to it.
    pub fn keep_program(
        &mut self,
        journal: &dyn Journal,
        loaded: &Loaded,
        now: Time,
    ) -> Result<(), Error> {
        let known = self.programs.insert(loaded.hash, loaded.program.clone());
        if known.is_some() {
            return Ok(());
        }
        // One that cannot be read is written once more.
        if let Ok(Some(_)) = readable(journal.program(loaded.hash)) {
            return Ok(());
        }
        self.fact(ProgramKept { hash: loaded.hash }, now);
        let artefact = postcard::to_stdvec(&*loaded.program)
            .expect("a program is plain data and always serialises");
        self.write(Write::Program {
            hash: loaded.hash,
            artefact,
        });
        Ok(())
    }

    /// Everything that has to be written, and forgets what can be looked up again.
    pub fn take(&mut self, model: &mut Model) -> (Time, Vec<Fact>, Vec<Write>) {
        let rows = self.incidents.iter().filter_map(|id| model.row_of(*id));
        self.writes
            .extend(rows.map(|row| Write::Incident(Box::new(row))));
        self.brought.append(&mut self.incidents);
        model.let_go(&self.brought);
        self.brought.clear();
        for id in std::mem::take(&mut self.changed_runs) {
            let Some(working) = self.runs.get(&id) else {
                continue;
            };
            let stored = stored(id, working);
            if !stored.ended {
                let moved = Fact::from(moved(&stored));
                // It changes nothing of incidents, and is no row by itself.
                model.apply(&moved, self.at);
                self.facts.push(moved);
            }
            self.writes.push(Write::Run(stored));
            // What was not looked at is as awake as it was.
            if !working.is_awake() {
                self.runs.remove(&id);
            }
        }
        self.entries.clear();
        self.arrivals.clear();
        let facts = std::mem::take(&mut self.facts);
        (self.at, facts, std::mem::take(&mut self.writes))
    }
}

impl Working {
    /// Whether an answer is on its way: it will be needed again soon.
    fn is_awake(&self) -> bool {
        self.run.end().is_none()
            && self.pending.iter().any(|action| {
                matches!(
                    action,
                    Action::Observe(_) | Action::Perform(_) | Action::Settle { .. }
                )
            })
    }
}

/// One record that is damaged puts one run aside, and not the agent.
fn readable<T>(read: Result<T, Error>) -> Result<T, Trouble> {
    read.map_err(|error| match error.kind {
        ErrorKind::Corrupt => Trouble::Unreadable,
        _ => Trouble::Store(error),
    })
}

/// That a run has gone on, and what it waits for now.
fn moved(stored: &StoredRun) -> RunMoved {
    let due = stored.pending.iter().filter_map(|action| match action {
        Action::Wait { until, .. } => Some(*until),
        Action::Observe(Observe { deadline, .. })
        | Action::Perform(Perform { deadline, .. })
        | Action::Settle { deadline, .. } => Some(*deadline),
        Action::Intend { .. }
        | Action::Repeat { .. }
        | Action::Tell(_)
        | Action::Attach(_)
        | Action::Record(_)
        | Action::End(_) => None,
    });
    RunMoved {
        run: stored.id,
        code: stored.code,
        digest: Sha256::digest(&stored.state).into(),
        waits: stored.pending.clone(),
        due: due.min(),
        body: stored.state.clone(),
    }
}

fn stored(id: RunId, working: &Working) -> StoredRun {
    let state =
        postcard::to_stdvec(&working.run).expect("a run is plain data and always serialises");
    let ended = working.run.end().is_some();
    StoredRun {
        id,
        code: working.code,
        // Nobody goes on with a run that has ended; what it did stands in the timeline.
        state: if ended { Vec::new() } else { state },
        pending: if ended {
            Vec::new()
        } else {
            working.pending.clone()
        },
        ended,
    }
}
