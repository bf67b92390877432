//! Which numbers a query may answer at all, by its form: `count(x)` none below zero, `x * 0` zero.
//!
//! In: what its operands may answer. Out: the same of an operator, an aggregation or a function.
//! What is no number, as nothing divided by nothing, is no answer.

use super::absence::Absent;

/// All numbers from `low` to `high`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Within {
    pub low: f64,
    pub high: f64,
}

/// What an expression may answer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Reach {
    pub within: Within,
    /// It answers only where something is missing, as `absent(x)` does.
    pub lacking: bool,
    /// Its number only says that there is something, as that of `group(x)` does.
    pub present: bool,
}

impl Within {
    pub const ALL: Within = Within::of(f64::NEG_INFINITY, f64::INFINITY);
    const FROM_ZERO: Within = Within::of(0.0, f64::INFINITY);

    pub const fn of(low: f64, high: f64) -> Within {
        Within { low, high }
    }

    fn point(number: f64) -> Within {
        match number.is_nan() {
            true => Within::ALL,
            false => Within::of(number, number),
        }
    }

    fn number(self) -> Option<f64> {
        (self.low == self.high).then_some(self.low)
    }

    /// Both ends changed by what keeps their order.
    fn map(self, change: impl Fn(f64) -> f64) -> Within {
        Within::of(change(self.low), change(self.high))
    }

    fn negated(self) -> Within {
        Within::of(-self.high, -self.low)
    }

    fn is_positive(self) -> bool {
        self.low >= 0.0
    }

    fn union(self, other: Within) -> Within {
        Within::of(self.low.min(other.low), self.high.max(other.high))
    }

    /// Some of these, added up: how many is not known.
    fn added_up(self) -> Within {
        match (self.is_positive(), self.high <= 0.0) {
            (true, true) => Within::point(0.0),
            (true, false) => Within::FROM_ZERO,
            (false, true) => Within::of(f64::NEG_INFINITY, 0.0),
            (false, false) => Within::ALL,
        }
    }

    /// Between two bounds, or one.
    fn bounded(self, low: Within, high: Within) -> Within {
        let raised = Within::of(self.low.max(low.low), self.high.max(low.high));
        Within::of(raised.low.min(high.low), raised.high.min(high.high))
    }

    fn product(self, other: Within) -> Within {
        // An end at infinity is never reached.
        let times = |one: f64, other: f64| match one == 0.0 || other == 0.0 {
            true => 0.0,
            false => one * other,
        };
        let ends = [
            times(self.low, other.low),
            times(self.low, other.high),
            times(self.high, other.low),
            times(self.high, other.high),
        ];
        let first = Within::point(ends[0]);
        ends.iter()
            .fold(first, |all, end| all.union(Within::point(*end)))
    }

    fn quotient(self, by: Within) -> Within {
        match by.number() {
            Some(0.0) => Within::ALL,
            Some(by) => self.product(Within::point(1.0 / by)),
            None if self.number() == Some(0.0) => self,
            None if self.is_positive() && by.is_positive() => Within::FROM_ZERO,
            None => Within::ALL,
        }
    }

    fn power(self, by: Within) -> Within {
        match (self.number(), by.number()) {
            (_, Some(0.0)) | (Some(1.0), _) => Within::point(1.0),
            (_, Some(1.0)) => self,
            (_, Some(by)) if by % 2.0 == 0.0 => Within::FROM_ZERO,
            _ if self.low > 0.0 => Within::FROM_ZERO,
            _ => Within::ALL,
        }
    }

    /// What is left is smaller than what divides, and of the sign of what is divided.
    fn remainder(self, by: Within) -> Within {
        let most = by.low.abs().max(by.high.abs());
        Within::of(
            if self.is_positive() { 0.0 } else { -most },
            if self.high <= 0.0 { 0.0 } else { most },
        )
    }
}

impl Reach {
    pub const ALL: Reach = Reach::of(Within::ALL);

    pub const fn of(within: Within) -> Reach {
        Reach {
            within,
            lacking: false,
            present: false,
        }
    }

    /// A number as it is written.
    pub fn written(number: Absent) -> Reach {
        match number {
            Absent::Number(number) => Reach::of(Within::point(number)),
            Absent::Nothing | Absent::Unknown => Reach::ALL,
        }
    }

    pub fn negated(self) -> Reach {
        Reach {
            within: self.within.negated(),
            ..self
        }
    }

    /// What the whole query answers. One that answers only where something is missing is asked for
    /// whether it answers: that is for the world to decide.
    pub fn answered(self) -> Within {
        match self.lacking {
            true => Within::ALL,
            false => self.within,
        }
    }
}

