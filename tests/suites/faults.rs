//! Tests with what can go wrong: no program breaks a promise, and a rule that is taken out is noticed.

use libtest_mimic::Trial;
use rbk::facade::faults::{self, Faulty};

use crate::harness::fixture::{self, Package, trial};
use crate::harness::snapshot;

pub fn trials() -> Vec<Trial> {
    let mut trials: Vec<Trial> = fixture::packages("faults")
        .into_iter()
        .map(|package| trial(package.fixture.name.clone(), move || shown(&package)))
        .collect();
    trials.push(trial("faults/every program keeps its promises", all));
    trials.push(trial("faults/every example keeps its promises", examples));
    trials.push(trial("faults/two at once", two));
    #[cfg(feature = "harness")]
    trials.push(trial(
        "faults/rules that are taken out are noticed",
        noticed,
    ));
    trials
}

fn of(package: &Package) -> Faulty {
    faults::of(&package.files()).expect("the package is sound")
}

/// How the runs end.
fn shown(package: &Package) {
    let faulty = of(package);
    assert!(faulty.held, "{}", faulty.human);
    let mut texts = faulty.human;
    for (id, fault) in [
        ("kinds::more workers help", "do:1=unknown/nothing"),
        ("paused::nothing helps", "record:8=freeze"),
    ] {
        let again = faults::these(&package.files(), id, &[fault]).expect("it is a fault");
        if again.human.starts_with("0 faults ") {
            continue;
        }
        texts.push_str(&format!("\n{fault}\n{}", again.human));
    }
    snapshot::assert_matches(&package.fixture, &texts);
}

/// Of every program that other suites test.
fn all() {
    let mut counted = 0;
    for (name, files) in fixture::tested() {
        if let Some(faulty) = faults::of(&fixture::borrowed(&files)) {
            assert!(faulty.held, "{name}\n{}", faulty.human);
            counted += 1;
        }
    }
    assert!(counted > 8, "hardly any program is run");
}

/// Whole packages that people read.
fn examples() {
    for (name, files) in fixture::examples() {
        if let Some(faulty) = faults::of(&fixture::borrowed(&files)) {
            assert!(faulty.held, "{name}\n{}", faulty.human);
        }
    }
}

/// Of a short test: there are many pairs.
fn two() {
    let packages = fixture::packages("faults");
    let package = packages
        .iter()
        .find(|one| one.fixture.name.contains("kinds"));
    let files = package.expect("there is such a package").files();
    let faulty = faults::pairs(&files, "kinds::nothing waits").expect("it is sound");
    assert!(faulty.held, "{}", faulty.human);
    assert!(faulty.human.contains("in 1 test,"), "{}", faulty.human);
}

/// What the rules keep is seen by the world alone.
#[cfg(feature = "harness")]
fn noticed() {
    use rbk::facade::trust;

    let packages = fixture::packages("faults");
    let is_noticed = |rule: &&str| {
        packages.iter().any(|package| {
            let faulty = trust::without(&[rule], || faults::of(&package.files()));
            let faulty = faulty.expect("there is such a rule");
            faulty.is_some_and(|faulty| !faulty.held)
        })
    };
    // What else is taken out shows in worlds of its own, in the suite of trust.
    let rules = ["DirtyIsNoSingleLook"];
    let unseen: Vec<&&str> = rules.iter().filter(|rule| !is_noticed(rule)).collect();
    assert!(
        unseen.is_empty(),
        "nothing notices that these are taken out: {unseen:?}"
    );
}
