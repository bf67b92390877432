//! Guards: read when they are opened, and again right before each change that they cover.

use serde::{Deserialize, Serialize};

use super::code::Purpose;
use super::frame::{Frame, Signal, Turn};
use super::{Context, Event, Run};
use crate::effect::Fault;
use crate::program::GuardIndex;
use crate::value::Value;
use crate::vm::Reply;

/// A guard that stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Open {
    guard: GuardIndex,
    captures: Vec<Value>,
}

/// The guards from this one on are read, in order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Guarding {
    next: usize,
}

impl Guarding {
    pub fn from(first: usize) -> Guarding {
        Guarding { next: first }
    }
}

impl Run {
    /// Adds a guard and says which it is.
    pub(super) fn open_guard(&mut self, guard: GuardIndex, captures: Vec<Value>) -> usize {
        self.guards.push(Open { guard, captures });
        self.guards.len() - 1
    }

    /// Ends the newest guards.
    pub(super) fn close_guards(&mut self, count: usize) {
        let left = self.guards.len().saturating_sub(count);
        self.guards.truncate(left);
    }

    pub(super) fn guarding(
        &mut self,
        context: &mut Context<'_>,
        mut guarding: Guarding,
        signal: Signal,
    ) -> Turn {
        if let Signal::Reply(outcome) = signal {
            match outcome.condition() {
                Err(fault) => return Turn::failed(fault),
                Ok(held) => {
                    if let Some(open) = self.guards.get(guarding.next) {
                        let guard = open.guard;
                        context.record(Event::Guard { guard, held });
                        if !held {
                            let guard = context.program.guards.get(guard.index());
                            self.ends.blame(guard.map(|guard| guard.place));
                            return Turn::failed(Fault::Guard);
                        }
                    }
                }
            }
            guarding.next += 1;
        }
        let Some(open) = self.guards.get(guarding.next) else {
            return Turn::reply(Reply::Done);
        };
        let Some(guard) = context.program.guards.get(open.guard.index()) else {
            return Turn::failed(Fault::Guard);
        };
        let captures = open.captures.clone();
        let code = self.start_code(context, guard.condition, captures, Purpose::Condition);
        Turn::Call(Frame::Guarding(guarding), code)
    }
}
