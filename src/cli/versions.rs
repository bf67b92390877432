//! Versions of a package: a folder, a git revision, a lock; and what each says of the runbooks.

mod base;

use std::cell::LazyCell;
use std::collections::VecDeque;
use std::path::{Path, PathBuf};

use crate::diag::{Code, Diagnostic, human};
use crate::front::{self, Rewrite};
use crate::host::{Disk, Repository, Revision};
use crate::program::manifest::Manifest;
use crate::project::lock::{self, LOCK, LockedDependency};
use crate::project::{self, EntryKind, Files};
use crate::report::diff::{Dependency, Known, Side};
use crate::text::{Sources, Span};
use crate::value::escape_text;

use self::base::packages_in;
pub use self::base::{Base, base, in_doubt, unreadable};
use super::packages::{self, Checked};

/// One version, with the texts that its places are in.
pub struct Version {
    pub side: Side,
    pub sources: Sources,
    /// The package on the disk that it is.
    pub folder: Option<PathBuf>,
}

/// Why a version cannot be read.
pub enum Trouble {
    /// In a sentence.
    Said(String),
    /// It has errors of its own.
    Found(Vec<Diagnostic>, Sources),
}

impl Trouble {
    /// For people.
    pub fn show(&self, look: human::Look) -> String {
        match self {
            Trouble::Said(why) => format!("rbk: {why}\n"),
            Trouble::Found(found, sources) => human::render(found, sources, look),
        }
    }
}

/// The version that a word names: a folder, a lock, `REV` or `REV:path`. A revision without a path is of the
/// package in `here`. A word that is both is refused: a folder could stand in for the branch of its name.
/// One without a path is of the package of this name, if one is given.
pub fn named(word: &str, here: &Path, name: Option<&str>) -> Result<Version, Trouble> {
    let path = Path::new(word);
    let kind = Disk.kind(path);
    let is_plain = word.contains("./") || word == "." || word == ".." || path.is_absolute();
    if kind.is_ok() && !is_plain {
        let revision = word.split_once(':').map_or(word, |(revision, _)| revision);
        // Where `git` cannot say, no revision is meant.
        let repository = Repository::around(here).ok().flatten();
        let is_revision = |found: Repository| matches!(found.commit(revision), Ok(Some(_)));
        if repository.is_some_and(is_revision) {
            let word = escape_text(word, SHOWN);
            let why = format!(
                "`{word}` is a git revision and a file or folder: write `./{word}` for the one on the disk"
            );
            return Err(Trouble::Said(why));
        }
    }
    match kind {
        Ok(EntryKind::Folder) => of_folder(path, word),
        Ok(EntryKind::File) if is_lock(path) => of_lock(path, word),
        Ok(EntryKind::File) if project::is_runbook_file(path) => of_folder(path, word),
        Ok(_) | Err(_) => before(word, here, name),
    }
}

/// The package in `here` at `REV`, or that or the lock at `REV:path`, whatever lies on the disk.
pub fn at_revision(word: &str, here: &Path) -> Result<Version, Trouble> {
    if let Some((revision, path)) = word.split_once(':')
        && is_lock(Path::new(path))
        && let Some(bytes) = file_at(revision, path, here)
    {
        let text = String::from_utf8(bytes).map_err(|_| no_text(word))?;
        return of_lock_text(&text, word);
    }
    of_files(&files_at(word, here)?, Path::new("."), word)
}

