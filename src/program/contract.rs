//! The tables behind the effectful instructions: what an index in the code stands for.

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::{ActionIndex, Capability, FunctionIndex, ObservableIndex, Place, RoleIndex};
use crate::effect::{Repeat, Scope};
use crate::value::{Bounds, Duration};

/// Something that can be observed: an `extern probe`, or a watch or probe of the package.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Observable {
    /// `k8s.pod`; a watch or probe of the package by its own name.
    pub name: SmolStr,
    pub params: Vec<SmolStr>,
    pub needs: Vec<Capability>,
    pub deadline: Duration,
    /// For a watch or a probe of the package: its code. Nobody has to answer for it.
    pub function: Option<FunctionIndex>,
    /// What it finds, if it is the lookup of one target or of a list of them.
    pub finds: Option<SmolStr>,
    /// What is ever seen of its answer. An answer with something else in it is none.
    pub seen: Vec<Seen>,
}

/// The range of an answer, or of one field of what an answer has in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    /// The record or target type and its field; none of the answer itself, or of its elements.
    pub field: Option<(SmolStr, SmolStr)>,
    pub range: Bounds,
}

/// An `extern action` with its contract.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Action {
    /// `k8s.restart`
    pub name: SmolStr,
    pub params: Vec<SmolStr>,
    pub needs: Vec<Capability>,
    /// Indices of the parameters whose targets it changes.
    pub changes: Vec<u16>,
    pub scope: Scope,
    pub repeat: Repeat,
    /// Asked with the action's own arguments after an unknown outcome; answers Bool.
    pub settle_probe: Option<ObservableIndex>,
    /// How long after the deadline *not applied* may not be believed yet.
    pub settles: Duration,
    pub deadline: Duration,
    /// The range of each amount parameter, checked in the plan and at the intent.
    pub ranges: Vec<(u16, Bounds)>,
}

/// One `do` in the source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    pub action: ActionIndex,
    /// Overrides the action's deadline.
    pub within: Option<Duration>,
    /// Further tries and their distance.
    pub retry: Option<(u32, Duration)>,
    pub undo: Undo,
    /// The action that gives back what this one holds, about the arguments of the same names.
    /// None where it holds nothing, or the author says why it stays.
    pub given_back_by: Option<SmolStr>,
    /// A release by `with do`: exempt like an undo, and not undone itself.
    pub release: bool,
    pub place: Place,
}

/// How a step is taken back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Undo {
    /// Nothing to take back: unneeded, waived, or impossible.
    Nothing,
    /// The host puts back what the action recorded that it replaced.
    Previous,
    /// Code that takes the captures of the `do`, then its result, and does its own steps.
    Code(FunctionIndex),
}

/// One `verify`. Conditions are code that takes the captures and returns Bool; they may observe.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verify {
    pub condition: FunctionIndex,
    pub abort_if: Option<FunctionIndex>,
    pub within: Duration,
    pub every: Duration,
    pub holding: Option<Duration>,
    pub otherwise: VerifyElse,
    /// Evaluated once in the plan: true there means that nothing needs doing.
    pub precheck: bool,
    pub place: Place,
}

/// What becomes of the changes when a verify fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum VerifyElse {
    Undo,
    Keep,
    Again,
}

/// A `guard`: code that takes the captures and returns Bool.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Guard {
    pub condition: FunctionIndex,
    pub place: Place,
}

/// A `mitigated`: the debt that is left.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mitigation {
    pub owed_by: RoleIndex,
    pub within: Duration,
    /// Takes the captures, returns Bool: the debt is paid.
    pub until: FunctionIndex,
    pub place: Place,
}
