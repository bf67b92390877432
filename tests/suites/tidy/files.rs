//! Files: each says what it is, is short, holds no debt, and no expected output stands alone.

use std::fs;

use crate::harness::fixture::{self, root};

use super::RustFile;

/// The most lines a file has.
const LINES: usize = 500;

/// Files that may be longer, with the reason; a row that is no longer needed fails.
const LONG: &[(&str, &str)] = &[];

/// Every file opens with `//!`.
pub fn every_file_opens_with_its_doc(files: &[RustFile]) -> Vec<String> {
    let silent = files.iter().filter(|file| !file.text.starts_with("//! "));
    silent
        .map(|file| format!("{}: does not open with `//!`", file.path))
        .collect()
}

/// An exception is an `expect` with a reason, which fails when it is no longer needed.
pub fn no_bare_allow(files: &[RustFile]) -> Vec<String> {
    places(files, |line| {
        let line = line.trim_start();
        line.starts_with("#[allow") || line.starts_with("#![allow")
    })
}

/// No file is longer than a reader wants.
pub fn files_are_short(files: &[RustFile]) -> Vec<String> {
    let mut found = Vec::new();
    for file in files {
        let lines = file.text.lines().count();
        let path = &file.path;
        match LONG.iter().any(|(long, _)| long == path) {
            true if lines <= LINES => {
                found.push(format!("{path}: is no longer long; drop its row"))
            }
            false if lines > LINES => found.push(format!("{path}: {lines} lines")),
            true | false => {}
        }
    }
    let gone = LONG
        .iter()
        .filter(|(long, _)| files.iter().all(|file| file.path != *long));
    found.extend(gone.map(|(long, _)| format!("{long}: is gone; drop its row")));
    found
}

/// What is not done is not written down as a promise in the code.
pub fn no_debts(files: &[RustFile]) -> Vec<String> {
    const WORDS: [&str; 4] = ["TODO", "FIXME", "XXX", "HACK"];
    let others = files
        .iter()
        .filter(|file| file.path != "tests/suites/tidy/files.rs");
    let mut found = Vec::new();
    for file in others {
        for (index, line) in file.text.lines().enumerate() {
            let mut words = line.split(|c: char| !c.is_ascii_alphanumeric());
            if words.any(|word| WORDS.contains(&word)) {
                found.push(format!("{}:{}: {}", file.path, index + 1, line.trim()));
            }
        }
    }
    found
}

/// Every `x.snap` stands beside its `x`.
pub fn no_orphan_snapshots(_: &[RustFile]) -> Vec<String> {
    let all = fixture::files(&root().join("tests"));
    let snapshots = all
        .iter()
        .filter(|path| path.extension().is_some_and(|found| found == "snap"));
    snapshots
        .filter(|path| !path.with_extension("").exists())
        .map(|path| format!("{}: has no fixture", fixture::relative(root(), path)))
        .collect()
}

/// The lines of code that a rule rejects.
fn places(files: &[RustFile], rejects: fn(&str) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    for file in files {
        for (number, line) in file.code_lines().filter(|(_, line)| rejects(line)) {
            found.push(format!("{}:{number}: {}", file.path, line.trim()));
        }
    }
    found
}

/// With `harness` a repository may be a folder and rules can be taken out: no other feature brings it along.
pub fn no_product_has_the_harness(_: &[RustFile]) -> Vec<String> {
    let text = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let manifest: toml::Table = text.parse().unwrap();
    let features = manifest["features"].as_table().unwrap();
    assert!(features.contains_key("harness"));
    let brings = |brought: &toml::Value| {
        let brought = brought.as_array().unwrap().iter();
        brought.clone().any(|one| one.as_str() == Some("harness"))
    };
    let bad = features.iter().filter(|(_, brought)| brings(brought));
    bad.map(|(name, _)| format!("the feature `{name}` brings `harness` into a product"))
        .collect()
}
