//! Values with parts: texts, enum members, records, maps, queries, ranges.
//!
//! Each carries the names it needs to print and compare alone; clones share their parts.

use std::ops::Deref;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::{Tag, Value, order};

/// A text behind one pointer; up to 23 bytes are stored without a second allocation.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Text(Arc<SmolStr>);

impl Text {
    /// Takes in a text.
    pub fn new(text: impl AsRef<str>) -> Text {
        Text(Arc::new(SmolStr::new(text)))
    }

    /// The characters.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl std::fmt::Debug for Text {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Debug::fmt(self.as_str(), out)
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Text {
        Text::new(text)
    }
}

impl From<String> for Text {
    fn from(text: String) -> Text {
        Text(Arc::new(text.into()))
    }
}

/// One member of an enum: `Region.eu`. A program makes each once and shares it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct EnumMember {
    /// The enum's name, with its module if it has one.
    pub enumeration: SmolStr,
    pub member: SmolStr,
    /// The place in the declaration, from 0: what `match` compares.
    pub index: u16,
}

/// The name of a record type and of its fields, in the order of the declaration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shape {
    pub name: SmolStr,
    pub fields: Box<[SmolStr]>,
}

impl Shape {
    /// The place of a field.
    pub fn position(&self, field: &str) -> Option<usize> {
        self.fields.iter().position(|name| name == field)
    }
}

/// A record. A slot is empty where the source did not say: reading it is a failure.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Record {
    pub shape: Arc<Shape>,
    pub fields: Vec<Option<Value>>,
}

impl Record {
    /// The value of a field, if it has such a field and it was said.
    pub fn field(&self, name: &str) -> Option<&Value> {
        self.fields.get(self.shape.position(name)?)?.as_ref()
    }
}

/// A map, ordered by key.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "Vec<(Value, Value)>", into = "Vec<(Value, Value)>")]
pub struct Map {
    entries: Vec<(Value, Value)>,
}

impl Map {
    /// The value of a key.
    pub fn value(&self, key: &Value) -> Option<&Value> {
        let at = self.entries.binary_search_by(|(known, _)| known.cmp(key));
        at.ok()
            .and_then(|at| self.entries.get(at))
            .map(|(_, value)| value)
    }

    /// The entries in the order of their keys.
    pub fn entries(&self) -> &[(Value, Value)] {
        &self.entries
    }
}

impl From<Vec<(Value, Value)>> for Map {
    /// Of several values for one key the last counts.
    fn from(mut entries: Vec<(Value, Value)>) -> Map {
        entries.reverse();
        entries.sort_by(|a, b| a.0.cmp(&b.0));
        entries.dedup_by(|later, kept| later.0 == kept.0);
        Map { entries }
    }
}

impl From<Map> for Vec<(Value, Value)> {
    fn from(map: Map) -> Self {
        map.entries
    }
}

/// A checked literal ready to be sent: its language and its text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Query {
    pub tag: Tag,
    pub text: SmolStr,
}

/// What `a..b` and `a..=b` stand for where a loop or `in` takes them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Range {
    pub start: Value,
    pub end: Value,
    pub inclusive: bool,
}

impl Range {
    /// Whether the value lies in the range.
    pub fn contains(&self, value: &Value) -> bool {
        let (start, end) = (order(&self.start, value), order(value, &self.end));
        start.is_le() && (end.is_lt() || (self.inclusive && end.is_eq()))
    }
}
