//! Connectors driven by plain data, for tests against servers and programs that misbehave.

pub mod people;

use std::path::PathBuf;
use std::sync::Arc;

use crate::connect::{
    ALL, Client, ExecOptions, Granted, Inventory, Machine, OperationKind, Parts, PromOptions,
    Provider, SecretText, Secrets, SpeaksTo,
};
use crate::effect::{Argument, Call, ChangeOutcome, Observed};
use crate::value::{
    Duration, Failure, Identity, Key, Map, Query, Record, Shape, Tag, Target, Text, Time, Value,
};

/// What the connectors of a test know.
#[derive(Clone, Debug, Default)]
pub struct Setup {
    /// The address of the Prometheus, and what it is spoken to with.
    pub prom: String,
    /// Sent to the Prometheus.
    pub bearer: Option<String>,
    /// The file that says where the cluster is.
    pub kubeconfig: Option<PathBuf>,
    /// Commands that it may start.
    pub exec: Vec<String>,
    /// Names and texts.
    pub secrets: Vec<(String, String)>,
    /// Names, addresses and roles.
    pub hosts: Vec<(String, String, String)>,
    /// The one that the test runs on.
    pub here: String,
    /// Names and paths.
    pub programs: Vec<(String, PathBuf)>,
}

/// A call as it is asked.
#[derive(Clone, Debug)]
pub struct Ask {
    /// `prom.value`
    pub call: String,
    /// In the order of the parameters.
    pub args: Vec<(&'static str, Arg)>,
    /// Milliseconds since 1970.
    pub now: i64,
    /// How many milliseconds it may take.
    pub patience: i64,
    /// Milliseconds since 1970: what is older does not count.
    pub newer_than: Option<i64>,
    /// The idempotency key of a change.
    pub key: String,
}

/// An argument.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "each is named by its type in the language")]
pub enum Arg {
    None,
    Text(String),
    Texts(Vec<String>),
    Url(String),
    Promql(String),
    Int(i64),
    Duration(i64),
    Time(i64),
    Secret(String),
    Host(String),
    Found(Found),
    Pod(&'static str, &'static str),
    Deployment(&'static str, &'static str),
    Revision(&'static str, &'static str),
    Map(Vec<(&'static str, Arg)>),
}

/// A value that was observed, to be given to a change.
#[derive(Clone, Debug)]
pub struct Found(Value);

/// What came of it.
#[derive(Clone, Debug, PartialEq)]
pub enum Came {
    /// A value of an observation, as it prints, and the fields if it is a record or a target.
    Value(String, Vec<(String, Option<String>)>),
    /// Nothing there.
    NoData(String),
    /// It could not be observed.
    Failed(String),
    /// A change took effect.
    Applied,
    /// A change had certainly no effect.
    NotApplied(String),
    /// Nobody knows.
    Unknown,
    /// A change failed after it had begun.
    Broke(String),
}

/// The connectors of a setup.
pub struct Connectors(Vec<Arc<dyn Provider>>);

/// An operation that some connector offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation {
    /// `prom`
    pub module: &'static str,
    /// `prom.value`
    pub name: &'static str,
    /// Whether it changes something.
    pub changes: bool,
    /// The agent itself answers, and no connector is asked.
    pub own: bool,
}

/// Everything that connectors offer.
pub fn operations() -> Vec<Operation> {
    let rows = ALL.iter().flat_map(|connector| {
        let rows = connector.operations.iter();
        rows.map(|row| Operation {
            module: connector.module,
            name: row.name,
            changes: row.kind == OperationKind::Action,
            own: connector.speaks_to == SpeaksTo::Agent,
        })
    });
    rows.collect()
}

impl Found {
    /// The things of a list.
    pub fn items(&self) -> Vec<Found> {
        match &self.0 {
            Value::List(items) => items.iter().cloned().map(Found).collect(),
            _ => Vec::new(),
        }
    }

