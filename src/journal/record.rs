//! Runs, intents, timelines, debts and holds, as they are kept.

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::incident::later;
use super::{
    DebtId, Duty, EventId, IncidentId, IntentId, MessageId, MessageKind, Obstacle, RunId, Scope,
    Source,
};
use crate::effect::{Call, ChangeOutcome, End, Observed, Reason, Settled};
use crate::program::CodeHash;
use crate::program::manifest::CoreHash;
use crate::run::{self, Action, How, Intent, IntentKind, Notice, moment};
use crate::value::{Duration, Identity, Time, Value};

/// A run between two inputs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StoredRun {
    pub id: RunId,
    pub code: CodeHash,
    /// The run itself, encoded; empty where only the rest was asked for.
    pub state: Vec<u8>,
    /// What it waits for: observations, changes, questions, timers.
    pub pending: Vec<Action>,
    pub ended: bool,
    /// How far the clock had been set, all steps together, when this was written: its times move by
    /// what was added since.
    pub clock: Duration,
}

/// A run that waits for nothing but a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sleeping {
    pub run: RunId,
    /// The number of what it asked for.
    pub ask: u64,
    /// None where it is not kept.
    pub code: Option<CodeHash>,
    pub until: Time,
    /// How far the clock had been set when this was written.
    pub clock: Duration,
}

impl Sleeping {
    /// The same, by the clock as it is set now.
    pub fn moved(self, clock: Duration) -> Sleeping {
        Sleeping {
            until: moment::after(self.until, steps(self.clock, clock)),
            clock,
            ..self
        }
    }
}

impl StoredRun {
    /// What it waits for, if that is nothing but a time.
    pub fn sleeping(&self) -> Option<Sleeping> {
        match self.pending.as_slice() {
            [Action::Wait { id, until }] if !self.ended => Some(Sleeping {
                run: self.id,
                ask: *id,
                code: Some(self.code),
                until: *until,
                clock: self.clock,
            }),
            _ => None,
        }
    }
}

/// What lies between two settings of the clock.
pub fn steps(before: Duration, now: Duration) -> Duration {
    Duration::from_millis(now.millis().saturating_sub(before.millis()))
}

/// How long a run has waited for leave to change something, and for what it waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredWait {
    pub run: RunId,
    /// How long before, all together; storms do not count.
    pub before: Duration,
    /// None while it waits for nothing.
    pub now: Option<Waits>,
    /// How long for storms, since it asked.
    #[serde(deserialize_with = "later")]
    pub storms: Duration,
}

/// A wait that lasts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waits {
    /// The number of what the run asks.
    pub ask: u64,
    pub obstacle: Obstacle,
    /// When it asked first: the order of all who wait.
    pub asked: Time,
    /// Its patience is used up since then.
    pub since: Time,
    /// Its patience lasts until then.
    pub until: Time,
}

/// A runbook and a version of it.
pub type Versioned = (SmolStr, SmolStr);

/// What a runbook does that was at work under this version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AtWork {
    pub runbook: SmolStr,
    pub version: SmolStr,
    /// With the number of its encoding: one that this version of the tool does not know cannot be read, and
    /// says nothing.
    pub core: CoreHash,
}

/// A schedule: its runbook, its text, and its zone.
pub type Scheduled = (SmolStr, SmolStr, SmolStr);

/// How far the due times of a schedule have been dealt with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DealtWith {
    pub of: Scheduled,
    pub until: Time,
    /// The newest that has come since, and waits for a run of the runbook to end.
    pub waits: Option<Time>,
}

/// A change that was granted, or waits for it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StoredIntent {
    pub id: IntentId,
    pub run: RunId,
    pub runbook: SmolStr,
    pub at: Time,
    pub intent: Intent,
    pub state: IntentState,
    /// When it was sent out once more, since nobody knew whether it had taken effect. Rows of earlier versions end
    /// before this.
    #[serde(deserialize_with = "later")]
    pub repeated: Vec<Time>,
}

/// A target that was changed, once for each time that the change was sent out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedTarget {
    pub at: Time,
    pub target: Identity,
    /// What fields of it named then.
    pub named: Vec<Identity>,
    pub runbook: SmolStr,
}

