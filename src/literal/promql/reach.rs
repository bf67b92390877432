//! Which numbers a query may answer at all, by its form: `count(x)` none below zero, `x * 0` zero.
//!
//! In: what its operands may answer. Out: the same of an operator, an aggregation or a function.
//! What is no number, as nothing divided by nothing, is no answer.

use std::f64::consts::FRAC_PI_2;

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
    /// The numbers of an answer, if there is one: `count(x)` answers one at least, or nothing. Not more than
    /// what it is within.
    pub answers: Within,
    /// Whether it answers hangs on more than that its series are there: `absent(x)`, `x > 5`, `x and y`.
    pub uncertain: bool,
    /// Its number only says that there is something, as that of `group(x)` does.
    pub present: bool,
    /// It never answers: `x unless x`, or what is no number.
    pub never: bool,
}

/// The clock of whoever asks a query is beyond this: the end of 2023, in seconds.
const CLOCK: f64 = 1_704_000_000.0;

/// Above zero, however little.
const ABOVE_ZERO: Within = Within::of(f64::MIN_POSITIVE, f64::INFINITY);

impl Within {
    pub const ALL: Within = Within::of(f64::NEG_INFINITY, f64::INFINITY);
    /// No number at all.
    const NONE: Within = Within::of(f64::INFINITY, f64::NEG_INFINITY);
    pub const FROM_ZERO: Within = Within::of(0.0, f64::INFINITY);

    pub const fn of(low: f64, high: f64) -> Within {
        Within { low, high }
    }

    fn point(number: f64) -> Within {
        match number.is_nan() {
            true => Within::ALL,
            false => Within::of(number, number),
        }
    }

    /// The only number.
    pub fn number(self) -> Option<f64> {
        (self.low == self.high).then_some(self.low)
    }

    /// Both ends changed by what keeps their order.
    fn map(self, change: impl Fn(f64) -> f64) -> Within {
        Within::of(change(self.low), change(self.high))
    }

    pub fn negated(self) -> Within {
        Within::of(-self.high, -self.low)
    }

    pub fn is_positive(self) -> bool {
        self.low >= 0.0
    }

    pub fn and(self, other: Within) -> Within {
        Within::of(self.low + other.low, self.high + other.high)
    }

    pub fn intersection(self, other: Within) -> Within {
        Within::of(self.low.max(other.low), self.high.min(other.high))
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

    /// The same of one at least.
    fn added_up_of_some(self) -> Within {
        match (self.is_positive(), self.high <= 0.0) {
            (true, false) => Within::of(self.low, f64::INFINITY),
            (false, true) => Within::of(f64::NEG_INFINITY, self.high),
            (true, true) | (false, false) => self.added_up(),
        }
    }

    /// Between two bounds, or one.
    fn bounded(self, low: Within, high: Within) -> Within {
        let raised = Within::of(self.low.max(low.low), self.high.max(low.high));
        Within::of(raised.low.min(high.low), raised.high.min(high.high))
    }

    pub fn product(self, other: Within) -> Within {
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
            None if self.number() == Some(0.0) => self,
            _ if by.low > 0.0 || by.high < 0.0 => {
                self.product(Within::of(1.0 / by.high, 1.0 / by.low))
            }
            _ if self.is_positive() && by.is_positive() => Within::FROM_ZERO,
            _ if self.high <= 0.0 && by.is_positive() => Within::FROM_ZERO.negated(),
            _ => Within::ALL,
        }
    }

    pub fn power(self, by: Within) -> Within {
        match (self.number(), by.number()) {
            (_, Some(0.0)) | (Some(1.0), _) => Within::point(1.0),
            (_, Some(1.0)) => self,
            (_, Some(by)) if by % 2.0 == 0.0 => Within::FROM_ZERO,
            _ if self.low > 0.0 => ABOVE_ZERO,
            _ if self.is_positive() => Within::FROM_ZERO,
            _ => Within::ALL,
        }
    }

    /// What is left is smaller than what divides, and of the sign of what is divided.
    fn remainder(self, by: Within) -> Within {
        let most = by.low.abs().max(by.high.abs());
        // The largest number that is smaller.
        let most = if most > 0.0 { most.next_down() } else { most };
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
            answers: within,
            uncertain: false,
            present: false,
            never: false,
        }
    }

    /// A number as it is written.
    pub fn written(number: Absent) -> Reach {
        match number {
            Absent::Number(number) => Reach {
                never: number.is_nan(),
                ..Reach::of(Within::point(number))
            },
            Absent::Nothing | Absent::Unknown => Reach::ALL,
        }
    }

    pub fn negated(self) -> Reach {
        Reach {
            within: self.within.negated(),
            answers: self.answers.negated(),
            ..self
        }
    }

    /// What the whole query answers. One of which it is uncertain whether it answers is asked for that,
    /// which is for the world to decide.
    pub fn answered(self) -> Within {
        match (self.never, self.uncertain) {
            (true, _) => Within::NONE,
            (false, true) => Within::ALL,
            (false, false) => self.within,
        }
    }

    /// What the whole query answers wherever it does.
    pub fn if_answered(self) -> Within {
        match self.never {
            true => Within::NONE,
            false => self.answers,
        }
    }
}

