//! Due times over the changes of clocks.

use jiff::tz::TimeZone;

use crate::literal::Schedule;
use crate::value::Time;

fn time(text: &str) -> Time {
    Time::parse(text, None).unwrap()
}

/// So many due times after a moment.
fn next(cron: &str, zone: &str, after: &str, count: usize) -> Vec<String> {
    let (schedule, zone) = (Schedule::of(cron).unwrap(), TimeZone::get(zone).unwrap());
    let first = schedule.next(&zone, time(after));
    let all = std::iter::successors(first, |due| schedule.next(&zone, *due));
    all.take(count).map(|due| due.to_string()).collect()
}

#[test]
fn a_fixed_hour_is_moved_by_a_gap_and_comes_first_in_an_overlap() {
    let nightly = |after| next("30 3 * * *", "Europe/Helsinki", after, 3);
    assert_eq!(
        nightly("2026-03-27T12:00:00Z"),
        [
            "2026-03-28T01:30:00Z",
            "2026-03-29T01:30:00Z",
            "2026-03-30T00:30:00Z"
        ]
    );
    assert_eq!(
        nightly("2026-10-23T12:00:00Z"),
        [
            "2026-10-24T00:30:00Z",
            "2026-10-25T00:30:00Z",
            "2026-10-26T01:30:00Z"
        ]
    );
    // 03:30 is moved onto 04:30, which is due as well: that is one due time.
    assert_eq!(
        next("30 3,4 * * *", "Europe/Helsinki", "2026-03-29T00:00:00Z", 2),
        ["2026-03-29T01:30:00Z", "2026-03-30T00:30:00Z"]
    );
}

#[test]
fn each_moment_that_reads_so_is_due_where_the_hour_is_any() {
    assert_eq!(
        next("0 * * * *", "Europe/Helsinki", "2026-10-24T23:30:00Z", 4),
        [
            "2026-10-25T00:00:00Z",
            "2026-10-25T01:00:00Z",
            "2026-10-25T02:00:00Z",
            "2026-10-25T03:00:00Z"
        ]
    );
    // 03:00 is skipped, and does not come.
    assert_eq!(
        next("0 */3 * * *", "Europe/Helsinki", "2026-03-28T22:30:00Z", 1),
        ["2026-03-29T03:00:00Z"]
    );
}

#[test]
fn rare_days_are_found() {
    assert_eq!(
        next("0 0 29 2 *", "UTC", "2096-03-01T00:00:00Z", 1),
        ["2104-02-29T00:00:00Z"]
    );
    // Samoa had no 30th of December 2011: its readings are those of the day after.
    assert_eq!(
        next("0 12 30,31 12 *", "Pacific/Apia", "2011-12-29T23:00:00Z", 2),
        ["2011-12-30T22:00:00Z", "2012-12-29T22:00:00Z"]
    );
}

#[test]
fn what_has_gone_by_is_counted_from_now() {
    let gone = |cron: &str, after: &str, until: &str| {
        let schedule = Schedule::of(cron).unwrap();
        let gone = schedule.gone(&TimeZone::UTC, time(after), time(until), 1_000);
        gone.map(|gone| (gone.newest.to_string(), gone.first.to_string(), gone.count))
    };
    let (after, until) = ("2026-01-05T12:00:00Z", "2026-01-06T12:00:00Z");
    let minutely = (
        "2026-01-06T12:00:00Z".to_owned(),
        "2026-01-05T19:21:00Z".to_owned(),
        1_000,
    );
    assert_eq!(gone("* * * * *", after, until), Some(minutely));
    let daily = "2026-01-06T00:00:00Z".to_owned();
    assert_eq!(
        gone("@daily", after, until),
        Some((daily.clone(), daily, 1))
    );
    assert_eq!(gone("0 11 5 1 *", after, until), None);
}

/// What another reading of the rules makes of schedules, near every change of the clocks of five continents.
const LISTED: &str = include_str!("../../../tests/golden/due.txt");

#[test]
fn another_reading_of_the_rules_places_them_alike() {
    let lines = LISTED.lines().filter(|line| !line.starts_with('#'));
    let mut many = 0;
    for line in lines {
        let fields: Vec<&str> = line.split('|').map(str::trim).collect();
        let [zone, cron, after, until, due] = fields.as_slice() else {
            panic!("{line}");
        };
        let (schedule, zone) = (Schedule::of(cron).unwrap(), TimeZone::get(zone).unwrap());
        let (after, until) = (time(after), time(until));
        let first = schedule.next(&zone, after);
        let all = std::iter::successors(first, |due| schedule.next(&zone, *due));
        let all: Vec<Time> = all.take_while(|due| *due <= until).collect();
        let found: Vec<String> = all
            .iter()
            .map(|due| due.to_string()[8..16].to_owned())
            .collect();
        assert_eq!(found.join(" "), *due, "{line}");
        let gone = schedule.gone(&zone, after, until, 1_000);
        let counted = gone.map(|gone| (gone.first, gone.newest, gone.count as usize));
        let expected = all.first().zip(all.last());
        let expected = expected.map(|(first, last)| (*first, *last, all.len()));
        assert_eq!(counted, expected, "{line}");
        many += all.len();
    }
    assert!(many > 4_500, "{many}");
}
