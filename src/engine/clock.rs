//! Somebody has set the wall clock: whatever is due after a length is as far away as it was.

use std::collections::BTreeSet;

use super::Engine;
use super::timer::Timer;
use super::work::Work;
use crate::journal::{ClockStepped, RunId};
use crate::run::{self, moment};
use crate::value::{Duration, Time};

impl Engine {
    /// The clock has made a step: all that waits for a length to pass moves with it.
    pub(super) fn clock_steps(&mut self, by: Duration, now: Time) {
        // Dwells, chains, messages and debts move by the fact itself.
        self.record(ClockStepped { by }, now);
        self.waiters.shift(by);
        self.storms.shift(by);
        self.contacts.shift(by);
        let timers = std::mem::take(&mut self.timers).into_iter();
        self.timers = timers
            .map(|(due, timer)| (moment::after(due, by), timer))
            .collect();
        self.move_runs(by);
        let text = format!("the clock was set by {by}; what is due has moved with it");
        self.tell_owners(&text, now);
    }

    fn move_runs(&mut self, by: Duration) {
        for id in self.live_runs() {
            // One that cannot be read is quarantined once something is told to it.
            let Ok(working) = self.desk.run(id) else {
                continue;
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
    }

    /// The runs that have not ended: at hand, or waiting for time or for their turn.
    pub(super) fn live_runs(&self) -> BTreeSet<RunId> {
        let timers = self.timers.iter().filter_map(|(_, timer)| match timer {
            Timer::Run(run, _) | Timer::Patience(run, _) => Some(*run),
            Timer::Holding(_)
            | Timer::Duty(_)
            | Timer::Message(_)
            | Timer::Debt(_)
            | Timer::Acknowledged(_)
            | Timer::Reached(_)
            | Timer::Contacts
            | Timer::Storms
            | Timer::Freeze(_) => None,
        });
        let told = self.work.iter().filter_map(Work::run);
        let waiting = self.waiters.runs();
        let known = timers.chain(told).chain(waiting);
        known.chain(self.desk.runs()).collect()
    }
}
