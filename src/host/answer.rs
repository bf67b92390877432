//! What whoever asks gets from the loop around an engine: an answer once it is durable, or why there is none.

use tokio::sync::oneshot;

/// Whoever drives has stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gone;

/// Why a question has no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unanswered {
    Gone,
    /// What is asked for is damaged; nothing else is concerned.
    Damaged(String),
    /// The store could not be read just now.
    Unread(String),
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

/// Where the answer goes.
pub(super) type Reply<T> = oneshot::Sender<T>;
/// An answer that is given once the batch is durable.
pub(super) type Later = Box<dyn FnOnce() + Send>;

pub(super) fn later<T: Send + 'static>(reply: Reply<T>, value: T) -> Later {
    Box::new(move || {
        // Whoever asked may have gone away; it is durable all the same.
        let _ = reply.send(value);
    })
}
