//! The type of a value, as far as arithmetic and literals care.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Value;

/// The type of a value without its parts: `List`, not `List[Int]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Kind {
    None,
    Bool,
    Int,
    Float,
    Percent,
    Duration,
    Size,
    Time,
    Text,
    Enum,
    List,
    Map,
    Record,
    Target,
    Query,
    Secret,
    Handle,
    Role,
    Range,
}

impl Value {
    /// The type of the value, without its parts.
    pub fn kind(&self) -> Kind {
        match self {
            Value::None => Kind::None,
            Value::Bool(_) => Kind::Bool,
            Value::Int(_) => Kind::Int,
            Value::Float(_) => Kind::Float,
            Value::Percent(_) => Kind::Percent,
            Value::Duration(_) => Kind::Duration,
            Value::Size(_) => Kind::Size,
            Value::Time(_) => Kind::Time,
            Value::Text(_) => Kind::Text,
            Value::Enum(_) => Kind::Enum,
            Value::List(_) => Kind::List,
            Value::Map(_) => Kind::Map,
            Value::Record(_) => Kind::Record,
            Value::Target(_) => Kind::Target,
            Value::Query(_) => Kind::Query,
            Value::Secret(_) => Kind::Secret,
            Value::Handle(_) => Kind::Handle,
            Value::Role(_) => Kind::Role,
            Value::Range(_) => Kind::Range,
        }
    }
}

impl fmt::Display for Kind {
    /// In the words of the language.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Kind::None => "none",
            Kind::Bool => "Bool",
            Kind::Int => "Int",
            Kind::Float => "Float",
            Kind::Percent => "Percent",
            Kind::Duration => "Duration",
            Kind::Size => "Size",
            Kind::Time => "Time",
            Kind::Text => "String",
            Kind::Enum => "enum",
            Kind::List => "List",
            Kind::Map => "Map",
            Kind::Record => "record",
            Kind::Target => "target",
            Kind::Query => "literal",
            Kind::Secret => "Secret",
            Kind::Handle => "result of a `do`",
            Kind::Role => "role",
            Kind::Range => "range",
        })
    }
}
