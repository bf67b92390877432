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
    let trials = packages.flat_map(|package| {
        let late = package.fixture.name.ends_with("p4_no_late_change.rbk");
        let unguarded = late.then(|| {
            let (name, package) = (package.fixture.name.clone(), package.clone());
            trial(format!("{name} without its rule"), move || {
                notices(&package, "StatedTime");
            })
        });
        let checked = trial(package.fixture.name.clone(), move || check(&package));
        unguarded.into_iter().chain([checked])
    });
    trials.collect()
}

/// With the rule taken out, a test fails.
#[cfg(feature = "harness")]
fn notices(package: &Package, rule: &str) {
    let lines = disturbances(package);
    let meanwhile: Vec<_> = lines.iter().map(|line| disturbance(line)).collect();
    let files = package.files();
    let tested = facade::trust::without(&[rule], || {
        facade::test_disturbed(&files, false, &meanwhile)
    });
    assert!(tested.unwrap().failed > 0, "nobody notices");
}

/// Nothing can be taken out of the product.
#[cfg(not(feature = "harness"))]
fn notices(_package: &Package, _rule: &str) {}

fn check(package: &Package) {
    let lines = disturbances(package);
    let meanwhile: Vec<_> = lines.iter().map(|line| disturbance(line)).collect();
    let tested = facade::test_disturbed(&package.files(), false, &meanwhile);
    let restored = facade::test_disturbed(&package.files(), true, &meanwhile);
    assert_eq!(
        restored.human, tested.human,
        "a restored run goes another way"
    );
    snapshot::assert_matches(&package.fixture, &tested.human);
}

fn disturbances(package: &Package) -> Vec<String> {
    let texts = package.texts.iter();
    let texts = texts.map(|(_, text)| String::from_utf8_lossy(text));
    texts.flat_map(|text| meanwhile(&text)).collect()
}

/// What happens to the runs of a fixture from outside: lines `// meanwhile 20s cancel`.
pub fn meanwhile(text: &str) -> Vec<String> {
    let lines = text.lines();
    let lines = lines.filter_map(|line| line.strip_prefix("// meanwhile "));
    lines.map(str::to_owned).collect()
}

/// `20s cancel`
pub fn disturbance(line: &str) -> facade::Disturbance<'_> {
    let (after, what) = line.split_once("s ").unwrap();
    (after.parse::<i64>().unwrap() * 1000, what)
}
