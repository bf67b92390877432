//! What must hold of every engine at every moment, whatever happens to it.
//!
//! What it has to know it keeps as it is written, and it looks only at what something has happened
//! to: a script of many incidents costs it as much for each as a script of one.

mod changes;
mod events;
mod limits;
mod patience;

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

use super::causes::Causes;
use super::queue::{Queue, answered};
use crate::effect::{ChangeOutcome, Settled};
use crate::engine::{Input, Model};
use crate::journal::{
    Archive, Delivery, Entry, Error, Fact, Freeze, Happened, Incident, IncidentId, IncidentState,
    Journal, Memory, MessageId, MessageKind, Outbox, RunId, Scope, StoredRun, Write,
};
use crate::program::Program;
use crate::run::{self, Event, IntentKind, Perform};
use crate::settings::Bounds;
use crate::value::{Duration, Time};
use changes::Changes;
use events::Events;
use limits::Limits;
use patience::Patience;

/// What was found so far.
#[derive(Debug, Default)]
pub struct Judge {
    pub broken: Vec<String>,
    known: BTreeSet<String>,
    changes: Changes,
    limits: Limits,
    patience: Patience,
    events: Events,
    messages: BTreeMap<IncidentId, BTreeMap<MessageId, Outbox>>,
    causes: Causes,
    /// What follows from all facts since the beginning.
    replayed: Model,
    batches: usize,
    /// Runs that something has happened to since they were looked at.
    touched: BTreeSet<RunId>,
    /// What the facts say of the state of each run that is live.
    digests: BTreeMap<RunId, [u8; 32]>,
    /// Live runs that wait for what time brings.
    timed: BTreeMap<RunId, Waits>,
}

/// What a run waits for that is not on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Waits {
    /// Leave to change something: for as long as it has to while all changes are stopped.
    Leave,
    Time,
}

impl Judge {
    pub fn new(programs: &[Program], bounds: &Bounds) -> Judge {
        let mut judge = Judge {
            patience: Patience::new(bounds.storm.patience),
            ..Judge::default()
        };
        judge.loads(programs);
        judge
    }

    /// Other programs take the place of those that are loaded.
    pub fn loads(&mut self, programs: &[Program]) {
        self.changes.loads(programs);
        self.limits.loads(programs);
        self.patience.loads(programs);
        self.causes.loads(programs);
    }

    /// What is recorded as having happened has its cause.
    pub fn facts(&mut self, facts: &[Fact], at: Time) {
        for fact in facts {
            self.replayed.apply(fact, at);
            for broken in self.limits.hears(fact, &self.replayed) {
                self.finds(broken);
            }
            self.patience.hears(fact);
            if let Fact::RunMoved(moved) = fact {
                self.digests.insert(moved.run, moved.digest);
            }
            if let Err(broken) = self.causes.add(fact, at) {
                self.finds(broken);
            }
        }
    }

    /// What an agent knows is what follows from all facts, and from the records that it has kept.
    pub fn model(&mut self, live: &Model, memory: &Memory, now: Time) -> Result<(), Error> {
        self.batches += 1;
        // The longer the history, the more there is to compare.
        if !self.batches.is_multiple_of(1 + self.batches / 100) {
            return Ok(());
        }
        // What need not be at hand is brought in from its row.
        let only_wanted = |model: &Model| {
            let mut model = model.clone();
            model.let_all_go();
            model
        };
        let (live, replayed) = (only_wanted(live), only_wanted(&self.replayed));
        if live != replayed {
            let what = format!("the model is not what the facts say: {live:#?}\n{replayed:#?}");
            self.finds(what);
        }
        let loaded = only_wanted(&Model::load(memory, now)?.0);
        if live != loaded {
            let what = format!("the model is not what is kept: {live:#?}\n{loaded:#?}");
            self.finds(what);
        }
        Ok(())
    }

    /// Keeps what is broken, once.
    pub fn finds(&mut self, what: impl Into<String>) {
        let what = what.into();
        if self.known.insert(what.clone()) {
            self.broken.push(what);
        }
    }

