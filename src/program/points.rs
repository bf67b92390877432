//! What tests can reach in one runbook, and where the machine passes when they do.
//!
//! In: made by `compile` beside the program. Out: read where coverage is counted. Never stored, part of no
//! hash: the same program runs whether anybody counts or not.

use std::collections::BTreeMap;

use smol_str::SmolStr;

use super::{Address, FunctionIndex, Place};

/// Something that a test can reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
    pub kind: PointKind,
    pub place: Place,
    /// `do k8s.rollback`, `finding bad_deploy`, `if`
    pub what: SmolStr,
}

/// What it is to reach a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PointKind {
    /// The diagnosis finds it.
    Finding,
    /// Code is entered.
    Body(Body),
    /// A way is gone.
    Branch(Side),
    /// A value could not be had, or a change was refused: what stands in for it.
    Handler,
    Guard(GuardFalse),
    Outcome(Outcome),
    Verify(Verdict),
    /// A change is taken back.
    Undo,
    Loop(Rounds),
    /// A statement is begun. It is counted with nothing, and shown line by line.
    Line,
}

/// A piece of code with a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Body {
    Remedy,
    Attempt,
    Otherwise,
    /// A `fn`, `probe`, `watch` or `action` of the package.
    Callable,
}

/// A side of an `if` or `cleared if`, or an arm of a `match`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    Then,
    Else,
    /// By its number, from 0.
    Arm(u16),
}

/// When a guard turned out to be false.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GuardFalse {
    /// When it was opened.
    Plan,
    /// Later, right before a change.
    Change,
}

/// What came of a `do`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    Applied,
    NotApplied,
    Broke,
    Unknown,
}

/// What came of a `verify`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    Passed,
    Failed,
    Aborted,
    /// It held before anything was done.
    AlreadySo,
}

/// How many elements a loop had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rounds {
    None,
    One,
    Many,
    OverBound,
}

impl PointKind {
    /// What is missing where it is not reached: `not applied`, `else`.
    pub fn word(self) -> String {
        let word = match self {
            PointKind::Finding => "found",
            PointKind::Body(_) => "entered",
            PointKind::Branch(Side::Then) => "true",
            PointKind::Branch(Side::Else) => "false",
            PointKind::Branch(Side::Arm(number)) => {
                return format!("arm {}", u32::from(number) + 1);
            }
            PointKind::Handler => "needed",
            PointKind::Guard(GuardFalse::Plan) => "false in the plan",
            PointKind::Guard(GuardFalse::Change) => "false at a change",
            PointKind::Outcome(Outcome::Applied) => "applied",
            PointKind::Outcome(Outcome::NotApplied) => "not applied",
            PointKind::Outcome(Outcome::Broke) => "broke",
            PointKind::Outcome(Outcome::Unknown) => "unknown",
            PointKind::Verify(Verdict::Passed) => "passed",
            PointKind::Verify(Verdict::Failed) => "failed",
            PointKind::Verify(Verdict::Aborted) => "aborted",
            PointKind::Verify(Verdict::AlreadySo) => "held already",
            PointKind::Undo => "undone",
            PointKind::Loop(Rounds::None) => "no element",
            PointKind::Loop(Rounds::One) => "one element",
            PointKind::Loop(Rounds::Many) => "many elements",
            PointKind::Loop(Rounds::OverBound) => "over its bound",
            PointKind::Line => "begun",
        };
        word.to_owned()
    }
}

/// Where the machine passes when a point is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    pub function: FunctionIndex,
    pub at: Address,
    pub passed: Passed,
}

/// What happened at an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Passed {
    /// It was begun.
    Reached,
    /// It jumped.
    Taken,
    /// It failed.
    Failed,
    /// A loop was over before its first element, or had so many when it took the first.
    None,
    One,
    Many,
}

impl Passed {
    /// One bit each.
    pub fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// Which point of its runbook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PointId(usize);

impl PointId {
    /// As an index into [`Points::list`].
    pub fn index(self) -> usize {
        self.0
    }
}

/// All points of a runbook, those in its own code and in what it calls.
#[derive(Clone, Debug, Default)]
pub struct Points {
    list: Vec<Point>,
    known: BTreeMap<(Place, PointKind), PointId>,
    /// A point can be passed in several places: what is called is compiled for each way it is read.
    marks: Vec<(Mark, PointId)>,
}

impl Points {
    /// In the order in which they were met.
    pub fn list(&self) -> &[Point] {
        &self.list
    }

    /// The marks, and what is reached there.
    pub fn marks(&self) -> &[(Mark, PointId)] {
        &self.marks
    }

    /// What a point is.
    pub fn kind(&self, point: PointId) -> Option<PointKind> {
        self.list.get(point.0).map(|point| point.kind)
    }

    /// The point of this kind at this place, if there is one.
    pub fn at(&self, place: Place, kind: PointKind) -> Option<PointId> {
        self.known.get(&(place, kind)).copied()
    }

    /// The point of this kind at this place; a new one if there is none.
    pub fn add(&mut self, place: Place, kind: PointKind, what: &str) -> PointId {
        let next = PointId(self.list.len());
        let id = *self.known.entry((place, kind)).or_insert(next);
        if id == next {
            let what = what.into();
            self.list.push(Point { kind, place, what });
        }
        id
    }

    /// The machine passes here when the point is reached.
    pub fn mark(&mut self, mark: Mark, point: PointId) {
        self.marks.push((mark, point));
    }
}
