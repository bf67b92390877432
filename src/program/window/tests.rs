//! Windows over the changes of clocks, joined, cut out of each other, and what fits into them.

use super::{Begins, Edge, Lines, Times, Window};
use crate::value::{Duration, Time};

const MINUTE: i64 = 60_000;

fn time(text: &str) -> Time {
    Time::parse(text, None).unwrap()
}

fn minutes(minutes: i64) -> Duration {
    Duration::from_millis(minutes * MINUTE)
}

fn weekly(days: &[u8], from: i64, to: i64, zone: &str) -> Times {
    Times::Weekly {
        days: days.to_vec(),
        from: minutes(from),
        to: minutes(to),
        zone: zone.into(),
    }
}

fn once(from: &str, to: &str) -> Times {
    let edge = |text| Edge {
        first: time(text),
        last: time(text),
    };
    Times::Once {
        from: edge(from),
        to: edge(to),
    }
}

fn window(layers: Vec<Times>) -> Window {
    Window {
        name: "window".into(),
        layers,
    }
}

fn only(windows: Vec<Window>) -> Lines {
    Lines {
        pause: Vec::new(),
        only: windows,
    }
}

fn pause(windows: Vec<Window>) -> Lines {
    Lines {
        pause: windows,
        only: Vec::new(),
    }
}

#[test]
fn a_night_of_two_windows_is_one_stretch() {
    let zone = "Europe/Helsinki";
    let night = only(vec![
        window(vec![weekly(&[2], 22 * 60, 24 * 60, zone)]),
        window(vec![weekly(&[3], 0, 5 * 60, zone)]),
    ]);
    assert_eq!(night.longest(), Some(minutes(7 * 60)));
    // Tuesday 2026-10-06 23:00 in Helsinki.
    let now = time("2026-10-06T20:00:00Z");
    assert_eq!(night.begins(now, minutes(6 * 60)), Begins::Now);
    assert_eq!(night.lasts(now), Some(time("2026-10-07T02:00:00Z")));
    let next = Begins::At(time("2026-10-13T19:00:00Z"));
    assert_eq!(night.begins(now, minutes(6 * 60 + 1)), next);
    assert_eq!(night.begins(now, minutes(7 * 60 + 1)), Begins::Never);
}

#[test]
fn the_first_moment_belongs_to_a_window_and_the_last_does_not() {
    let hour = only(vec![window(vec![once(
        "2026-10-06T10:00:00Z",
        "2026-10-06T11:00:00Z",
    )])]);
    let begins = |now, takes| hour.begins(time(now), takes);
    assert_eq!(begins("2026-10-06T10:00:00Z", minutes(60)), Begins::Now);
    let opens = Begins::At(time("2026-10-06T10:00:00Z"));
    assert_eq!(begins("2026-10-06T09:59:59.999Z", Duration::ZERO), opens);
    assert_eq!(
        begins("2026-10-06T10:59:59.999Z", Duration::ZERO),
        Begins::Now
    );
    assert_eq!(
        begins("2026-10-06T11:00:00Z", Duration::ZERO),
        Begins::Never
    );
    assert_eq!(
        begins("2026-10-06T10:00:00.001Z", minutes(60)),
        Begins::Never
    );
}

#[test]
fn pauses_add_up_and_nothing_reaches_into_one() {
    let sales = pause(vec![
        window(vec![once("2026-11-27T00:00:00Z", "2026-11-28T00:00:00Z")]),
        window(vec![once("2026-11-27T12:00:00Z", "2026-11-30T00:00:00Z")]),
    ]);
    let begins = |now, takes| sales.begins(time(now), takes);
    assert_eq!(begins("2026-11-26T23:00:00Z", minutes(60)), Begins::Now);
    let opens = Begins::At(time("2026-11-30T00:00:00Z"));
    assert_eq!(begins("2026-11-26T23:00:00Z", minutes(61)), opens);
    assert_eq!(begins("2026-11-28T05:00:00Z", Duration::ZERO), opens);
    assert_eq!(begins("2026-11-30T00:00:00Z", minutes(9_999)), Begins::Now);
    assert_eq!(sales.longest(), None);
}

#[test]
fn a_skipped_edge_is_the_later_instant() {
    // 03:00 to 04:00 does not exist on 2026-03-29 in Helsinki.
    let lines = only(vec![window(vec![weekly(
        &[7],
        3 * 60 + 30,
        5 * 60,
        "Europe/Helsinki",
    )])]);
    let now = time("2026-03-29T00:59:00Z");
    // 03:30 is 04:30, which is 01:30 in UTC.
    let opens = Begins::At(time("2026-03-29T01:30:00Z"));
    assert_eq!(lines.begins(now, Duration::ZERO), opens);
    assert_eq!(
        lines.lasts(time("2026-03-29T01:30:00Z")),
        Some(time("2026-03-29T02:00:00Z"))
    );
}

