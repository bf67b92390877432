//! When a schedule is due: the readings of a zone's clock that its fields say, as moments.
//!
//! In: a schedule, a zone, a moment. Out: the next due time, or those that have gone by. A reading that the clock
//! skips is due later by as much as was skipped, one that it repeats is due the first time, as RFC 5545 places both. Where
//! the field for the hour begins with `*`, each moment that reads so is due: what is skipped does not come, and what is
//! repeated comes twice. Moments that are equal are one.

use std::collections::BTreeSet;

use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Span, Timestamp, ToSpan};

use super::Schedule;
use crate::value::Time;

/// No clock is set by more than this at once: a zone that changes the side of the date line skips a day.
const MOST: i64 = 25 * 3_600_000;
/// Between two leap days lie eight years at most.
const DAYS: i32 = 366 * 9;

/// Due times that have gone by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gone {
    pub newest: Time,
    /// The first of those that were counted.
    pub first: Time,
    /// As many as were counted.
    pub count: u32,
}

impl Schedule {
    /// The first due time after a moment.
    pub fn next(&self, zone: &TimeZone, after: Time) -> Option<Time> {
        let here = reading(zone, after)?;
        let slack = slack(zone, after, after);
        let mut day = earlier(here, slack)?.date();
        for _ in 0..DAYS {
            let beyond = day.checked_add(2.days()).ok()?;
            if self.is_day(day) {
                let from = earlier(here, slack)?;
                let due = days(day, beyond).flat_map(|day| self.on(zone, day, from, DateTime::MAX));
                if let Some(due) = due.filter(|due| *due > after).min() {
                    return Some(due);
                }
            }
            day = day.tomorrow().ok()?;
        }
        None
    }

    /// The due times after one moment and up to another, counted back from this: at most so many.
    pub fn gone(&self, zone: &TimeZone, after: Time, until: Time, most: u32) -> Option<Gone> {
        let slack = slack(zone, after, until);
        let from = earlier(reading(zone, after)?, slack)?;
        let to = reading(zone, until)?.checked_add(slack).ok()?;
        let mut found = BTreeSet::new();
        // What a clock moves comes by two days at most: so many days behind the last that was needed are looked at as well.
        let mut more = 2;
        let mut day = to.date();
        while day >= from.date() && more > 0 {
            let due = self.on(zone, day, from, to);
            found.extend(due.filter(|due| *due > after && *due <= until));
            if found.len() >= most as usize {
                more -= 1;
            }
            match day.yesterday() {
                Ok(before) => day = before,
                Err(_) => break,
            }
        }
        let mut counted = found.into_iter().rev().take(most as usize);
        let newest = counted.next()?;
        let (first, others) = counted.fold((newest, 0), |(_, count), due| (due, count + 1));
        Some(Gone {
            newest,
            first,
            count: others + 1,
        })
    }

    /// Whether it comes on such a day.
    fn is_day(&self, day: Date) -> bool {
        let weekday = day.weekday().to_sunday_zero_offset();
        self.comes_on(
            day.day().unsigned_abs().into(),
            day.month().unsigned_abs().into(),
            weekday.unsigned_abs().into(),
        )
    }

    /// The moments at which the readings of a day are due that lie between two readings.
    fn on<'s>(
        &'s self,
        zone: &'s TimeZone,
        day: Date,
        from: DateTime,
        to: DateTime,
    ) -> impl Iterator<Item = Time> + 's {
        let minutes = self
            .minutes_of_a_day()
            .take_while(move |_| self.is_day(day));
        let readings = minutes.filter_map(move |minute| {
            let (hour, minute) = (minute / 60, minute % 60);
            Some(day.at(i8::try_from(hour).ok()?, i8::try_from(minute).ok()?, 0, 0))
        });
        let between = readings.filter(move |reading| (from..=to).contains(reading));
        between.flat_map(|reading| self.moments(zone, reading))
    }

    /// The moments at which one reading is due.
    fn moments(&self, zone: &TimeZone, reading: DateTime) -> impl Iterator<Item = Time> {
        let placed = zone.to_ambiguous_timestamp(reading);
        let (first, second) = match placed.offset() {
            AmbiguousOffset::Unambiguous { .. } => (placed.compatible().ok(), None),
            AmbiguousOffset::Gap { .. } if self.is_hourly() => (None, None),
            AmbiguousOffset::Fold { .. } if self.is_hourly() => {
                (placed.earlier().ok(), placed.later().ok())
            }
            AmbiguousOffset::Gap { .. } | AmbiguousOffset::Fold { .. } => {
                (placed.compatible().ok(), None)
            }
        };
        let all = [first, second].into_iter().flatten();
        all.filter_map(|moment| Time::from_millis(moment.as_millisecond()).ok())
    }
}

/// What a zone's clock shows at a moment.
fn reading(zone: &TimeZone, moment: Time) -> Option<DateTime> {
    let moment = Timestamp::from_millisecond(moment.millis()).ok()?;
    Some(zone.to_datetime(moment))
}

fn earlier(reading: DateTime, by: Span) -> Option<DateTime> {
    reading.checked_sub(by).ok()
}

/// How far from a reading its moment may lie, between two moments: nowhere but where the clock is set near them.
fn slack(zone: &TimeZone, from: Time, to: Time) -> Span {
    let near = |time: Time, by: i64| Timestamp::from_millisecond(time.millis() + by).ok();
    let set = near(from, -MOST).zip(near(to, 2 * MOST));
    let is_steady = set.is_some_and(|(from, to)| {
        let next = zone.following(from).next();
        next.is_none_or(|next| next.timestamp() > to)
    });
    match is_steady {
        true => Span::new(),
        false => 50.hours(),
    }
}

fn days(from: Date, to: Date) -> impl Iterator<Item = Date> {
    from.series(1.day()).take_while(move |day| *day <= to)
}

#[cfg(test)]
mod tests;
