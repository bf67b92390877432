//! Fixes: each edit that a finding offers mends it.
//!
//! Every program of the suites `wrong` and `check`, and what each code's page avoids, is checked; each fix is applied alone, and the
//! finding that offered it must be gone. A safe one brings no error, and one of a warning changes nothing that a
//! runbook does and nothing that a test says. Of the small mistakes each edit leaves less to be said and nothing new, and
//! what edits write stands line by line in `tests/fixes/meant.txt`.

use std::collections::BTreeMap;

use libtest_mimic::Trial;
use rbk::facade::{self, Checked, File, Finding};
use serde_json::Value;

use super::mistakes;
use crate::harness::fixture::{self, trial};
use crate::harness::markdown::{self, Block};

pub fn trials() -> Vec<Trial> {
    let packages = ["wrong", "check"].into_iter().flat_map(fixture::packages);
    let packages = packages.map(|package| (package.fixture.name, package.texts));
    packages
        .chain(pages())
        .map(|(name, texts)| trial(format!("fixes/{name}"), move || check(&texts)))
        .chain(unread())
        .chain(mistakes())
        .chain(meant())
        .collect()
}

/// The small mistakes: whichever edit is taken, there is less to be said afterwards, and nothing new.
fn mistakes() -> impl Iterator<Item = Trial> {
    let programs = fixture::fixtures("mistakes", "rbk").into_iter();
    programs.map(|program| {
        trial(format!("fixes/{}", program.name), move || {
            let text = program.text();
            let left = mends(text.as_bytes());
            let second = SECOND.contains(&program.name.as_str());
            assert_eq!(left.is_some(), second, "{left:?}");
        })
    })
}

/// Lines with two mistakes: the edit of the first one brings the other to light.
const SECOND: [&str; 9] = [
    "mistakes/go/for_three.rbk",
    "mistakes/go/len_and.rbk",
    "mistakes/go/make.rbk",
    "mistakes/halfway/call_cut_in_argument.rbk",
    "mistakes/python/if_len.rbk",
    "mistakes/python/return_conditional.rbk",
    "mistakes/python/timedelta.rbk",
    "mistakes/shell/if_fi.rbk",
    "mistakes/shell/label_or.rbk",
];

/// What an edit leaves that does not mend the text.
fn mends(text: &[u8]) -> Option<String> {
    let before = mistakes::check(text);
    let known = |found: &Value| {
        before
            .iter()
            .any(|other| other["code"] == found["code"] && other["message"] == found["message"])
    };
    for (diagnostic, fix) in fixes_of(&before) {
        let edits = fix["edits"].as_array().unwrap();
        let mended = apply(&mistakes::files(text), edits);
        let after = mistakes::check(&mended["main.rbk"]);
        let new: Vec<&Value> = after.iter().filter(|found| !known(found)).collect();
        if after.len() >= before.len() || !new.is_empty() {
            return Some(format!(
                "`{}` does not mend {}: {new:?}\n{}",
                fix["title"],
                diagnostic["message"],
                String::from_utf8_lossy(&mended["main.rbk"]),
            ));
        }
    }
    None
}

fn fixes_of(diagnostics: &[Value]) -> impl Iterator<Item = (&Value, &Value)> {
    diagnostics.iter().flat_map(|diagnostic| {
        let fixes = diagnostic["fixes"].as_array().unwrap();
        fixes.iter().map(move |fix| (diagnostic, fix))
    })
}

/// What edits write, line by line: `tests/fixes/meant.txt`.
fn meant() -> impl Iterator<Item = Trial> {
    let path = fixture::root().join("tests/fixes/meant.txt");
    let text = std::fs::read_to_string(path).unwrap();
    let mut frame = "";
    let mut trials = Vec::new();
    for block in text.split("\n\n").skip(1) {
        let block = match block.strip_prefix("# ") {
            Some(headed) => {
                let (kind, rest) = headed.split_once('\n').unwrap();
                frame = match kind {
                    "statement" => "runbook r for p {\n  remedy stuck(web) {\n    LINE\n  }\n}\n",
                    "trigger" => "runbook r for p {\n  on alert \"A\" {\n    LINE\n  }\n}\n",
                    "clause" => "runbook r for p {\n  LINE\n}\n",
                    "limit" => "runbook r for p {\n  blast {\n    LINE\n  }\n}\n",
                    "test" => {
                        "test r \"t\" {\n  LINE\n}\n\nrunbook r for p {\n  diagnose { found stuck }\n}\n"
                    }
                    other => panic!("no frame is called `{other}`"),
                };
                rest
            }
            None => block,
        };
        let (line, right) = block.split_once("\n=> ").unwrap();
        let (line, right) = (line.to_owned(), right.trim_end().to_owned());
        trials.push(trial(format!("fixes/meant/{line}"), move || {
            writes(frame, &line, &right);
        }));
    }
    trials.into_iter()
}

fn writes(frame: &str, line: &str, right: &str) {
    let text = frame.replace("LINE", line);
    let (_, parsed) = facade::parse(&text);
    let found: Vec<Value> = serde_json::from_str(&parsed.json).unwrap();
    assert_eq!(found.len(), 1, "one mistake is one error: {found:?}");
    let Some(fix) = found[0]["fixes"].as_array().unwrap().first() else {
        assert_eq!(right, "no edit", "nothing is offered: {found:?}");
        return;
    };
    assert_ne!(right, "no edit", "offered: {fix}");
    let texts = vec![("main.rbk".to_owned(), text.into_bytes())];
    let mended = apply(&texts, fix["edits"].as_array().unwrap());
    let mended = String::from_utf8(mended["main.rbk"].clone()).unwrap();
    let (indent, _) = frame.split_once("LINE").unwrap();
    let indent = indent.rsplit('\n').next().unwrap();
    let right = right.replace('\n', &format!("\n{indent}"));
    assert_eq!(mended, frame.replace("LINE", &right));
    let (_, after) = facade::parse(&mended);
    assert!(after.findings.is_empty(), "{:?}", after.findings);
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
        brings_no_error(title, &checked, &after);
        if fix["applicability"] == "safe" {
            let kind = diagnostic["kind"].as_str().unwrap();
            is_safe(kind, &files, &mended, &checked, &after);
        }
    }
}

/// No fix brings an error where none was: on a line that is in error another one may have been hidden.
fn brings_no_error(title: &str, before: &Checked, after: &Checked) {
    let is_error = |found: &&Finding| found.kind == "error";
    let known: Vec<&Finding> = before.findings.iter().filter(is_error).collect();
    if known.iter().any(|found| found.code.starts_with("E01")) {
        return;
    }
    let mut new: Vec<&Finding> = after.findings.iter().filter(is_error).collect();
    new.retain(|found| {
        known.iter().all(|known| {
            let here = known.file == found.file && known.line == found.line;
            !here && (known.code, &known.message) != (found.code, &found.message)
        })
    });
    assert!(
        new.is_empty(),
        "`{title}` brings an error: {new:?}\n--- before\n{}\n--- after\n{}",
        before.human,
        after.human,
    );
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
