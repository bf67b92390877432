//! Observations: made together, tried again as declared, refused when they find what is not owned.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::frame::{Frame, Signal, Turn};
use super::{Action, Context, Input, Observe, Run, asked, moment, own};
use crate::effect::{Argument, Call, Observed};
use crate::program::{LookupArgument, Observable, Program, TargetType};
use crate::value::{Duration, Failure, Identity, Record, Shape, Target, Time, Value};
use crate::vm::{Observation, ObservedValue, Reply};

/// The prelude's clock; the run knows the answer.
const NOW: &str = "now";

/// A group of observations that are waited for together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Observing {
    items: Vec<Item>,
    /// When the look that it is part of is over.
    until: Option<Time>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Item {
    observation: Observation,
    /// The open request or timer.
    id: u64,
    /// Tries so far.
    tries: u32,
    result: Option<ObservedValue>,
}

impl Observing {
    pub fn new(observations: Vec<Observation>, until: Option<Time>) -> Observing {
        let item = |observation| Item {
            observation,
            id: 0,
            tries: 0,
            result: None,
        };
        Observing {
            items: observations.into_iter().map(item).collect(),
            until,
        }
    }

    /// It was left alone for so long.
    pub fn put_off(&mut self, missed: Duration) {
        self.until = self.until.map(|until| moment::after(until, missed));
    }

    /// When the look that it is part of is over.
    pub fn until(&self) -> Option<Time> {
        self.until
    }

    pub fn awaits(&self, id: u64) -> bool {
        self.items
            .iter()
            .any(|item| item.id == id && item.result.is_none())
    }

    /// What it waits or has waited for.
    pub fn ids_mut(&mut self) -> impl Iterator<Item = &mut u64> {
        self.items.iter_mut().map(|item| &mut item.id)
    }
}

/// The lookup of a target that is known by its name alone and has to belong to the product.
pub fn owned_lookup(program: &Program, value: &Value) -> Option<Observation> {
    let found = lookup(program, value)?;
    Some(Observation {
        must_own: true,
        ..found
    })
}

/// Whether nothing but the name of a target is known.
pub fn is_named_only(value: &Value) -> bool {
    match value {
        Value::Target(target) => target.snapshot.shape.fields.is_empty(),
        _ => false,
    }
}

impl Run {
    /// The target's own lookup, with arguments out of its identity.
    pub(super) fn refresh(
        &mut self,
        context: &Context<'_>,
        value: &Value,
        until: Option<Time>,
    ) -> Result<Frame, Reply> {
        match lookup(context.program, value) {
            Some(observation) => Ok(Frame::Observing(Observing::new(vec![observation], until))),
            None => {
                let what = format!("{value} cannot be looked up again");
                let failure = Failure::Failed(what.into());
                Err(Reply::Observed(vec![ObservedValue::Failed(failure)]))
            }
        }
    }

    pub(super) fn observing(
        &mut self,
        context: &mut Context<'_>,
        mut observing: Observing,
        signal: Signal,
    ) -> Turn {
        let until = observing.until;
        match signal {
            Signal::Enter => {
                for item in &mut observing.items {
                    self.ask(context, item, until);
                }
            }
            Signal::Input(Input::Observed { id, outcome }) => {
                if let Some(item) = observing.items.iter_mut().find(|item| item.id == id) {
                    self.answered(context, item, outcome, until);
                }
            }
            Signal::Input(Input::Timer { id }) => {
                if let Some(item) = observing.items.iter_mut().find(|item| item.id == id) {
                    self.ask(context, item, until);
                }
            }
            Signal::Input(_) | Signal::Reply(_) => {}
        }
        if observing.items.iter().any(|item| item.result.is_none()) {
            return Turn::Wait(Frame::Observing(observing));
        }
        let results = observing.items.into_iter().filter_map(|item| item.result);
        Turn::reply(Reply::Observed(results.collect()))
    }

