//! The examples, as a user would try them: the built binary checks, formats and tests each.

use std::process::Command;

use libtest_mimic::Trial;

use crate::harness::fixture::{self, root, trial};

/// What each example passes.
const COMMANDS: &[&[&str]] = &[&["check", "--locked"], &["fmt", "--check"], &["test"]];

pub fn trials() -> Vec<Trial> {
    let mut trials = Vec::new();
    for manifest in fixture::files(&root().join("examples")) {
        if manifest.file_name().is_none_or(|name| name != "rbk.toml") {
            continue;
        }
        let folder = fixture::relative(root(), manifest.parent().unwrap());
        for words in COMMANDS {
            let folder = folder.clone();
            let name = format!("{folder}: rbk {}", words.join(" "));
            trials.push(trial(name, move || passes(words, &folder)));
        }
    }
    trials
}

fn passes(words: &[&str], folder: &str) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rbk"));
    let output = command
        .args(words)
        .arg(folder)
        .current_dir(root())
        .output()
        .unwrap();
    let shown = String::from_utf8_lossy(&output.stdout).into_owned();
    let shown = shown + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "\n{shown}");
}
