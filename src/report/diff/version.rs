//! What a change asks of a version, and whether a version says so.

use super::{RunbookChange, RunbookDiff, Side};
use crate::program::manifest::Version;

/// Which number of a version has to rise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Asks {
    #[default]
    None,
    Patch,
    Minor,
    Major,
}

impl Asks {
    /// The word for it in reports.
    pub fn word(self) -> &'static str {
        match self {
            Asks::None => "none",
            Asks::Patch => "patch",
            Asks::Minor => "minor",
            Asks::Major => "major",
        }
    }
}

/// Whether the version says what changed, from best to worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    Enough,
    TooSmall,
    Fell,
}

impl Verdict {
    /// The word for it in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Enough => "enough",
            Verdict::TooSmall => "too_small",
            Verdict::Fell => "fell",
        }
    }
}

/// The least version behind `from` that says so much. Below 1.0.0 the middle number stands for the
/// first, and the last for both others.
pub fn next(from: Version, asks: Asks) -> Version {
    let Version {
        major,
        minor,
        patch,
    } = from;
    let version = |major, minor, patch| Version {
        major,
        minor,
        patch,
    };
    match (asks, major) {
        (Asks::None, _) => from,
        (Asks::Major, 0) => version(0, minor.saturating_add(1), 0),
        (Asks::Minor | Asks::Patch, 0) => version(0, minor, patch.saturating_add(1)),
        (Asks::Major, _) => version(major.saturating_add(1), 0, 0),
        (Asks::Minor, _) => version(major, minor.saturating_add(1), 0),
        (Asks::Patch, _) => version(major, minor, patch.saturating_add(1)),
    }
}

/// Whether `to` says that so much changed since `from`.
pub fn verdict(from: Version, to: Version, asks: Asks) -> Verdict {
    match (to < from, to >= next(from, asks)) {
        (true, _) => Verdict::Fell,
        (false, true) => Verdict::Enough,
        (false, false) => Verdict::TooSmall,
    }
}

/// Why the version of a package is not enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Runbooks were added, removed or renamed, and it does not say so.
    CameOrWent,
    /// It is lower than it was.
    Fell { from: Version, to: Version },
}

impl std::fmt::Display for Why {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Why::CameOrWent => out.write_str("a runbook came or went"),
            Why::Fell { from, to } => write!(out, "its version fell from {from} to {to}"),
        }
    }
}

/// What the version of a package has to be at least, where it is less.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PackageNeeds {
    pub version: Version,
    pub why: Why,
}

impl PackageNeeds {
    /// What that means for the whole.
    pub fn verdict(self) -> Verdict {
        match self.why {
            Why::CameOrWent => Verdict::TooSmall,
            Why::Fell { .. } => Verdict::Fell,
        }
    }
}

/// What the package's version must be at least, where it does not say which runbooks came and went, or fell.
pub fn of_package(before: &Side, after: &Side, runbooks: &[RunbookDiff]) -> Option<PackageNeeds> {
    let (from, to) = (before.version?, after.version?);
    let asks = runbooks.iter().map(|runbook| match runbook.change {
        RunbookChange::Removed | RunbookChange::Renamed(_) => Asks::Major,
        RunbookChange::Added => Asks::Minor,
        RunbookChange::Changed | RunbookChange::Same => Asks::None,
    });
    let version = next(from, asks.max().unwrap_or_default());
    let why = match to < from {
        true => Why::Fell { from, to },
        false => Why::CameOrWent,
    };
    (to < version).then_some(PackageNeeds { version, why })
}
