//! A package on somebody's desk: its files are edited, what is wrong with them is always known.
//!
//! In: a package as it was loaded, then edits. Out: its diagnostics. What the checker says is known after each edit;
//! what lints say is asked for once the author pauses, for it needs the whole package anew.

use std::cell::OnceCell;
use std::ops::Range;
use std::path::{Path, PathBuf};

use smol_str::SmolStr;

use crate::diag::{Diagnostic, Kind};
use crate::front::{self, Analysis, Kept, Rewrite, Standing};
use crate::library;
use crate::lint;
use crate::program::Program;
use crate::program::manifest::Manifest;
use crate::project::{Package, PackageFile};
use crate::report::diff::{Dependency, Side};
use crate::syntax::{self, Parsed, tree::File};
use crate::testing::{self, Lack};
use crate::text::{Source, SourceId, Sources, Span};
use crate::typed::{Known, References, What};

use super::actions::Change;

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
    /// What names stand for now, made when it is asked for.
    names: OnceCell<References>,
    /// What else is known of names and lines, by place, made when it is asked for.
    known: OnceCell<Vec<Known>>,
    /// What the whole analysis said of the files as they are now.
    whole: Option<Whole>,
    /// What each runbook may do, of the last time when that was known.
    manifests: Vec<Manifest>,
}

/// What is known only of a package as a whole.
#[derive(Debug)]
struct Whole {
    diagnostics: Vec<Diagnostic>,
    is_sound: bool,
    analysis: Analysis,
    /// Of its runbooks, made when tests are run.
    programs: OnceCell<Vec<Program>>,
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
            names: OnceCell::new(),
            known: OnceCell::new(),
            whole: None,
            manifests: Vec::new(),
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

