//! What must hold of every engine at every moment, whatever happens to it.

use std::collections::{BTreeMap, BTreeSet};

use smol_str::SmolStr;

use super::causes::Causes;
use crate::effect::{ChangeOutcome, Repeat, Settled};
use crate::engine::{Input, Model};
use crate::journal::{
    Delivery, Entry, Error, Fact, Happened, Incident, IncidentState, IntentState, Journal, Memory,
    MessageId, MessageKind, Outbox, RunId, Write,
};
use crate::program::Program;
use crate::run::{self, Event, IntentKind, Perform};
use crate::value::Time;

/// More incidents are in no script.
const MOST: usize = 1_000;

/// What was found so far.
#[derive(Debug)]
pub struct Judge {
    pub broken: Vec<String>,
    repeats: BTreeMap<SmolStr, Repeat>,
    /// Every change that was sent into the world: its key, and which try of it.
    dispatched: BTreeSet<(SmolStr, u32)>,
    messages: BTreeMap<MessageId, Outbox>,
    causes: Causes,
    /// What follows from all facts since the beginning.
    replayed: Model,
    batches: usize,
}

impl Judge {
    pub fn new(programs: &[Program]) -> Judge {
        let actions = programs.iter().flat_map(|program| &program.actions);
        Judge {
            broken: Vec::new(),
            repeats: actions
                .map(|action| (action.name.clone(), action.repeat))
                .collect(),
            dispatched: BTreeSet::new(),
            messages: BTreeMap::new(),
            causes: Causes::new(programs),
            replayed: Model::default(),
            batches: 0,
        }
    }

    /// Other programs take the place of those that are loaded.
    pub fn loads(&mut self, programs: &[Program]) {
        let actions = programs.iter().flat_map(|program| &program.actions);
        let repeats = actions.map(|action| (action.name.clone(), action.repeat));
        self.repeats.extend(repeats);
        self.causes.loads(programs);
    }

    /// What is recorded as having happened has its cause.
    pub fn facts(&mut self, facts: &[Fact], at: Time) {
        for fact in facts {
            self.replayed.apply(fact, at);
            if let Err(broken) = self.causes.add(fact) {
                self.finds(broken);
            }
        }
    }

    /// What an agent knows is what follows from all facts, and from the records that it has kept.
    pub fn model(&mut self, live: &Model, memory: &Memory, now: Time) -> Result<(), Error> {
        if *live != self.replayed {
            let replayed = &self.replayed;
            let what = format!("the model is not what the facts say: {live:#?}\n{replayed:#?}");
            self.finds(what);
        }
        self.batches += 1;
        // The longer the history, the more there is to load.
        if self.batches.is_multiple_of(1 + self.batches / 100) {
            let loaded = Model::load(memory, now)?;
            if *live != loaded {
                let what = format!("the model is not what is kept: {live:#?}\n{loaded:#?}");
                self.finds(what);
            }
        }
        Ok(())
    }

    /// Keeps what is broken, once.
    pub fn finds(&mut self, what: impl Into<String>) {
        let what = what.into();
        if !self.broken.contains(&what) {
            self.broken.push(what);
        }
    }

