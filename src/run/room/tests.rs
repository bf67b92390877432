//! Each row is a population by the first letters of its members: who was there, who is (those that are not well after a
//! stroke), who was disturbed by the asker and by others, and who is to be changed.

use super::*;
use crate::program::FunctionIndex;
use crate::program::lower::Floor;
use crate::value::{Key, Percent};

fn one(name: char) -> Identity {
    let key = Key {
        kind: "k8s.Pod".into(),
        key: name.to_string().into(),
    };
    Identity(vec![key])
}

fn asked(asks: Asks, row: (&str, &str, &str, &str, &str), claimed: bool) -> &'static str {
    let (frozen, now, own, others, targets) = row;
    let line = PopulationLine {
        words: "the line".into(),
        of: "k8s.Pod".into(),
        list: FunctionIndex(0),
        asks,
        remedies: Vec::new(),
    };
    let (well, ill) = now.split_once('/').unwrap_or((now, ""));
    let well = well.chars().map(|name| (one(name), true));
    let counted = Counted {
        line: 0,
        frozen: frozen.chars().map(one).collect(),
        now: well
            .chain(ill.chars().map(|name| (one(name), false)))
            .collect(),
    };
    let targets: Vec<Identity> = targets.chars().map(one).collect();
    let holder = |target: &Identity| {
        let is_of = |names: &str| names.chars().any(|name| one(name) == *target);
        match (is_of(own), is_of(others)) {
            (true, _) => Some(Holder::Own),
            (false, true) => Some(Holder::Other),
            (false, false) => None,
        }
    };
    match room(&line, &counted, &targets, holder, claimed) {
        Room::Go => "go",
        Room::Wait(_) => "wait",
        Room::Never(_) => "never",
    }
}

fn share(percent: i64, row: (&str, &str, &str, &str, &str)) -> &'static str {
    let share = Percent::from_billionths(percent * 10_000_000);
    asked(Asks::Share(share), row, false)
}

fn floor(count: u32, row: (&str, &str, &str, &str, &str)) -> &'static str {
    let (least, field) = (Floor::Count(count), "ready".into());
    asked(Asks::Floor { least, field }, row, false)
}

#[test]
fn a_share_counts_who_is_disturbed_and_who_is_missing() {
    // 20 % of ten are two.
    let all = "abcdefghij";
    assert_eq!(share(20, (all, all, "", "", "a")), "go");
    assert_eq!(share(20, (all, all, "a", "", "b")), "go");
    assert_eq!(share(20, (all, all, "ab", "", "a")), "go");
    assert_eq!(share(20, (all, all, "", "b", "a")), "go");
    // Others let go, the asker does not while it asks.
    assert_eq!(share(20, (all, all, "", "bc", "a")), "wait");
    assert_eq!(share(20, (all, all, "b", "c", "a")), "wait");
    assert_eq!(share(20, (all, all, "bc", "", "a")), "never");
    // One that is missing counts, one that came in its place does not; further ones raise nothing.
    assert_eq!(share(20, (all, "abcdefghi", "", "", "a")), "go");
    assert_eq!(share(20, (all, "abcdefgh", "", "", "a")), "never");
    assert_eq!(share(20, (all, "abcdefghxy", "", "", "a")), "go");
    assert_eq!(share(20, (all, "abcdefghijklmnopqrst", "b", "", "c")), "go");
    assert_eq!(
        share(20, (all, "abcdefghijklmnopqrst", "bd", "", "c")),
        "never"
    );
    // Whom others made missing comes back with them.
    assert_eq!(share(20, (all, "abcdefgh", "", "ij", "a")), "wait");
    // A target that was not there when the plan was made is no part of it.
    assert_eq!(share(20, (all, "abcdefghijk", "", "", "k")), "never");
    // Of too few a share is nothing.
    assert_eq!(share(20, ("abcd", "abcd", "", "", "a")), "never");
    assert_eq!(share(100, ("a", "a", "", "", "a")), "go");
}

#[test]
fn a_floor_counts_who_stays_and_is_certainly_well() {
    assert_eq!(floor(2, ("abc", "abc", "", "", "a")), "go");
    assert_eq!(floor(3, ("abc", "abc", "", "", "a")), "never");
    // The target counts as down, whether it is well or not.
    assert_eq!(floor(2, ("abc", "bc/a", "", "", "a")), "go");
    assert_eq!(floor(2, ("abc", "ac/b", "", "", "a")), "never");
    assert_eq!(floor(2, ("abc", "ab", "", "", "a")), "never");
    // Who is disturbed counts as down, however it looks; others let go of it.
    assert_eq!(floor(2, ("abc", "abc", "", "b", "a")), "wait");
    assert_eq!(floor(2, ("abc", "ac/b", "", "b", "a")), "wait");
    assert_eq!(floor(2, ("abc", "ac", "", "b", "a")), "wait");
    assert_eq!(floor(2, ("abc", "abc", "b", "", "a")), "never");
    // New ones stand in for the missing, one for one.
    assert_eq!(floor(2, ("abc", "abx", "", "", "a")), "go");
    assert_eq!(floor(2, ("abc", "a/bx", "", "", "a")), "never");
    assert_eq!(floor(2, ("abc", "axyz", "", "", "a")), "go");
    assert_eq!(floor(3, ("abc", "axyz", "", "", "a")), "never");
    assert_eq!(floor(3, ("abc", "abcxyz", "", "", "a")), "never");
    assert_eq!(floor(1, ("abc", "abcx", "", "", "x")), "never");
}

#[test]
fn whoever_was_woken_first_has_its_place() {
    let all = "abcdefghij";
    let share = Asks::Share(Percent::from_billionths(200_000_000));
    assert_eq!(asked(share.clone(), (all, all, "", "", "a"), true), "go");
    assert_eq!(asked(share, (all, all, "", "b", "a"), true), "wait");
    let (least, field) = (Floor::Count(2), "ready".into());
    let floor = Asks::Floor { least, field };
    assert_eq!(
        asked(floor.clone(), ("abcd", "abcd", "", "", "a"), true),
        "go"
    );
    assert_eq!(asked(floor, ("abc", "abc", "", "", "a"), true), "wait");
}
