//! What arrives from outside, and what has to stand for a while before anything comes of it.

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::effect::words;
use crate::journal::{Alert, EventId, IncidentId, LetterId, Source};
use crate::program::CodeHash;
use crate::value::{Duration, Time};

/// A trigger of a runbook, in the code that took the alert.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TriggerRef {
    pub runbook: SmolStr,
    pub code: CodeHash,
    /// Its place in that code.
    pub place: u16,
}

/// How an alert came to stand no longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DwellEnd {
    Elapsed,
    Cleared,
    /// No trigger takes it any more.
    Unmatched,
    /// The same alert began to fire again.
    Anew,
}

words!(DwellEnd {
    Elapsed "elapsed", Cleared "cleared", Unmatched "unmatched", Anew "anew",
});

/// What became of a due time of a schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DueHow {
    /// The schedule is new here: its due times count from now on.
    Begins,
    /// It opens an incident.
    OnTime,
    /// It was missed, and opens an incident all the same.
    MadeUp,
    /// It was missed, and nothing comes of it.
    Skipped,
    /// Another schedule of the runbook was due at the same moment, and has opened the incident.
    Same,
    /// It waits for a run of the runbook that is at work.
    Waits,
}

words!(DueHow {
    Begins "begins", OnTime "on_time", MadeUp "made_up", Skipped "skipped", Same "same",
    Waits "waits",
});

bodies! {
    /// An alert was accepted: these incidents took it, or it has to stand first.
    AlertReceived {
        plain event: EventId,
        person by: Option<SmolStr>,
        text alert: Option<Box<Alert>>,
        plain taken: Vec<IncidentId>,
        plain dwelling: Vec<TriggerRef>,
    }

    /// An event was accepted: these incidents took it, or it is there to be asked for.
    EventReceived {
        plain event: EventId,
        person by: Option<SmolStr>,
        plain name: SmolStr,
        text body: String,
        plain taken: Vec<IncidentId>,
    }

    /// A request was accepted, and by which incidents it was taken.
    RequestReceived {
        plain event: EventId,
        person by: SmolStr,
        person roles: Vec<SmolStr>,
        plain runbook: SmolStr,
        text parameters: String,
        plain taken: Vec<IncidentId>,
    }

    /// Something could not be dealt with, and lies with the dead letters.
    DeadLettered {
        plain letter: LetterId,
        plain event: Option<EventId>,
        plain source: Source,
        plain code: SmolStr,
        text why: String,
        text body: String,
        person owner: Option<SmolStr>,
    }

    /// Somebody had something tried again that lay with the dead letters. It arrived as a new event.
    DeadLetterReplayed {
        plain letter: LetterId,
        plain event: EventId,
        person by: SmolStr,
    }

    /// An alert has to stand before anything comes of it.
    DwellStarted {
        plain event: EventId,
        plain trigger: TriggerRef,
        plain fingerprint: SmolStr,
        plain starts_at: Time,
        plain length: Duration,
        plain until: Time,
        carried alert: Option<Box<Alert>>,
    }

    /// What stands does so for another trigger, or until another time.
    DwellMoved {
        plain event: EventId,
        plain from: TriggerRef,
        plain to: TriggerRef,
        plain since: Time,
        plain until: Time,
    }

    /// An alert stands no longer, and why.
    DwellEnded {
        plain event: EventId,
        plain trigger: TriggerRef,
        plain how: DwellEnd,
    }

    /// A schedule was due, and what became of that: the newest of so many due times, and the first of them. Or it is new here.
    ScheduleDue {
        plain trigger: TriggerRef,
        plain schedule: SmolStr,
        plain zone: SmolStr,
        plain due: Time,
        plain how: DueHow,
        plain first: Time,
        plain count: u32,
        plain event: Option<EventId>,
        plain incident: Option<IncidentId>,
    }

    /// A schedule is not loaded any more: how far it was dealt with is forgotten.
    ScheduleEnded {
        plain runbook: SmolStr,
        plain schedule: SmolStr,
        plain zone: SmolStr,
    }
}
