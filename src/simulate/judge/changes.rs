//! Every change in the world was granted durably before, is nobody else's at the same time, and is
//! not repeated blindly.

use std::collections::{BTreeMap, BTreeSet};

use smol_str::SmolStr;

use crate::effect::Repeat;
use crate::journal::{IntentId, IntentState, RunId, StoredIntent};
use crate::program::Program;
use crate::run::Perform;
use crate::value::Identity;

/// What was granted, and what was sent into the world.
#[derive(Debug, Default)]
pub struct Changes {
    repeats: BTreeMap<SmolStr, Repeat>,
    intents: BTreeMap<IntentId, StoredIntent>,
    by_run: BTreeMap<RunId, BTreeSet<IntentId>>,
    /// What live runs are changing.
    touched: BTreeMap<Identity, BTreeSet<(RunId, IntentId)>>,
    /// Every change that was sent into the world: its key, and which try of it.
    dispatched: BTreeSet<(SmolStr, u32)>,
}

impl Changes {
    pub fn loads(&mut self, programs: &[Program]) {
        let actions = programs.iter().flat_map(|program| &program.actions);
        let repeats = actions.map(|action| (action.name.clone(), action.repeat));
        self.repeats.extend(repeats);
    }

    pub fn grants(&mut self, stored: &StoredIntent) {
        let (id, run) = (stored.id, stored.run);
        self.by_run.entry(run).or_default().insert(id);
        self.intents.insert(id, stored.clone());
        self.settles(id, stored.state);
    }

    pub fn settles(&mut self, id: IntentId, state: IntentState) {
        let Some(stored) = self.intents.get_mut(&id) else {
            return;
        };
        stored.state = state;
        for target in &stored.intent.targets {
            let touched = self.touched.entry(target.clone()).or_default();
            match state {
                IntentState::Open | IntentState::Queued => touched.insert((stored.run, id)),
                IntentState::Applied
                | IntentState::NotApplied
                | IntentState::Unknown
                | IntentState::Broke => touched.remove(&(stored.run, id)),
            };
        }
    }

    /// A run is over.
    pub fn ends(&mut self, run: RunId) {
        for id in self.by_run.remove(&run).unwrap_or_default() {
            let Some(stored) = self.intents.get(&id) else {
                continue;
            };
            for target in &stored.intent.targets {
                if let Some(touched) = self.touched.get_mut(target) {
                    touched.remove(&(run, id));
                }
            }
        }
    }

    /// A change goes out into the world: what is wrong with that.
    pub fn dispatched(&mut self, run: RunId, perform: &Perform) -> Vec<String> {
        let name = &perform.call.name;
        let mut wrong = Vec::new();
        let own = self.by_run.get(&run).into_iter().flatten().rev();
        let mut own = own.filter_map(|id| self.intents.get(id));
        let Some(stored) = own
            .find(|stored| stored.intent.key == perform.key && stored.intent.call == perform.call)
        else {
            return vec![format!(
                "{name} is begun without an intent of the same call"
            )];
        };
        if !matches!(stored.state, IntentState::Open | IntentState::Unknown) {
            wrong.push(format!("{name} is begun for an intent that is settled"));
        }
        let targets = &stored.intent.targets;
        let shared = targets.iter().find(|target| {
            let touched = self.touched.get(*target).into_iter().flatten();
            touched.into_iter().any(|(other, _)| *other != run)
        });
        if let Some(target) = shared {
            let what = target.key();
            wrong.push(format!(
                "{what} is changed by two incidents at the same time"
            ));
        }
        if targets.is_empty() {
            wrong.push(format!("{name} changes nothing that is named"));
        }
        let place = (perform.key.clone(), stored.intent.attempt);
        let is_first = self.dispatched.insert(place);
        let repeat = self.repeats.get(name.as_ref());
        if !is_first && !matches!(repeat, Some(Repeat::Safe | Repeat::Keyed)) {
            wrong.push(format!("{name} is begun twice, and may not be repeated"));
        }
        wrong
    }
}
