//! Why a piece of a run failed: the one channel of failure, never a value of the language.

use serde::{Deserialize, Serialize};

use super::Reason;
use crate::value::Failure;

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Fault {
    /// An observation, a missing field, arithmetic.
    Value(Failure),
    /// A change that certainly had no effect.
    NotApplied(String),
    /// A verify ran out of time, or its `abort if` became true.
    NotVerified,
    /// A guard was false.
    Guard,
    /// A loop's list is longer than its bound, or a target is outside of what was planned.
    OverBound(String),
    /// A loop over targets that are none.
    Empty,
    /// Fuel, memory or another limit of the machine.
    Limit(Limit),
    /// The run may not go on: called off, a limit of the platform, an outcome that nobody knows.
    Refused(Reason),
    /// The program or an answer breaks the machine's own rules: a defect of the tool, not of the
    /// runbook.
    Broken(String),
    /// A change that failed after it had begun.
    Broke(String),
}

/// The limits of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Limit {
    Fuel,
    Memory,
    Depth,
    Observations,
    /// More time has passed than the runbook states.
    Time,
}

impl Fault {
    /// The reason of the hand-off that it leads to once something was planned or changed.
    pub fn reason(&self) -> Reason {
        match self {
            Fault::Value(Failure::NotOwned(_)) => Reason::NotOwned,
            Fault::Value(_) => Reason::Inconclusive,
            Fault::NotApplied(_) => Reason::NotApplied,
            Fault::Broke(_) => Reason::Broke,
            Fault::NotVerified => Reason::NotVerified,
            Fault::Guard => Reason::Guard,
            Fault::OverBound(_) => Reason::OverBound,
            Fault::Empty => Reason::Empty,
            Fault::Limit(_) | Fault::Broken(_) => Reason::Limit,
            Fault::Refused(reason) => *reason,
        }
    }

    /// Whether only the piece fails in which it happens, so that another attempt or the next
    /// element may follow. Anything else ends the remedy.
    pub fn is_local(&self) -> bool {
        match self {
            Fault::Value(Failure::NotOwned(_)) => false,
            Fault::Value(_) | Fault::NotApplied(_) | Fault::Broke(_) | Fault::NotVerified => true,
            Fault::Guard
            | Fault::OverBound(_)
            | Fault::Empty
            | Fault::Limit(_)
            | Fault::Broken(_)
            | Fault::Refused(_) => false,
        }
    }
}
