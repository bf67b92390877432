//! Packages whose files are being edited.

use std::ops::Range;
use std::path::Path;

use super::{Checked, File, checked, in_memory};
use crate::front::{self, Kept};
use crate::project;
use crate::text::Sources;

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

    /// How many edits were taken in without checking the whole package.
    pub fn parts(&self) -> usize {
        self.kept.parts()
    }
}

/// What is said of the same files from scratch, but for what loading says.
pub fn from_scratch(files: &[File<'_>]) -> Option<Checked> {
    let (mut sources, package) = load(files)?;
    let analysis = front::analyse_package(&mut sources, &package);
    Some(checked(&analysis.diagnostics, &sources))
}

fn load(files: &[File<'_>]) -> Option<(Sources, project::Package)> {
    let mut sources = Sources::default();
    let files = in_memory(files);
    let fetched = project::Nothing::default();
    let (package, _) = project::load_whole(&files, &fetched, Path::new("."), &mut sources);
    Some((sources, package?))
}
