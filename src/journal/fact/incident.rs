//! Incidents: opened, joined, handed, acknowledged, resolved.

use smol_str::SmolStr;

use crate::effect::{Reason, Severity};
use crate::journal::{EventId, How, Incident, IncidentId};
use crate::program::CodeHash;
use crate::run::Dirt;
use crate::value::{Duration, Time, Value};

bodies! {
    /// An event opened an incident.
    IncidentOpened {
        plain incident: IncidentId,
        plain event: EventId,
        plain product: SmolStr,
        plain runbook: SmolStr,
        plain code: CodeHash,
        text key: SmolStr,
        plain severity: Severity,
        text title: String,
        text bindings: Vec<Value>,
        plain firing: Option<(SmolStr, Time)>,
    }

    /// A further event joined an incident. It is a line only if it is news: an alert that was not
    /// known to fire. An echo tells what was over before the incident was resolved.
    EventJoined {
        plain incident: IncidentId,
        plain event: EventId,
        plain fingerprint: Option<SmolStr>,
        plain starts_at: Option<Time>,
        plain echo: bool,
        plain news: bool,
    }

    /// An alert of an incident is over; the last one, or others still fire.
    AlertCleared {
        plain incident: IncidentId,
        plain event: EventId,
        plain fingerprint: SmolStr,
        plain last: bool,
    }

    /// An event brought an incident back.
    IncidentReopened {
        plain incident: IncidentId,
        plain event: EventId,
        plain code: CodeHash,
        text bindings: Vec<Value>,
        plain firing: Option<(SmolStr, Time)>,
    }

    /// A human was given the duty.
    IncidentHanded {
        plain incident: IncidentId,
        plain reason: Option<Reason>,
    }

    /// Somebody has taken the duty over; for this long, or until it is over.
    IncidentAcknowledged {
        plain incident: IncidentId,
        person by: SmolStr,
        plain term: Option<Duration>,
    }


    /// Whoever had taken the duty over has had it for as long as that lasts: others hear of it again.
    AcknowledgementLapsed {
        plain incident: IncidentId,
    }

    /// An incident is over; by whom and why, if a human said so.
    IncidentResolved {
        plain incident: IncidentId,
        plain how: How,
        person by: Option<SmolStr>,
        text why: Option<String>,
    }

    /// The record of an incident could not be read: it was rebuilt from what else is known, and a human has it.
    IncidentQuarantined {
        plain incident: IncidentId,
        text why: String,
        carried body: Option<Box<Incident>>,
    }

    /// Somebody asked for what an incident does, and with which parameters.
    IncidentRequested {
        plain incident: IncidentId,
        plain event: EventId,
        person by: SmolStr,
        plain role: Option<SmolStr>,
        text parameters: String,
    }

    /// An incident turned out to be more severe than was known.
    IncidentRated {
        plain incident: IncidentId,
        plain severity: Severity,
        text why: String,
    }

    /// What an incident has changed and nothing has proven is otherwise than before: bookkeeping.
    UnprovenChanged {
        plain incident: IncidentId,
        plain dirt: Dirt,
    }
}
