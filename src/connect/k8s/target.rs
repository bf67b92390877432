//! Things of a cluster as targets of the language.

use std::sync::Arc;

use super::Nothing;
use super::client::Until;
use super::object;
use super::place::{Name, Place};
use crate::connect::arguments;
use crate::effect::Call;
use crate::value::{Identity, Key, Record, Shape, Target, Value};

pub const NAMESPACE: &str = "k8s.Namespace";
pub const DEPLOYMENT: &str = "k8s.Deployment";
pub const REVISION: &str = "k8s.Revision";
pub const POD: &str = "k8s.Pod";

/// What is seen of a thing, by the names of its fields.
pub type Fields = Vec<(&'static str, Option<Value>)>;

/// A step of an identity.
pub fn key(kind: &str, key: impl ToString) -> Key {
    Key {
        kind: kind.into(),
        key: key.to_string().into(),
    }
}

/// The steps to a thing in a namespace.
pub fn within(kind: &str, place: &Place) -> Vec<Key> {
    vec![key(NAMESPACE, &place.namespace), key(kind, &place.name)]
}

/// A thing with its mark and what is seen of it; its own key is the first field.
pub fn target(path: Vec<Key>, uid: &str, fields: Fields) -> Value {
    let kind = path.last().map(|key| key.kind.clone()).unwrap_or_default();
    let shape = Shape {
        name: kind,
        fields: fields.iter().map(|(name, _)| (*name).into()).collect(),
    };
    Value::Target(Arc::new(Target {
        identity: Identity(path),
        uid: Some(uid.into()),
        snapshot: Record {
            shape: Arc::new(shape),
            fields: fields.into_iter().map(|(_, value)| value).collect(),
        },
    }))
}

/// `k8s.namespace`
pub async fn namespace(until: &Until<'_>, call: &Call) -> Result<Value, Nothing> {
    let name = Name::new(arguments::text(call, "name")?)?;
    let found: object::Namespace = until.get_global(&name).await?;
    let fields = vec![("name", Some(Value::text(name.to_string())))];
    let path = vec![key(NAMESPACE, &name)];
    Ok(target(path, &found.metadata.uid, fields))
}
