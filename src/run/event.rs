//! What a run reports about itself, for the timeline: what it found, planned, checked, took back.
//!
//! Observations, changes and messages are actions and are not repeated here.

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::State;
use crate::effect::{Call, Fault, Severity};
use crate::program::{GuardIndex, MitigationIndex, VerifyIndex};
use crate::text::Span;
use crate::value::{Identity, Time, Value};
use crate::vm::Piece;

/// Something that happened inside a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Event {
    Entered(State),
    Found {
        finding: SmolStr,
        args: Vec<Value>,
    },
    Novel {
        text: Option<String>,
    },
    Inconclusive {
        text: Option<String>,
    },
    /// The plan of a phase is complete.
    Planned {
        phase: u16,
        values: Vec<Value>,
    },
    /// Too much time has passed since the plan was begun, or it came out differently than the one
    /// before: it is made again.
    Stale {
        differs: bool,
    },
    /// What the first verify of the phase asks for is true already.
    AlreadySo,
    Guard {
        guard: GuardIndex,
        held: bool,
    },
    /// A condition could not be read. It counts as not true.
    Unread {
        fault: Fault,
    },
    /// One reading of a verify's condition.
    Polled {
        verify: VerifyIndex,
        held: bool,
    },
    Verified {
        verify: VerifyIndex,
    },
    NotVerified {
        verify: VerifyIndex,
        why: NotVerified,
    },
    Began(Piece),
    /// A piece failed; what it did is taken back as declared.
    PieceFailed {
        piece: Piece,
        fault: Fault,
    },
    /// The remedy, or the diagnosis, failed; where, if that is known.
    Failed {
        fault: Fault,
        place: Option<Span>,
    },
    /// A change was taken back.
    Undone {
        call: Call,
    },
    /// The undoing stopped: what is undone, what is left, of what nobody knows.
    UndoStopped {
        undone: Vec<Call>,
        left: Vec<Call>,
        unknown: Vec<Call>,
    },
    /// A debt is left.
    Owes {
        mitigation: MitigationIndex,
        /// What the condition that pays it takes.
        captures: Vec<Value>,
        owed_by: SmolStr,
        until: Time,
        text: String,
    },
    AlertResolved,
    CancelRequested,
    Held,
    Released,
    /// What was changed and nothing has proven: a human takes it over.
    Unproven {
        calls: Vec<Call>,
    },
    /// What is held when a human takes over.
    HoldsOn {
        calls: Vec<Call>,
    },
    /// The undo of a change did not change back all that it had changed: it is kept.
    NotTakenBack {
        call: Call,
    },
    /// Who is there was written down for a line that counts them.
    PopulationFrozen {
        line: SmolStr,
        members: Vec<Identity>,
    },
    /// The incident is as severe as this, at least.
    Rated {
        severity: Severity,
    },
}

/// How a verify failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NotVerified {
    OutOfTime,
    Aborted,
}
