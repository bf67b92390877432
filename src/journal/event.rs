//! What arrived from outside, as it was accepted.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::{EventId, IncidentId};
use crate::value::Time;

/// Something that was accepted: from here on nothing loses it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Arrival {
    pub id: EventId,
    pub at: Time,
    pub event: Event,
    pub disposition: Disposition,
}

/// What it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Event {
    Alert(Alert),
    /// `POST /v1/events/NAME`: a record, as JSON.
    Named {
        name: SmolStr,
        json: String,
    },
    /// `POST /v1/requests/RUNBOOK`: parameters, as JSON, and who asks.
    Request {
        runbook: SmolStr,
        json: String,
        by: SmolStr,
    },
    /// A due time of a schedule has come.
    Due {
        runbook: SmolStr,
        schedule: SmolStr,
        zone: SmolStr,
        due: Time,
    },
}

/// One alert of a notification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    pub name: SmolStr,
    /// With the name. Sorted; a label without a value is not there.
    pub labels: BTreeMap<SmolStr, SmolStr>,
    pub annotations: BTreeMap<SmolStr, SmolStr>,
    pub standing: Standing,
    /// The same for the same labels.
    pub fingerprint: SmolStr,
    /// When it began to fire, as its sender says.
    pub since: Time,
    /// When it ended, as whoever tells its end says. It matters when that arrives, and no record keeps it.
    #[serde(skip)]
    pub ended: Option<Time>,
    /// Who sent it. A letter says it, and the store keeps it beside the record of what arrived.
    #[serde(skip)]
    pub sender: Sender,
}

/// Who sends alerts, by the address that they come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sender {
    #[default]
    Alertmanager,
    Grafana,
}

impl Sender {
    pub fn source(self) -> Source {
        match self {
            Sender::Alertmanager => Source::Alertmanager,
            Sender::Grafana => Source::Grafana,
        }
    }
}

impl Alert {
    /// Whether it tells the end of the firing that began then. Senders are late at times: what had ended
    /// before another firing began is not the end of that. One that began before it and ended after it
    /// is the same one, told with two beginnings; so is everything of a sender who gives no times.
    pub fn ends(&self, began: Time) -> bool {
        self.since <= Time::default()
            || self.since >= began
            || self.ended.is_some_and(|ended| ended > began)
    }
}

/// Whether an alert still fires.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Standing {
    Firing,
    Resolved,
}

/// What became of an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Disposition {
    /// It opened, joined, reopened or resolved these; or it is one of them's echo.
    Taken(Vec<IncidentId>),
    /// It has to stand for a while first, or is there to be asked for.
    Kept,
    /// No runbook took it. The reason stands with the dead letter.
    Dead,
}

/// Where something came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Source {
    Alertmanager,
    Event(SmolStr),
    Request(SmolStr),
    Grafana,
    /// The schedule of a runbook.
    Schedule(SmolStr),
}

impl Event {
    /// Who sent it, if it is an alert.
    pub fn sender(&self) -> Sender {
        match self {
            Event::Alert(alert) => alert.sender,
            Event::Named { .. } | Event::Request { .. } | Event::Due { .. } => Sender::default(),
        }
    }

    /// The same, with who sent it.
    pub fn sent_by(self, sender: Sender) -> Event {
        match self {
            Event::Alert(alert) => Event::Alert(Alert { sender, ..alert }),
            Event::Named { .. } | Event::Request { .. } | Event::Due { .. } => self,
        }
    }

    /// Where it came from.
    pub fn source(&self) -> Source {
        match self {
            Event::Alert(alert) => alert.sender.source(),
            Event::Named { name, .. } => Source::Event(name.clone()),
            Event::Request { runbook, .. } => Source::Request(runbook.clone()),
            Event::Due { runbook, .. } => Source::Schedule(runbook.clone()),
        }
    }

    /// The name that the store finds it by.
    pub fn name(&self) -> &str {
        match self {
            Event::Alert(alert) => &alert.name,
            Event::Named { name, .. } => name,
            Event::Request { runbook, .. } | Event::Due { runbook, .. } => runbook,
        }
    }
}