/// An operator, and how it is written.
#[derive(Clone, Copy)]
pub(super) struct Written<'a> {
    pub operator: &'a str,
    /// A comparison with `bool` is 0 or 1.
    pub bool: bool,
    /// On the left stands a number, no vector.
    pub is_first_number: bool,
}

impl Written<'_> {
    fn compares(self) -> bool {
        matches!(self.operator, "==" | "!=" | "<" | "<=" | ">" | ">=")
    }
}

/// What `left - right` may be, and what it may be where both answer.
#[derive(Clone, Copy)]
pub(super) struct Difference {
    pub within: Within,
    pub answers: Within,
}

/// `left operator right`
pub(super) fn combined(
    written: Written,
    (left, right): (Reach, Reach),
    difference: Difference,
) -> Reach {
    let Written { operator, bool, .. } = written;
    let compares = written.compares();
    let answers = numbers(written, (left.answers, right.answers), difference.answers);
    let difference = difference.within;
    let is_set = ["or", "and", "unless"].contains(&operator);
    let either = left.never || right.never;
    Reach {
        within: numbers(written, (left.within, right.within), difference),
        answers: match compares && !bool {
            true => kept(written, (left.answers, right.answers)),
            false => answers,
        },
        uncertain: match operator {
            "or" => left.uncertain && right.uncertain,
            "and" | "unless" => true,
            _ if compares && !bool && compared(operator, difference).is_none() => true,
            _ => left.uncertain || right.uncertain,
        },
        present: left.present || right.present && (!is_set || operator == "or"),
        never: match operator {
            "or" => left.never && right.never,
            "unless" => left.never,
            // No number is unlike any other.
            "!=" => false,
            _ if compares => !bool && (either || compared(operator, difference) == Some(false)),
            _ => either,
        },
    }
}

/// The numbers of `one operator other`.
fn numbers(written: Written, (one, other): (Within, Within), difference: Within) -> Within {
    let operator = written.operator;
    match operator {
        "or" => one.union(other),
        "and" | "unless" => one,
        "-" => difference,
        "+" => Within::of(one.low + other.low, one.high + other.high),
        "*" => one.product(other),
        "/" if difference.number() == Some(0.0) => Within::point(1.0),
        // No more than what divides it.
        "/" if one.is_positive() && other.is_positive() && difference.high <= 0.0 => {
            one.quotient(other).intersection(Within::of(0.0, 1.0))
        }
        "/" => one.quotient(other),
        "%" if difference.number() == Some(0.0) => Within::point(0.0),
        "%" => one.remainder(other),
        "^" => one.power(other),
        "atan2" => Within::of(-std::f64::consts::PI, std::f64::consts::PI),
        _ if written.compares() => match (written.bool, written.is_first_number) {
            (true, _) => match compared(operator, difference) {
                Some(holds) => Within::point(f64::from(u8::from(holds))),
                None => Within::of(0.0, 1.0),
            },
            // What fits stays what it is.
            (false, true) => other,
            (false, false) => one,
        },
        _ => Within::ALL,
    }
}

