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

/// The remote that a clone has.
const ORIGIN: &str = "origin";
/// Where the branches of remotes stand.
const REMOTES: &str = "refs/remotes/";
/// The branches that others clone, where a remote does not say which one.
const TRUNKS: [&str; 2] = ["main", "master"];

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
        // Nothing that was committed looks like a repository of its own.
        let asked = [
            "-c",
            "safe.bareRepository=explicit",
            "rev-parse",
            "--show-toplevel",
            "--show-prefix",
        ];
        let said = match ask(folder, &asked, b"") {
            Ok(said) => said,
            Err(_) if !lies_in_one(folder) => return Ok(None),
            Err(why) => return Err(why),
        };
        let said = String::from_utf8(said).map_err(|_| "its path is not UTF-8".to_owned())?;
        let mut lines = said.lines();
        Ok(lines.next().map(|top| Repository {
            top: PathBuf::from(top),
            below: lines.next().unwrap_or_default().to_owned(),
        }))
    }

    /// Whether both are one, whichever of its folders was asked for.
    pub fn is_same(&self, other: &Repository) -> bool {
        self.top == other.top
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

    /// The branch that others clone, by its name and commit; none where none is here, or it may be either of two. It is
    /// one of the only remote; of several, of `origin` alone.
    pub fn trunk(&self) -> Result<Option<(String, String)>, String> {
        let remotes = self.remotes()?;
        let remote = match remotes.as_slice() {
            [only] => only,
            _ => ORIGIN,
        };
        let branches = format!("{REMOTES}{remote}/");
        let named = |whole: String, commit| {
            let name = whole.trim_start_matches(REMOTES);
            (name.to_owned(), commit)
        };
        // A branch that somebody called `HEAD` stands for nothing.
        let head = format!("{branches}HEAD");
        let meant = ask(&self.top, &["symbolic-ref", "--quiet", &head], b"").unwrap_or_default();
        let meant = String::from_utf8_lossy(&meant).trim().to_owned();
        if meant.starts_with(&branches)
            && let Some(commit) = self.commit(&meant)?
        {
            return Ok(Some(named(meant, commit)));
        }
        let mut found = Vec::new();
        for branch in TRUNKS {
            let whole = format!("{branches}{branch}");
            if let Some(commit) = self.commit(&whole)? {
                found.push(named(whole, commit));
            }
        }
        Ok(match found.as_slice() {
            [(_, one), (_, other)] if one != other => None,
            _ => found.into_iter().next(),
        })
    }

    /// The commit of a revision; none where there is no such revision.
    pub fn commit(&self, revision: &str) -> Result<Option<String>, String> {
        if revision.contains('\n') {
            return Ok(None);
        }
        // Says itself that there is none: that it fails means something else.
        let wanted = format!("{revision}^{{commit}}\n");
        let said = ask(&self.top, &["cat-file", "--batch-check"], wanted.as_bytes())?;
        let said = String::from_utf8_lossy(&said);
        let (name, rest) = said.trim_end().rsplit_once(' ').unwrap_or_default();
        match name.strip_suffix(" commit") {
            Some(commit) => Ok(Some(commit.to_owned())),
            None if rest == "missing" => Ok(None),
            None => Err(said.trim_end().to_owned()),
        }
    }

    /// The commit of a branch that others have: `origin/main` is no tag and no branch of that name that only this
    /// repository has. What names no branch of a remote is any revision.
    pub fn branch(&self, name: &str) -> Result<Option<String>, String> {
        // `@{u}`, `HEAD~2`: no branch has such a name.
        if name.contains("@{") || name.contains(['^', '~']) {
            return self.commit(name);
        }
        let remote = self.commit(&format!("{REMOTES}{name}"))?;
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

    /// The commits that changed a file, newest first, from this one back; so many at most.
    pub fn changes_of(&self, commit: &str, path: &Path, most: u8) -> Result<Vec<String>, String> {
        let most = format!("--max-count={most}");
        let path = path.to_string_lossy();
        let asked = [
            "--literal-pathspecs",
            "log",
            // What the branch itself had: not what a merge brought in, and might have been before.
            "--first-parent",
            "--format=%H",
            &most,
            commit,
            "--",
            &path,
        ];
        let said = ask(&self.top, &asked, b"")?;
        let said = String::from_utf8_lossy(&said);
        Ok(said.lines().map(str::to_owned).collect())
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
