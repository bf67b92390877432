//! The authority vector: every right that a runbook has and every proof it owes, as plain rows.
//!
//! Two versions of a runbook are compared by it, field by field; a lock holds it. Rows are sorted where
//! their order says nothing. Names of fields are those of the lock.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Asked, Cause, ConditionHash, Look, Pattern, Read, Trigger, words};
use crate::effect::{Level, Scope};
use crate::value::Duration;

/// What one runbook may do, at most.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Authority {
    pub effect: Effect,
    pub triggers: Vec<Trigger>,
    /// What tells its incidents apart; empty for one incident of all.
    pub key: Vec<String>,
    pub touches: Vec<Touch>,
    pub limits: Vec<Limit>,
    /// The lines of `blast` that look at the world.
    pub caps: Vec<Cap>,
    pub needs: Vec<Need>,
    /// The secrets that are handed over, and to whom.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<Handed>,
    /// What the product owns, each from outside in: `k8s.Namespace=shop`.
    pub owns: Vec<Vec<String>>,
    /// The `do` lines, in the order of the source.
    pub steps: Vec<Step>,
    /// What the guards of steps ask.
    pub guards: Vec<Condition>,
    pub verifies: Vec<Verify>,
    /// What verifies and triggers ask.
    pub conditions: Vec<Condition>,
    pub claims: Claims,
    pub people: People,
    /// Who hears when, what is owed until when, each as often as it is said.
    pub duties: Vec<String>,
    pub clauses: Clauses,
    pub time: Time,
    /// What is found, and when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub diagnosis: Option<ConditionHash>,
    /// What the ways to a finding ask, each once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub asked: Vec<Asked>,
    /// Each place that finds something, in the order of the source.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub found: Vec<Cause>,
    /// What is read before a change, and whether it goes on where that has no answer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reads: Vec<Read>,
    /// What is no right and no proof, and what people look at all the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub looks: Vec<Look>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Effect {
    #[serde(with = "words::level")]
    pub level: Level,
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "words::scope"
    )]
    pub scope: Option<Scope>,
}

/// The proven bound for one target type.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Touch {
    pub target: String,
    /// Distinct targets in a run.
    pub run: u32,
    /// Distinct targets between verifications.
    pub at_once: u32,
    /// Changing calls of one incident.
    pub calls: u32,
}

/// A line of `blast` with a constant bound.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Limit {
    pub target: String,
    #[serde(flatten)]
    pub most: Most,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Most {
    Run {
        run: u32,
    },
    AtOnce {
        at_once: u32,
    },
    Rate {
        most: u32,
        #[serde(with = "words")]
        per: Duration,
    },
}

/// A line of `blast` that looks at the world.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cap {
    pub hash: ConditionHash,
    /// For people.
    pub text: String,
    /// The line without its number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<ConditionHash>,
    /// Its number, where it is the most of something: `20%`, `3`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most: Option<String>,
    /// Its number, where it is the least.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub least: Option<String>,
    /// Of such lines one is enough: `only during night`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub one_is_enough: bool,
}

/// A capability and what it is narrowed to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Need {
    pub can: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<Pattern>,
}

impl Need {
    /// Whether whatever the other allows, this one does.
    pub fn covers(&self, need: &Need) -> bool {
        self.can == need.can && covers(self.of.as_ref(), need.of.as_ref())
    }
}

/// A secret that is handed over where a capability is used.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Handed {
    /// By its name; that of a dependency behind the dependency's: `common.token`.
    pub secret: String,
    pub can: String,
    /// What the capability is narrowed to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Pattern>,
    /// Where the author keeps it: `vault kv/common`.
    pub kept: String,
}

impl Handed {
    /// Whether wherever the other goes, this one does.
    pub fn covers(&self, other: &Handed) -> bool {
        self.secret == other.secret
            && self.can == other.can
            && covers(self.to.as_ref(), other.to.as_ref())
    }
}

fn covers(wide: Option<&Pattern>, of: Option<&Pattern>) -> bool {
    match (wide, of) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(wide), Some(of)) => wide.covers(of),
    }
}

