//! Lints, judged: what they say of programs that others would write, of the examples and of the reference.
//!
//! `tests/judged/programs` are runbooks as engineers write them, each with the rules and metrics that it would be held
//! to, if any. `tests/judged/judged.txt` has a line for each finding: where, which lint, whether somebody who is on call
//! would be glad of it, and why. A finding that nobody judged fails, as does a judgement of what is not found. A new
//! line is added with `judge` in its third column by `INSTA_UPDATE=always`, and fails until somebody has judged it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use libtest_mimic::Trial;
use rbk::facade::{self, Finding};

use crate::harness::fixture::{self, root, trial};
use crate::harness::markdown;

use super::lint::beside;
use super::reference::LINTS;

/// False alarms are fewer than one in so many findings.
const ONE_IN: usize = 20;
/// How many programs there are at least.
const PROGRAMS: usize = 30;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("judged/every finding", every_finding),
        trial("judged/the programs are sound", programs_are_sound),
    ]
}

/// A finding: in which program, on which line, by which lint. One line may have several of one lint.
type Place = (String, u32, &'static str);

fn judged() -> PathBuf {
    root().join("tests/judged/judged.txt")
}

fn programs() -> Vec<PathBuf> {
    let files = fixture::files(&root().join("tests/judged/programs"));
    let is_program = |path: &PathBuf| path.extension().is_some_and(|end| end == "rbk");
    files.into_iter().filter(is_program).collect()
}

/// They are checked without an error, their tests pass, and they are as many as they were said to be.
fn programs_are_sound() {
    let programs = programs();
    assert!(programs.len() >= PROGRAMS, "{} programs", programs.len());
    for path in programs {
        let text = fs::read(&path).unwrap();
        let tested = facade::test(&[("main.rbk", &text)], false);
        let errors = tested.checked.findings.iter();
        let errors = errors.filter(|found| found.kind == "error").count();
        let name = path.display();
        assert_eq!(errors, 0, "{name}\n{}", tested.checked.human);
        assert_eq!(tested.failed, 0, "{name}\n{}", tested.human);
    }
}

/// Everything that is found anywhere, with its messages.
fn found() -> BTreeMap<Place, Vec<String>> {
    let mut all: BTreeMap<Place, Vec<String>> = BTreeMap::new();
    let mut take = |program: &str, findings: Vec<Finding>| {
        for found in findings {
            let name = match found.file.as_str() {
                "main.rbk" | "example.rbk" => program.to_owned(),
                file => format!("{program}/{file}"),
            };
            let places = all.entry((name, found.line, found.code)).or_default();
            places.push(found.message);
        }
    };
    for path in programs() {
        let text = fs::read(&path).unwrap();
        let name = fixture::relative(&root().join("tests/judged"), &path);
        let files = [("main.rbk", text.as_slice())];
        take(&name, linted(&files, &beside(&path)));
    }
    for package in fixture::packages("../examples") {
        let folder = package.fixture.path.parent().unwrap();
        let name = folder.file_name().unwrap().to_str().unwrap();
        take(&format!("examples/{name}"), linted(&package.files(), &[]));
    }
    let shop = fs::read(root().join("grammar/reference/shop.rbk")).unwrap();
    for path in fixture::files(&root().join("grammar/reference")) {
        if path.extension().is_none_or(|end| end != "md") {
            continue;
        }
        let name = fixture::relative(&root().join("grammar"), &path);
        let blocks = markdown::blocks(&fs::read_to_string(&path).unwrap());
        let plain = |block: &&markdown::Block| {
            block.tag == "rbk" && !block.text.contains("use shop_common.")
        };
        for block in blocks.iter().filter(plain) {
            let files = [
                ("rbk.toml", LINTS.as_bytes()),
                ("shop.rbk", shop.as_slice()),
                ("example.rbk", block.text.as_bytes()),
            ];
            take(&format!("{name}:{}", block.line), linted(&files, &[]));
        }
    }
    all
}

/// What lints say, and what the tests ask in vain.
fn linted(files: &[(&str, &[u8])], beside: &[(&'static str, String)]) -> Vec<Finding> {
    let mut known: Vec<(&str, &str)> = beside.iter().map(|(what, text)| (*what, &**text)).collect();
    known.push(("today", "2026-11-29"));
    let mut findings = facade::lint_beside(files, &known).findings;
    findings.extend(facade::test(files, false).findings);
    findings.retain(|found| found.code.starts_with('L'));
    findings
}

fn every_finding() {
    let kept = fs::read_to_string(judged()).unwrap_or_default();
    let mut known: BTreeMap<(&str, u32, &str), (&str, &str)> = BTreeMap::new();
    for line in kept.lines().filter(|line| !line.starts_with('#')) {
        let mut columns = line.splitn(4, ' ');
        let mut next = || columns.next().unwrap_or_default();
        let (place, code, verdict, why) = (next(), next(), next(), next());
        let (program, number) = place.rsplit_once(':').unwrap();
        known.insert((program, number.parse().unwrap(), code), (verdict, why));
    }
    let found = found();
    let mut page: String = kept
        .lines()
        .take_while(|line| line.starts_with('#'))
        .fold(String::new(), |page, line| page + line + "\n");
    let (mut all, mut alarms, mut wrong) = (0, 0, Vec::new());
    let mut open = BTreeSet::new();
    for ((program, line, code), messages) in &found {
        let (verdict, why) = match known.get(&(program.as_str(), *line, *code)) {
            Some(judged) => *judged,
            None => ("judge", messages[0].as_str()),
        };
        let _ = writeln!(page, "{program}:{line} {code} {verdict} {why}");
        all += messages.len();
        match verdict {
            "true" => {}
            "false" => {
                alarms += messages.len();
                wrong.push(format!("{program}:{line} {code} {why}"));
            }
            _ => {
                open.insert(format!("{program}:{line} {code} {}", messages[0]));
            }
        }
        assert!(!why.trim().is_empty(), "{program}:{line} {code}: no reason");
    }
    if kept != page && std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
        fs::write(judged(), &page).unwrap();
    } else {
        assert_eq!(
            kept, page,
            "bless it with INSTA_UPDATE=always, and judge what is new"
        );
    }
    assert!(open.is_empty(), "nobody judged: {open:#?}");
    assert!(all > 50, "{all} findings tell nothing");
    assert!(
        alarms * ONE_IN < all,
        "{alarms} of {all} are false alarms: {wrong:#?}"
    );
}
