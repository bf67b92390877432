//! Ownership: a target belongs to the product when it, or something it lies in, matches `owns`.

use std::sync::Arc;

use crate::program::Program;
use crate::value::{Identity, Target, Value};

/// Whether the product owns what has this identity.
pub fn owns(program: &Program, identity: &Identity) -> bool {
    program.owns.iter().any(|pattern| {
        // Each step of the pattern is matched from outside; what lies further in is owned with it.
        pattern.len() <= identity.0.len()
            && pattern
                .iter()
                .zip(&identity.0)
                .all(|((kind, wanted), step)| *kind == step.kind && fits(wanted, &step.key))
    })
}

/// A key, or the beginning of one before a `*`.
fn fits(pattern: &str, key: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => key.starts_with(start),
        None => pattern == key,
    }
}

/// The first target in a value that the product does not own.
pub fn foreign(program: &Program, value: &Value) -> Option<Arc<Target>> {
    match value {
        Value::Target(target) => (!owns(program, &target.identity)).then(|| target.clone()),
        Value::List(items) => items.iter().find_map(|item| foreign(program, item)),
        Value::None
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Float(_)
        | Value::Percent(_)
        | Value::Duration(_)
        | Value::Size(_)
        | Value::Time(_)
        | Value::Text(_)
        | Value::Enum(_)
        | Value::Map(_)
        | Value::Record(_)
        | Value::Query(_)
        | Value::Secret(_)
        | Value::Handle(_)
        | Value::Role(_)
        | Value::Range(_) => None,
    }
}