/// One `do` line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// `bad_deploy/1`: the remedy, or the action of the package it stands in, and which `do` of it.
    pub id: String,
    #[serde(rename = "do")]
    pub action: String,
    pub undo: UndoBy,
    /// What it is given beside the rest: its targets, and what people read.
    pub on: ConditionHash,
    /// The commands, paths, flags and payloads that it is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commands: Option<ConditionHash>,
    /// The amounts that it is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<ConditionHash>,
    /// The command or the URL of a raw call, as far as the text says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw: Option<String>,
    /// What it is given, by parameter, for people.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub given: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub amounts: Vec<Amount>,
    /// How long it may take, where the runbook says so.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "words::maybe"
    )]
    pub within: Option<Duration>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry: Option<u32>,
    /// What lies between two tries.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "words::maybe"
    )]
    pub every: Option<Duration>,
    /// The labels of an alert that decide about commands and amounts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<String>,
    /// In a loop over at most so many elements.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub each: Option<u32>,
    /// Whether it is done for the next element where one failed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub continues: bool,
    /// What a step that was not applied leads to.
    #[serde(default, rename = "else", skip_serializing_if = "Option::is_none")]
    pub otherwise: Option<ConditionHash>,
    pub guards: Vec<ConditionHash>,
    /// Which of them are looked at again right before it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub again: Vec<ConditionHash>,
    /// What `wait` lines before it wait, since the step or the verify before.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "words::maybe"
    )]
    pub after: Option<Duration>,
    /// Under which condition it waits; none where it always does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after_if: Option<ConditionHash>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verify: Option<String>,
}

/// How a step is taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum UndoBy {
    /// By another action that its own declaration names.
    Inverse,
    /// By an `undo` block.
    Block,
    /// By what the action recorded.
    Previous,
    /// The action needs none.
    Unneeded,
    /// An action of the package: as its own lines say.
    Lines,
    /// It is the undo of another step.
    Itself,
    /// The runbook says that it is not.
    Waived,
    /// Nothing can.
    Impossible,
}

impl UndoBy {
    /// Whether the step is there to take another one back.
    pub fn is_itself(self) -> bool {
        self == UndoBy::Itself
    }
}

/// The range of an amount, both ends included.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Amount {
    pub of: String,
    pub from: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

impl Amount {
    /// Whether the text says one value.
    pub fn is_one(&self) -> bool {
        self.to.as_ref() == Some(&self.from)
    }
}

/// A condition, as it is written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    pub hash: ConditionHash,
    /// For people.
    pub text: String,
    /// Where something in it was read before something was done or waited for: the same, read where it is looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fresh: Option<ConditionHash>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verify {
    pub id: String,
    /// What `wait` lines before it wait, since the last step.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "words::maybe"
    )]
    pub after: Option<Duration>,
    /// Under which condition it waits; none where it always does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after_if: Option<ConditionHash>,
    #[serde(with = "words")]
    pub within: Duration,
    #[serde(with = "words")]
    pub every: Duration,
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "words::maybe"
    )]
    pub holding: Option<Duration>,
    pub conditions: Vec<ConditionHash>,
    /// What has to be so for it and not for the steps that it is about.
    #[serde(default, rename = "if", skip_serializing_if = "Vec::is_empty")]
    pub only_if: Vec<ConditionHash>,
    /// The `with do` around it: it is looked at while what they did lasts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub held: Vec<ConditionHash>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub abort: Option<ConditionHash>,
    #[serde(rename = "else")]
    pub otherwise: Otherwise,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Otherwise {
    Undo,
    Keep,
    Again,
}

/// What is said and not proven. Each stands as often as it is said.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claims {
    pub waives: Vec<String>,
    pub endorses: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub takes_back: Vec<String>,
    pub allows: Vec<String>,
}

/// Who hears of it, by duty; each role once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct People {
    pub page: Vec<String>,
    pub tell: Vec<String>,
    pub hand: Vec<String>,
    pub owe: Vec<String>,
    pub chain: Vec<String>,
}

/// Clauses that say when it acts again, and on how old a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clauses {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recurs: Option<Recurs>,
    /// Whether a resolved alert stops it while nothing was changed.
    pub clears_stop: bool,
    #[serde(with = "words")]
    pub fresh: Duration,
    #[serde(with = "words")]
    pub patience: Duration,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recurs {
    pub times: u32,
    #[serde(with = "words")]
    pub within: Duration,
}

/// The longest that it takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Time {
    #[serde(with = "words")]
    pub machine: Duration,
    #[serde(with = "words")]
    pub human: Duration,
}

impl Authority {
    /// No right at all, where what is no right is as here.
    pub fn nothing(like: &Authority) -> Authority {
        Authority {
            effect: Effect {
                level: Level::Pure,
                scope: None,
            },
            triggers: Vec::new(),
            touches: Vec::new(),
            needs: Vec::new(),
            secrets: Vec::new(),
            owns: Vec::new(),
            steps: Vec::new(),
            verifies: Vec::new(),
            reads: Vec::new(),
            looks: Vec::new(),
            claims: Claims::default(),
            ..like.clone()
        }
    }
}
