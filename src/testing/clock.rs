//! Virtual time: what is due next.

use std::collections::BTreeMap;

use crate::run::Input;
use crate::value::{Duration, Time};

/// Inputs that will arrive, by time; of the same time, in the order they were asked for.
#[derive(Debug, Default)]
pub struct Clock {
    due: BTreeMap<(Time, u64), Input>,
    count: u64,
}

impl Clock {
    /// The input arrives at that time.
    pub fn at(&mut self, time: Time, input: Input) {
        self.due.insert((time, self.count), input);
        self.count += 1;
    }

    /// What arrives next, and when.
    pub fn next(&mut self) -> Option<(Time, Input)> {
        let ((time, _), input) = self.due.pop_first()?;
        Some((time, input))
    }

    /// Nothing that was asked for matters any more.
    pub fn clear(&mut self) {
        self.due.clear();
    }
}

/// So much later.
pub fn after(time: Time, duration: Duration) -> Time {
    let millis = time.millis().saturating_add(duration.millis());
    Time::from_millis(millis).unwrap_or(time)
}
