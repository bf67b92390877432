//! Findings in the forms that continuous integration and review tools read, one file each.
//!
//! In: the findings of packages with their sources, and where the working folder lies in its repository. Out: the
//! whole text. Knows no lint and no command; what people read on a terminal is `human`.

mod github;
mod junit;
mod rdjson;
mod sarif;
mod xml;

pub use github::{github, summary};
pub use junit::junit;
pub use rdjson::rdjson;
pub use sarif::sarif;
pub use xml::{Element, document};

use super::{Allowed, Diagnostic, Kind};
use crate::text::{Source, Sources, Span};

/// What was found in one package.
#[derive(Clone, Copy, Debug)]
pub struct Found<'a> {
    /// What it is called; files of no package are `rbk`'s.
    pub name: &'a str,
    pub diagnostics: &'a [Diagnostic],
    /// What a comment allows, with its reason.
    pub allowed: &'a [Allowed],
    pub sources: &'a Sources,
    /// The names of all files that were looked at.
    pub files: &'a [String],
}

/// All of it, and where.
#[derive(Clone, Copy, Debug)]
pub struct Findings<'a> {
    pub packages: &'a [Found<'a>],
    /// The working folder below the top of its repository, with a `/` at its end; empty for the top.
    pub below: &'a str,
}

impl<'a> Findings<'a> {
    /// Each finding with the sources that it speaks of.
    fn all(&self) -> impl Iterator<Item = (&'a Diagnostic, &'a Sources)> + use<'a> {
        let packages = self.packages.iter();
        packages.flat_map(|found| found.diagnostics.iter().map(|one| (one, found.sources)))
    }

    /// The path of a file from the top of the repository.
    fn path(&self, name: &str) -> String {
        path(self.below, name)
    }
}

/// Where what is in no file is shown: the file that would make a package of the folder.
const NO_FILE: &str = "rbk.toml";

/// The path of a file from the top of the repository, `below` which the working folder lies.
pub fn path(below: &str, name: &str) -> String {
    if name.starts_with('/') {
        return name.to_owned();
    }
    let name = if name.is_empty() { NO_FILE } else { name };
    let mut parts: Vec<&str> = Vec::new();
    for part in below.split('/').chain(name.split('/')) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// In what a column counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    Utf8,
    Utf16,
}

/// A point of a file, both numbers from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Point {
    line: u32,
    column: usize,
}

fn point(source: &Source, offset: u32, unit: Unit) -> Point {
    let line = source.position(offset).line;
    let start = source.line_range(line).start;
    let before = source.text.get(start..offset as usize).unwrap_or_default();
    let column = match unit {
        Unit::Utf8 => before.len(),
        Unit::Utf16 => before.encode_utf16().count(),
    };
    Point {
        line,
        column: column + 1,
    }
}

/// The first and the end of a span.
fn range(sources: &Sources, span: Span, unit: Unit) -> (Point, Point) {
    let source = sources.source(span.source);
    (
        point(source, span.start, unit),
        point(source, span.end, unit),
    )
}

/// What is wrong, and how to mend it: all that a tool with one field for it shows.
fn words(found: &Diagnostic) -> String {
    let label = Some(found.primary.text.as_str()).filter(|label| !label.is_empty());
    let label = label.map(|label| format!(": {label}")).unwrap_or_default();
    let help = found.help.as_deref();
    let help = help.map(|help| format!("\n{help}")).unwrap_or_default();
    format!("{}{label}{help}", found.message)
}

/// Errors first, each kind in its order.
fn rank(kind: Kind) -> u8 {
    match kind {
        Kind::Error | Kind::Fault => 0,
        Kind::Warning => 1,
        Kind::Note => 2,
    }
}
