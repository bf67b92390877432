//! Rows that are no right and no proof by themselves: when something is found, what is read before a change, what people
//! look at.

use serde::{Deserialize, Deserializer, Serialize};

use super::{ConditionHash, Numbered};

/// When something is found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cause {
    pub finding: String,
    /// Of all that has to be so.
    pub when: ConditionHash,
    /// Of the branches around alone: what may have ended the path before leaves it as it is.
    #[serde(default, rename = "in", skip_serializing_if = "Option::is_none")]
    pub around: Option<ConditionHash>,
    /// The same part by part; a lock of an older `rbk` has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub way: Option<Numbered>,
    /// Of each target that is handed over there; in a lock of an older `rbk` of all of them together.
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "each"
    )]
    pub targets: Vec<ConditionHash>,
    /// Of each value that is handed over there, likewise.
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "each"
    )]
    pub values: Vec<ConditionHash>,
}

/// A list of hashes, or the one that stood in its place.
fn each<'d, D: Deserializer<'d>>(from: D) -> Result<Vec<ConditionHash>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Hashes {
        Each(Vec<ConditionHash>),
        Together(ConditionHash),
    }
    Ok(match Hashes::deserialize(from)? {
        Hashes::Each(each) => each,
        Hashes::Together(one) => vec![one],
    })
}

/// A reading that a `let` binds in a body that changes something.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Read {
    /// The remedy, or the action.
    pub at: String,
    pub of: ConditionHash,
    /// How many `do` lines of it stand before.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub behind: u32,
    /// Whether it is read for each element of a loop.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub each: bool,
    /// The branches by which it is reached.
    #[serde(default, rename = "if", skip_serializing_if = "Option::is_none")]
    pub path: Option<ConditionHash>,
    /// Where a value stands in for its answer; anywhere else the path ends.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub goes_on: Vec<Unanswered>,
    /// For people.
    pub text: String,
}

/// As serde asks it.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// Why a reading has no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unanswered {
    NoData,
    Failed,
}

/// Something that people look at: how severe it is, what they read, a type that is named.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Look {
    pub of: Seen,
    /// Of a type.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    pub hash: ConditionHash,
}

/// What people look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Seen {
    Severity,
    /// `ends within`, `again`, one incident of all.
    Clauses,
    /// By which workdays are counted.
    Zone,
    Page,
    Tell,
    Hand,
    Mitigated,
    Cleared,
    Novel,
    Inconclusive,
    Recurs,
    Attach,
    Waive,
    Enum,
    Record,
}
