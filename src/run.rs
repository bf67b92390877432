//! One run of one runbook: a bounded state machine that never touches the world.
//!
//! In: a [`Program`], what set the run off, the time, and the answers to what it asks for.
//! Out: [`Action`]s for a driver: observe, write an intent down, perform, settle, wait, tell, end.
//! Never reads a clock, never waits, never decides on its own what a human has to decide.
//!
//! A run is one value that can be stored after every input and goes on from there, on any machine
//! that has the same program:
//!
//! ```text
//! let mut run = Run::open(program.code_hash(), input, now);
//! let mut inputs = queue(Input::Begin);
//! while let Some(input) = inputs.next() {            // waits for the world
//!     let actions = run.handle(&program, input, now());
//!     store(&run);                                   // before anything is done
//!     for action in actions {
//!         match action {
//!             Action::Observe(..) | Action::Perform(..) | Action::Settle { .. } => start it; its
//!                 outcome becomes an input, at its deadline at the latest
//!             Action::Intend { .. } => make it durable, then `Granted` or `Refused`; or `Free` after a
//!                 wait: then it is intended anew
//!             Action::Wait { .. } => `Timer` at that time
//!             Action::Tell(..) | Action::Attach(..) | Action::Record(..) => keep it
//!             Action::End(end) => leave
//!         }
//!     }
//! }
//! ```
//!
//! Inside, the run is a stack of frames: the course of the run at the bottom, above it the code of
//! the diagnosis or the remedy, above that whatever the code waits for. Only the last frame waits
//! for the driver; when it is finished it returns a reply to the one below.

mod act;
mod action;
mod alike;
mod asked;
mod blast;
mod call;
mod change;
mod code;
mod control;
mod course;
mod dirt;
pub mod domain;
mod ends;
mod event;
pub mod fold;
mod frame;
mod guard;
mod held;
mod input;
mod intent;
pub mod moment;
mod observe;
mod own;
mod perform;
mod piece;
mod plan;
pub mod population;
mod rating;
pub mod room;
mod settle;
mod state;
mod tell;
mod time;
mod undo;
mod verify;
pub mod window;
pub mod words;

pub use action::{Action, How, Notice, Observe, Perform};
pub use dirt::Dirt;
pub use event::{Event, NotVerified};
pub use input::{Input, Leave, RunInput, Start};
pub use intent::{Intent, IntentKind, PathPart, StepPath, VERSION};
pub use state::State;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::effect::End;
use crate::program::{CodeHash, Program};
use crate::rule::Rule;
use crate::value::{Duration, Time};
use crate::vm::{Meter, Piece, Trace};
use frame::{Frame, Signal, Turn};

/// The version of a stored run; older ones load for ever.
pub const FORMAT: u16 = 3;

/// One run. See the module's doc for how it is driven.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Run {
    format: u16,
    /// What identifies the program: the run goes on with this one only.
    program: CodeHash,
    input: RunInput,
    state: State,
    end: Option<End>,
    /// When it was told something last.
    seen: Time,
    /// Ids are never used again.
    next_id: u64,
    frames: Vec<Frame>,
    tells: Vec<tell::Timed>,
    told: tell::Told,
    plan: plan::Plan,
    guards: Vec<guard::Open>,
    pieces: Vec<piece::Open>,
    /// What was changed, oldest first.
    changes: Vec<change::Change>,
    /// What the incident has changed and not proven, this run included.
    dirt: Dirt,
    /// The keys of all intents so far.
    keys: BTreeSet<SmolStr>,
    blast: blast::Touched,
    control: control::Control,
    ends: ends::Notes,
    meter: Meter,
    /// What is left of the part of the meter that is set aside for undoing, once it is used.
    reserve: Option<Meter>,
    /// Where nothing was listed, the run ends before this, as those of earlier versions do.
    #[serde(skip_serializing_if = "population::Populations::is_empty")]
    populations: population::Populations,
}

/// What such a run lacks at its end.
const NOT_LISTED: [u8; 2] = [0, 0];

/// What a turn works with.
struct Context<'p> {
    program: &'p Program,
    now: Time,
    actions: Vec<Action>,
    trace: Option<&'p mut Trace>,
}

impl Run {
    /// A run of the program with this hash, which has not begun: the first input is
    /// [`Input::Begin`].
    pub fn open(program: CodeHash, mut input: RunInput, now: Time) -> Run {
        let mut dirt = std::mem::take(&mut input.dirt);
        if !Rule::DirtIsKept.holds() {
            dirt = Dirt::default();
        }
        Run {
            format: FORMAT,
            program,
            input,
            state: State::Opened,
            end: None,
            seen: now,
            next_id: 1,
            frames: vec![Frame::Course(course::Course::default())],
            tells: Vec::new(),
            told: tell::Told::default(),
            plan: plan::Plan::new(now),
            guards: Vec::new(),
            pieces: Vec::new(),
            changes: Vec::new(),
            dirt,
            keys: BTreeSet::new(),
            blast: blast::Touched::default(),
            control: control::Control::default(),
            ends: ends::Notes::default(),
            meter: Meter::default(),
            reserve: None,
            populations: population::Populations::default(),
        }
    }

    /// A run as this version or an earlier one stored it.
    pub fn of_stored(state: &[u8]) -> Option<Run> {
        let read = |state: &[u8]| match postcard::take_from_bytes::<Run>(state) {
            Ok((run, [])) => Some(run),
            Ok(_) | Err(_) => None,
        };
        read(state).or_else(|| read(&[state, &NOT_LISTED].concat()))
    }