impl StoredIntent {
    /// What it changed at or after a time.
    pub fn changed_since(&self, since: Time) -> impl Iterator<Item = ChangedTarget> {
        let done = self.done().filter(move |at| *at >= since);
        done.flat_map(move |at| {
            self.intent.targets.iter().map(move |target| ChangedTarget {
                at,
                target: target.clone(),
                named: self.intent.named_by(target),
                runbook: self.runbook.clone(),
            })
        })
    }

    /// When it was done, as limits count it: each time that it was sent out. What takes back and what releases uses
    /// nothing up.
    pub fn done(&self) -> impl Iterator<Item = Time> {
        let counts = match self.intent.kind {
            IntentKind::Do => true,
            IntentKind::Undo | IntentKind::Release => false,
        };
        let all = [self.at].into_iter().chain(self.repeated.iter().copied());
        all.filter(move |_| counts)
    }

    /// What people call these changes, and the numbers by which they settle them where there are several.
    pub fn called<'c>(changes: impl Iterator<Item = &'c StoredIntent>) -> Vec<String> {
        let changes: Vec<&StoredIntent> = changes.collect();
        let are_several = changes.len() > 1;
        let named = changes.iter().map(|one| match are_several {
            true => format!("{} (change {})", one.intent, one.id),
            false => one.intent.to_string(),
        });
        named.collect()
    }
}

/// The command that says of a change what became of it, up to its reason; `here` are the words that name the agent.
pub fn settling(here: &str, incident: IncidentId, changes: usize) -> String {
    let change = if changes > 1 { " --change NUMBER" } else { "" };
    format!("rbk incident settle{here} {incident} OUTCOME{change} --why \"…\"")
}

/// What is known of a granted change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum IntentState {
    /// Granted; no outcome yet.
    Open,
    Applied,
    NotApplied,
    /// Nobody knows; it counts as spent.
    Unknown,
    /// It failed after it had begun.
    Broke,
    /// Granted, and waits for a place: it has certainly not been sent out yet.
    Queued,
}

impl IntentState {
    /// Whether its run waits for what comes of it.
    pub fn is_awaited(self) -> bool {
        match self {
            IntentState::Open | IntentState::Queued => true,
            IntentState::Applied
            | IntentState::NotApplied
            | IntentState::Unknown
            | IntentState::Broke => false,
        }
    }

    /// Whether nobody knows yet whether it takes effect, or has.
    pub fn is_unsettled(self) -> bool {
        match self {
            IntentState::Open | IntentState::Queued | IntentState::Unknown => true,
            IntentState::Applied | IntentState::NotApplied | IntentState::Broke => false,
        }
    }
}

/// One entry of an incident's timeline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// From 0, without gaps.
    pub number: u64,
    pub at: Time,
    pub happened: Happened,
}