/// What a filter lets through: `x > 5` answers what is above 5, or nothing.
fn kept(written: Written, (one, other): (Within, Within)) -> Within {
    let (kept, by) = match written.is_first_number {
        true => (other, one),
        false => (one, other),
    };
    let fits = match (written.operator, written.is_first_number) {
        ("==", _) => by,
        ("<", false) | (">", true) => Within::of(f64::NEG_INFINITY, by.high.next_down()),
        ("<=", false) | (">=", true) => Within::of(f64::NEG_INFINITY, by.high),
        (">", false) | ("<", true) => Within::of(by.low.next_up(), f64::INFINITY),
        (">=", false) | ("<=", true) => Within::of(by.low, f64::INFINITY),
        _ => Within::ALL,
    };
    kept.intersection(fits)
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

/// `sum(given)` and the like; of groups of one, where they are.
pub(super) fn aggregated(name: &str, given: Reach, is_alone: bool) -> Reach {
    // What is counted in a group of one only says that it is there.
    let counts = is_alone && matches!(name, "count" | "stddev" | "stdvar");
    let within = grouped(name, given.within, is_alone);
    Reach {
        within,
        answers: match name {
            // Of none there is no answer.
            "count" | "count_values" => Within::of(1.0, within.high),
            "sum" if !is_alone => given.answers.added_up_of_some(),
            _ => grouped(name, given.answers, is_alone),
        },
        present: given.present || name == "group" || counts,
        ..given
    }
}

fn grouped(name: &str, within: Within, is_alone: bool) -> Within {
    match name {
        "sum" if is_alone => within,
        "count" if is_alone => Within::point(1.0),
        "stddev" | "stdvar" if is_alone => Within::point(0.0),
        "sum" => within.added_up(),
        "avg" | "min" | "max" | "topk" | "bottomk" | "limitk" | "limit_ratio" | "quantile" => {
            within
        }
        "stddev" | "stdvar" if within.number().is_some() => Within::point(0.0),
        // People ask for more than none all the same, for whether there are some.
        "count" | "count_values" | "stddev" | "stdvar" => Within::FROM_ZERO,
        "group" => Within::point(1.0),
        _ => Within::ALL,
    }
}

/// A function; of what it takes, strings and options are unknown.
pub(super) fn called(name: &str, given: &[Reach]) -> Reach {
    let first = given.first().copied().unwrap_or(Reach::ALL);
    let within: Vec<Within> = given.iter().map(|given| given.within).collect();
    let answers: Vec<Within> = given.iter().map(|given| given.answers).collect();
    let within = results(name, &within);
    Reach {
        within,
        answers: match name {
            "count_over_time" => Within::of(1.0, within.high),
            "sum_over_time" => first.answers.added_up_of_some(),
            // Of none, or of several, it is no number, which compares with every other one.
            "scalar" => within,
            _ => results(name, &answers),
        },
        uncertain: first.uncertain || matches!(name, "absent" | "absent_over_time"),
        present: given.iter().any(|given| given.present) || name == "present_over_time",
        never: first.never && !matches!(name, "absent" | "absent_over_time"),
    }
}

/// The numbers of a function of these.
fn results(name: &str, given: &[Within]) -> Within {
    let at = |place: usize| given.get(place).copied().unwrap_or(Within::ALL);
    let of = at(0);
    match name {
        "vector" | "scalar" | "sort" | "sort_desc" | "sort_by_label" | "sort_by_label_desc"
        | "label_replace" | "label_join" | "info" | "avg_over_time" | "min_over_time"
        | "max_over_time" | "last_over_time" | "first_over_time" => of,
        "quantile_over_time" if of.low >= 0.0 && of.high <= 1.0 => at(1),
        "abs" => Within::of(
            of.low.max(-of.high).max(0.0),
            of.low.abs().max(of.high.abs()),
        ),
        "exp" => of.map(f64::exp).intersection(ABOVE_ZERO),
        "sqrt" => of.map(|number| number.max(0.0).sqrt()),
        "ln" if of.is_positive() => of.map(f64::ln),
        "log2" if of.is_positive() => of.map(f64::log2),
        "log10" if of.is_positive() => of.map(f64::log10),
        "deg" => of.map(f64::to_degrees),
        "rad" => of.map(f64::to_radians),
        "sinh" => of.map(f64::sinh),
        "asinh" => of.map(f64::asinh),
        "tanh" => of.map(f64::tanh),
        "atan" => of.map(f64::atan),
        "time" => Within::of(CLOCK, f64::INFINITY),
        "timestamp" => ABOVE_ZERO,
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
        "count_over_time" | "rate" | "irate" | "increase" | "changes" | "resets"
        | "stddev_over_time" | "stdvar_over_time" | "mad_over_time" => Within::FROM_ZERO,
        "histogram_fraction" => Within::of(0.0, 1.0),
        "sin" | "cos" => Within::of(-1.0, 1.0),
        "cosh" => Within::of(1.0, f64::INFINITY),
        "acosh" => Within::FROM_ZERO,
        "acos" => Within::of(0.0, std::f64::consts::PI),
        "asin" => Within::of(-FRAC_PI_2, FRAC_PI_2),
        "minute" => Within::of(0.0, 59.0),
        "hour" => Within::of(0.0, 23.0),
        "day_of_week" => Within::of(0.0, 6.0),
        "day_of_month" => Within::of(1.0, 31.0),
        "day_of_year" => Within::of(1.0, 366.0),
        "days_in_month" => Within::of(28.0, 31.0),
        "month" => Within::of(1.0, 12.0),
        "pi" => Within::point(std::f64::consts::PI),
        _ => Within::ALL,
    }
}
