//! What a query answers where none of its series exists.
//!
//! In: what its operands are there. Out: the same of an operator, an aggregation or a function.
//! <https://prometheus.io/docs/prometheus/latest/querying/operators/> says how each treats an
//! empty vector. Labels are not looked at: what `vector(..)` makes up has none.

use super::lexer::number_of;
use super::selector::millis;

/// An expression where no series exists.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Absent {
    /// No sample comes.
    Nothing,
    /// This number comes all the same.
    Number(f64),
    /// It hangs on the clock, or is not worth finding out.
    Unknown,
}

impl Absent {
    /// What `change` makes of a number; nothing stays nothing.
    pub fn map(self, change: impl Fn(f64) -> f64) -> Absent {
        match self {
            Absent::Number(number) => Absent::Number(change(number)),
            Absent::Nothing | Absent::Unknown => self,
        }
    }

    /// A number as a query writes it: `1_000`, `0x1f`, `5m`.
    pub fn written(text: &str) -> Absent {
        let number = number_of(text);
        number.map_or(Absent::Unknown, Absent::Number)
    }

    /// A duration that stands for its seconds.
    pub fn seconds(text: &str) -> Absent {
        Absent::Number(millis(text) as f64 / 1_000.0)
    }
}

/// `left operator right`; a comparison of numbers alone, and one with `bool`, answers 0 or 1.
pub(super) fn combined(operator: &str, answers: bool, left: Side, right: Side) -> Absent {
    use Absent::{Nothing, Number, Unknown};
    let operator = operator.to_ascii_lowercase();
    match (operator.as_str(), left.absent, right.absent) {
        ("or", Nothing, right) => right,
        ("or", left, _) => left,
        ("and", Nothing, _) | ("and", _, Nothing) => Nothing,
        ("and", left, Number(_)) => left,
        ("unless", Nothing, _) | ("unless", _, Number(_)) => Nothing,
        ("unless", left, Nothing) => left,
        (_, Nothing, _) | (_, _, Nothing) => Nothing,
        (_, Number(one), Number(other)) => match compared(&operator, one, other) {
            Some(holds) if answers => Number(f64::from(u8::from(holds))),
            Some(true) => Number(if left.is_scalar { other } else { one }),
            Some(false) => Nothing,
            None => computed(&operator, one, other),
        },
        (_, Unknown, _) | (_, _, Unknown) => Unknown,
    }
}

/// One side of an operator.
#[derive(Clone, Copy)]
pub(super) struct Side {
    pub absent: Absent,
    pub is_scalar: bool,
}

fn compared(operator: &str, one: f64, other: f64) -> Option<bool> {
    Some(match operator {
        "==" => one == other,
        "!=" => one != other,
        "<" => one < other,
        "<=" => one <= other,
        ">" => one > other,
        ">=" => one >= other,
        _ => return None,
    })
}

fn computed(operator: &str, one: f64, other: f64) -> Absent {
    Absent::Number(match operator {
        "+" => one + other,
        "-" => one - other,
        "*" => one * other,
        "/" => one / other,
        "%" => one % other,
        "^" => one.powf(other),
        "atan2" => one.atan2(other),
        _ => return Absent::Unknown,
    })
}

/// `sum(given)` and the like.
pub(super) fn aggregated(name: &str, given: Absent) -> Absent {
    match name.to_ascii_lowercase().as_str() {
        "sum" | "avg" | "min" | "max" | "topk" | "bottomk" | "limitk" | "quantile" => given,
        "count" | "group" | "count_values" => given.map(|_| 1.0),
        "stddev" | "stdvar" => given.map(|_| 0.0),
        _ if given == Absent::Nothing => given,
        _ => Absent::Unknown,
    }
}

/// A function; of what it takes, strings and options are unknown.
pub(super) fn called(name: &str, given: &[Absent]) -> Absent {
    let first = given.first().copied().unwrap_or(Absent::Unknown);
    let at = |place: usize| match given.get(place) {
        Some(Absent::Number(number)) => Some(*number),
        _ => None,
    };
    match name {
        "absent" | "absent_over_time" => match first {
            Absent::Nothing => Absent::Number(1.0),
            Absent::Number(_) => Absent::Nothing,
            Absent::Unknown => Absent::Unknown,
        },
        "scalar" => match first {
            Absent::Nothing => Absent::Number(f64::NAN),
            first => first,
        },
        "pi" => Absent::Number(std::f64::consts::PI),
        "vector" | "sort" | "sort_desc" | "sort_by_label" | "sort_by_label_desc"
        | "label_replace" | "label_join" | "info" | "avg_over_time" | "min_over_time"
        | "max_over_time" | "last_over_time" | "first_over_time" => first,
        "abs" => first.map(f64::abs),
        "ceil" => first.map(f64::ceil),
        "floor" => first.map(f64::floor),
        "sgn" => first.map(|number| if number == 0.0 { 0.0 } else { number.signum() }),
        "acos" => first.map(f64::acos),
        "acosh" => first.map(f64::acosh),
        "asin" => first.map(f64::asin),
        "asinh" => first.map(f64::asinh),
        "atan" => first.map(f64::atan),
        "atanh" => first.map(f64::atanh),
        "cos" => first.map(f64::cos),
        "cosh" => first.map(f64::cosh),
        "sin" => first.map(f64::sin),
        "sinh" => first.map(f64::sinh),
        "tan" => first.map(f64::tan),
        "tanh" => first.map(f64::tanh),
        "deg" => first.map(f64::to_degrees),
        "rad" => first.map(f64::to_radians),
        "sqrt" => first.map(f64::sqrt),
        "exp" => first.map(f64::exp),
        "ln" => first.map(f64::ln),
        "log2" => first.map(f64::log2),
        "log10" => first.map(f64::log10),
        "round" => match (given.len(), at(1)) {
            (1, _) => first.map(|number| (number + 0.5).floor()),
            (_, Some(to)) => first.map(|number| (number / to + 0.5).floor() * to),
            (_, None) => unless_nothing(first),
        },
        "clamp_min" => bounded(first, at(1), |number, low| number.max(low)),
        "clamp_max" => bounded(first, at(1), |number, high| number.min(high)),
        "clamp" => {
            let raised = bounded(first, at(1), |number, low| number.max(low));
            bounded(raised, at(2), |number, high| number.min(high))
        }
        "present_over_time" => first.map(|_| 1.0),
        "quantile_over_time" => given.get(1).copied().unwrap_or(Absent::Unknown),
        // What never moves has no rate.
        "rate" | "irate" | "increase" | "delta" | "idelta" | "deriv" | "changes" | "resets"
        | "stddev_over_time" | "stdvar_over_time" | "mad_over_time" => first.map(|_| 0.0),
        "sum_over_time" if first == Absent::Number(0.0) => first,
        "histogram_quantile" => unless_nothing(given.get(1).copied().unwrap_or(Absent::Unknown)),
        "histogram_fraction" => unless_nothing(given.get(2).copied().unwrap_or(Absent::Unknown)),
        _ => unless_nothing(first),
    }
}

fn bounded(number: Absent, bound: Option<f64>, change: impl Fn(f64, f64) -> f64) -> Absent {
    match bound {
        Some(bound) => number.map(|number| change(number, bound)),
        None => unless_nothing(number),
    }
}

/// Nothing comes of nothing; of all else something does.
fn unless_nothing(given: Absent) -> Absent {
    match given {
        Absent::Nothing => Absent::Nothing,
        Absent::Number(_) | Absent::Unknown => Absent::Unknown,
    }
}
