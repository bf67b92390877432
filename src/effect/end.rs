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
    Broke,
    /// It would have ended well with something held that nothing gives back.
    HeldOn,
    /// It came back after it was over.
    CameBack,
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
    CancelledAfterChange "cancelled_after_change", NotYet "not_yet", Broke "broke",
    HeldOn "held_on", CameBack "came_back",
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

impl Changes {
    /// What it means, as part of a sentence.
    pub fn explained(self) -> &'static str {
        match self {
            Changes::None => "nothing was changed",
            Changes::Undone => "what was changed is undone",
            Changes::Kept => "what was changed stays",
            Changes::Partly => "what was changed is undone in part only",
        }
    }
}

impl Reason {
    /// What it means, as part of a sentence.
    pub fn explained(self) -> &'static str {
        match self {
            Reason::Novel => "the diagnosis found nothing that it knows",
            Reason::Inconclusive => "something that it needed could not be read",
            Reason::Systemic => "too much happens at once",
            Reason::Denied => "an approval was denied",
            Reason::Expired => "the plan got too old, or kept changing",
            Reason::Guard => "a guard was false",
            Reason::Policy => "a policy refused it",
            Reason::Grant => "the agent is not granted this",
            Reason::NotOwned => "a target does not belong to the product",
            Reason::OverBound => "it would have touched more than it may",
            Reason::Empty => "there was nothing to act on",
            Reason::Patience => "it had to wait for too long",
            Reason::Window => "a window forbids changes now",
            Reason::NotVerified => "a verify did not pass",
            Reason::NotApplied => "a change was not applied",
            Reason::Unknown => "nobody knows whether a change took effect",
            Reason::UndoFailed => "a change could not be taken back",
            Reason::Limit => "a limit of the machine was reached",
            Reason::Hold => "all changes were stopped",
            Reason::Declared => "the runbook says so",
            Reason::CancelledAfterChange => "somebody called it off after a change",
            Reason::Broke => "a change failed after it had begun",
            Reason::HeldOn => "what it holds was not given back",
            Reason::CameBack => "it came back after it was over",
            Reason::NotYet => "it reached something that cannot run yet",
        }
    }
}
