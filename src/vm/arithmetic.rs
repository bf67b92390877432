//! Numbers: the typed fast paths, and the way to the operators on all values.

use super::execute::failed;
use crate::effect::Fault;
use crate::program::{Arithmetic, Comparison};
use crate::value::{
    self, BinaryOp, Failure, Kind, Value, float_add, float_divide, float_multiply, float_subtract,
    int_add, int_divide, int_multiply, int_subtract,
};

#[inline(always)]
pub(super) fn int(op: Arithmetic, left: i64, right: i64) -> Result<i64, Box<Fault>> {
    let result = match op {
        Arithmetic::Add => int_add(left, right),
        Arithmetic::Subtract => int_subtract(left, right),
        Arithmetic::Multiply => int_multiply(left, right),
        Arithmetic::Divide => int_divide(left, right),
        Arithmetic::Share => Err(unmet(Kind::Int)),
    };
    result.map_err(failed)
}

#[inline(always)]
pub(super) fn float(op: Arithmetic, left: f64, right: f64) -> Result<f64, Box<Fault>> {
    let result = match op {
        Arithmetic::Add => float_add(left, right),
        Arithmetic::Subtract => float_subtract(left, right),
        Arithmetic::Multiply => float_multiply(left, right),
        Arithmetic::Divide => float_divide(left, right),
        Arithmetic::Share => Err(unmet(Kind::Float)),
    };
    result.map_err(failed)
}

#[inline(always)]
pub(super) fn compare_int(op: Comparison, left: i64, right: i64) -> bool {
    match op {
        Comparison::Equal => left == right,
        Comparison::NotEqual => left != right,
        Comparison::Less => left < right,
        Comparison::LessOrEqual => left <= right,
        Comparison::Greater => left > right,
        Comparison::GreaterOrEqual => left >= right,
    }
}

/// An operation that the typed fast paths do not have. The compiler never writes one.
fn unmet(kind: Kind) -> Failure {
    Failure::Mismatch {
        left: kind,
        right: kind,
    }
}

#[inline(always)]
pub(super) fn any(op: Arithmetic, left: &Value, right: &Value) -> Result<Value, Box<Fault>> {
    let op = match op {
        Arithmetic::Add => BinaryOp::Add,
        Arithmetic::Subtract => BinaryOp::Subtract,
        Arithmetic::Multiply => BinaryOp::Multiply,
        Arithmetic::Divide => BinaryOp::Divide,
        Arithmetic::Share => return value::share(left, right).map_err(failed),
    };
    value::binary(op, left, right).map_err(failed)
}

/// Any two values can be told apart; only those of a type are in order.
#[inline(always)]
pub(super) fn compare(op: Comparison, left: &Value, right: &Value) -> Result<bool, Box<Fault>> {
    let op = match op {
        Comparison::Equal => return Ok(same(left, right)),
        Comparison::NotEqual => return Ok(!same(left, right)),
        Comparison::Less => BinaryOp::Less,
        Comparison::LessOrEqual => BinaryOp::LessOrEqual,
        Comparison::Greater => BinaryOp::Greater,
        Comparison::GreaterOrEqual => BinaryOp::GreaterOrEqual,
    };
    value::compare(op, left, right).map_err(failed)
}

#[inline(always)]
fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Text(left), Value::Text(right)) => left.as_str() == right.as_str(),
        (left, right) => value::order(left, right).is_eq(),
    }
}
