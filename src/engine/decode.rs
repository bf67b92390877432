//! From JSON that came from outside to values of the types that a runbook declares.
//!
//! In: a JSON value and a type. Out: a value, or where it does not fit and why. What is missing and
//! has no default is refused; fields that nobody declared are left alone; nothing is made up.

use std::sync::Arc;

use serde_json::Value as Json;

use crate::program::{DataType, RecordType};
use crate::value::{
    EnumMember, Identity, Key, LIST_LENGTH, MAP_ENTRIES, Map, Number, Record, Shape, Target, Time,
    Value, classify_number,
};

/// Where something does not fit, as a path from the outside, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    pub path: String,
    pub why: String,
}

impl std::fmt::Display for Misfit {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.path.is_empty() {
            true => out.write_str(&self.why),
            false => write!(out, "`{}`: {}", self.path, self.why),
        }
    }
}

/// A value of this type.
pub fn decode(json: &Json, ty: &DataType) -> Result<Value, Misfit> {
    match (ty, json) {
        (DataType::Optional(_), Json::Null) => Ok(Value::None),
        (DataType::Optional(of), json) => decode(json, of),
        (DataType::Bool, Json::Bool(value)) => Ok(Value::Bool(*value)),
        (DataType::Int, Json::Number(number)) => match number.as_i64() {
            Some(value) => Ok(Value::Int(value)),
            None => Err(misfit(format!("{number} is not a whole number of 64 bits"))),
        },
        (DataType::Float, Json::Number(number)) => match number.as_f64() {
            Some(value) if value.is_finite() => Ok(Value::Float(value)),
            Some(_) | None => Err(misfit(format!("{number} is out of range"))),
        },
        (DataType::Text, Json::String(text)) => Ok(Value::text(text)),
        (DataType::Percent | DataType::Size | DataType::Duration, Json::String(text)) => {
            quantity(text, ty)
        }
        (DataType::Time, Json::String(text)) => moment(text),
        (DataType::List(of), Json::Array(items)) => list(items, of),
        (DataType::Map(key, value), Json::Object(entries)) => map(entries, key, value),
        (DataType::Record(record), Json::Object(entries)) => self::record(entries, record),
        (DataType::Enum { name, members }, Json::String(text)) => {
            let index = members.iter().position(|member| member == text);
            let Some(index) = index.and_then(|index| u16::try_from(index).ok()) else {
                return Err(misfit(format!(
                    "{text:?} is none of {}",
                    members.join(", ")
                )));
            };
            Ok(Value::Enum(Arc::new(EnumMember {
                enumeration: name.clone(),
                member: text.as_str().into(),
                index,
            })))
        }
        (DataType::Target(kind), Json::String(path)) if !path.is_empty() => Ok(named(kind, path)),
        (DataType::Opaque, _) => Err(misfit("nothing from outside can stand here".into())),
        (ty, json) => Err(misfit(format!(
            "{} expected, {} found",
            noun(ty),
            kind(json)
        ))),
    }
}

fn quantity(text: &str, ty: &DataType) -> Result<Value, Misfit> {
    let read = classify_number(text).ok();
    let value = match (read, ty) {
        (Some(Number::Percent(value)), DataType::Percent) => Value::Percent(value),
        (Some(Number::Size(value)), DataType::Size) => Value::Size(value),
        (Some(Number::Duration(value)), DataType::Duration) => Value::Duration(value),
        _ => return Err(misfit(format!("{text:?} is not {}", noun(ty)))),
    };
    Ok(value)
}

fn moment(text: &str) -> Result<Value, Misfit> {
    let parsed = text.parse::<jiff::Timestamp>().ok();
    let time = parsed.and_then(|parsed| Time::from_millis(parsed.as_millisecond()).ok());
    match time {
        Some(time) => Ok(Value::Time(time)),
        None => Err(misfit(format!(
            "{text:?} is not a moment as RFC 3339 writes one"
        ))),
    }
}

