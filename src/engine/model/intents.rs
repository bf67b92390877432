//! Granted changes: those of runs at work, and those of which nobody knows what became of them.

use std::collections::{BTreeMap, BTreeSet};

use crate::journal::{IncidentId, IntentId, IntentState, RunId, StoredIntent};
use crate::value::Time;

/// By number, and by run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Intents {
    granted: BTreeMap<IntentId, StoredIntent>,
    by_run: BTreeSet<(RunId, IntentId)>,
    /// Those of runs that are over: they are here until somebody knows.
    left: BTreeSet<IntentId>,
}

impl Intents {
    pub fn put(&mut self, intent: StoredIntent) {
        self.by_run.insert((intent.run, intent.id));
        self.granted.insert(intent.id, intent);
    }

    pub fn get(&self, id: IntentId) -> Option<&StoredIntent> {
        self.granted.get(&id)
    }

    pub fn is(&mut self, id: IntentId, state: IntentState) {
        let Some(intent) = self.granted.get_mut(&id) else {
            return;
        };
        intent.state = state;
        if state != IntentState::Unknown && self.left.remove(&id) {
            let run = intent.run;
            self.granted.remove(&id);
            self.by_run.remove(&(run, id));
        }
    }

    /// One of which nobody knows is sent out once more; none if it is another one.
    pub fn sent_again(&mut self, id: IntentId, at: Time) -> Option<&StoredIntent> {
        let known = self.granted.get_mut(&id);
        let again = known.filter(|intent| intent.state == IntentState::Unknown)?;
        again.repeated.push(at);
        Some(again)
    }

    /// The runs that have begun a change that has no outcome.
    pub fn begun(&self) -> impl Iterator<Item = RunId> {
        let begun = self.granted.values();
        let begun = begun.filter(|intent| intent.state.is_awaited());
        begun.map(|intent| intent.run)
    }

    /// The run is over: what is known of its changes concerns nobody any more.
    pub fn end(&mut self, run: RunId) {
        let own: Vec<IntentId> = self.of(run).map(|intent| intent.id).collect();
        for id in own {
            let state = self.granted.get(&id).map(|intent| intent.state);
            match state {
                Some(IntentState::Unknown) => {
                    self.left.insert(id);
                }
                Some(_) | None => {
                    self.granted.remove(&id);
                    self.by_run.remove(&(run, id));
                }
            }
        }
    }

    /// The changes of an incident of which nobody knows what became of them.
    pub fn unknown_of(&self, incident: IncidentId) -> impl Iterator<Item = &StoredIntent> {
        let own = self.unsettled_of(incident);
        own.filter(|intent| intent.state == IntentState::Unknown)
    }

    /// The same, and those that are under way.
    pub fn unsettled_of(&self, incident: IncidentId) -> impl Iterator<Item = &StoredIntent> {
        let first = (RunId::Incident(incident, 0), IntentId(0));
        let last = (RunId::Incident(incident, u32::MAX), IntentId(u64::MAX));
        let own = self.by_run.range(first..=last);
        let own = own.filter_map(|(_, id)| self.granted.get(id));
        own.filter(|intent| intent.state.is_unsettled())
    }

    /// The changes of a run, the newest last.
    pub fn of(&self, run: RunId) -> impl DoubleEndedIterator<Item = &StoredIntent> {
        let own = (run, IntentId(0))..=(run, IntentId(u64::MAX));
        let own = self.by_run.range(own);
        own.filter_map(|(_, id)| self.granted.get(id))
    }
}
