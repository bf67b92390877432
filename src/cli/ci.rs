//! Findings in the forms that continuous integration reads.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::Path;

use crate::diag::render::{self, Findings, Found};
use crate::host::Repository;

use super::packages::Checked;
use super::terminal::Terminal;

/// The file that GitHub shows as the summary of a step.
const SUMMARY: &str = "GITHUB_STEP_SUMMARY";

/// A form.
#[derive(Clone, Copy, Debug)]
pub enum Form {
    Github,
    Sarif,
    Junit,
    Rdjson,
}

/// Says what was found. Paths are from the top of the repository, where there is one.
pub fn say(form: Form, checked: &[Checked], terminal: &mut Terminal) -> io::Result<()> {
    let names: Vec<Vec<String>> = checked.iter().map(names).collect();
    let packages: Vec<Found<'_>> = checked
        .iter()
        .zip(&names)
        .map(|(package, files)| Found {
            diagnostics: &package.diagnostics,
            sources: &package.sources,
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
    let repository = Repository::around(Path::new("."));
    repository.map_or_else(String::new, |found| found.below().to_owned())
}

fn names(package: &Checked) -> Vec<String> {
    let files = package.files.iter();
    let names = files.map(|file| package.sources.source(file.source).name.to_string());
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
