//! What is due when, and what happens then.

use super::{Action, Engine};
use crate::effect::Reason;
use crate::journal::{DebtId, Delivery, Error, EventId, IncidentId, Journal, MessageId, RunId};
use crate::run;
use crate::value::Time;

/// Something that time brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Timer {
    /// A run waits.
    Run(RunId, u64),
    /// An alert has stood long enough: of this runbook and trigger.
    Holding(EventId, usize, usize),
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
    /// Everything that is due by now, in order of its time.
    pub(super) fn tick(&mut self, journal: &dyn Journal, now: Time) -> Result<(), Error> {
        while let Some((due, timer)) = self.timers.first().copied() {
            if due > now {
                break;
            }
            self.timers.pop_first();
            match timer {
                Timer::Run(run, id) => {
                    self.answer(journal, run, run::Input::Timer { id }, now)?;
                }
                Timer::Holding(event, runbook, trigger) => {
                    self.held_long_enough(journal, event, runbook, trigger, now)?;
                }
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

    fn out_of_patience(
        &mut self,
        journal: &dyn Journal,
        run: RunId,
        id: u64,
        now: Time,
    ) -> Result<(), Error> {
        let Some(place) = self
            .queue
            .iter()
            .position(|one| one.run == run && one.id == id)
        else {
            return Ok(());
        };
        let waiting = self.queue.remove(place);
        let why = format!("waited for too long: {}", waiting.why);
        self.refuse(
            journal,
            run,
            &waiting.intent.call,
            Reason::Patience,
            why,
            now,
        )?;
        let reason = Reason::Patience;
        self.answer(journal, run, run::Input::Refused { id, reason }, now)
    }
}
