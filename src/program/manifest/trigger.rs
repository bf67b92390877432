//! What sets a runbook off, and what that may bring.

use serde::{Deserialize, Serialize};

use super::{ConditionHash, words};
use crate::value::Duration;

/// What sets the runbook off.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trigger {
    pub on: On,
    /// The alert, the event's record, the schedule, or who may ask; empty: anybody.
    pub name: String,
    /// Of a schedule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// Of a schedule: missed times are run once.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub missed: bool,
    /// Of a schedule: unless they are longer ago.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "words::maybe"
    )]
    pub missed_within: Option<Duration>,
    /// The labels of an alert, the parameters of a request.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<Label>,
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "words::maybe"
    )]
    pub holding: Option<Duration>,
    #[serde(default, rename = "where", skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<ConditionHash>,
    /// What an event or a request may bring.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub takes: Vec<Takes>,
}

/// A field of an event, or a parameter of a request.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Takes {
    pub name: String,
    /// Its type as it is written, that of a record or an enum with what it holds.
    pub of: String,
    /// The members of an enum.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub among: Vec<String>,
    /// Its least and largest value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<String>,
    /// It need not be there.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub may_lack: bool,
}

impl Takes {
    /// Whether it takes whatever the other does.
    pub fn takes(&self, other: &Takes) -> bool {
        let is_among =
            !other.among.is_empty() && other.among.iter().all(|member| self.among.contains(member));
        (self.of == other.of || is_among)
            && (self.range.is_none() || self.range == other.range)
            && (self.may_lack || !other.may_lack)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum On {
    Alert,
    Event,
    Schedule,
    Request,
}

/// A label that an alert must have, and what it must be.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Label {
    Present(String),
    Is { name: String, is: String },
    Among { name: String, among: Vec<String> },
    Not { name: String, not: String },
    Matches { name: String, matches: String },
}

impl Label {
    pub fn name(&self) -> &str {
        match self {
            Label::Present(name)
            | Label::Is { name, .. }
            | Label::Among { name, .. }
            | Label::Not { name, .. }
            | Label::Matches { name, .. } => name,
        }
    }
}
