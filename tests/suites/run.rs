//! Whole runs: packages whose `test` blocks are run in virtual time, with the report of each.
//!
//! The snapshot holds the timelines, also of tests that pass. Every run is told twice: once straight
//! through, and once stored and restored after every step; both must say the same.

use libtest_mimic::Trial;
use rbk::facade;

use crate::harness::fixture::{self, Package, trial};
use crate::harness::snapshot;

pub fn trials() -> Vec<Trial> {
    let packages = fixture::packages("run").into_iter();
    packages
        .map(|package| trial(package.fixture.name.clone(), move || check(&package)))
        .collect()
}

fn check(package: &Package) {
    let texts = package.texts.iter();
    let texts = texts.map(|(_, text)| String::from_utf8_lossy(text));
    let lines: Vec<String> = texts.flat_map(|text| meanwhile(&text)).collect();
    let meanwhile: Vec<_> = lines.iter().map(|line| disturbance(line)).collect();
    let tested = facade::test_disturbed(&package.files(), false, &meanwhile);
    let restored = facade::test_disturbed(&package.files(), true, &meanwhile);
    assert_eq!(
        restored.human, tested.human,
        "a restored run goes another way"
    );
    snapshot::assert_matches(&package.fixture, &tested.human);
}

/// What happens to the runs of a fixture from outside: lines `// meanwhile 20s cancel`.
fn meanwhile(text: &str) -> Vec<String> {
    let lines = text.lines();
    let lines = lines.filter_map(|line| line.strip_prefix("// meanwhile "));
    lines.map(str::to_owned).collect()
}

/// `20s cancel`
fn disturbance(line: &str) -> facade::Disturbance<'_> {
    let (after, what) = line.split_once("s ").unwrap();
    (after.parse::<i64>().unwrap() * 1000, what)
}
