//! `starts_with ends_with`

use super::{Arguments, mismatch};
use crate::value::{Failure, Value};

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
