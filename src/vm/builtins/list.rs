//! `first count sum contains`

use super::{Arguments, mismatch};
use crate::value::{BinaryOp, Failure, Value, binary};

/// The first elements, as many as there are up to the number.
pub(super) fn first(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    match arguments.pair()? {
        (Value::List(items), Value::Int(count)) => {
            if *count < 0 {
                return Err(Failure::conversion(format!("the first {count} of a list")));
            }
            let count = usize::try_from(*count)
                .unwrap_or(usize::MAX)
                .min(items.len());
            Ok(Value::list(items.iter().take(count).cloned().collect()))
        }
        (a, b) => Err(mismatch(a, b)),
    }
}

pub(super) fn count(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let count = match arguments.at(0)? {
        Value::List(items) => items.len(),
        Value::Map(map) => map.entries().len(),
        Value::Text(text) => text.chars().count(),
        other => return Err(mismatch(other, other)),
    };
    Ok(Value::Int(i64::try_from(count).unwrap_or(i64::MAX)))
}

/// Begins with the second argument, which says what nothing adds up to.
pub(super) fn sum(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    match arguments.pair()? {
        (Value::List(items), zero) => items
            .iter()
            .try_fold(zero.clone(), |sum, item| binary(BinaryOp::Add, &sum, item)),
        (a, b) => Err(mismatch(a, b)),
    }
}

pub(super) fn contains(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    match arguments.pair()? {
        (Value::Text(text), Value::Text(part)) => Ok(Value::Bool(text.contains(part.as_str()))),
        (Value::List(items), element) => Ok(Value::Bool(items.contains(element))),
        (a, b) => Err(mismatch(a, b)),
    }
}