    /// Makes the observation, or answers it on the spot.
    fn ask(&mut self, context: &mut Context<'_>, item: &mut Item, until: Option<Time>) {
        let Some(observable) = context.program.observables.get(item.observation.of.index()) else {
            let failure = Failure::Failed("it is not declared".into());
            item.result = Some(ObservedValue::Failed(failure));
            return;
        };
        if observable.name == NOW && observable.function.is_none() {
            item.result = Some(ObservedValue::Value(Value::Time(context.now)));
            return;
        }
        if let Err(failure) = asked::asked(context.program, &item.observation) {
            item.result = Some(ObservedValue::Failed(failure));
            return;
        }
        let evaluable = observable.function.is_some();
        if evaluable && !self.input.offer {
            item.result = Some(ObservedValue::Evaluate);
            return;
        }
        // What is made of code asks in its own time.
        let until = until.filter(|_| !evaluable);
        if until.is_some_and(|until| until <= context.now) {
            item.result = Some(ObservedValue::Failed(unanswered()));
            return;
        }
        item.tries += 1;
        item.id = self.fresh_id();
        let deadline = moment::after(context.now, observable.deadline);
        context.actions.push(Action::Observe(Observe {
            id: item.id,
            call: call(observable, &item.observation),
            deadline: until.map_or(deadline, |until| deadline.min(until)),
            newer_than: self.dirt.newest,
            evaluable,
        }));
    }

    fn answered(
        &mut self,
        context: &mut Context<'_>,
        item: &mut Item,
        outcome: Observed,
        until: Option<Time>,
    ) {
        let in_time = |every| until.is_none_or(|until| moment::after(context.now, every) < until);
        let result = match outcome {
            Observed::Value(value) => match refused(context.program, &item.observation, &value) {
                Some(failure) => ObservedValue::Failed(failure),
                None => ObservedValue::Value(value),
            },
            Observed::Failed(failure) => match item.observation.retry {
                Some((times, every)) if item.tries <= times && in_time(every) => {
                    item.id = self.wait(context, every);
                    return;
                }
                Some(_) | None => ObservedValue::Failed(failure),
            },
            Observed::Evaluate => ObservedValue::Evaluate,
        };
        item.result = Some(result);
    }
}

/// What was not read before its look was over.
fn unanswered() -> Failure {
    Failure::Failed("the look was over before it was asked".into())
}

/// Why what was found is not taken: it is not what was asked for, or it had no right to be found.
fn refused(program: &Program, observation: &Observation, value: &Value) -> Option<Failure> {
    let foreign = || {
        let foreign = own::foreign(program, value).filter(|_| observation.must_own)?;
        Some(Failure::NotOwned(Value::Target(foreign).to_string().into()))
    };
    asked::other(program, observation, value)
        .or_else(|| asked::never_seen(program, observation, value))
        .or_else(foreign)
}

fn call(observable: &Observable, observation: &Observation) -> Call {
    let named = observable.params.iter().zip(&observation.args);
    let named = named.chain(observation.equals.iter().map(|(name, value)| (name, value)));
    let argument = |(name, value): (&smol_str::SmolStr, &Value)| Argument {
        name: Arc::from(name.as_str()),
        value: value.clone(),
    };
    Call {
        name: Arc::from(observable.name.as_str()),
        args: named.map(argument).collect(),
    }
}

/// The observation that finds a target again.
fn lookup(program: &Program, value: &Value) -> Option<Observation> {
    let Value::Target(target) = value else {
        return None;
    };
    let kind = |kind: &str| program.targets.iter().find(|target| target.name == kind);
    let lookup = kind(target.identity.kind())?.lookup.as_ref()?;
    let key = |step: u16| target.identity.0.get(usize::from(step));
    let argument = |argument: &LookupArgument| match argument {
        LookupArgument::Text(step) => Some(Value::text(&key(*step)?.key)),
        LookupArgument::Int(step) => key(*step)?.key.parse().ok().map(Value::Int),
        LookupArgument::Parent(step) => {
            let path = target.identity.0.get(..=usize::from(*step))?;
            Some(bare(Identity(path.to_vec()), kind(&key(*step)?.kind)))
        }
    };
    Some(Observation {
        of: lookup.observable,
        args: lookup
            .arguments
            .iter()
            .map(argument)
            .collect::<Option<_>>()?,
        equals: Vec::new(),
        must_own: false,
        retry: None,
    })
}

/// A target of which nothing but the identity is known.
fn bare(identity: Identity, kind: Option<&TargetType>) -> Value {
    let fields: Box<[_]> = kind
        .map(|kind| kind.fields.clone())
        .unwrap_or_default()
        .into();
    let mut slots = vec![None; fields.len()];
    if let Some(key) = slots.first_mut() {
        let form = kind.map(|kind| kind.key).unwrap_or_default();
        *key = Some(form.value(identity.key()));
    }
    let shape = Shape {
        name: identity.kind().into(),
        fields,
    };
    let snapshot = Record {
        shape: Arc::new(shape),
        fields: slots,
    };
    Value::Target(Arc::new(Target {
        identity,
        uid: None,
        snapshot,
    }))
}
