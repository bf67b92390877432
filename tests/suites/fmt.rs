//! The formatter: fixtures with what they become, and what holds for every file there is.
//!
//! The library itself refuses to hand out a text that is not read back as the same tree with the
//! same comments; so each trial only asks whether it did, and whether formatting again changes nothing.

use std::path::Path;

use libtest_mimic::Trial;
use rbk::facade;

use crate::harness::fixture::{self, Fixture, root, trial};
use crate::harness::mangle::{self, Mangling};
#[cfg(feature = "harness")]
use crate::harness::sentence;
use crate::harness::{markdown, snapshot};

pub fn trials() -> Vec<Trial> {
    let mut trials = fixture::trials("fmt", "rbk", shown);
    for folder in ["stdlib", "examples"] {
        for path in rbk_files(folder) {
            let name = fixture::relative(root(), &path);
            trials.push(trial(format!("fmt/canonical/{name}"), move || {
                canonical(&path)
            }));
        }
    }
    trials.push(trial("fmt/every file of the repository", every_file));
    trials.push(trial("fmt/every example of the pages", every_example));
    #[cfg(feature = "harness")]
    trials.push(trial("fmt/sentences of the grammar", sentences));
    for mangling in Mangling::ALL {
        trials.push(trial(format!("fmt/mangled/{mangling:?}"), move || {
            mangled(mangling)
        }));
    }
    trials
}

/// What a fixture becomes stands beside it.
fn shown(fixture: &Fixture) {
    let text = fixture.text();
    snapshot::assert_matches(fixture, &formatted(&fixture.name, &text));
}

/// What is shipped is formatted.
fn canonical(path: &Path) {
    let text = std::fs::read_to_string(path).unwrap();
    let name = fixture::relative(root(), path);
    let formatted = formatted(&name, &text);
    assert!(
        text == formatted,
        "{name} is not formatted; run `rbk fmt {name}`\n{}",
        first_difference(&text, &formatted)
    );
}

fn every_file() {
    let mut count = 0;
    for folder in ["stdlib", "examples", "tests", "grammar"] {
        for path in rbk_files(folder) {
            let Ok(text) = std::fs::read_to_string(&path) else {
                continue;
            };
            let name = fixture::relative(root(), &path);
            if parses(&text) {
                formatted(&name, &text);
                count += 1;
            }
        }
    }
    assert!(count > 10, "only {count} files were formatted");
}

/// The pages of the reference and of the codes.
fn every_example() {
    for folder in ["grammar", "src/diag/explain"] {
        for path in fixture::files(&root().join(folder)) {
            if path.extension().is_none_or(|found| found != "md") {
                continue;
            }
            let name = fixture::relative(root(), &path);
            let page = std::fs::read_to_string(&path).unwrap();
            for block in markdown::blocks(&page) {
                if block.language() == "rbk" && parses(&block.text) {
                    formatted(&format!("{name}:{}", block.line), &block.text);
                }
            }
        }
    }
}

/// What the author's blanks, line ends and comments do: never the meaning, blanks nothing at all.
fn mangled(mangling: Mangling) {
    let texts = ["stdlib", "examples", "tests/fmt"]
        .into_iter()
        .flat_map(rbk_files)
        .map(|path| std::fs::read_to_string(path).unwrap())
        .filter(|text| parses(text))
        .map(|text| formatted("original", &text))
        .collect::<Vec<_>>();
    for (seed, canonical) in (0..300).zip(texts.iter().cycle()) {
        let mangled = mangle::mangle(canonical, mangling, seed);
        let found = formatted("mangled", &mangled);
        assert!(
            mangling != Mangling::Blanks || found == *canonical,
            "blanks make a difference\n{}\nout of\n{mangled}",
            first_difference(canonical, &found)
        );
    }
}

/// Programs made out of the grammar, with blanks, line ends and comments wherever it allows them.
#[cfg(feature = "harness")]
fn sentences() {
    let programs = (0..4_500).map(sentence::program);
    let mut count = 0;
    for (seed, text) in programs.enumerate().filter(|(_, text)| parses(text)) {
        formatted(&format!("sentence {seed}"), &text);
        count += 1;
    }
    assert!(count > 1_500, "only {count} sentences could be read");
}

/// The text formatted, once and for all: formatting again changes nothing.
fn formatted(name: &str, text: &str) -> String {
    let once = format(name, text);
    let twice = format(name, &once);
    assert!(
        once == twice,
        "{name}: formatting again changes it\n{}\nwhole:\n{once}",
        first_difference(&once, &twice)
    );
    once
}

fn format(name: &str, text: &str) -> String {
    facade::format(name, text).unwrap_or_else(|why| panic!("{why:#?}\n{text}"))
}

/// Whether nothing but the formatter itself could leave the text as it is.
fn parses(text: &str) -> bool {
    match facade::format("example.rbk", text) {
        Ok(_) => true,
        Err(why) => why.iter().all(|finding| finding.code == "E0020"),
    }
}

fn first_difference(left: &str, right: &str) -> String {
    let lines = left.lines().zip(right.lines()).enumerate();
    let different = lines.into_iter().find(|(_, (left, right))| left != right);
    match different {
        Some((index, (left, right))) => format!("line {}:\n- {left}\n+ {right}", index + 1),
        None => "one is longer than the other".into(),
    }
}

fn rbk_files(folder: &str) -> Vec<std::path::PathBuf> {
    let files = fixture::files(&root().join(folder)).into_iter();
    files
        .filter(|path| path.extension().is_some_and(|found| found == "rbk"))
        .collect()
}
