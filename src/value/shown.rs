//! Numbers in messages: six significant digits, which is as much as anybody reads.
//!
//! In: a value that is told. Out: the same, rounded; what is no measurement stays what it is.
//! Traces print the value itself.

use super::{Duration, Percent, Size, Value};

/// The significant digits of a number in a message.
const DIGITS: u32 = 6;

impl Value {
    /// The form in a message to people.
    pub fn to_shown(&self) -> String {
        match self {
            Value::Size(size) => shown_size(*size),
            Value::List(items) => {
                let items = items.iter().map(|item| match item {
                    Value::Size(size) => shown_size(*size),
                    other => other.rounded().to_string(),
                });
                format!("[{}]", items.collect::<Vec<_>>().join(", "))
            }
            other => other.rounded().to_plain(),
        }
    }

    fn rounded(&self) -> Value {
        match self {
            Value::Float(value) => Value::Float(significant(*value)),
            Value::Percent(share) => {
                Value::Percent(Percent::from_billionths(whole(share.billionths())))
            }
            Value::Duration(time) => Value::Duration(Duration::from_millis(whole(time.millis()))),
            other => other.clone(),
        }
    }
}

/// A size with six digits at most, in the unit that reads best.
fn shown_size(size: Size) -> String {
    let exact = size.to_string();
    let digits = exact
        .trim_start_matches('-')
        .trim_end_matches(char::is_alphabetic);
    if digits.trim_end_matches('0').len() <= DIGITS as usize {
        return exact;
    }
    let units = [
        ("TiB", 1i64 << 40),
        ("GiB", 1 << 30),
        ("MiB", 1 << 20),
        ("KiB", 1 << 10),
    ];
    let fits = |(_, bytes): &(&str, i64)| size.bytes().unsigned_abs() >= bytes.unsigned_abs();
    match units.into_iter().find(fits) {
        Some((name, bytes)) => format!("{}{name}", significant(size.bytes() as f64 / bytes as f64)),
        None => exact,
    }
}

fn significant(value: f64) -> f64 {
    let written = format!("{value:.*e}", DIGITS as usize - 1);
    written.parse().unwrap_or(value)
}

/// A whole number with nothing but zeros behind its first six digits; halves away from zero.
fn whole(value: i64) -> i64 {
    let digits = value
        .unsigned_abs()
        .checked_ilog10()
        .map_or(1, |log| log + 1);
    let Some(dropped) = digits.checked_sub(DIGITS).filter(|dropped| *dropped > 0) else {
        return value;
    };
    let unit = 10i128.pow(dropped);
    let away = if value < 0 { -unit / 2 } else { unit / 2 };
    let rounded = (i128::from(value) + away) / unit * unit;
    i64::try_from(rounded).unwrap_or(value)
}
