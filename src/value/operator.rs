//! The operators of the language on values: one table for the checker, the folder and the machine.
//!
//! [`result_kind`] says which types meet, [`binary`] computes; a test holds them together.
//! Sums and products of whole numbers are exact or fail. What is divided, or multiplied by a
//! fraction, is worked out from the whole numbers and rounded once, halves away from zero. Nothing
//! wraps or yields a non-number.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use super::scalar::{finite, round};
use super::{
    Duration, Failure, Kind, Percent, Size, Time, Unit, Value, exact, float_add, float_divide,
    float_multiply, float_subtract, int_add, int_multiply, int_negate, int_subtract,
};

/// The operators that always evaluate both sides; `and` and `or` do not and are jumps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum BinaryOp {
    Add,
    Subtract,
    Multiply,
    Divide,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    /// Element of a list, key of a map, inside a range.
    In,
}

/// The operators with one operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum UnaryOp {
    Negate,
    Not,
}

/// The type of `left op right`; `None` if the two do not meet.
///
/// For `==`, `!=` and `in` the parts of the types must agree too, which the checker sees to.
pub fn result_kind(op: BinaryOp, left: Kind, right: Kind) -> Option<Kind> {
    use BinaryOp as Op;
    use Kind::{Bool, Duration, Float, Int, Percent, Size, Time};
    let unit = |kind: Kind| matches!(kind, Percent | Duration | Size);
    match (op, left, right) {
        (Op::Add | Op::Subtract | Op::Multiply, Int, Int) => Some(Int),
        (Op::Divide, Int, Int) => Some(Float),
        (Op::Add | Op::Subtract | Op::Multiply | Op::Divide, Int | Float, Int | Float) => {
            Some(Float)
        }
        (Op::Add | Op::Subtract, a, b) if a == b && unit(a) => Some(a),
        (Op::Add, Time, Duration) | (Op::Add, Duration, Time) => Some(Time),
        (Op::Subtract, Time, Duration) => Some(Time),
        (Op::Subtract, Time, Time) => Some(Duration),
        (Op::Multiply, a, Int | Float) if unit(a) => Some(a),
        (Op::Multiply, Int | Float, b) if unit(b) => Some(b),
        (Op::Multiply, Percent, b @ (Size | Duration)) => Some(b),
        (Op::Multiply, a @ (Size | Duration), Percent) => Some(a),
        (Op::Divide, a, Int | Float) if unit(a) => Some(a),
        (Op::Divide, a, b) if a == b && unit(a) => Some(Float),
        (Op::Add | Op::Subtract | Op::Multiply | Op::Divide, _, _) => None,
        (
            Op::Equal
            | Op::NotEqual
            | Op::Less
            | Op::LessOrEqual
            | Op::Greater
            | Op::GreaterOrEqual,
            Int | Float,
            Int | Float,
        ) => Some(Bool),
        (Op::Equal | Op::NotEqual, a, b) => (a == b && a != Kind::Secret).then_some(Bool),
        (Op::Less | Op::LessOrEqual | Op::Greater | Op::GreaterOrEqual, a, b) => {
            (a == b && is_ordered(a)).then_some(Bool)
        }
        (Op::In, _, Kind::List | Kind::Map) => Some(Bool),
        (Op::In, a, Kind::Range) => is_ordered(a).then_some(Bool),
        (Op::In, _, _) => None,
    }
}

/// Whether `<` and its kin, `min`, `max` and ranges take values of the type.
fn is_ordered(kind: Kind) -> bool {
    use Kind::{Duration, Float, Int, Percent, Size, Time};
    matches!(kind, Int | Float | Percent | Duration | Size | Time)
}

/// `left op right`
pub fn binary(op: BinaryOp, left: &Value, right: &Value) -> Result<Value, Failure> {
    match op {
        BinaryOp::Add => add(left, right),
        BinaryOp::Subtract => subtract(left, right),
        BinaryOp::Multiply => multiply(left, right),
        BinaryOp::Divide => divide(left, right),
        BinaryOp::Equal
        | BinaryOp::NotEqual
        | BinaryOp::Less
        | BinaryOp::LessOrEqual
        | BinaryOp::Greater
        | BinaryOp::GreaterOrEqual => compare(op, left, right).map(Value::Bool),
        BinaryOp::In => contains(left, right).map(Value::Bool),
    }
}

