//! When a schedule comes next, and which changes of its clock lie in the year before it.
//!
//! In: a trigger, and a moment. Out: words, by the clock of its zone. The moment is a value, so the report of a package is
//! the same for everybody who asks for the same day.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};
use serde::Serialize;

use crate::literal::Schedule;
use crate::program::manifest::{On, Trigger};
use crate::value::Time;

/// So many due times are shown.
const NEXT: usize = 3;

/// One schedule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DueReport {
    pub cron: String,
    /// An IANA name.
    pub zone: String,
    /// The next due times, RFC 3339 with the offset of the zone.
    pub next: Vec<String>,
    /// Each change of the clock within a year: from one reading to another.
    pub clock_changes: Vec<String>,
}

/// A schedule from a moment on; none for another trigger.
pub fn due(trigger: &Trigger, now: Time) -> Option<DueReport> {
    match trigger.on {
        On::Schedule => {}
        On::Alert | On::Event | On::Request => return None,
    }
    let name = trigger.zone.as_deref().unwrap_or("UTC");
    let zone = TimeZone::get(name).ok()?;
    let schedule = Schedule::of(&trigger.name)?;
    let mut due = now;
    let next = std::iter::from_fn(|| {
        due = schedule.next(&zone, due)?;
        Some(due)
    });
    let shown = next.take(NEXT).filter_map(|due| {
        let due = at(due)?.to_zoned(zone.clone());
        Some(due.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string())
    });
    Some(DueReport {
        cron: trigger.name.to_string(),
        zone: name.to_owned(),
        next: shown.collect(),
        clock_changes: changes(&zone, now).unwrap_or_default(),
    })
}

/// `Sun 25 Oct 2026 04:00 -> 03:00`
fn changes(zone: &TimeZone, now: Time) -> Option<Vec<String>> {
    let from = at(now)?;
    let until = from.to_zoned(zone.clone()).checked_add(1.year()).ok()?;
    let within = zone.following(from).map(|change| change.timestamp());
    let within = within.take_while(|change| *change < until.timestamp());
    let shown = within.filter_map(|change| {
        let before = change.checked_sub(1.second()).ok()?.to_zoned(zone.clone());
        let after = change.to_zoned(zone.clone());
        let reading = |moment: &Zoned, format: &str| moment.strftime(format).to_string();
        let last = before.checked_add(1.second()).ok()?;
        // By the clock as it was a moment before.
        let from = last.timestamp().to_zoned(before.offset().to_time_zone());
        (before.offset() != after.offset()).then(|| {
            let (from, to) = (
                reading(&from, "%a %-d %b %Y %H:%M"),
                reading(&after, "%H:%M"),
            );
            format!("{from} -> {to}")
        })
    });
    Some(shown.collect())
}

fn at(moment: Time) -> Option<Timestamp> {
    Timestamp::from_millisecond(moment.millis()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trigger(cron: &str, zone: &str) -> Trigger {
        Trigger {
            on: On::Schedule,
            name: cron.into(),
            zone: Some(zone.into()),
            missed: false,
            missed_within: None,
            labels: Vec::new(),
            holding: None,
            conditions: Vec::new(),
            takes: Vec::new(),
        }
    }

    fn shown(cron: &str, zone: &str, day: &str) -> (Vec<String>, Vec<String>) {
        let now = Time::parse(&format!("{day}T00:00Z"), None).unwrap();
        let due = due(&trigger(cron, zone), now).unwrap();
        (due.next, due.clock_changes)
    }

    #[test]
    fn due_times_are_by_the_clock_of_the_zone() {
        let (next, changes) = shown("30 3 * * *", "Europe/Helsinki", "2026-10-24");
        let days = [
            "2026-10-24T03:30:00+03:00",
            "2026-10-25T03:30:00+03:00",
            "2026-10-26T03:30:00+02:00",
        ];
        assert_eq!(next, days);
        let two = [
            "Sun 25 Oct 2026 04:00 -> 03:00",
            "Sun 28 Mar 2027 03:00 -> 04:00",
        ];
        assert_eq!(changes, two);
    }

    #[test]
    fn a_zone_whose_clock_stays_has_no_changes() {
        let (next, changes) = shown("0 0 29 2 *", "UTC", "2026-10-24");
        assert_eq!(next.len(), 3);
        assert!(changes.is_empty(), "{changes:?}");
    }
}
