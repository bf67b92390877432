//! The agent's mind: from events to incidents, from incidents to runs, from runs to people.
//!
//! In: what happened, and the time. Out: a batch of facts and writes that has to become durable, and
//! then, and only then, [`Action`]s for a driver that touches the world. Never reads a clock, never
//! waits, never touches the world; the same inputs give the same batch.
//!
//! ```text
//! let mut engine = Engine::start(&journal, runbooks, grants, platform, stepped, now)?;
//! loop {
//!     engine.handle(&journal, input, now)?;     // as many as there are
//!     let Batch { at, facts, writes, actions } = engine.take();
//!     journal.append(&..)?;                     // a failure ends the agent: nothing is known then
//!     perform(actions);                         // what comes of them are further inputs
//!     wait until engine.next_timer() or the next input; the former is an Input::Tick
//! }
//! ```
//!
//! What it knows is a [`Model`] that facts alone change (`model/`): incidents, where changes are stopped,
//! what is locked and disturbed, what was spent of the rates, what stands, who is told, what is owed,
//! what is on its way. What follows from an input is decided by functions of the model (`decide/`), and
//! gates ask nothing else. No decision reads a store: what comes in, and each piece of work that it
//! leaves (`work.rs`), names the records that it needs and that are not in memory, and they are fetched
//! before it is decided (`fetch.rs`). A run is taken out while it is decided about, and put back by the fact
//! that it has moved: `desk.rs`.
//!
//! Because an intent is granted, and the state of its run written, in the batch before the change
//! is begun, whatever a crash leaves open is known to be open: see `recover.rs`.

mod ahead;
mod arrive;
mod asking;
mod clock;
mod close;
mod contact;
mod dead;
mod debt;
mod decide;
mod decode;
mod desk;
mod drive;
mod duty;
mod dwell;
mod early;
mod fetch;
mod fit;
mod freeze;
mod gate;
mod keep;
mod leave;
mod lost;
mod matched;
mod model;
mod open;
mod owner;
mod past;
mod patience;
mod people;
mod record;
mod recover;
mod release;
mod runbooks;
mod schedule;
mod settle;
mod storm;
mod timer;
mod view;
mod waiting;
mod work;

pub use ahead::{Ahead, Told};
pub use arrive::Accepted;
pub use contact::Taken;
pub use dead::Replay;
pub use gate::table as gates;
pub use model::Model;
pub use people::{Refusal, Taker};
pub use release::IN_TURN;
pub use runbooks::{Loaded, Runbooks};
pub use settle::Settling;
pub use view::{Plain, evidence, folded, line};

use std::collections::VecDeque;

use smol_str::SmolStr;

use crate::effect::{Call, ChangeOutcome, Observed, Settled};
use crate::journal::{
    AgentStarted, AgentStopped, Alert, Epoch, Fact, Freeze, IncidentId, MessageId, Outbox, Retry,
    RunId, Scope, StoppedHow, StoredIntent, Write,
};
use crate::run::{self, Observe, Perform};
use crate::settings::{Bounds, Grants};
use crate::value::Time;
use contact::Contacts;
use dead::Dead;
pub use decide::outcome::Leaving;
use decide::{deliver, outcome};
use desk::Desk;
use early::Early;
use release::Released;
use schedule::Schedules;
use storm::Storms;
use timer::Timers;
use waiting::Waiters;
use work::Work;

/// After so many tries of one page the others do not wait behind it, if its contact answers.
const TRIES: u32 = 3;

/// The mind of one agent. See the module's doc for how it is driven.
#[derive(Debug)]
pub struct Engine {
    /// The store's name: part of every key.
    store: String,
    runbooks: Runbooks,
    grants: Grants,
    model: Model,
    timers: Timers,
    /// Intents that wait for their turn.
    waiters: Waiters,
    /// What storms have held and goes on now.
    released: Released,
    /// What inputs have left to be done.
    work: VecDeque<Work>,
    /// Since when this agent works.
    started: Time,
    /// The agent stops: no change begins any more.
    draining: bool,
    dead: Dead,
    /// Who hears of what concerns no product.
    platform: Option<SmolStr>,
    bounds: Bounds,
    storms: Storms,
    schedules: Schedules,
    contacts: Contacts,
    /// Ends that nothing had.
    early: Early,
    desk: Desk,
    actions: Vec<Action>,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// Time has passed.
    Tick,
    Observed {
        run: RunId,
        id: u64,
        outcome: Observed,
    },
    Performed {
        run: RunId,
        id: u64,
        outcome: ChangeOutcome,
    },
    /// A change waits for a place, and has not been sent out: `Engine::leaves` has to be asked before it is.
    Queued {
        run: RunId,
        key: SmolStr,
    },
    Settled {
        run: RunId,
        id: u64,
        outcome: Settled,
    },
    Delivered {
        message: MessageId,
    },
    Undelivered {
        message: MessageId,
        why: String,
        retry: Retry,
    },
}

/// Something to do, once the batch is durable.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// `Input::Observed`, at the deadline at the latest.
    Observe { run: RunId, observe: Observe },
    /// `Input::Performed`; unknown at the deadline at the latest.
    Perform { run: RunId, perform: Perform },
    /// `Input::Settled`.
    Settle {
        run: RunId,
        id: u64,
        call: Call,
        deadline: Time,
    },
    /// `Input::Delivered` or `Input::Undelivered`.
    Send(Box<Outbox>),
    /// For the log: something about an incident.
    Note { incident: IncidentId, text: String },
}

