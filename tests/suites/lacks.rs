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
    let programs = fixture::trial("lacks/a program that cannot be started", programs);
    trials.chain([programs]).collect()
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
        let mut errors: Vec<String> = Vec::new();
        for line in said.lines() {
            match (line.starts_with("error["), errors.last_mut()) {
                (true, _) => errors.push(line.to_owned()),
                // What to add stands below it.
                (false, Some(last)) if line.starts_with("  ") => {
                    last.push('\n');
                    last.push_str(line);
                }
                (false, _) => {}
            }
        }
        errors
    }

    /// Adds the lines that a help says, where it says that they go; false where nothing can be added.
    fn add(&self, help: &str) -> bool {
        let settings = fs::read_to_string(self.settings()).unwrap();
        if let Some(header) = help.strip_prefix("nothing more: ") {
            return settings.contains(header.split('`').nth(1).unwrap());
        }
        let Some((words, lines)) = help.split_once('\n') else {
            return false;
        };
        // The one thing that is for whoever adds it to say.
        let lines = match lines.find("/path/to/") {
            Some(_) => format!(
                "{} = \"/usr/bin/true\"",
                lines.rsplit_once(" = ").unwrap().0
            ),
            None => lines.to_owned(),
        };
        let below = |header: &str| {
            let (top, rest) = settings.split_once(&format!("{header}\n")).expect(header);
            format!("{top}{header}\n{lines}\n{rest}")
        };
        let quoted = words.split('`').nth(1);
        // The line that begins with a key, changed.
        let changed = |key: &str, change: &dyn Fn(&str) -> String| -> String {
            let at = settings.lines().position(|line| line.starts_with(key));
            let at = at.unwrap_or_else(|| panic!("{key} in {settings}"));
            let lines = settings.lines().enumerate();
            let lines = lines.map(|(number, line)| match number == at {
                true => change(line),
                false => line.to_owned(),
            });
            lines.map(|line| format!("{line}\n")).collect()
        };
        let in_braces = |line: &str| {
            let before = line.strip_suffix('}').expect(line).trim_end();
            match before.ends_with('{') {
                true => format!("{before} {lines} }}"),
                false => format!("{before}, {lines} }}"),
            }
        };
        let added = if words.starts_with("add to agent.toml") {
            format!("{settings}\n{lines}\n")
        } else if words.starts_with("add below ") {
            below(quoted.unwrap())
        } else if words.starts_with("add within the braces of ") {
            changed(&format!("{} = {{", quoted.unwrap()), &in_braces)
        } else if words.starts_with("add beside the lines ") {
            changed(quoted.unwrap(), &|line| format!("{line}\n{lines}"))
        } else if words == "change its line in [grants] of agent.toml to:" {
            let key = lines.split(" = ").next().unwrap();
            let replaced = |old| {
                if str::starts_with(old, key) {
                    &lines
                } else {
                    old
                }
            };
            let changed = settings.lines().map(replaced);
            changed.map(|line| format!("{line}\n")).collect()
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
        writeln!(shown, "{message}\n  help: {}", help.replace('\n', "\n    ")).unwrap();
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
        let (code, message) = message.split_once(": ").unwrap();
        let help = help.replace('\n', "\n    ");
        let words = format!("error[{code}]: {message}\n  {help}");
        let said = started.iter().filter(|line| **line == words).count();
        assert_eq!(said, 1, "{words}\n{started:#?}");
    };
    checked.iter().for_each(is_said);
    assert_eq!(checked.len(), started.len(), "{checked:#?}\n{started:#?}");
    let distinct: BTreeSet<_> = started.iter().collect();
    assert_eq!(distinct.len(), started.len(), "{started:#?}");
}

/// What stands behind a name is looked at: an agent does not start with it, and a check warns, since the agent may run
/// on another machine.
fn programs() {
    let all = fixture::fixtures("lacks", "toml");
    let whole = all.iter().find(|one| one.name == "lacks/nothing.toml");
    let place = Place::of(whole.unwrap());
    let text = fs::read_to_string(place.settings()).unwrap();
    let plain = place.folder.path().join("plain");
    fs::write(&plain, "#!/bin/sh\n").unwrap();
    let (plain, folder) = (plain.display(), place.folder.path().display());
    for (path, why) in [
        ("/path/to/control".to_owned(), "there is no such file"),
        (plain.to_string(), "it may not be executed"),
        (folder.to_string(), "it is a folder"),
        ("/bin/sh -c true".to_owned(), "a path holds no arguments"),
    ] {
        let line = text.lines().find(|line| line.starts_with("control = "));
        let changed = text.replace(line.unwrap(), &format!("control = \"{path}\""));
        fs::write(place.settings(), changed).unwrap();
        assert_eq!(place.checked(), [], "{path}");
        let started = place.started();
        let first =
            format!("error[E0023]: the program `control` cannot be started: `{path}`: {why}");
        assert!(
            started.len() == 1 && started[0].starts_with(&first),
            "{started:?}"
        );
        let mut command = place.rbk(&["check", "--config", "agent.toml"]);
        let said = String::from_utf8(command.output().unwrap().stdout).unwrap();
        let warning = "warning[L1005 missing-program]: the program `control` cannot be started on this machine";
        assert!(said.contains(warning) && said.contains(why), "{said}");
    }
}