/// Something that happened in an incident.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Happened {
    /// An event opened it.
    Opened {
        event: EventId,
    },
    /// A further event joined it.
    Joined {
        event: EventId,
    },
    /// An event brought it back after it was resolved.
    Reopened {
        event: EventId,
    },
    /// All alerts of it are resolved.
    Cleared {
        event: EventId,
    },
    /// A run began.
    Began {
        run: u32,
    },
    /// What is observed was asked, and this came back.
    Observed {
        call: Call,
        outcome: Observed,
    },
    Granted {
        call: Call,
        kind: IntentKind,
        attempt: u32,
    },
    Refused {
        call: Call,
        reason: Reason,
        why: String,
    },
    /// It waits for its turn.
    Waits {
        call: Call,
        why: String,
    },
    Performed {
        kind: IntentKind,
        how: How,
        call: Call,
        outcome: ChangeOutcome,
    },
    Settled {
        call: Call,
        outcome: Settled,
    },
    /// The run had something to say.
    Told(Notice),
    /// A message went out, as earlier versions said it, or could not be delivered.
    Delivered {
        to: SmolStr,
    },
    Undelivered {
        to: SmolStr,
        why: String,
        tries: u32,
    },
    Attached(Vec<Value>),
    Run(run::Event),
    Ended(End),
    /// The agent stopped and began again while the run was at work.
    Resumed,
    Acknowledged {
        by: SmolStr,
    },
    ResolvedBy {
        by: SmolStr,
        why: String,
    },
    /// Nobody answered: the next one is told.
    Escalated {
        to: SmolStr,
    },
    /// A human says what became of a change of which nobody knew.
    SettledBy {
        call: Call,
        outcome: Settled,
        by: SmolStr,
        why: String,
    },
    /// Somebody asked for it.
    Requested {
        by: SmolStr,
        /// The role that may ask, if only one may.
        role: Option<SmolStr>,
        /// The parameters, as JSON.
        parameters: String,
    },
    /// The record of this line cannot be read any more.
    Damaged,
    /// A human is needed, and hears of it with everything else of this storm.
    InStorm {
        of: Scope,
    },
    /// The stored run, or the record of the incident, cannot be read.
    Quarantined {
        why: String,
    },
    /// Whoever acknowledged it has had it for as long as that lasts.
    Lapsed {
        by: SmolStr,
    },
    /// It is told of together with others.
    Bundled {
        to: SmolStr,
        page: MessageId,
        others: u32,
    },
    /// The first one is told.
    Asked {
        to: SmolStr,
    },
    /// Nobody has been reached yet: the next one is told.
    Unreached {
        to: SmolStr,
    },
    /// The run needs a human, who hears of it by the page of a storm.
    Needed(Notice),
    /// One of its alerts is resolved, and others are not.
    ClearedOne {
        event: EventId,
        fingerprint: SmolStr,
    },
    /// What was still on its way to somebody need not arrive any more.
    Dropped {
        to: SmolStr,
        why: String,
    },
    /// Somebody has taken it over from somebody else.
    TakenOver {
        by: SmolStr,
        from: SmolStr,
    },
    /// What somebody owes after a mitigation was not done in time.
    Overdue {
        by: SmolStr,
        text: String,
    },
    /// It is done.
    Paid {
        by: SmolStr,
    },
    /// A change is sent out once more, since nobody knew whether it had taken effect.
    Repeated {
        call: Call,
    },
    /// A message of this kind went out.
    Sent {
        to: SmolStr,
        kind: MessageKind,
    },
}

/// Something that could not be dealt with, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadLetter {
    /// None when it could not even be decoded.
    pub event: Option<EventId>,
    pub at: Time,
    pub source: Source,
    /// A stable code of the registry.
    pub code: SmolStr,
    pub why: String,
    /// What arrived, at most so much of it as the border lets in.
    pub body: String,
}

/// An alert that has to stand for a while.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dwell {
    pub event: EventId,
    pub runbook: SmolStr,
    /// The code that took it.
    pub code: CodeHash,
    /// The place of the trigger in that code.
    pub trigger: u16,
    pub fingerprint: SmolStr,
    /// Since when it stands.
    pub from: Time,
    pub until: Time,
}

/// Something that is owed after a mitigation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Debt {
    pub id: DebtId,
    pub incident: IncidentId,
    /// The code that its condition belongs to.
    pub code: CodeHash,
    /// The place of the `mitigated` in the program.
    pub mitigation: u16,
    pub captures: Vec<Value>,
    pub owed_by: SmolStr,
    pub text: String,
    pub due: Time,
    /// When its condition is looked at again.
    pub next_look: Time,
    pub looks: u32,
    pub overdue: bool,
    pub paid: Option<Time>,
}

/// So much happens at once that nothing is mended by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Storm {
    /// When the first of its incidents was opened.
    pub since: Time,
    /// It is over, and remedies wait until then.
    pub cool_until: Option<Time>,
    /// Who is told of it, until somebody answers.
    pub duty: Option<Duty>,
    /// Who has taken it on. Rows of earlier versions end before this.
    #[serde(deserialize_with = "later")]
    pub taken: Option<TakenOn>,
    /// The addresses that its pages went to.
    #[serde(deserialize_with = "later")]
    pub told: Vec<SmolStr>,
}

/// Somebody has it for a while.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenOn {
    pub by: SmolStr,
    pub until: Option<Time>,
}

/// Changes are stopped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Freeze {
    pub by: SmolStr,
    pub why: String,
    pub since: Time,
    /// The addresses that heard of it last. Rows of earlier versions end before this.
    #[serde(deserialize_with = "later")]
    pub told: Vec<SmolStr>,
    /// Whether somebody was told that nothing that is loaded belongs to it.
    #[serde(deserialize_with = "later")]
    pub is_empty: bool,
}

impl Freeze {
    /// These have heard of it; where nobody has, whoever did before is known still.
    pub fn hears(&mut self, to: &[SmolStr]) {
        if !to.is_empty() {
            self.told = to.to_vec();
        }
    }
}
