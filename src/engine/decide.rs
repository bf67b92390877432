//! Decisions: what follows from something that has come in, as a function of the model and the time.
//!
//! In: the model, what it is about, now. Out: facts, further work, actions. A decision changes
//! nothing and does not see its own facts: whatever needs them is work of its own. A file per
//! concern, and none calls another.

pub mod bundle;
pub mod chain;
pub mod debt;
pub mod deliver;
pub mod dwell;
pub mod freeze;
pub mod outcome;
pub mod queue;
pub mod storm;
pub mod targets;

#[cfg(test)]
mod tests;

use super::work::Work;
use crate::journal::Fact;

/// What follows.
#[derive(Debug, Default)]
pub struct Decision {
    pub facts: Vec<Fact>,
    pub work: Vec<Work>,
}

impl Decision {
    /// Something has happened, and nothing else follows.
    pub fn that(fact: impl Into<Fact>) -> Decision {
        Decision::default().and(fact)
    }

    pub fn and(mut self, fact: impl Into<Fact>) -> Decision {
        self.facts.push(fact.into());
        self
    }

    pub fn then(mut self, work: Work) -> Decision {
        self.work.push(work);
        self
    }
}
