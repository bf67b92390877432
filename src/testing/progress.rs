//! How far a run of many tests is, for whoever waits for it.
//!
//! In: each test as its turn comes, each of its further runs, and that all were run. Out: calls of what the options name; results never
//! depend on it.

use std::fmt;
use std::sync::Arc;

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step<'a> {
    /// Tests that are done.
    pub done: usize,
    /// All of them.
    pub all: usize,
    /// The one at hand: `runbook: title`; empty when all were run.
    pub name: &'a str,
    /// How many times it was run, where that is more than once.
    pub runs: usize,
}

/// Who is told.
#[derive(Clone, Default)]
pub struct Progress(Option<Arc<Told>>);

type Told = dyn Fn(Step<'_>) + Send + Sync;

impl Progress {
    /// Tells this one.
    pub fn to(told: impl Fn(Step<'_>) + Send + Sync + 'static) -> Progress {
        Progress(Some(Arc::new(told)))
    }

    /// Tells whoever wants to know.
    pub fn tell(&self, step: Step<'_>) {
        if let Some(told) = &self.0 {
            told(step);
        }
    }
}

impl fmt::Debug for Progress {
    fn fmt(&self, form: &mut fmt::Formatter<'_>) -> fmt::Result {
        form.debug_tuple("Progress")
            .field(&self.0.is_some())
            .finish()
    }
}
