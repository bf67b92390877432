//! `rbk fmt`: the one layout.

use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::diag::{Diagnostic, human, json};
use crate::fmt;
use crate::front;
use crate::host::{self, Disk};
use crate::project::{self, EntryKind, Files, PackageFile};
use crate::text::{Source, SourceId, Sources};

use super::ci::{self, Form, Format, Looked};
use super::packages::count;
use super::terminal::{self, Terminal};
use super::{CLEAN, FINDINGS};

const AFTER_HELP: &str = "\
Examples:
  rbk fmt                    every file of the package around the working folder
  rbk fmt rollback.rbk       one file
  rbk fmt --check            change nothing; fail if something would change
  rbk fmt --check --format github   for CI; also json, sarif, junit, rdjson
  rbk fmt - < a.rbk          from the standard input to the standard output

A file that does not parse is left as it is, and its errors are reported.";

/// Format files
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Arguments {
    /// Folders of packages, `.rbk` files, or `-` for the standard input
    paths: Vec<PathBuf>,

    /// Change nothing; fail if something would change
    #[arg(long)]
    check: bool,

    /// The form of what `--check` reports
    #[arg(long, value_enum, default_value = "human", requires = "check")]
    format: Format,
}

/// The answer for programs.
#[derive(Serialize)]
struct Answer<'a> {
    /// Of this form; a later form that old readers cannot read has a higher number.
    version: u32,
    files: usize,
    diagnostics: Vec<json::Entry<'a>>,
}

/// What became of the files.
#[derive(Default)]
struct Outcome {
    changed: usize,
    unchanged: usize,
    refused: usize,
}

pub fn run(arguments: &Arguments, terminal: &mut Terminal) -> io::Result<u8> {
    if arguments.paths.iter().any(|path| path.as_os_str() == "-") {
        return from_input(arguments, terminal);
    }
    let here = [PathBuf::from(".")];
    let paths = match arguments.paths.is_empty() {
        true => &here[..],
        false => &arguments.paths,
    };
    let form = match arguments.format {
        Format::Human => None,
        Format::Json => return answer(paths, terminal),
        Format::Github => Some(Form::Github),
        Format::Sarif => Some(Form::Sarif),
        Format::Junit => Some(Form::Junit),
        Format::Rdjson => Some(Form::Rdjson),
    };
    if let Some(form) = form {
        return say(form, paths, terminal);
    }
    let mut outcome = Outcome::default();
    for path in paths {
        let mut sources = Sources::default();
        let (files, troubles) = files(path, &mut sources);
        report(&troubles, &sources, terminal)?;
        outcome.refused += troubles.len();
        for file in files {
            format_file(&file, &sources, arguments.check, &mut outcome, terminal)?;
        }
    }
    terminal.say(&summary(&outcome, arguments.check))?;
    Ok(
        match outcome.refused > 0 || (arguments.check && outcome.changed > 0) {
            true => FINDINGS,
            false => CLEAN,
        },
    )
}

/// The files that a path names: one file, or all of a package.
fn files(path: &Path, sources: &mut Sources) -> (Vec<PackageFile>, Vec<Diagnostic>) {
    let (package, diagnostics) = match Disk.kind(path) {
        Ok(EntryKind::File) => project::load_file(&Disk, path, sources),
        Ok(EntryKind::Folder) | Err(_) => project::load(&Disk, path, sources),
    };
    let files = package.map(|package| package.files);
    (files.unwrap_or_default(), diagnostics)
}

/// The files of all paths, and what is wrong with their layout.
fn found(paths: &[PathBuf]) -> (Sources, Vec<PackageFile>, Vec<Diagnostic>) {
    let mut sources = Sources::default();
    let mut all = Vec::new();
    let mut found = Vec::new();
    for path in paths {
        let (files, troubles) = files(path, &mut sources);
        found.extend(troubles);
        for file in &files {
            let source = sources.source(file.source);
            match front::format(source) {
                Ok(text) if *text == *source.text => {}
                Ok(text) => found.push(fmt::elsewise(source, &text)),
                Err(diagnostics) => found.extend(diagnostics),
            }
        }
        all.extend(files);
    }
    (sources, all, found)
}

