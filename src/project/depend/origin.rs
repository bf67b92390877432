//! Where a package comes from: what tells one source from another, and how a lock writes it.

use std::path::{Component, Path, PathBuf};

use super::super::manifest::Git;

/// Where a package comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A folder, from the root.
    Path(PathBuf),
    Git {
        git: Git,
        /// None as long as nothing says which commit the revision is.
        commit: Option<String>,
        /// The package's folder in the repository; empty for its top.
        below: String,
    },
}

impl Origin {
    pub fn git(git: &Git, commit: Option<String>) -> Origin {
        Origin::Git {
            git: git.clone(),
            commit,
            below: String::new(),
        }
    }

    /// Where a path leads from there; none where it leaves the repository.
    pub fn join(&self, path: &str) -> Option<Origin> {
        match self {
            Origin::Path(folder) => Some(Origin::Path(plain(&folder.join(path)))),
            Origin::Git { git, commit, below } => {
                let joined = plain(&Path::new(below).join(path));
                let inside = joined
                    .components()
                    .all(|part| matches!(part, Component::Normal(_)));
                inside.then(|| Origin::Git {
                    git: git.clone(),
                    commit: commit.clone(),
                    below: shown(&joined),
                })
            }
        }
    }

    /// Whether both are one source and one commit.
    pub fn is_same(&self, other: &Origin) -> bool {
        match (self, other) {
            (Origin::Path(a), Origin::Path(b)) => a == b,
            (
                Origin::Git { git, commit, below },
                Origin::Git {
                    git: of,
                    commit: at,
                    below: in_,
                },
            ) => {
                let same_commit = match (commit, at) {
                    (Some(a), Some(b)) => a == b,
                    _ => git.rev == of.rev,
                };
                git.url == of.url && below == in_ && same_commit
            }
            (Origin::Path(_), Origin::Git { .. }) | (Origin::Git { .. }, Origin::Path(_)) => false,
        }
    }

    /// Whether nothing says yet which commit the other one is, and it may be that of this one.
    pub fn may_be(&self, other: &Origin) -> bool {
        match (self, other) {
            (
                Origin::Git { git, below, .. },
                Origin::Git {
                    git: of,
                    commit: None,
                    below: in_,
                },
            ) => git.url == of.url && below == in_,
            (Origin::Path(_) | Origin::Git { .. }, _) => false,
        }
    }

    /// As a lock writes it; a folder from the root.
    pub fn source(&self) -> String {
        self.source_from(Path::new(""))
    }

    /// As a lock writes it; a folder from that of the package.
    pub fn source_from(&self, root: &Path) -> String {
        match self {
            Origin::Path(path) => format!("path+{}", from(root, path)),
            Origin::Git { git, below, .. } if below.is_empty() => format!("git+{}", git.url),
            Origin::Git { git, below, .. } => format!("git+{}#{below}", git.url),
        }
    }

    /// As people see it.
    pub fn shown(&self, root: &Path) -> String {
        let source = self.source_from(root);
        match self {
            Origin::Path(_) => format!("`{source}`"),
            Origin::Git { git, commit, .. } => {
                let commit = commit.as_deref().and_then(|commit| commit.get(..12));
                match commit.filter(|commit| !git.rev.starts_with(commit)) {
                    Some(commit) => format!("`{source}` at `{}`, {commit}", git.rev),
                    None => format!("`{source}` at `{}`", git.rev),
                }
            }
        }
    }

    /// The tag or commit that the manifest names.
    pub fn rev(&self) -> Option<&str> {
        match self {
            Origin::Path(_) => None,
            Origin::Git { git, .. } => Some(&git.rev),
        }
    }

    pub fn commit(&self) -> Option<&str> {
        match self {
            Origin::Path(_) => None,
            Origin::Git { commit, .. } => commit.as_deref(),
        }
    }
}

/// The path without `.`, and without each `..` that has something before it.
pub fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match (part, plain.components().next_back()) {
            (Component::CurDir, _) => {}
            (Component::ParentDir, Some(Component::Normal(_))) => drop(plain.pop()),
            (Component::ParentDir, Some(Component::RootDir)) => {}
            (part, _) => plain.push(part),
        }
    }
    plain
}

/// The way from one folder to another.
fn from(root: &Path, path: &Path) -> String {
    let mut ours = root.components().peekable();
    let mut theirs = path.components().peekable();
    while ours.peek().is_some() && ours.peek() == theirs.peek() {
        ours.next();
        theirs.next();
    }
    let up = ours.map(|_| "..".to_owned());
    let down = theirs.map(|part| part.as_os_str().to_string_lossy().into_owned());
    let way: Vec<String> = up.chain(down).collect();
    match way.is_empty() {
        true => ".".to_owned(),
        false => way.join("/"),
    }
}

fn shown(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}
