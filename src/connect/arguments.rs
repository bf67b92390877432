//! Reading the arguments of a call by name and type.
//!
//! The checker has seen to both; a call that does not fit comes from another version of the
//! library, and that is said in words.

use crate::effect::Call;
use crate::value::{Duration, Record, Shape, Tag, Time, Value};

/// The value of a parameter.
pub fn value<'c>(call: &'c Call, name: &str) -> Result<&'c Value, String> {
    let found = call.args.iter().find(|arg| &*arg.name == name);
    let missing = || format!("{} came without `{name}`", call.name);
    found.map(|arg| &arg.value).ok_or_else(missing)
}

/// The value of a parameter that may be left out, if it was given.
pub fn optional<'c>(call: &'c Call, name: &str) -> Option<&'c Value> {
    let found = call.args.iter().find(|arg| &*arg.name == name)?;
    (!matches!(found.value, Value::None)).then_some(&found.value)
}

fn misfit(call: &Call, name: &str, expected: &str) -> String {
    format!("`{name}` of {} is not {expected}", call.name)
}

pub fn text<'c>(call: &'c Call, name: &str) -> Result<&'c str, String> {
    match value(call, name)? {
        Value::Text(text) => Ok(text.as_str()),
        _ => Err(misfit(call, name, "a text")),
    }
}

pub fn query<'c>(call: &'c Call, name: &str, tag: Tag) -> Result<&'c str, String> {
    match value(call, name)? {
        Value::Query(query) if query.tag == tag => Ok(query.text.as_str()),
        _ => Err(misfit(call, name, tag.as_str())),
    }
}

pub fn duration(call: &Call, name: &str) -> Result<Duration, String> {
    match value(call, name)? {
        Value::Duration(duration) => Ok(*duration),
        _ => Err(misfit(call, name, "a duration")),
    }
}

pub fn time(call: &Call, name: &str) -> Result<Time, String> {
    match value(call, name)? {
        Value::Time(time) => Ok(*time),
        _ => Err(misfit(call, name, "a time")),
    }
}

#[cfg(feature = "kubernetes")]
pub fn int(call: &Call, name: &str) -> Result<i64, String> {
    match value(call, name)? {
        Value::Int(number) => Ok(*number),
        _ => Err(misfit(call, name, "a whole number")),
    }
}

pub fn port(call: &Call, name: &str) -> Result<u16, String> {
    match value(call, name)? {
        Value::Int(port) => u16::try_from(*port).ok().filter(|port| *port > 0),
        _ => None,
    }
    .ok_or_else(|| misfit(call, name, "a port"))
}

pub fn texts(call: &Call, name: &str) -> Result<Vec<String>, String> {
    let misfit = || misfit(call, name, "a list of texts");
    let Value::List(items) = value(call, name)? else {
        return Err(misfit());
    };
    let items = items.iter().map(|item| match item {
        Value::Text(text) => Ok(text.as_str().to_owned()),
        _ => Err(misfit()),
    });
    items.collect()
}

/// The name of a secret, if one was given.
pub fn secret<'c>(call: &'c Call, name: &str) -> Result<Option<&'c str>, String> {
    match value(call, name)? {
        Value::None => Ok(None),
        Value::Secret(secret) => Ok(Some(secret.as_str())),
        _ => Err(misfit(call, name, "a secret")),
    }
}

/// The name of a host.
pub fn host<'c>(call: &'c Call, name: &str) -> Result<&'c str, String> {
    match value(call, name)? {
        Value::Target(target) if target.identity.kind() == "host.Host" => Ok(target.identity.key()),
        _ => Err(misfit(call, name, "a host")),
    }
}

/// A record with all of its fields.
pub fn record(name: &str, fields: Vec<(&str, Value)>) -> Value {
    let shape = Shape {
        name: name.into(),
        fields: fields.iter().map(|(name, _)| (*name).into()).collect(),
    };
    let fields = fields.into_iter().map(|(_, value)| Some(value));
    Value::Record(std::sync::Arc::new(Record {
        shape: std::sync::Arc::new(shape),
        fields: fields.collect(),
    }))
}
