//! What is due when, and what happens then.

use super::work::TURN;
use super::{Action, Engine};
use crate::journal::{DebtId, Delivery, Error, IncidentId, Journal, MessageId, RunId};
use crate::run;
use crate::value::Time;

/// Something that time brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Timer {
    /// A run waits.
    Run(RunId, u64),
    /// An alert has stood long enough, by its number in this process.
    Holding(u64),
    /// Nobody has answered.
    Duty(IncidentId),
    /// A message is to be sent, again.
    Message(MessageId),
    /// A debt is looked at.
    Debt(DebtId),
    /// An intent has waited for too long.
    Patience(RunId, u64),
}

impl Engine {
    /// What is due by now, in order of its time, as much as fits into a turn.
    pub(super) fn tick(&mut self, journal: &dyn Journal, now: Time) -> Result<(), Error> {
        for _ in 0..TURN {
            let Some((due, timer)) = self.timers.first().copied() else {
                break;
            };
            if due > now {
                break;
            }
            self.timers.pop_first();
            match timer {
                Timer::Run(run, id) => {
                    self.answer(journal, run, run::Input::Timer { id }, now)?;
                }
                Timer::Holding(number) => self.stood_long_enough(journal, number, now)?,
                Timer::Duty(incident) => self.nobody_answered(journal, incident, now)?,
                Timer::Message(message) => self.send_again(message),
                Timer::Debt(debt) => self.look_at_debt(journal, debt, now)?,
                Timer::Patience(run, id) => self.out_of_patience(journal, run, id, now)?,
            }
        }
        Ok(())
    }

    fn send_again(&mut self, message: MessageId) {
        let due = self
            .desk
            .outbox
            .get(&message)
            .filter(|waiting| matches!(waiting.delivery, Delivery::Due { .. }));
        if let Some(waiting) = due {
            self.actions.push(Action::Send(Box::new(waiting.clone())));
        }
    }
}
