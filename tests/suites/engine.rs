//! Whole agents: packages under a script of what happens around them, in virtual time.
//!
//! The snapshot holds the trace of the script without a fault. Then each script is run again once
//! for each of its commits, and the agent dies right after it, with the changes that were on their
//! way having taken effect, and without. Nothing that must always hold may be broken in any of them.

use std::fs;

use libtest_mimic::Trial;
use rbk::facade::engine::{Crash, simulate};

use crate::harness::fixture::{self, Package, trial};
use crate::harness::snapshot;

pub fn trials() -> Vec<Trial> {
    let packages = fixture::packages("engine").into_iter();
    let trials = packages.flat_map(|package| {
        let (name, crashing) = (package.fixture.name.clone(), package.clone());
        [
            trial(name.clone(), move || straight(&package)),
            trial(format!("{name} crashing"), move || crashes(&crashing)),
        ]
    });
    trials.collect()
}

fn straight(package: &Package) {
    let told = simulate(&package.files(), &script(package), None).unwrap();
    assert!(
        told.broken.is_empty(),
        "{}\n{}",
        told.trace,
        told.broken.join("\n")
    );
    snapshot::assert_matches(&package.fixture, &told.trace);
}

fn crashes(package: &Package) {
    let script = script(package);
    let commits = simulate(&package.files(), &script, None).unwrap().commits;
    let mut broken = Vec::new();
    for after in 1..=commits {
        for performed in [true, false] {
            let crash = Crash { after, performed };
            let told = simulate(&package.files(), &script, Some(crash)).unwrap();
            if !told.broken.is_empty() {
                broken.push(format!(
                    "after commit {after} of {commits}, changes under way {}:\n{}\n{}",
                    if performed { "done" } else { "not done" },
                    told.broken.join("\n"),
                    if broken.is_empty() {
                        told.trace
                    } else {
                        String::new()
                    },
                ));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// The script beside a package: `x.rbk` and `x.txt`.
fn script(package: &Package) -> String {
    fs::read_to_string(package.fixture.path.with_extension("txt")).unwrap()
}
