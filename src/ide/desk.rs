//! A package on somebody's desk: its files are edited, what is wrong with them is always known.
//!
//! In: a package as it was loaded, then edits. Out: its diagnostics. What the checker says is known after each edit;
//! what lints say is asked for once the author pauses, for it needs the whole package anew.

use std::cell::OnceCell;
use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::diag::Diagnostic;
use crate::front::{self, Kept};
use crate::lint;
use crate::program::manifest::Manifest;
use crate::project::Package;
use crate::syntax::{self, Parsed, tree::File};
use crate::text::{Source, SourceId, Sources};

/// A file that is not of the package, or a range that is not one of whole characters in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoSuchPlace;

/// A package that is being edited.
#[derive(Debug)]
pub struct Desk {
    package: Package,
    kept: Kept,
    /// What loading said: of the manifest, the lock, dependencies.
    loading: Vec<Diagnostic>,
    /// Of each file as it is now, read when it is asked for.
    trees: Vec<OnceCell<File>>,
    /// What the whole analysis said of the files as they are now.
    whole: Option<Whole>,
}

/// What is known only of a package as a whole.
#[derive(Debug)]
struct Whole {
    diagnostics: Vec<Diagnostic>,
    manifests: Vec<Manifest>,
}

impl Desk {
    /// A package as it was loaded, and what was said of that.
    pub fn new(sources: Sources, package: Package, loading: Vec<Diagnostic>) -> Desk {
        let kept = Kept::of_package(sources, &package);
        Desk {
            trees: package.files.iter().map(|_| OnceCell::new()).collect(),
            package,
            kept,
            loading,
            whole: None,
        }
    }

    /// The package's folder, or its single file.
    pub fn root(&self) -> &Path {
        &self.package.path
    }

    /// The paths of its own files.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.package.files.iter().map(|file| file.path.as_path())
    }

    /// The number of a file of the package.
    pub fn file(&self, path: &Path) -> Option<usize> {
        let mut files = self.package.files.iter();
        files.position(|file| file.path == path)
    }

    /// A file's text.
    pub fn source(&self, file: usize) -> Option<&Source> {
        let file = self.package.files.get(file)?;
        Some(self.kept.sources().source(file.source))
    }

    /// All texts that diagnostics may point into.
    pub fn sources(&self) -> &Sources {
        self.kept.sources()
    }

    /// Where a source lies; none for what the library brings along.
    pub fn path(&self, source: SourceId) -> Option<PathBuf> {
        if source.is_fixed() {
            return None;
        }
        let mut own = self.package.files.iter();
        match own.find(|file| file.source == source) {
            Some(file) => Some(file.path.clone()),
            None => {
                let name = &self.kept.sources().source(source).name;
                (!name.is_empty()).then(|| PathBuf::from(&**name))
            }
        }
    }

    /// A file as it is now.
    pub fn tree(&self, file: usize) -> Option<&File> {
        let source = self.source(file)?;
        let tree = self.trees.get(file)?.get_or_init(|| {
            let Parsed { file, .. } = syntax::parse(source);
            file
        });
        Some(tree)
    }

    /// All files as they are now.
    pub fn trees(&self) -> impl Iterator<Item = (usize, &File)> {
        (0..self.package.files.len()).filter_map(|file| Some((file, self.tree(file)?)))
    }

    /// Puts a text in the place of some bytes of a file.
    ///
    /// # Errors
    /// If there is no such place. Nothing is changed then.
    pub fn edit(
        &mut self,
        file: usize,
        range: Range<usize>,
        with: &str,
    ) -> Result<(), NoSuchPlace> {
        let edited = self.kept.edit(file, range, with);
        edited.map_err(|_| NoSuchPlace)?;
        if let Some(tree) = self.trees.get_mut(file) {
            tree.take();
        }
        self.whole = None;
        Ok(())
    }

    /// Whether lints were asked of the files as they are now, or have nothing to say of them.
    pub fn is_settled(&self) -> bool {
        self.whole.is_some() || !self.is_sound()
    }

    fn is_sound(&self) -> bool {
        front::is_sound(self.kept.diagnostics()) && front::is_sound(&self.loading)
    }

    /// Asks the lints, and works out what each runbook may do.
    pub fn settle(&mut self) {
        if self.is_settled() {
            return;
        }
        let mut sources = self.kept.sources().clone();
        let mut analysis = front::analyse_package(&mut sources, &self.package);
        front::lint(
            &sources,
            &self.package,
            &lint::Known::default(),
            &mut analysis,
        );
        let is_sound = front::is_sound(&analysis.diagnostics);
        self.whole = Some(Whole {
            manifests: match is_sound {
                true => front::manifests(&analysis, &sources),
                false => Vec::new(),
            },
            diagnostics: analysis.diagnostics,
        });
    }

    /// Everything there is to say now, in the order of places.
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        let mut all = self.loading.clone();
        match &self.whole {
            Some(whole) => all.extend(whole.diagnostics.iter().cloned()),
            None => all.extend(self.kept.diagnostics().iter().cloned()),
        }
        front::sort(&mut all);
        all
    }

    /// What each runbook may do, if the package is sound and settled.
    pub fn manifests(&self) -> &[Manifest] {
        self.whole.as_ref().map_or(&[], |whole| &whole.manifests)
    }

    /// A file in the one layout; none if it cannot be read.
    pub fn formatted(&self, file: usize) -> Option<String> {
        front::format(self.source(file)?).ok()
    }
}
