//! Fixes: each edit that a finding offers mends it.
//!
//! Every program of the suites `wrong` and `check` is checked; each fix is applied alone, and the
//! finding that offered it must be gone.

use std::collections::BTreeMap;

use libtest_mimic::Trial;
use rbk::facade::{self, Checked, Finding};
use serde_json::Value;

use crate::harness::fixture::{self, Package, trial};

pub fn trials() -> Vec<Trial> {
    let packages = ["wrong", "check"].into_iter().flat_map(fixture::packages);
    packages
        .map(|package| {
            trial(format!("fixes/{}", package.fixture.name), move || {
                check(&package)
            })
        })
        .collect()
}

fn check(package: &Package) {
    let checked = facade::check(&package.files());
    let diagnostics: Vec<Value> = serde_json::from_str(&checked.json).unwrap();
    for diagnostic in &diagnostics {
        let fix = &diagnostic["fix"];
        if fix.is_null() {
            continue;
        }
        let said = |checked: &Checked| {
            let findings = checked.findings.iter();
            findings.filter(|finding| says(finding, diagnostic)).count()
        };
        let mended = apply(&package.texts, fix["edits"].as_array().unwrap());
        let files: Vec<_> = mended
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_slice()))
            .collect();
        let after = facade::check(&files);
        let title = fix["title"].as_str().unwrap();
        assert!(
            said(&after) < said(&checked),
            "`{title}` does not mend {}: {}\n--- before\n{}\n--- after\n{}",
            diagnostic["code"],
            diagnostic["message"],
            checked.human,
            after.human,
        );
    }
}

/// Whether a finding, wherever it stands, says the same.
fn says(finding: &Finding, diagnostic: &Value) -> bool {
    diagnostic["code"] == finding.code && diagnostic["message"] == finding.message.as_str()
}

/// The files with the edits applied, the last in each file first.
pub fn apply(texts: &[(String, Vec<u8>)], edits: &[Value]) -> BTreeMap<String, Vec<u8>> {
    let mut files: BTreeMap<String, Vec<u8>> = texts.iter().cloned().collect();
    let mut edits: Vec<_> = edits
        .iter()
        .map(|edit| (offset(edit, "start"), offset(edit, "end"), edit))
        .collect();
    edits.sort_by_key(|(start, end, _)| (*start, *end));
    for pair in edits.windows(2) {
        let same = pair[0].2["file"] == pair[1].2["file"];
        assert!(!same || pair[0].1 <= pair[1].0, "edits overlap: {pair:?}");
    }
    for (start, end, edit) in edits.into_iter().rev() {
        let file = files.get_mut(edit["file"].as_str().unwrap()).unwrap();
        file.splice(start..end, edit["text"].as_str().unwrap().bytes());
    }
    files
}

fn offset(edit: &Value, point: &str) -> usize {
    edit[point]["offset"].as_u64().unwrap() as usize
}
