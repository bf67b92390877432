//! Records that cannot be read: what their columns still say of them.

use smol_str::SmolStr;

use super::{
    DebtId, EventId, Incident, IncidentId, IntentId, IntentState, MessageId, RunId, Scheduled,
    Scope, StoredIntent, Versioned,
};
use crate::value::Time;

/// A record that is asked for and cannot be read. It alone is given up, and somebody is told.
#[derive(Clone, Debug, PartialEq)]
pub enum Lost {
    /// One that is not over.
    Incident(LostIncident),
    Intent {
        id: IntentId,
        run: RunId,
        /// What its column says is known of it.
        state: IntentState,
    },
    /// A change that stands under numbers that are not its own: its record says which those are.
    Misplaced {
        /// The number of its row.
        place: i64,
        intent: Box<StoredIntent>,
    },
    /// An incident whose row says something else of it than its record.
    Displaced {
        /// The number of its row.
        place: i64,
        incident: Box<Incident>,
    },
    /// A run that its incident or a change counts on, and that is not there, or is listed with those that are over.
    Run(RunId),
    /// A run that nothing counts on.
    Stray(RunId),
    /// An alert that had to stand for a while.
    Dwell {
        event: EventId,
        runbook: SmolStr,
        trigger: u16,
    },
    Message(MessageId),
    Debt(DebtId),
    /// How long a run has waited for leave, and for what.
    Wait(RunId),
    Storm(Scope),
    /// What a version of a runbook did here. It stays as it is: nothing is at work under that version.
    Version(Versioned),
    /// How far the due times of a schedule were dealt with: it counts as new.
    Schedule(Scheduled),
}

impl Lost {
    /// The incident that it is.
    pub fn incident(&self) -> Option<IncidentId> {
        self.left().map(|left| left.id)
    }

    /// What is left of it, if it is an incident.
    pub fn left(&self) -> Option<&LostIncident> {
        match self {
            Lost::Incident(left) => Some(left),
            Lost::Intent { .. }
            | Lost::Misplaced { .. }
            | Lost::Displaced { .. }
            | Lost::Run(_)
            | Lost::Stray(_)
            | Lost::Dwell { .. }
            | Lost::Message(_)
            | Lost::Debt(_)
            | Lost::Wait(_)
            | Lost::Storm(_)
            | Lost::Version(_)
            | Lost::Schedule(_) => None,
        }
    }

    /// The run whose change it is.
    pub fn changed_by(&self) -> Option<RunId> {
        match self {
            Lost::Intent { run, .. } => Some(*run),
            Lost::Misplaced { intent, .. } => Some(intent.run),
            Lost::Incident(_)
            | Lost::Displaced { .. }
            | Lost::Run(_)
            | Lost::Stray(_)
            | Lost::Dwell { .. }
            | Lost::Message(_)
            | Lost::Debt(_)
            | Lost::Wait(_)
            | Lost::Storm(_)
            | Lost::Version(_)
            | Lost::Schedule(_) => None,
        }
    }
}

/// What is left of an incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LostIncident {
    pub id: IncidentId,
    pub what: LostPart,
    pub runbook: SmolStr,
    pub key: SmolStr,
    pub opened: Time,
    /// How many runs it has had.
    pub runs: u32,
    /// How many lines its timeline has.
    pub lines: u64,
}

/// What of an incident cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LostPart {
    /// Its own record.
    Record,
    /// The record of one of its alerts.
    Alert,
    /// It is not found under its number, and something else says that it is there.
    Row,
}

/// What can be told of an incident that cannot be read, before it is made anew or where it is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remains {
    pub left: LostIncident,
    /// Whether it was listed with those that are open.
    pub is_open: bool,
}
