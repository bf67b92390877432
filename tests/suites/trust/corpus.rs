//! Programs as files: idioms that must be accepted, fixtures of each promise, and holes that one
//! rule keeps shut. The other file of each package is the one of the reference.

use std::collections::BTreeMap;

use libtest_mimic::Trial;
use rbk::facade::{self, Checked, Finding, Tested};

use crate::harness::annotation::{self, Remark};
use crate::harness::fixture::{self, Fixture, root, trial};

/// How many idioms there are at least: a runbook each.
const IDIOMS: usize = 150;

/// The promises that have fixtures of their own, and how many of each kind at least.
const PROMISES: &[&str] = &["p1", "p2", "p3", "p4", "p9", "p10", "p12", "p13"];
const EACH: usize = 10;

pub fn trials() -> Vec<Trial> {
    let mut trials = fixture::trials("trust/idioms", "rbk", is_accepted);
    trials.extend(fixture::trials("trust/promises", "rbk", keeps_a_promise));
    trials.push(trial("trust/idioms are many", idioms_are_many));
    trials.push(trial("trust/promises are covered", promises_are_covered));
    #[cfg(feature = "harness")]
    trials.extend(fixture::trials(
        "trust/holes",
        "rbk",
        super::holes::is_shut_by_one_rule,
    ));
    trials
}

/// The fixture as the second file of a package.
pub fn with_shop<T>(fixture: &Fixture, work: impl FnOnce(&[facade::File<'_>], &str) -> T) -> T {
    let shop = std::fs::read(root().join("grammar/reference/shop.rbk")).unwrap();
    let text = std::fs::read_to_string(&fixture.path).unwrap();
    let files: [facade::File<'_>; 2] = [("shop.rbk", &shop), ("main.rbk", text.as_bytes())];
    work(&files, &text)
}

pub fn errors(checked: &Checked) -> impl Iterator<Item = &Finding> {
    checked
        .findings
        .iter()
        .filter(|found| found.kind == "error")
}

/// No error, and every test of it passes.
fn is_accepted(fixture: &Fixture) {
    with_shop(fixture, |files, _| {
        let Tested {
            checked,
            failed,
            human,
            ..
        } = facade::test(files, false);
        let refused = errors(&checked).next().is_some();
        assert!(!refused, "{}: refused\n{}", fixture.name, checked.human);
        assert_eq!(failed, 0, "{}: a test fails\n{human}", fixture.name);
    });
}

fn idioms_are_many() {
    let fixtures = fixture::fixtures("trust/idioms", "rbk");
    let texts = fixtures
        .iter()
        .map(|found| std::fs::read_to_string(&found.path).unwrap());
    let count: usize = texts
        .map(|text| {
            text.lines()
                .filter(|line| line.starts_with("runbook "))
                .count()
        })
        .sum();
    assert!(count >= IDIOMS, "{count} idioms, of {IDIOMS}");
}

/// `p2_refused_cleared_later.rbk` has exactly the errors of its annotations, `p2_accepted_...` none.
fn keeps_a_promise(fixture: &Fixture) {
    with_shop(fixture, |files, text| {
        let checked = facade::check(files);
        let found: Vec<Remark> = errors(&checked)
            .map(|found| Remark {
                line: found.line,
                kind: found.kind.to_owned(),
                code: found.code.to_owned(),
            })
            .collect();
        let expected = annotation::expected(text);
        let refused = fixture.name.contains("_refused_");
        assert_eq!(
            refused,
            !expected.is_empty(),
            "{}: named after what it shows",
            fixture.name
        );
        annotation::assert_same(&fixture.name, &expected, &found, &checked.human);
    });
}

fn promises_are_covered() {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for fixture in fixture::fixtures("trust/promises", "rbk") {
        let name = fixture.name.rsplit('/').next().unwrap();
        let mut words = name.splitn(3, '_');
        let kind = format!(
            "{}_{}",
            words.next().unwrap(),
            words.next().unwrap_or_default()
        );
        *counts.entry(kind).or_default() += 1;
    }
    let wanted = PROMISES
        .iter()
        .flat_map(|promise| ["refused", "accepted"].map(|kind| format!("{promise}_{kind}")));
    let short: Vec<String> = wanted
        .filter(|kind| counts.get(kind).copied().unwrap_or_default() < EACH)
        .collect();
    assert!(short.is_empty(), "fewer than {EACH} fixtures: {short:?}");
}
