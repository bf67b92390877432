//! The operators of the language on values: one table for the checker, the folder and the machine.
//!
//! [`result_kind`] says which types meet, [`binary`] computes; a test holds them together.
//! Everything is exact or fails; nothing wraps, rounds silently or yields a non-number.

use serde::{Deserialize, Serialize};

use super::scalar::{finite, round};
use super::{
    Duration, Failure, Kind, Percent, Size, Time, Unit, Value, float_add, float_divide,
    float_multiply, float_subtract, int_add, int_divide, int_multiply, int_negate, int_subtract,
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
        (Op::Add | Op::Subtract | Op::Multiply | Op::Divide, Int, Int) => Some(Int),
        (Op::Add | Op::Subtract | Op::Multiply | Op::Divide, Float, Float) => Some(Float),
        (Op::Add | Op::Subtract, a, b) if a == b && unit(a) => Some(a),
        (Op::Add, Time, Duration) | (Op::Add, Duration, Time) => Some(Time),
        (Op::Subtract, Time, Duration) => Some(Time),
        (Op::Subtract, Time, Time) => Some(Duration),
        (Op::Multiply, a, Int | Float) if unit(a) => Some(a),
        (Op::Multiply, Int | Float, b) if unit(b) => Some(b),
        (Op::Divide, a, Int | Float) if unit(a) => Some(a),
        (Op::Divide, a, b) if a == b && unit(a) => Some(Float),
        (Op::Add | Op::Subtract | Op::Multiply | Op::Divide, _, _) => None,
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
        BinaryOp::Equal => left == right,
        BinaryOp::NotEqual => left != right,
        BinaryOp::Less => left < right,
        BinaryOp::LessOrEqual => left <= right,
        BinaryOp::Greater => left > right,
        BinaryOp::GreaterOrEqual => left >= right,
        BinaryOp::In => return contains(left, right),
        BinaryOp::Add | BinaryOp::Subtract | BinaryOp::Multiply | BinaryOp::Divide => {
            return Err(mismatch(left, right));
        }
    })
}

/// `min(a, b)`
pub fn minimum(a: &Value, b: &Value) -> Result<Value, Failure> {
    let first = compare(BinaryOp::LessOrEqual, a, b)?;
    Ok(if first { a.clone() } else { b.clone() })
}

/// `max(a, b)`
pub fn maximum(a: &Value, b: &Value) -> Result<Value, Failure> {
    let first = compare(BinaryOp::GreaterOrEqual, a, b)?;
    Ok(if first { a.clone() } else { b.clone() })
}

/// `clamp(value, low, high)`
pub fn clamp(value: &Value, low: &Value, high: &Value) -> Result<Value, Failure> {
    if compare(BinaryOp::Greater, low, high)? {
        return Err(Failure::EmptyRange);
    }
    minimum(&maximum(value, low)?, high)
}

/// `value as unit`: gives a plain number of a query its unit, rounded to what the unit can hold.
pub fn convert(value: &Value, unit: Unit) -> Result<Value, Failure> {
    let number = match value {
        Value::Int(value) => *value as f64,
        Value::Float(value) => *value,
        other => return Err(mismatch(other, other)),
    };
    Ok(match unit {
        Unit::Ratio => percent(round(number * Percent::WHOLE.billionths() as f64)?),
        Unit::Seconds => duration(round(number * 1000.0)?),
        Unit::Bytes => size(round(number)?),
    })
}

fn add(left: &Value, right: &Value) -> Result<Value, Failure> {
    use Value as V;
    Ok(match (left, right) {
        (V::Int(a), V::Int(b)) => V::Int(int_add(*a, *b)?),
        (V::Float(a), V::Float(b)) => V::Float(float_add(*a, *b)?),
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
        (V::Percent(a), V::Int(b)) | (V::Int(b), V::Percent(a)) => {
            percent(int_multiply(a.billionths(), *b)?)
        }
        (V::Duration(a), V::Int(b)) | (V::Int(b), V::Duration(a)) => {
            duration(int_multiply(a.millis(), *b)?)
        }
        (V::Size(a), V::Int(b)) | (V::Int(b), V::Size(a)) => size(int_multiply(a.bytes(), *b)?),
        (V::Percent(a), V::Float(b)) | (V::Float(b), V::Percent(a)) => {
            percent(round(a.billionths() as f64 * b)?)
        }
        (V::Duration(a), V::Float(b)) | (V::Float(b), V::Duration(a)) => {
            duration(round(a.millis() as f64 * b)?)
        }
        (V::Size(a), V::Float(b)) | (V::Float(b), V::Size(a)) => size(round(a.bytes() as f64 * b)?),
        (a, b) => return Err(mismatch(a, b)),
    })
}

fn divide(left: &Value, right: &Value) -> Result<Value, Failure> {
    use Value as V;
    let ratio = |a: i64, b: i64| float_divide(a as f64, b as f64).map(V::Float);
    let share = |a: i64, b: f64| round(float_divide(a as f64, b)?);
    Ok(match (left, right) {
        (V::Int(a), V::Int(b)) => V::Int(int_divide(*a, *b)?),
        (V::Float(a), V::Float(b)) => V::Float(float_divide(*a, *b)?),
        (V::Percent(a), V::Int(b)) => percent(int_divide(a.billionths(), *b)?),
        (V::Duration(a), V::Int(b)) => duration(int_divide(a.millis(), *b)?),
        (V::Size(a), V::Int(b)) => size(int_divide(a.bytes(), *b)?),
        (V::Percent(a), V::Float(b)) => percent(share(a.billionths(), *b)?),
        (V::Duration(a), V::Float(b)) => duration(share(a.millis(), *b)?),
        (V::Size(a), V::Float(b)) => size(share(a.bytes(), *b)?),
        (V::Percent(a), V::Percent(b)) => ratio(a.billionths(), b.billionths())?,
        (V::Duration(a), V::Duration(b)) => ratio(a.millis(), b.millis())?,
        (V::Size(a), V::Size(b)) => ratio(a.bytes(), b.bytes())?,
        (a, b) => return Err(mismatch(a, b)),
    })
}

/// `value in whole`
fn contains(value: &Value, whole: &Value) -> Result<bool, Failure> {
    match whole {
        Value::List(items) => Ok(items.contains(value)),
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
