//! Taking back: newest first, each change at most once, and no further than is certain.

use serde::{Deserialize, Serialize};

use super::change::Fate;
use super::code::Purpose;
use super::frame::{Frame, Outcome, Signal, Turn};
use super::{Context, Event, Run, State, call};
use crate::effect::{Call, End, Fault, Reason};
use crate::program::{Program, Undo};
use crate::rule::Rule;
use crate::value::Identity;
use crate::vm::Reply;

/// Changes that are being taken back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Undoing {
    /// Indices into the run's changes; the last is next.
    queue: Vec<usize>,
    current: Option<usize>,
    /// What was changed back for it.
    back: Vec<Identity>,
    /// Whether anything was done for it.
    acted: bool,
    undone: Vec<usize>,
    after: After,
}

/// What follows when all is taken back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum After {
    /// The newest piece is over, with this fault.
    Unwind(Fault),
    Return,
}

impl Undoing {
    /// The change that is being taken back.
    pub fn current(&self) -> Option<usize> {
        self.current
    }
}

impl Run {
    /// Takes back what still stands, from this change on.
    pub(super) fn undo_since(&mut self, first: usize, after: After) -> Frame {
        let mut queue = Vec::new();
        for (index, change) in self.changes.iter_mut().enumerate().skip(first) {
            match (change.fate, &change.undo) {
                (Fate::Standing, Undo::Nothing) => change.fate = Fate::Kept,
                (Fate::Standing, Undo::Previous | Undo::Code(_)) => queue.push(index),
                (
                    Fate::Committed | Fate::Kept | Fate::Undone | Fate::Released | Fate::Unknown,
                    _,
                ) => {}
            }
        }
        Frame::Undoing(Undoing {
            queue,
            current: None,
            back: Vec::new(),
            acted: false,
            undone: Vec::new(),
            after,
        })
    }

    pub(super) fn undoing(
        &mut self,
        context: &mut Context<'_>,
        mut undoing: Undoing,
        signal: Signal,
    ) -> Turn {
        if let (Signal::Reply(outcome), Some(current)) = (signal, undoing.current.take()) {
            match outcome {
                Outcome::Reply(
                    Reply::Done | Reply::Value(_) | Reply::AlreadySo | Reply::Observed(_),
                ) => self.taken_back(context, &mut undoing, current),
                Outcome::Reply(Reply::Failed(fault)) => {
                    return self.undo_stopped(context, &undoing, current, &fault);
                }
                Outcome::Ended(_) => {
                    let fault = Fault::Refused(Reason::UndoFailed);
                    return self.undo_stopped(context, &undoing, current, &fault);
                }
            }
        }
        self.undo_next(context, undoing)
    }

    fn taken_back(&mut self, context: &mut Context<'_>, undoing: &mut Undoing, index: usize) {
        let back = std::mem::take(&mut undoing.back);
        let acted = std::mem::take(&mut undoing.acted);
        let whole = self
            .targets_of(context.program, index)
            .iter()
            .all(|target| back.contains(target));
        if !(acted && whole) && Rule::UndoneIsWhole.holds() {
            return self.not_taken_back(context, index);
        }
        if let Some(change) = self.changes.get_mut(index) {
            change.fate = Fate::Undone;
            let (key, call) = (change.key.clone(), change.call.clone());
            self.cleaned(&key);
            self.holds_no_more(&key);
            context.record(Event::Undone { call });
        }
        undoing.undone.push(index);
    }

    /// Its undo saw no need, or not for all of it: it stays, and a human hears of it at the end.
    fn not_taken_back(&mut self, context: &mut Context<'_>, index: usize) {
        if let Some(change) = self.changes.get_mut(index) {
            change.fate = Fate::Kept;
            let call = change.call.clone();
            context.record(Event::NotTakenBack { call });
        }
        self.ends.failures.push(Reason::UndoFailed);
    }

    /// What a change has changed.
    fn targets_of(&self, program: &Program, index: usize) -> Vec<Identity> {
        let change = self.changes.get(index);
        let action = change.and_then(|change| call::lines(program, change.step));
        match (change, action) {
            (Some(change), Some((_, action))) => call::targets(action, &change.call),
            _ => Vec::new(),
        }
    }

