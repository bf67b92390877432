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
    /// The run cannot be read any more: nobody knows.
    Unknown,
}

/// The reasons: name in the source, word, what it means as part of a sentence. Each has a page beside this
/// file, in `explain/`.
macro_rules! reasons {
    ($($name:ident $word:literal $explained:literal)*) => {
        words!(Reason { $($name $word),* });

        impl Reason {
            /// What it means, as part of a sentence.
            pub fn explained(self) -> &'static str {
                match self { $(Reason::$name => $explained,)* }
            }

            /// The page that `rbk explain` prints.
            pub fn page(self) -> &'static str {
                match self { $(Reason::$name => include_str!(concat!("explain/", $word, ".md")),)* }
            }
        }
    };
}

reasons! {
    Novel                "novel"                    "the diagnosis found nothing that it knows"
    Inconclusive         "inconclusive"             "something that it needed could not be read"
    Systemic             "systemic"                 "too much happens at once"
    Denied               "denied"                   "an approval was denied"
    Expired              "expired"                  "the plan got too old, or kept changing"
    Guard                "guard"                    "a guard was false"
    Policy               "policy"                   "a policy refused it"
    Grant                "grant"                    "the agent is not granted this"
    NotOwned             "not_owned"                "a target does not belong to the product"
    OverBound            "over_bound"               "it would have touched more than it may"
    Empty                "empty"                    "there was nothing to act on"
    Patience             "patience"                 "it had to wait for too long"
    Window               "window"                   "a window forbids changes now"
    NotVerified          "not_verified"             "a verify did not pass"
    NotApplied           "not_applied"              "a change was not applied"
    Unknown              "unknown"                  "nobody knows whether a change took effect"
    UndoFailed           "undo_failed"              "a change could not be taken back"
    Limit                "limit"                    "a limit of the machine was reached"
    Hold                 "hold"                     "all changes were stopped"
    Declared             "declared"                 "the runbook says so"
    CancelledAfterChange "cancelled_after_change"   "somebody called it off after a change"
    NotYet               "not_yet"                  "it reached something that cannot run yet"
    Broke                "broke"                    "a change failed after it had begun"
    HeldOn               "held_on"                  "what it holds was not given back"
    CameBack             "came_back"                "it came back after it was over"
}
words!(Changes { None "none", Undone "undone", Kept "kept", Partly "partly", Unknown "unknown" });

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
            Changes::Unknown => "nobody knows what was changed",
        }
    }
}
