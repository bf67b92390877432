//! `starts_with ends_with free_text`

use super::{Arguments, mismatch};
use crate::value::{self, Failure, Value};

pub(super) fn starts_with(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    match arguments.pair()? {
        (Value::Text(text), Value::Text(start)) => {
            Ok(Value::Bool(text.starts_with(start.as_str())))
        }
        (a, b) => Err(mismatch(a, b)),
    }
}

pub(super) fn ends_with(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    match arguments.pair()? {
        (Value::Text(text), Value::Text(end)) => Ok(Value::Bool(text.ends_with(end.as_str()))),
        (a, b) => Err(mismatch(a, b)),
    }
}

/// The visible characters, as many as there are up to the number.
pub(super) fn free_text(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    match arguments.pair()? {
        (Value::Text(text), Value::Int(most)) => {
            let most = usize::try_from(*most).unwrap_or(0);
            Ok(Value::text(value::free_text(text, most)))
        }
        (a, b) => Err(mismatch(a, b)),
    }
}
