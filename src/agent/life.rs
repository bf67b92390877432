//! Where in its life an agent is, for whoever calls while it starts or stops.

use std::sync::{Arc, Mutex, PoisonError};

/// Whoever looks at a store for the first time may need a while, and is alive meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Age {
    /// It has not read its store yet.
    Starts,
    Works,
    Stops,
}

/// The age of one agent.
#[derive(Clone, Debug)]
pub struct Life(Arc<Mutex<Age>>);

impl Life {
    pub fn begin() -> Life {
        Life(Arc::new(Mutex::new(Age::Starts)))
    }

    pub fn age(&self) -> Age {
        // One small value is never half-written.
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn reach(&self, age: Age) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = age;
    }
}
