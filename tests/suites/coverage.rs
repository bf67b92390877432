//! What tests reach: counted in snapshots that were read, and held to what must hold of every package.

use libtest_mimic::Trial;
use rbk::facade::{self, coverage};

use crate::harness::fixture::{self, Package, root, trial};
use crate::harness::snapshot;

pub fn trials() -> Vec<Trial> {
    let mut trials: Vec<Trial> = fixture::packages("coverage")
        .into_iter()
        .map(|package| trial(package.fixture.name.clone(), move || shown(&package)))
        .collect();
    trials.push(trial("coverage/all programs with tests", all));
    trials
}

/// All forms, one below the other.
fn shown(package: &Package) {
    let covering = coverage::of(&package.files()).expect("the package is sound");
    let findings = covering.findings.iter();
    let findings: Vec<String> = findings.map(|one| format!("{one:?}")).collect();
    let texts = [
        covering.human,
        findings.join("\n"),
        covering.lcov,
        covering.cobertura,
        covering.json,
    ];
    snapshot::assert_matches(&package.fixture, &texts.join("\n"));
}

/// Of every program that other suites test.
fn all() {
    let shop = std::fs::read(root().join("grammar/reference/shop.rbk")).unwrap();
    let fixtures = fixture::fixtures("tested", "rbk");
    let counted = fixtures.iter().filter(|fixture| {
        let text = fixture.text();
        holds_of(
            &fixture.name,
            &[("shop.rbk", &shop), ("main.rbk", text.as_bytes())],
        )
    });
    assert!(counted.count() > 8, "hardly any program is counted");
    for package in fixture::packages("coverage") {
        assert!(holds_of(&package.fixture.name, &package.files()));
    }
}

/// Counting changes nothing, and the forms agree with each other.
fn holds_of(name: &str, files: &[facade::File<'_>]) -> bool {
    let Some(covering) = coverage::of(files) else {
        return false;
    };
    let plain = facade::test(files, false);
    let of_tests = |code: &str| !code.starts_with("L090") || code == "L0905";
    let counted = covering.findings.iter().filter(|one| of_tests(one.code));
    let codes = |found: Vec<&facade::Finding>| -> Vec<&str> {
        found.into_iter().map(|one| one.code).collect()
    };
    assert_eq!(
        codes(counted.collect()),
        codes(plain.findings.iter().collect()),
        "{name}: what the tests find"
    );
    let json: serde_json::Value = serde_json::from_str(&covering.json).unwrap();
    let (reached, all) = (&json["reached"], &json["all"]);
    assert!(
        reached.as_u64() <= all.as_u64(),
        "{name}: {reached} of {all}"
    );
    let xml = roxmltree::Document::parse(&covering.cobertura).unwrap();
    let rows = |start: &str| {
        covering
            .lcov
            .lines()
            .filter(|line| line.starts_with(start))
            .count()
    };
    let lines = xml.root_element().attribute("lines-valid").unwrap();
    assert_eq!(lines, rows("DA:").to_string(), "{name}: lines");
    let branches = xml.root_element().attribute("branches-valid").unwrap();
    assert_eq!(branches, rows("BRDA:").to_string(), "{name}: branches");
    true
}