/// `-a`, `not a`
pub fn unary(op: UnaryOp, operand: &Value) -> Result<Value, Failure> {
    Ok(match (op, operand) {
        (UnaryOp::Not, Value::Bool(value)) => Value::Bool(!value),
        (UnaryOp::Negate, Value::Int(value)) => Value::Int(int_negate(*value)?),
        (UnaryOp::Negate, Value::Float(value)) => Value::Float(finite(-value)?),
        (UnaryOp::Negate, Value::Percent(value)) => percent(int_negate(value.billionths())?),
        (UnaryOp::Negate, Value::Duration(value)) => duration(int_negate(value.millis())?),
        (UnaryOp::Negate, Value::Size(value)) => size(int_negate(value.bytes())?),
        (UnaryOp::Negate | UnaryOp::Not, other) => return Err(mismatch(other, other)),
    })
}

/// A comparison. Values are borrowed, nothing is copied.
pub fn compare(op: BinaryOp, left: &Value, right: &Value) -> Result<bool, Failure> {
    if result_kind(op, left.kind(), right.kind()) != Some(Kind::Bool) {
        return Err(mismatch(left, right));
    }
    Ok(match op {
        BinaryOp::Equal => order(left, right).is_eq(),
        BinaryOp::NotEqual => order(left, right).is_ne(),
        BinaryOp::Less => order(left, right).is_lt(),
        BinaryOp::LessOrEqual => order(left, right).is_le(),
        BinaryOp::Greater => order(left, right).is_gt(),
        BinaryOp::GreaterOrEqual => order(left, right).is_ge(),
        BinaryOp::In => return contains(left, right),
        BinaryOp::Add | BinaryOp::Subtract | BinaryOp::Multiply | BinaryOp::Divide => {
            return Err(mismatch(left, right));
        }
    })
}

/// The order of two values; an Int and a Float are compared as the numbers that they are.
pub fn order(left: &Value, right: &Value) -> Ordering {
    match (left, right) {
        (Value::Int(a), Value::Float(b)) => exact::compare(*a, *b),
        (Value::Float(a), Value::Int(b)) => exact::compare(*b, *a).reverse(),
        (a, b) => a.cmp(b),
    }
}

/// `min(a, b)`
pub fn minimum(a: &Value, b: &Value) -> Result<Value, Failure> {
    let first = compare(BinaryOp::LessOrEqual, a, b)?;
    one_of(if first { a } else { b }, &[a, b])
}

/// `max(a, b)`
pub fn maximum(a: &Value, b: &Value) -> Result<Value, Failure> {
    let first = compare(BinaryOp::GreaterOrEqual, a, b)?;
    one_of(if first { a } else { b }, &[a, b])
}

/// `clamp(value, low, high)`
pub fn clamp(value: &Value, low: &Value, high: &Value) -> Result<Value, Failure> {
    if compare(BinaryOp::Greater, low, high)? {
        return Err(Failure::EmptyRange);
    }
    let chosen = match compare(BinaryOp::Less, value, low)? {
        true => low,
        false if compare(BinaryOp::Greater, value, high)? => high,
        false => value,
    };
    one_of(chosen, &[value, low, high])
}

/// One of several numbers: a Float as soon as one of them is.
fn one_of(chosen: &Value, all: &[&Value]) -> Result<Value, Failure> {
    let float = all.iter().any(|value| matches!(value, Value::Float(_)));
    match chosen {
        Value::Int(whole) if float => exact::float(*whole).map(Value::Float),
        other => Ok(other.clone()),
    }
}

/// `a / b` of two whole numbers or quantities of one kind, as a Percent.
pub fn share(left: &Value, right: &Value) -> Result<Value, Failure> {
    let (a, b) = match (left, right) {
        (Value::Int(a), Value::Int(b)) => (*a, *b),
        (Value::Percent(a), Value::Percent(b)) => (a.billionths(), b.billionths()),
        (Value::Duration(a), Value::Duration(b)) => (a.millis(), b.millis()),
        (Value::Size(a), Value::Size(b)) => (a.bytes(), b.bytes()),
        (a, b) => return Err(mismatch(a, b)),
    };
    exact::product(a, Percent::WHOLE.billionths(), b).map(percent)
}

