//! What the machine needs from whoever drives it, and what it may be told.
//!
//! Each request is answered by exactly one reply of the kind that its doc names, by
//! [`super::Vm::resume`]; only then is [`super::Vm::step`] called again. Whatever may fail may be answered by
//! [`Reply::Failed`] instead: the machine then looks for a handler around the instruction, and
//! faults when there is none.

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::effect::Fault;
use crate::program::{
    GuardIndex, MessageKind, MitigationIndex, ObservableIndex, RoleIndex, StepIndex, VerifyIndex,
};
use crate::value::{Duration, Failure, Value};

/// What the machine waits for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Request {
    /// Observations independent of each other, to be made at once.
    /// [`Reply::Observed`], one result each, in the same order.
    Observe(Vec<Observation>),
    /// The target's own lookup, again: a field is read in a live position. The machine asks once
    /// per evaluation and target. [`Reply::Observed`] with one result.
    Refresh(Value),
    /// The plan of a phase is complete and its first act follows: these are the plan's values.
    /// `verify` is the phase's first verify when it may be prechecked, with its captures.
    /// [`Reply::Done`] to go on; [`Reply::AlreadySo`] when the precheck was true.
    PlanReady {
        phase: u16,
        values: Vec<Value>,
        precheck: Option<(VerifyIndex, Vec<Value>)>,
        /// It only follows a verify: it is looked at if that was skipped.
        follows: bool,
    },
    /// A guard stands from here on, until closed or until the piece that it was opened in is over.
    /// [`Reply::Done`], or `Failed(Fault::Guard)`.
    GuardOpen {
        guard: GuardIndex,
        captures: Vec<Value>,
    },
    /// The newest `count` guards end. [`Reply::Done`].
    GuardClose {
        count: u16,
    },
    /// Changes the world. [`Reply::Value`] with the result (or `Value::None`) when applied;
    /// `Failed(Fault::NotApplied)` when certainly not.
    Do {
        step: StepIndex,
        args: Vec<Value>,
        /// What the undo code takes, before the result.
        captures: Vec<Value>,
    },
    /// Polls until the condition has held. [`Reply::Done`] when passed, or
    /// `Failed(Fault::NotVerified)`.
    Verify {
        verify: VerifyIndex,
        captures: Vec<Value>,
    },
    /// A piece begins that fails by itself. [`Reply::Done`].
    Begin(Piece),
    /// The newest piece ended well. [`Reply::Done`].
    End,
    /// The newest piece failed with this: take back what it did and did not commit or keep.
    /// [`Reply::Done`] when that is settled: another attempt or the next element may follow.
    /// `Failed` when the remedy is over: the fault goes on outward, releases are still made.
    Unwind(Fault),
    /// [`Reply::Done`] after that time.
    Wait(Duration),
    /// Says something to people. [`Reply::Done`] at once; delivery never holds a run up.
    Tell(Message),
    /// Evidence for whoever is told. [`Reply::Done`].
    Attach(Vec<Value>),
    /// `found`: the diagnosis ends. Never answered.
    Found {
        finding: u16,
        args: Vec<Value>,
    },
    /// The diagnosis ends without a cause. Never answered.
    Novel {
        text: Option<String>,
    },
    Inconclusive {
        text: Option<String>,
    },
    /// Over, as the author says. Never answered.
    Cleared {
        why: String,
    },
    /// The end of a remedy with a debt. Never answered.
    Mitigated {
        mitigation: MitigationIndex,
        text: String,
        captures: Vec<Value>,
    },
    /// `waive verify`: what its block changed waits for no verify. [`Reply::Done`].
    Waive,
}

/// One observation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Observation {
    pub of: ObservableIndex,
    pub args: Vec<Value>,
    /// Further named arguments of an open probe.
    pub equals: Vec<(SmolStr, Value)>,
    /// What it finds must belong to the product: an argument was told from outside.
    pub must_own: bool,
    /// Further tries and their distance.
    pub retry: Option<(u32, Duration)>,
}

/// A part of a remedy that fails by itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Piece {
    /// An attempt of a group, by its title and its place in the group, from 0.
    Attempt { title: String, index: u16 },
    /// One element of a loop.
    Element { index: u32, value: Value },
    /// The body of a `with do`; its release follows on every exit.
    With,
}

/// Words for people.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Message {
    pub kind: MessageKind,
    pub roles: Vec<RoleIndex>,
    pub text: Option<String>,
}

/// The driver's answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Reply {
    Done,
    Value(Value),
    /// The phase is true already: a remedy's first phase returns at once, an element is skipped,
    /// a later attempt counts as verified.
    AlreadySo,
    Observed(Vec<ObservedValue>),
    Failed(Fault),
}

/// What came of one observation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ObservedValue {
    Value(Value),
    Failed(Failure),
    /// For a watch or a probe of the package: run its own code.
    Evaluate,
}