/// The same for a package of this name, which may have been elsewhere then, or nowhere yet: all of it is new then.
pub fn before(word: &str, here: &Path, name: Option<&str>) -> Result<Version, Trouble> {
    let Some(name) = name.filter(|_| !word.contains(':')) else {
        return at_revision(word, here);
    };
    let repository = Repository::around(here).ok().flatten();
    let commit = repository.as_ref().and_then(|found| {
        let commit = found.branch(word).ok().flatten()?;
        Some((found, found.tree(&commit).ok()?))
    });
    let Some((repository, tree)) = commit else {
        return at_revision(word, here);
    };
    let here_then = Path::new(repository.below().trim_end_matches('/'));
    let folders = packages_in(&tree, repository, Some(name)).map_err(Trouble::Said)?;
    match folders.as_slice() {
        [first, ..] if first == here_then => at_revision(word, here),
        [folder] => at_revision(&format!("{word}:{}", folder.display()), here),
        [first, second, ..] => {
            let word = escape_text(word, SHOWN);
            Err(Trouble::Said(format!(
                "`{word}` has two packages with the name of this one, `{}` and `{}`: write `{word}:` and the folder of the \
                 one that is meant",
                first.display(),
                second.display()
            )))
        }
        [] => Ok(Version {
            side: Side {
                name: word.to_owned(),
                package: None,
                version: None,
                runbooks: Vec::new(),
                dependencies: Vec::new(),
                allows: Some(Vec::new()),
            },
            sources: Sources::default(),
            folder: None,
        }),
    }
}

/// A file at a revision, if there is one.
fn file_at(revision: &str, path: &str, here: &Path) -> Option<Vec<u8>> {
    let repository = Repository::around(here).ok()??;
    let commit = repository.branch(revision).ok()??;
    let path = PathBuf::from(from_top(&repository, path));
    let (folder, name) = (path.parent()?, path.file_name()?);
    let below = match folder.to_str()? {
        "" => ".",
        below => below,
    };
    let files = repository.revision(&commit, revision, below).ok()?;
    files
        .read(Path::new(name), crate::text::Source::MAX_BYTES)
        .ok()
}

/// A path of a revision from the top of its repository: as in git, `./` and `../` begin at the working folder.
fn from_top(repository: &Repository, path: &str) -> String {
    if !path.starts_with("./") && !path.starts_with("../") {
        return path.to_owned();
    }
    let worked = Repository::around(Path::new(".")).ok().flatten();
    let worked = worked.filter(|worked| worked.is_same(repository));
    let below = worked.as_ref().unwrap_or(repository).below();
    format!("{below}{}", path.trim_start_matches("./"))
}

/// The files of that package, from its folder.
pub fn files_at(word: &str, here: &Path) -> Result<Revision, Trouble> {
    let shown = escape_text(word, SHOWN);
    let repository = Repository::around(here).map_err(Trouble::Said)?;
    let repository = repository.ok_or_else(|| {
        let why = format!(
            "`{shown}` is neither a folder nor a lock, and `{}` lies in no git repository",
            here.display()
        );
        Trouble::Said(why)
    })?;
    let (revision, below) = match word.split_once(':') {
        Some((revision, path)) => (revision, from_top(&repository, path)),
        None => (word, repository.below().to_owned()),
    };
    let commit = repository.branch(revision).map_err(Trouble::Said)?;
    let commit = commit.ok_or_else(|| {
        let revision = escape_text(revision, SHOWN);
        Trouble::Said(match revision.as_str() {
            "HEAD" => {
                "this repository has no commit yet: there is nothing to compare with".to_owned()
            }
            _ => format!(
                "`{revision}` is neither a folder, nor a lock, nor a revision of this repository"
            ),
        })
    })?;
    let files = repository
        .revision(&commit, &shown, &below)
        .map_err(Trouble::Said)?;
    match files.kind(Path::new(project::MANIFEST)) == Ok(EntryKind::File) {
        true => Ok(files),
        false => {
            let such = packages_below(&files).next().map_or_else(
                || "REV:path/of/the/package".to_owned(),
                |path| {
                    let whole = Path::new(&below).join(path);
                    let whole = whole.strip_prefix(".").unwrap_or(&whole);
                    format!("{revision}:{}", whole.display())
                },
            );
            Err(Trouble::Said(format!(
                "there is no package at `{shown}`: write `{}`",
                escape_text(&such, SHOWN)
            )))
        }
    }
}

