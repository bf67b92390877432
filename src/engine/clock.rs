//! Somebody has set the wall clock: whatever is due after a length is as far away as it was.
//!
//! No step walks over the runs: each notes down how far the clock was set when it was written, and
//! is moved by the rest when it is next brought in; and what is due is kept by a clock that nobody sets.

use super::Engine;
use crate::journal::ClockStepped;
use crate::run::moment;
use crate::value::{Duration, Time};

impl Engine {
    /// The clock has made a step: all that waits for a length to pass moves with it.
    pub(super) fn clock_steps(&mut self, by: Duration, now: Time) {
        // Dwells, chains, messages and debts move by the fact itself.
        self.record(ClockStepped { by }, now);
        self.started = moment::after(self.started, by);
        self.waiters.shift(by);
        self.storms.shift(by);
        self.contacts.shift(by);
        self.early.shift(by);
        self.timers.clock_is(self.model.clock());
        self.desk.clock_is(self.model.clock());
        self.moments_moved();
        self.schedules_stepped(by, now);
        let mut text = format!("the clock was set by {by}; what is due has moved with it");
        if let Some(ahead) = self.schedules_ahead(now) {
            text.push_str(&format!(
                "; the due times of schedules up to {ahead} have already been dealt with, and do not come again"
            ));
        }
        self.tell_owners(&text, now);
    }
}
