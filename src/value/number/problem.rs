//! What can be wrong with a number token, in words, and what was probably meant.

use std::fmt;

use super::super::{duration, size};

/// A token that is no number, with the bytes of the token that are to blame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberError {
    pub problem: NumberProblem,
    pub start: usize,
    pub end: usize,
}

/// What is wrong with a number token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NumberProblem {
    /// Neither a unit of time nor of size; the second text is the unit that was probably meant.
    UnknownUnit(String, Option<&'static str>),
    /// `1e9`; the text is the number written out, if it can be.
    Exponent(Option<String>),
    /// `0x1f`, `0b1`, `0o7`; the text is the number in digits, if it can be.
    Radix(Option<String>),
    /// The unit occurs twice.
    UnitTwice(&'static str),
    /// A longer unit follows a shorter one; the text is the literal in order.
    NotDescending(String),
    /// More than its type can hold.
    OutOfRange,
    /// A percentage has at most seven digits after the point.
    TooManyDecimals,
    /// A unit after a number with a point: `1.5h`.
    FractionWithUnit,
    /// `1__0`, `1_`: an underscore stands between two digits.
    Underscore,
    /// `007`; the text is the number without the zeros.
    LeadingZero(String),
    /// A number without a unit among numbers with units: `1h30`.
    UnitMissing,
    /// Dots where no number has them: `1.2.3.4`.
    TooManyParts,
}

impl fmt::Display for NumberProblem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NumberProblem::UnknownUnit(unit, _) => write!(out, "`{unit}` is not a unit"),
            NumberProblem::Exponent(_) => out.write_str("numbers have no exponent"),
            NumberProblem::Radix(_) => out.write_str("numbers are written in decimal digits"),
            NumberProblem::UnitTwice(unit) => write!(out, "the unit `{unit}` occurs twice"),
            NumberProblem::NotDescending(_) => {
                out.write_str("the units of a duration go from long to short")
            }
            NumberProblem::OutOfRange => out.write_str("the number is out of range"),
            NumberProblem::TooManyDecimals => {
                out.write_str("a percentage has at most seven digits after the point")
            }
            NumberProblem::FractionWithUnit => out.write_str("a unit follows whole numbers only"),
            NumberProblem::Underscore => out.write_str("an underscore stands between two digits"),
            NumberProblem::LeadingZero(_) => out.write_str("a number does not begin with zeros"),
            NumberProblem::UnitMissing => out.write_str("the unit is missing"),
            NumberProblem::TooManyParts => out.write_str("too many dots for a number"),
        }
    }
}

/// Whether a unit is meant that has no fixed length.
fn is_month(unit: &str) -> bool {
    let unit = unit.to_ascii_lowercase();
    ["mo", "mon", "month", "months", "y", "yr", "year", "years"].contains(&unit.as_str())
}

impl NumberProblem {
    /// How to mend it, in words.
    pub fn help(&self) -> &'static str {
        match self {
            NumberProblem::UnknownUnit(unit, _) if is_month(unit) => {
                "there are no months and no years, which differ in length: write days, `30d`"
            }
            NumberProblem::UnknownUnit(unit, _) if matches!(unit.as_str(), "u" | "i" | "f") => {
                "a number has no type behind it: remove that"
            }
            NumberProblem::UnknownUnit(_, Some("_000")) => {
                "thousands are written out, `1_000`; a size is `1KiB`"
            }
            NumberProblem::UnknownUnit(_, _) => {
                "durations: `w d h m s ms`; sizes: `B KB MB GB TB KiB MiB GiB TiB`; shares: `%`"
            }
            NumberProblem::Exponent(_) => "write the number out: `1_000_000`",
            NumberProblem::Radix(_) => "write the number in decimal digits",
            NumberProblem::UnitTwice(_) => "add the two up",
            NumberProblem::NotDescending(_) => "write the longest unit first: `1h30m`",
            NumberProblem::OutOfRange => "the largest whole number is 9_223_372_036_854_775_807",
            NumberProblem::TooManyDecimals => "leave the last digits out",
            NumberProblem::FractionWithUnit => {
                "use a smaller unit: `1h30m` for one and a half hours"
            }
            NumberProblem::Underscore => "write `1_000`",
            NumberProblem::LeadingZero(_) => "leave the zeros out",
            NumberProblem::UnitMissing => "give each part its unit: `1h30m`",
            NumberProblem::TooManyParts => "a version such as `1.3.0` stands after `version` only",
        }
    }

    /// The text to put in place of the marked bytes, where there is one right answer.
    pub fn replacement(&self) -> Option<String> {
        match self {
            NumberProblem::Exponent(text) | NumberProblem::Radix(text) => text.clone(),
            NumberProblem::LeadingZero(text) | NumberProblem::NotDescending(text) => {
                Some(text.clone())
            }
            NumberProblem::UnknownUnit(_, meant) => meant.map(str::to_owned),
            NumberProblem::UnitTwice(_)
            | NumberProblem::OutOfRange
            | NumberProblem::TooManyDecimals
            | NumberProblem::FractionWithUnit
            | NumberProblem::Underscore
            | NumberProblem::UnitMissing
            | NumberProblem::TooManyParts => None,
        }
    }
}

/// A number with an exponent in digits, if it is whole and not too large.
pub(super) fn written_out(token: &str) -> Option<String> {
    let value: f64 = token.replace('_', "").parse().ok()?;
    let whole = value.fract() == 0.0 && value.abs() < 9_007_199_254_740_992.0;
    whole.then(|| grouped(value as i64))
}

/// `1000000` as `1_000_000`.
pub(super) fn grouped(value: i64) -> String {
    let digits = value.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push('_');
        }
        grouped.push(digit);
    }
    grouped
}

/// The unit that somebody who writes this probably means.
pub(super) fn meant(unit: &str) -> Option<&'static str> {
    let known = |name: &&'static str| name.eq_ignore_ascii_case(unit);
    let sizes = size::UNITS.iter().map(|(name, _)| *name);
    let durations = duration::UNITS.iter().map(|(name, _)| *name);
    match unit.to_ascii_lowercase().as_str() {
        "sec" | "secs" | "second" | "seconds" => Some("s"),
        "min" | "mins" | "minute" | "minutes" | "mm" => Some("m"),
        "hr" | "hrs" | "hour" | "hours" => Some("h"),
        "day" | "days" => Some("d"),
        "week" | "weeks" => Some("w"),
        "msec" | "millis" => Some("ms"),
        // A thousand, not 1_024 bytes.
        "k" => Some("_000"),
        "ki" => Some("KiB"),
        "mi" => Some("MiB"),
        "g" | "gi" => Some("GiB"),
        "t" | "ti" => Some("TiB"),
        "byte" | "bytes" => Some("B"),
        _ => sizes.chain(durations).find(known),
    }
}
