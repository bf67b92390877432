//! What an agent lacks for a package: each `x.toml` below `tests/lacks` is held against the package that it names.
//!
//! The agent refuses to start and `rbk check --config` says why, with what to add, each lack once; with exactly the
//! lines added that they say, it starts. What they say is the snapshot.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use libtest_mimic::Trial;
use serde_json::Value;
use tempfile::TempDir;

use crate::harness::fixture::{self, Fixture, root};
use crate::harness::{snapshot, wait};

pub fn trials() -> Vec<Trial> {
    let fixtures = fixture::fixtures("lacks", "toml").into_iter();
    // The manifests of the packages are none.
    let fixtures = fixtures.filter(|found| !found.name.ends_with("/rbk.toml"));
    let trials = fixtures.map(|found| {
        let name = found.name.clone();
        fixture::trial(name, move || check(&found))
    });
    trials.collect()
}

/// A folder with the package and the settings.
struct Place {
    folder: TempDir,
}

impl Place {
    fn of(fixture: &Fixture) -> Place {
        let text = fixture.text();
        let named = text
            .lines()
            .find_map(|line| line.strip_prefix("# package: "));
        let from = root().join("tests/lacks").join(named.unwrap());
        let folder = tempfile::tempdir().unwrap();
        for name in ["rbk.toml", "shop.rbk"] {
            fs::copy(from.join(name), folder.path().join(name)).unwrap();
        }
        fs::write(folder.path().join("agent.toml"), text).unwrap();
        Place { folder }
    }

    fn settings(&self) -> PathBuf {
        self.folder.path().join("agent.toml")
    }

    fn rbk(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rbk"));
        command.args(arguments).current_dir(self.folder.path());
        command.env("STATUS_TOKEN", "long-enough-for-a-secret");
        command.stdin(Stdio::null());
        command
    }

    /// The errors of `rbk check --config`: message and help.
    fn checked(&self) -> Vec<(String, String)> {
        let mut command = self.rbk(&["check", "--config", "agent.toml", "--format", "json"]);
        let output = command.output().unwrap();
        let said: Value = serde_json::from_slice(&output.stdout).unwrap();
        let found = said["packages"][0]["diagnostics"].as_array().unwrap();
        let found = found.iter().filter(|found| found["kind"] == "error");
        let words = |found: &Value, key: &str| found[key].as_str().unwrap_or_default().to_owned();
        found
            .map(|found| {
                let message = format!("{}: {}", words(found, "code"), words(found, "message"));
                (message, words(found, "help"))
            })
            .collect()
    }

    /// Starts the agent: what it says where it does not start, nothing where it works.
    fn started(&self) -> Vec<String> {
        let log = self.folder.path().join("log");
        let errors = fs::File::create(&log).unwrap();
        let mut command = self.rbk(&["agent", "."]);
        let mut agent = command
            .stderr(errors)
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let said = || fs::read_to_string(&log).unwrap_or_default();
        let settled = || {
            let ended = agent.try_wait().unwrap().is_some();
            let works = said().contains("the agent is at work");
            (ended || works).then_some(works)
        };
        let works = wait::until("the agent works or ends", settled, said);
        if works {
            let id = rustix::process::Pid::from_child(&agent);
            rustix::process::kill_process(id, rustix::process::Signal::TERM).unwrap();
            assert!(agent.wait().unwrap().success(), "{}", said());
            return Vec::new();
        }
        assert_eq!(agent.wait().unwrap().code(), Some(1), "{}", said());
        let said = said();
        let lines = said.lines().filter(|line| line.starts_with("error["));
        lines.map(str::to_owned).collect()
    }

    /// Adds what a help says; false where nothing can be added.
    fn add(&self, help: &str) -> bool {
        let settings = fs::read_to_string(self.settings()).unwrap();
        let (before, line) = help.split_once(": ").unwrap_or((help, ""));
        let words = before.trim_end_matches(" of agent.toml");
        let added = if let Some(table) = words.strip_prefix("add to ") {
            let (top, rest) = match settings.split_once(&format!("{table}\n")) {
                Some((top, rest)) => (top.to_owned(), rest),
                None => (format!("{settings}\n"), ""),
            };
            format!("{top}{table}\n{line}\n{rest}")
        } else if let Some(table) = words.strip_prefix("change its line in ") {
            let table = table.trim_end_matches(" to");
            assert!(settings.contains(&format!("{table}\n")), "{settings}");
            let key = line.split(" = ").next().unwrap();
            let lines = settings.lines();
            let lines = lines.map(|old| if old.starts_with(key) { line } else { old });
            lines.map(|line| format!("{line}\n")).collect()
        } else if before == "add `here = true` to its table in [hosts] of agent.toml" {
            settings.replace("# here\n", "here = true\n")
        } else {
            return false;
        };
        fs::write(self.settings(), added).unwrap();
        true
    }
}

fn check(fixture: &Fixture) {
    let place = Place::of(fixture);
    let (checked, started) = (place.checked(), place.started());
    let mut shown = String::from("The agent:\n");
    for line in &started {
        writeln!(shown, "{line}").unwrap();
    }
    shown.push_str("\nrbk check --config agent.toml:\n");
    for (message, help) in &checked {
        writeln!(shown, "{message}\n  help: {help}").unwrap();
    }
    each_once(&checked, &started);
    let added: Vec<bool> = checked.iter().map(|(_, help)| place.add(help)).collect();
    if added.iter().all(|added| *added) {
        let settings = fs::read_to_string(place.settings()).unwrap();
        assert_eq!(place.checked(), [], "{settings}");
        assert_eq!(place.started(), [""; 0], "{settings}");
    }
    // Only what no connector offers cannot be added.
    let offered = checked
        .iter()
        .filter(|(message, _)| !message.contains("no connector offers"));
    assert_eq!(
        added.iter().filter(|added| **added).count(),
        offered.count()
    );
    snapshot::assert_matches(fixture, &shown);
}

/// Both say the same lacks, and none twice.
fn each_once(checked: &[(String, String)], started: &[String]) {
    let is_said = |(message, help): &(String, String)| {
        // The codes differ: that of a finding, and that of what would fail.
        let (_, message) = message.split_once(": ").unwrap();
        let words = format!("{message}: {help}");
        let said = started.iter().filter(|line| line.ends_with(&words)).count();
        assert_eq!(said, 1, "{words}\n{started:#?}");
    };
    checked.iter().for_each(is_said);
    assert_eq!(checked.len(), started.len(), "{checked:#?}\n{started:#?}");
    let distinct: BTreeSet<_> = started.iter().collect();
    assert_eq!(distinct.len(), started.len(), "{started:#?}");
}
