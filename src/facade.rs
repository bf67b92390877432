//! The library from outside: the few entries that the test binary, benches and fuzz targets use.
//!
//! In: files as names and bytes. Out: plain text and numbers. Never shows a type of the rooms, so
//! that these stay private and what nobody uses is reported as dead.

pub mod literal;
pub mod measure;
mod memory;

use std::path::Path;

use crate::diag::{Code, Diagnostic, json};
use crate::front;
use crate::project;
use crate::syntax;
use crate::text::{SourceId, Sources};

/// A file of a package in memory: its path from the package's folder, and its bytes.
pub type File<'a> = (&'a str, &'a [u8]);

/// What checking a package says.
#[derive(Clone, Debug)]
pub struct Checked {
    /// In the order of their places.
    pub findings: Vec<Finding>,
    /// As people see it, without colours, for 100 columns.
    #[cfg(feature = "host")]
    pub human: String,
    /// As programs see it.
    pub json: String,
}

/// A diagnostic in short.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The file's path from the package's folder.
    pub file: String,
    /// From 1.
    pub line: u32,
    /// From 1, in characters.
    pub column: u32,
    /// `error`, `warning`, `note` or `fault`.
    pub kind: &'static str,
    /// `E0301`.
    pub code: &'static str,
    /// What is wrong, without its place.
    pub message: String,
}

/// A row of the registry of codes.
#[derive(Clone, Copy, Debug)]
pub struct CodeRow {
    /// `E0301`.
    pub code: &'static str,
    /// `TypeMismatch`.
    pub name: &'static str,
    /// `error`, `warning`, `note` or `fault`.
    pub kind: &'static str,
    /// One line that says what it is about.
    pub title: &'static str,
    /// The page that `rbk explain` prints.
    pub page: &'static str,
}

/// The registry of codes.
pub fn codes() -> Vec<CodeRow> {
    let rows = Code::ALL.iter().map(|code| CodeRow {
        code: code.as_str(),
        name: code.name(),
        kind: code.kind().as_str(),
        title: code.title(),
        page: code.page(),
    });
    rows.collect()
}

/// Checks the files as one package; without an `rbk.toml` among them, one is taken as given.
pub fn check(files: &[File<'_>]) -> Checked {
    let mut sources = Sources::default();
    let (package, mut diagnostics) =
        project::load(&memory::Memory::new(files), Path::new("."), &mut sources);
    if let Some(package) = package {
        let ids: Vec<SourceId> = package.files.iter().map(|file| file.source).collect();
        let (name, version) = (package.name(), package.version());
        diagnostics.extend(front::analyse(&mut sources, &ids, &name, version).diagnostics);
    }
    checked(&diagnostics, &sources)
}

/// Reads a text as a file; gives the outline of its tree, and what is wrong.
pub fn parse(text: &str) -> (String, Checked) {
    let mut sources = Sources::default();
    let source = sources.add("main.rbk", text);
    let source = sources.source(source);
    let parsed = syntax::parse(source);
    let tree = syntax::dump::dump(&parsed.file, source);
    (tree, checked(&parsed.diagnostics, &sources))
}

/// A text in the canonical layout, or why it is left as it is.
pub fn format(name: &str, text: &str) -> Result<String, Vec<Finding>> {
    let mut sources = Sources::default();
    let id = sources.add(name, text);
    let formatted = front::format(sources.source(id));
    formatted.map_err(|why| why.iter().map(|why| finding(why, &sources)).collect())
}

fn checked(diagnostics: &[Diagnostic], sources: &Sources) -> Checked {
    Checked {
        findings: diagnostics
            .iter()
            .map(|diagnostic| finding(diagnostic, sources))
            .collect(),
        #[cfg(feature = "host")]
        human: {
            let look = crate::diag::human::Look {
                width: 100,
                colour: false,
            };
            crate::diag::human::render(diagnostics, sources, look)
        },
        json: serde_json::to_string_pretty(&json::entries(diagnostics, sources))
            .unwrap_or_else(|error| error.to_string()),
    }
}

fn finding(diagnostic: &Diagnostic, sources: &Sources) -> Finding {
    let source = sources.source(diagnostic.primary.span.source);
    let position = source.position(diagnostic.primary.span.start);
    Finding {
        file: source.name.to_string(),
        line: position.line,
        column: position.column,
        kind: diagnostic.code.kind().as_str(),
        code: diagnostic.code.as_str(),
        message: diagnostic.message.clone(),
    }
}