fn code(found: &[Diagnostic]) -> u8 {
    match found.is_empty() {
        true => CLEAN,
        false => FINDINGS,
    }
}

/// Says what `--check` finds where a reviewer looks.
fn say(form: Form, paths: &[PathBuf], terminal: &mut Terminal) -> io::Result<u8> {
    let (sources, files, found) = found(paths);
    let looked = Looked {
        package: None,
        diagnostics: &found,
        allowed: &[],
        sources: &sources,
        files: &files,
    };
    ci::say_of(form, &[looked], terminal)?;
    Ok(code(&found))
}

/// Says to programs what `--check` finds.
fn answer(paths: &[PathBuf], terminal: &mut Terminal) -> io::Result<u8> {
    let (sources, files, found) = found(paths);
    let answer = Answer {
        version: 1,
        files: files.len(),
        diagnostics: json::entries(&found, &sources),
    };
    terminal.say(&serde_json::to_string_pretty(&answer)?)?;
    terminal.say("\n")?;
    Ok(code(&found))
}

fn format_file(
    file: &PackageFile,
    sources: &Sources,
    check: bool,
    outcome: &mut Outcome,
    terminal: &mut Terminal,
) -> io::Result<()> {
    let source = sources.source(file.source);
    let text = match front::format(source) {
        Ok(text) => text,
        Err(diagnostics) => {
            outcome.refused += 1;
            return report(&diagnostics, sources, terminal);
        }
    };
    if *text == *source.text {
        outcome.unchanged += 1;
        return Ok(());
    }
    outcome.changed += 1;
    let shown = terminal::in_a_line(&source.name);
    if check {
        return terminal.say(&format!("{shown} would be formatted\n"));
    }
    match host::write(&file.path, &text) {
        Ok(()) => terminal.say(&format!("{shown} formatted\n")),
        Err(error) => {
            outcome.changed -= 1;
            outcome.refused += 1;
            terminal.complain(&format!("error: `{shown}` cannot be written: {error}\n"))
        }
    }
}

/// Formats the standard input to the standard output; what is wrong goes to the error output.
fn from_input(arguments: &Arguments, terminal: &mut Terminal) -> io::Result<u8> {
    let mut sources = Sources::default();
    let bytes = host::read_all(terminal.input(), Source::MAX_BYTES);
    let read = bytes.map(|bytes| project::take_in("standard input", &bytes, &mut sources));
    let source: SourceId = match read {
        Ok(Ok(source)) => source,
        Ok(Err(diagnostic)) => return refuse(&[diagnostic], &sources, terminal),
        Err(trouble) => {
            let trouble = project::describe(Path::new("standard input"), trouble, &mut sources);
            return refuse(&[trouble], &sources, terminal);
        }
    };
    let source = sources.source(source);
    match front::format(source) {
        Ok(text) if arguments.check => Ok(match *text == *source.text {
            true => CLEAN,
            false => FINDINGS,
        }),
        Ok(text) => {
            terminal.say(&text)?;
            Ok(CLEAN)
        }
        Err(diagnostics) => refuse(&diagnostics, &sources, terminal),
    }
}

fn refuse(
    diagnostics: &[Diagnostic],
    sources: &Sources,
    terminal: &mut Terminal,
) -> io::Result<u8> {
    let text = human::render(diagnostics, sources, terminal.error_look());
    terminal.complain(&text)?;
    Ok(FINDINGS)
}

fn report(
    diagnostics: &[Diagnostic],
    sources: &Sources,
    terminal: &mut Terminal,
) -> io::Result<()> {
    if diagnostics.is_empty() {
        return Ok(());
    }
    let text = human::render(diagnostics, sources, terminal.look());
    terminal.say(&text)?;
    terminal.say("\n")
}

fn summary(outcome: &Outcome, check: bool) -> String {
    let Outcome {
        changed,
        unchanged,
        refused,
    } = *outcome;
    let verb = if check { "to format" } else { "formatted" };
    let mut parts = vec![
        format!("{} {verb}", count(changed, "file")),
        format!("{unchanged} unchanged"),
    ];
    if refused > 0 {
        parts.push(format!("{refused} not formatted"));
    }
    format!("{}\n", parts.join(", "))
}
