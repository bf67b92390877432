//! A human says what became of a change of which nobody knew.
//!
//! The outcome is recorded with who says so and why. Its targets are no longer locked, and what was
//! never applied is proven by nobody. The incident stays with the human who has it.

use smol_str::SmolStr;

use super::{Action, Engine, Refusal};
use crate::effect::Settled;
use crate::journal::{
    Error, Happened, IncidentId, IntentId, IntentState, Journal, RunId, StoredIntent, Write,
};
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
    pub fn settle(
        &mut self,
        journal: &dyn Journal,
        id: IncidentId,
        said: Settling,
        now: Time,
    ) -> Result<Result<(), Refusal>, Error> {
        let Some(incident) = self.desk.incident(journal, id)? else {
            return Ok(Err(Refusal::NoSuchIncident));
        };
        if incident.run.is_some() && !incident.state.is_over() {
            return Ok(Err(Refusal::AtWork));
        }
        let unknown = self.unknown(journal, id)?;
        let asked = unknown
            .iter()
            .filter(|intent| said.change.is_none_or(|change| change == intent.id));
        let asked: Vec<_> = asked.collect();
        let intent = match asked.as_slice() {
            [] => return Ok(Err(Refusal::NothingUnknown)),
            [intent] => (*intent).clone(),
            several => {
                let named = several.iter();
                let named = named.map(|one| format!("{} ({})", one.id, one.intent.call.name));
                let named = named.collect::<Vec<_>>().join(", ");
                return Ok(Err(Refusal::Several(named)));
            }
        };
        let (state, outcome) = match said.applied {
            true => (IntentState::Applied, Settled::Applied),
            false => (IntentState::NotApplied, Settled::NotApplied),
        };
        let change = intent.id;
        self.desk.write(Write::IntentState { id: change, state });
        let happened = Happened::SettledBy {
            call: intent.intent.call.clone(),
            outcome,
            by: said.by.clone(),
            why: said.why,
        };
        self.desk.note(journal, id, now, happened)?;
        let is_last = unknown.len() == 1;
        self.free(journal, id, &intent, said.applied, is_last)?;
        let word = match said.applied {
            true => "applied",
            false => "not applied",
        };
        let text = format!("{} was {word}, says {}", intent.intent.call.name, said.by);
        self.actions.push(Action::Note { incident: id, text });
        self.work_on(journal, now)?;
        Ok(Ok(()))
    }

    /// What the change stood in the way of goes on.
    fn free(
        &mut self,
        journal: &dyn Journal,
        id: IncidentId,
        intent: &StoredIntent,
        applied: bool,
        is_last: bool,
    ) -> Result<(), Error> {
        self.intents.retain(|_, known| *known != intent.id);
        let Some(incident) = self.desk.incident(journal, id)? else {
            return Ok(());
        };
        incident.dirt.settled(&intent.intent, applied);
        let is_clean = !incident.dirt.is_dirty();
        // After a start the last run stands for all of them.
        let last = RunId::Incident(id, incident.runs.saturating_sub(1));
        if is_last {
            for run in [intent.run, last] {
                self.unlock(journal, run)?;
                if is_clean {
                    self.recovered(journal, run)?;
                }
            }
        }
        Ok(())
    }

    /// The changes of an incident whose outcome nobody knows.
    fn unknown(&self, journal: &dyn Journal, id: IncidentId) -> Result<Vec<StoredIntent>, Error> {
        let mut unknown = journal.open_intents()?;
        // What this batch has settled is not in the journal yet.
        let settled = self.desk.settled();
        unknown.retain(|intent| {
            let of = matches!(intent.run, RunId::Incident(of, _) if of == id);
            of && intent.state == IntentState::Unknown && !settled.contains(&intent.id)
        });
        Ok(unknown)
    }
}