/// The folders with a package in them, those nearer to the top first.
fn packages_below(files: &dyn Files) -> impl Iterator<Item = PathBuf> {
    let mut folders = VecDeque::from([PathBuf::from(".")]);
    // A revision has a bounded number of files.
    std::iter::from_fn(move || {
        while let Some(folder) = folders.pop_front() {
            let below = files.list(&folder).unwrap_or_default().into_iter();
            let below = below.filter(|entry| entry.kind == EntryKind::Folder);
            folders.extend(below.map(|entry| entry.path));
            if files.kind(&folder.join(project::MANIFEST)) == Ok(EntryKind::File) {
                return Some(folder.strip_prefix(".").unwrap_or(&folder).to_path_buf());
            }
        }
        None
    })
}

/// The longest word of the user's that is shown, in characters.
const SHOWN: usize = 200;

fn is_lock(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension == "lock")
}

fn of_lock(path: &Path, name: &str) -> Result<Version, Trouble> {
    let unreadable = |why: String| Trouble::Said(format!("`{name}` cannot be read: {why}"));
    let bytes = Disk.read(path, crate::text::Source::MAX_BYTES);
    let bytes = bytes.map_err(|trouble| unreadable(format!("{trouble:?}")))?;
    let text = String::from_utf8(bytes).map_err(|_| no_text(name))?;
    of_lock_text(&text, name)
}

fn no_text(name: &str) -> Trouble {
    let name = escape_text(name, SHOWN);
    Trouble::Said(format!("`{name}` cannot be read: it is not text"))
}

fn of_lock_text(text: &str, name: &str) -> Result<Version, Trouble> {
    let mut sources = Sources::default();
    let id = sources.add(name, text);
    match lock::read(sources.source(id)) {
        Ok(lock) => Ok(Version {
            side: Side::of_lock(&lock, name),
            sources,
            folder: None,
        }),
        Err(found) => Err(Trouble::Found(vec![found], sources)),
    }
}

fn of_folder(path: &Path, name: &str) -> Result<Version, Trouble> {
    of_files(&Disk, path, name)
}

fn of_files(files: &dyn Files, path: &Path, name: &str) -> Result<Version, Trouble> {
    let mut checked = packages::check_in(files, path, packages::Lints::Left);
    match side(&checked, name) {
        Some(side) => Ok(Version {
            side,
            sources: std::mem::take(&mut checked.sources),
            folder: match (files.revision(), &checked.path) {
                (None, Some(path)) => Some(files.absolute(Path::new(path))),
                (None, None) | (Some(_), _) => None,
            },
        }),
        None => {
            checked
                .diagnostics
                .retain(|found| found.code.kind() == crate::diag::Kind::Error);
            Err(Trouble::Found(checked.diagnostics, checked.sources))
        }
    }
}

/// That two words name one package, since a folder that is none lies in one: everything would seem to be the same.
pub fn is_one(words: [&str; 2], before: &Version, after: &Version) -> Option<String> {
    let folder = before
        .folder
        .as_ref()
        .filter(|_| before.folder == after.folder)?;
    let is_whole = |word: &str| Disk.absolute(Path::new(word)) == *folder;
    let part = words.into_iter().find(|word| !is_whole(word))?;
    Some(format!(
        "`{}` is not a package of its own, but a part of `{}`, so there is nothing to compare",
        escape_text(part, SHOWN),
        folder.display()
    ))
}

/// What a checked package may do; none where it has errors.
pub fn side(checked: &Checked, name: &str) -> Option<Side> {
    let manifests = manifests(checked)?;
    let version = checked
        .version
        .as_deref()
        .and_then(|version| version.parse().ok());
    let dependencies = checked.dependencies.iter().map(Dependency::from).collect();
    let allows = checked.analysis.as_ref().map(front::allows);
    Some(Side {
        package: checked.name.clone(),
        allows,
        ..Side::of_package(&manifests, version, dependencies, name)
    })
}

/// The manifests of a checked package; none where it has errors.
pub fn manifests(checked: &Checked) -> Option<Vec<Manifest>> {
    let analysis = checked.analysis.as_ref()?;
    let is_sound = front::is_sound(&checked.diagnostics);
    is_sound.then(|| front::manifests(analysis, &checked.sources))
}

