//! Virtual time: what is due next.

use std::collections::BTreeMap;

use super::record::Happened;
use crate::run::Input;
use crate::value::{Duration, Time};

/// Inputs that will arrive, by time; of the same time, in the order they were asked for.
#[derive(Debug, Default)]
pub struct Clock {
    due: BTreeMap<(Time, u64), Due>,
    count: u64,
}

/// An input, and what goes on record when it arrives.
type Due = (Input, Option<Happened>);

impl Clock {
    /// The input arrives at that time.
    pub fn at(&mut self, time: Time, input: Input) {
        self.add(time, (input, None));
    }

    /// The input arrives at that time, which is worth a line.
    pub fn shown_at(&mut self, time: Time, input: Input, happened: Happened) {
        self.add(time, (input, Some(happened)));
    }

    /// What arrives next, and when.
    pub fn next(&mut self) -> Option<(Time, Due)> {
        let ((time, _), due) = self.due.pop_first()?;
        Some((time, due))
    }

    /// What is still to arrive, in order.
    pub fn pending(&self) -> impl Iterator<Item = (Time, &Input)> {
        self.due
            .iter()
            .map(|((time, _), (input, _))| (*time, input))
    }

    fn add(&mut self, time: Time, due: Due) {
        self.due.insert((time, self.count), due);
        self.count += 1;
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
