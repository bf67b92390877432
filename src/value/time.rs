//! A moment, in milliseconds since 1970-01-01T00:00Z.
//!
//! In: `2026-11-27T00:00`, with `Z`, or in a named zone. Out: RFC 3339 in UTC. Never the current time.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Failure;

/// A moment, to the millisecond.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(i64);

/// 0001-01-01T00:00Z and 9999-12-31T00:00Z: what is outside is a mistake, and could not be printed.
const EARLIEST: i64 = -62_135_596_800_000;
const LATEST: i64 = 253_402_214_400_000;

impl Time {
    /// The moment so many milliseconds after 1970; fails outside the years 1 to 9999.
    pub const fn from_millis(millis: i64) -> Result<Time, Failure> {
        if millis < EARLIEST || millis > LATEST {
            return Err(Failure::Overflow);
        }
        Ok(Time(millis))
    }

    /// Milliseconds since 1970.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Reads `2026-11-27T00:00[:00[.000]]Z`, and the form without `Z` if a zone is given.
    ///
    /// In a gap of the zone's clock the later moment is meant, in an overlap the earlier.
    pub fn parse(text: &str, zone: Option<&str>) -> Option<Time> {
        let moment = match (text.ends_with(['Z', 'z']), zone) {
            (true, _) => text.parse::<Timestamp>().ok()?,
            (false, Some(zone)) => {
                let clock: DateTime = text.parse().ok()?;
                clock.to_zoned(TimeZone::get(zone).ok()?).ok()?.timestamp()
            }
            (false, None) => return None,
        };
        Time::from_millis(moment.as_millisecond()).ok()
    }

    /// Reads the form without `Z`; of the two moments of an overlap the later is meant.
    pub fn parse_later(text: &str, zone: &str) -> Option<Time> {
        let clock: DateTime = text.parse().ok()?;
        let zone = TimeZone::get(zone).ok()?;
        let moment = zone.to_ambiguous_zoned(clock).later().ok()?.timestamp();
        Time::from_millis(moment.as_millisecond()).ok()
    }
}

/// Where people may read it, as it is printed; else a number.
impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match serializer.is_human_readable() {
            true => serializer.collect_str(self),
            false => self.0.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Time, D::Error> {
        if !deserializer.is_human_readable() {
            return i64::deserialize(deserializer).map(Time);
        }
        let text = String::deserialize(deserializer)?;
        Time::parse(&text, None).ok_or_else(|| serde::de::Error::custom("no moment"))
    }
}

impl fmt::Display for Time {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Timestamp::from_millisecond(self.0) {
            Ok(moment) => write!(out, "{moment}"),
            Err(_) => write!(out, "{}ms after 1970", self.0),
        }
    }
}