    /// A batch that is about to become durable: no change is granted while all are stopped.
    pub fn writes(&mut self, memory: &Memory, writes: &[Write]) -> Result<(), Error> {
        let mut held = memory.hold()?.is_some();
        for write in writes {
            match write {
                Write::Hold(hold) => held = hold.is_some(),
                Write::Intent(stored) if held => {
                    let name = &stored.intent.call.name;
                    self.finds(format!("{name} is granted while all changes are stopped"));
                }
                Write::Message(outbox) => {
                    self.messages.insert(outbox.id, outbox.clone());
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// A change goes out into the world: it was granted durably, and is not repeated blindly.
    pub fn dispatched(
        &mut self,
        memory: &Memory,
        run: RunId,
        perform: &Perform,
    ) -> Result<(), Error> {
        let name = &perform.call.name;
        if !self.causes.is_started(perform) {
            self.finds(format!("{name} is begun, and that is not on record"));
        }
        if memory.hold()?.is_some() {
            self.finds(format!("{name} is begun while all changes are stopped"));
        }
        let intents = memory.open_intents()?;
        let intent = intents.iter().rev().find(|stored| {
            stored.run == run
                && stored.intent.key == perform.key
                && stored.intent.call == perform.call
        });
        let Some(stored) = intent else {
            self.finds(format!(
                "{name} is begun without an intent of the same call"
            ));
            return Ok(());
        };
        if !matches!(stored.state, IntentState::Open | IntentState::Unknown) {
            self.finds(format!("{name} is begun for an intent that is settled"));
        }
        let targets = &stored.intent.targets;
        let others = intents
            .iter()
            .filter(|other| other.run != run && other.state == IntentState::Open);
        let mut touched = others.flat_map(|other| &other.intent.targets);
        if let Some(target) = touched.find(|target| targets.contains(target)) {
            let what = target.key().to_owned();
            self.finds(format!(
                "{what} is changed by two incidents at the same time"
            ));
        }
        if targets.is_empty() {
            self.finds(format!("{name} changes nothing that is named"));
        }
        let place = (perform.key.clone(), stored.intent.attempt);
        let is_first = self.dispatched.insert(place);
        let repeat = self.repeats.get(name.as_ref());
        if !is_first && !matches!(repeat, Some(Repeat::Safe | Repeat::Keyed)) {
            self.finds(format!("{name} is begun twice, and may not be repeated"));
        }
        Ok(())
    }

    /// Between two inputs: every live run waits for something that will come.
    pub fn at_rest<'i>(
        &mut self,
        memory: &Memory,
        coming: impl Iterator<Item = &'i Input>,
        timer: bool,
    ) -> Result<(), Error> {
        let coming: Vec<(RunId, u64)> = coming.filter_map(answered).collect();
        let held = memory.hold()?.is_some();
        for run in memory.live_runs()? {
            let stored = match run {
                Ok(stored) => stored,
                Err(id) => {
                    self.finds(format!("run {id} cannot be read"));
                    continue;
                }
            };
            let id = stored.id;
            if stored.pending.is_empty() {
                self.finds(format!("run {id} is live and waits for nothing"));
            }
            for action in &stored.pending {
                let comes = match action {
                    run::Action::Observe(observe) => coming.contains(&(id, observe.id)),
                    run::Action::Perform(perform) => coming.contains(&(id, perform.id)),
                    run::Action::Settle { id: asked, .. } => coming.contains(&(id, *asked)),
                    // What takes something back waits for as long as all changes are stopped.
                    run::Action::Intend { .. } | run::Action::Repeat { .. } => timer || held,
                    _ => timer,
                };
                if !comes {
                    self.finds(format!("run {id} waits for what never comes: {action:?}"));
                }
            }
        }
        Ok(())
    }

    /// When the script is over: every incident is resolved, or a human was told.
    pub fn at_end(&mut self, memory: &Memory) -> Result<(), Error> {
        for incident in memory.incidents(false, MOST)? {
            let timeline = memory.timeline(incident.id, 0)?;
            self.ends_well(&incident, &timeline);
        }
        for event in self.causes.left_open() {
            self.finds(format!(
                "event {event} was accepted, and nothing came of it"
            ));
        }
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
            }
            IncidentState::Handed | IncidentState::Acknowledged { .. } => {
                let told = self.messages.values().any(|outbox| {
                    outbox.message.incident == Some(id)
                        && matches!(outbox.message.kind, MessageKind::Page | MessageKind::Task)
                        && (!matches!(outbox.delivery, Delivery::GivenUp { .. })
                            || incident.state != IncidentState::Handed)
                });
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

/// The question that an input answers.
fn answered(input: &Input) -> Option<(RunId, u64)> {
    match input {
        Input::Observed { run, id, .. }
        | Input::Performed { run, id, .. }
        | Input::Settled { run, id, .. } => Some((*run, *id)),
        Input::Tick | Input::Delivered { .. } | Input::Undelivered { .. } => None,
    }
}
