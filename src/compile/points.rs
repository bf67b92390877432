//! What tests can reach, noted while the code is made.

use super::builder::{Builder, Label};
use crate::program::points::{
    Body, GuardFalse, Mark, Outcome, Passed, PointId, PointKind, Rounds, Side, Verdict,
};
use crate::program::{Address, FunctionIndex, Verify};
use crate::text::Span;

/// A spot in a function that is still being made.
#[derive(Clone, Copy)]
pub(super) enum Spot {
    At(Address, Passed),
    /// Any jump to the label.
    Jumps(Label),
}

impl Builder<'_, '_> {
    /// Adds a point, unless no test can reach what is compiled now.
    fn point(&mut self, place: Span, kind: PointKind, what: &str) -> Option<PointId> {
        let counts = self.tables.counts;
        counts.then(|| self.tables.points.add(place, kind, what))
    }

    fn spot(&mut self, spot: Spot, place: Span, kind: PointKind, what: &str) {
        if let Some(point) = self.point(place, kind, what) {
            self.marks.push((spot, point));
        }
    }

    /// The next instruction is reached together with the point.
    pub(super) fn reach(&mut self, place: Span, kind: PointKind, what: &str) {
        let spot = Spot::At(self.here(), Passed::Reached);
        self.spot(spot, place, kind, what);
    }

    /// A statement begins at `from`, if it has code of its own.
    pub(super) fn line(&mut self, place: Span, from: Address) {
        if self.here() > from {
            let spot = Spot::At(from, Passed::Reached);
            self.spot(spot, place, PointKind::Line, "");
        }
    }

    /// A body is entered by its first instruction.
    pub(super) fn enter_body(&mut self, place: Span, body: Body, what: &str) {
        self.reach(place, PointKind::Body(body), what);
    }

    /// One side of a choice begins at `from`, and is not empty.
    pub(super) fn side(&mut self, place: Span, side: Side, what: &str, from: Address) {
        if self.here() > from {
            let spot = Spot::At(from, Passed::Reached);
            self.spot(spot, place, PointKind::Branch(side), what);
        }
    }

    /// The side of a choice that has no code: it is gone by a jump to the label.
    pub(super) fn side_by_jump(&mut self, place: Span, what: &str, label: Label) {
        let kind = PointKind::Branch(Side::Else);
        self.spot(Spot::Jumps(label), place, kind, what);
    }

    /// The next instruction takes the elements of a loop.
    pub(super) fn rounds(&mut self, place: Span, acts: bool) {
        let next = self.here();
        let counts = [
            (Rounds::None, Passed::None),
            (Rounds::One, Passed::One),
            (Rounds::Many, Passed::Many),
        ];
        for (rounds, passed) in counts {
            // A loop that acts on nothing has failed before.
            if !(acts && rounds == Rounds::None) {
                let kind = PointKind::Loop(rounds);
                self.spot(Spot::At(next, passed), place, kind, "for");
            }
        }
    }

    /// The next instruction fails when the loop has this many elements.
    pub(super) fn refuses(&mut self, place: Span, rounds: Rounds) {
        let spot = Spot::At(self.here(), Passed::Failed);
        self.spot(spot, place, PointKind::Loop(rounds), "for");
    }

    pub(super) fn guard_points(&mut self, place: Span) {
        for when in [GuardFalse::Plan, GuardFalse::Change] {
            self.point(place, PointKind::Guard(when), "guard");
        }
    }

    pub(super) fn outcome_points(&mut self, place: Span, action: &str, is_undone: bool) {
        let what = format!("do {action}");
        let outcomes = [
            Outcome::Applied,
            Outcome::NotApplied,
            Outcome::Broke,
            Outcome::Unknown,
        ];
        for outcome in outcomes {
            self.point(place, PointKind::Outcome(outcome), &what);
        }
        if is_undone {
            self.point(place, PointKind::Undo, &what);
        }
    }

    pub(super) fn verify_points(&mut self, verify: &Verify) {
        let verdicts = [Verdict::Passed, Verdict::Failed];
        let aborted = verify.abort_if.map(|_| Verdict::Aborted);
        for verdict in verdicts.into_iter().chain(aborted) {
            self.point(verify.place, PointKind::Verify(verdict), "verify");
        }
    }

    /// The verify is looked at before anything is done.
    pub(super) fn looked_at_before(&mut self, place: Span) {
        self.point(place, PointKind::Verify(Verdict::AlreadySo), "verify");
    }

    /// Sets the marks of the whole function, which is made but for the targets of its jumps.
    pub(super) fn set_marks(&mut self, function: FunctionIndex) {
        for (spot, point) in std::mem::take(&mut self.marks) {
            match spot {
                Spot::At(at, passed) => {
                    let mark = Mark {
                        function,
                        at,
                        passed,
                    };
                    self.tables.points.mark(mark, point);
                }
                Spot::Jumps(label) => {
                    let jumps: Vec<usize> = self.jumps_to(label).collect();
                    for at in jumps {
                        let mark = Mark {
                            function,
                            at: Address(self.tables.number(at)),
                            passed: Passed::Taken,
                        };
                        self.tables.points.mark(mark, point);
                    }
                }
            }
        }
    }
}
