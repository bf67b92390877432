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
    let tested = facade::test(&package.files(), false);
    let restored = facade::test(&package.files(), true);
    assert_eq!(
        restored.human, tested.human,
        "a restored run goes another way"
    );
    snapshot::assert_matches(&package.fixture, &tested.human);
}
