//! What tests are told: packages with `test` blocks that prove nothing, or not enough, and those that
//! do. The other file of each package is the one of the reference.
//!
//! Annotations say what is reported, errors, faults and warnings alike. `//! says TEXT` is found in
//! the output. With the rule of `//! without RULE` taken out, something else is reported, or said.

use libtest_mimic::Trial;
use rbk::facade::{self, Tested};

use crate::harness::annotation::{self, Remark};
use crate::harness::fixture::{self, Fixture, root};

pub fn trials() -> Vec<Trial> {
    fixture::trials("tested", "rbk", check)
}

/// The rules that some fixture sees taken out.
#[cfg(feature = "harness")]
pub fn taken_out() -> Vec<String> {
    let fixtures = fixture::fixtures("tested", "rbk").into_iter();
    let texts: Vec<String> = fixtures.map(|fixture| fixture.text()).collect();
    let rules = texts.iter().flat_map(|text| said(text, "//! without "));
    rules.map(str::to_owned).collect()
}

fn check(fixture: &Fixture) {
    let shop = std::fs::read(root().join("grammar/reference/shop.rbk")).unwrap();
    let text = std::fs::read_to_string(&fixture.path).unwrap();
    let files: [facade::File<'_>; 2] = [("shop.rbk", &shop), ("main.rbk", text.as_bytes())];
    let tested = facade::test(&files, false);
    let found = remarks(&tested);
    let shown = format!("{}\n{}", tested.checked.human, tested.human);
    annotation::assert_same(&fixture.name, &annotation::expected(&text), &found, &shown);
    for wanted in said(&text, "//! says ") {
        assert!(
            tested.human.contains(wanted),
            "`{wanted}` is not said\n{shown}"
        );
    }
    for rule in said(&text, "//! without ") {
        assert_ne!(
            without(rule, &files),
            (found.clone(), tested.human.clone()),
            "{rule}"
        );
    }
}

fn remarks(tested: &Tested) -> Vec<Remark> {
    let findings = tested.checked.findings.iter().chain(&tested.findings);
    let findings = findings.filter(|found| found.file == "main.rbk" && found.kind != "note");
    let remarks = findings.map(|found| Remark {
        line: found.line,
        kind: found.kind.to_owned(),
        code: found.code.to_owned(),
    });
    let mut remarks: Vec<Remark> = remarks.collect();
    remarks.sort();
    remarks
}

fn said<'t>(text: &'t str, mark: &'static str) -> impl Iterator<Item = &'t str> {
    text.lines().filter_map(move |line| line.strip_prefix(mark))
}

/// What is reported and said with that rule taken out.
#[cfg(feature = "harness")]
fn without(rule: &str, files: &[facade::File<'_>]) -> (Vec<Remark>, String) {
    let open = facade::trust::without(&[rule], || facade::test(files, false));
    let open = open.unwrap_or_else(|unknown| panic!("no such rule: {unknown:?}"));
    (remarks(&open), open.human)
}

/// Nothing can be taken out of the product.
#[cfg(not(feature = "harness"))]
fn without(_rule: &str, _files: &[facade::File<'_>]) -> (Vec<Remark>, String) {
    (Vec::new(), "another one".to_owned())
}
