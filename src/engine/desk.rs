//! What the engine works on at the moment: runs and programs that were brought in, until the batch
//! is written.
//!
//! A run that only sleeps is put back after each batch and costs nothing but its timers. What is not
//! here when it is asked for was looked for, and is not there: see `fetch.rs`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use sha2::{Digest, Sha256};
use smol_str::SmolStr;

use super::model::Differing;
use super::{Loaded, Model};
use crate::effect::{End, Reason};
use crate::journal::{
    Arrival, Error, Fact, IncidentId, ProgramKept, RunId, RunMoved, StoredRun, Write, steps,
};
use crate::program::{CodeHash, Program};
use crate::run::{Action, Observe, Perform, Run};
use crate::value::{Duration, Time};

/// The working set, and what has to be written.
#[derive(Debug, Default)]
pub struct Desk {
    /// Incidents whose rows differ.
    incidents: BTreeSet<IncidentId>,
    /// Incidents that are at hand for this batch only.
    brought: BTreeSet<IncidentId>,
    runs: BTreeMap<RunId, Working>,
    /// What was looked for and cannot be worked on, for this batch only.
    missing: BTreeMap<RunId, Trouble>,
    /// Runs that were brought in for this batch.
    fetched: BTreeSet<RunId>,
    changed_runs: BTreeSet<RunId>,
    /// None is a program that is not there, or cannot be read.
    programs: BTreeMap<CodeHash, Option<Arc<Program>>>,
    /// Named events that were brought in for this batch, each since a time.
    events: BTreeMap<(SmolStr, Time), Result<Vec<Arrival>, Error>>,
    writes: Vec<Write>,
    /// What this batch decides, and when.
    facts: Vec<Fact>,
    at: Time,
    /// How far the clock has been set, all steps together.
    clock: Duration,
    /// Where among the writes there is something that has arrived.
    arrivals: Vec<usize>,
}

/// A run with what it waits for.
#[derive(Debug)]
pub struct Working {
    pub code: CodeHash,
    pub run: Run,
    pub pending: Vec<Action>,
    /// Why it was refused leave last, for whoever is told of it; forgotten when it is put back.
    pub refused: Option<(Reason, String)>,
}

