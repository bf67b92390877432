//! The frames of a run and what passes between them.

use serde::{Deserialize, Serialize};

use super::act::Acting;
use super::code::{Code, Pausing};
use super::course::Course;
use super::guard::Guarding;
use super::observe::Observing;
use super::plan::Planning;
use super::population::Counting;
use super::rating::Rating;
use super::undo::Undoing;
use super::verify::Verifying;
use super::{Context, Event, Input};
use crate::effect::{End, Fault};
use crate::program::MitigationIndex;
use crate::value::{Time, Value};
use crate::vm::Reply;

/// One thing that a run is in the middle of.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Frame {
    Course(Course),
    Code(Box<Code>),
    Observing(Observing),
    Planning(Planning),
    Guarding(Guarding),
    Acting(Box<Acting>),
    Verifying(Verifying),
    Undoing(Undoing),
    Pausing(Pausing),
    Counting(Counting),
    Rating(Rating),
}

/// What a frame is told.
pub enum Signal {
    /// It has just been put on the stack.
    Enter,
    /// The frame above it is finished.
    Reply(Outcome),
    /// The driver answered what it waited for.
    Input(Input),
}

impl Signal {
    /// The frame above failed.
    pub fn failed(fault: Fault) -> Signal {
        Signal::Reply(Outcome::Reply(Reply::Failed(fault)))
    }
}

/// What a finished frame leaves for the one below.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    Reply(Reply),
    /// Code came to an end of its own.
    Ended(Ending),
}

/// How the code of a diagnosis or a remedy may end by itself.
#[derive(Clone, Debug, PartialEq)]
pub enum Ending {
    Found(u16, Vec<Value>),
    Novel(Option<String>),
    Inconclusive(Option<String>),
    Cleared(String),
    Mitigated(MitigationIndex, String, Vec<Value>),
}

/// What becomes of a frame after a signal.
pub enum Turn {
    /// It waits for the driver.
    Wait(Frame),
    /// It waits for another frame.
    Call(Frame, Frame),
    /// It is finished.
    Return(Outcome),
    /// The plan is too old: diagnose again.
    Restart,
    /// The same after a wait for leave.
    Anew,
    Finish(End),
    /// The same where it was just asked how severe the incident is.
    Close(End),
}

impl Turn {
    /// Finished with a reply.
    pub fn reply(reply: Reply) -> Turn {
        Turn::Return(Outcome::Reply(reply))
    }

    /// Finished with a fault.
    pub fn failed(fault: Fault) -> Turn {
        Turn::reply(Reply::Failed(fault))
    }
}

impl Outcome {
    /// The value of a condition; a fault if it has none.
    pub fn condition(self) -> Result<bool, Fault> {
        match self {
            Outcome::Reply(Reply::Value(Value::Bool(held))) => Ok(held),
            Outcome::Reply(Reply::Failed(fault)) => Err(fault),
            Outcome::Reply(
                Reply::Done | Reply::Value(_) | Reply::AlreadySo | Reply::Observed(_),
            )
            | Outcome::Ended(_) => Err(not_a_condition()),
        }
    }
}

fn not_a_condition() -> Fault {
    use crate::value::Failure;
    Fault::Value(Failure::conversion("a condition gave no Bool"))
}

impl Context<'_> {
    /// The value of a condition that counts as not true when it cannot be read. Limits of the
    /// machine are faults here too.
    pub fn read(&mut self, outcome: Outcome) -> Result<bool, Fault> {
        match outcome.condition() {
            Err(fault @ Fault::Value(_)) => {
                self.record(Event::Unread { fault });
                Ok(false)
            }
            other => other,
        }
    }
}

impl Frame {
    /// When the look is over whose answers it waits for.
    pub fn look_ends(&self) -> Option<Time> {
        match self {
            Frame::Observing(observing) => observing.until(),
            Frame::Course(_)
            | Frame::Code(_)
            | Frame::Planning(_)
            | Frame::Guarding(_)
            | Frame::Acting(_)
            | Frame::Verifying(_)
            | Frame::Undoing(_)
            | Frame::Pausing(_)
            | Frame::Counting(_)
            | Frame::Rating(_) => None,
        }
    }

    /// Whether it waits for exactly this answer.
    pub fn awaits(&self, input: &Input) -> bool {
        let Some(id) = input.id() else { return false };
        match self {
            Frame::Observing(observing) => observing.awaits(id),
            Frame::Acting(acting) => acting.awaits(id),
            Frame::Verifying(verifying) => verifying.awaits(id),
            Frame::Pausing(pausing) => pausing.awaits(id),
            Frame::Course(_)
            | Frame::Code(_)
            | Frame::Planning(_)
            | Frame::Guarding(_)
            | Frame::Undoing(_)
            | Frame::Counting(_)
            | Frame::Rating(_) => false,
        }
    }
}
