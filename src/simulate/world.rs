//! The world around an engine: what is seen in it, and what a change does to it.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::effect::{Call, ChangeOutcome, Observed, Settled};
use crate::engine::Plain;
use crate::run::words::Print;
use crate::value::{Duration, Failure, Identity, Key, Record, Shape, Target, Time, Value};

/// Calls of a name, or those of them whose words hold a text: `prom.value[lag]`.
#[derive(Clone, Debug)]
pub struct Pattern {
    name: String,
    part: String,
}

/// What is seen: a word for it, and another one once something was done.
#[derive(Clone, Debug)]
pub struct Answer {
    of: Pattern,
    first: String,
    then: Option<(Pattern, String)>,
    /// Something of that was done since the answer was given.
    is_done: bool,
    /// To which targets, by their keys.
    done_to: BTreeSet<String>,
}

/// What stands where the name of one stands, for a change of the very thing that is looked at:
/// `after exec.apply[same]`.
const SAME: &str = "same";

/// What becomes of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Works,
    /// It is tried again.
    Fails,
    /// For good.
    Refuses,
    /// It takes so long.
    Slow(Duration),
    /// It takes so long until nobody waits any longer.
    Hangs(Duration),
    /// It asks not to be tried for so long.
    Busy(Duration),
}

/// What comes of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Does {
    Applied,
    /// It takes effect, after a minute.
    Slow,
    NotApplied,
    /// It takes effect, and says that it failed.
    Breaks,
    /// It takes effect, and nobody hears of it.
    Unknown,
    /// It takes no effect, and nobody hears of it before its deadline.
    Hangs,
}

/// Everything outside.
#[derive(Clone, Debug, Default)]
pub struct World {
    answers: Vec<Answer>,
    does: Vec<(Pattern, Does)>,
}

impl Pattern {
    /// `exec.apply`, `exec.apply[web-1]`
    pub fn read(word: &str) -> Pattern {
        let (name, part) = word.split_once('[').unwrap_or((word, ""));
        Pattern {
            name: name.to_owned(),
            part: part.trim_end_matches(']').to_owned(),
        }
    }

    fn fits(&self, name: &str, words: &str) -> bool {
        name == self.name && words.contains(&self.part)
    }
}

impl Answer {
    pub fn new(of: Pattern, first: String, then: Option<(Pattern, String)>) -> Answer {
        Answer {
            of,
            first,
            then,
            is_done: false,
            done_to: BTreeSet::new(),
        }
    }
}

impl Answer {
    /// Whether what a query names by its first label was changed.
    fn is_done_to(&self, words: &str) -> bool {
        let named = words.split("\\\"").nth(1);
        named.is_some_and(|named| self.done_to.contains(named))
    }
}

/// The key of what a call changes.
fn target(call: &Call) -> Option<String> {
    match &call.args.first()?.value {
        Value::Target(target) => Some(target.identity.key().to_owned()),
        _ => None,
    }
}

impl Does {
    pub fn read(word: &str) -> Option<Does> {
        Some(match word {
            "applied" => Does::Applied,
            "slow" => Does::Slow,
            "not_applied" => Does::NotApplied,
            "breaks" => Does::Breaks,
            "unknown" => Does::Unknown,
            "hangs" => Does::Hangs,
            _ => return None,
        })
    }

    /// What whoever does it hears.
    pub fn outcome(self) -> ChangeOutcome {
        match self {
            Does::Applied | Does::Slow => ChangeOutcome::Applied(Value::None),
            Does::NotApplied => ChangeOutcome::NotApplied("it was refused".to_owned()),
            Does::Breaks => ChangeOutcome::Broke("exit code 1".to_owned()),
            Does::Unknown | Does::Hangs => ChangeOutcome::Unknown,
        }
    }
}

impl World {
    /// From now on this is seen.
    pub fn answers(&mut self, answer: Answer) {
        self.answers.push(answer);
    }

    /// From now on this comes of such changes.
    pub fn does(&mut self, of: Pattern, does: Does) {
        self.does.push((of, does));
    }

    /// What will come of a change.
    pub fn what(&self, call: &Call, now: Time) -> Does {
        let words = Plain.call(call, now);
        let fitting = self
            .does
            .iter()
            .rfind(|(of, _)| of.fits(&call.name, &words));
        fitting.map_or(Does::Applied, |(_, does)| *does)
    }

