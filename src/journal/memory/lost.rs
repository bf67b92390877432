//! What cannot be read is taken out of the lists that a start asks for.

use super::Memory;
use crate::journal::Lost;

impl Memory {
    pub(super) fn lose(&mut self, lost: &Lost) {
        match lost {
            Lost::Incident(lost) => {
                self.incidents.remove(&lost.id);
                self.alerts.retain(|(incident, _), _| *incident != lost.id);
            }
            Lost::Intent { id, .. } => {
                self.intents.remove(id);
            }
            // What is here has no other place than its own.
            Lost::Misplaced { .. }
            | Lost::Displaced { .. }
            | Lost::Version(_)
            | Lost::Schedule(_) => {}
            Lost::Run(run) | Lost::Stray(run) => {
                if let Some(run) = self.runs.get_mut(run) {
                    run.ended = true;
                }
            }
            Lost::Dwell {
                event,
                runbook,
                trigger,
            } => {
                self.dwells.remove(&(*event, runbook.to_string(), *trigger));
            }
            Lost::Message(id) => {
                self.messages.remove(id);
            }
            Lost::Debt(id) => {
                self.debts.remove(id);
            }
            Lost::Wait(run) => {
                self.waits.remove(run);
            }
            Lost::Storm(scope) => {
                self.storms.remove(scope);
            }
        }
    }
}
