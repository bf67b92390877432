//! Programs with their findings: annotated where they are, or shown whole in a snapshot.
//!
//! A fixture is a `.rbk` file, or a folder with an `rbk.toml`. It says what is to be found by
//! annotations, by a snapshot beside it, or by living in a folder named `ok`.

use libtest_mimic::Trial;
use rbk::facade::{self, Checked, Finding};

use crate::harness::annotation::{self, Remark};
use crate::harness::fixture::{self, Fixture, Package};
use crate::harness::snapshot;

pub fn trials() -> Vec<Trial> {
    trials_in("check")
}

/// A trial for each program below `tests/FOLDER`.
pub fn trials_in(folder: &str) -> Vec<Trial> {
    let packages = fixture::packages(folder);
    packages
        .into_iter()
        .map(|package| fixture::trial(package.fixture.name.clone(), move || check(&package)))
        .collect()
}

fn check(package: &Package) {
    let checked = facade::check(&package.files());
    let Fixture { name, .. } = &package.fixture;
    let annotated = has_annotations(package);
    let shown = package.fixture.snapshot().exists();
    if package.fixture.is_ok() {
        assert!(!annotated, "{name}: lives in `ok/` and expects findings");
        assert!(checked.findings.is_empty(), "{name}:\n{}", checked.human);
        return;
    }
    assert!(
        annotated || shown || std::env::var_os("INSTA_UPDATE").is_some(),
        "{name}: expects nothing; annotate it, give it a snapshot, or move it to `ok/`\n{}",
        checked.human
    );
    if annotated {
        annotations_hold(package, &checked);
    }
    if shown || !annotated {
        snapshot::assert_matches(&package.fixture, &checked.human);
    }
}

fn has_annotations(package: &Package) -> bool {
    let mut texts = package.texts.iter();
    texts.any(|(_, text)| !annotation::expected(&String::from_utf8_lossy(text)).is_empty())
}

fn annotations_hold(package: &Package, checked: &Checked) {
    for (file, text) in &package.texts {
        let expected = annotation::expected(&String::from_utf8_lossy(text));
        let here = checked
            .findings
            .iter()
            .filter(|finding| finding.file == *file);
        annotation::assert_same(file, &expected, &remarks(here), &checked.human);
    }
}

/// The findings as remarks, in the order of annotations.
pub fn remarks<'a>(findings: impl Iterator<Item = &'a Finding>) -> Vec<Remark> {
    let mut remarks = findings
        .map(|finding| Remark {
            line: finding.line,
            kind: finding.kind.into(),
            code: finding.code.into(),
        })
        .collect::<Vec<_>>();
    remarks.sort();
    remarks
}
