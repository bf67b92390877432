//! People: what they are told, and the chain that is climbed until somebody answers.

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::Scope;
use crate::journal::{IncidentId, Message, MessageId, MessageKind};
use crate::value::Time;

/// What a chain is climbed for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Subject {
    Incident(IncidentId),
    Storm(Scope),
}

/// Why a link of a chain is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Climb {
    /// Nobody was asked before.
    First,
    /// Whoever was told has not answered.
    Unanswered,
    /// Whoever was to be told has not been reached yet.
    Unreached,
}

bodies! {
    /// A message is to be delivered. Its evidence is the timeline up to a line.
    MessageQueued {
        plain message: MessageId,
        person to: SmolStr,
        plain kind: MessageKind,
        plain incident: Option<IncidentId>,
        plain storm: Option<Scope>,
        text text: String,
        plain reason: Option<SmolStr>,
        plain roles: Vec<SmolStr>,
        plain upto: u64,
        carried rendered: Option<Box<Message>>,
    }

    /// Messages go out as one page, which has the number of the first of them.
    MessagesBundled {
        plain page: MessageId,
        person to: SmolStr,
        plain messages: Vec<MessageId>,
    }

    /// Messages have arrived.
    MessagesDelivered {
        plain messages: Vec<MessageId>,
        person to: SmolStr,
    }

    /// Messages could not be delivered; after how many tries, and when the next one is made.
    MessagesFailed {
        plain messages: Vec<MessageId>,
        person to: SmolStr,
        text why: String,
        plain tries: u32,
        plain next: Option<Time>,
    }

    /// Messages are not delivered any more.
    MessagesDropped {
        plain messages: Vec<MessageId>,
        person to: Vec<SmolStr>,
        text why: String,
    }

    /// A human is needed: who is told, and when the next one is, if nobody answers.
    ChainStarted {
        plain subject: Subject,
        text text: String,
        plain reason: SmolStr,
        plain link: Option<u16>,
        plain next: Time,
    }

    /// This link of the chain is told, and why: as the first one, or because others have not
    /// answered or have not been reached.
    ChainAdvanced {
        plain subject: Subject,
        plain link: u16,
        plain role: SmolStr,
        plain repeats: u32,
        plain next: Time,
        plain why: Climb,
    }

    /// The page of a link has arrived: from now on it is waited for, until then.
    LinkReached {
        plain subject: Subject,
        plain link: u16,
        plain next: Time,
    }

    /// Nobody else is told.
    ChainEnded {
        plain subject: Subject,
        text why: String,
    }
}
