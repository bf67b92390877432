//! Words for people, ready to be sent: who, what, and the evidence for it.

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::incident::later;
use super::{IncidentId, MessageId};
use crate::effect::{Severity, words};
use crate::value::{Duration, Time};

/// A message that has to be delivered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outbox {
    pub id: MessageId,
    /// Where it goes: the address of a role, `pagerduty:checkout`.
    pub to: SmolStr,
    pub message: Message,
    pub delivery: Delivery,
    /// The page that it goes out on with others. Rows of earlier versions end before this.
    #[serde(deserialize_with = "later")]
    pub bundle: Option<MessageId>,
    /// The first line of its incident's timeline that it says nothing of: that was not written yet.
    #[serde(deserialize_with = "later")]
    pub upto: Option<u64>,
}

impl Outbox {
    /// Whether it was tried to deliver it.
    pub fn was_tried(&self) -> bool {
        match self.delivery {
            Delivery::Due { tries, .. } => tries > 0,
            Delivery::Delivered { .. } | Delivery::GivenUp { .. } => true,
        }
    }

    /// Whether it may go out together with others: what tells of one incident, and asks for somebody now.
    pub fn gathers(&self) -> bool {
        self.message.kind == MessageKind::Page && self.message.incident.is_some()
    }

    /// How often it was tried in vain, while it is still to be delivered.
    pub fn failures(&self) -> u32 {
        match self.delivery {
            Delivery::Due { tries, .. } => tries,
            Delivery::Delivered { .. } | Delivery::GivenUp { .. } => 0,
        }
    }
}

/// How far its delivery has got.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Delivery {
    /// To be tried at this time, after so many tries.
    Due {
        at: Time,
        tries: u32,
    },
    Delivered {
        at: Time,
    },
    /// Nobody waits for it any more, or it was refused for good.
    GivenUp {
        why: String,
    },
}

/// What is said.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Message {
    pub kind: MessageKind,
    /// None for what concerns the agent itself.
    pub incident: Option<IncidentId>,
    /// The same for everything that is said of one incident, in whatever store.
    pub thread: SmolStr,
    pub at: Time,
    pub package: SmolStr,
    pub runbook: SmolStr,
    pub severity: Severity,
    /// What set the incident off, in one line.
    pub title: String,
    pub text: String,
    /// The word of the reason why a human is needed.
    pub reason: Option<SmolStr>,
    /// Names of the roles that are told.
    pub roles: Vec<SmolStr>,
    /// What was seen and done so far, oldest first.
    pub evidence: Vec<Line>,
    /// How to answer, in one line.
    pub answer: String,
    /// What the alert says of itself. It is read when the message is sent, and kept nowhere else.
    #[serde(skip)]
    pub notes: Notes,
}

/// What people wrote about an alert, and where to read on; from outside, so it decides nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notes {
    pub texts: Vec<Note>,
    /// Addresses of pages: the alert's runbook, what it was computed from, a dashboard.
    pub links: Vec<Note>,
}

/// A name with its text or address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    pub name: SmolStr,
    pub text: String,
}

/// One line of evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub at: Time,
    pub text: String,
}

/// Why a message did not arrive, as far as that says when it is tried again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Retry {
    /// Whoever it goes to has said no: the same would be said again in a moment.
    pub refused: bool,
    /// Whoever it goes to is there, and has trouble: maybe with this message alone.
    pub answered: bool,
    /// So long it is not to be tried, by the other side's own word.
    pub after: Option<Duration>,
}

impl Retry {
    /// Another try may help.
    pub const SOON: Retry = Retry {
        refused: false,
        answered: false,
        after: None,
    };
    /// Only somebody who mends something helps.
    pub const REFUSED: Retry = Retry {
        refused: true,
        answered: true,
        after: None,
    };
}

/// How much it asks of people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum MessageKind {
    /// Now, until acknowledged.
    Page,
    /// A task with a date.
    Task,
    /// For information.
    Note,
    /// The page is answered.
    Acknowledged,
    /// What the page was about is over.
    Resolved,
}

impl MessageKind {
    /// Whether somebody has to answer it: it is told as long as that could still be done.
    pub fn asks(self) -> bool {
        match self {
            MessageKind::Page | MessageKind::Task => true,
            MessageKind::Note | MessageKind::Acknowledged | MessageKind::Resolved => false,
        }
    }
}

words!(MessageKind {
    Page "page", Task "task", Note "note", Acknowledged "acknowledged", Resolved "resolved",
});
