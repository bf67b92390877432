//! A human says what became of a change of which nobody knew.
//!
//! The outcome is recorded with who says so and why. Its targets are no longer locked, and what was
//! never applied is proven by nobody. The incident stays with the human who has it.

use smol_str::SmolStr;

use super::decide::outcome;
use super::{Action, Engine, Refusal};
use crate::journal::{IncidentId, IntentId, ReleasedFor, RunId, StoredIntent};
use crate::value::Time;

/// What a human says of an unknown outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settling {
    /// Which change, where several are unknown.
    pub change: Option<IntentId>,
    pub applied: bool,
    pub by: SmolStr,
    pub why: String,
}

impl Engine {
    /// Settles an unknown outcome of an incident.
    pub(super) fn settled_by(
        &mut self,
        id: IncidentId,
        said: Settling,
        now: Time,
    ) -> Result<(), Refusal> {
        let Some(incident) = self.model.incident(id) else {
            return Err(Refusal::NoSuchIncident);
        };
        if incident.run.is_some() && !incident.state.is_over() {
            return Err(Refusal::AtWork);
        }
        let unknown: Vec<StoredIntent> = self.model.unknown_of(id).cloned().collect();
        let asked = unknown
            .iter()
            .filter(|intent| said.change.is_none_or(|change| change == intent.id));
        let asked: Vec<_> = asked.collect();
        let named = |changes: &[StoredIntent]| {
            let named = changes.iter();
            let named = named.map(|one| format!("{} ({})", one.id, one.intent.call.name));
            named.collect::<Vec<_>>().join(", ")
        };
        let intent = match asked.as_slice() {
            [] => {
                let other = said.change.filter(|_| !unknown.is_empty());
                let other = other.map(|change| Refusal::OtherUnknown(change, named(&unknown)));
                return Err(other.unwrap_or(Refusal::NothingUnknown));
            }
            [intent] => (*intent).clone(),
            // None was named.
            [_, ..] => return Err(Refusal::Several(named(&unknown))),
        };
        let by = said.by.clone();
        let decision = outcome::settled_by(intent.id, said.applied, by, said.why);
        self.carry_out(decision, now);
        let is_last = unknown.len() == 1;
        self.free(id, &intent, is_last, now);
        let word = match said.applied {
            true => "applied",
            false => "not applied",
        };
        let text = format!("{} was {word}, says {}", intent.intent.call.name, said.by);
        self.actions.push(Action::Note { incident: id, text });
        Ok(())
    }

    /// What the change stood in the way of goes on.
    fn free(&mut self, id: IncidentId, intent: &StoredIntent, is_last: bool, now: Time) {
        let Some(incident) = self.model.incident(id) else {
            return;
        };
        let is_clean = !incident.dirt.is_dirty();
        // After a start the last run stands for all of them.
        let last = RunId::Incident(id, incident.runs.saturating_sub(1));
        if is_last {
            for run in [intent.run, last] {
                self.unlock(run, now);
                if is_clean {
                    self.recovered(run, ReleasedFor::Human, now);
                }
            }
        }
    }
}
