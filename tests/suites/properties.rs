//! What holds of every text: nothing panics, places are places, the layout is stable.
//!
//! Texts are made of the words of the language in any order, and of right programs with pieces
//! moved, doubled and dropped.

use libtest_mimic::Trial;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use rbk::facade;

use crate::harness::fixture::trial;

use super::hostile::PROGRAM;

/// How many texts a property is tried on.
const TEXTS: u32 = 300;

const WORDS: &[&str] = &[
    "use",
    "product",
    "runbook",
    "role",
    "const",
    "fn",
    "probe",
    "action",
    "record",
    "enum",
    "secret",
    "test",
    "let",
    "do",
    "if",
    "else",
    "match",
    "for",
    "in",
    "found",
    "verify",
    "guard",
    "page",
    "hand",
    "return",
    "undo",
    "not",
    "and",
    "or",
    "is",
    "some",
    "none",
    "true",
    "within",
    "every",
    "at",
    "most",
    "given",
    "expect",
    "diagnose",
    "remedy",
    "blast",
    "window",
    "weekly",
    "keep",
    "only",
    "pause",
    "01:00",
    "watch",
    "x",
    "k8s",
    "k8s.Pod",
    "Pod",
    "1",
    "5m",
    "20%",
    "3 GiB",
    "2026-11-27T00:00",
    "\"text\"",
    "\"a ${x} b\"",
    "promql\"up\"",
    "re\"a+\"",
    "cron\"* * * * *\"",
    "\"\"\"",
    "(",
    ")",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "=",
    "==",
    "->",
    "+",
    "-",
    "*",
    "/",
    "%",
    "<",
    ">=",
    ".",
    "..",
    "?",
    "//",
    "///",
    "//!",
    "\n",
    "\n",
    "\n\n",
    "  ",
    "\n  ",
    "\"",
    "${",
    "\\",
    "\u{e4}",
    "\u{202e}",
];

pub fn trials() -> Vec<Trial> {
    vec![
        trial("properties/any words are answered", || {
            hold(words(), answered)
        }),
        trial("properties/any changed program is answered", || {
            hold(changed(), answered)
        }),
        trial("properties/any letters are answered", || {
            hold(".{0,200}".boxed(), answered)
        }),
    ]
}

/// Tries a property on texts; the same texts each time, so that a failure comes back.
fn hold(texts: BoxedStrategy<String>, property: fn(&str) -> Result<(), TestCaseError>) {
    let config = Config {
        cases: TEXTS,
        failure_persistence: None,
        ..Config::default()
    };
    let random = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(config, random);
    let result = runner.run(&texts, |text| property(&text));
    if let Err(failure) = result {
        panic!("{failure}");
    }
}

/// Words of the language in any order.
fn words() -> BoxedStrategy<String> {
    let words = proptest::collection::vec(proptest::sample::select(WORDS), 0..60);
    words.prop_map(|words| words.join(" ")).boxed()
}

/// A right program with some of its lines moved, doubled, dropped, or with a word put in.
fn changed() -> BoxedStrategy<String> {
    let lines = PROGRAM.lines().count();
    let change = (0..lines, 0..lines, 0..4_u8, proptest::sample::select(WORDS));
    let changes = proptest::collection::vec(change, 1..6);
    changes
        .prop_map(|changes| {
            let mut lines: Vec<String> = PROGRAM.lines().map(String::from).collect();
            for (from, to, kind, word) in changes {
                let (from, to) = (from % lines.len(), to % lines.len());
                match kind {
                    0 => lines.swap(from, to),
                    1 => lines.insert(to, lines[from].clone()),
                    2 if lines.len() > 1 => drop(lines.remove(from)),
                    _ => lines[from].push_str(word),
                }
            }
            lines.join("\n")
        })
        .boxed()
}

/// Nothing panics, and every finding stands at a place of the text.
fn answered(text: &str) -> Result<(), TestCaseError> {
    let checked = facade::check(&[("main.rbk", text.as_bytes())]);
    let lines = text.split('\n').count() as u32;
    for finding in checked
        .findings
        .iter()
        .filter(|finding| finding.file == "main.rbk")
    {
        prop_assert!(finding.line >= 1 && finding.line <= lines, "{finding:?}");
        let line = text
            .split('\n')
            .nth(finding.line as usize - 1)
            .unwrap_or_default();
        prop_assert!(
            finding.column as usize <= line.chars().count() + 1,
            "{finding:?}"
        );
        prop_assert!(!finding.message.is_empty());
    }
    Ok(())
}
