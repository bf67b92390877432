//! What is due when, and what happens then.

use std::collections::BTreeSet;

use super::Engine;
use super::decide::{chain, debt, deliver};
use super::work::{TURN, Work};
use crate::journal::{DebtId, EventId, IncidentId, MessageId, Obstacle, RunId, steps};
use crate::run::{self, moment};
use crate::value::{Duration, Time};

/// Something that time brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Timer {
    /// A run waits.
    Run(RunId, u64),
    /// What an event told has stood long enough.
    Dwell(EventId),
    /// Nobody has answered.
    Duty(IncidentId),
    /// Somebody has had an incident for as long as that lasts.
    Acknowledged(IncidentId),
    /// A message is to be sent, again.
    Message(MessageId),
    /// A page should have arrived by now.
    Reached(MessageId),
    /// A debt is looked at.
    Debt(DebtId),
    /// An intent has waited for too long.
    Patience(RunId, u64),
    /// Pages that wait for somebody may go out.
    Contacts,
    /// Something is due of a storm.
    Storms,
    /// A run that a storm had held should have asked by now.
    Released(RunId),
    /// Changes are still stopped, since this time.
    Freeze(Time),
    /// Some schedule is to be looked at.
    Schedules,
    /// A window opens that somebody waits for.
    Opens(Time),
}

/// What is due, in order of its time. Kept by a clock that nobody sets, so that a step moves nothing.
#[derive(Debug, Default)]
pub struct Timers {
    due: BTreeSet<(Time, Timer)>,
    /// How far the clock has been set, all steps together.
    clock: Duration,
}

impl Timers {
    /// The clock is set so far by now; what is due is as far away as it was.
    pub fn clock_is(&mut self, clock: Duration) {
        self.clock = clock;
    }

    /// Something is due then, by the clock as it is set now.
    pub fn insert(&mut self, (due, timer): (Time, Timer)) {
        let steady = moment::after(due, steps(self.clock, Duration::ZERO));
        self.due.insert((steady, timer));
    }

    pub fn extend(&mut self, timers: impl IntoIterator<Item = (Time, Timer)>) {
        timers.into_iter().for_each(|timer| self.insert(timer));
    }

    /// When something is due next.
    pub fn next(&self) -> Option<Time> {
        let (due, _) = self.due.first()?;
        Some(moment::after(*due, self.clock))
    }

    /// The first that is due by now.
    fn pop(&mut self, now: Time) -> Option<Timer> {
        if self.next()? > now {
            return None;
        }
        self.due.pop_first().map(|(_, timer)| timer)
    }
}

impl Engine {
    /// What is due by now, in order of its time, as much as fits into a turn.
    pub(super) fn tick(&mut self, now: Time) {
        for _ in 0..TURN {
            let Some(timer) = self.timers.pop(now) else {
                break;
            };
            match timer {
                Timer::Run(run, id) => {
                    self.hears(run, run::Input::Timer { id });
                }
                Timer::Dwell(event) => self.work.push_back(Work::Stood(event)),
                Timer::Duty(incident) => {
                    let decision = chain::due(&self.model, incident, now);
                    self.carry_out(decision, now);
                }
                Timer::Acknowledged(incident) => {
                    let decision = chain::lapses(&self.model, incident, now);
                    self.carry_out(decision, now);
                }
                Timer::Message(message) => {
                    self.message_due(message, now);
                }
                Timer::Reached(message) => match self.goes_out_later(message, now) {
                    Some(at) => {
                        let later = moment::after(at, deliver::REACHED_WITHIN);
                        self.timers.insert((later, timer));
                    }
                    None => {
                        let decision = deliver::unreached(&self.model, message);
                        self.carry_out(decision, now);
                    }
                },
                Timer::Debt(debt) => {
                    let decision = debt::due(&self.model, debt, now);
                    self.carry_out(decision, now);
                }
                Timer::Patience(run, id) => self.work.push_back(Work::Impatient(run, id)),
                Timer::Contacts => self.contacts_due(now),
                Timer::Storms => self.storms_due(now),
                Timer::Released(run) => self.released_late(run),
                Timer::Freeze(since) => self.freeze_lasts(since, now),
                Timer::Schedules => self.schedules_due(now),
                Timer::Opens(at) => self.is_gone(Obstacle::Until(at)),
            }
        }
    }
}
