//! Findings in the forms that continuous integration reads.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::Path;

use clap::ValueEnum;

use crate::diag::render::{self, Findings, Found};
use crate::diag::{Allowed, Diagnostic};
use crate::host::Repository;
use crate::project::PackageFile;
use crate::text::Sources;

use super::packages::Checked;
use super::terminal::Terminal;

/// The file that GitHub shows as the summary of a step.
const SUMMARY: &str = "GITHUB_STEP_SUMMARY";

/// Who reads the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Human,
    // One object, with all that people are told
    Json,
    // Annotations of a pull request, as workflow commands, and the summary of the step
    Github,
    // SARIF 2.1.0, for code scanning
    Sarif,
    // JUnit's XML: a case for each file, or for each test
    Junit,
    // reviewdog's JSON
    Rdjson,
}

/// A form that is the same for all commands.
#[derive(Clone, Copy, Debug)]
pub enum Form {
    Github,
    Sarif,
    Junit,
    Rdjson,
}

/// What was found in files that were looked at together.
pub struct Looked<'a> {
    /// The package that they are of.
    pub package: Option<&'a str>,
    pub diagnostics: &'a [Diagnostic],
    /// What comments allow.
    pub allowed: &'a [Allowed],
    pub sources: &'a Sources,
    pub files: &'a [PackageFile],
}

impl<'a> From<&'a Checked> for Looked<'a> {
    fn from(checked: &'a Checked) -> Self {
        Looked {
            package: checked.name.as_deref(),
            diagnostics: &checked.diagnostics,
            allowed: &checked.allowed,
            sources: &checked.sources,
            files: &checked.files,
        }
    }
}

/// Says what was found in packages.
pub fn say(form: Form, checked: &[Checked], terminal: &mut Terminal) -> io::Result<()> {
    let looked: Vec<Looked<'_>> = checked.iter().map(Looked::from).collect();
    say_of(form, &looked, terminal)
}

/// Says what was found. Paths are from the top of the repository, where there is one.
pub fn say_of(form: Form, looked: &[Looked<'_>], terminal: &mut Terminal) -> io::Result<()> {
    let names: Vec<Vec<String>> = looked.iter().map(names).collect();
    let packages: Vec<Found<'_>> = looked
        .iter()
        .zip(&names)
        .map(|(one, files)| Found {
            name: one.package.unwrap_or("rbk"),
            diagnostics: one.diagnostics,
            allowed: one.allowed,
            sources: one.sources,
            files,
        })
        .collect();
    let findings = Findings {
        packages: &packages,
        below: &below(),
    };
    match form {
        Form::Github => {
            terminal.say(&render::github(&findings))?;
            summarise(&render::summary(&findings))
        }
        Form::Sarif => terminal.say(&render::sarif(&findings)),
        Form::Junit => terminal.say(&render::junit(&findings)),
        Form::Rdjson => terminal.say(&render::rdjson(&findings)),
    }
}

/// Where the working folder lies in its repository; empty at its top, and where there is none.
pub fn below() -> String {
    let repository = Repository::around(Path::new(".")).ok().flatten();
    repository.map_or_else(String::new, |found| found.below().to_owned())
}

fn names(looked: &Looked<'_>) -> Vec<String> {
    let files = looked.files.iter();
    let names = files.map(|file| looked.sources.source(file.source).name.to_string());
    names.collect()
}

/// Adds to the summary of the step, where a workflow has one.
fn summarise(summary: &str) -> io::Result<()> {
    let Some(path) = std::env::var_os(SUMMARY).filter(|_| !summary.is_empty()) else {
        return Ok(());
    };
    let mut file = OpenOptions::new().create(true).append(true).open(path)?;
    file.write_all(summary.as_bytes())
}
