//! Values as JSON, for whoever is sent one.
//!
//! In: a value. Out: the JSON for it, always the same for the same value: objects have their keys in
//! order. Quantities, times and enum members are texts, as they are read back.

use serde_json::{Map, Number, Value as Json};

use super::Value;

/// How deep it may be nested; readers stop at about twice that.
pub const JSON_DEPTH: u32 = 64;

/// Why there is no JSON for a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotJson {
    /// It is nested deeper than [`JSON_DEPTH`].
    TooDeep,
    /// A number that JSON has not.
    NoNumber,
    /// A field that nobody said.
    NotSaid(String),
    /// Something that stays here, such as a target or a secret.
    StaysHere,
}

impl std::fmt::Display for NotJson {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            NotJson::TooDeep => write!(out, "it is nested deeper than {JSON_DEPTH}"),
            NotJson::NoNumber => out.write_str("a number in it is none in JSON"),
            NotJson::NotSaid(field) => write!(out, "nobody said what `{field}` is"),
            NotJson::StaysHere => out.write_str("something in it is not written as JSON"),
        }
    }
}

impl Value {
    /// The value as JSON.
    ///
    /// # Errors
    /// What cannot be written as JSON, or is nested too deeply.
    pub fn to_json(&self) -> Result<Json, NotJson> {
        json(self, JSON_DEPTH)
    }
}

fn json(value: &Value, depth: u32) -> Result<Json, NotJson> {
    let deeper = depth.checked_sub(1).ok_or(NotJson::TooDeep)?;
    Ok(match value {
        Value::None => Json::Null,
        Value::Bool(value) => Json::Bool(*value),
        Value::Int(value) => Json::Number((*value).into()),
        Value::Float(value) => Json::Number(Number::from_f64(*value).ok_or(NotJson::NoNumber)?),
        Value::Text(_)
        | Value::Enum(_)
        | Value::Percent(_)
        | Value::Duration(_)
        | Value::Size(_)
        | Value::Time(_) => Json::String(value.to_plain()),
        Value::List(items) => {
            let items = items.iter().map(|item| json(item, deeper));
            Json::Array(items.collect::<Result<_, _>>()?)
        }
        Value::Map(map) => {
            let mut entries = map.entries().iter();
            object(entries.try_fold(Vec::new(), |mut done, (key, value)| {
                done.push((key.to_plain(), json(value, deeper)?));
                Ok(done)
            })?)
        }
        Value::Record(record) => {
            let mut entries = Vec::with_capacity(record.fields.len());
            for (name, field) in record.shape.fields.iter().zip(&record.fields) {
                let not_said = || NotJson::NotSaid(name.to_string());
                let field = field.as_ref().ok_or_else(not_said)?;
                entries.push((name.to_string(), json(field, deeper)?));
            }
            object(entries)
        }
        Value::Target(_)
        | Value::Query(_)
        | Value::Secret(_)
        | Value::Handle(_)
        | Value::Role(_)
        | Value::Range(_) => return Err(NotJson::StaysHere),
    })
}

/// An object with its keys in order.
fn object(mut entries: Vec<(String, Json)>) -> Json {
    entries.sort_by(|(one, _), (other, _)| one.cmp(other));
    Json::Object(Map::from_iter(entries))
}
