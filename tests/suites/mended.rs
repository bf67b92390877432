//! Mistakes that people make: one mistake is one finding, and its edit leaves nothing to say.
//!
//! Each program below `tests/mended` is right but for one line. Those in `edit` are mended by the edit of
//! their only finding; those in `prose` are told what is wrong, once, with a help that is read alone.

use libtest_mimic::Trial;
use rbk::facade::{self, Checked};
use serde_json::Value;

use super::fixes::apply;
use crate::harness::fixture::{self, Package, trial};

pub fn trials() -> Vec<Trial> {
    let packages = fixture::packages("mended").into_iter();
    packages
        .map(|package| trial(package.fixture.name.clone(), move || check(&package)))
        .collect()
}

fn check(package: &Package) {
    let checked = facade::check(&package.files());
    let found = only_finding(&checked);
    if package.fixture.name.contains("/prose/") {
        return;
    }
    assert!(found["fix"].is_object(), "no edit:\n{}", checked.human);
    let mended = apply(&package.texts, found["fix"]["edits"].as_array().unwrap());
    let files: Vec<_> = mended
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_slice()))
        .collect();
    let after = facade::check(&files);
    assert!(
        after.findings.is_empty(),
        "the edit leaves something to say\n--- before\n{}\n--- after\n{}",
        checked.human,
        after.human
    );
}

/// The one thing that is said.
fn only_finding(checked: &Checked) -> Value {
    let found: Vec<Value> = serde_json::from_str(&checked.json).unwrap();
    assert!(
        found.len() == 1,
        "one mistake, {} findings:\n{}",
        found.len(),
        checked.human
    );
    found.into_iter().next().unwrap()
}
