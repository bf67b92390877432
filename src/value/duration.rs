//! A length of time in milliseconds.
//!
//! In: `1h30m`. Out: the same, in canonical form. Never a month or a year: those have no fixed length.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A length of time, to the millisecond. May be negative.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Duration(i64);

/// The units of a duration literal, longest first, with their milliseconds.
pub(super) const UNITS: [(&str, i64); 6] = [
    ("w", 7 * 24 * 60 * 60 * 1000),
    ("d", 24 * 60 * 60 * 1000),
    ("h", 60 * 60 * 1000),
    ("m", 60 * 1000),
    ("s", 1000),
    ("ms", 1),
];

impl Duration {
    /// No time at all.
    pub const ZERO: Duration = Duration(0);

    /// So many milliseconds.
    pub const fn from_millis(millis: i64) -> Duration {
        Duration(millis)
    }

    /// So many seconds; the largest duration if that is too many.
    pub const fn from_seconds(seconds: i64) -> Duration {
        Duration(seconds.saturating_mul(1000))
    }

    /// The milliseconds.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Reads a literal such as `1h30m`.
    pub fn parse(text: &str) -> Option<Duration> {
        match super::classify_number(text) {
            Ok(super::Number::Duration(duration)) => Some(duration),
            Ok(_) | Err(_) => None,
        }
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return out.write_str("0s");
        }
        if self.0 < 0 {
            out.write_str("-")?;
        }
        let mut rest = self.0.unsigned_abs();
        // Weeks are read but not written: `10d` says more than `1w3d`.
        for (name, millis) in UNITS.into_iter().skip(1) {
            let count = rest / millis.unsigned_abs();
            rest %= millis.unsigned_abs();
            if count > 0 {
                write!(out, "{count}{name}")?;
            }
        }
        Ok(())
    }
}
