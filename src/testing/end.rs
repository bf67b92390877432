//! Ends in the words of the language.

use crate::effect::{Changes, End, Reason};

/// `resolved`, `mitigated owed by builder`, `handed because guard, changes undone`
pub fn in_words(end: &End) -> String {
    match end {
        End::Resolved | End::SelfResolved | End::Cancelled | End::Again => end.word().to_owned(),
        End::Cleared { why } if why.is_empty() => "cleared".to_owned(),
        End::Cleared { why } => format!("cleared: {why}"),
        End::Mitigated { owed_by } => format!("mitigated owed by {owed_by}"),
        End::Handed { reason, changes } => match changes {
            Changes::None => format!("handed because {}", reason.word()),
            Changes::Undone | Changes::Kept | Changes::Partly => {
                format!(
                    "handed because {}, changes {}",
                    reason.word(),
                    changes.word()
                )
            }
        },
    }
}

/// What the reason means, in a sentence without its first word's capital.
pub fn explained(reason: Reason) -> &'static str {
    match reason {
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
        Reason::NotYet => "it reached something that cannot run yet",
    }
}