/// `abs(number)`
pub fn absolute(number: &Value) -> Result<Value, Failure> {
    let positive = |number: i64| number.checked_abs().ok_or(Failure::Overflow);
    Ok(match number {
        Value::Int(number) => Value::Int(positive(*number)?),
        Value::Float(number) => Value::Float(number.abs()),
        Value::Percent(number) => percent(positive(number.billionths())?),
        Value::Duration(number) => duration(positive(number.millis())?),
        Value::Size(number) => size(positive(number.bytes())?),
        other => return Err(mismatch(other, other)),
    })
}

/// Which whole number a fraction becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    /// The nearest, halves away from zero.
    Nearest,
    Down,
    Up,
}

/// `round(number)`, `floor(number)`, `ceil(number)`
pub fn whole(number: &Value, rounding: Rounding) -> Result<Value, Failure> {
    let rounded = match number {
        Value::Int(number) => return Ok(Value::Int(*number)),
        Value::Float(number) => match rounding {
            Rounding::Nearest => *number,
            Rounding::Down => number.floor(),
            Rounding::Up => number.ceil(),
        },
        other => return Err(mismatch(other, other)),
    };
    round(rounded).map(Value::Int)
}

/// `value as unit`: gives a plain number of a query its unit, rounded to what the unit can hold.
pub fn convert(value: &Value, unit: Unit) -> Result<Value, Failure> {
    let in_one = match unit {
        Unit::Ratio => Percent::WHOLE.billionths(),
        Unit::Seconds => 1000,
        Unit::Bytes => 1,
    };
    let counted = match value {
        Value::Int(value) => int_multiply(*value, in_one)?,
        Value::Float(value) => exact::scale(in_one, *value)?,
        other => return Err(mismatch(other, other)),
    };
    Ok(match unit {
        Unit::Ratio => percent(counted),
        Unit::Seconds => duration(counted),
        Unit::Bytes => size(counted),
    })
}

fn add(left: &Value, right: &Value) -> Result<Value, Failure> {
    use Value as V;
    Ok(match (left, right) {
        (V::Int(a), V::Int(b)) => V::Int(int_add(*a, *b)?),
        (V::Float(a), V::Float(b)) => V::Float(float_add(*a, *b)?),
        (V::Int(a), V::Float(b)) => V::Float(float_add(exact::float(*a)?, *b)?),
        (V::Float(a), V::Int(b)) => V::Float(float_add(*a, exact::float(*b)?)?),
        (V::Percent(a), V::Percent(b)) => percent(int_add(a.billionths(), b.billionths())?),
        (V::Duration(a), V::Duration(b)) => duration(int_add(a.millis(), b.millis())?),
        (V::Size(a), V::Size(b)) => size(int_add(a.bytes(), b.bytes())?),
        (V::Time(a), V::Duration(b)) | (V::Duration(b), V::Time(a)) => {
            V::Time(Time::from_millis(int_add(a.millis(), b.millis())?)?)
        }
        (a, b) => return Err(mismatch(a, b)),
    })
}

fn subtract(left: &Value, right: &Value) -> Result<Value, Failure> {
    use Value as V;
    Ok(match (left, right) {
        (V::Int(a), V::Int(b)) => V::Int(int_subtract(*a, *b)?),
        (V::Float(a), V::Float(b)) => V::Float(float_subtract(*a, *b)?),
        (V::Int(a), V::Float(b)) => V::Float(float_subtract(exact::float(*a)?, *b)?),
        (V::Float(a), V::Int(b)) => V::Float(float_subtract(*a, exact::float(*b)?)?),
        (V::Percent(a), V::Percent(b)) => percent(int_subtract(a.billionths(), b.billionths())?),
        (V::Duration(a), V::Duration(b)) => duration(int_subtract(a.millis(), b.millis())?),
        (V::Size(a), V::Size(b)) => size(int_subtract(a.bytes(), b.bytes())?),
        (V::Time(a), V::Time(b)) => duration(int_subtract(a.millis(), b.millis())?),
        (V::Time(a), V::Duration(b)) => {
            V::Time(Time::from_millis(int_subtract(a.millis(), b.millis())?)?)
        }
        (a, b) => return Err(mismatch(a, b)),
    })
}