/// What is wrong with the versions of a package beside its lock; a note where there is no lock, or where
/// it is behind.
pub fn against_lock(checked: &Checked) -> Vec<Diagnostic> {
    let Some(after) = side(checked, "the package") else {
        return Vec::new();
    };
    let (Some(manifest), false) = (manifest(checked), after.runbooks.is_empty()) else {
        return Vec::new();
    };
    let Some(lock) = &checked.lock else {
        let message = "the package has no lock: nothing says what a version may do";
        let note = Diagnostic::new(Code::NoLock, message, manifest, "");
        return vec![note.help("write one with `rbk lock`, and commit it")];
    };
    let mut found = judged(checked, &Side::of_lock(lock, "the lock"), &after);
    let is_behind = |known: &Known| match lock.runbook(&known.name) {
        Some(locked) => known
            .version
            .is_some_and(|version| version > locked.version),
        None => known.version.is_some(),
    };
    let gone = lock
        .runbooks
        .iter()
        .any(|locked| !after.runbooks.iter().any(|known| known.name == locked.name));
    let behind = after.runbooks.iter().filter(|known| is_behind(known));
    let behind = behind.map(|known| format!("`{}`", known.name));
    let moved = moved(&checked.dependencies, &lock.dependencies);
    let moved = moved.map(|name| format!("the dependency `{name}`"));
    let behind: Vec<String> = behind.chain(moved).collect();
    if found.is_empty() && (gone || !behind.is_empty()) {
        let message = match behind.as_slice() {
            [] => "the lock has runbooks that the package has no more".to_owned(),
            behind => format!("the lock is behind the package: {}", behind.join(", ")),
        };
        let note = Diagnostic::new(Code::LockBehind, message, manifest, "");
        found.push(note.help("write it again with `rbk lock`"));
    }
    found
}

/// The dependencies of which the lock says something else.
fn moved<'a>(
    now: &'a [LockedDependency],
    locked: &'a [LockedDependency],
) -> impl Iterator<Item = &'a str> {
    let came = now.iter().filter(|found| !locked.contains(found));
    let is_gone = |known: &&LockedDependency| now.iter().all(|found| found.name != known.name);
    let gone = locked.iter().filter(is_gone);
    came.chain(gone).map(|found| found.name.as_str())
}

/// What is wrong with the versions of a package beside a revision of it.
pub fn against(checked: &Checked, revision: &str) -> Result<Vec<Diagnostic>, Trouble> {
    let (Some(after), Some(path)) = (side(checked, "the package"), checked.path.as_deref()) else {
        return Ok(Vec::new());
    };
    let before = before(revision, Path::new(path), checked.name.as_deref())?;
    Ok(judged(checked, &before.side, &after))
}

/// What is wrong with the versions of a package beside another one of it.
pub fn judged(checked: &Checked, before: &Side, after: &Side) -> Vec<Diagnostic> {
    // Asked of git only where something is to be said.
    let base = LazyCell::new(|| base(checked));
    let rewrite = |name: &str, version| match &*base {
        // What may be released is not rewritten.
        Err(_) => Rewrite::Never,
        Ok(Base { locks, .. }) if locks.is_empty() => Rewrite::Amend,
        Ok(Base { locks, .. }) => {
            let mut locked = locks.iter().filter_map(|lock| lock.runbook(name));
            match locked.any(|locked| locked.version == version) {
                true => Rewrite::Never,
                false => Rewrite::Lock,
            }
        }
    };
    front::versions(before, after, checked.version_at, rewrite)
}

/// The manifest as a whole, as a place.
pub fn manifest(checked: &Checked) -> Option<Span> {
    checked.manifest.map(|id| Span::new(id, 0, 0))
}

/// Where a package's lock stands.
pub fn lock_path(checked: &Checked) -> Option<PathBuf> {
    let path = Path::new(checked.path.as_deref()?);
    Some(path.strip_prefix(".").unwrap_or(path).join(LOCK))
}
