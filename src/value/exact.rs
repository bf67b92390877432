//! Arithmetic as on paper, rounded once: quotients, shares and products with a fraction.
//!
//! In: whole numbers, and floats for the fractions that they stand for. Out: the nearest number of
//! the wanted kind, halves away from zero, or a failure. Nothing is rounded in between.

use std::cmp::Ordering;

use super::Failure;

/// The bits of a float's mantissa.
const MANTISSA: u32 = 53;

/// The largest whole number up to which floats leave none out.
pub(super) const EXACT: i64 = 1 << MANTISSA;

/// `a / b` as the nearest float, halves to even.
pub(super) fn quotient(a: i64, b: i64) -> Result<f64, Failure> {
    if b == 0 {
        return Err(Failure::DivisionByZero);
    }
    if a == 0 {
        return Ok(0.0);
    }
    let (top, bottom) = (u128::from(a.unsigned_abs()), u128::from(b.unsigned_abs()));
    // A few bits more than a float has, and whether anything is left behind them: so the one
    // rounding is that of the conversion.
    let wanted = MANTISSA + 3 + bits(bottom);
    let shift = wanted.saturating_sub(bits(top));
    let top = top << shift;
    let sticky = u128::from(!top.is_multiple_of(bottom));
    let magnitude = ((top / bottom) | sticky) as f64 / 2f64.powi(shift.cast_signed());
    Ok(if (a < 0) == (b < 0) {
        magnitude
    } else {
        -magnitude
    })
}

fn bits(number: u128) -> u32 {
    u128::BITS - number.leading_zeros()
}

/// `a * b / by`, rounded.
pub(super) fn product(a: i64, b: i64, by: i64) -> Result<i64, Failure> {
    divide_rounded(i128::from(a) * i128::from(b), i128::from(by))
}

/// `a / b`, rounded.
pub(super) fn part(a: i64, b: i64) -> Result<i64, Failure> {
    divide_rounded(i128::from(a), i128::from(b))
}

/// `a * factor`, rounded.
pub(super) fn scale(a: i64, factor: f64) -> Result<i64, Failure> {
    let (mantissa, exponent) = parts(factor)?;
    let whole = i128::from(a) * i128::from(mantissa);
    match exponent {
        _ if whole == 0 => Ok(0),
        0.. => shifted(whole, exponent.unsigned_abs()).and_then(narrow),
        // The product has at most 116 bits: what is behind more than those is less than a half.
        ..-120 => Ok(0),
        _ => divide_rounded(whole, 1 << exponent.unsigned_abs()),
    }
}

/// `a / divisor`, rounded.
pub(super) fn unscale(a: i64, divisor: f64) -> Result<i64, Failure> {
    let (mantissa, exponent) = parts(divisor)?;
    if mantissa == 0 {
        return Err(Failure::DivisionByZero);
    }
    let (top, bottom) = (i128::from(a), i128::from(mantissa));
    match exponent {
        _ if top == 0 => Ok(0),
        ..0 => divide_rounded(shifted(top, exponent.unsigned_abs())?, bottom),
        // A divisor beyond twice the range leaves less than a half.
        66.. => Ok(0),
        _ => divide_rounded(top, bottom << exponent.unsigned_abs()),
    }
}

/// The order of a whole number and a float, by what they are.
pub(super) fn compare(whole: i64, float: f64) -> Ordering {
    // 2^63 is a float and the first one past the range; -2^63 is inside.
    if float >= 9_223_372_036_854_775_808.0 {
        return Ordering::Less;
    }
    if float < -9_223_372_036_854_775_808.0 {
        return Ordering::Greater;
    }
    let floor = float.floor();
    match whole.cmp(&(floor as i64)) {
        Ordering::Equal if float > floor => Ordering::Less,
        found => found,
    }
}

/// A whole number as the float that it is.
pub(super) fn float(whole: i64) -> Result<f64, Failure> {
    if (-EXACT..=EXACT).contains(&whole) {
        return Ok(whole as f64);
    }
    Err(Failure::conversion(format!(
        "{whole} is beyond 2^53 and does not meet a Float exactly"
    )))
}

fn divide_rounded(a: i128, b: i128) -> Result<i64, Failure> {
    if b == 0 {
        return Err(Failure::DivisionByZero);
    }
    let (whole, rest) = (a / b, (a % b).unsigned_abs());
    let away = if (a < 0) == (b < 0) { 1 } else { -1 };
    // Half of the divisor or more; without doubling, which could leave the range.
    let is_half = rest != 0 && rest >= b.unsigned_abs() - rest;
    narrow(if is_half { whole + away } else { whole })
}

fn narrow(value: i128) -> Result<i64, Failure> {
    i64::try_from(value).map_err(|_| Failure::Overflow)
}

/// `value << by`, where nothing falls out. `value` is not zero.
fn shifted(value: i128, by: u32) -> Result<i128, Failure> {
    match bits(value.unsigned_abs()) + by < i128::BITS {
        true => Ok(value << by),
        false => Err(Failure::Overflow),
    }
}

/// A float as `mantissa * 2^exponent`, the mantissa odd or zero.
fn parts(value: f64) -> Result<(i64, i32), Failure> {
    if !value.is_finite() {
        return Err(Failure::NotANumber);
    }
    let raw = value.to_bits();
    let fraction = (raw & ((1 << (MANTISSA - 1)) - 1)).cast_signed();
    let biased = i32::try_from((raw >> (MANTISSA - 1)) & 0x7ff).unwrap_or(0);
    let (mantissa, exponent) = match biased {
        0 => (fraction, -1074),
        _ => (fraction | (1 << (MANTISSA - 1)), biased - 1075),
    };
    if mantissa == 0 {
        return Ok((0, 0));
    }
    let zeros = mantissa.trailing_zeros();
    let mantissa = mantissa >> zeros;
    let signed = if value < 0.0 { -mantissa } else { mantissa };
    Ok((signed, exponent + zeros.cast_signed()))
}
