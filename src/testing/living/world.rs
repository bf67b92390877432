//! The state of the world, how it answers, and what a change makes of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use smol_str::SmolStr;

use super::ledger::Ledger;
use crate::effect::{Call, ChangeOutcome, Observed};
use crate::program::Program;
use crate::run::Perform;
use crate::value::{Duration, Failure, Identity, Key, Record, Shape, Target, Time, Value};

/// A thing by its namespace and name.
pub type Name = (SmolStr, SmolStr);

/// What there is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct State {
    /// Metrics by a word of their query; one that is not here has no data.
    pub metrics: BTreeMap<SmolStr, f64>,
    pub pods: BTreeMap<Name, Pod>,
    pub deployments: BTreeMap<Name, Deployment>,
    /// Deployments whose sync is paused.
    pub paused: BTreeSet<Name>,
    /// What programs that only look answer.
    pub answer: SmolStr,
}

impl State {
    /// Whether as many are asked for in both.
    pub fn asks_alike(&self, other: &State, name: &Name) -> bool {
        let asked = |state: &State| state.deployments.get(name).map(|found| found.replicas);
        asked(self) == asked(other)
    }

    /// Whether it is held in both, or in neither.
    pub fn is_held_alike(&self, other: &State, name: &Name) -> bool {
        self.paused.contains(name) == other.paused.contains(name)
    }
}

/// A pod as it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pod {
    pub ready: bool,
    pub restarts: i64,
}

/// A deployment as it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Deployment {
    pub replicas: i64,
    pub ready: i64,
}

/// How the world behaves.
#[derive(Clone, Debug, Default)]
pub struct Manner {
    /// Nothing that is done has an effect.
    pub frozen: bool,
    /// From so many milliseconds after the opening on nothing can be seen.
    pub blind: Option<(i64, Blind)>,
    /// What brings the metrics down to zero.
    pub cure: Option<Cure>,
    /// So many milliseconds pass before a change shows.
    pub lag: i64,
}

/// What is seen where nothing can be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blind {
    Fails,
    NoData,
}

/// The change that helps: the action, by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cure(pub SmolStr);

/// A state with a manner and a past.
pub struct World<'p> {
    program: &'p Program,
    pub state: State,
    manner: Manner,
    opened: Time,
    /// What will show, and when.
    due: Vec<(Time, Call)>,
    pub ledger: Ledger,
}

impl<'p> World<'p> {
    pub fn new(program: &'p Program, state: State, manner: Manner, opened: Time) -> Self {
        World {
            program,
            state,
            manner,
            opened,
            due: Vec::new(),
            ledger: Ledger::default(),
        }
    }

    /// What is seen now.
    pub fn observe(&mut self, call: &Call, now: Time) -> Observed {
        self.pass(now);
        if let Some((from, blind)) = self.manner.blind
            && now.millis() - self.opened.millis() >= from
            && &*call.name != "now"
        {
            return Observed::Failed(match blind {
                Blind::Fails => Failure::Failed("nothing answers".into()),
                Blind::NoData => Failure::no_data("nothing is there"),
            });
        }
        match self.seen(call, now) {
            Some(value) => Observed::Value(value),
            None => Observed::Failed(Failure::no_data(format!("{} has none", call.name))),
        }
    }

    fn seen(&self, call: &Call, now: Time) -> Option<Value> {
        let text = |index: usize| Some(SmolStr::from(call.args.get(index)?.value.to_plain()));
        match &*call.name {
            "now" => Some(Value::Time(now)),
            "prom.value" => {
                let query = text(0)?;
                let metrics = self.state.metrics.iter();
                let mut known = metrics.filter(|(name, _)| query.contains(name.as_str()));
                known.next().map(|(_, value)| Value::Float(*value))
            }
            "k8s.pod" => self.pod(&(text(0)?, text(1)?)),
            "k8s.pods" => {
                let space = text(0)?;
                let names = self.state.pods.keys().filter(|name| name.0 == space);
                Some(Value::list(
                    names.filter_map(|name| self.pod(name)).collect(),
                ))
            }
            "k8s.deployment" => self.deployment(&(text(0)?, text(1)?)),
            "k8s.replicas" => {
                let name = named(&call.args.first()?.value)?;
                let found = self.state.deployments.get(&name)?;
                Some(Value::Int(found.replicas))
            }
            "gitops.paused" => {
                let name = named(&call.args.first()?.value)?;
                Some(Value::Bool(self.state.paused.contains(&name)))
            }
            "exec.observe" => Some(self.answer()),
            "host.named" => {
                self.target("host.Host", vec![text(0)?], &[("role", Value::text("web"))])
            }
            _ => None,
        }
    }