fn list(items: &[Json], of: &DataType) -> Result<Value, Misfit> {
    if items.len() > LIST_LENGTH {
        return Err(misfit(format!("more than {LIST_LENGTH} elements")));
    }
    let element = |(index, item): (usize, &Json)| {
        decode(item, of).map_err(|found| found.inside(&format!("[{index}]")))
    };
    let items: Result<Vec<Value>, Misfit> = items.iter().enumerate().map(element).collect();
    Ok(Value::list(items?))
}

fn map(
    entries: &serde_json::Map<String, Json>,
    key: &DataType,
    value: &DataType,
) -> Result<Value, Misfit> {
    if entries.len() > MAP_ENTRIES {
        return Err(misfit(format!("more than {MAP_ENTRIES} entries")));
    }
    let entry = |(name, entry): (&String, &Json)| {
        let inside = |found: Misfit| found.inside(&format!(".{name}"));
        let name = match key {
            DataType::Int => match name.parse() {
                Ok(number) => Value::Int(number),
                Err(_) => return Err(inside(misfit("its key is not a whole number".into()))),
            },
            key => decode(&Json::String(name.clone()), key).map_err(inside)?,
        };
        Ok((name, decode(entry, value).map_err(inside)?))
    };
    let entries: Result<Vec<_>, Misfit> = entries.iter().map(entry).collect();
    Ok(Value::Map(Arc::new(Map::from(entries?))))
}

fn record(entries: &serde_json::Map<String, Json>, record: &RecordType) -> Result<Value, Misfit> {
    let mut fields = Vec::with_capacity(record.fields.len());
    for (name, (ty, default)) in record.shape.fields.iter().zip(&record.fields) {
        let inside = |found: Misfit| found.inside(&format!(".{name}"));
        let value = match (entries.get(name.as_str()), default, ty) {
            (Some(json), ..) => decode(json, ty).map_err(inside)?,
            (None, Some(default), _) => default.clone(),
            (None, None, DataType::Optional(_)) => Value::None,
            (None, None, _) => return Err(inside(misfit("it is missing".into()))),
        };
        fields.push(Some(value));
    }
    Ok(Value::Record(Arc::new(Record {
        shape: record.shape.clone(),
        fields,
    })))
}

/// A target of which nothing but its name is known: `shop/web`. It has to be looked up.
fn named(kind: &str, path: &str) -> Value {
    let keys: Vec<&str> = path.split('/').collect();
    let last = keys.len() - 1;
    let step = |(index, key): (usize, &&str)| Key {
        // Only the last type is known here; whoever looks it up knows the others.
        kind: if index == last {
            kind.into()
        } else {
            "".into()
        },
        key: (*key).into(),
    };
    Value::Target(Arc::new(Target {
        identity: Identity(keys.iter().enumerate().map(step).collect()),
        uid: None,
        snapshot: Record {
            shape: Arc::new(Shape {
                name: kind.into(),
                fields: Box::default(),
            }),
            fields: Vec::new(),
        },
    }))
}

impl Misfit {
    fn inside(mut self, step: &str) -> Misfit {
        self.path.insert_str(0, step);
        if let Some(rest) = self.path.strip_prefix('.') {
            self.path = rest.to_owned();
        }
        self
    }
}

fn misfit(why: String) -> Misfit {
    Misfit {
        path: String::new(),
        why,
    }
}

fn noun(ty: &DataType) -> &'static str {
    match ty {
        DataType::Bool => "true or false",
        DataType::Int => "a whole number",
        DataType::Float => "a number",
        DataType::Text => "a text",
        DataType::Percent => "a percent such as \"20%\"",
        DataType::Size => "a size such as \"5GiB\"",
        DataType::Duration => "a duration such as \"5m\"",
        DataType::Time => "a moment such as \"2026-11-27T00:00:00Z\"",
        DataType::List(_) => "a list",
        DataType::Map(..) | DataType::Record(_) => "an object",
        DataType::Optional(of) => noun(of),
        DataType::Enum { .. } => "the name of a member",
        DataType::Target(_) => "the name of a target",
        DataType::Opaque => "nothing",
    }
}

fn kind(json: &Json) -> &'static str {
    match json {
        Json::Null => "null",
        Json::Bool(_) => "true or false",
        Json::Number(_) => "a number",
        Json::String(_) => "a text",
        Json::Array(_) => "a list",
        Json::Object(_) => "an object",
    }
}
