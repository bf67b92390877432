//! Attempts, loop elements and `with do`: the parts of a remedy that fail by themselves.

use serde::{Deserialize, Serialize};

use super::change::Fate;
use super::frame::{Frame, Turn};
use super::undo::After;
use super::{Context, Event, PathPart, Run};
use crate::effect::{End, Fault, Reason};
use crate::rule::Rule;
use crate::vm::{Piece, Reply};

/// A piece that has begun.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Open {
    piece: Piece,
    /// How many changes, guards and failed elements there were before it.
    changes: usize,
    guards: usize,
    failures: usize,
}

impl Run {
    pub(super) fn begin(&mut self, context: &mut Context<'_>, piece: Piece) {
        context.record(Event::Began(piece.clone()));
        self.pieces.push(Open {
            piece,
            changes: self.changes.len(),
            guards: self.guards.len(),
            failures: self.ends.failures.len(),
        });
    }

    /// The newest piece is over.
    pub(super) fn end_piece(&mut self) {
        if let Some(open) = self.pieces.pop() {
            self.leave(&open);
        }
    }

    /// The newest piece failed: what it did is taken back first.
    pub(super) fn unwind(&mut self, context: &mut Context<'_>, fault: Fault) -> Frame {
        let first = self.piece_start();
        if let Some(open) = self.pieces.last() {
            context.record(Event::PieceFailed {
                piece: open.piece.clone(),
                fault: fault.clone(),
            });
        }
        self.undo_since(first, After::Unwind(fault))
    }

    /// The newest piece is taken back.
    pub(super) fn unwound(&mut self, fault: Fault) -> Turn {
        if let Some(open) = self.pieces.pop() {
            self.leave(&open);
            match open.piece {
                // Another attempt starts over; elements that failed in this one are told all the same.
                Piece::Attempt { .. } if Rule::ElementsAreTold.holds() => {}
                Piece::Attempt { .. } => self.ends.failures.truncate(open.failures),
                // If the loop goes on, a human hears of it at the end.
                Piece::Element { .. } => self.ends.failures.push(fault.reason()),
                Piece::With => {}
            }
        }
        match fault.is_local() && !self.control.stops() {
            true => Turn::reply(Reply::Done),
            false => Turn::failed(fault),
        }
    }

    fn leave(&mut self, open: &Open) {
        self.guards.truncate(open.guards);
        if open.piece == Piece::With {
            // What `with do` did is the newest change before its body.
            self.ends.releasing.push(open.changes.checked_sub(1));
        }
    }

    /// The release of the innermost `with do` took effect.
    pub(super) fn released(&mut self) {
        let held = self.ends.releasing.pop().flatten();
        if let Some(change) = held.and_then(|index| self.changes.get_mut(index)) {
            change.fate = Fate::Released;
            let key = change.key.clone();
            self.cleaned(&key);
            self.holds_no_more(&key);
        }
    }

    /// The release of the innermost `with do` did not take effect, or nobody knows.
    pub(super) fn not_released(&mut self) {
        self.ends.releasing.pop();
    }

    /// `with do` gives back on every way out: the fault that goes up through those that are open,
    /// instead of this end. What was changed in them stays as it is.
    pub(super) fn releases_first(&mut self, end: &End) -> Option<Fault> {
        let End::Handed { reason, .. } = end else {
            return None;
        };
        let with = self.open_pieces().any(|piece| *piece == Piece::With);
        let holds = with || !self.ends.releasing.is_empty();
        if !holds || self.frames.is_empty() || !Rule::ReleasedOnEveryWay.holds() {
            return None;
        }
        self.settle_standing(0, Fate::Kept);
        Some(Fault::Refused(*reason))
    }

    /// The pieces that have begun, from outside.
    pub(super) fn open_pieces(&self) -> impl Iterator<Item = &Piece> {
        self.pieces.iter().map(|open| &open.piece)
    }

    /// How many changes there were before the newest piece.
    pub(super) fn piece_start(&self) -> usize {
        self.pieces.last().map_or(0, |open| open.changes)
    }

    /// Where in the remedy the run is.
    pub(super) fn path(&self) -> Vec<PathPart> {
        self.pieces
            .iter()
            .map(|open| PathPart::of(&open.piece))
            .collect()
    }

    /// Everything since the last passed verify, in the newest piece, stays as it is.
    pub(super) fn keep_piece(&mut self) {
        let first = self.piece_start();
        self.settle_standing(first, Fate::Kept);
    }

    /// The first element that failed while its loop went on.
    pub(super) fn first_failure(&self) -> Option<Reason> {
        self.ends.failures.first().copied()
    }
}
