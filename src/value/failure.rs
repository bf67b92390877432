//! What can go wrong while computing, as plain data in the user's words.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Kind, Text};

/// Why an expression has no value. Never a value itself: it ends the block it happens in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Failure {
    /// A number left its range.
    Overflow,
    DivisionByZero,
    /// A float operation gave infinity or no number at all.
    NotANumber,
    /// The other side answered, and there is nothing there; or a field was not said.
    NoData(Text),
    /// An observation could not be made; the text is the reason.
    Failed(Text),
    /// A lookup gave something that the product does not own.
    NotOwned(Text),
    /// A value does not fit where it is put; the text says what and where.
    Conversion(Text),
    IndexOutOfRange {
        index: i64,
        length: u32,
    },
    KeyMissing(Text),
    /// A list, map or text would pass its limit.
    TooLong {
        what: Kind,
        limit: u32,
    },
    /// A clamp or a range whose ends are the wrong way round.
    EmptyRange,
    /// Two values that no operation takes together. The checker refuses such programs.
    Mismatch {
        left: Kind,
        right: Kind,
    },
}

impl Failure {
    /// A value does not fit where it is put.
    pub fn conversion(what: impl Into<String>) -> Failure {
        Failure::Conversion(Text::from(what.into()))
    }

    /// There is nothing there.
    pub fn no_data(what: impl Into<String>) -> Failure {
        Failure::NoData(Text::from(what.into()))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Overflow => out.write_str("the result is out of range"),
            Failure::DivisionByZero => out.write_str("division by zero"),
            Failure::NotANumber => out.write_str("the result is not a number"),
            Failure::NoData(what) => write!(out, "no data: {}", what.as_str()),
            Failure::Failed(why) => write!(out, "the observation failed: {}", why.as_str()),
            Failure::NotOwned(what) => write!(out, "not owned by the product: {}", what.as_str()),
            Failure::Conversion(what) => out.write_str(what),
            Failure::IndexOutOfRange { index, length } => {
                write!(out, "index {index} of a list of {length}")
            }
            Failure::KeyMissing(key) => write!(out, "no entry for the key {}", key.as_str()),
            Failure::TooLong { what, limit } => {
                write!(out, "a {what} may hold at most {limit}")
            }
            Failure::EmptyRange => out.write_str("the lower end is above the upper end"),
            Failure::Mismatch { left, right } => {
                write!(out, "{left} and {right} cannot be combined")
            }
        }
    }
}

impl std::error::Error for Failure {}
