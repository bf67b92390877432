//! Incidents: what is wrong, who has the duty, and since when. They outlive their runs.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Deserializer, Serialize};
use smol_str::SmolStr;

use super::{EventId, IncidentId, Keyed, MessageId, RunId, Scope};
use crate::effect::{Reason, Settled, Severity, words};
use crate::program::CodeHash;
use crate::run::Dirt;
use crate::value::{Identity, Time, Value};

/// One incident.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Incident {
    pub id: IncidentId,
    pub runbook: SmolStr,
    /// The code that its runs are pinned to.
    pub code: CodeHash,
    /// The values of `incident per`, printed: what joins.
    pub key: SmolStr,
    pub severity: Severity,
    /// What set it off, in one line.
    pub title: String,
    pub opened: Time,
    pub state: IncidentState,
    /// When the state was entered.
    pub since: Time,
    /// How many events it has taken.
    pub events: u32,
    pub newest_event: EventId,
    /// What the trigger bound when it was opened.
    pub bindings: Vec<Value>,
    /// The alerts of it that fire, and since when each has by its sender's word. Each is kept in a
    /// row of its own, see [`Heard`]: here they stand when the incident is brought in. Rows of schemas
    /// before the sixth had them inside.
    pub firing: BTreeMap<SmolStr, Time>,
    /// The run that works on it.
    pub run: Option<RunId>,
    /// How many runs it has had.
    pub runs: u32,
    /// How often it came back after it was resolved.
    pub reopened: u32,
    pub duty: Option<Duty>,
    /// The addresses that were paged, or given a task.
    pub told: Vec<SmolStr>,
    /// What nobody else may change until the incident is done with it.
    pub locks: BTreeSet<Identity>,
    /// What was changed and has not been seen to be well since.
    pub disturbed: BTreeSet<Identity>,
    /// What was changed and nothing has proven, and when something was changed last.
    pub dirt: Dirt,
    /// The number of the next entry of its timeline.
    pub next_entry: u64,
    /// Of each alert that has ended, since when it fired when it was told last; kept like those that
    /// fire. Rows of earlier versions end before this.
    #[serde(deserialize_with = "later")]
    pub heard: BTreeMap<SmolStr, Time>,
    /// Whether all its alerts were over at some time since it began, or came back.
    #[serde(deserialize_with = "later")]
    pub cleared: bool,
    /// What a human was told last, or would have been.
    #[serde(deserialize_with = "later")]
    pub said: Option<Said>,
    /// Until when whoever acknowledged it has it.
    #[serde(deserialize_with = "later")]
    pub until: Option<Time>,
    /// The last pages that told of it with others, and where they went.
    #[serde(deserialize_with = "later")]
    pub pages: Vec<(MessageId, SmolStr)>,
    /// The storm whose page tells of it, while a human is needed.
    #[serde(deserialize_with = "later")]
    pub storm: Option<Scope>,
    /// It came back before a run of it that was called off had ended: it is looked into once that has.
    #[serde(deserialize_with = "later")]
    pub again: bool,
    /// What a human said last of a change of it of which nobody knew. Where nobody has, the row ends
    /// before this, as those of earlier versions do.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "later")]
    pub settled: Option<SettledAs>,
}

/// What a human said of a change of which nobody knew whether it took effect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettledAs {
    /// `exec.run of host.Host web-1`
    pub change: String,
    pub outcome: Settled,
    pub by: SmolStr,
    pub at: Time,
}

impl SettledAs {
    /// `applied`, `not applied`
    pub fn word(&self) -> &'static str {
        match self.outcome {
            Settled::Applied => "applied",
            Settled::NotApplied => "not applied",
            Settled::Nothing => "unknown",
        }
    }
}

/// An alert that an incident has heard of. It is a row of its own, so that whatever joins an incident
/// writes no more than itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heard {
    /// Since when it fired, by its sender's word, when it was told last.
    pub since: Time,
    pub fires: bool,
}

/// The alerts that an incident has heard of, by their fingerprints.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Alerts {
    all: BTreeMap<SmolStr, Heard>,
    firing: usize,
}

impl Alerts {
    pub const NONE: Alerts = Alerts {
        all: BTreeMap::new(),
        firing: 0,
    };

    pub fn put(&mut self, fingerprint: SmolStr, heard: Heard) {
        let before = self.all.insert(fingerprint, heard);
        self.firing -= usize::from(before.is_some_and(|before| before.fires));
        self.firing += usize::from(heard.fires);
    }

    /// All of them, in order.
    pub fn all(&self) -> impl Iterator<Item = (&SmolStr, &Heard)> {
        self.all.iter()
    }

    /// What was heard of an alert.
    pub fn of(&self, fingerprint: &str) -> Option<Heard> {
        self.all.get(fingerprint).copied()
    }