    /// A batch that is about to become durable: no change is granted while all are stopped.
    pub fn writes(&mut self, memory: &Memory, writes: &[Write]) -> Result<(), Error> {
        let mut freezes: BTreeMap<Scope, Freeze> = memory.freezes()?.into_iter().collect();
        for write in writes {
            match write {
                Write::Freeze(scope, Some(freeze)) => {
                    freezes.insert(scope.clone(), freeze.clone());
                }
                Write::Freeze(scope, None) => {
                    freezes.remove(scope);
                }
                Write::Intent(stored) => {
                    if self.is_frozen(&freezes, &stored.runbook) {
                        let name = &stored.intent.call.name;
                        self.finds(format!("{name} is granted while all changes are stopped"));
                    }
                    self.changes.grants(stored);
                }
                Write::IntentState { id, state } => self.changes.settles(*id, *state),
                Write::Message(outbox) => {
                    self.events.says(outbox);
                    if let Some(incident) = outbox.message.incident {
                        let said = self.messages.entry(incident).or_default();
                        said.insert(outbox.id, outbox.clone());
                    }
                }
                Write::Run(run) => {
                    self.touched.insert(run.id);
                    if run.ended {
                        self.changes.ends(run.id);
                    }
                }
                Write::Dwell(dwell) => self.events.stands(dwell.event),
                Write::Arrived(_)
                | Write::Disposed { .. }
                | Write::Dead(_)
                | Write::Incident(_)
                | Write::Alert { .. }
                | Write::Entry { .. }
                | Write::Program { .. }
                | Write::DwellGone { .. }
                | Write::Storm(..)
                | Write::AtWork(_)
                | Write::Schedule(_, _)
                | Write::Wait(..)
                | Write::Clock(_)
                | Write::Debt(_)
                | Write::Lost(_) => {}
            }
        }
        Ok(())
    }

    /// Something reaches the engine.
    pub fn reaches(&mut self, input: &Input) {
        self.touched.extend(answered(input).map(|(run, _)| run));
    }

    /// So many senders are told that theirs was accepted.
    pub fn answers(&mut self, memory: &Memory, count: u64) -> Result<(), Error> {
        let wrong = self.events.answers(memory, count)?;
        wrong.into_iter().for_each(|wrong| self.finds(wrong));
        Ok(())
    }

    /// The agent has begun anew: everybody is looked at.
    pub fn begins_anew(&mut self, memory: &Memory) -> Result<(), Error> {
        for run in memory.awake_runs()? {
            self.touched.insert(run.map_or_else(|id| id, |run| run.id));
        }
        let asleep = memory.sleeping_runs()?.into_iter();
        self.touched.extend(asleep.map(|asleep| asleep.run));
        Ok(())
    }

    /// The clock was set, or time went by that nobody could use.
    pub fn shift(&mut self, by: Duration) {
        self.patience.shift(by);
    }

    /// A change goes out into the world: it was granted durably, and is not repeated blindly.
    pub fn dispatched(
        &mut self,
        memory: &Memory,
        run: RunId,
        perform: &Perform,
    ) -> Result<(), Error> {
        let freezes = memory.freezes()?.into_iter().collect();
        let runbook = self.causes.runbook_of(run);
        if runbook.is_some_and(|runbook| self.is_frozen(&freezes, runbook)) {
            let name = &perform.call.name;
            self.finds(format!("{name} is begun while all changes are stopped"));
        }
        if !self.causes.is_started(perform) {
            let name = &perform.call.name;
            self.finds(format!("{name} is begun, and that is not on record"));
        }
        let wrong = self.changes.dispatched(run, perform);
        wrong.into_iter().for_each(|wrong| self.finds(wrong));
        Ok(())
    }

    /// Between two inputs: every live run waits for something that will come.
    pub fn at_rest(
        &mut self,
        memory: &Memory,
        coming: &Queue,
        timer: bool,
        now: Time,
    ) -> Result<(), Error> {
        for id in std::mem::take(&mut self.touched) {
            let live = memory.run(id).filter(|stored| !stored.ended);
            self.timed.remove(&id);
            match live {
                Some(stored) => self.rests(stored, coming, now),
                None => {
                    self.digests.remove(&id);
                    self.patience.ends(id);
                }
            }
        }
        if timer {
            return Ok(());
        }
        let held = !memory.freezes()?.is_empty();
        let stuck = self.timed.iter();
        let stuck = stuck.filter(|(_, waits)| **waits == Waits::Time || !held);
        let stuck: Vec<RunId> = stuck.map(|(id, _)| *id).collect();
        for id in stuck {
            self.finds(format!("run {id} waits for a time that never comes"));
        }
        Ok(())
    }

    fn is_frozen(&self, freezes: &BTreeMap<Scope, Freeze>, runbook: &str) -> bool {
        let product = self.causes.product_of(runbook);
        freezes.keys().any(|scope| scope.covers(product, runbook))
    }

