//! A share of a whole, exact: an integer count of billionths.
//!
//! In: `99.9%`. Out: the same. Never a float, so that rounding down is exact.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A share; 100 % is 1,000,000,000 billionths.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Percent(i64);

impl Percent {
    /// The whole.
    pub const WHOLE: Percent = Percent(1_000_000_000);
    /// How many digits may follow the point of a literal.
    pub const DECIMALS: usize = 7;
    /// The billionths in one percent.
    pub(super) const ONE: i64 = 10_000_000;

    /// So many billionths of the whole.
    pub const fn from_billionths(billionths: i64) -> Percent {
        Percent(billionths)
    }

    /// The billionths of the whole.
    pub const fn billionths(self) -> i64 {
        self.0
    }

    /// The share of `count` things, rounded down: 20 % of 9 is 1.
    pub fn of_count(self, count: i64) -> i64 {
        let share = i128::from(self.0) * i128::from(count);
        let floor = share.div_euclid(i128::from(Percent::WHOLE.0));
        i64::try_from(floor).unwrap_or(if floor < 0 { i64::MIN } else { i64::MAX })
    }

    /// Reads a literal such as `99.9%`.
    pub fn parse(text: &str) -> Option<Percent> {
        match super::classify_number(text) {
            Ok(super::Number::Percent(percent)) => Some(percent),
            Ok(_) | Err(_) => None,
        }
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (one, magnitude) = (Percent::ONE.unsigned_abs(), self.0.unsigned_abs());
        if self.0 < 0 {
            out.write_str("-")?;
        }
        write!(out, "{}", magnitude / one)?;
        if !magnitude.is_multiple_of(one) {
            let decimals = format!("{:0width$}", magnitude % one, width = Percent::DECIMALS);
            write!(out, ".{}", decimals.trim_end_matches('0'))?;
        }
        out.write_str("%")
    }
}
