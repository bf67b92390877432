//! Fixes: each edit that a finding offers mends it.
//!
//! Every program of the suites `wrong` and `check`, and what each code's page avoids, is checked; each fix is applied alone, and the
//! finding that offered it must be gone. A safe one brings no error, and one of a warning changes nothing that a
//! runbook does and nothing that a test says.

use std::collections::BTreeMap;

use libtest_mimic::Trial;
use rbk::facade::{self, Checked, File, Finding};
use serde_json::Value;

use crate::harness::fixture::{self, trial};
use crate::harness::markdown::{self, Block};

pub fn trials() -> Vec<Trial> {
    let packages = ["wrong", "check"].into_iter().flat_map(fixture::packages);
    let packages = packages.map(|package| (package.fixture.name, package.texts));
    packages
        .chain(pages())
        .map(|(name, texts)| trial(format!("fixes/{name}"), move || check(&texts)))
        .chain(unread())
        .collect()
}

/// The programs that cannot be read: the finding that offers an edit is gone with it, and none comes but on its own line or
/// the one below, where another mistake may have been hidden.
fn unread() -> impl Iterator<Item = Trial> {
    let programs = fixture::fixtures("parse/wrong", "rbk").into_iter();
    programs.map(|program| trial(format!("fixes/{}", program.name), move || read(&program)))
}

fn read(program: &fixture::Fixture) {
    let text = program.text();
    let (_, before) = facade::parse(&text);
    let said = |found: &Finding| (found.code, found.message.clone());
    let known: Vec<_> = before.findings.iter().map(said).collect();
    let diagnostics: Vec<Value> = serde_json::from_str(&before.json).unwrap();
    let fixes = diagnostics.iter().flat_map(|diagnostic| {
        let fixes = diagnostic["fixes"].as_array().unwrap();
        fixes.iter().map(move |fix| (diagnostic, fix))
    });
    for (diagnostic, fix) in fixes {
        let texts = vec![("main.rbk".to_owned(), text.clone().into_bytes())];
        let edits = fix["edits"].as_array().unwrap();
        let mended = apply(&texts, edits).remove("main.rbk").unwrap();
        let (_, after) = facade::parse(std::str::from_utf8(&mended).unwrap());
        let new = after.findings.iter();
        let new: Vec<_> = new.filter(|found| !known.contains(&said(found))).collect();
        let line = diagnostic["start"]["line"].as_u64().unwrap();
        let lines = edits
            .iter()
            .map(|edit| edit["start"]["line"].as_u64().unwrap());
        let lines: Vec<u64> = lines.chain([line]).collect();
        // What the head of an item hid may stand on the line below it.
        let near = |found: &u64, line: &u64| (*line..=line + 1).contains(found);
        let here = new.iter().all(|found| {
            let found = u64::from(found.line);
            lines.iter().any(|line| near(&found, line))
        });
        let same = |checked: &Checked| {
            let findings = checked.findings.iter();
            findings.filter(|finding| says(finding, diagnostic)).count()
        };
        assert!(
            here && same(&after) < same(&before),
            "`{}` of line {line} does not mend {}: {new:?}",
            fix["title"],
            diagnostic["message"],
        );
    }
}

/// What the pages of codes avoid.
fn pages() -> impl Iterator<Item = (String, Vec<(String, Vec<u8>)>)> {
    facade::codes().into_iter().filter_map(|row| {
        let blocks = markdown::blocks(row.page);
        let avoid = |block: &Block| block.section == "Avoid" && block.language() == "rbk";
        let block = blocks.into_iter().find(avoid)?;
        let texts = vec![("main.rbk".to_owned(), block.text.into_bytes())];
        Some((format!("page {}", row.code), texts))
    })
}

fn check(texts: &[(String, Vec<u8>)]) {
    let files: Vec<File<'_>> = texts
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_slice()))
        .collect();
    let checked = facade::check(&files);
    let diagnostics: Vec<Value> = serde_json::from_str(&checked.json).unwrap();
    let fixes = diagnostics.iter().flat_map(|diagnostic| {
        let fixes = diagnostic["fixes"].as_array().unwrap();
        fixes.iter().map(move |fix| (diagnostic, fix))
    });
    for (diagnostic, fix) in fixes {
        let said = |checked: &Checked| {
            let findings = checked.findings.iter();
            findings.filter(|finding| says(finding, diagnostic)).count()
        };
        let mended = apply(texts, fix["edits"].as_array().unwrap());
        let mended: Vec<File<'_>> = mended
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_slice()))
            .collect();
        let after = facade::check(&mended);
        let title = fix["title"].as_str().unwrap();
        assert!(
            said(&after) < said(&checked),
            "`{title}` does not mend {}: {}\n--- before\n{}\n--- after\n{}",
            diagnostic["code"],
            diagnostic["message"],
            checked.human,
            after.human,
        );
        if fix["applicability"] == "safe" {
            let kind = diagnostic["kind"].as_str().unwrap();
            is_safe(kind, &files, &mended, &checked, &after);
        }
    }
}

/// A safe fix keeps its word.
fn is_safe(kind: &str, before: &[File<'_>], after: &[File<'_>], was: &Checked, is: &Checked) {
    let errors = |checked: &Checked, of: &str| {
        let errors = checked
            .findings
            .iter()
            .filter(|found| found.kind == "error");
        errors.filter(|found| found.code.starts_with(of)).count()
    };
    // Where a text could not be read, more is found in it once it can.
    let of = if errors(was, "E01") > 0 { "E01" } else { "E" };
    assert!(
        errors(is, of) <= errors(was, of),
        "a safe fix brings an error\n--- before\n{}\n--- after\n{}",
        was.human,
        is.human
    );
    if kind != "error" {
        let cores = |files: &[File<'_>]| facade::versions::cores(files);
        assert_eq!(cores(before), cores(after), "a safe fix changes a runbook");
        let passed = |files: &[File<'_>]| {
            let tested = facade::test(files, false);
            (tested.passed, tested.failed)
        };
        assert_eq!(passed(before), passed(after), "a safe fix changes a test");
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