    fn pod(&self, name: &Name) -> Option<Value> {
        let pod = self.state.pods.get(name)?;
        let started = Time::from_millis(self.opened.millis() - 3_600_000).ok()?;
        let fields = [
            ("ready", Value::Bool(pod.ready)),
            ("restarts", Value::Int(pod.restarts)),
            ("started", Value::Time(started)),
        ];
        self.target("k8s.Pod", vec![name.0.clone(), name.1.clone()], &fields)
    }

    fn answer(&self) -> Value {
        let fields = [
            ("code", Value::Int(0)),
            ("out", Value::text(&self.state.answer)),
            ("took", Value::Duration(Duration::ZERO)),
        ];
        Value::Record(Arc::new(Record {
            shape: Arc::new(Shape {
                name: "exec.Output".into(),
                fields: fields.iter().map(|(name, _)| (*name).into()).collect(),
            }),
            fields: fields.into_iter().map(|(_, value)| Some(value)).collect(),
        }))
    }

    fn deployment(&self, name: &Name) -> Option<Value> {
        let found = self.state.deployments.get(name)?;
        let fields = [
            ("replicas", Value::Int(found.replicas)),
            ("ready", Value::Int(found.ready)),
            ("revision", Value::Int(1)),
        ];
        self.target(
            "k8s.Deployment",
            vec![name.0.clone(), name.1.clone()],
            &fields,
        )
    }

    fn target(&self, kind: &str, keys: Vec<SmolStr>, fields: &[(&str, Value)]) -> Option<Value> {
        let declared = self
            .program
            .targets
            .iter()
            .find(|found| found.name == kind)?;
        let steps = declared.path.iter().cloned().zip(keys);
        let identity = Identity(steps.map(|(kind, key)| Key { kind, key }).collect());
        let known = |field: &SmolStr| {
            let mut all = fields.iter();
            all.find(|(name, _)| name == field)
                .map(|(_, value)| value.clone())
        };
        let values = declared
            .fields
            .iter()
            .enumerate()
            .map(|(index, field)| match index {
                0 => Some(Value::text(identity.key())),
                _ => known(field),
            });
        let snapshot = Record {
            fields: values.collect(),
            shape: Arc::new(Shape {
                name: kind.into(),
                fields: declared.fields.clone().into_boxed_slice(),
            }),
        };
        Some(Value::Target(Arc::new(Target {
            identity,
            uid: None,
            snapshot,
        })))
    }

    /// A change is made. It shows later, or never.
    pub fn perform(&mut self, perform: &Perform, now: Time) -> ChangeOutcome {
        self.pass(now);
        let effect = !self.manner.frozen;
        let before = self.state.clone();
        self.ledger.add(perform, now, &before);
        if effect {
            let at = now.millis().saturating_add(self.manner.lag);
            let at = Time::from_millis(at).unwrap_or(now);
            self.due.push((at, perform.call.clone()));
            self.pass(now);
        }
        ChangeOutcome::Applied(Value::None)
    }

    /// What was done shows when its time has come.
    pub fn pass(&mut self, now: Time) {
        let due = std::mem::take(&mut self.due);
        for (at, call) in due {
            match at <= now {
                true => self.show(&call),
                false => self.due.push((at, call)),
            }
        }
    }

    /// Everything that was done shows.
    pub fn settle(&mut self) {
        for (_, call) in std::mem::take(&mut self.due) {
            self.show(&call);
        }
    }

    fn show(&mut self, call: &Call) {
        let target = call.args.first().and_then(|arg| named(&arg.value));
        let Some(name) = target else { return };
        match &*call.name {
            "k8s.restart" => {
                if let Some(pod) = self.state.pods.get_mut(&name) {
                    pod.ready = true;
                    pod.restarts += 1;
                }
            }
            "k8s.rollout_restart" => {
                if let Some(found) = self.state.deployments.get_mut(&name) {
                    found.ready = found.replicas;
                }
            }
            "k8s.scale" => {
                let to = call.args.get(1).map(|arg| &arg.value);
                if let (Some(found), Some(Value::Int(to))) =
                    (self.state.deployments.get_mut(&name), to)
                {
                    found.replicas = *to;
                    found.ready = *to;
                }
            }
            "gitops.pause" => {
                self.state.paused.insert(name);
            }
            "gitops.resume" => {
                self.state.paused.remove(&name);
            }
            _ => {}
        }
        if self
            .manner
            .cure
            .as_ref()
            .is_some_and(|cure| *cure.0 == *call.name)
        {
            self.state
                .metrics
                .values_mut()
                .for_each(|value| *value = 0.0);
        }
    }
}

/// Namespace and name of a target in a namespace.
fn named(value: &Value) -> Option<Name> {
    match value {
        Value::Target(target) => name_of(&target.identity),
        _ => None,
    }
}

/// Namespace and name, if it lies right in a namespace.
pub fn name_of(identity: &Identity) -> Option<Name> {
    match identity.0.as_slice() {
        [outer, inner] => Some((outer.key.clone(), inner.key.clone())),
        _ => None,
    }
}
