//! An analysis that is kept while its files are edited: what an edit does not touch is not looked at again.
//!
//! In: the files of a package, then edits. Out: after each, the diagnostics of all files, the same as from scratch.
//! A file is cut into its items, and each is a source of its own, so that what is known of an item holds wherever it
//! stands. An edit inside of a runbook or a test reads that item, and checks it with what it names; any other edit
//! reads the items that changed, and checks the whole package.

mod chunks;
mod known;
mod part;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Range;

use smol_str::SmolStr;

use super::lent::Lent;
use super::{sort, told};
use crate::check::{self, Checked, Part, Use};
use crate::diag::Diagnostic;
use crate::lint;
use crate::literal::Server;
use crate::project;
use crate::syntax::tree::{Comment, File};
use crate::text::{SourceId, Sources, Span};
use crate::typed::{Known, Named, Reference, References, What};
use chunks::Chunk;
pub use known::Standing;

/// An edit that does not fit its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoSuchPlace;

impl fmt::Display for NoSuchPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("there is no such place in the files")
    }
}

impl std::error::Error for NoSuchPlace {}

/// A package whose files are being edited.
#[derive(Debug)]
pub struct Kept {
    name: String,
    version: String,
    server: Server,
    lent: Lent,
    levels: project::Levels,
    /// Of whole files, and of each item on its own.
    sources: Sources,
    /// In the order of `trees`.
    files: Vec<KeptFile>,
    trees: Vec<File>,
    /// Sources of items that are no more.
    free: Vec<SourceId>,
    /// What reading said, by source.
    read: BTreeMap<SourceId, Vec<Diagnostic>>,
    /// The comments of each item that allow a finding.
    allows: BTreeMap<SourceId, Vec<Comment>>,
    /// What checking said, by source, echoes included.
    said: BTreeMap<SourceId, Vec<Diagnostic>>,
    /// What the names of each source stand for, as noted.
    names: BTreeMap<SourceId, Vec<Reference>>,
    /// What else is known of each source.
    known: BTreeMap<SourceId, Vec<Known>>,
    /// What was known of each item by its name when it had no error for the last time.
    sound: BTreeMap<SmolStr, Vec<(SmolStr, What)>>,
    uses: BTreeSet<Use>,
    lost: BTreeSet<SmolStr>,
    /// Whether a module is mentioned that its file does not import: told at the first mention alone.
    unimported: bool,
    diagnostics: Vec<Diagnostic>,
    /// How many edits were taken in without checking the whole package.
    parts: usize,
}

/// One file.
#[derive(Debug)]
struct KeptFile {
    source: SourceId,
    /// Its items in their order; none if it is read as a whole.
    chunks: Vec<Chunk>,
}

impl Kept {
    /// A package as it was loaded; edits name its files by their order.
    pub fn of_package(sources: Sources, package: &project::Package) -> Kept {
        let files: Vec<SourceId> = package.files.iter().map(|file| file.source).collect();
        let name = package.name();
        let named = (name.as_str(), package.version());
        let lent = Lent::of(&sources, package);
        Kept::with(
            sources,
            &files,
            named,
            package.server(),
            (lent, package.lints()),
        )
    }

    /// Files as a package of this name and version that depends on nothing.
    pub fn new(sources: Sources, files: &[SourceId], named: (&str, &str), server: Server) -> Kept {
        Kept::with(sources, files, named, server, Default::default())
    }

    fn with(
        sources: Sources,
        files: &[SourceId],
        (name, version): (&str, &str),
        server: Server,
        (lent, levels): (Lent, project::Levels),
    ) -> Kept {
        let mut kept = Kept {
            name: name.to_owned(),
            version: version.to_owned(),
            server,
            lent,
            levels,
            sources,
            files: Vec::new(),
            trees: Vec::new(),
            free: Vec::new(),
            read: BTreeMap::new(),
            allows: BTreeMap::new(),
            said: BTreeMap::new(),
            names: BTreeMap::new(),
            known: BTreeMap::new(),
            sound: BTreeMap::new(),
            uses: BTreeSet::new(),
            lost: BTreeSet::new(),
            unimported: false,
            diagnostics: Vec::new(),
            parts: 0,
        };
        for source in files {
            kept.add(*source);
        }
        kept.check_all();
        kept.tell();
        kept
    }

    /// What is wrong with the files, as if they were checked now for the first time.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// How many edits were taken in without checking the whole package.
    pub fn parts(&self) -> usize {
        self.parts
    }

