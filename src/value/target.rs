//! Things in the world: an identity plus what was seen of it.
//!
//! Equality and order look at the identity alone; the snapshot is for reading.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::{Record, Value};

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