/// Why a run cannot be worked on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// It is not there, or cannot be read.
    Unreadable,
    /// It is over, and nothing of it is kept that could be worked on.
    Ended,
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
        self.writes.extend(changed.rows);
        self.incidents.extend(changed.incidents);
    }

    /// An incident stands as it is known, and its row does not say so.
    pub fn writes_anew(&mut self, id: IncidentId) {
        self.incidents.insert(id);
    }

    /// An incident was looked for, for this batch.
    pub fn brought(&mut self, id: IncidentId) {
        self.brought.insert(id);
    }

    /// Whether an incident was looked for already.
    pub fn sought(&self, id: IncidentId) -> bool {
        self.brought.contains(&id)
    }

    /// Brings in events of a name since a time.
    pub fn bring_events(
        &mut self,
        asked: (SmolStr, Time),
        found: Result<Option<Vec<Arrival>>, Error>,
    ) {
        self.events
            .insert(asked, found.map(Option::unwrap_or_default));
    }

    pub fn has_events(&self, asked: &(SmolStr, Time)) -> bool {
        self.events.contains_key(asked)
    }

    /// What was brought in of them, or why it cannot be read.
    pub fn events(&self, asked: &(SmolStr, Time)) -> Result<&[Arrival], &Error> {
        match self.events.get(asked) {
            Some(found) => found.as_deref(),
            None => Ok(&[]),
        }
    }

    /// Takes in a run that is new.
    pub fn add_run(&mut self, id: RunId, code: CodeHash, run: Run) {
        let pending = Vec::new();
        self.changed_runs.insert(id);
        let working = Working {
            code,
            run,
            pending,
            refused: None,
        };
        self.runs.insert(id, working);
    }

    /// Where the time of an incident's run counts from that has just ended with `again`.
    pub fn again_from(&self, incident: IncidentId) -> Option<Time> {
        let first = RunId::Incident(incident, 0);
        let last = RunId::Incident(incident, u32::MAX);
        let (_, newest) = self.runs.range(first..=last).next_back()?;
        let again = newest.run.end() == Some(&End::Again);
        again.then(|| newest.run.began())
    }

    /// Whether a run has to be brought in before it can be worked on.
    pub fn lacks_run(&self, id: RunId) -> bool {
        !self.runs.contains_key(&id) && !self.missing.contains_key(&id)
    }

    /// The clock is set so far by now: the runs that are at hand move along. Those that are not are
    /// moved when they are brought in.
    pub fn clock_is(&mut self, clock: Duration) {
        let by = steps(self.clock, clock);
        for working in self.runs.values_mut() {
            working.shift(by);
        }
        self.clock = clock;
    }

    /// Brings in a run as it is stored; what is at hand is newer.
    pub fn bring_run(&mut self, id: RunId, stored: Result<Option<StoredRun>, Error>) {
        if !self.lacks_run(id) {
            return;
        }
        match working(stored, self.clock) {
            Ok(working) => {
                self.fetched.insert(id);
                self.runs.insert(id, working);
            }
            Err(trouble) => {
                self.missing.insert(id, trouble);
            }
        }
    }

    /// The code of a run that is at hand.
    pub fn code_of(&self, id: RunId) -> Option<CodeHash> {
        self.runs.get(&id).map(|working| working.code)
    }

    /// Whether a run makes a change with this key now.
    pub fn makes(&self, id: RunId, key: &str) -> bool {
        let pending = self.runs.get(&id).into_iter();
        let mut pending = pending.flat_map(|working| &working.pending);
        pending.any(|action| matches!(action, Action::Perform(perform) if perform.key == key))
    }

    /// A run that is at hand; it counts as changed.
    pub fn run(&mut self, id: RunId) -> Result<&mut Working, Trouble> {
        let known = self.runs.get_mut(&id);
        if known.is_some() {
            self.changed_runs.insert(id);
        }
        let missing = self.missing.get(&id).copied();
        known.ok_or(missing.unwrap_or(Trouble::Ended))
    }

    /// A run that nobody goes on with.
    pub fn put_aside(&mut self, id: RunId) {
        self.runs.remove(&id);
        self.missing.insert(id, Trouble::Ended);
        self.changed_runs.remove(&id);
        self.write(Write::Run(StoredRun {
            id,
            code: CodeHash([0; 32]),
            state: Vec::new(),
            pending: Vec::new(),
            ended: true,
            clock: self.clock,
        }));
    }

    /// Whether nobody goes on with a run any more.
    pub fn is_over(&self, id: RunId) -> bool {
        self.missing.get(&id) == Some(&Trouble::Ended)
    }

    /// The code that a run is pinned to.
    pub fn program(&self, hash: CodeHash) -> Result<Arc<Program>, Trouble> {
        let known = self.programs.get(&hash).and_then(Option::as_ref);
        known.cloned().ok_or(Trouble::Unreadable)
    }

    /// Whether a program has to be brought in before it can be worked with.
    pub fn lacks_program(&self, hash: CodeHash) -> bool {
        !self.programs.contains_key(&hash)
    }

    /// Brings in a program by its artefact.
    pub fn bring_program(&mut self, hash: CodeHash, artefact: Result<Option<Vec<u8>>, Error>) {
        let program = artefact
            .ok()
            .flatten()
            .and_then(|artefact| Program::of_artefact(&artefact));
        let program = program.filter(|one| one.validate().is_ok() && one.code_hash() == hash);
        let known = self.programs.entry(hash);
        known.or_insert_with(|| program.map(Arc::new));
    }

    /// The programs that are in memory.
    pub fn known_programs(&self) -> impl Iterator<Item = CodeHash> {
        let known = self.programs.iter();
        known.filter_map(|(hash, program)| program.as_ref().map(|_| *hash))
    }

    /// Stores a program beside the runs that are pinned to it.
    pub fn keep_program(&mut self, loaded: &Loaded, now: Time) {
        let program = Some(loaded.program.clone());
        let known = self.programs.insert(loaded.hash, program);
        if known.flatten().is_some() {
            return;
        }
        self.fact(ProgramKept { hash: loaded.hash }, now);
        let artefact = postcard::to_stdvec(&*loaded.program)
            .expect("a program is plain data and always serialises");
        self.write(Write::Program {
            hash: loaded.hash,
            artefact,
        });
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
            let stored = stored(id, working, self.clock);
            if !stored.ended {
                let moved = Fact::from(moved(&stored));
                let changed = model.apply(&moved, self.at);
                self.writes.extend(changed.rows);
                self.facts.push(moved);
            }
            self.writes.push(Write::Run(stored));
            // What was not looked at is as awake as it was.
            if !working.is_awake() {
                self.runs.remove(&id);
            }
        }
        for id in std::mem::take(&mut self.fetched) {
            if self
                .runs
                .get(&id)
                .is_some_and(|working| !working.is_awake())
            {
                self.runs.remove(&id);
            }
        }
        self.missing.clear();
        self.events.clear();
        self.arrivals.clear();
        let facts = std::mem::take(&mut self.facts);
        (self.at, facts, std::mem::take(&mut self.writes))
    }
}

impl Working {
    /// The clock was set.
    fn shift(&mut self, by: Duration) {
        self.run.shift(by);
        for action in &mut self.pending {
            action.shift(by);
        }
    }

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

/// A run as it was stored, by the clock as it is set now; one that is damaged is put aside alone.
fn working(stored: Result<Option<StoredRun>, Error>, clock: Duration) -> Result<Working, Trouble> {
    let stored = stored.ok().flatten().ok_or(Trouble::Unreadable)?;
    if stored.ended {
        return Err(Trouble::Ended);
    }
    let run = Run::of_stored(&stored.state).ok_or(Trouble::Unreadable)?;
    // Where its row says that it is another one, nobody knows which is right.
    if let RunId::Incident(incident, ordinal) = stored.id
        && !run.is(incident, ordinal)
    {
        return Err(Trouble::Unreadable);
    }
    let mut working = Working {
        code: stored.code,
        run,
        pending: stored.pending,
        refused: None,
    };
    working.shift(steps(stored.clock, clock));
    Ok(working)
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

fn stored(id: RunId, working: &Working, clock: Duration) -> StoredRun {
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
        clock,
    }
}