    /// A change takes effect.
    pub fn happens(&mut self, call: &Call, now: Time) {
        let words = Plain.call(call, now);
        for answer in &mut self.answers {
            let Some((of, _)) = &answer.then else {
                continue;
            };
            match (of.part == SAME && of.name == *call.name, target(call)) {
                (true, Some(target)) => {
                    answer.done_to.insert(target);
                }
                (true, None) => {}
                (false, _) => answer.is_done |= of.fits(&call.name, &words),
            }
        }
    }

    /// What is seen now; the last line that fits counts.
    pub fn observe(&self, call: &Call, now: Time) -> Observed {
        let words = Plain.call(call, now);
        let Some(answer) = self
            .answers
            .iter()
            .rfind(|answer| answer.of.fits(&call.name, &words))
        else {
            return Observed::Failed(Failure::Failed("nobody answers".into()));
        };
        let word = match &answer.then {
            Some((_, then)) if answer.is_done || answer.is_done_to(&words) => then,
            Some(_) | None => &answer.first,
        };
        value(word, call)
    }

    /// What a probe says of a change.
    pub fn settle(&self, call: &Call, now: Time) -> Settled {
        match self.observe(call, now) {
            Observed::Value(Value::Bool(true)) => Settled::Applied,
            Observed::Value(Value::Bool(false)) => Settled::NotApplied,
            _ => Settled::Nothing,
        }
    }
}

/// A number, `true`, `false`, `fails`, `host`: the one that the call names; or `pods:a,b/c`: pods of the namespace that
/// it names, those behind a stroke not ready, each of the deployment before its hyphen.
fn value(word: &str, call: &Call) -> Observed {
    Observed::Value(match word {
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        "host" => {
            let name = call.args.first().map(|argument| argument.value.to_plain());
            host(&name.unwrap_or_default())
        }
        "pod" => {
            let named = call.args.iter().map(|argument| argument.value.to_plain());
            let named: Vec<String> = named.collect();
            match named.as_slice() {
                [namespace, name, ..] => pod(namespace, name, true),
                _ => return Observed::Failed(Failure::Failed("it names no pod".into())),
            }
        }
        list if list.starts_with("pods:") => pods(list.trim_start_matches("pods:"), call),
        number => match number.parse() {
            Ok(number) => Value::Float(number),
            Err(_) => return Observed::Failed(Failure::Failed("it cannot be asked".into())),
        },
    })
}

fn pods(list: &str, call: &Call) -> Value {
    let namespace = call.args.first().map(|argument| argument.value.to_plain());
    let namespace = namespace.unwrap_or_default();
    let (ready, other) = list.split_once('/').unwrap_or((list, ""));
    let of = |names: &str, ready: bool| -> Vec<Value> {
        let names = names.split(',').filter(|name| !name.is_empty());
        names.map(|name| pod(&namespace, name, ready)).collect()
    };
    Value::list([of(ready, true), of(other, false)].concat())
}

fn pod(namespace: &str, name: &str, ready: bool) -> Value {
    let key = |kind: &str, key: &str| Key {
        kind: kind.into(),
        key: key.into(),
    };
    let shape = Shape {
        name: "k8s.Pod".into(),
        fields: ["name", "ready", "deployment"].map(Into::into).into(),
    };
    let place =
        |kind: &str, name: &str| Identity(vec![key("k8s.Namespace", namespace), key(kind, name)]);
    let target = |identity: Identity, snapshot: Record| {
        let uid = None;
        Value::Target(Arc::new(Target {
            identity,
            uid,
            snapshot,
        }))
    };
    let deployment = name.split_once('-').map(|(of, _)| {
        let shape = Shape {
            name: "k8s.Deployment".into(),
            fields: Box::default(),
        };
        let nothing = Record {
            shape: Arc::new(shape),
            fields: Vec::new(),
        };
        target(place("k8s.Deployment", of), nothing)
    });
    let snapshot = Record {
        shape: Arc::new(shape),
        fields: vec![
            Some(Value::text(name)),
            Some(Value::Bool(ready)),
            deployment,
        ],
    };
    target(place("k8s.Pod", name), snapshot)
}

fn host(name: &str) -> Value {
    let key = Key {
        kind: "host.Host".into(),
        key: name.into(),
    };
    let shape = Shape {
        name: key.kind.clone(),
        fields: ["name", "role", "started"].map(Into::into).into(),
    };
    let snapshot = Record {
        shape: Arc::new(shape),
        fields: vec![Some(Value::text(name)), Some(Value::text("web")), None],
    };
    Value::Target(Arc::new(Target {
        identity: Identity(vec![key]),
        uid: None,
        snapshot,
    }))
}
