//! What was done to the world, as the world saw it.

use smol_str::SmolStr;

use crate::run::{IntentKind, Perform};
use crate::value::{Identity, Time, Value};

use super::State;
use super::world::name_of;

/// One change that reached the world.
#[derive(Clone, Debug)]
pub struct Entry {
    pub at: Time,
    pub kind: IntentKind,
    pub name: SmolStr,
    /// The arguments as people read them.
    pub args: Vec<String>,
    /// The targets among the arguments.
    pub targets: Vec<Identity>,
    /// The same for each try of the same change.
    key: SmolStr,
    /// The world right before its first try.
    pub before: State,
}

impl Entry {
    /// Whether what it set is in this state as it was before. A restart sets nothing, so it is
    /// never back.
    pub fn is_back(&self, state: &State) -> bool {
        let mut names = self.targets.iter().filter_map(name_of);
        match self.name.as_str() {
            "k8s.scale" => names.all(|name| self.before.asks_alike(state, &name)),
            "gitops.pause" => names.all(|name| self.before.is_held_alike(state, &name)),
            _ => false,
        }
    }
}

/// All changes, oldest first.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    pub entries: Vec<Entry>,
}

impl Ledger {
    /// Writes a change down.
    pub fn add(&mut self, perform: &Perform, at: Time, before: &State) {
        let Perform {
            call, kind, key, ..
        } = perform;
        let tried = self.entries.iter().find(|entry| entry.key == *key);
        let before = tried.map_or(before, |entry| &entry.before).clone();
        let targets = call.args.iter().filter_map(|arg| match &arg.value {
            Value::Target(target) => Some(target.identity.clone()),
            _ => None,
        });
        self.entries.push(Entry {
            at,
            kind: *kind,
            name: call.name.as_ref().into(),
            args: call.args.iter().map(|arg| arg.value.to_string()).collect(),
            targets: targets.collect(),
            key: key.clone(),
            before,
        });
    }
}
