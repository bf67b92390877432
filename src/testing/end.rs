//! Ends in the words of the language.

use crate::effect::{Changes, End};

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
