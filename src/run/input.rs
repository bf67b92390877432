//! What a run is told: answers to its actions, and what people and alerts do meanwhile.

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::Dirt;
use crate::effect::{ChangeOutcome, Observed, Reason, Settled};
use crate::program::FunctionIndex;
use crate::value::{Duration, Time, Value};

/// Where a run starts from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunInput {
    /// The incident; part of every key.
    pub incident: SmolStr,
    /// 0 for the first run of the incident; rises only with `again` and a human's re-run.
    pub ordinal: u32,
    /// When the incident was opened: `tell … if unresolved after` counts from here.
    pub incident_opened: Time,
    /// When the first of the runs was opened that `again` has made follow one another: the stated
    /// time counts from here, and is that of all of them. Time without an agent moves it on.
    pub began: Time,
    /// The trigger bindings, in their order.
    pub bindings: Vec<Value>,
    pub start: Start,
    pub leave: Leave,
    /// What earlier runs of the incident have changed and not proven.
    pub dirt: Dirt,
    /// Whether the driver wants to answer for watches and probes of the package.
    pub offer: bool,
}

/// What is done first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Start {
    Diagnose,
    /// Routine work: no diagnosis.
    Steps,
    /// As if the diagnosis had found this.
    Finding(u16, Vec<Value>),
    /// Only asks whether a debt is paid: ends self-resolved if so, else cancelled.
    Condition(FunctionIndex, Vec<Value>),
}

/// What the run may do about what it finds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Leave {
    /// As the runbook says.
    Mend,
    /// Nothing may be changed: once something is found that would be mended, a human is told.
    Look {
        reason: Reason,
        /// What the human is told, if the author does not say it.
        text: String,
        /// The author's words: takes the trigger bindings, tells.
        then: Option<FunctionIndex>,
    },
}

/// What a run is told. Answers that nobody waits for any more are ignored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Input {
    /// The first input, exactly once.
    Begin,
    Observed {
        id: u64,
        outcome: Observed,
    },
    Granted {
        id: u64,
    },
    /// What the intent waited for is free: look again, and intend again.
    Free {
        id: u64,
        /// It was waited for: a run that has begun nothing diagnoses anew.
        anew: bool,
        /// For how long a storm was waited for: that is no time of the run's own.
        left_out: Duration,
    },
    Refused {
        id: u64,
        reason: Reason,
    },
    Performed {
        id: u64,
        outcome: ChangeOutcome,
    },
    Settled {
        id: u64,
        outcome: Settled,
    },
    Timer {
        id: u64,
    },
    /// The alert that set the run off is over.
    AlertResolved,
    /// It fires again, or another of the incident does.
    AlertFires,
    /// Somebody calls the run off.
    Cancel,
    /// Somebody stops all changes, and lets them go on.
    Hold,
    Release,
}

impl Input {
    /// The answer to another action.
    #[must_use]
    pub(super) fn with_id(mut self, other: u64) -> Input {
        match &mut self {
            Input::Observed { id, .. }
            | Input::Granted { id }
            | Input::Free { id, .. }
            | Input::Refused { id, .. }
            | Input::Performed { id, .. }
            | Input::Settled { id, .. }
            | Input::Timer { id } => *id = other,
            Input::Begin
            | Input::AlertResolved
            | Input::AlertFires
            | Input::Cancel
            | Input::Hold
            | Input::Release => {}
        }
        self
    }

    /// The action that it answers.
    pub(super) fn id(&self) -> Option<u64> {
        match self {
            Input::Observed { id, .. }
            | Input::Granted { id }
            | Input::Free { id, .. }
            | Input::Refused { id, .. }
            | Input::Performed { id, .. }
            | Input::Settled { id, .. }
            | Input::Timer { id } => Some(*id),
            Input::Begin
            | Input::AlertResolved
            | Input::AlertFires
            | Input::Cancel
            | Input::Hold
            | Input::Release => None,
        }
    }
}
