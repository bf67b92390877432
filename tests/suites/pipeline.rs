//! Programs: what small runbooks are compiled to, instruction by instruction.

use libtest_mimic::Trial;
use rbk::facade;

use crate::harness::fixture::{self, Fixture};
use crate::harness::snapshot;

pub fn trials() -> Vec<Trial> {
    fixture::trials("pipeline", "rbk", check)
}

fn check(fixture: &Fixture) {
    let text = fixture.text();
    let files = [("main.rbk", text.as_bytes())];
    match facade::program::listing(&files) {
        Ok(listing) => snapshot::assert_matches(fixture, &listing),
        Err(checked) => panic!("it does not check:\n{}", checked.human),
    }
}
