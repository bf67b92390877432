//! How a run ends: one closed list, because it stands in records for ever.

use serde::{Deserialize, Serialize};

use super::words;

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum End {
    /// Changed something, and a verification newer than the change passed.
    Resolved,
    /// Over, or nothing to do, as the author said; nothing was changed.
    Cleared { why: String },
    /// What the first verify asks for was already true in the plan.
    SelfResolved,
    /// Verified, with a debt that somebody owes.
    Mitigated { owed_by: String },
    /// A human was told and has the duty now.
    Handed { reason: Reason, changes: Changes },
    /// Called off before anything was changed.
    Cancelled,
    /// Ends this run and diagnoses anew in the same incident.
    Again,
}

/// Why a run was handed to a human.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Reason {
    Novel,
    Inconclusive,
    Systemic,
    Denied,
    Expired,
    Guard,
    Policy,
    Grant,
    NotOwned,
    OverBound,
    Empty,
    Patience,
    Window,
    NotVerified,
    NotApplied,
    Unknown,
    UndoFailed,
    Limit,
    Hold,
    /// The runbook said so: `page` or `hand`.
    Declared,
    CancelledAfterChange,
    NotYet,
}

/// What became of the changes of a run that was handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Changes {
    None,
    Undone,
    Kept,
    Partly,
}

words!(Reason {
    Novel "novel", Inconclusive "inconclusive", Systemic "systemic", Denied "denied",
    Expired "expired", Guard "guard", Policy "policy", Grant "grant", NotOwned "not_owned",
    OverBound "over_bound", Empty "empty", Patience "patience", Window "window",
    NotVerified "not_verified", NotApplied "not_applied", Unknown "unknown",
    UndoFailed "undo_failed", Limit "limit", Hold "hold", Declared "declared",
    CancelledAfterChange "cancelled_after_change", NotYet "not_yet",
});
words!(Changes { None "none", Undone "undone", Kept "kept", Partly "partly" });

impl End {
    /// The word for it: `resolved`, `handed`.
    pub fn word(&self) -> &'static str {
        match self {
            End::Resolved => "resolved",
            End::Cleared { .. } => "cleared",
            End::SelfResolved => "self_resolved",
            End::Mitigated { .. } => "mitigated",
            End::Handed { .. } => "handed",
            End::Cancelled => "cancelled",
            End::Again => "again",
        }
    }
}
