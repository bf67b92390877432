//! What a runbook may do, as one value: the parts that report, lock, diff and approvals read.
//!
//! In: built by `analysis` out of the typed tree and its proofs. Out: plain data; words for people
//! are made by who shows it.

pub mod argv;
mod authority;
mod core_hash;
mod pattern;
mod seen;
mod signed;
mod trigger;
mod way;
mod words;

pub use authority::{
    Amount, Authority, Cap, Claims, Clauses, Condition, Effect, Handed, Limit, Most, Need,
    Otherwise, People, Recurs, Step, Time, Touch, UndoBy, Verify,
};
pub use core_hash::{ConditionHash, CoreHash, ENCODING};
pub use pattern::Pattern;
pub use seen::{Cause, Look, Read, Seen, Unanswered};
pub use trigger::{Label, On, Takes, Trigger};
pub use way::{Asked, Clause, Literal, Numbered, Numbers, Way};

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::Place;
use crate::value::{Duration, Number, classify_number};

/// One runbook, whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    pub runbook: SmolStr,
    /// None where the runbook says none.
    pub version: Option<Version>,
    pub product: Option<SmolStr>,
    pub core: CoreHash,
    pub authority: Authority,
    /// What it calls of the library, and where.
    pub calls: Vec<Called>,
    pub findings: Vec<Finding>,
    /// The longest that the runbook says it takes.
    pub ends_within: Option<Duration>,
    /// The commands and URLs that the text names, of every raw call.
    pub raw: Vec<String>,
    /// What it asks the metrics server, each query once.
    pub queries: Vec<String>,
    /// What is waived, and why.
    pub waivers: Vec<Said>,
    /// Where words from outside pick a target or an amount, and by what right.
    pub endorsements: Vec<Said>,
    /// What stands for data that is not there.
    pub no_data: Vec<Said>,
    /// Each part that begins only where all of it fits into a window, with its longest time.
    pub units: Vec<(String, Duration)>,
    /// The longest stretch of time that the windows leave; none where there is no end to it, or no window.
    pub longest_window: Option<Duration>,
    /// Where the parts stand in the source.
    pub places: BTreeMap<Part, Place>,
}

/// A call of the library, with what narrows what it needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Called {
    /// `k8s.pod`
    pub call: SmolStr,
    /// The types of what it is about, outermost first.
    pub about: Vec<String>,
    pub of: Option<Pattern>,
    /// It is made only where a field of what it finds is read again.
    pub again: bool,
}

/// `major.minor.patch`
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Version {
    pub major: u32,
    pub minor: u32,
    pub patch: u32,
}

impl fmt::Display for Version {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Version {
            major,
            minor,
            patch,
        } = self;
        write!(out, "{major}.{minor}.{patch}")
    }
}

/// A text that is no version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoVersion;

impl fmt::Display for NoVersion {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("expected three numbers such as `1.4.0`")
    }
}

impl FromStr for Version {
    type Err = NoVersion;

    fn from_str(text: &str) -> Result<Version, NoVersion> {
        match classify_number(text) {
            Ok(Number::Version([major, minor, patch])) => Ok(Version {
                major,
                minor,
                patch,
            }),
            Ok(_) | Err(_) => Err(NoVersion),
        }
    }
}

impl From<Version> for String {
    fn from(version: Version) -> String {
        version.to_string()
    }
}

impl TryFrom<String> for Version {
    type Error = NoVersion;

    fn try_from(text: String) -> Result<Version, NoVersion> {
        text.parse()
    }
}

/// What the diagnosis may find, and which `do` lines its remedy has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub name: SmolStr,
    /// Those of an undo left aside.
    pub does: Vec<String>,
}

/// A thing, and what is said of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    pub of: String,
    pub what: String,
}

/// A part of a runbook that has a place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    Name,
    /// The `version` clause.
    Version,
    /// A trigger, by its row.
    Trigger(Trigger),
    Limit(Limit),
    /// A step, by its id.
    Step(String),
    /// A verify, by its id.
    Verify(String),
    Diagnosis,
    /// The first mention of a condition.
    Condition(ConditionHash),
}
