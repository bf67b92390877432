//! The records of the store that differ once something has happened.

use super::Model;
use super::apply::{found_out, hold_of, stored};
use crate::journal::{Fact, Holding, Write};
use crate::value::Time;

impl Model {
    /// What has to be written beside a fact; asked before it is applied.
    pub fn rows(&self, fact: &Fact, at: Time) -> Vec<Write> {
        let mut rows = Vec::new();
        for (event, runbook, dwell) in self.dwells_after(fact, at) {
            if let Some(before) = self.dwells.get(event, &runbook) {
                let Holding { trigger, .. } = before.holding;
                rows.push(Write::HoldingGone {
                    event,
                    runbook,
                    trigger,
                });
            }
            rows.extend(dwell.map(|dwell| Write::Holding(dwell.holding)));
        }
        let messages = self.messages_after(fact, at).into_iter();
        rows.extend(messages.map(Write::Message));
        let storms = self.storms_after(fact).into_iter();
        rows.extend(storms.map(|(scope, storm)| Write::Storm(scope, storm)));
        let debts = self.debts_after(fact, at).into_iter();
        rows.extend(debts.map(Write::Debt));
        match fact {
            Fact::ChangesFrozen(frozen) => {
                rows.push(Write::Hold(frozen.scope.clone(), hold_of(fact, at)));
            }
            Fact::ChangesReleased(fact) => rows.push(Write::Hold(fact.scope.clone(), None)),
            Fact::IntentGranted(fact) => rows.push(Write::Intent(stored(fact, at))),
            Fact::ChangePerformed(fact) => {
                let (id, state) = (fact.intent, fact.state);
                rows.push(Write::IntentState { id, state });
            }
            Fact::ChangeSettled(fact) => {
                let id = fact.intent;
                let state = found_out(fact.outcome);
                rows.extend(state.map(|state| Write::IntentState { id, state }));
            }
            _ => {}
        }
        rows
    }
}