fn multiply(left: &Value, right: &Value) -> Result<Value, Failure> {
    use Value as V;
    Ok(match (left, right) {
        (V::Int(a), V::Int(b)) => V::Int(int_multiply(*a, *b)?),
        (V::Float(a), V::Float(b)) => V::Float(float_multiply(*a, *b)?),
        (V::Int(a), V::Float(b)) => V::Float(float_multiply(exact::float(*a)?, *b)?),
        (V::Float(a), V::Int(b)) => V::Float(float_multiply(*a, exact::float(*b)?)?),
        (V::Percent(a), V::Int(b)) | (V::Int(b), V::Percent(a)) => {
            percent(int_multiply(a.billionths(), *b)?)
        }
        (V::Duration(a), V::Int(b)) | (V::Int(b), V::Duration(a)) => {
            duration(int_multiply(a.millis(), *b)?)
        }
        (V::Size(a), V::Int(b)) | (V::Int(b), V::Size(a)) => size(int_multiply(a.bytes(), *b)?),
        (V::Percent(a), V::Float(b)) | (V::Float(b), V::Percent(a)) => {
            percent(exact::scale(a.billionths(), *b)?)
        }
        (V::Duration(a), V::Float(b)) | (V::Float(b), V::Duration(a)) => {
            duration(exact::scale(a.millis(), *b)?)
        }
        (V::Size(a), V::Float(b)) | (V::Float(b), V::Size(a)) => size(exact::scale(a.bytes(), *b)?),
        (V::Percent(a), V::Duration(b)) | (V::Duration(b), V::Percent(a)) => {
            duration(of(*a, b.millis())?)
        }
        (V::Percent(a), V::Size(b)) | (V::Size(b), V::Percent(a)) => size(of(*a, b.bytes())?),
        (a, b) => return Err(mismatch(a, b)),
    })
}

/// The share of a whole, rounded.
fn of(share: Percent, whole: i64) -> Result<i64, Failure> {
    exact::product(share.billionths(), whole, Percent::WHOLE.billionths())
}

fn divide(left: &Value, right: &Value) -> Result<Value, Failure> {
    use Value as V;
    let quotient = |a: i64, b: i64| exact::quotient(a, b).map(V::Float);
    Ok(match (left, right) {
        (V::Int(a), V::Int(b)) => quotient(*a, *b)?,
        (V::Float(a), V::Float(b)) => V::Float(float_divide(*a, *b)?),
        (V::Int(a), V::Float(b)) => V::Float(float_divide(exact::float(*a)?, *b)?),
        (V::Float(a), V::Int(b)) => V::Float(float_divide(*a, exact::float(*b)?)?),
        (V::Percent(a), V::Int(b)) => percent(exact::part(a.billionths(), *b)?),
        (V::Duration(a), V::Int(b)) => duration(exact::part(a.millis(), *b)?),
        (V::Size(a), V::Int(b)) => size(exact::part(a.bytes(), *b)?),
        (V::Percent(a), V::Float(b)) => percent(exact::unscale(a.billionths(), *b)?),
        (V::Duration(a), V::Float(b)) => duration(exact::unscale(a.millis(), *b)?),
        (V::Size(a), V::Float(b)) => size(exact::unscale(a.bytes(), *b)?),
        (V::Percent(a), V::Percent(b)) => quotient(a.billionths(), b.billionths())?,
        (V::Duration(a), V::Duration(b)) => quotient(a.millis(), b.millis())?,
        (V::Size(a), V::Size(b)) => quotient(a.bytes(), b.bytes())?,
        (a, b) => return Err(mismatch(a, b)),
    })
}

/// `value in whole`
fn contains(value: &Value, whole: &Value) -> Result<bool, Failure> {
    match whole {
        Value::List(items) => Ok(items.iter().any(|item| order(value, item).is_eq())),
        Value::Map(map) => Ok(map.value(value).is_some()),
        Value::Range(range) => Ok(range.contains(value)),
        other => Err(mismatch(value, other)),
    }
}

fn percent(billionths: i64) -> Value {
    Value::Percent(Percent::from_billionths(billionths))
}

fn duration(millis: i64) -> Value {
    Value::Duration(Duration::from_millis(millis))
}

fn size(bytes: i64) -> Value {
    Value::Size(Size::from_bytes(bytes))
}

fn mismatch(left: &Value, right: &Value) -> Failure {
    Failure::Mismatch {
        left: left.kind(),
        right: right.kind(),
    }
}
