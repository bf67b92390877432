//! The records of the store that differ once something has happened, each in a row of its own.

use super::apply::{found_out, stored};
use super::{Differing, Model};
use crate::journal::{Dwell, Fact, IntentState, Write};
use crate::value::Time;

impl Model {
    /// Puts what a fact changes in its place, and says what has to be written beside the fact.
    pub(super) fn rows(&mut self, fact: &Fact, at: Time, changed: &mut Differing) {
        for (event, runbook, standing) in self.dwells_after(fact, at) {
            if let Some(before) = self.dwells.get(event, &runbook) {
                let Dwell { trigger, .. } = before.dwell;
                changed.rows.push(Write::DwellGone {
                    event,
                    runbook: runbook.clone(),
                    trigger,
                });
            }
            match standing {
                Some(standing) => {
                    changed.rows.push(Write::Dwell(standing.dwell.clone()));
                    self.dwells.put(standing);
                }
                None => self.dwells.remove(event, &runbook),
            }
        }
        for outbox in self.messages_after(fact, at) {
            changed.incidents.extend(outbox.message.incident);
            changed.rows.push(Write::Message(outbox.clone()));
            self.put_message(outbox);
        }
        for (scope, storm) in self.storms_after(fact, at) {
            changed
                .rows
                .push(Write::Storm(scope.clone(), storm.clone()));
            self.storms.insert(scope, storm);
        }
        for (run, wait) in self.waits_after(fact, at) {
            changed.rows.push(Write::Wait(run, wait.clone()));
            match wait {
                Some(wait) => self.waits.insert(run, wait),
                None => self.waits.remove(&run),
            };
        }
        for debt in self.debts_after(fact, at) {
            changed.incidents.push(debt.incident);
            changed.rows.push(Write::Debt(debt.clone()));
            self.put_debt(debt);
        }
        changed.rows.extend(self.take_freeze(fact, at));
        changed.rows.extend(row(fact, at));
    }
}

/// The row that a fact is by itself.
fn row(fact: &Fact, at: Time) -> Option<Write> {
    match fact {
        Fact::IntentGranted(fact) => Some(Write::Intent(stored(fact, at))),
        Fact::ChangeQueued(fact) => {
            let (id, state) = (fact.intent, IntentState::Queued);
            Some(Write::IntentState { id, state })
        }
        Fact::ChangePerformed(fact) => {
            let (id, state) = (fact.intent, fact.state);
            Some(Write::IntentState { id, state })
        }
        Fact::ChangeSettled(fact) => {
            let id = fact.intent;
            let state = found_out(fact.outcome);
            state.map(|state| Write::IntentState { id, state })
        }
        _ => None,
    }
}
