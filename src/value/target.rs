//! Things in the world: an identity plus what was seen of it.
//!
//! Equality and order look at the identity alone; the snapshot is for reading.

use std::cmp::Ordering;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::{Record, Shape, Value};

/// One step of an identity: which thing of which type.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Key {
    /// The type, with its module: `k8s.Namespace`.
    pub kind: SmolStr,
    pub key: SmolStr,
}

/// Where a thing is found: its ancestors outermost first, itself last.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Identity(pub Vec<Key>);

impl Identity {
    /// The thing's own type; empty only if the path is.
    pub fn kind(&self) -> &str {
        self.0.last().map_or("", |key| key.kind.as_str())
    }

    /// The thing's own key.
    pub fn key(&self) -> &str {
        self.0.last().map_or("", |key| key.key.as_str())
    }

    /// Whether `self` is `inner` or one of its ancestors.
    pub fn contains(&self, inner: &Identity) -> bool {
        inner.0.starts_with(&self.0)
    }
}

/// A thing in the world, as a lookup gave it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Target {
    pub identity: Identity,
    /// Tells a thing from its successor of the same name, where the world gives it such a mark.
    pub uid: Option<SmolStr>,
    /// The fields as they were when it was looked up.
    pub snapshot: Record,
}

impl Target {
    /// A field of the snapshot, if it was said.
    pub fn field(&self, name: &str) -> Option<&Value> {
        self.snapshot.field(name)
    }

    /// Whether both are the very same thing: same place and, where both are known, same mark.
    pub fn is_same_instance(&self, other: &Target) -> bool {
        let replaced = matches!((&self.uid, &other.uid), (Some(a), Some(b)) if a != b);
        self.identity == other.identity && !replaced
    }
}

impl Value {
    /// The same value with targets reduced to who they are: identity and mark, nothing that was
    /// seen of them. What a plan is compared by: it stays the same while the world moves on.
    pub fn without_snapshots(&self) -> Value {
        let slots = |fields: &[Option<Value>]| {
            let kept = fields
                .iter()
                .map(|field| Some(field.as_ref()?.without_snapshots()));
            kept.collect::<Vec<_>>()
        };
        match self {
            Value::Target(target) => {
                let shape = Shape {
                    name: target.snapshot.shape.name.clone(),
                    fields: Box::default(),
                };
                Value::Target(Arc::new(Target {
                    identity: target.identity.clone(),
                    uid: target.uid.clone(),
                    snapshot: Record {
                        shape: Arc::new(shape),
                        fields: Vec::new(),
                    },
                }))
            }
            Value::List(items) => Value::list(items.iter().map(Value::without_snapshots).collect()),
            Value::Map(map) => {
                let pairs = map.entries().iter();
                let pairs =
                    pairs.map(|(key, value)| (key.without_snapshots(), value.without_snapshots()));
                Value::Map(Arc::new(pairs.collect::<Vec<_>>().into()))
            }
            Value::Record(record) => Value::Record(Arc::new(Record {
                shape: record.shape.clone(),
                fields: slots(&record.fields),
            })),
            Value::None
            | Value::Bool(_)
            | Value::Int(_)
            | Value::Float(_)
            | Value::Percent(_)
            | Value::Duration(_)
            | Value::Size(_)
            | Value::Time(_)
            | Value::Text(_)
            | Value::Enum(_)
            | Value::Query(_)
            | Value::Secret(_)
            | Value::Handle(_)
            | Value::Role(_)
            | Value::Range(_) => self.clone(),
        }
    }
}

impl PartialEq for Target {
    fn eq(&self, other: &Target) -> bool {
        self.identity == other.identity
    }
}

impl Eq for Target {}

impl PartialOrd for Target {
    fn partial_cmp(&self, other: &Target) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Target {
    fn cmp(&self, other: &Target) -> Ordering {
        self.identity.cmp(&other.identity)
    }
}
