//! No edit turns a line around: what is denied, counted and compared before an edit of an error is so behind it.
//!
//! Every edit that is offered of the small mistakes, of wrong and of unread programs is looked at, whether it mends the
//! line or not. A safe one changes no denial, no digit and no comparison; one that is asked for changes no denial and
//! loses no digit, unless `tests/sense/turned.txt` says of it why it is right.

use std::collections::{BTreeMap, BTreeSet};

use libtest_mimic::Trial;
use rbk::facade;
use serde_json::Value;

use super::fixes::apply;
use super::mistakes;
use crate::harness::fixture::{self, root, trial};

type Texts = Vec<(String, Vec<u8>)>;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("sense/no edit turns a line around", no_edit_turns_a_line),
        trial("sense/what is counted", what_is_counted),
    ]
}

fn no_edit_turns_a_line() {
    let mut turned = BTreeSet::new();
    let mut safe = Vec::new();
    let mut count = 0;
    for (name, texts, json) in checked() {
        let found: Vec<Value> = serde_json::from_str(&json).unwrap();
        let errors = found.iter().filter(|found| found["kind"] == "error");
        for fix in errors.flat_map(|found| found["fixes"].as_array().unwrap()) {
            count += 1;
            let Some((before, after)) = lines(&texts, fix) else {
                continue;
            };
            let (was, is) = (Sense::of(&before), Sense::of(&after));
            let shown = format!("{name}: {} => {}", before.trim(), after.trim());
            if fix["applicability"] == "safe" && was != is {
                safe.push(shown.clone());
            }
            if was.denials != is.denials || !was.has_its_digits_in(&is) {
                turned.insert(format!("{name}: {}", fix["title"].as_str().unwrap()));
            }
        }
    }
    assert!(count > 1_000, "only {count} edits were looked at");
    assert!(
        safe.is_empty(),
        "safe edits that turn a line around:\n{}",
        safe.join("\n")
    );
    let known = std::fs::read_to_string(root().join("tests/sense/turned.txt")).unwrap();
    let known = known
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    let known: BTreeSet<String> = known.map(str::to_owned).collect();
    let new: Vec<&String> = turned.difference(&known).collect();
    let gone: Vec<&String> = known.difference(&turned).collect();
    assert!(
        new.is_empty() && gone.is_empty(),
        "new: {new:#?}\nno more: {gone:#?}"
    );
}

/// The programs, and what is said of each.
fn checked() -> Vec<(String, Texts, String)> {
    let mut all = Vec::new();
    for program in fixture::fixtures("mistakes", "rbk") {
        let texts = mistakes::files(program.text().as_bytes());
        let json = facade::check(&fixture::borrowed(&texts)).json;
        all.push((program.name, texts, json));
    }
    for package in ["wrong", "check", "mended"]
        .into_iter()
        .flat_map(fixture::packages)
    {
        let json = facade::check(&package.files()).json;
        all.push((package.fixture.name, package.texts, json));
    }
    for program in fixture::fixtures("parse/wrong", "rbk") {
        let text = program.text();
        let (_, parsed) = facade::parse(&text);
        let texts = vec![("main.rbk".to_owned(), text.into_bytes())];
        all.push((program.name, texts, parsed.json));
    }
    all
}

/// The lines that a fix changes, before and after it; nothing where it changes several files.
fn lines(texts: &Texts, fix: &Value) -> Option<(String, String)> {
    let edits = fix["edits"].as_array().unwrap();
    let file = edits[0]["file"].as_str().unwrap();
    if edits.iter().any(|edit| edit["file"] != file) {
        return None;
    }
    let after: BTreeMap<String, Vec<u8>> = apply(texts, edits);
    let (_, before) = texts.iter().find(|(name, _)| name == file)?;
    let before = String::from_utf8_lossy(before).into_owned();
    let after = String::from_utf8_lossy(&after[file]).into_owned();
    let (was, is): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let same = |(one, other): &(&&str, &&str)| one == other;
    let first = was.iter().zip(&is).take_while(same).count();
    let most = was.len().min(is.len()) - first;
    let last = was
        .iter()
        .rev()
        .zip(is.iter().rev())
        .take(most)
        .take_while(same)
        .count();
    let part = |lines: &[&str]| lines[first..lines.len() - last].join("\n");
    Some((part(&was), part(&is)))
}

/// What of a line must not be guessed. It is counted here by rules of its own, not by those of the checker.
#[derive(Debug, PartialEq, Eq)]
struct Sense {
    denials: usize,
    digits: [usize; 10],
    comparisons: Vec<String>,
}

/// Words that deny, and those for nothing at all.
const DENIALS: &[&str] = &[
    "not",
    "no",
    "never",
    "none",
    "nobody",
    "nothing",
    "neither",
    "unless",
    "without",
    "abort",
    "waive",
    "nil",
    "null",
    "undefined",
];

/// Words that begin with `un` and deny nothing.
const UNDENYING: &[&str] = &[
    "un",
    "until",
    "under",
    "unit",
    "units",
    "unknown",
    "undo",
    "undone",
    "uncordon",
    "undefined",
    "unwrap",
    "union",
    "unique",
    "unicode",
    "unsafe",
    "untyped",
];

impl Sense {
    fn of(text: &str) -> Sense {
        let letter = |c: char| c.is_alphanumeric() || c == '_' || c == '\'' || c == '\u{2019}';
        let words = text.split(|c: char| !letter(c)).map(str::to_lowercase);
        let denies = |word: &String| {
            let begins = word.starts_with("un") && !UNDENYING.contains(&word.as_str());
            let word = word.replace('\u{2019}', "'");
            DENIALS.contains(&word.as_str()) || begins || word.ends_with("n't")
        };
        let named = regex::Regex::new(r"[\w)]!\s*([\[({.,)]|$|\s[^=<>~])").unwrap();
        let signs = text.matches(['!', '\u{2260}']).count() + text.matches("<>").count();
        let signs = signs
            - text
                .lines()
                .map(|line| named.find_iter(line).count())
                .sum::<usize>();
        let plain = text
            .replace("->", " ")
            .replace("=>", " ")
            .replace('\u{2264}', "<=");
        let plain = plain.replace('\u{2265}', ">=");
        let compared = regex::Regex::new(r"<=|>=|<|>").unwrap();
        let comparisons = compared
            .find_iter(&plain)
            .map(|sign| sign.as_str().to_owned());
        let digit = |digit: u32| char::from_digit(digit, 10).unwrap();
        Sense {
            denials: words.filter(denies).count() + signs,
            digits: std::array::from_fn(|at| text.matches(digit(at as u32)).count()),
            comparisons: comparisons.collect(),
        }
    }

    fn has_its_digits_in(&self, other: &Sense) -> bool {
        self.digits
            .iter()
            .zip(&other.digits)
            .all(|(one, other)| one <= other)
    }
}

fn what_is_counted() {
    let denials = |text: &str| Sense::of(text).denials;
    assert_eq!(denials("guard a != 1 and not b"), 2);
    assert_eq!(denials("guard ! a and a ! = 2"), 2);
    assert_eq!(denials("expect didn't page, unresolved"), 2);
    assert_eq!(denials("vec![a], a.ready!, until, undo"), 0);
    assert_eq!(Sense::of("a >= 10 -> b"), Sense::of("a \u{2265} 10"));
    assert_ne!(Sense::of("a < 1"), Sense::of("a > 1"));
    assert_ne!(Sense::of("a < 1"), Sense::of("a <= 1"));
}
