//! What a store is asked to keep.

use super::{
    Arrival, DeadLetter, Debt, Disposition, Entry, EventId, Hold, Holding, Incident, IncidentId,
    IntentId, IntentState, Outbox, StoredIntent, StoredRun,
};
use crate::program::CodeHash;

/// One change of a batch. Records with an id replace what was there under it.
#[derive(Clone, Debug, PartialEq)]
pub enum Write {
    Arrived(Arrival),
    Disposed {
        event: EventId,
        disposition: Disposition,
    },
    Dead(DeadLetter),
    Incident(Incident),
    Entry {
        incident: IncidentId,
        entry: Entry,
    },
    Run(StoredRun),
    /// The artefact of a program, once.
    Program {
        hash: CodeHash,
        artefact: Vec<u8>,
    },
    Intent(StoredIntent),
    IntentState {
        id: IntentId,
        state: IntentState,
    },
    Holding(Holding),
    /// It stood long enough, or is over.
    HoldingGone {
        event: EventId,
        runbook: smol_str::SmolStr,
        trigger: u16,
    },
    Message(Outbox),
    Debt(Debt),
    Hold(Option<Hold>),
}