/// What has to become durable, and what is to be done then.
#[derive(Debug, Default)]
#[must_use = "nothing has happened before the writes are durable"]
pub struct Batch {
    /// When the last of it was decided.
    pub at: Time,
    pub facts: Vec<Fact>,
    pub writes: Vec<Write>,
    pub actions: Vec<Action>,
}

/// What is asked of an agent from outside, decoded at the border.
#[derive(Clone, Debug, PartialEq)]
pub enum Arriving {
    Alert(Alert),
    Named {
        name: SmolStr,
        json: String,
    },
    Request {
        runbook: SmolStr,
        json: String,
        by: SmolStr,
        /// The roles that whoever asks is known to have.
        roles: Vec<SmolStr>,
    },
}

impl Engine {
    fn take_in(&mut self, input: Input, now: Time) {
        match input {
            Input::Tick => self.tick(now),
            Input::Observed { run, id, outcome } => {
                self.hears(run, run::Input::Observed { id, outcome });
            }
            Input::Performed { run, id, outcome } => {
                self.hears(run, run::Input::Performed { id, outcome });
            }
            Input::Queued { run, key } => {
                let decision = outcome::queued(&self.model, run, &key);
                self.carry_out(decision, now);
            }
            Input::Settled { run, id, outcome } => {
                self.hears(run, run::Input::Settled { id, outcome });
            }
            Input::Delivered { message } => {
                let decision = deliver::delivered(&self.model, message);
                self.carry_out(decision, now);
                self.came_back(message, false, now);
            }
            Input::Undelivered {
                message,
                why,
                retry,
            } => {
                let decision = deliver::undelivered(&self.model, message, &why, retry, now);
                self.carry_out(decision, now);
                // One that fails again and again holds nobody up: it may be the only one that cannot be taken.
                let tried = self.model.message(message).map_or(0, Outbox::failures);
                let is_there = retry.refused || (retry.answered && tried >= TRIES);
                self.came_back(message, !is_there, now);
            }
        }
    }

    /// A run is told something in its turn.
    fn hears(&mut self, run: RunId, input: run::Input) {
        self.work.push_back(Work::Answer(run, input));
    }

    /// What came of all inputs since the last time.
    pub fn take(&mut self) -> Batch {
        let (at, facts, writes) = self.desk.take(&mut self.model);
        Batch {
            at,
            facts,
            writes,
            actions: std::mem::take(&mut self.actions),
        }
    }

    /// When something is due, if nothing happens before.
    pub fn next_timer(&self) -> Option<Time> {
        match self.work.is_empty() {
            true => self.timers.next(),
            // The rest of the work is due at once.
            false => Some(Time::default()),
        }
    }

    /// The runbooks that new events are matched with.
    pub fn runbooks(&self) -> &Runbooks {
        &self.runbooks
    }

    /// The agent is about to stop: no change begins any more. What waits is asked for again at the
    /// next start.
    pub fn drain(&mut self) {
        self.draining = true;
    }

    /// Where changes are stopped, and by whom; the widest first.
    pub fn frozen(&self) -> impl Iterator<Item = (&Scope, &Freeze)> {
        self.model.freezes()
    }

    /// What it knows, as far as that is changed by facts alone.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// Whether this agent itself makes a change just now, maybe once more.
    pub fn makes(&self, change: &StoredIntent) -> bool {
        self.desk.makes(change.run, &change.intent.key)
    }

    /// An agent of this version begins to work on the store.
    pub fn begun(&mut self, version: &str, epoch: Epoch, now: Time) {
        let version = version.into();
        let started = AgentStarted { version, epoch };
        self.decided_before(0, started.into(), now);
    }

    /// The agent has stopped.
    pub fn stopped(&mut self, how: StoppedHow, now: Time) {
        self.record(AgentStopped { how }, now);
    }

    /// Of runbooks that are to be loaded anew, why one must not be: it does something else than what was at work
    /// under its version, or nobody knows what that was, and than what is loaded.
    pub fn refuses(&self, runbooks: Runbooks) -> Option<String> {
        let runbooks = runbooks.beside(&self.model);
        let refused = runbooks.all().iter().find(|loaded| {
            let here = self.runbooks.named(&loaded.program.runbook);
            let is_loaded = here.is_some_and(|here| {
                here.core == loaded.core && here.program.version == loaded.program.version
            });
            !is_loaded && loaded.other.is_some()
        });
        refused?.shadow()
    }

    /// A runbook that does something else than was at work under its version changes nothing, and its owner
    /// hears of it.
    fn load_runbooks(&mut self, runbooks: Runbooks, now: Time) {
        let runbooks = runbooks.beside(&self.model);
        for loaded in runbooks.all() {
            let known = self.runbooks.named(&loaded.program.runbook);
            let is_loaded = known.is_some_and(|known| known.core == loaded.core);
            if let Some(why) = loaded.shadow().filter(|_| !is_loaded) {
                self.tell_of_shadow(loaded, &why, now);
            }
        }
        for loaded in runbooks.all() {
            self.desk.keep_program(loaded, now);
        }
        for package in runbooks.packages() {
            self.record(package, now);
        }
        let former = std::mem::replace(&mut self.runbooks, runbooks);
        self.tell_of_empty_freezes(&former, now);
        self.watch_schedules(now);
    }
}