    /// Since when an alert fires, if it does.
    pub fn fires_since(&self, fingerprint: &str) -> Option<Time> {
        let heard = self.of(fingerprint).filter(|heard| heard.fires)?;
        Some(heard.since)
    }

    /// How many fire.
    pub fn firing(&self) -> usize {
        self.firing
    }

    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }
}

/// Why a human is needed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    pub text: String,
    pub reason: Option<Reason>,
}

/// A field that was added at the end: rows that were written before have nothing there. That a row is
/// whole says its checksum.
pub(super) fn later<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(
    from: D,
) -> Result<T, D::Error> {
    Ok(T::deserialize(from).unwrap_or_default())
}

/// Where an incident is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum IncidentState {
    Open,
    /// A human was told and has not answered.
    Handed,
    /// A human has it.
    Acknowledged {
        by: SmolStr,
    },
    Resolved {
        how: How,
        by: Option<SmolStr>,
    },
    /// It came back.
    Reopened,
}

/// How an incident was resolved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum How {
    Verified,
    Cleared,
    /// It went by itself.
    SelfResolved,
    Mitigated,
    Human,
}

words!(How {
    Verified "verified", Cleared "cleared", SelfResolved "self", Mitigated "mitigated",
    Human "human",
});

/// Who is being told, until somebody answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Duty {
    /// The link of the product's chain that was told last; none before the chain is climbed.
    pub link: Option<u16>,
    /// How often the last link was told.
    pub repeats: u32,
    /// When the next one is told.
    pub next: Time,
    /// Why a human is needed, in words.
    pub text: String,
    /// The word of the reason.
    pub reason: SmolStr,
}

impl Incident {
    pub fn keyed(&self) -> Keyed {
        Keyed {
            id: self.id,
            runbook: self.runbook.clone(),
            key: self.key.clone(),
            opened: self.opened,
        }
    }

    /// Whether it is over, and no run that was called off is at work on it any more.
    pub fn is_done(&self) -> bool {
        self.state.is_over() && self.run.is_none()
    }

    /// Whether it has to be in memory: more is to come of it than what its run does, or it is over before
    /// that has ended.
    pub fn is_loud(&self) -> bool {
        match self.state.is_over() {
            true => self.run.is_some(),
            false => !self.is_quiet(),
        }
    }

    /// Whether nothing is to come of it but what its run does: nobody was told, it holds nothing, and
    /// nothing is unproven.
    pub fn is_quiet(&self) -> bool {
        let Incident {
            id: _,
            runbook: _,
            code: _,
            key: _,
            severity: _,
            title: _,
            opened: _,
            state,
            since: _,
            events: _,
            newest_event: _,
            bindings: _,
            firing: _,
            run,
            runs: _,
            reopened: _,
            duty,
            told,
            locks,
            disturbed,
            dirt,
            next_entry: _,
            heard: _,
            cleared: _,
            said,
            until,
            pages,
            storm,
            again,
            settled: _,
        } = self;
        let is_told = duty.is_some() || said.is_some() || until.is_some() || storm.is_some();
        let holds = !locks.is_empty() || !disturbed.is_empty() || dirt.is_dirty();
        *state == IncidentState::Open
            && run.is_some()
            && !(is_told || holds || *again)
            && told.is_empty()
            && pages.is_empty()
    }

    /// Takes the alerts out that it was brought in with.
    pub fn take_alerts(&mut self) -> Alerts {
        let mut alerts = Alerts::default();
        for (fires, told) in [(false, &mut self.heard), (true, &mut self.firing)] {
            for (fingerprint, since) in std::mem::take(told) {
                alerts.put(fingerprint, Heard { since, fires });
            }
        }
        alerts
    }

    /// Brings one of its alerts in.
    pub fn bring_alert(&mut self, fingerprint: SmolStr, heard: Heard) {
        let told = match heard.fires {
            true => &mut self.firing,
            false => &mut self.heard,
        };
        told.insert(fingerprint, heard.since);
    }
}

impl IncidentState {
    /// Whether nothing is left to do.
    pub fn is_over(&self) -> bool {
        matches!(self, IncidentState::Resolved { .. })
    }

    /// Whether a human has it.
    pub fn is_with_a_human(&self) -> bool {
        match self {
            IncidentState::Handed | IncidentState::Acknowledged { .. } => true,
            IncidentState::Open | IncidentState::Reopened | IncidentState::Resolved { .. } => false,
        }
    }

    /// Whether a human has called it over, and answers for what is left.
    pub fn is_by_human(&self) -> bool {
        matches!(
            self,
            IncidentState::Resolved {
                how: How::Human,
                ..
            }
        )
    }

    /// The word for it.
    pub fn word(&self) -> &'static str {
        match self {
            IncidentState::Open => "open",
            IncidentState::Handed => "handed",
            IncidentState::Acknowledged { .. } => "acknowledged",
            IncidentState::Resolved { .. } => "resolved",
            IncidentState::Reopened => "reopened",
        }
    }
}