#[test]
fn a_window_that_would_end_before_it_begins_begins_at_the_change_of_the_clock() {
    // 03:30 is 04:30, and 04:15 is 04:15.
    let short = || {
        window(vec![weekly(
            &[7],
            3 * 60 + 30,
            4 * 60 + 15,
            "Europe/Helsinki",
        )])
    };
    let (before, change) = (time("2026-03-29T00:59:00Z"), time("2026-03-29T01:00:00Z"));
    let ends = Begins::At(time("2026-03-29T01:15:00Z"));
    let lines = pause(vec![short()]);
    assert_eq!(lines.begins(before, minutes(1)), Begins::Now);
    assert_eq!(lines.begins(before, minutes(2)), ends);
    assert_eq!(lines.begins(change, Duration::ZERO), ends);
    // Nothing is left of it for what may only be done in it.
    let next = Begins::At(time("2026-04-05T00:30:00Z"));
    assert_eq!(only(vec![short()]).begins(before, Duration::ZERO), next);
    // Half an hour is skipped on Lord Howe, at 2026-10-03T15:30Z.
    let lines = pause(vec![window(vec![weekly(
        &[7],
        2 * 60 + 15,
        2 * 60 + 40,
        "Australia/Lord_Howe",
    )])]);
    let ends = Begins::At(time("2026-10-03T15:40:00Z"));
    assert_eq!(
        lines.begins(time("2026-10-03T15:35:00Z"), Duration::ZERO),
        ends
    );
}

#[test]
fn a_repeated_edge_is_read_against_the_runbook() {
    // On 2026-10-25 in Helsinki 03:30 comes at 00:30 and at 01:30 in UTC.
    let (zone, first, last) = (
        "Europe/Helsinki",
        "2026-10-25T00:30:00Z",
        "2026-10-25T01:30:00Z",
    );
    let until = weekly(&[7], 0, 3 * 60 + 30, zone);
    let from = weekly(&[7], 3 * 60 + 30, 6 * 60, zone);
    let is_open = |lines: &Lines, at| lines.begins(time(at), Duration::ZERO) == Begins::Now;
    let between = "2026-10-25T01:00:00Z";

    // `only` ends at the first and begins at the last.
    let lines = only(vec![window(vec![until.clone()])]);
    assert!(is_open(&lines, "2026-10-25T00:29:59Z") && !is_open(&lines, first));
    let lines = only(vec![window(vec![from.clone()])]);
    assert!(!is_open(&lines, between) && is_open(&lines, last));

    // A pause ends at the last and begins at the first.
    let lines = pause(vec![window(vec![until.clone()])]);
    assert!(!is_open(&lines, between) && is_open(&lines, last));
    let lines = pause(vec![window(vec![from.clone()])]);
    assert!(is_open(&lines, "2026-10-25T00:29:59Z") && !is_open(&lines, first));

    // What is cut out is read the other way round: of `only` the most, of a pause the least.
    let day = weekly(&[7], 0, 24 * 60, zone);
    let lines = only(vec![window(vec![day.clone(), from.clone()])]);
    assert!(!is_open(&lines, between) && is_open(&lines, "2026-10-25T00:29:59Z"));
    let lines = pause(vec![window(vec![day, until])]);
    assert!(!is_open(&lines, between) && is_open(&lines, "2026-10-25T00:29:59Z"));
}

#[test]
fn what_is_cut_out_of_what_is_cut_out_is_in_again() {
    let layers = vec![
        once("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"),
        once("2026-01-10T00:00:00Z", "2026-01-20T00:00:00Z"),
        once("2026-01-12T00:00:00Z", "2026-01-13T00:00:00Z"),
    ];
    let lines = only(vec![window(layers)]);
    let begins = |now| lines.begins(time(now), Duration::ZERO);
    assert_eq!(begins("2026-01-05T00:00:00Z"), Begins::Now);
    assert_eq!(
        begins("2026-01-10T00:00:00Z"),
        Begins::At(time("2026-01-12T00:00:00Z"))
    );
    assert_eq!(
        begins("2026-01-13T00:00:00Z"),
        Begins::At(time("2026-01-20T00:00:00Z"))
    );
    assert_eq!(lines.longest(), Some(Duration::from_seconds(12 * 86_400)));
}

#[test]
fn a_window_of_all_week_has_no_end() {
    let lines = only(vec![window(vec![weekly(
        &[1, 2, 3, 4, 5, 6, 7],
        0,
        24 * 60,
        "UTC",
    )])]);
    assert_eq!(lines.longest(), None);
    assert_eq!(lines.lasts(time("2026-01-05T00:00:00Z")), None);
    let weekends = pause(vec![window(vec![weekly(&[6, 7], 0, 24 * 60, "UTC")])]);
    assert_eq!(weekends.longest(), Some(minutes(5 * 24 * 60)));
}
