//! What a package was at a revision: asked of the system's `git`, never of the network.
//!
//! In: a folder inside a repository and a revision. Out: the package's files as they were, in memory.

pub mod ask;
pub mod objects;
mod revision;
mod tree;

use std::path::{Path, PathBuf};

use ask::ask;
pub use revision::Revision;
pub use tree::Tree;

/// How `git` says that a folder lies in no repository.
const NO_REPOSITORY: &str = "not a git repository";
/// The remote that a clone has.
const ORIGIN: &str = "origin";
/// The branches that others clone, where a remote is here: what it says itself, and what is meant else.
const TRUNKS: [&str; 3] = ["HEAD", "main", "master"];

/// The repository that a folder lies in.
#[derive(Clone, Debug)]
pub struct Repository {
    /// Its top folder.
    top: PathBuf,
    /// The folder that was asked for, below the top; empty for the top itself.
    below: String,
}

impl Repository {
    /// The repository around a folder; none where there is none. One that `git` does not read is an error, in its
    /// words, and so is one where there is no `git`.
    pub fn around(folder: &Path) -> Result<Option<Repository>, String> {
        let folder = match folder.as_os_str().is_empty() {
            true => Path::new("."),
            false => folder,
        };
        let asked = ["rev-parse", "--show-toplevel", "--show-prefix"];
        let said = match ask(folder, &asked, b"") {
            Ok(said) => said,
            Err(why) if why.starts_with(NO_REPOSITORY) || !lies_in_one(folder) => return Ok(None),
            Err(why) => return Err(why),
        };
        let said = String::from_utf8(said).map_err(|_| "its path is not UTF-8".to_owned())?;
        let mut lines = said.lines();
        Ok(lines.next().map(|top| Repository {
            top: PathBuf::from(top),
            below: lines.next().unwrap_or_default().to_owned(),
        }))
    }

    /// Where the folder that was asked for lies in the repository: `ops/shop/`.
    pub fn below(&self) -> &str {
        &self.below
    }

    /// The other ones that it comes from, so that there are branches of others.
    pub fn remotes(&self) -> Result<Vec<String>, String> {
        let said = ask(&self.top, &["remote"], b"")?;
        let said = String::from_utf8_lossy(&said);
        Ok(said.lines().map(str::to_owned).collect())
    }

    /// The branch that others clone, by its name and commit; none where none is here.
    pub fn trunk(&self) -> Result<Option<(String, String)>, String> {
        let mut remotes = self.remotes()?;
        remotes.retain(|remote| remote != ORIGIN);
        remotes.insert(0, ORIGIN.to_owned());
        for remote in remotes {
            for branch in TRUNKS {
                let name = format!("{remote}/{branch}");
                let whole = format!("refs/remotes/{name}");
                if let Some(commit) = self.commit(&whole)? {
                    // `origin/HEAD` stands for another one.
                    let meant = ask(&self.top, &["rev-parse", "--abbrev-ref", &whole], b"");
                    let meant = meant.ok().and_then(|said| String::from_utf8(said).ok());
                    let meant = meant.map(|said| said.trim().to_owned());
                    let meant = meant.filter(|meant| !meant.is_empty());
                    return Ok(Some((meant.unwrap_or(name), commit)));
                }
            }
        }
        Ok(None)
    }

    /// The commit of a revision; none where there is no such revision.
    pub fn commit(&self, revision: &str) -> Result<Option<String>, String> {
        let wanted = format!("{revision}^{{commit}}");
        let asked = [
            "rev-parse",
            "--verify",
            "--quiet",
            "--end-of-options",
            &wanted,
        ];
        let said = match ask(&self.top, &asked, b"") {
            Ok(said) => said,
            // Quiet where there is no such revision, unless it is of another type.
            Err(why) if why.is_empty() || why.contains("expected commit type") => return Ok(None),
            Err(why) => return Err(why),
        };
        let commit = String::from_utf8_lossy(&said).trim().to_owned();
        let is_commit = commit.bytes().all(|byte| byte.is_ascii_hexdigit());
        Ok(is_commit.then_some(commit))
    }

    /// The commit of a branch that others have: `origin/main` is no tag and no branch of that name that only this
    /// repository has. What names no branch of a remote is any revision.
    pub fn branch(&self, name: &str) -> Result<Option<String>, String> {
        let remote = self.commit(&format!("refs/remotes/{name}"))?;
        let is_below = |remote: &String| {
            let rest = name.strip_prefix(remote.as_str());
            rest.is_some_and(|rest| rest.starts_with('/'))
        };
        match remote {
            Some(commit) => Ok(Some(commit)),
            None if self.remotes()?.iter().any(is_below) => Ok(None),
            None => self.commit(name),
        }
    }

    /// The files of packages at a commit that the user names by this word, their paths from this folder.
    pub fn revision(&self, commit: &str, named: &str, folder: &str) -> Result<Revision, String> {
        Revision::new(&self.top, commit, named, folder)
    }

    /// What a commit holds of packages.
    pub fn tree(&self, commit: &str) -> Result<Tree, String> {
        Tree::new(&self.top, commit)
    }
}

/// Whether a folder seems to lie in a repository, for where `git` cannot say.
fn lies_in_one(folder: &Path) -> bool {
    let folder = std::path::absolute(folder);
    folder.is_ok_and(|folder| folder.ancestors().any(|above| above.join(".git").exists()))
}
