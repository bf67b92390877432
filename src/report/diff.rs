//! The semantic difference of two versions of a package: what the newer may newly do to production.
//!
//! In: two sides, each the runbooks of a package as a manifest or a lock tells them. Out: a [`Diff`]:
//! per runbook what changed, what that asks of its version, and whether the version says so.

mod align;
mod compare;
mod json;
mod looks;
mod markdown;
mod people;
mod proofs;
mod reads;
mod rights;
mod terminal;
mod version;
mod words;

use std::collections::BTreeMap;

use smol_str::SmolStr;

use crate::program::manifest::{Authority, CoreHash, Manifest, Part, Version};
use crate::project::Lock;
use crate::project::lock::LockedDependency;
use crate::text::Span;

pub use json::json;
pub use markdown::markdown;
pub use terminal::{sentence, terminal};
pub use version::{Asks, PackageNeeds, Verdict, Why};
pub use words::{Piece, Words};

/// One version of a package.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Side {
    /// How people call it: a folder, a revision, a version.
    pub name: String,
    /// What it calls itself, where that is known.
    pub package: Option<String>,
    /// The package's own version, where it is known.
    pub version: Option<Version>,
    pub runbooks: Vec<Known>,
    pub dependencies: Vec<Dependency>,
    /// What comments allow, each as often as it is said: `slack-blast: the second cluster joins next week`. A lock
    /// says nothing of it.
    pub allows: Option<Vec<String>>,
}

/// What is known of one runbook.
#[derive(Clone, Debug, PartialEq)]
pub struct Known {
    pub name: SmolStr,
    pub version: Option<Version>,
    pub core: CoreHash,
    pub authority: Authority,
    /// Where its parts stand; empty where it comes from a lock.
    pub places: BTreeMap<Part, Span>,
}

impl From<&Manifest> for Known {
    fn from(manifest: &Manifest) -> Known {
        Known {
            name: manifest.runbook.clone(),
            version: manifest.version,
            core: manifest.core,
            authority: manifest.authority.clone(),
            places: manifest.places.clone(),
        }
    }
}

impl Side {
    /// What a lock says.
    pub fn of_lock(lock: &Lock, name: impl Into<String>) -> Side {
        let runbooks = lock.runbooks.iter().map(|locked| Known {
            name: locked.name.as_str().into(),
            version: Some(locked.version),
            core: locked.core,
            authority: locked.authority.clone(),
            places: BTreeMap::new(),
        });
        let dependencies = lock.dependencies.iter().map(Dependency::from);
        Side {
            name: name.into(),
            package: None,
            version: lock.version,
            runbooks: runbooks.collect(),
            dependencies: dependencies.collect(),
            allows: None,
        }
    }

    /// What the runbooks of a package do now.
    pub fn of_package(
        manifests: &[Manifest],
        version: Option<Version>,
        dependencies: Vec<Dependency>,
        name: impl Into<String>,
    ) -> Side {
        Side {
            name: name.into(),
            package: None,
            version,
            runbooks: manifests.iter().map(Known::from).collect(),
            dependencies,
            allows: None,
        }
    }
}

/// A package that another one uses, and what pins it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Dependency {
    pub name: String,
    /// The commit, or the hash of the files.
    pub pin: String,
}

impl From<&LockedDependency> for Dependency {
    fn from(of: &LockedDependency) -> Dependency {
        Dependency {
            name: of.name.clone(),
            pin: of.commit.clone().unwrap_or_else(|| of.files.clone()),
        }
    }
}

/// What became of a package.
#[derive(Clone, Debug, PartialEq)]
pub struct Diff {
    pub from: String,
    pub to: String,
    /// What the package calls itself, where that is known.
    pub package: Option<String>,
    pub verdict: Verdict,
    /// What the package's own version must be at least, where it is too small.
    pub package_needs: Option<PackageNeeds>,
    /// In the order of their names.
    pub runbooks: Vec<RunbookDiff>,
    pub dependencies: Vec<DependencyDiff>,
    /// What comments newly allow, or no longer.
    pub allows: Vec<AllowDiff>,
}

/// What a comment allows in one of the versions alone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AllowDiff {
    pub what: String,
    pub is_new: bool,
}

/// What became of one runbook.
#[derive(Clone, Debug, PartialEq)]
pub struct RunbookDiff {
    pub name: SmolStr,
    pub change: RunbookChange,
    pub from: Option<Version>,
    pub to: Option<Version>,
    pub core: [Option<CoreHash>; 2],
    pub asks: Asks,
    /// The least version that says so.
    pub needs: Option<Version>,
    pub verdict: Verdict,
    pub changes: Vec<Change>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RunbookChange {
    Added,
    Removed,
    /// The same under another name than this.
    Renamed(SmolStr),
    Changed,
    Same,
}

/// What became of one dependency; none where it is new or gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DependencyDiff {
    pub name: String,
    pub before: Option<String>,
    pub after: Option<String>,
}

/// One thing that changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    pub field: Field,
    /// The remedy, step or verify it is about.
    pub at: Option<String>,
    pub order: Order,
    pub asks: Asks,
    /// What changed, in words.
    pub what: Words,
    pub before: Words,
    pub after: Words,
    /// Where it stands in the newer version.
    pub place: Option<Span>,
}

/// What a change does to the rights.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Order {
    Wider,
    Other,
    Narrower,
}

macro_rules! fields {
    ($($field:ident $word:literal)*) => {
        /// The part of a runbook that changed, in the order in which people are told.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Field {
            $($field,)*
        }

        impl Field {
            /// The word for it in reports.
            pub fn word(self) -> &'static str {
                match self { $(Field::$field => $word),* }
            }
        }
    };
}

fields! {
    Effect "effect"
    Guard "guard"
    Step "step"
    Undo "undo"
    Amount "amount"
    Calls "calls"
    Limit "limit"
    Need "need"
    Secret "secret"
    Owns "owns"
    Claim "claim"
    Diagnosis "diagnosis"
    Verify "verify"
    Trigger "trigger"
    Key "key"
    People "people"
    Clause "clause"
    Time "time"
    Severity "severity"
    Text "text"
    Type "type"
    Other "other"
}

/// The difference of two sides.
pub fn diff(before: &Side, after: &Side) -> Diff {
    let mut runbooks = align::runbooks(before, after);
    runbooks.sort_by(|a, b| a.name.cmp(&b.name));
    let package_needs = version::of_package(before, after, &runbooks);
    let verdicts = runbooks.iter().map(|runbook| runbook.verdict);
    let package = package_needs.map_or(Verdict::Enough, PackageNeeds::verdict);
    Diff {
        from: before.name.clone(),
        to: after.name.clone(),
        package: after.package.clone().or_else(|| before.package.clone()),
        verdict: verdicts.chain([package]).max().unwrap_or(Verdict::Enough),
        package_needs,
        runbooks,
        dependencies: align::dependencies(before, after),
        allows: align::allows(before, after),
    }
}
