//! The machine that runs a program: frames, steps, answers.
//!
//! In: a [`Program`] and the arguments of one of its functions; then a [`Reply`] for each
//! [`Request`]. Out: a value, or a fault. It never waits, never reads a clock and never touches the
//! world; all of its state is one serialisable value.
//!
//! # Driving it
//!
//! ```text
//! let mut vm = Vm::start(program, function, arguments);
//! loop {
//!     match vm.step(program, SLICE) {
//!         Step::Need(request) => {
//!             let reply = ...;              // now or in a week; the state may be stored meanwhile
//!             vm.resume(program, reply);    // exactly once per request
//!         }
//!         Step::Yield => {}                 // its slice is used up: let others run, then go on
//!         Step::Done(value) => break,
//!         Step::Fault(fault) => break,      // nobody in the code handles it
//!     }
//! }
//! ```
//!
//! A machine that was restored while it waited gives its request again when it is stepped.
//!
//! # Rules
//!
//! - One mode: waiting, fuel and stepping are the same mechanism.
//! - No recursion: calls are frames in a list, so a program cannot exhaust the stack of its host.
//! - Every instruction is paid for before it does anything; see [`Meter`].
//! - A program that breaks its own rules is no panic: the machine faults as *broken*. How deep values
//!   nest is bounded by the types of the code that was compiled.

mod builtins;
mod meter;
mod request;
mod state;
mod trace;
// How it goes from one request to the next.
mod answer;
mod ask;
mod execute;
mod frame;
mod unwind;
// The instructions by group.
mod arithmetic;
mod cycle;
mod structure;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

pub use meter::Meter;
pub use request::{Message, Observation, ObservedValue, Piece, Reply, Request};
pub use trace::Trace;

use crate::effect::Fault;
use crate::program::{FunctionIndex, Program};
use crate::value::Value;
use execute::Exit;
use frame::Frame;

/// A machine in the middle of its work.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Vm {
    frames: Vec<Frame>,
    /// Of all frames, one after the other.
    registers: Vec<Value>,
    state: State,
    /// The targets that were looked up again in this evaluation.
    refreshed: Vec<Value>,
    /// What brought the code to its handler.
    caught: Option<Fault>,
    meter: Meter,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum State {
    Ready,
    /// For the answer to the instruction that the newest frame stands at.
    Waiting,
    /// A handler is looked for next.
    Raised(Fault),
    Ended,
}

/// What came of a step.
#[must_use]
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// The function returned; the machine has ended.
    Done(Value),
    /// Answer with [`Vm::resume`], then step again.
    Need(Request),
    /// The slice is used up; nothing is wrong.
    Yield,
    /// Nobody handled it; the machine has ended.
    Fault(Fault),
}

impl Vm {
    /// A machine about to call `function`, with a full meter.
    pub fn start(program: &Program, function: FunctionIndex, arguments: Vec<Value>) -> Vm {
        let mut vm = Vm {
            frames: Vec::new(),
            registers: Vec::new(),
            state: State::Ready,
            refreshed: Vec::new(),
            caught: None,
            meter: Meter::default(),
        };
        if let Err(fault) = vm.enter_first(program, function, arguments) {
            vm.state = State::Raised(*fault);
        }
        vm
    }

    /// The same machine with what a run has left.
    #[must_use]
    pub fn with_meter(self, meter: Meter) -> Vm {
        Vm { meter, ..self }
    }

    /// What is left of the limits.
    pub fn meter(&self) -> &Meter {
        &self.meter
    }

    /// Runs until something is needed, but for at most about `slice` units of fuel.
    pub fn step(&mut self, program: &Program, slice: u64) -> Step {
        self.step_traced(program, slice, None)
    }

    /// The same, noting where it passes.
    pub fn step_traced(
        &mut self,
        program: &Program,
        slice: u64,
        mut trace: Option<&mut Trace>,
    ) -> Step {
        let stop = self.meter.after_slice(slice);
        if self.state == State::Waiting {
            return match self.request(program) {
                Ok(request) => Step::Need(request),
                Err(fault) => self.end(Step::Fault(*fault)),
            };
        }
        loop {
            if self.state != State::Ready
                && let Some(fault) = self.raised(program)
            {
                return self.end(Step::Fault(fault));
            }
            match self.run(program, stop, trace.as_deref_mut()) {
                Exit::Return(value) => {
                    if let Some(value) = self.leave(value) {
                        return self.end(Step::Done(value));
                    }
                }
                Exit::Call {
                    to,
                    function,
                    arguments,
                } => {
                    if let Err(fault) = self.enter(program, function, arguments, to) {
                        self.state = State::Raised(*fault);
                    }
                }
                Exit::Ask => match self.ask(program) {
                    Ok(request) => {
                        self.state = State::Waiting;
                        return Step::Need(request);
                    }
                    Err(fault) => self.state = State::Raised(*fault),
                },
                Exit::Measure => {}
                Exit::Yield => return Step::Yield,
                Exit::Fail(fault) => self.state = State::Raised(*fault),
            }
        }
    }

    /// Goes to the handler of what was raised; gives the fault when there is none.
    fn raised(&mut self, program: &Program) -> Option<Fault> {
        match std::mem::replace(&mut self.state, State::Ready) {
            State::Raised(fault) => self.unwind(program, fault),
            State::Ready => None,
            State::Waiting | State::Ended => Some(broken("the machine has ended")),
        }
    }

    /// Takes the answer to the request that the last step gave.
    pub fn resume(&mut self, program: &Program, reply: Reply) {
        let answered = match self.state {
            State::Waiting => self.answer(program, reply),
            State::Ready | State::Raised(_) | State::Ended => {
                Err(Box::new(broken("an answer that nobody asked for")))
            }
        };
        self.state = match answered {
            Ok(()) => State::Ready,
            Err(fault) => State::Raised(*fault),
        };
    }

    fn end(&mut self, step: Step) -> Step {
        self.state = State::Ended;
        step
    }
}

/// A rule of the machine itself is broken.
fn broken(what: &str) -> Fault {
    Fault::Broken(what.to_owned())
}
