//! What names stand for: a listing of programs in snapshots, and what holds of every program.
//!
//! A listing has every name with its declaration, and then every word that is no name: a word of the language, or a
//! mistake of the table.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use libtest_mimic::Trial;
use rbk::facade::kept::{Edited, Name, Place, from_scratch};

use crate::harness::fixture::{self, Package, root, trial};
use crate::harness::snapshot;

/// The folders of programs, of all of which it holds.
const FOLDERS: &[&str] = &["names", "run", "engine", "tested", "graph"];

// The words of the language that no program names anything by stand in `tests/names/words.txt`.

pub fn trials() -> Vec<Trial> {
    let packages = fixture::packages("names").into_iter();
    let mut trials: Vec<Trial> = packages
        .map(|package| trial(package.fixture.name.clone(), move || listed(&package)))
        .collect();
    trials.extend(FOLDERS.iter().map(|folder| {
        trial(format!("names/programs of {folder}"), move || {
            for package in fixture::packages(folder) {
                holds(&package);
            }
        })
    }));
    trials.push(trial("names/from a name to all of its places", places));
    trials
}

fn listed(package: &Package) {
    let files = package.files();
    let names = from_scratch(&files).unwrap().names;
    let mut shown = String::new();
    for (file, text) in &files {
        if !file.ends_with(".rbk") {
            continue;
        }
        let text = std::str::from_utf8(text).unwrap();
        writeln!(shown, "{file}").unwrap();
        for name in names.iter().filter(|name| name.place.file == *file) {
            let (at, word) = (line(text, name.place.range.start), &name.place.text);
            let declared = match name.is_declared {
                true => "declared".to_owned(),
                false => declared(&files, &name.declared),
            };
            writeln!(shown, "{at:>4}  {word:<16} {:<20} {declared}", name.kind).unwrap();
        }
        let rest: BTreeSet<&str> = unnamed(file, text, &names).into_iter().collect();
        let rest: Vec<&str> = rest.into_iter().collect();
        writeln!(shown, "no names: {}\n", rest.join(" ")).unwrap();
    }
    snapshot::assert_matches(&package.fixture, &shown);
}

/// Where a name is declared; the library's lines change for its own reasons, and are not told.
fn declared(files: &[(&str, &[u8])], place: &Place) -> String {
    let Place { file, range, text } = place;
    match files.iter().find(|(name, _)| name == file) {
        Some((_, bytes)) => {
            let source = String::from_utf8_lossy(bytes);
            format!("{file}:{} {text}", line(&source, range.start))
        }
        None => format!("{file} {text}"),
    }
}

/// The line of a byte, from 1.
fn line(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count() + 1
}

/// The words outside of texts and comments that are no names.
fn unnamed<'t>(file: &str, text: &'t str, names: &[Name]) -> Vec<&'t str> {
    let named: BTreeSet<usize> = names
        .iter()
        .filter(|name| name.place.file == file)
        .map(|name| name.place.range.start)
        .collect();
    let mut rest = Vec::new();
    let mut at = 0;
    while let Some(letter) = text[at..].chars().next() {
        let tail = &text[at..];
        let is_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        let length = if tail.starts_with("//") {
            tail.find('\n').unwrap_or(tail.len())
        } else if let Some(inside) = tail.strip_prefix("\"\"\"") {
            inside.find("\"\"\"").map_or(tail.len(), |end| end + 6)
        } else if letter == '"' {
            quoted(tail)
        } else if is_word(letter) {
            let word = tail.find(|letter| !is_word(letter)).unwrap_or(tail.len());
            // Alerts are named by who sends them.
            let is_alert = text[..at].ends_with("alert ");
            if letter.is_ascii_alphabetic() && !named.contains(&at) && !is_alert {
                rest.push(&tail[..word]);
            }
            word
        } else {
            letter.len_utf8()
        };
        at += length;
    }
    rest
}

/// How long a text in quotes is.
fn quoted(text: &str) -> usize {
    let mut escaped = false;
    for (at, letter) in text.char_indices().skip(1) {
        match letter {
            '"' if !escaped => return at + 1,
            '\n' => return at,
            letter => escaped = letter == '\\' && !escaped,
        }
    }
    text.len()
}

/// A name is written as it is declared, what is declared is among the names, and of a sound program each word is a
/// name or one of the language.
fn holds(package: &Package) {
    let files = package.files();
    let name = &package.fixture.name;
    let Some(scratch) = from_scratch(&files) else {
        return;
    };
    let (checked, names) = (scratch.said, scratch.names);
    let declared: Vec<&Place> = names
        .iter()
        .filter(|name| name.is_declared)
        .map(|name| &name.place)
        .collect();
    for found in &names {
        let Name {
            place,
            declared: to,
            ..
        } = found;
        if to.text.is_empty() {
            assert!(
                matches!(found.kind, "module" | "package"),
                "{name}: {found:?}"
            );
            continue;
        }
        assert_eq!(place.text, to.text, "{name}: {found:?}");
        let is_own = files.iter().any(|(file, _)| *file == to.file);
        assert!(!is_own || declared.contains(&to), "{name}: {found:?}");
    }
    if checked.findings.iter().any(|found| found.kind == "error") {
        return;
    }
    for (file, text) in files.iter().filter(|(file, _)| file.ends_with(".rbk")) {
        let text = std::str::from_utf8(text).unwrap();
        let words = std::fs::read_to_string(root().join("tests/names/words.txt")).unwrap();
        let words: BTreeSet<&str> = words.split_whitespace().collect();
        let rest = unnamed(file, text, &names);
        let strange: Vec<&str> = rest
            .into_iter()
            .filter(|word| !words.contains(*word))
            .collect();
        assert!(
            strange.is_empty(),
            "{name}: nobody knows what these are: {strange:?}"
        );
    }
}

/// As an editor asks: what is under the cursor, and where else it is.
fn places() {
    let path = root().join("examples/rollback/rollback.rbk");
    let text = std::fs::read_to_string(path).unwrap();
    let (edited, _) = Edited::new(&[("rollback.rbk", text.as_bytes())]).unwrap();
    let at = text.find("guard web").unwrap() + "guard w".len();
    let (name, all) = edited.name_at(0, at).unwrap();
    assert_eq!((name.place.text.as_str(), name.kind), ("web", "parameter"));
    let lines: Vec<usize> = all
        .iter()
        .map(|place| line(&text, place.range.start))
        .collect();
    let of = |wanted: &str| {
        let found = text.lines().position(|line| line.contains(wanted));
        found.unwrap() + 1
    };
    let expected = [
        "remedy bad_deploy",
        "let back",
        "let current",
        "guard web",
        "do gitops.pause",
        "do k8s.rollback",
        "do k8s.rollback",
        "gitops.synced(web)",
    ];
    assert_eq!(lines, expected.map(of).to_vec());
    let (behind, _) = edited.name_at(0, name.place.range.end).unwrap();
    assert_eq!(behind, name, "the cursor stands behind what was written");
    let guard = text.find("guard web").unwrap();
    assert_eq!(edited.name_at(0, guard + 2), None, "a word of the language");
    assert_eq!(edited.name_at(1, 0), None, "there is no such file");
}
