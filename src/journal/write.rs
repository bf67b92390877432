//! What a store is asked to keep.

use smol_str::SmolStr;

use super::{
    Arrival, AtWork, DeadLetter, DealtWith, Debt, Disposition, Dwell, Entry, EventId, Freeze,
    Heard, Incident, IncidentId, IntentId, IntentState, Lost, Outbox, RunId, Scheduled, Scope,
    StoredIntent, StoredRun, StoredWait, Storm,
};
use crate::program::CodeHash;
use crate::value::Duration;

/// One change of a batch. Records with an id replace what was there under it.
#[derive(Clone, Debug, PartialEq)]
pub enum Write {
    Arrived(Arrival),
    /// Of an event that was written.
    Disposed {
        event: EventId,
        disposition: Disposition,
    },
    Dead(DeadLetter),
    /// Without its alerts.
    Incident(Box<Incident>),
    /// What an incident has heard of an alert.
    Alert {
        incident: IncidentId,
        fingerprint: SmolStr,
        heard: Heard,
    },
    /// Under a number that the incident has no entry of yet: what happened is never rewritten.
    Entry {
        incident: IncidentId,
        entry: Entry,
    },
    Run(StoredRun),
    /// The artefact of a program; what is there under the hash stays.
    Program {
        hash: CodeHash,
        artefact: Vec<u8>,
    },
    Intent(StoredIntent),
    /// Of an intent that was written.
    IntentState {
        id: IntentId,
        state: IntentState,
    },
    Dwell(Dwell),
    /// It stood long enough, or is over. Nothing happens if there is none.
    DwellGone {
        event: EventId,
        runbook: SmolStr,
        trigger: u16,
    },
    Message(Outbox),
    Debt(Debt),
    /// Changes are stopped here; nothing if they are not any more.
    Freeze(Scope, Option<Freeze>),
    /// How a run waits; nothing once it is over.
    Wait(RunId, Option<StoredWait>),
    Storm(Scope, Storm),
    /// What a runbook does under its version.
    AtWork(AtWork),
    /// How far the due times of a schedule have been dealt with; nothing once it is not loaded any more.
    Schedule(Scheduled, Option<DealtWith>),
    /// How far the clock has been set, all steps together.
    Clock(Duration),
    /// It could not be read: no start asks for it any more.
    Lost(Lost),
}
