//! When a schedule comes, as far as its five fields say it.
//!
//! In: the text of a checked `cron"..."`. Out: whether it comes in a minute of a day, and how close two times are.

use super::cron;
use super::scan::Literal;
use crate::text::{SourceId, Span};
use crate::value::Tag;

/// The numbers of each field, as sets of bits.
#[derive(Clone, Copy, Debug)]
pub struct Schedule {
    minutes: u64,
    hours: u64,
    days: u64,
    months: u64,
    weekdays: u64,
    /// A field for the day says something, and so does the other: either is enough.
    is_either: bool,
    is_daily: bool,
    /// The field for the hour begins with `*`.
    is_hourly: bool,
}

const DAY: i64 = 24 * 60;

impl Schedule {
    /// The schedule of a text; none where it is not valid.
    pub fn of(text: &str) -> Option<Schedule> {
        let span = Span::new(SourceId(0), 0, text.len());
        let literal = Literal::scan(Tag::Cron, text, span);
        let ([minutes, hours, days, months, weekdays], any) = cron::numbers(&literal)?;
        let [any_hour, any_day, any_weekday] = any;
        // Both 0 and 7 are Sunday.
        let sunday = u64::from(weekdays & (1 << 7) != 0);
        Some(Schedule {
            minutes,
            hours,
            days,
            months,
            weekdays: weekdays | sunday,
            is_either: !any_day && !any_weekday,
            is_daily: any_day && any_weekday,
            is_hourly: any_hour,
        })
    }

    /// Whether it comes in this minute of such a day; Sunday is 0.
    pub fn comes(&self, minute: i64, day: u32, month: u32, weekday: u32) -> bool {
        self.comes_on(day, month, weekday) && self.is_minute(minute)
    }

    /// Whether it comes on such a day; Sunday is 0.
    pub fn comes_on(&self, day: u32, month: u32, weekday: u32) -> bool {
        let day = has(self.days, day.into());
        let weekday = has(self.weekdays, weekday.into());
        let is_day = match self.is_either {
            true => day || weekday,
            false => day && weekday,
        };
        is_day && has(self.months, month.into())
    }

    /// Whether each moment that reads so is due, also where a clock repeats or skips some.
    pub fn is_hourly(&self) -> bool {
        self.is_hourly
    }

    /// The minutes of a day in which it comes, from midnight on.
    pub fn minutes_of_a_day(&self) -> impl Iterator<Item = i64> {
        (0..DAY).filter(|minute| self.is_minute(*minute))
    }

    fn is_minute(&self, minute: i64) -> bool {
        has(self.hours, minute / 60) && has(self.minutes, minute % 60)
    }

    /// The least number of minutes between two times of it that are surely due, if it comes twice within a day.
    pub fn least_distance(&self) -> Option<i64> {
        let times: Vec<i64> = self.minutes_of_a_day().collect();
        let within = times.windows(2).map(|pair| match pair {
            [one, other] => other - one,
            _ => DAY,
        });
        let over = match (times.first(), times.last()) {
            (Some(first), Some(last)) if self.is_daily => Some(DAY - last + first),
            _ => None,
        };
        within.chain(over).min()
    }
}

/// Whether a number is in a set of bits.
fn has(set: u64, number: i64) -> bool {
    (0..64).contains(&number) && set & (1 << number) != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_and_times() {
        let distance = |text: &str| Schedule::of(text).and_then(|found| found.least_distance());
        assert_eq!(distance("*/5 * * * *"), Some(5));
        assert_eq!(distance("0 9,21 * * *"), Some(720));
        assert_eq!(distance("30 3 * * *"), Some(1_440));
        assert_eq!(distance("30 3 * * sun"), None);
        assert_eq!(distance("@daily"), Some(1_440));
        assert_eq!(distance("@hourly"), Some(60));
        assert_eq!(distance("0 22-2/2 * * *"), Some(120));
        let comes = |text: &str, weekday| {
            Schedule::of(text).is_some_and(|found| found.comes(210, 29, 3, weekday))
        };
        assert!(comes("30 3 * * 7", 0) && comes("30 3 29 * *", 0) && comes("30 3 1 * sun", 0));
        assert!(comes("25-35/5 22-4 28-3 nov-mar mon-sun", 0) && comes("30 3 * * fri-1", 0));
        assert!(!comes("30 3 * * mon-6", 0) && !comes("30 3 * * 7-1/2", 1));
        assert!(!comes("30 3 * * mon", 0) && !comes("31 3 * * *", 0));
    }
}