/// `left operator right`. `left - right` is within `difference`; a comparison with `answers` is 0 or 1.
pub(super) fn combined(
    operator: &str,
    answers: bool,
    (left, right): (Reach, Reach),
    is_first_number: bool,
    difference: Within,
) -> Reach {
    let operator = operator.to_ascii_lowercase();
    let (one, other) = (left.within, right.within);
    let within = match operator.as_str() {
        "or" => one.union(other),
        "and" | "unless" => one,
        "-" => difference,
        "+" => Within::of(one.low + other.low, one.high + other.high),
        "*" => one.product(other),
        "/" if difference.number() == Some(0.0) => Within::point(1.0),
        "/" => one.quotient(other),
        "%" if difference.number() == Some(0.0) => Within::point(0.0),
        "%" => one.remainder(other),
        "^" => one.power(other),
        "==" | "!=" | "<" | "<=" | ">" | ">=" => match (answers, is_first_number) {
            (true, _) => match compared(&operator, difference) {
                Some(holds) => Within::point(f64::from(u8::from(holds))),
                None => Within::of(0.0, 1.0),
            },
            // What fits stays what it is.
            (false, true) => other,
            (false, false) => one,
        },
        _ => Within::ALL,
    };
    let is_set = ["or", "and", "unless"].contains(&operator.as_str());
    Reach {
        within,
        lacking: match operator.as_str() {
            "or" => left.lacking && right.lacking,
            "unless" => left.lacking,
            _ => left.lacking || right.lacking,
        },
        present: left.present || right.present && (!is_set || operator == "or"),
    }
}

/// How a difference compares with zero, if that is sure.
fn compared(operator: &str, difference: Within) -> Option<bool> {
    let Within { low, high } = difference;
    let (below, above) = (high < 0.0, low > 0.0);
    let (no_more, no_less) = (high <= 0.0, low >= 0.0);
    let (yes, no) = match operator {
        "<" => (below, no_less),
        "<=" => (no_more, above),
        ">" => (above, no_more),
        ">=" => (no_less, below),
        "==" => (no_more && no_less, below || above),
        "!=" => (below || above, no_more && no_less),
        _ => (false, false),
    };
    (yes || no).then_some(yes)
}

/// `sum(given)` and the like.
pub(super) fn aggregated(name: &str, given: Reach) -> Reach {
    let within = given.within;
    let name = name.to_ascii_lowercase();
    Reach {
        within: match name.as_str() {
            "sum" => within.added_up(),
            "avg" | "min" | "max" | "topk" | "bottomk" | "limitk" | "limit_ratio" | "quantile" => {
                within
            }
            "stddev" | "stdvar" if within.number().is_some() => Within::point(0.0),
            // Of none there is no answer; people ask for more than none all the same.
            "count" | "count_values" | "stddev" | "stdvar" => Within::FROM_ZERO,
            "group" => Within::point(1.0),
            _ => Within::ALL,
        },
        present: given.present || name == "group",
        ..given
    }
}

/// A function; of what it takes, strings and options are unknown.
pub(super) fn called(name: &str, given: &[Reach]) -> Reach {
    let first = given.first().copied().unwrap_or(Reach::ALL);
    let at = |place: usize| given.get(place).map_or(Within::ALL, |given| given.within);
    let of = first.within;
    let within = match name {
        "vector" | "scalar" | "sort" | "sort_desc" | "sort_by_label" | "sort_by_label_desc"
        | "label_replace" | "label_join" | "info" | "avg_over_time" | "min_over_time"
        | "max_over_time" | "last_over_time" | "first_over_time" => of,
        "quantile_over_time" => at(1),
        "abs" if of.is_positive() => of,
        "abs" if of.high <= 0.0 => of.negated(),
        "ceil" => of.map(f64::ceil),
        "floor" => of.map(f64::floor),
        "round" if given.len() == 1 => of.map(|number| (number + 0.5).floor()),
        "sgn" => of.map(|number| if number == 0.0 { 0.0 } else { number.signum() }),
        "clamp" => of.bounded(at(1), at(2)),
        "clamp_min" => of.bounded(at(1), Within::point(f64::INFINITY)),
        "clamp_max" => of.bounded(Within::point(f64::NEG_INFINITY), at(1)),
        "sum_over_time" => of.added_up(),
        "absent" | "absent_over_time" | "present_over_time" => Within::point(1.0),
        // What never moves has no rate.
        "rate" | "irate" | "increase" | "delta" | "idelta" | "deriv" | "changes" | "resets"
        | "stddev_over_time" | "stdvar_over_time" | "mad_over_time"
            if of.number().is_some() =>
        {
            Within::point(0.0)
        }
        "abs" | "sqrt" | "exp" | "count_over_time" | "rate" | "irate" | "increase" | "changes"
        | "resets" | "stddev_over_time" | "stdvar_over_time" | "mad_over_time" => Within::FROM_ZERO,
        "histogram_fraction" => Within::of(0.0, 1.0),
        "sin" | "cos" | "tanh" => Within::of(-1.0, 1.0),
        "minute" => Within::of(0.0, 59.0),
        "hour" => Within::of(0.0, 23.0),
        "day_of_week" => Within::of(0.0, 6.0),
        "day_of_month" => Within::of(1.0, 31.0),
        "day_of_year" => Within::of(1.0, 366.0),
        "days_in_month" => Within::of(28.0, 31.0),
        "month" => Within::of(1.0, 12.0),
        "pi" => Within::point(std::f64::consts::PI),
        _ => Within::ALL,
    };
    Reach {
        within,
        lacking: first.lacking || matches!(name, "absent" | "absent_over_time"),
        present: given.iter().any(|given| given.present) || name == "present_over_time",
    }
}
