//! Checked arithmetic on plain numbers: the fast paths of the machine, and what [`binary`] uses.
//!
//! All units are integers underneath, so the integer functions serve them too.
//!
//! [`binary`]: super::binary

use serde::{Deserialize, Serialize};

use super::Failure;

/// `a + b`
pub fn int_add(a: i64, b: i64) -> Result<i64, Failure> {
    a.checked_add(b).ok_or(Failure::Overflow)
}

/// `a - b`
pub fn int_subtract(a: i64, b: i64) -> Result<i64, Failure> {
    a.checked_sub(b).ok_or(Failure::Overflow)
}

/// `a * b`
pub fn int_multiply(a: i64, b: i64) -> Result<i64, Failure> {
    a.checked_mul(b).ok_or(Failure::Overflow)
}

/// `div(a, b)`, toward zero.
pub fn int_divide(a: i64, b: i64) -> Result<i64, Failure> {
    if b == 0 {
        return Err(Failure::DivisionByZero);
    }
    a.checked_div(b).ok_or(Failure::Overflow)
}

/// `rem(a, b)`, with the sign of `a`.
pub fn int_remainder(a: i64, b: i64) -> Result<i64, Failure> {
    if b == 0 {
        return Err(Failure::DivisionByZero);
    }
    Ok(a.wrapping_rem(b))
}

/// `-a`
pub fn int_negate(a: i64) -> Result<i64, Failure> {
    a.checked_neg().ok_or(Failure::Overflow)
}

/// `a + b`
pub fn float_add(a: f64, b: f64) -> Result<f64, Failure> {
    finite(a + b)
}

/// `a - b`
pub fn float_subtract(a: f64, b: f64) -> Result<f64, Failure> {
    finite(a - b)
}

/// `a * b`
pub fn float_multiply(a: f64, b: f64) -> Result<f64, Failure> {
    finite(a * b)
}

/// `a / b`
pub fn float_divide(a: f64, b: f64) -> Result<f64, Failure> {
    if b == 0.0 {
        return Err(Failure::DivisionByZero);
    }
    finite(a / b)
}

/// A float that came from outside or out of an operation; infinite or no number is a failure.
pub(super) fn finite(value: f64) -> Result<f64, Failure> {
    if value.is_finite() {
        // Adding zero turns a negative zero into the positive one: there is one zero.
        Ok(value + 0.0)
    } else {
        Err(Failure::NotANumber)
    }
}

/// What a plain number of a query counts: `as ratio`, `as seconds`, `as bytes`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Unit {
    Ratio,
    Seconds,
    Bytes,
}

/// The nearest integer, halves away from zero; fails where an integer cannot hold it.
pub(super) fn round(value: f64) -> Result<i64, Failure> {
    let rounded = finite(value)?.round();
    // 2^63 is a float and the first one past the range; -2^63 is inside.
    if (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&rounded) {
        Ok(rounded as i64)
    } else {
        Err(Failure::Overflow)
    }
}
