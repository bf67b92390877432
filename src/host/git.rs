//! What a package was at a revision: asked of the system's `git`, never of the network.
//!
//! In: a folder inside a repository and a revision. Out: the package's files as they were, in memory.

pub mod ask;
pub mod objects;
mod revision;

use std::path::{Path, PathBuf};

use ask::ask;
pub use revision::Revision;

/// The repository that a folder lies in.
#[derive(Clone, Debug)]
pub struct Repository {
    /// Its top folder.
    top: PathBuf,
    /// The folder that was asked for, below the top; empty for the top itself.
    below: String,
}

impl Repository {
    /// The repository around a folder; none where there is none, or no `git`.
    pub fn around(folder: &Path) -> Option<Repository> {
        let folder = match folder.as_os_str().is_empty() {
            true => Path::new("."),
            false => folder,
        };
        let said = ask(
            folder,
            &["rev-parse", "--show-toplevel", "--show-prefix"],
            b"",
        )
        .ok()?;
        let said = String::from_utf8(said).ok()?;
        let mut lines = said.lines();
        Some(Repository {
            top: PathBuf::from(lines.next()?),
            below: lines.next().unwrap_or_default().to_owned(),
        })
    }

    /// Where the folder that was asked for lies in the repository: `ops/shop/`.
    pub fn below(&self) -> &str {
        &self.below
    }

    /// Whether it comes from another one, so that there are branches of others.
    pub fn has_remote(&self) -> bool {
        ask(&self.top, &["remote"], b"").is_ok_and(|said| !said.is_empty())
    }

    /// The commit of a revision; none where there is no such revision.
    pub fn commit(&self, revision: &str) -> Option<String> {
        let wanted = format!("{revision}^{{commit}}");
        let asked = [
            "rev-parse",
            "--verify",
            "--quiet",
            "--end-of-options",
            &wanted,
        ];
        let said = ask(&self.top, &asked, b"").ok()?;
        let commit = String::from_utf8(said).ok()?.trim().to_owned();
        commit
            .bytes()
            .all(|byte| byte.is_ascii_hexdigit())
            .then_some(commit)
    }

    /// The commit of a branch that others have: `origin/main` is no tag and no branch of that name that only this
    /// repository has. What names no branch of a remote is any revision.
    pub fn branch(&self, name: &str) -> Option<String> {
        let remote = self.commit(&format!("refs/remotes/{name}"));
        let remotes = || ask(&self.top, &["remote"], b"").unwrap_or_default();
        let is_remote = |all: &str| {
            let mut remotes = all.lines();
            remotes.any(|remote| {
                name.strip_prefix(remote)
                    .is_some_and(|rest| rest.starts_with('/'))
            })
        };
        remote.or_else(|| match is_remote(&String::from_utf8_lossy(&remotes())) {
            true => None,
            false => self.commit(name),
        })
    }

    /// The files of packages at a commit that the user names by this word, their paths from this folder.
    pub fn revision(&self, commit: &str, named: &str, folder: &str) -> Result<Revision, String> {
        Revision::new(&self.top, commit, named, folder)
    }
}
