//! The base: the revision whose locked versions are released, and never rewritten.

use std::path::{Path, PathBuf};

use super::{SHOWN, manifest, packages_below};
use crate::cli::packages::Checked;
use crate::diag::{Code, Diagnostic};
use crate::host::{Repository, Revision};
use crate::project::lock::{self, LOCK, Lock};
use crate::project::{self, Files};
use crate::text::{Source, Sources};
use crate::value::escape_text;

/// What the base has; none where there is no base, or no lock in it.
pub fn base(checked: &Checked) -> Option<Lock> {
    let repository = Repository::around(Path::new(checked.path.as_deref()?))?;
    let named = base_name(checked);
    let commit = repository.branch(&named)?;
    let (files, folder) = package_at(&repository, (&commit, &named), checked)?;
    lock_in(&files, &folder)
}

/// The package at a commit: where it is here, or by its name, since a change may move it.
fn package_at(
    repository: &Repository,
    (commit, named): (&str, &str),
    checked: &Checked,
) -> Option<(Revision, PathBuf)> {
    let at = |below: &str| repository.revision(commit, named, below).ok();
    let name = checked.name.as_deref();
    let here = at(repository.below()).map(|files| (files, PathBuf::from(".")));
    let found = here
        .as_ref()
        .and_then(|(files, folder)| name_in(files, folder));
    if found.is_some() && found.as_deref() == name {
        return here;
    }
    let moved = || {
        let files = at(".")?;
        let mut folders = packages_below(&files);
        let folder = folders.find(|folder| name_in(&files, folder).as_deref() == name)?;
        drop(folders);
        Some((files, folder))
    };
    name.and_then(|_| moved()).or(here)
}

/// The lock of the package in a folder.
fn lock_in(files: &Revision, folder: &Path) -> Option<Lock> {
    let text = text_in(files, &folder.join(LOCK))?;
    let mut sources = Sources::default();
    let id = sources.add(LOCK, &text);
    lock::read(sources.source(id)).ok()
}

/// The name of the package in a folder.
fn name_in(files: &Revision, folder: &Path) -> Option<String> {
    let text = text_in(files, &folder.join(project::MANIFEST))?;
    let table: toml::Table = toml::from_str(&text).ok()?;
    table.get("name")?.as_str().map(str::to_owned)
}

fn text_in(files: &Revision, path: &Path) -> Option<String> {
    String::from_utf8(files.read(path, Source::MAX_BYTES).ok()?).ok()
}

/// Where the base is told from: the branch that others clone, and those that are meant where nothing is said.
const TRUNKS: [&str; 3] = ["origin/HEAD", "origin/main", "origin/master"];

/// The branch that others clone, as a commit.
fn trunk(repository: &Repository) -> Option<String> {
    TRUNKS.iter().find_map(|trunk| repository.branch(trunk))
}

/// The revision whose lock is never rewritten, as the manifest that was merged names it, also where that is not here:
/// whoever changes the package does not choose what the change is held to.
pub fn base_name(checked: &Checked) -> String {
    let merged = || {
        let repository = Repository::around(Path::new(checked.path.as_deref()?))?;
        let trunk = trunk(&repository)?;
        let (files, folder) = package_at(&repository, (&trunk, TRUNKS[0]), checked)?;
        project::lock_base(&text_in(&files, &folder.join(project::MANIFEST))?)
    };
    merged().unwrap_or_else(|| checked.lock_base.clone())
}

/// That nothing says which versions are released, where something should: the repository has another one that it
/// comes from, and the base is not here, or the change alone says what it is.
pub fn base_missing(checked: &Checked) -> Option<Diagnostic> {
    let here = checked.path.as_deref()?;
    let repository = Repository::around(Path::new(here))?;
    if !repository.has_remote() {
        return None;
    }
    let base = base_name(checked);
    let (what, help) = match (repository.branch(&base), trunk(&repository)) {
        (None, _) => (
            format!("`{}` is not here", escape_text(&base, SHOWN)),
            "fetch the whole history (`fetch-depth: 0` in a GitHub workflow), or name another branch as `base` in \
             `[lock]`",
        ),
        (Some(_), None) => (
            "no branch that others clone is here".to_owned(),
            "fetch it, and say which one it is with `git remote set-head origin BRANCH`: a change does not say itself \
             what it is held to",
        ),
        (Some(_), Some(_)) => return None,
    };
    let message = format!("{what}, so nothing says which versions are released");
    Some(Diagnostic::new(Code::LockStale, message, manifest(checked)?, "").help(help))
}
