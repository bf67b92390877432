//! One total order over all values, for map keys and sorting; equality follows from it.
//!
//! The checker lets only values of the same type meet; different ones are ordered by their type.

use std::cmp::Ordering;

use super::{EnumMember, Record, Value};

impl PartialEq for Value {
    fn eq(&self, other: &Value) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Value {}

impl PartialOrd for Value {
    fn partial_cmp(&self, other: &Value) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Value {
    fn cmp(&self, other: &Value) -> Ordering {
        use Value::*;
        match (self, other) {
            (None, None) => Ordering::Equal,
            (Bool(a), Bool(b)) => a.cmp(b),
            (Int(a), Int(b)) => a.cmp(b),
            (Float(a), Float(b)) => a.partial_cmp(b).unwrap_or_else(|| a.total_cmp(b)),
            (Percent(a), Percent(b)) => a.cmp(b),
            (Duration(a), Duration(b)) => a.cmp(b),
            (Size(a), Size(b)) => a.cmp(b),
            (Time(a), Time(b)) => a.cmp(b),
            (Text(a), Text(b)) | (Secret(a), Secret(b)) | (Role(a), Role(b)) => a.cmp(b),
            (Enum(a), Enum(b)) => a.cmp(b),
            (List(a), List(b)) => a.cmp(b),
            (Map(a), Map(b)) => a.cmp(b),
            (Record(a), Record(b)) => a.cmp(b),
            (Target(a), Target(b)) => a.cmp(b),
            (Query(a), Query(b)) => a.cmp(b),
            (Handle(a), Handle(b)) => a.cmp(b),
            (Range(a), Range(b)) => a.cmp(b),
            (a, b) => a.kind().cmp(&b.kind()),
        }
    }
}

impl PartialEq for EnumMember {
    fn eq(&self, other: &EnumMember) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for EnumMember {}

impl PartialOrd for EnumMember {
    fn partial_cmp(&self, other: &EnumMember) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for EnumMember {
    fn cmp(&self, other: &EnumMember) -> Ordering {
        let index = self.index.cmp(&other.index);
        index.then_with(|| self.enumeration.cmp(&other.enumeration))
    }
}

impl PartialEq for Record {
    fn eq(&self, other: &Record) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Record {}

impl PartialOrd for Record {
    fn partial_cmp(&self, other: &Record) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Record {
    fn cmp(&self, other: &Record) -> Ordering {
        let name = self.shape.name.cmp(&other.shape.name);
        name.then_with(|| self.fields.cmp(&other.fields))
    }
}
