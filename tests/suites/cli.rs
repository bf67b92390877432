//! Transcripts of the built binary: arguments, exit code, what it says on both outputs.
//!
//! A fixture `x.console` first lays out files, then runs commands in their folder, one a line:
//!
//! ```text
//! --- ops/rbk.toml            a file with the lines below it
//! --- ops/bad.rbk hex         a file with bytes written as two digits each
//! --- ops/big.rbk size 9      a file of so many zero bytes
//! --- ops/\e[31m.rbk           a file with an escape in its name
//! $ rbk check ops             a command; `X=1 rbk` sets a variable, `< file` gives an input
//! $ cat ops/rbk.toml          shows a file
//! $ ls                        lists all files
//! ```

mod desk;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use libtest_mimic::Trial;
use regex::Regex;

use crate::harness::fixture::{self, Fixture};
use crate::harness::snapshot;

pub fn trials() -> Vec<Trial> {
    let mut trials = fixture::trials("cli", "console", check);
    trials.extend(desk::trials());
    trials
}

fn check(fixture: &Fixture) {
    let folder = tempfile::tempdir().unwrap();
    let text = fixture.text();
    let mut lines = text.lines().peekable();
    let mut shown = String::new();
    while let Some(line) = lines.next() {
        if let Some(head) = line.strip_prefix("--- ") {
            let mut body = String::new();
            while let Some(line) = lines.next_if(|line| !is_directive(line)) {
                body.push_str(line);
                body.push('\n');
            }
            lay_out(folder.path(), head, &body);
        } else if let Some(command) = line.strip_prefix("$ ") {
            writeln!(shown, "$ {command}").unwrap();
            shown.push_str(&run(folder.path(), command));
            shown.push('\n');
        } else {
            let is_comment = line.is_empty() || line.starts_with('#');
            assert!(
                is_comment,
                "neither a file, nor a command, nor a comment: {line}"
            );
        }
    }
    let place = folder.path().to_str().unwrap();
    let shown = shown.replace(place, "[folder]");
    // What the clock on the wall says.
    let took = Regex::new(r#" time="\d+\.\d{3}""#).unwrap();
    let shown = took.replace_all(&shown, r#" time="[seconds]""#);
    snapshot::assert_matches(fixture, &shown);
}

fn is_directive(line: &str) -> bool {
    line.starts_with("--- ") || line.starts_with("$ ")
}

/// Writes one file.
fn lay_out(folder: &Path, head: &str, body: &str) {
    let words: Vec<&str> = head.split(' ').collect();
    let path = folder.join(words[0].replace("\\e", "\u{1b}"));
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    match words[1..] {
        [] => fs::write(path, body).unwrap(),
        ["hex"] => {
            let bytes = body.split_whitespace();
            let bytes = bytes.map(|byte| u8::from_str_radix(byte, 16).unwrap());
            fs::write(path, bytes.collect::<Vec<_>>()).unwrap();
        }
        ["size", size] => {
            let file = fs::File::create(path).unwrap();
            file.set_len(size.parse().unwrap()).unwrap();
        }
        _ => panic!("unknown kind of file: {head}"),
    }
}

/// Runs one command; gives what it says.
fn run(folder: &Path, command: &str) -> String {
    let (command, input) = match command.split_once(" < ") {
        Some((command, input)) => (command, Some(input)),
        None => (command, None),
    };
    let mut words = words(command);
    if words[0] == "cat" {
        return fs::read_to_string(folder.join(&words[1])).unwrap();
    }
    if words[0] == "ls" {
        let files = fixture::files(folder);
        let files = files
            .iter()
            .map(|file| fixture::relative(folder, file) + "\n");
        return files.collect();
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_rbk"));
    command.current_dir(folder).env_clear();
    while let Some((name, value)) = words[0].split_once('=') {
        command.env(name, value);
        words.remove(0);
    }
    assert_eq!(words.remove(0), "rbk", "a command is `rbk`, `cat` or `ls`");
    command.args(words);
    command.stdin(match input {
        Some(file) => Stdio::from(fs::File::open(folder.join(file)).unwrap()),
        None => Stdio::null(),
    });
    show(&command.output().unwrap())
}

fn show(output: &Output) -> String {
    let mut shown = String::from_utf8_lossy(&output.stdout).into_owned();
    if !output.stderr.is_empty() {
        shown.push_str("--- stderr\n");
        shown.push_str(&String::from_utf8_lossy(&output.stderr));
    }
    match output.status.code() {
        Some(code) => writeln!(shown, "--- exit {code}").unwrap(),
        None => writeln!(shown, "--- ended by a signal").unwrap(),
    }
    // A transcript is read as text: an escape is shown as one.
    shown.replace('\u{1b}', "␛")
}

/// Words between blanks; quotes keep blanks.
fn words(command: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for c in command.trim().chars() {
        match c {
            '"' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            c => words.last_mut().unwrap().push(c),
        }
    }
    words
}