    /// The stretches of a file whose colours depend on nothing around them; each begins a line.
    pub fn stretches(&self, file: usize) -> Vec<Range<usize>> {
        let text = self.source(file).map_or("", |source| &*source.text);
        let end = text.len();
        // An item behind a byte order mark does not begin its line.
        let begins = |at: &usize| {
            text.get(..*at)
                .is_some_and(|before| before.ends_with(['\n', '\r']))
        };
        let starts = self.kept.items(file).map(|item| item.start).filter(begins);
        let mut stretches = Vec::new();
        let mut start = 0;
        for next in starts.chain([end]).filter(|next| *next > 0) {
            stretches.push(start..next);
            start = next;
        }
        stretches
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
                let mut lent = self.package.dependencies.iter();
                if let Some(file) =
                    lent.find_map(|found| found.files.iter().find(|file| file.source == source))
                {
                    return Some(file.path.clone());
                }
                let name = &self.kept.sources().source(source).name;
                (!name.is_empty()).then(|| PathBuf::from(&**name))
            }
        }
    }

    /// The text that lies at a path, of the package or of what it depends on.
    pub fn source_at(&self, path: &Path) -> Option<SourceId> {
        let lent = self.package.dependencies.iter();
        let lent = lent.flat_map(|found| &found.files);
        let mut all = self.package.files.iter().chain(lent);
        all.find(|file| file.path == path).map(|file| file.source)
    }

    /// What all names stand for now.
    pub fn names(&self) -> &References {
        self.names.get_or_init(|| self.kept.references())
    }

    /// The package that a text is of, if it is one that this package depends on.
    pub fn lent_by(&self, source: SourceId) -> Option<String> {
        let mut lent = self.package.dependencies.iter();
        let is_of = |files: &[PackageFile]| files.iter().any(|file| file.source == source);
        let found = lent.find(|found| is_of(&found.files))?;
        Some(found.name.to_string())
    }

    /// Whether the lock has a runbook of this name.
    pub fn is_locked(&self, runbook: &str) -> bool {
        let lock = self.package.lock.as_ref();
        lock.is_some_and(|lock| lock.runbook(runbook).is_some())
    }

    /// The item of a file of the package that a byte stands in.
    pub fn item_at(&self, source: SourceId, at: usize) -> Option<Standing<'_>> {
        self.kept.item_at(source, at)
    }

    /// The items of a file of the package, each with the text that its places are of: nothing is read for them.
    pub fn items_of(&self, file: usize) -> impl Iterator<Item = Standing<'_>> {
        self.kept.standing(file)
    }

    /// Those of all files.
    pub fn items(&self) -> impl Iterator<Item = Standing<'_>> {
        (0..self.package.files.len()).flat_map(|file| self.items_of(file))
    }

    /// Whether an item has an error.
    pub fn is_broken(&self, found: &Standing<'_>) -> bool {
        self.kept.is_broken(found.item)
    }

    fn known(&self) -> &[Known] {
        self.known.get_or_init(|| self.kept.known())
    }

    /// What is known of what begins in a range.
    pub fn known_in(&self, source: SourceId, range: &Range<usize>) -> &[Known] {
        let place = |found: &Known| (found.at.source, found.at.range().start);
        let known = self.known();
        let start = known.partition_point(|found| place(found) < (source, range.start));
        let end = known.partition_point(|found| place(found) <= (source, range.end));
        known.get(start..end).unwrap_or_default()
    }

    /// What is known of a name.
    pub fn known_at(&self, name: Span) -> impl Iterator<Item = &What> {
        let range = name.range();
        let here = self.known_in(name.source, &(range.start..range.start));
        here.iter()
            .filter(move |found| found.at == name)
            .map(|found| &found.what)
    }

    /// What a function of the package does at most, by its name.
    pub fn effect(&self, name: Span) -> Option<&What> {
        let item = self.item_at(name.source, name.range().start)?;
        let start = item.base + item.item.span.range().start;
        let mut here = self.known_in(name.source, &(start..start)).iter();
        let found = here.find(|found| matches!(found.what, What::Effect(_)))?;
        Some(&found.what)
    }

    /// What was known of the names in the item of a place when it had no error for the last time.
    pub fn last_known(&self, place: Span) -> &[(SmolStr, What)] {
        let item = self.item_at(place.source, place.range().start);
        let name = item.and_then(|found| found.item.name());
        name.map_or(&[], |name| self.kept.sound(name.as_str()))
    }

    /// What is wrong with the package after some changes, and what all names stand for then.
    pub fn with(&self, changes: &[Change]) -> (Vec<Diagnostic>, References) {
        let mut sources = self.changed(changes);
        let (analysis, names) = front::analyse_names(&mut sources, &self.package);
        let mut errors = analysis.diagnostics;
        errors.retain(|found| found.code.kind() == Kind::Error);
        (errors, names)
    }

    /// What the lock has against some changes after which the package has no error, and not against the package as it is.
    pub fn against_lock(&self, changes: &[Change]) -> Vec<Diagnostic> {
        if self.package.lock.is_none() {
            return Vec::new();
        }
        let said = |changes: &[Change]| {
            let mut sources = self.changed(changes);
            let analysis = front::analyse_package(&mut sources, &self.package);
            let made = front::manifests_while(&analysis, &sources, &|| true);
            let mut said = self.beside_lock(&made.unwrap_or_default());
            said.retain(|found| found.code.kind() == Kind::Error);
            said
        };
        let (before, mut after) = (said(&[]), said(changes));
        after.retain(|found| before.iter().all(|known| known.message != found.message));
        after
    }

    /// The texts after some changes.
    fn changed(&self, changes: &[Change]) -> Sources {
        let mut sources = self.kept.sources().clone();
        let mut changes: Vec<&Change> = changes.iter().collect();
        changes.sort_by_key(|change| (change.source, change.range.start));
        for change in changes.iter().rev() {
            let mut text = sources.source(change.source).text.to_string();
            if text.get(change.range.clone()).is_some() {
                text.replace_range(change.range.clone(), &change.text);
                sources.replace(change.source, &text);
            }
        }
        sources
    }

    /// Whether it is a text of the library, which is opened to be read: nothing is said of it.
    fn is_library(&self) -> bool {
        let [file] = self.package.files.as_slice() else {
            return false;
        };
        let text = &self.kept.sources().source(file.source).text;
        let mut modules = library::MODULES.iter();
        self.package.manifest.is_none() && modules.any(|module| *module.text == **text)
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
        self.names.take();
        self.known.take();
        self.whole = None;
        Ok(())
    }

    /// Whether lints were asked of the files as they are now, or have nothing to say of them.
    pub fn is_settled(&self) -> bool {
        self.whole.is_some() || !self.is_sound()
    }

    /// Whether nothing in the package is an error.
    pub fn is_sound(&self) -> bool {
        front::is_sound(self.kept.diagnostics()) && front::is_sound(&self.loading)
    }

    /// Asks the lints, works out what each runbook may do, and whether its version says so; as long as that is wanted,
    /// which is asked between items. What is known then is known as a whole or not at all.
    pub fn settle(&mut self, is_wanted: &dyn Fn() -> bool) {
        if !self.is_settled()
            && let Some((whole, manifests)) = self.whole(is_wanted)
        {
            if let Some(manifests) = manifests {
                self.manifests = manifests;
            }
            self.whole = Some(whole);
        }
    }

    /// What is known of the files as they are now, and what each runbook may do, if nothing is an error.
    fn whole(&self, is_wanted: &dyn Fn() -> bool) -> Option<(Whole, Option<Vec<Manifest>>)> {
        let mut sources = self.kept.sources().clone();
        let mut analysis = front::analyse_while(&mut sources, &self.package, is_wanted)?;
        let known = lint::Known::default();
        front::lint_while(&sources, &self.package, &known, &mut analysis, is_wanted)?;
        let mut diagnostics = analysis.diagnostics.clone();
        let is_sound = front::is_sound(&diagnostics);
        let mut manifests = None;
        if is_sound {
            let made = front::manifests_while(&analysis, &sources, is_wanted)?;
            diagnostics.extend(self.beside_lock(&made));
            manifests = Some(made);
        }
        let whole = Whole {
            is_sound,
            diagnostics,
            analysis,
            programs: OnceCell::new(),
        };
        Some((whole, manifests))
    }

    /// What is wrong with the versions beside the lock. Which of them were released is asked of git, by `rbk check`.
    fn beside_lock(&self, manifests: &[Manifest]) -> Vec<Diagnostic> {
        let (Some(lock), Some(manifest)) = (&self.package.lock, &self.package.manifest) else {
            return Vec::new();
        };
        let lent = self.package.dependencies.iter();
        let lent = lent.map(|found| Dependency::from(&found.locked(self.root())));
        let version = manifest.version.parse().ok();
        let after = Side::of_package(manifests, version, lent.collect(), "the package");
        let before = Side::of_lock(lock, "the lock");
        let at = Some(manifest.version_at);
        front::versions(&before, &after, at, |_, _| Rewrite::Never)
    }

    /// The lines that the tests in a place lack to say what their runs observe; none while that is not known.
    pub fn lacks(&self, place: Span) -> Vec<Lack> {
        let Some(whole) = self.whole.as_ref().filter(|whole| whole.is_sound) else {
            return Vec::new();
        };
        let compiled = || front::compile(&whole.analysis).unwrap_or_default();
        let programs = whole.programs.get_or_init(compiled);
        testing::lacks(&whole.analysis.package, programs, place)
    }

    /// Everything there is to say now, in the order of places.
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        if self.is_library() {
            return Vec::new();
        }
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
        match self.last_manifests() {
            (manifests, true) => manifests,
            (_, false) => &[],
        }
    }

    /// What each runbook may do by what was known last, and whether it is of the files as they are now.
    pub fn last_manifests(&self) -> (&[Manifest], bool) {
        let is_now = self.whole.as_ref().is_some_and(|whole| whole.is_sound);
        (&self.manifests, is_now)
    }

    /// A file in the one layout; none if it cannot be read.
    pub fn formatted(&self, file: usize) -> Option<String> {
        front::format(self.source(file)?).ok()
    }
}