    /// A field of a thing.
    pub fn field(&self, name: &str) -> Option<Found> {
        match &self.0 {
            Value::Target(target) => target.field(name).cloned().map(Found),
            _ => None,
        }
    }

    /// As it prints.
    pub fn plain(&self) -> String {
        self.0.to_plain()
    }

    /// The mark by which a thing is told from its successor.
    pub fn uid(&self) -> Option<String> {
        match &self.0 {
            Value::Target(target) => target.uid.as_ref().map(ToString::to_string),
            _ => None,
        }
    }
}

impl Connectors {
    /// All of them; fails as the settings of an agent would.
    pub fn new(setup: &Setup) -> Result<Connectors, String> {
        let client = Client::new()?;
        let secrets = setup.secrets.iter();
        let secrets = secrets.map(|(name, text)| {
            SecretText::new(text.as_str()).map(|text| (name.as_str().into(), text))
        });
        let secrets = secrets.collect::<Result<Vec<_>, String>>()?;
        let secrets = Arc::new(Secrets::new(secrets));
        let machines = setup.hosts.iter().map(|(name, address, role)| {
            let machine = Machine {
                address: address.clone(),
                role: role.clone(),
                here: *name == setup.here,
            };
            (name.as_str().into(), machine)
        });
        let inventory = Arc::new(Inventory::new(machines));
        let options = PromOptions {
            base: match setup.prom.is_empty() {
                true => "http://127.0.0.1:1".into(),
                false => setup.prom.clone(),
            },
            bearer: setup.bearer.as_deref().map(SecretText::new).transpose()?,
        };
        let programs = ExecOptions {
            programs: setup.programs.iter().cloned().collect(),
        };
        let parts = Parts {
            client,
            secrets,
            inventory,
            programs,
            prometheus: Some(options),
            #[cfg(feature = "kubernetes")]
            kubernetes: setup
                .kubeconfig
                .clone()
                .map(|path| crate::settings::Account::Kubeconfig {
                    path,
                    context: None,
                    exec: setup.exec.iter().cloned().collect(),
                }),
        };
        let made = ALL.iter().map(|connector| (connector.make)(&parts));
        let made = made.collect::<Result<Vec<_>, String>>()?;
        Ok(Connectors(made.into_iter().flatten().collect()))
    }

    /// Why a change would not be made, as a dry run asks it.
    pub fn refuses(&self, ask: Ask) -> Option<String> {
        self.provider(&ask).refuses(&granted(ask.clone()).call)
    }

    /// Looks.
    pub async fn observe(&self, ask: Ask) -> Came {
        let ask = Ask {
            key: String::new(),
            ..ask
        };
        match self.provider(&ask).observe(granted(ask)).await {
            Observed::Value(value) => came(&value),
            Observed::Failed(Failure::NoData(what)) => Came::NoData(what.as_str().into()),
            Observed::Failed(failure) => Came::Failed(failure.to_string()),
            Observed::Evaluate => Came::Failed("nobody answers".into()),
        }
    }

    /// Looks for a value that is given to a change afterwards.
    pub async fn find(&self, ask: Ask) -> Result<Found, Came> {
        match self.provider(&ask).observe(granted(ask)).await {
            Observed::Value(value) => Ok(Found(value)),
            Observed::Failed(Failure::NoData(what)) => Err(Came::NoData(what.as_str().into())),
            Observed::Failed(failure) => Err(Came::Failed(failure.to_string())),
            Observed::Evaluate => Err(Came::Failed("nobody answers".into())),
        }
    }

    /// Changes something, once nothing is left of earlier starts of it.
    pub async fn perform(&self, ask: Ask) -> Came {
        if let Err(why) = self.provider(&ask).clears(&ask.key).await {
            return Came::NotApplied(why);
        }
        match self.provider(&ask).perform(granted(ask)).await {
            ChangeOutcome::Applied(_) => Came::Applied,
            ChangeOutcome::NotApplied(why) | ChangeOutcome::NotBegun(why) => Came::NotApplied(why),
            ChangeOutcome::Unknown => Came::Unknown,
            ChangeOutcome::Broke(why) => Came::Broke(why),
        }
    }

