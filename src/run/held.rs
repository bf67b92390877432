//! What is held: by an action that has an inverse, until the inverse is done on the same place.
//!
//! It is kept with the incident, so that a run that follows knows what an earlier one holds. No run
//! ends well while something is held, but with a debt; a human who takes over is told of it.

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::{Context, Event, Run, call};
use crate::effect::{Argument, Call, End, Reason};
use crate::program::Step;
use crate::rule::Rule;
use crate::value::Value;

/// A change that holds something.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Holds {
    key: SmolStr,
    call: Call,
    /// The action that gives it back.
    by: SmolStr,
}

impl Holds {
    /// Whether the change with this key began it.
    pub(super) fn is_of(&self, key: &str) -> bool {
        self.key == key
    }

    fn is_given_back_by(&self, call: &Call) -> bool {
        let held = |given: &Argument| self.call.args.iter().find(|held| held.name == given.name);
        *self.by == *call.name
            && call
                .args
                .iter()
                .all(|given| held(given).is_some_and(|held| is_same(&held.value, &given.value)))
    }
}

impl Run {
    /// A change took effect, or may have: what it holds from now on.
    pub(super) fn now_holds(&mut self, step: Option<&Step>, key: &SmolStr, call: &Call) {
        let by = step.and_then(|step| step.given_back_by.clone());
        if let Some(by) = by.filter(|_| Rule::HeldIsGivenBack.holds()) {
            self.dirt.held.push(Holds {
                key: key.clone(),
                call: call.clone(),
                by,
            });
        }
    }

    /// A change took effect: what it gives back, whoever held it.
    pub(super) fn give_back(&mut self, call: &Call) {
        self.dirt.held.retain(|held| !held.is_given_back_by(call));
    }

    /// The change that held it is no more.
    pub(super) fn holds_no_more(&mut self, key: &str) {
        self.dirt.held.retain(|held| held.key != key);
    }

    /// A debt takes over what is held.
    pub(super) fn owe_what_is_held(&mut self) {
        self.dirt.held.clear();
    }

    /// The end of a run that would end well, if something is still held.
    pub(super) fn held_on(&self) -> Option<End> {
        (!self.dirt.held.is_empty()).then(|| self.handed(Reason::HeldOn))
    }

    /// Recorded, and told to whoever takes over.
    pub(super) fn say_what_is_held(&mut self, context: &mut Context<'_>) {
        if self.dirt.held.is_empty() {
            return;
        }
        let calls: Vec<Call> = self
            .dirt
            .held
            .iter()
            .map(|held| held.call.clone())
            .collect();
        self.tell_held(context, &self.dirt.held.clone());
        context.record(Event::HoldsOn { calls });
    }
}

impl std::fmt::Display for Holds {
    /// `gitops.pause of k8s.Deployment shop/web, until gitops.resume`
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let target = |argument: &Argument| match &argument.value {
            Value::Target(target) => Some(call::printed(&target.identity)),
            _ => None,
        };
        let targets: Vec<String> = self.call.args.iter().filter_map(target).collect();
        let (name, by) = (&self.call.name, &self.by);
        write!(formatter, "{name} of {}, until {by}", targets.join(", "))
    }
}

/// A target is the same by its identity: what is known of it may have changed.
fn is_same(held: &Value, given: &Value) -> bool {
    match (held, given) {
        (Value::Target(held), Value::Target(given)) => held.identity == given.identity,
        (held, given) => held == given,
    }
}