    /// Takes one input and says what is to be done. `now` never runs backwards. An input that
    /// nothing waits for changes nothing.
    #[must_use = "a run only says what is to be done"]
    pub fn handle(&mut self, program: &Program, input: Input, now: Time) -> Vec<Action> {
        self.handle_traced(program, input, now, None)
    }

    /// The same, noting where in the code it passes.
    #[must_use = "a run only says what is to be done"]
    pub fn handle_traced(
        &mut self,
        program: &Program,
        input: Input,
        now: Time,
        trace: Option<&mut Trace>,
    ) -> Vec<Action> {
        let mut context = Context {
            program,
            now,
            actions: Vec::new(),
            trace,
        };
        self.seen = now;
        if self.end.is_none() {
            self.take(&mut context, input);
        }
        context.actions
    }

    /// What the plan so far is known by: the code, the finding, and every value that was planned.
    /// Of the same plan it is always the same.
    pub fn plan_digest(&self) -> String {
        self.plan.fingerprint(self.program)
    }

    /// How it ended, once it has.
    pub fn end(&self) -> Option<&End> {
        self.end.as_ref()
    }

    fn take(&mut self, context: &mut Context<'_>, input: Input) {
        match input {
            Input::Begin if self.state != State::Opened => {}
            Input::Begin => {
                self.open_tells(context);
                self.turn(context, Signal::Enter);
            }
            Input::AlertResolved => self.alert_resolved(context),
            Input::AlertFires => self.alert_fires(),
            Input::Cancel => self.cancel(context),
            Input::Hold => self.hold(context),
            Input::Release => self.release(context),
            Input::Timer { id } if self.take_tell(context, id) => {}
            Input::Observed { .. }
            | Input::Granted { .. }
            | Input::Free { .. }
            | Input::Refused { .. }
            | Input::Performed { .. }
            | Input::Settled { .. }
            | Input::Timer { .. } => {
                let awaited = self.frames.last().is_some_and(|frame| frame.awaits(&input));
                if awaited {
                    if let Input::Free { left_out, .. } = input {
                        self.leave_out(left_out);
                    }
                    self.turn(context, Signal::Input(input));
                }
            }
        }
    }

    /// Lets the frames work until the last one waits for the driver, or the run ends.
    fn turn(&mut self, context: &mut Context<'_>, mut signal: Signal) {
        while let Some(frame) = self.frames.pop() {
            match self.signal(context, frame, signal) {
                Turn::Wait(frame) => {
                    self.frames.push(frame);
                    return;
                }
                Turn::Call(frame, callee) => {
                    self.frames.push(frame);
                    self.frames.push(callee);
                    signal = Signal::Enter;
                }
                Turn::Return(outcome) => signal = Signal::Reply(outcome),
                Turn::Restart => {
                    self.restart();
                    signal = Signal::Enter;
                }
                Turn::Anew => {
                    self.restart();
                    self.plan.waited();
                    signal = Signal::Enter;
                }
                Turn::Finish(end) => match self.ends_first(context.program, &end) {
                    Some(first) => signal = first,
                    None => return self.finish(context, end),
                },
                Turn::Close(end) => match self.releases_first(&end) {
                    Some(fault) => signal = Signal::failed(fault),
                    None => return self.finish(context, end),
                },
            }
        }
    }

    /// What comes before an end: what is held is released, and it is asked how severe the incident is.
    fn ends_first(&mut self, program: &Program, end: &End) -> Option<Signal> {
        if let Some(fault) = self.releases_first(end) {
            return Some(Signal::failed(fault));
        }
        let rating = self.rates_before(program, end)?;
        self.frames = vec![Frame::Course(course::Course::closing(end.clone())), rating];
        Some(Signal::Enter)
    }

    fn signal(&mut self, context: &mut Context<'_>, frame: Frame, signal: Signal) -> Turn {
        match frame {
            Frame::Course(course) => self.course(context, course, signal),
            Frame::Code(code) => self.code(context, code, signal),
            Frame::Observing(observing) => self.observing(context, observing, signal),
            Frame::Planning(planning) => self.planning(context, planning, signal),
            Frame::Guarding(guarding) => self.guarding(context, guarding, signal),
            Frame::Acting(acting) => self.acting(context, acting, signal),
            Frame::Verifying(verifying) => self.verifying(context, verifying, signal),
            Frame::Undoing(undoing) => self.undoing(context, undoing, signal),
            Frame::Pausing(pausing) => self.pausing(context, pausing, signal),
            Frame::Counting(counting) => self.counting(context, counting, signal),
            Frame::Rating(rating) => self.rating(context, rating, signal),
        }
    }

    /// An id that was never used in this run.
    fn fresh_id(&mut self) -> u64 {
        let id = self.next_id;
        self.next_id += 1;
        id
    }

    /// Asks for a timer after `duration`.
    fn wait(&mut self, context: &mut Context<'_>, duration: Duration) -> u64 {
        let id = self.fresh_id();
        let until = moment::after(context.now, duration);
        context.actions.push(Action::Wait { id, until });
        id
    }

    fn enter(&mut self, context: &mut Context<'_>, state: State) {
        if self.state != state {
            self.state = state;
            context.record(Event::Entered(state));
        }
    }
}

impl Context<'_> {
    fn record(&mut self, event: Event) {
        self.actions.push(Action::Record(event));
    }
}
