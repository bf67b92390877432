//! The states of a run. Their names stand in records for ever.

use serde::{Deserialize, Serialize};

/// Where a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Opened,
    Diagnosing,
    /// A remedy is known; nothing of the current phase was done yet.
    Planned,
    /// An intent waits for leave.
    Queued,
    Acting,
    /// The outcome of a change is unknown.
    Settling,
    Verifying,
    Undoing,
    /// Somebody stopped all changes. A word of old records: whoever is stopped waits for leave.
    Held,
    Ended,
}
