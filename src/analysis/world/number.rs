//! Numbers as points and intervals of one axis, whatever their unit.

use crate::typed::Unit;
use crate::value::{Bounds, Percent, Value};

use super::term::{Operation, Product};

/// All numbers from `low` to `high`, both included.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    pub low: f64,
    pub high: f64,
}

impl Default for Interval {
    fn default() -> Interval {
        Interval {
            low: f64::NEG_INFINITY,
            high: f64::INFINITY,
        }
    }
}

impl Interval {
    pub const FROM_ZERO: Interval = Interval {
        low: 0.0,
        high: f64::INFINITY,
    };

    /// What the library says is ever seen. An end that is too large for the axis is open.
    pub fn of(bounds: &Bounds) -> Interval {
        let high = bounds.high.as_ref().and_then(number);
        Interval {
            low: number(&bounds.low).unwrap_or(f64::NEG_INFINITY),
            high: high.unwrap_or(f64::INFINITY),
        }
    }

    /// What has passed since a moment that has come: a millisecond, the least that there is, or more.
    pub const SINCE: Interval = Interval {
        low: 1.0,
        high: f64::INFINITY,
    };

    pub fn point(at: f64) -> Interval {
        Interval { low: at, high: at }
    }

    /// Both ends changed by something that keeps their order.
    fn map(self, change: impl Fn(f64) -> f64) -> Interval {
        Interval {
            low: change(self.low),
            high: change(self.high),
        }
    }

    pub fn union(self, other: Interval) -> Interval {
        Interval {
            low: self.low.min(other.low),
            high: self.high.max(other.high),
        }
    }

    fn negated(self) -> Interval {
        Interval {
            low: -self.high,
            high: -self.low,
        }
    }

    /// The sums of one of these and one of those.
    pub fn and(self, other: Interval) -> Interval {
        Interval {
            low: self.low + other.low,
            high: self.high + other.high,
        }
    }

    /// Each of them so often.
    pub fn times(self, by: f64) -> Interval {
        match by {
            0.0 => Interval::point(0.0),
            by if by < 0.0 => self.negated().times(-by),
            by => self.map(|end| end * by),
        }
    }

    /// What is in both; the first where that is nothing.
    pub fn intersection(self, other: Interval) -> Interval {
        let both = Interval {
            low: self.low.max(other.low),
            high: self.high.min(other.high),
        };
        if both.low <= both.high { both } else { self }
    }

    fn is_point(self) -> bool {
        self.low == self.high
    }

    fn is_zero(self) -> bool {
        self.low == 0.0 && self.high == 0.0
    }

    fn is_positive(self) -> bool {
        self.low >= 0.0
    }
}

/// Where a number lies, or between what: a whole number that no float holds lies between two.
pub fn place(value: &Value) -> Interval {
    match (number(value), wholes(value)) {
        (Some(number), _) => Interval::point(number),
        (None, Some(whole)) => Interval {
            low: (whole as f64).next_down(),
            high: (whole as f64).next_up(),
        },
        (None, None) => Interval::default(),
    }
}

/// Whether it is a number that no float holds: it is not told from those beside it.
pub fn is_inexact(value: &Value) -> bool {
    is_number(value) && number(value).is_none()
}

/// A number on the axis of its type. Whole numbers that a float cannot hold have none.
pub fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Float(number) => Some(*number),
        _ => {
            let whole = wholes(value)?;
            let float = whole as f64;
            (float as i128 == i128::from(whole)).then_some(float)
        }
    }
}

/// How many of what it is counted in.
fn wholes(value: &Value) -> Option<i64> {
    match value {
        Value::Int(number) => Some(*number),
        Value::Percent(percent) => Some(percent.billionths()),
        Value::Duration(duration) => Some(duration.millis()),
        Value::Size(size) => Some(size.bytes()),
        Value::Time(time) => Some(time.millis()),
        Value::None
        | Value::Float(_)
        | Value::Bool(_)
        | Value::Text(_)
        | Value::Enum(_)
        | Value::List(_)
        | Value::Map(_)
        | Value::Record(_)
        | Value::Target(_)
        | Value::Query(_)
        | Value::Secret(_)
        | Value::Handle(_)
        | Value::Role(_)
        | Value::Range(_) => None,
    }
}

/// Whether it is one, however large.
pub fn is_number(value: &Value) -> bool {
    matches!(
        value,
        Value::Int(_)
            | Value::Float(_)
            | Value::Percent(_)
            | Value::Duration(_)
            | Value::Size(_)
            | Value::Time(_)
    )
}

/// What one of a Float's unit is on the axis of the quantity.
pub fn scale(unit: Unit) -> i64 {
    match unit {
        Unit::Ratio => Percent::WHOLE.billionths(),
        Unit::Seconds => 1_000,
        Unit::Bytes => 1,
    }
}