    /// The change that is being taken back by what is done now.
    fn undoing_now(&mut self) -> Option<&mut Undoing> {
        self.frames.iter_mut().rev().find_map(|frame| match frame {
            Frame::Undoing(undoing) => Some(undoing),
            _ => None,
        })
    }

    /// A target that the change which is taken back did not change.
    pub(super) fn strays(&mut self, program: &Program, targets: &[Identity]) -> Option<Identity> {
        if !Rule::UndoStaysInside.holds() {
            return None;
        }
        let current = self.undoing_now()?.current?;
        let own = self.targets_of(program, current);
        let lies_in = |target: &&Identity| own.iter().any(|own| own.contains(target));
        targets.iter().find(|target| !lies_in(target)).cloned()
    }

    /// A part of an undo took effect.
    pub(super) fn changed_back(&mut self, targets: &[Identity]) {
        if let Some(undoing) = self.undoing_now() {
            undoing.back.extend(targets.iter().cloned());
            undoing.acted = true;
        }
    }

    fn undo_next(&mut self, context: &mut Context<'_>, mut undoing: Undoing) -> Turn {
        if let Some(end) = self.cancelled() {
            if !undoing.queue.is_empty() {
                self.say_what_is_left(context, &undoing, None);
            }
            return self.leave_undoing(&undoing, end);
        }
        while let Some(index) = undoing.queue.pop() {
            self.enter(context, State::Undoing);
            let Some(change) = self.changes.get(index) else {
                continue;
            };
            let frame = match change.undo {
                Undo::Nothing => continue,
                Undo::Previous => self.restore(context, change.clone()),
                Undo::Code(function) => {
                    let captures = change.captures.clone();
                    self.start_code(context, function, captures, Purpose::Undo)
                }
            };
            undoing.back.clear();
            undoing.acted = false;
            undoing.current = Some(index);
            return Turn::Call(Frame::Undoing(undoing), frame);
        }
        match undoing.after {
            After::Unwind(fault) => self.unwound(fault),
            After::Return => Turn::reply(Reply::Done),
        }
    }

    /// One could not be taken back: older ones stay, a human has to look.
    fn undo_stopped(
        &mut self,
        context: &mut Context<'_>,
        undoing: &Undoing,
        failed: usize,
        fault: &Fault,
    ) -> Turn {
        let unknown = *fault == Fault::Refused(Reason::Unknown);
        let fate = if unknown { Fate::Unknown } else { Fate::Kept };
        if let Some(change) = self.changes.get_mut(failed) {
            change.fate = fate;
        }
        self.say_what_is_left(context, undoing, Some(failed));
        // Whoever called it off knows, but of what nobody knows.
        let called_off = self.cancelled().filter(|_| !unknown);
        let end = called_off.unwrap_or_else(|| self.handed(Reason::UndoFailed));
        self.leave_undoing(undoing, end)
    }

    /// What is taken back, and what is not: the one that failed, and all that would have come after it.
    fn say_what_is_left(
        &self,
        context: &mut Context<'_>,
        undoing: &Undoing,
        failed: Option<usize>,
    ) {
        let calls = |indices: &mut dyn Iterator<Item = usize>| -> Vec<Call> {
            let changes = indices.filter_map(|index| self.changes.get(index));
            changes.map(|change| change.call.clone()).collect()
        };
        let is_unknown = |index: &usize| {
            let change = self.changes.get(*index);
            change.is_some_and(|change| change.fate == Fate::Unknown)
        };
        let later = undoing.queue.iter().rev().copied();
        let (unknown, left): (Vec<usize>, Vec<usize>) =
            failed.into_iter().chain(later).partition(is_unknown);
        context.record(Event::UndoStopped {
            undone: calls(&mut undoing.undone.iter().copied()),
            left: calls(&mut left.into_iter()),
            unknown: calls(&mut unknown.into_iter()),
        });
    }

    /// Nothing more is taken back: what stands stays as it is.
    fn leave_undoing(&mut self, undoing: &Undoing, end: End) -> Turn {
        if let After::Unwind(_) = undoing.after {
            self.end_piece();
        }
        self.settle_standing(0, Fate::Kept);
        Turn::Finish(end)
    }
}
