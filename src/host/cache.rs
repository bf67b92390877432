//! The cache: revisions of repositories that were fetched, a folder a commit, for every package of this user.
//!
//! ```text
//! git/0f3a…/                one repository, by the hash of its URL
//!   rev-77c1…               the commit that a tag was when it was fetched
//!   4b1d2c…/                the packages of a commit: `rbk.toml` and `*.rbk`, read-only
//!   4b1d2c….files           a line for each package: the hash of its files, and its folder
//! library/0f3a…/k8s.rbk     a module of the library, by its hash: for editors to show
//! ```

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::files::{Disk, write};
use crate::library;
use crate::project::{Fetched, Files, Found, Git, is_commit};

/// The largest text beside the packages.
const LONGEST: usize = 1024 * 1024;

/// Where it is.
#[derive(Clone, Debug)]
pub struct Cache {
    /// None where this machine names no place for it.
    folder: Option<PathBuf>,
}

impl Cache {
    /// In `RBK_CACHE`, or where caches of this user lie.
    pub fn of_user() -> Cache {
        let named = |name: &str| {
            let value = std::env::var_os(name).filter(|value| !value.is_empty());
            value.map(PathBuf::from)
        };
        let xdg = || {
            Some(
                named("XDG_CACHE_HOME")
                    .filter(|path| path.is_absolute())?
                    .join("rbk"),
            )
        };
        let home = || Some(named("HOME")?.join(".cache/rbk"));
        Cache {
            folder: named("RBK_CACHE").or_else(xdg).or_else(home),
        }
    }

    /// A module of the library as a file, written if it is not there; none where nothing can be written.
    pub fn library(&self, module: &library::Module) -> Option<PathBuf> {
        let folder = self.folder.as_ref()?.join("library");
        let folder = folder.join(short(module.text));
        let path = folder.join(format!("{}.rbk", module.name));
        let is_there = Disk
            .read(&path, module.text.len())
            .is_ok_and(|bytes| bytes == module.text.as_bytes());
        if !is_there {
            std::fs::create_dir_all(&folder).ok()?;
            write(&path, module.text).ok()?;
        }
        Some(path)
    }

    /// The folder of a repository.
    pub fn repository(&self, git: &Git) -> Option<PathBuf> {
        Some(self.folder.as_ref()?.join("git").join(short(&git.url)))
    }
}

/// Where the commit of a tag is written down.
pub fn rev_file(repository: &Path, rev: &str) -> PathBuf {
    repository.join(format!("rev-{}", short(rev)))
}

/// Where the hashes of a commit's packages are written down.
pub fn files_file(repository: &Path, commit: &str) -> PathBuf {
    repository.join(format!("{commit}.files"))
}

impl Fetched for Cache {
    fn find(&self, git: &Git, commit: Option<&str>, below: &str) -> Option<Found> {
        let repository = self.repository(git)?;
        let commit = match commit.or(git.commit()) {
            Some(commit) => commit.to_owned(),
            None => text(&rev_file(&repository, &git.rev))?.trim().to_owned(),
        };
        if !is_commit(&commit) {
            return None;
        }
        let lines = text(&files_file(&repository, &commit))?;
        let mut lines = lines.lines().filter_map(|line| line.split_once(' '));
        let (hash, _) = lines.find(|(_, folder)| *folder == below)?;
        Some(Found {
            folder: repository.join(&commit).join(below),
            commit,
            hash: hash.to_owned(),
        })
    }

    fn files(&self) -> &dyn Files {
        &Disk
    }
}

fn text(path: &Path) -> Option<String> {
    String::from_utf8(Disk.read(path, LONGEST).ok()?).ok()
}

fn short(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    digest
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
