//! Calls to the outside and what came of them, as plain data.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::value::{Failure, Value};

/// One call of an extern, or of a watch or probe that a test may answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Call {
    /// Qualified: `k8s.restart`; a watch or a probe of the package by its own name.
    pub name: Arc<str>,
    /// In the order of the parameters, defaults filled in; then further named ones.
    pub args: Vec<Argument>,
}

/// An argument with its parameter's name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Argument {
    pub name: Arc<str>,
    pub value: Value,
}

/// What came of an observation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Observed {
    Value(Value),
    /// `Failure::NoData`: answered, nothing there. Any other: could not be asked.
    Failed(Failure),
    /// For a watch or a probe of the package only: nobody answers for it, evaluate its body.
    Evaluate,
}

/// What came of a change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ChangeOutcome {
    /// With the result, for actions that have one.
    Applied(Value),
    /// Certainly without effect.
    NotApplied(String),
    /// Nobody knows; it has to be settled.
    Unknown,
    /// It failed after it had begun: some of it may have taken effect.
    Broke(String),
    /// It was granted and has not begun, and by now it must not: whoever asked asks anew.
    NotBegun(String),
}

/// What a settling probe, or a human, says of an unknown change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Settled {
    Applied,
    NotApplied,
    /// It could not tell.
    Nothing,
}
