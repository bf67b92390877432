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

/// What helps where no branch of others is here.
const NO_TRUNK: &str = "fetch the whole history (`fetch-depth: 0` in a GitHub workflow); a branch that others clone by \
                        another name than `main` or `master` is said with `git remote set-head origin BRANCH`: a \
                        change does not say itself what it is held to";

/// What a change is held to.
#[derive(Debug, Default)]
pub struct Base {
    /// The revision, as the manifest names it or the remote.
    pub named: String,
    /// What it has of this package.
    pub lock: Option<Lock>,
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
    let commit = repository.branch(&named)?;
    let lock = match &commit {
        None => None,
        Some(commit) => {
            let of_base = |why| format!("`{}`: {why}", escape_text(&named, SHOWN));
            merged.lock(&repository, commit, checked).map_err(of_base)?
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
    Ok(Base { named, lock, doubt })
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
        let folder = package_in(&tree, repository, checked)?;
        Ok(Merged {
            manifest: tree.text(&folder.join(MANIFEST))?,
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

    /// The lock that the package has at a commit.
    fn lock(
        &self,
        repository: &Repository,
        commit: &str,
        checked: &Checked,
    ) -> Result<Option<Lock>, String> {
        let other;
        let tree = match &self.trunk {
            Some((_, trunk, tree)) if trunk == commit => tree,
            Some(_) | None => {
                other = repository.tree(commit)?;
                &other
            }
        };
        let path = package_in(tree, repository, checked)?.join(LOCK);
        let Some(text) = tree.text(&path)? else {
            return Ok(None);
        };
        let mut sources = Sources::default();
        let id = sources.add(LOCK, &text);
        let read = lock::read(sources.source(id));
        read.map(Some)
            .map_err(|found| format!("`{}`: {}", path.display(), found.message))
    }
}

/// The folder of the package: where it is here, or by its name, since a change may move it.
fn package_in(tree: &Tree, repository: &Repository, checked: &Checked) -> Result<PathBuf, String> {
    let here = PathBuf::from(repository.below().trim_end_matches('/'));
    let Some(name) = checked.name.as_deref() else {
        return Ok(here);
    };
    let is_it = |text: &str| name_in(text).as_deref() == Some(name);
    if tree
        .text(&here.join(MANIFEST))?
        .is_some_and(|text| is_it(&text))
    {
        return Ok(here);
    }
    let mut packages = tree.packages()?.into_iter();
    let moved = packages.find(|(_, text)| is_it(text));
    Ok(moved.map_or(here, |(folder, _)| folder))
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
    let help = "until it can, nothing holds a change to what was released: put right what `git` says, or the lock on the \
                base branch";
    unsaid(checked, &what, help)
}

fn unsaid(checked: &Checked, what: &str, help: &str) -> Vec<Diagnostic> {
    let message = format!("{what}, so nothing says which versions are released");
    let at = manifest(checked).into_iter();
    at.map(|at| Diagnostic::new(Code::LockStale, message.clone(), at, "").help(help))
        .collect()
}