    /// What all names of the files stand for, as if they were checked now for the first time. Of the library there
    /// are only the places of its declarations.
    pub fn references(&self) -> References {
        let bases = self.bases();
        let moved = |found: &Reference| Reference {
            span: in_file(&bases, found.span),
            named: Named {
                at: in_file(&bases, found.named.at),
                ..found.named
            },
            ..*found
        };
        References::new(self.names.values().flatten().map(moved).collect())
    }

    /// The source of a file, by its order.
    pub fn source(&self, file: usize) -> Option<SourceId> {
        self.files.get(file).map(|file| file.source)
    }

    /// The items of a file, each from its first character to the next item; none if it is read as a whole.
    pub fn items(&self, file: usize) -> impl Iterator<Item = Range<usize>> {
        let chunks = self.files.get(file).map(|file| &file.chunks);
        chunks
            .into_iter()
            .flatten()
            .map(|chunk| chunk.range.clone())
    }

    /// The files' texts as they are now; diagnostics are of these.
    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    /// Puts `with` in the place of some bytes of a file.
    ///
    /// # Errors
    /// If there is no such file, or the range is not one of whole characters in it. Nothing is changed then.
    pub fn edit(
        &mut self,
        file: usize,
        range: Range<usize>,
        with: &str,
    ) -> Result<(), NoSuchPlace> {
        let source = self.files.get(file).ok_or(NoSuchPlace)?.source;
        let text = &self.sources.source(source).text;
        let before = text.get(..range.start).ok_or(NoSuchPlace)?;
        text.get(range.clone()).ok_or(NoSuchPlace)?;
        let behind = text.get(range.end..).ok_or(NoSuchPlace)?;
        let text = [before, with, behind].concat();
        self.sources.replace(source, &text);
        if self.edit_item(file, range, with) {
            self.parts += 1;
        } else {
            self.read_file(file);
            self.check_all();
        }
        self.tell();
        Ok(())
    }

    /// Checks all that is there.
    fn check_all(&mut self) {
        let checked = self.check(Part::All);
        self.said.clear();
        for found in checked.diagnostics {
            let of = self.said.entry(found.primary.span.source).or_default();
            of.push(found);
        }
        self.names = by_source(checked.references, |found| found.span.source);
        self.known = by_source(checked.known, |found| found.at.source);
        self.remember(None);
        self.uses = checked.uses.into_iter().collect();
        self.lost = checked.lost;
        self.unimported = checked.unimported;
    }

    fn check(&mut self, part: Part<'_>) -> Checked {
        let input = check::Input {
            name: &self.name,
            version: &self.version,
            files: &self.trees,
            uses: &self.lent.uses,
            dependencies: &self.lent.packages,
            server: &self.server,
            part,
            references: true,
            is_wanted: &|| true,
        };
        check::check(&mut self.sources, &input)
    }

    /// Makes of what reading and checking said what people are told.
    fn tell(&mut self) {
        let all =
            |by: &BTreeMap<SourceId, Vec<Diagnostic>>| by.values().flatten().cloned().collect();
        let (read, said) = (all(&self.read), all(&self.said));
        let found = told(
            &self.sources,
            &self.trees,
            &self.lent,
            read,
            &self.lost,
            said,
        );
        let bases = self.bases();
        let mut diagnostics: Vec<Diagnostic> = found
            .into_iter()
            .map(|found| found.moved(&|span| in_file(&bases, span)))
            .collect();
        let mut allows = lint::unsettled(&self.sources, &self.trees);
        sort(&mut diagnostics);
        lint::settle(&self.levels, &mut allows, &mut diagnostics);
        self.diagnostics = diagnostics;
    }

    /// Where each item's source begins in its file.
    fn bases(&self) -> BTreeMap<SourceId, (SourceId, usize)> {
        let files = self.files.iter();
        let chunks = files.flat_map(|file| file.chunks.iter().map(|chunk| (file.source, chunk)));
        chunks
            .map(|(file, chunk)| (chunk.source, (file, chunk.range.start)))
            .collect()
    }
}

/// A place in an item as a place in its file.
fn in_file(bases: &BTreeMap<SourceId, (SourceId, usize)>, span: Span) -> Span {
    match bases.get(&span.source) {
        Some((file, base)) => Span::new(*file, base + span.range().start, base + span.range().end),
        None => span,
    }
}

fn by_source<T>(noted: Vec<T>, of: impl Fn(&T) -> SourceId) -> BTreeMap<SourceId, Vec<T>> {
    let mut by: BTreeMap<SourceId, Vec<T>> = BTreeMap::new();
    for found in noted {
        by.entry(of(&found)).or_default().push(found);
    }
    by
}
