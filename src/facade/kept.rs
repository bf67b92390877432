//! Packages whose files are being edited.

use std::ops::Range;
use std::path::Path;

use super::{Checked, File, checked, in_memory};
use crate::front::{self, Kept};
use crate::project;
use crate::text::{Sources, Span};
use crate::typed::{Known, Mention, Reference, References};

/// A place in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// How messages call the file.
    pub file: String,
    /// In bytes.
    pub range: Range<usize>,
    /// What stands there.
    pub text: String,
}

/// A name in a file and what it stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The name.
    pub place: Place,
    /// What kind of thing it is: `probe`, `local name`.
    pub kind: &'static str,
    /// Whether it is declared here.
    pub is_declared: bool,
    /// Its name where it is declared; nothing stands there if it is a whole file.
    pub declared: Place,
}

/// A package that is kept while its files are edited.
#[derive(Debug)]
pub struct Edited {
    kept: Kept,
}

impl Edited {
    /// A package of these files, if it can be loaded; with the names of its sources in their order.
    pub fn new(files: &[File<'_>]) -> Option<(Edited, Vec<String>)> {
        let (sources, package) = load(files)?;
        let texts = package.files.iter();
        let names = texts.map(|file| sources.source(file.source).name.to_string());
        let names = names.collect();
        let kept = Kept::of_package(sources, &package);
        Some((Edited { kept }, names))
    }

    /// Puts a text in the place of some bytes of a file; false if there is no such place.
    pub fn edit(&mut self, file: usize, range: Range<usize>, with: &str) -> bool {
        self.kept.edit(file, range, with).is_ok()
    }

    /// What is said now.
    pub fn said(&self) -> Checked {
        checked(self.kept.diagnostics(), self.kept.sources())
    }

    /// What all names stand for, by place.
    pub fn names(&self) -> Vec<Name> {
        names(&self.kept.references(), self.kept.sources())
    }

    /// What else is known of names and lines, by place, in words.
    pub fn known(&self) -> Vec<String> {
        known(&self.kept.known(), self.kept.sources())
    }

    /// The name that the cursor stands at in a file, and all places at which the same is named.
    pub fn name_at(&self, file: usize, offset: usize) -> Option<(Name, Vec<Place>)> {
        let references = self.kept.references();
        let found = references.at(self.kept.source(file)?, offset)?;
        let sources = self.kept.sources();
        let all = references.of(found.named).iter();
        let all = all.map(|span| place(*span, sources)).collect();
        Some((name(found, sources), all))
    }

    /// How many edits were taken in without checking the whole package.
    pub fn parts(&self) -> usize {
        self.kept.parts()
    }
}

/// What is known of files from scratch.
#[derive(Debug)]
pub struct Scratch {
    /// What is said, but for what loading says.
    pub said: Checked,
    /// What all names stand for.
    pub names: Vec<Name>,
    /// What else is known of names and lines, in words.
    pub known: Vec<String>,
}

/// What is known of the same files from scratch.
pub fn from_scratch(files: &[File<'_>]) -> Option<Scratch> {
    let (mut sources, package) = load(files)?;
    let (analysis, references, rows) = front::analyse_known(&mut sources, &package);
    Some(Scratch {
        said: checked(&analysis.diagnostics, &sources),
        names: names(&references, &sources),
        known: known(&rows, &sources),
    })
}

fn known(rows: &[Known], sources: &Sources) -> Vec<String> {
    let rows = rows.iter().map(|row| {
        let Place { file, range, text } = place(row.at, sources);
        format!("{file} {range:?} `{text}`: {:?}", row.what)
    });
    rows.collect()
}

fn names(references: &References, sources: &Sources) -> Vec<Name> {
    let all = references.all().iter();
    all.map(|found| name(found, sources)).collect()
}

fn name(found: &Reference, sources: &Sources) -> Name {
    Name {
        place: place(found.span, sources),
        kind: found.named.kind.word(),
        is_declared: found.mention == Mention::Definition,
        declared: place(found.named.at, sources),
    }
}

fn place(span: Span, sources: &Sources) -> Place {
    Place {
        file: sources.source(span.source).name.to_string(),
        range: span.range(),
        text: sources.slice(span).to_owned(),
    }
}

fn load(files: &[File<'_>]) -> Option<(Sources, project::Package)> {
    let mut sources = Sources::default();
    let files = in_memory(files);
    let fetched = project::Nothing::default();
    let (package, _) = project::load_whole(&files, &fetched, Path::new("."), &mut sources);
    Some((sources, package?))
}