    fn rests(&mut self, stored: &StoredRun, coming: &Queue, now: Time) {
        let id = stored.id;
        let late = self.patience.looks(stored, now);
        late.into_iter().for_each(|late| self.finds(late));
        let digest: [u8; 32] = Sha256::digest(&stored.state).into();
        if self.digests.get(&id) != Some(&digest) {
            self.finds(format!("the record of run {id} is not what the facts say"));
        }
        if stored.pending.is_empty() {
            self.finds(format!("run {id} is live and waits for nothing"));
        }
        for action in &stored.pending {
            let (question, waits) = match action {
                run::Action::Observe(observe) => (Some(observe.id), Waits::Time),
                run::Action::Perform(perform) => (Some(perform.id), Waits::Time),
                run::Action::Settle { id: asked, .. } => (Some(*asked), Waits::Time),
                run::Action::Intend { .. } | run::Action::Repeat { .. } => (None, Waits::Leave),
                run::Action::Wait { .. }
                | run::Action::Tell(_)
                | run::Action::Attach(_)
                | run::Action::Record(_)
                | run::Action::End(_) => (None, Waits::Time),
            };
            match question {
                Some(question) if coming.answers(id, question) => {}
                Some(_) => {
                    self.finds(format!("run {id} waits for what never comes: {action:?}"));
                }
                None => {
                    let known = self.timed.entry(id).or_insert(waits);
                    *known = waits.max(*known);
                }
            }
        }
    }

    /// When the script is over: every incident is resolved, or a human was told; every event has
    /// ended, and nobody waits without patience.
    pub fn at_end(&mut self, memory: &Memory, now: Time) -> Result<(), Error> {
        for incident in memory.incidents(false, usize::MAX)? {
            let timeline = memory.timeline(incident.id, 0)?;
            self.ends_well(&incident, &timeline);
            let run = incident.run.map(|run| memory.run(run));
            if run.is_some_and(|run| run.is_none_or(|run| run.ended)) {
                let id = incident.id;
                self.finds(format!("incident {id} is worked on by a run that is over"));
            }
        }
        let code = |run| Some(memory.run(run)?.code);
        let mut wrong = self.patience.at_end(now, code);
        wrong.extend(self.events.at_end(memory)?);
        let open = self.causes.left_open().into_iter();
        wrong.extend(open.map(|id| format!("event {id} was accepted, and nothing came of it")));
        wrong.into_iter().for_each(|wrong| self.finds(wrong));
        Ok(())
    }

    fn ends_well(&mut self, incident: &Incident, timeline: &[Entry]) {
        let id = incident.id;
        match &incident.state {
            IncidentState::Resolved { how, .. } => {
                if *how == crate::journal::How::Verified && !is_verified(timeline) {
                    self.finds(format!(
                        "incident {id} is resolved without a verify after its last change"
                    ));
                }
                if incident.run.is_none()
                    && !(incident.locks.is_empty() && incident.disturbed.is_empty())
                {
                    self.finds(format!("incident {id} is resolved and keeps its locks"));
                }
            }
            IncidentState::Handed | IncidentState::Acknowledged { .. } => {
                let said = self.messages.get(&id);
                let told = said.into_iter().flat_map(BTreeMap::values).any(|outbox| {
                    matches!(outbox.message.kind, MessageKind::Page | MessageKind::Task)
                        && (!matches!(outbox.delivery, Delivery::GivenUp { .. })
                            || incident.state != IncidentState::Handed)
                });
                // With all others of a storm, on one page.
                let told = told
                    || timeline
                        .iter()
                        .any(|entry| matches!(entry.happened, Happened::InStorm { .. }));
                if !told {
                    self.finds(format!("incident {id} is handed and nobody is told"));
                }
            }
            IncidentState::Open | IncidentState::Reopened => {
                self.finds(format!("incident {id} stays {}", incident.state.word()));
            }
        }
    }
}

/// Whether a verify passed after the last change that took effect.
fn is_verified(timeline: &[Entry]) -> bool {
    let changed = timeline.iter().rposition(|entry| match &entry.happened {
        Happened::Performed { kind, outcome, .. } => {
            *kind == IntentKind::Do && matches!(outcome, ChangeOutcome::Applied(_))
        }
        Happened::Settled { outcome, .. } => *outcome == Settled::Applied,
        _ => false,
    });
    let verified = timeline
        .iter()
        .rposition(|entry| matches!(entry.happened, Happened::Run(Event::Verified { .. })));
    verified.is_some() && verified > changed
}
