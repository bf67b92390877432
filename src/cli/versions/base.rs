//! The base: the revision whose locked versions are released, and never rewritten.
//!
//! What cannot be read is not taken for nothing: a change would be held to nothing.

use std::path::{Path, PathBuf};

use super::{SHOWN, manifest};
use crate::cli::packages::Checked;
use crate::diag::{Code, Diagnostic};
use crate::host::{Repository, Tree};
use crate::project::lock::{self, LOCK, Lock};
use crate::project::{self, MANIFEST};
use crate::text::Sources;
use crate::value::escape_text;

/// The base where neither a manifest nor a remote says which one it is.
const BASE: &str = "origin/main";

/// How many versions of a lock are looked at where the newest cannot be read.
const BROKEN: u8 = 20;

/// What helps where no branch of others is here.
const NO_TRUNK: &str = "fetch the whole history (`fetch-depth: 0` in a GitHub workflow); a branch that others clone by \
                        another name than `main` or `master` is said with `git remote set-head origin BRANCH`: a \
                        change does not say itself what it is held to";

/// What a change is held to.
#[derive(Debug, Default)]
pub struct Base {
    /// The revision, as the manifest names it or the remote.
    pub named: String,
    /// What it has of this package: of the one that was here, and of the one of its name.
    pub locks: Vec<Lock>,
    /// Why that is not sure to be what is released.
    pub doubt: Option<Doubt>,
}

/// That nothing says which versions are released, where something should.
#[derive(Debug)]
pub struct Doubt {
    what: String,
    help: &'static str,
}

/// The revision whose lock is never rewritten, as the manifest that was merged names it, also where that is not here:
/// whoever changes the package does not choose what the change is held to. An error says what cannot be read, and why.
pub fn base(checked: &Checked) -> Result<Base, String> {
    let Some(here) = checked.path.as_deref() else {
        return Ok(Base::default());
    };
    let Some(repository) = Repository::around(Path::new(here))? else {
        return Ok(Base::default());
    };
    let merged = Merged::of(&repository, checked)?;
    let named = merged.base(checked);
    // What names a branch of a remote is nothing else that is called so.
    let commit = match named.contains('/') {
        true => repository.commit(&format!("refs/remotes/{named}"))?,
        false => repository.branch(&named)?,
    };
    let locks = match &commit {
        None => Vec::new(),
        Some(commit) => {
            let of_base = |why| format!("`{}`: {why}", escape_text(&named, SHOWN));
            merged
                .locks(&repository, commit, checked)
                .map_err(of_base)?
        }
    };
    let doubt = match (commit, &merged.trunk) {
        (Some(_), Some(_)) => None,
        (None, _) | (Some(_), None) if repository.remotes()?.is_empty() => None,
        (None, Some(_)) => Some(not_here(&named)),
        (None, None) => Some(Doubt {
            help: NO_TRUNK,
            ..not_here(&named)
        }),
        (Some(_), None) => Some(Doubt {
            what: "no branch that others clone is here".to_owned(),
            help: NO_TRUNK,
        }),
    };
    Ok(Base {
        named,
        locks,
        doubt,
    })
}

/// The branch that others clone, and what it has.
struct Merged {
    /// Its name, its commit and the packages there.
    trunk: Option<(String, String, Tree)>,
    /// The manifest of this package there.
    manifest: Option<String>,
}

impl Merged {
    fn of(repository: &Repository, checked: &Checked) -> Result<Merged, String> {
        let Some((name, commit)) = repository.trunk()? else {
            return Ok(Merged {
                trunk: None,
                manifest: None,
            });
        };
        let tree = repository.tree(&commit)?;
        let folders = packages_in(&tree, repository, checked.name.as_deref())?;
        let manifest = folders
            .first()
            .map(|folder| tree.text(&folder.join(MANIFEST)));
        Ok(Merged {
            manifest: manifest.transpose()?.flatten(),
            trunk: Some((name, commit, tree)),
        })
    }

    /// The revision that is the base.
    fn base(&self, checked: &Checked) -> String {
        let named = match &self.manifest {
            Some(text) => project::lock_base(text),
            None => checked.lock_base.clone(),
        };
        let trunk = self.trunk.as_ref();
        named
            .or_else(|| trunk.map(|(name, ..)| name.clone()))
            .unwrap_or_else(|| BASE.to_owned())
    }

