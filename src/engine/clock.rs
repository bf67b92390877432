//! Somebody has set the wall clock: whatever is due after a length is as far away as it was.

use std::collections::BTreeSet;

use super::Engine;
use super::desk::Trouble;
use super::timer::Timer;
use crate::journal::{ClockStepped, Delivery, Error, Journal, Write};
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
        self.desk.fact(ClockStepped { by }, now);
        self.move_dwells(by);
        let timers = std::mem::take(&mut self.timers);
        for (due, timer) in timers {
            // A dwell has moved already.
            let due = match timer {
                Timer::Holding(_) => due,
                Timer::Run(..)
                | Timer::Duty(_)
                | Timer::Message(_)
                | Timer::Debt(_)
                | Timer::Patience(..) => moment::after(due, by),
            };
            self.timers.insert((due, timer));
        }
        self.move_duties(journal, by)?;
        self.move_messages(by);
        self.move_debts(by);
        self.move_runs(journal, by)?;
        self.tell_owners(
            &format!("the clock was set by {by}; what is due has moved with it"),
            now,
        );
        Ok(())
    }

    fn move_duties(&mut self, journal: &dyn Journal, by: Duration) -> Result<(), Error> {
        let duties = self.timers.iter().filter_map(|(_, timer)| match timer {
            Timer::Duty(incident) => Some(*incident),
            _ => None,
        });
        let duties: BTreeSet<_> = duties.collect();
        for id in duties {
            if let Some(incident) = self.desk.incident(journal, id)?
                && let Some(duty) = &mut incident.duty
            {
                duty.next = moment::after(duty.next, by);
            }
        }
        Ok(())
    }

    fn move_messages(&mut self, by: Duration) {
        for outbox in self.desk.outbox.values_mut() {
            if let Delivery::Due { at, .. } = &mut outbox.delivery {
                *at = moment::after(*at, by);
            }
        }
        let moved: Vec<_> = self.desk.outbox.values().cloned().collect();
        for outbox in moved {
            self.desk.write(Write::Message(outbox));
        }
    }

    fn move_debts(&mut self, by: Duration) {
        for debt in self.desk.debts.values_mut() {
            debt.next_look = moment::after(debt.next_look, by);
            debt.due = moment::after(debt.due, by);
        }
        let moved: Vec<_> = self.desk.debts.values().cloned().collect();
        for debt in moved {
            self.desk.write(Write::Debt(debt));
        }
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
