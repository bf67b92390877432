//! Whether a value is what a test speaks of.

use crate::effect::Call;
use crate::typed::Pattern;
use crate::value::{Identity, Value};

/// Whether the pattern takes the value.
pub fn matches(pattern: &Pattern, value: &Value) -> bool {
    match pattern {
        Pattern::Any => true,
        Pattern::Value(wanted) => same(wanted, value),
        // What is sent counts, be it a record or a map.
        Pattern::Json(wanted) => wanted
            .to_json()
            .is_ok_and(|wanted| value.to_json() == Ok(wanted)),
        Pattern::Matching(part) => text(value).contains(part.as_str()),
        Pattern::Fields(fields) => fields
            .iter()
            .all(|(field, pattern)| field_matches(value, *field, pattern)),
    }
}

/// How much a pattern says; exact arguments win over those that match anything.
pub fn weight(pattern: &Pattern) -> usize {
    match pattern {
        Pattern::Any => 0,
        Pattern::Matching(_) | Pattern::Fields(_) => 1,
        Pattern::Value(_) | Pattern::Json(_) => 2,
    }
}

/// Whether the arguments of a call, by index, are what the patterns say.
pub fn arguments_match(patterns: &[(u16, Pattern)], call: &Call) -> bool {
    patterns.iter().all(|(index, pattern)| {
        let argument = call.args.get(usize::from(*index));
        argument.is_some_and(|argument| matches(pattern, &argument.value))
    })
}

/// The text in which a part is looked for; of what is sent as JSON, the JSON.
fn text(value: &Value) -> String {
    let json = matches!(value, Value::Map(_) | Value::List(_) | Value::Record(_));
    match value.to_json() {
        Ok(sent) if json => sent.to_string(),
        Ok(_) | Err(_) => value.to_plain(),
    }
}

fn field_matches(value: &Value, field: u16, pattern: &Pattern) -> bool {
    let record = match value {
        Value::Record(record) => record.as_ref(),
        Value::Target(target) => &target.snapshot,
        _ => return false,
    };
    let field = record.fields.get(usize::from(field));
    matches!(field, Some(Some(value)) if matches(pattern, value))
}

/// Equal, or a target named by its key alone.
fn same(wanted: &Value, value: &Value) -> bool {
    match (wanted, value) {
        (Value::Target(wanted), Value::Target(found)) => covers(&wanted.identity, &found.identity),
        (Value::Text(_) | Value::Int(_), Value::Target(found)) => {
            wanted.to_plain() == found.identity.key()
        }
        _ => wanted == value,
    }
}

/// Keys that a test left out match any.
fn covers(wanted: &Identity, found: &Identity) -> bool {
    let pairs = wanted.0.iter().rev().zip(found.0.iter().rev());
    let mut same = pairs.map(|(wanted, found)| {
        wanted.kind == found.kind && (wanted.key.is_empty() || wanted.key == found.key)
    });
    wanted.0.len() <= found.0.len() && same.all(|same| same)
}
