//! The house keeps itself in order: floors, modules, heads of files, lengths, snapshots, suites.
//!
//! Each trial looks at the files of the package as text and lists every place that breaks a rule.

mod decisions;
mod dependencies;
mod files;
mod floors;
mod modules;
mod names;
mod surface;

use std::fs;
use std::path::PathBuf;

use libtest_mimic::Trial;

use crate::harness::fixture::{self, root, trial};

/// A rule: lists the places that break it.
type Rule = fn(&[RustFile]) -> Vec<String>;

const RULES: &[(&str, Rule)] = &[
    ("imports go down", floors::imports_go_down),
    ("rooms stand in the table", floors::rooms_stand_in_the_table),
    ("pest stays in its rooms", floors::pest_stays_in_its_rooms),
    ("names are told apart", names::names_are_told_apart),
    ("every file has a mod line", modules::every_file_is_reached),
    ("every suite is listed", modules::every_suite_is_listed),
    (
        "every file says what it is",
        files::every_file_opens_with_its_doc,
    ),
    ("exceptions give a reason", files::no_bare_allow),
    ("files are short", files::files_are_short),
    ("no debts", files::no_debts),
    ("decisions stand alone", decisions::decisions_stand_alone),
    (
        "stores are read between decisions",
        decisions::stores_are_read_between_decisions,
    ),
    (
        "facts alone change the model",
        decisions::facts_alone_change_the_model,
    ),
    (
        "crates come from the registry",
        dependencies::crates_come_from_the_registry,
    ),
    (
        "banned crates stay out",
        dependencies::banned_crates_stay_out,
    ),
    ("crates are built once", dependencies::crates_are_built_once),
    ("licences are allowed", dependencies::licences_are_allowed),
    (
        "no product has what is for tests",
        files::no_product_has_the_harness,
    ),
    ("no orphan snapshots", files::no_orphan_snapshots),
    ("plain English", surface::english_is_plain),
    (
        "the reference has every route",
        surface::routes_are_in_the_reference,
    ),
    (
        "every command is written about",
        surface::commands_are_written_about,
    ),
];

pub fn trials() -> Vec<Trial> {
    RULES
        .iter()
        .map(|&(name, rule)| trial(format!("tidy/{name}"), move || check(rule)))
        .collect()
}

fn check(rule: Rule) {
    let found = rule(&rust_files());
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

/// A file of Rust with its path from the package's folder.
struct RustFile {
    path: String,
    text: String,
}

impl RustFile {
    /// Lines with their number from 1, without comments that fill a line.
    fn code_lines(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.text.lines().enumerate();
        let lines = lines.map(|(index, line)| (index + 1, line));
        lines.filter(|(_, line)| !line.trim_start().starts_with("//"))
    }

    /// The path's parts below `src/`, if the file is there.
    fn in_src(&self) -> Option<Vec<&str>> {
        let path = self.path.strip_prefix("src/")?.strip_suffix(".rs")?;
        Some(path.split('/').collect())
    }

    /// The room the file belongs to; none for `lib.rs` and `main.rs`.
    fn room(&self) -> Option<&str> {
        let room = *self.in_src()?.first()?;
        (room != "lib" && room != "main").then_some(room)
    }
}

/// Every file of Rust in `src/`, `tests/` and `benches/`.
fn rust_files() -> Vec<RustFile> {
    let folders = ["src", "tests", "benches"].map(|folder| root().join(folder));
    let paths = folders.iter().flat_map(|folder| fixture::files(folder));
    let paths = paths.filter(|path: &PathBuf| path.extension().is_some_and(|found| found == "rs"));
    paths
        .map(|path| RustFile {
            path: fixture::relative(root(), &path),
            text: fs::read_to_string(&path).unwrap(),
        })
        .collect()
}
