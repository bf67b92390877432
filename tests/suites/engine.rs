//! Whole agents: packages under a script of what happens around them, in virtual time.
//!
//! The snapshot holds the trace of the script without a fault. Then each script is run again once
//! for each of its commits, and the agent dies right after it, with the changes that were on their
//! way having taken effect, and without; once, and again while it begins anew. Nothing that must always hold may be broken in any of them.

mod joins;
mod many;
mod planted;
mod random;

use std::fs;

use libtest_mimic::Trial;
use rbk::facade::engine::{Crash, Scripted};

use crate::harness::fixture::{self, Package, trial};
use crate::harness::snapshot;

pub fn trials() -> Vec<Trial> {
    let packages = fixture::packages("engine").into_iter();
    let trials = packages.flat_map(|package| {
        let (name, crashing) = (package.fixture.name.clone(), package.clone());
        let straight = trial(name.clone(), move || straight(&package));
        // Where the agent dies anyhow, random scripts kill it at any commit.
        let crashing = (!dies(&crashing))
            .then(|| trial(format!("{name} crashing"), move || crashes(&crashing)));
        [straight].into_iter().chain(crashing)
    });
    let gates = trial("engine/gates are as the reference says".to_owned(), gates);
    trials
        .chain([gates])
        .chain(joins::trials())
        .chain(many::trials())
        .chain(random::trials())
        .chain(planted::trials())
        .collect()
}

fn gates() {
    let page = fs::read_to_string(fixture::root().join("grammar/reference/incidents.md")).unwrap();
    let table = rbk::facade::engine::gates();
    assert!(
        page.contains(&table),
        "the page has another table than\n{table}"
    );
}

fn straight(package: &Package) {
    let scripted = scripted(package);
    for batched in [true, false] {
        let told = scripted.run(batched, None).unwrap();
        let broken = told.broken.join("\n");
        assert!(broken.is_empty(), "{}\n{broken}", told.trace);
        if !batched {
            snapshot::assert_matches(&package.fixture, &told.trace);
        }
    }
}

fn crashes(package: &Package) {
    let scripted = scripted(package);
    for batched in [true, false] {
        let told = scripted.run(batched, None).unwrap();
        for crash in (1..=told.commits).flat_map(deaths) {
            let told = scripted.run(batched, Some(crash)).unwrap();
            let broken = told.broken.join("\n");
            let trace = told.trace;
            assert!(broken.is_empty(), "{crash:?}\n{trace}\n{broken}");
        }
    }
}

/// Whether the agent dies in the script itself.
fn dies(package: &Package) -> bool {
    let script = fs::read_to_string(package.fixture.path.with_extension("txt")).unwrap();
    script.lines().any(|line| line.contains(" kill"))
}

/// Every way to die after a commit: once, or twice in a row, which is while it begins again.
fn deaths(after: usize) -> Vec<Crash> {
    let ways = [(true, 1), (false, 1), (true, 2), (false, 2)];
    let crash = |(performed, times)| Crash {
        after,
        performed,
        times,
    };
    ways.into_iter().map(crash).collect()
}

/// A package with the script beside it: `x.rbk` and `x.txt`. What it loads later is named for its
/// step: `at 10s load shorter` and `at 10s kill into shorter` load `x.shorter`.
fn scripted(package: &Package) -> Scripted {
    let path = &package.fixture.path;
    let script = fs::read_to_string(path.with_extension("txt")).unwrap();
    let loads = script.lines().filter_map(|line| {
        let killed = || line.split_once(" kill into ");
        line.split_once(" load ").or_else(killed)
    });
    let later: Vec<_> = loads
        .map(|(_, name)| {
            (
                name.to_owned(),
                fs::read(path.with_extension(name)).unwrap(),
            )
        })
        .collect();
    Scripted::read(&package.files(), &later, &script).unwrap()
}
