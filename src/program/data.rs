//! The shape of data that comes from outside: what a record of the package has to hold.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::value::{Shape, Value};

/// A type as whoever decodes needs it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum DataType {
    Bool,
    Int,
    Float,
    Text,
    Percent,
    Size,
    Duration,
    Time,
    List(Box<DataType>),
    Map(Box<DataType>, Box<DataType>),
    Optional(Box<DataType>),
    Record(Arc<RecordType>),
    Enum {
        name: SmolStr,
        members: Vec<SmolStr>,
    },
    /// A target by its type: it has to be looked up.
    Target(SmolStr),
    /// Nothing outside can say it.
    Opaque,
}

/// A record with the types of its fields.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecordType {
    pub shape: Arc<Shape>,
    /// In the order of the shape, with what stands in for one that is not said.
    pub fields: Vec<(DataType, Option<Value>)>,
}

/// What narrows a capability: its name, and the parameter whose argument says how far.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capability {
    pub name: SmolStr,
    pub of: Option<u16>,
}

/// Where a binding of a trigger comes from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Binding {
    /// This trigger does not bind it.
    Unbound,
    /// A label of the alert, as a text.
    Label(SmolStr),
    /// The whole alert, as this record.
    Alert(DataType),
    /// The event, as this record.
    Event(DataType),
    /// The parameter of that name of the request.
    Parameter(DataType),
}

/// A link of the chain that a page climbs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    pub role: super::RoleIndex,
    /// How long it is waited for; none for the last one.
    pub waits: Option<crate::value::Duration>,
}
