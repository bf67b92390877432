//! `rbk test --watch`: the tests that may come out otherwise, again whenever a file changes.
//!
//! In: the packages of a command. Out: after each change the tests whose own text or whose runbook changed; what is
//! wrong with a package is said, and it goes on. Files are looked at a few times a second, and read when one of
//! them is another one. Only Ctrl-C ends it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, SystemTime};

use crate::front;
use crate::lint::Known;
use crate::project::{MANIFEST, is_runbook_file};
use crate::testing;

use super::packages::{self, Checked};
use super::terminal::Terminal;
use super::test::{self, Arguments};

/// How long it waits between two looks.
const PAUSE: Duration = Duration::from_millis(250);
/// The deepest folder that is looked into.
const DEEPEST: usize = 32;

/// What is known of a package from the rounds before.
#[derive(Default)]
struct Past {
    /// What each test hung on when it was last run.
    prints: BTreeMap<String, String>,
    /// The tests that failed when they were last run.
    failing: BTreeSet<String>,
}

/// Runs the tests again and again.
pub fn run(arguments: &Arguments, terminal: &mut Terminal) -> io::Result<u8> {
    let mut past: BTreeMap<String, Past> = BTreeMap::new();
    loop {
        let mut packages = packages::check(arguments.paths(), &Known::default());
        // Before the tests are run, so that what is saved meanwhile is seen.
        let before = stamps(&packages, arguments.paths());
        if io::stdout().is_terminal() {
            terminal.say("\x1b[2J\x1b[H")?;
        }
        for checked in &mut packages {
            let name = checked.path.clone().unwrap_or_default();
            round(checked, past.entry(name).or_default(), arguments, terminal)?;
        }
        terminal.say(&format!(
            "\nwatching {} files; Ctrl-C ends it\n",
            before.len()
        ))?;
        terminal.finish()?;
        let mut last = before.clone();
        loop {
            thread::sleep(PAUSE);
            let now = stamps(&packages, arguments.paths());
            // A file that is being written is left alone until it stays as it is.
            let is_settled = now == last;
            if is_settled && now != before {
                break;
            }
            last = now;
        }
    }
}

/// Runs those tests of a package that may come out otherwise.
fn round(
    checked: &mut Checked,
    past: &mut Past,
    arguments: &Arguments,
    terminal: &mut Terminal,
) -> io::Result<()> {
    let prints = match &checked.analysis {
        Some(analysis) if front::is_sound(&checked.diagnostics) => {
            let manifests = front::manifests(analysis, &checked.sources);
            testing::prints(&analysis.package, &checked.sources, |runbook| {
                let mut manifests = manifests.iter();
                let found = manifests.find(|found| found.runbook == runbook)?;
                Some(found.core.to_string())
            })
        }
        Some(_) | None => {
            test::of_package(checked, arguments, &arguments.options(), terminal)?;
            return Ok(());
        }
    };
    let only: BTreeSet<String> = prints
        .iter()
        .filter(|(id, print)| past.prints.get(*id) != Some(*print))
        .map(|(id, _)| id.clone())
        .collect();
    past.failing
        .retain(|id| prints.contains_key(id) && !only.contains(id));
    let is_first = past.prints.is_empty();
    let options = testing::Options {
        // All of them are more than each: what none of them notices is said, too.
        only: Some(only.clone()).filter(|only| !is_first && only.len() < prints.len()),
        ..arguments.options()
    };
    let (results, _) = test::of_package(checked, arguments, &options, terminal)?;
    for id in &past.failing {
        let id = super::terminal::in_a_line(id);
        terminal.say(&format!("still failing: {id}\n"))?;
    }
    let failed = results.iter().filter(|result| !result.passed());
    past.failing.extend(failed.map(|result| result.id.clone()));
    past.prints = prints;
    Ok(())
}

/// When a file was written, and how long it is; nothing if that cannot be told.
type Stamp = Option<(SystemTime, u64)>;

/// The files that matter: those that were read, and those that stand in the packages' folders.
fn stamps(packages: &[Checked], paths: &[PathBuf]) -> BTreeMap<PathBuf, Stamp> {
    let mut stamps = BTreeMap::new();
    let mut folders: Vec<(PathBuf, usize)> = Vec::new();
    for checked in packages {
        for source in checked.sources.iter() {
            note(Path::new(&*source.name), &mut stamps);
        }
        folders.extend(checked.path.iter().map(|path| (PathBuf::from(path), 0)));
    }
    // What is no package yet may become one.
    folders.extend(paths.iter().map(|path| (path.clone(), 0)));
    while let Some((folder, depth)) = folders.pop() {
        note(&folder.join(MANIFEST), &mut stamps);
        let entries = std::fs::read_dir(&folder).into_iter().flatten().flatten();
        for entry in entries {
            let path = entry.path();
            let is_hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            if is_folder && !is_hidden && depth < DEEPEST {
                folders.push((path, depth + 1));
            } else if is_runbook_file(&path) {
                note(&path, &mut stamps);
            }
        }
    }
    stamps
}

fn note(path: &Path, stamps: &mut BTreeMap<PathBuf, Stamp>) {
    let found = std::fs::metadata(path).ok();
    let Some(found) = found.filter(|found| found.is_file()) else {
        return;
    };
    let stamp = found.modified().ok().map(|written| (written, found.len()));
    stamps.insert(path.to_path_buf(), stamp);
}
