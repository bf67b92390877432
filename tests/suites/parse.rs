//! Trees: what a text is read as, and what is said about what cannot be read.

use libtest_mimic::Trial;
use rbk::facade;

use crate::harness::fixture::{self, Fixture};
use crate::harness::snapshot;

pub fn trials() -> Vec<Trial> {
    fixture::trials("parse", "rbk", check)
}

fn check(fixture: &Fixture) {
    let (tree, checked) = facade::parse(&fixture.text());
    snapshot::assert_matches(fixture, &format!("{tree}\n{}", checked.human));
}
