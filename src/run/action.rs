//! What a run wants done: data for a driver, which alone touches the world.
//!
//! Every action but [`Action::Tell`], [`Action::Attach`], [`Action::Record`] and [`Action::End`] is
//! answered by one input with the same id.

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::{Event, Intent, IntentKind, moment};
use crate::effect::{Call, End, Reason};
use crate::program::MessageKind;
use crate::value::{Duration, Time, Value};

/// Something for the driver to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Action {
    /// Make one observation. `Observed`, at the deadline at the latest.
    Observe(Observe),
    /// Write this down so that no crash can lose it, and ask whoever limits the agent.
    /// `Granted` once it is durable, or `Refused`: then nothing was begun.
    Intend { id: u64, intent: Box<Intent> },
    /// Change the world. `Performed`; `Unknown` at the deadline at the latest.
    Perform(Perform),
    /// Ask the action's probe whether an unknown change took effect. `Settled`.
    Settle {
        id: u64,
        key: SmolStr,
        call: Call,
        deadline: Time,
    },
    /// `Timer` at that time.
    Wait { id: u64, until: Time },
    /// Tell people. Whether it arrives is not the run's business: it never waits for that.
    Tell(Notice),
    /// Evidence for whoever is told.
    Attach(Vec<Value>),
    /// Something for the record.
    Record(Event),
    /// The run is over; nothing that is still open matters any more.
    End(End),
    /// Ask whoever limits the agent once more, before a granted change of which nobody knows whether
    /// it took effect is made again. `Granted`, `Free` after a while, or `Refused`.
    Repeat { id: u64, intent: Box<Intent> },
}

impl Action {
    /// The clock was set: what is waited for until a time moves along.
    pub fn shift(&mut self, by: Duration) {
        let due = match self {
            Action::Wait { until, .. } => until,
            Action::Perform(perform) => &mut perform.deadline,
            Action::Observe(observe) => &mut observe.deadline,
            Action::Settle { deadline, .. } => deadline,
            Action::Intend { .. }
            | Action::Repeat { .. }
            | Action::Tell(_)
            | Action::Attach(_)
            | Action::Record(_)
            | Action::End(_) => return,
        };
        *due = moment::after(*due, by);
    }
}

/// One observation to be made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Observe {
    pub id: u64,
    pub call: Call,
    pub deadline: Time,
    /// What was measured before this does not count: the run has changed something since.
    pub newer_than: Option<Time>,
    /// A watch or a probe of the package: it may be answered by `Observed::Evaluate`.
    pub evaluable: bool,
}

/// One change to be made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Perform {
    pub id: u64,
    pub kind: IntentKind,
    pub how: How,
    pub call: Call,
    pub deadline: Time,
    /// Sent to the target where it takes one; the same for each try of the same change.
    pub key: SmolStr,
}

/// What is to be done with the call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum How {
    Do,
    /// Put back what the change with this key recorded that it replaced.
    Restore {
        of: SmolStr,
    },
    /// Do it once more: nobody knows whether an earlier try took effect, and that this one did not
    /// says nothing of it.
    DoAgain,
    /// The same of what is put back.
    RestoreAgain {
        of: SmolStr,
    },
}

impl How {
    /// The same, after a try of which nobody knows whether it took effect.
    pub fn again(&self) -> How {
        match self {
            How::Do | How::DoAgain => How::DoAgain,
            How::Restore { of } | How::RestoreAgain { of } => How::RestoreAgain { of: of.clone() },
        }
    }

    /// Whether an earlier try may have taken effect.
    pub fn is_again(&self) -> bool {
        match self {
            How::Do | How::Restore { .. } => false,
            How::DoAgain | How::RestoreAgain { .. } => true,
        }
    }
}

/// Words for people.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Notice {
    pub kind: MessageKind,
    /// Names of the roles.
    pub roles: Vec<SmolStr>,
    pub text: String,
    /// Why a human is needed, when the run is handed over.
    pub because: Option<Reason>,
}