/// The numbers that an operation may yield.
pub fn computed(what: Operation, args: &[Interval]) -> Interval {
    match (what, args) {
        (Operation::Add, [a, b]) => a.and(*b),
        (Operation::Subtract, [a, b]) => a.and(b.negated()),
        (Operation::Negate, [a]) => a.negated(),
        (Operation::Multiply(what), [a, b]) => product(what, *a, *b),
        // Nothing divided by nothing is no answer.
        (Operation::Divide | Operation::Part, [a, b])
            if a.is_zero() && (b.low > 0.0 || b.high < 0.0) =>
        {
            Interval::point(0.0)
        }
        (Operation::Divide, [a, b]) => {
            let whole = Percent::WHOLE.billionths() as f64;
            computed(Operation::Part, &[a.times(whole), *b])
        }
        (Operation::Part, [a, b]) => Interval {
            high: most_of(*a, *b),
            ..quotient(*a, *b)
        },
        (Operation::Quotient, [a, b]) if a.is_point() && b.is_point() && b.low != 0.0 => {
            Interval::point((a.low / b.low).trunc())
        }
        (Operation::Remainder, [a, b]) if a.is_point() && b.is_point() && b.low != 0.0 => {
            Interval::point(a.low % b.low)
        }
        (Operation::Quotient, [a, b]) if a.is_positive() && b.is_positive() => Interval::FROM_ZERO,
        (Operation::Remainder, [a, b]) => remainder(*a, *b),
        (Operation::Round, [a]) => a.map(f64::round),
        (Operation::Floor, [a]) => a.map(f64::floor),
        (Operation::Ceil, [a]) => a.map(f64::ceil),
        (Operation::Min, [a, b]) => Interval {
            low: a.low.min(b.low),
            high: a.high.min(b.high),
        },
        (Operation::Max, [a, b]) => Interval {
            low: a.low.max(b.low),
            high: a.high.max(b.high),
        },
        (Operation::Clamp, [a, low, high]) => Interval {
            low: a.low.max(low.low).min(high.low).max(low.low),
            high: a.high.min(high.high).max(low.high).min(high.high),
        },
        (Operation::Abs, [a]) => Interval {
            low: a.low.max(-a.high).max(0.0),
            high: a.low.abs().max(a.high.abs()),
        },
        (Operation::Scale(by), [a]) => a.times(by as f64),
        _ => Interval::default(),
    }
}

/// The most that a part may be, rounded to what it is counted in.
fn most_of(a: Interval, b: Interval) -> f64 {
    match b.low > 0.0 && a.high >= 0.0 {
        true => (a.high / b.low).ceil(),
        false => quotient(a, b).high,
    }
}

/// Smaller than what divides it, and with the sign of what is divided.
fn remainder(a: Interval, b: Interval) -> Interval {
    let most = b.low.abs().max(b.high.abs()) - 1.0;
    Interval {
        low: if a.is_positive() { 0.0 } else { -most },
        high: if a.high <= 0.0 { 0.0 } else { most },
    }
}

fn product(what: Product, a: Interval, b: Interval) -> Interval {
    if a.is_zero() || b.is_zero() {
        return Interval::point(0.0);
    }
    let whole = match what {
        Product::Numbers => return product_of_numbers(a, b),
        Product::Quantity => 1.0,
        Product::Share => Percent::WHOLE.billionths() as f64,
    };
    by_sign(a, b, |a, b| counted(a.low * b.low / whole))
}

/// What a quotient is at least.
fn quotient(a: Interval, b: Interval) -> Interval {
    by_sign(a, b, |a, b| counted(a.low / b.high))
}

/// The numbers whose sign is that of both sides together, and which are at least `least` away from zero: that
/// is asked of the sides without their signs.
fn by_sign(a: Interval, b: Interval, least: impl Fn(Interval, Interval) -> f64) -> Interval {
    let from = |a: Interval, b: Interval| Interval {
        low: least(a, b),
        ..Interval::FROM_ZERO
    };
    match (a.is_positive(), b.is_positive()) {
        (true, true) => from(a, b),
        (true, false) if b.negated().is_positive() => from(a, b.negated()).negated(),
        (false, true) if a.negated().is_positive() => from(a.negated(), b).negated(),
        (false, false) if a.negated().is_positive() && b.negated().is_positive() => {
            from(a.negated(), b.negated())
        }
        _ => Interval::default(),
    }
}

/// Rounded to what a quantity is counted in. Less than one of these is still more than nothing: nobody measures
/// how long it takes until a part of it is rounded to something.
fn counted(low: f64) -> f64 {
    match low {
        whole if whole >= 1.0 && whole.is_finite() => whole.floor(),
        part if part > 0.0 && part < 1.0 => part,
        _ => 0.0,
    }
}

fn product_of_numbers(a: Interval, b: Interval) -> Interval {
    // Nothing times everything is nothing here: an end that lies at infinity is never reached.
    let times = |x: f64, y: f64| match x == 0.0 || y == 0.0 {
        true => 0.0,
        false => x * y,
    };
    let ends = [
        times(a.low, b.low),
        times(a.low, b.high),
        times(a.high, b.low),
        times(a.high, b.high),
    ];
    ends.iter().fold(Interval::point(ends[0]), |all, end| {
        all.union(Interval::point(*end))
    })
}
