//! `min max clamp rem`

use super::{Arguments, mismatch};
use crate::value::{self, Failure, Value, int_remainder};

pub(super) fn min(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let (a, b) = arguments.pair()?;
    value::minimum(a, b)
}

pub(super) fn max(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let (a, b) = arguments.pair()?;
    value::maximum(a, b)
}

pub(super) fn clamp(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    value::clamp(arguments.at(0)?, arguments.at(1)?, arguments.at(2)?)
}

pub(super) fn rem(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    match arguments.pair()? {
        (Value::Int(number), Value::Int(by)) => Ok(Value::Int(int_remainder(*number, *by)?)),
        (a, b) => Err(mismatch(a, b)),
    }
}