    fn provider(&self, ask: &Ask) -> &dyn Provider {
        let module = ask.call.split('.').next().unwrap_or_default();
        let found = self.0.iter().find(|provider| provider.module() == module);
        found
            .expect("the test asks a connector that there is")
            .as_ref()
    }
}

fn granted(ask: Ask) -> Granted {
    let time = |millis| Time::from_millis(millis).expect("the test names a time that there is");
    let args = ask.args.into_iter().map(|(name, arg)| Argument {
        name: name.into(),
        value: value(arg),
    });
    Granted {
        call: Call {
            name: ask.call.into(),
            args: args.collect(),
        },
        now: time(ask.now),
        deadline: time(ask.now + ask.patience),
        newer_than: ask.newer_than.map(time),
        key: ask.key,
    }
}

fn value(arg: Arg) -> Value {
    let query = |tag, text: String| {
        let text = text.into();
        Value::Query(Arc::new(Query { tag, text }))
    };
    match arg {
        Arg::None => Value::None,
        Arg::Text(text) => Value::text(text),
        Arg::Texts(texts) => Value::list(texts.into_iter().map(Value::text).collect()),
        Arg::Url(text) => query(Tag::Url, text),
        Arg::Promql(text) => query(Tag::Promql, text),
        Arg::Int(number) => Value::Int(number),
        Arg::Duration(millis) => Value::Duration(Duration::from_millis(millis)),
        Arg::Time(millis) => Value::Time(Time::from_millis(millis).unwrap_or_default()),
        Arg::Secret(name) => Value::Secret(Text::from(name)),
        Arg::Host(name) => bare("host.Host", &[("host.Host", &name)]),
        Arg::Found(found) => found.0,
        Arg::Pod(namespace, name) => thing("k8s.Pod", namespace, name),
        Arg::Deployment(namespace, name) => thing("k8s.Deployment", namespace, name),
        Arg::Revision(namespace, name) => {
            let keys = [
                ("k8s.Namespace", namespace),
                ("k8s.Deployment", name),
                ("k8s.Revision", "1"),
            ];
            bare("k8s.Revision", &keys)
        }
        Arg::Map(entries) => {
            let entries = entries.into_iter();
            let entries = entries.map(|(key, arg)| (Value::text(key), value(arg)));
            Value::Map(Arc::new(Map::from(entries.collect::<Vec<_>>())))
        }
    }
}

/// A thing in a namespace.
fn thing(kind: &str, namespace: &str, name: &str) -> Value {
    bare(kind, &[("k8s.Namespace", namespace), (kind, name)])
}

/// A thing of which nothing but its place is known, and a mark if it is in a cluster.
fn bare(kind: &str, keys: &[(&str, &str)]) -> Value {
    let keys = keys.iter().map(|(kind, key)| Key {
        kind: (*kind).into(),
        key: (*key).into(),
    });
    let shape = Shape {
        name: kind.into(),
        fields: Box::default(),
    };
    Value::Target(Arc::new(Target {
        identity: Identity(keys.collect()),
        uid: kind.starts_with("k8s.").then(|| "a-uid".into()),
        snapshot: Record {
            shape: Arc::new(shape),
            fields: Vec::new(),
        },
    }))
}

fn came(value: &Value) -> Came {
    let record = match value {
        Value::Record(record) => Some(record.as_ref()),
        Value::Target(target) => Some(&target.snapshot),
        _ => None,
    };
    let Some(record) = record else {
        return Came::Value(value.to_plain(), Vec::new());
    };
    let slots = record.shape.fields.iter().zip(&record.fields);
    let slots = slots.map(|(name, slot)| {
        let slot = slot.as_ref().map(Value::to_plain);
        (name.to_string(), slot)
    });
    Came::Value(record.shape.name.to_string(), slots.collect())
}