    /// The locks that the package has at a commit.
    fn locks(
        &self,
        repository: &Repository,
        commit: &str,
        checked: &Checked,
    ) -> Result<Vec<Lock>, String> {
        let other;
        let tree = match &self.trunk {
            Some((_, trunk, tree)) if trunk == commit => tree,
            Some(_) | None => {
                other = repository.tree(commit)?;
                &other
            }
        };
        let folders = packages_in(tree, repository, checked.name.as_deref())?;
        let locks = folders
            .iter()
            .map(|folder| lock_at(tree, repository, commit, &folder.join(LOCK)));
        let locks: Result<Vec<Option<Lock>>, String> = locks.collect();
        Ok(locks?.into_iter().flatten().collect())
    }
}

/// The lock of a folder. What was merged with marks in it is put right by a change, and that is held to what was released
/// before.
fn lock_at(
    tree: &Tree,
    repository: &Repository,
    commit: &str,
    path: &Path,
) -> Result<Option<Lock>, String> {
    let Some(text) = tree.text(path)? else {
        return Ok(None);
    };
    let broken = match read(&text) {
        Ok(lock) => return Ok(Some(lock)),
        Err(why) => format!("`{}`: {why}", path.display()),
    };
    for before in repository.changes_of(commit, path, BROKEN)? {
        let text = repository.tree(&before)?.text(path)?;
        if let Some(Ok(lock)) = text.map(|text| read(&text)) {
            return Ok(Some(lock));
        }
    }
    Err(broken)
}

/// A lock, or why its text is none.
fn read(text: &str) -> Result<Lock, String> {
    let mut sources = Sources::default();
    let id = sources.add(LOCK, text);
    lock::read(sources.source(id)).map_err(|found| found.message)
}

/// The folders of the package: where it is here, and, where that has another name, all of its name, since a change may
/// move it, or take the name of another one.
pub(super) fn packages_in(
    tree: &Tree,
    repository: &Repository,
    name: Option<&str>,
) -> Result<Vec<PathBuf>, String> {
    let here = PathBuf::from(repository.below().trim_end_matches('/'));
    let text = tree.text(&here.join(MANIFEST))?;
    let mut folders = Vec::new();
    folders.extend(text.is_some().then(|| here.clone()));
    let Some(name) = name else {
        return Ok(folders);
    };
    let is_it = |text: &str| name_in(text).is_some_and(|found| found == name);
    if text.as_deref().is_some_and(is_it) {
        return Ok(folders);
    }
    let packages = tree.packages()?;
    let moved = packages.iter().filter(|(_, text)| is_it(text));
    folders.extend(moved.map(|(folder, _)| folder.clone()));
    // What has no lock has released nothing.
    let is_locked = |folder: &Path| {
        tree.text(&folder.join(LOCK))
            .map_or(true, |lock| lock.is_some())
    };
    let nameless = packages.iter().filter(|(_, text)| name_in(text).is_none());
    let mut nameless = nameless.filter(|(folder, _)| is_locked(folder));
    match (folders.is_empty(), nameless.next()) {
        (true, Some((folder, _))) => {
            let manifest = folder.join(MANIFEST);
            Err(format!("`{}` does not say a name", manifest.display()))
        }
        (_, _) => Ok(folders),
    }
}

/// The name that a manifest says.
fn name_in(manifest: &str) -> Option<String> {
    let table: toml::Table = toml::from_str(manifest).ok()?;
    table.get("name")?.as_str().map(str::to_owned)
}

fn not_here(named: &str) -> Doubt {
    Doubt {
        what: format!("`{}` is not here", escape_text(named, SHOWN)),
        help: "fetch the whole history (`fetch-depth: 0` in a GitHub workflow), or name another branch as `base` in \
               `[lock]`",
    }
}

/// What is said of a base in doubt.
pub fn in_doubt(checked: &Checked, doubt: &Doubt) -> Vec<Diagnostic> {
    unsaid(checked, &doubt.what, doubt.help)
}

/// What is said of a base that cannot be read.
pub fn unreadable(checked: &Checked, why: &str) -> Vec<Diagnostic> {
    let what = format!("the base cannot be read ({})", escape_text(why, SHOWN));
    let help = "until it can be read, nothing holds a change to what was released: fix what `git` reports, fetch the whole \
                history, or correct the lock on the base branch";
    unsaid(checked, &what, help)
}

fn unsaid(checked: &Checked, what: &str, help: &str) -> Vec<Diagnostic> {
    let message = format!("{what}, so nothing says which versions are released");
    let at = manifest(checked).into_iter();
    at.map(|at| Diagnostic::new(Code::LockStale, message.clone(), at, "").help(help))
        .collect()
}
