//! The lock `rbk.lock`: of each runbook its version, what it does and what it may do; of each
//! dependency what pins it.
//!
//! In: the text of a lock, or what goes into one. Out: a [`Lock`], or its text: sorted, a fact a line, so
//! that the difference of two locks reads like one. Values are structured; a `text` beside a hash is
//! for people.

mod difference;
mod write;

use std::collections::BTreeSet;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};

use crate::diag::{Code, Diagnostic};
use crate::program::manifest::{Authority, CoreHash, Version};
use crate::text::{Source, Span};

pub use difference::difference;
pub use write::write;

/// The lock's file name.
pub const LOCK: &str = "rbk.lock";
/// The form that is written, and the only one that is read.
pub const FORMAT: u32 = 1;

/// What is pinned.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lock {
    #[serde(default)]
    pub format: u32,
    /// Of the package itself.
    #[serde(default)]
    pub version: Option<Version>,
    /// In the order of their names.
    #[serde(default, rename = "runbook")]
    pub runbooks: Vec<LockedRunbook>,
    #[serde(default, rename = "dependency")]
    pub dependencies: Vec<LockedDependency>,
}

/// One runbook as it was when it was locked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockedRunbook {
    pub name: String,
    pub version: Version,
    pub core: CoreHash,
    pub authority: Authority,
}

impl<'de> Deserialize<'de> for LockedRunbook {
    /// All is in one table; whatever is not of the head has to be a right that is known.
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<LockedRunbook, D::Error> {
        #[derive(Deserialize)]
        struct Head {
            name: String,
            version: Version,
            core: CoreHash,
        }
        let mut table = toml::Table::deserialize(from)?;
        let mut head = toml::Table::new();
        for key in ["name", "version", "core"] {
            head.extend(table.remove(key).map(|value| (key.to_owned(), value)));
        }
        let Head {
            name,
            version,
            core,
        } = head.try_into().map_err(D::Error::custom)?;
        if !is_name(&name) {
            return Err(D::Error::custom(
                "a runbook has a name that no runbook can have",
            ));
        }
        let authority = table.try_into();
        let authority =
            authority.map_err(|error| D::Error::custom(format!("`{name}`: {error}")))?;
        Ok(LockedRunbook {
            name,
            version,
            core,
            authority,
        })
    }
}

/// A package that this one uses.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LockedDependency {
    pub name: String,
    /// `git+https://...` or `path+../common`
    pub source: String,
    /// The tag or commit that the manifest names; of git only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rev: Option<String>,
    /// 40 hex digits; of git only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// `sha256:` and 64 hex digits, over its files.
    pub files: String,
}

/// Whether the language knows such names.
fn is_name(name: &str) -> bool {
    let letter = |c: char| c.is_ascii_alphanumeric() || c == '_';
    name.len() <= LONGEST
        && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(letter)
}

/// The longest name of a runbook, in letters.
const LONGEST: usize = 1_000;

impl Lock {
    /// A name that stands twice, as after a merge.
    fn doubled(&self) -> Option<&str> {
        let mut seen = BTreeSet::new();
        let mut names = self.runbooks.iter().map(|locked| locked.name.as_str());
        let doubled = names.find(|name| !seen.insert(*name));
        let mut seen = BTreeSet::new();
        let mut names = self.dependencies.iter().map(|locked| locked.name.as_str());
        doubled.or_else(|| names.find(|name| !seen.insert(*name)))
    }

    /// The entry of a dependency.
    pub fn dependency(&self, name: &str) -> Option<&LockedDependency> {
        self.dependencies.iter().find(|locked| locked.name == name)
    }

    /// The entry of a runbook.
    pub fn runbook(&self, name: &str) -> Option<&LockedRunbook> {
        self.runbooks.iter().find(|locked| locked.name == name)
    }
}

/// Reads a lock; none with the reason if it cannot be.
pub fn read(source: &Source) -> Result<Lock, Diagnostic> {
    #[derive(Deserialize)]
    struct Form {
        format: Option<u32>,
    }
    let whole = Span::new(source.id, 0, 0);
    let unreadable = |message: String, at: Span, label: &str| {
        Diagnostic::new(Code::LockUnreadable, message, at, label).help(
            "take it from the last commit, or write it again: `rbk lock`, or `rbk lock --amend` where there is no base branch",
        )
    };
    let by_toml = |error: toml::de::Error| {
        let at = error
            .span()
            .map_or(whole, |at| Span::new(source.id, at.start, at.end));
        let message = error.message().lines().next().unwrap_or_default();
        // Behind it stands what this version knows, which is nothing to choose from.
        let (message, is_later) = match message.split_once(", expected one of") {
            Some((message, _)) => (message, message.contains("unknown field")),
            None => (message, false),
        };
        let found = unreadable(format!("the lock cannot be read: {message}"), at, "here");
        match is_later {
            true => found.help(
                "a later version of `rbk` may have written it: use that one; or write it again with this one: `rbk lock`, or \
                 `rbk lock --amend` where there is no base branch",
            ),
            false => found,
        }
    };
    if let Some(at) = conflict(&source.text) {
        let at = Span::new(source.id, at.start, at.end);
        let message = "the lock holds both sides of a merge";
        let found = unreadable(message.to_owned(), at, "a mark of the conflict");
        return Err(found.help(
            "no line of it has to be chosen by hand: fix the `.rbk` files and `rbk.toml`, then write it again by \
             `rbk lock`; where no base branch is known (`[lock] base`), by `rbk lock --amend`",
        ));
    }
    let form: Form = toml::from_str(&source.text).map_err(by_toml)?;
    match form.format {
        Some(FORMAT) => {
            let lock: Lock = toml::from_str(&source.text).map_err(by_toml)?;
            match lock.doubled() {
                Some(name) => {
                    let message = format!("the lock has two entries of `{name}`");
                    Err(unreadable(message, whole, ""))
                }
                None => Ok(lock),
            }
        }
        Some(format) => {
            let message =
                format!("the lock is of form {format}, and this `rbk` reads form {FORMAT}");
            Err(unreadable(message, whole, "")
                .help("use the version of `rbk` that wrote it, or a later one"))
        }
        None => Err(unreadable(
            "the lock does not say its `format`".into(),
            whole,
            "",
        )),
    }
}

/// The first line that a merge left as a mark of its two sides.
fn conflict(text: &str) -> Option<std::ops::Range<usize>> {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if line.starts_with("<<<<<<< ") || line.starts_with(">>>>>>> ") {
            return Some(at..at + line.trim_end().len());
        }
        at += line.len();
    }
    None
}
