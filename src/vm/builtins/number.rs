//! `min max clamp div rem abs round floor ceil`

use super::{Arguments, mismatch};
use crate::value::{self, Failure, Rounding, Value, int_divide, int_remainder};

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

pub(super) fn div(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    match arguments.pair()? {
        (Value::Int(number), Value::Int(by)) => Ok(Value::Int(int_divide(*number, *by)?)),
        (a, b) => Err(mismatch(a, b)),
    }
}

pub(super) fn abs(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    value::absolute(arguments.at(0)?)
}

pub(super) fn round(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    value::whole(arguments.at(0)?, Rounding::Nearest)
}

pub(super) fn floor(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    value::whole(arguments.at(0)?, Rounding::Down)
}

pub(super) fn ceil(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    value::whole(arguments.at(0)?, Rounding::Up)
}
