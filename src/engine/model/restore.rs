//! What a load could not read, and the facts tell.

use super::Model;
use crate::effect::Reason;
use crate::journal::{IncidentId, IntentId, RunId, Scope, StoredIntent, StoredWait, Storm};

impl Model {
    /// A change; whether a run still works on it.
    pub(in crate::engine) fn restore_intent(&mut self, intent: StoredIntent, is_live: bool) {
        let run = intent.run;
        for at in intent.done() {
            self.changed.add_all(&intent, at);
        }
        self.newest.intent = self.newest.intent.max(intent.id.0);
        self.intents.put(intent);
        if !is_live && self.begun_of(run).next().is_none() {
            self.intents.end(run);
        }
    }

    pub(in crate::engine) fn restore_wait(&mut self, wait: StoredWait) {
        self.waits.insert(wait.run, wait);
    }

    pub(in crate::engine) fn restore_storm(&mut self, scope: Scope, storm: Storm) {
        self.storms.insert(scope, storm);
    }

    /// How a run waits, or has waited.
    pub fn waiting_of(&self, run: RunId) -> Option<&StoredWait> {
        self.waits.get(&run)
    }

    /// The changes of an incident that may take effect, or have: begun without an outcome, or with one that
    /// nobody knows.
    pub fn unsettled_of(&self, incident: IncidentId) -> impl Iterator<Item = &StoredIntent> {
        self.intents.unsettled_of(incident)
    }

    /// The changes of a run that are at hand.
    pub fn intents_of(&self, run: RunId) -> impl Iterator<Item = &StoredIntent> {
        self.intents.of(run)
    }

    /// The changes of a run that have begun, and have no outcome.
    pub fn begun_of(&self, run: RunId) -> impl Iterator<Item = IntentId> {
        let begun = self.intents.of(run);
        let begun = begun.filter(|intent| intent.state.is_awaited());
        begun.map(|intent| intent.id)
    }

    /// Why a human has an incident, of which something cannot be read.
    pub fn reason_of_damage(&self, incident: IncidentId) -> Reason {
        match self.unsettled_of(incident).next() {
            Some(_) => Reason::Unknown,
            None => Reason::Limit,
        }
    }
}
