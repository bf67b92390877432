//! Why the loop around an engine gives no answer.

/// Whoever drives has stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gone;

/// Why a question has no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unanswered {
    Gone,
    /// What is asked for is damaged; nothing else is concerned.
    Damaged(String),
}

impl From<Gone> for Unanswered {
    fn from(Gone: Gone) -> Unanswered {
        Unanswered::Gone
    }
}

/// Why events were not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotTaken {
    Gone,
    /// Too many wait already: later.
    Busy,
}
