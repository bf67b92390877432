//! Somebody has set the wall clock: whatever is due after a length is as far away as it was.

use super::Engine;
use super::desk::Trouble;
use crate::journal::{ClockStepped, Error, Journal};
use crate::run::{self, moment};
use crate::value::{Duration, Time};

impl Engine {
    /// The clock has made a step: all that waits for a length to pass moves with it.
    pub fn clock_stepped(
        &mut self,
        journal: &dyn Journal,
        by: Duration,
        now: Time,
    ) -> Result<(), Error> {
        // Dwells, chains, messages and debts move by the fact itself.
        self.record(ClockStepped { by }, now);
        self.waiters.shift(by);
        self.storms.shift(by);
        self.contacts.shift(by);
        let timers = std::mem::take(&mut self.timers).into_iter();
        self.timers = timers
            .map(|(due, timer)| (moment::after(due, by), timer))
            .collect();
        self.move_runs(journal, by)?;
        let text = format!("the clock was set by {by}; what is due has moved with it");
        self.tell_owners(&text, now);
        Ok(())
    }

    fn move_runs(&mut self, journal: &dyn Journal, by: Duration) -> Result<(), Error> {
        let live = journal.live_runs()?;
        for id in live.into_iter().flatten().map(|stored| stored.id) {
            let working = match self.desk.run(journal, id) {
                Ok(working) => working,
                Err(Trouble::Store(error)) => return Err(error),
                // It is quarantined once something is told to it.
                Err(Trouble::Unreadable | Trouble::Ended) => continue,
            };
            working.run.shift(by);
            for action in &mut working.pending {
                match action {
                    run::Action::Wait { until, .. } => *until = moment::after(*until, by),
                    run::Action::Perform(perform) => {
                        perform.deadline = moment::after(perform.deadline, by);
                    }
                    run::Action::Observe(observe) => {
                        observe.deadline = moment::after(observe.deadline, by);
                    }
                    run::Action::Settle { deadline, .. } => {
                        *deadline = moment::after(*deadline, by);
                    }
                    run::Action::Intend { .. }
                    | run::Action::Repeat { .. }
                    | run::Action::Tell(_)
                    | run::Action::Attach(_)
                    | run::Action::Record(_)
                    | run::Action::End(_) => {}
                }
            }
        }
        Ok(())
    }
}
