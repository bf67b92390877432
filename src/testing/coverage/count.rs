//! Counting while one test is driven.

use std::collections::BTreeSet;

use super::Ending;
use crate::effect::{ChangeOutcome, End};
use crate::program::points::{GuardFalse, Outcome, PointId, PointKind, Points, Verdict};
use crate::program::{Effect, FunctionIndex, GuardIndex, Program, VerifyIndex};
use crate::run::{Event, NotVerified};
use crate::text::Span;
use crate::vm::Trace;

/// Notes what one test passes.
pub struct Counter<'p> {
    program: &'p Program,
    points: &'p Points,
    trace: Trace,
    passage: Passage,
    /// The guards that held when they were opened.
    held: BTreeSet<GuardIndex>,
    /// The remedy that is being planned, or the steps.
    remedy: Option<FunctionIndex>,
    /// The verify that is looked at before the phase that was planned last.
    looked_at: Option<VerifyIndex>,
}

/// What one test passed.
#[derive(Clone, Debug, Default)]
pub struct Passage {
    pub points: BTreeSet<PointId>,
    /// The statements that were begun.
    pub lines: BTreeSet<PointId>,
    pub ends: BTreeSet<Ending>,
}

impl<'p> Counter<'p> {
    /// Nothing was passed yet.
    pub fn new(program: &'p Program, points: &'p Points) -> Counter<'p> {
        Counter {
            program,
            points,
            trace: Trace::new(program),
            passage: Passage::default(),
            held: BTreeSet::new(),
            remedy: program.entries.steps,
            looked_at: None,
        }
    }

    /// What the machine notes itself.
    pub fn trace(&mut self) -> &mut Trace {
        &mut self.trace
    }

    /// All that was passed.
    pub fn finish(mut self) -> Passage {
        let marks = self.points.marks().iter();
        let passed = marks.filter(|(mark, _)| self.trace.has(*mark));
        for (_, point) in passed {
            match self.points.kind(*point) {
                Some(PointKind::Line) => self.passage.lines.insert(*point),
                Some(_) | None => self.passage.points.insert(*point),
            };
        }
        self.passage
    }

    /// A run has ended.
    pub fn ended(&mut self, end: &End) {
        self.passage.ends.insert(Ending::of(end));
        self.held.clear();
    }

    /// A change of this line has come to something.
    pub fn performed(&mut self, line: Option<Span>, outcome: &ChangeOutcome) {
        let outcome = match outcome {
            ChangeOutcome::Applied(_) => Outcome::Applied,
            ChangeOutcome::NotApplied(_) => Outcome::NotApplied,
            ChangeOutcome::Broke(_) => Outcome::Broke,
            ChangeOutcome::Unknown => Outcome::Unknown,
            // It is asked for anew.
            ChangeOutcome::NotBegun(_) => return,
        };
        self.reach(line, PointKind::Outcome(outcome));
    }

    /// A change of this line was taken back.
    pub fn undone(&mut self, line: Option<Span>) {
        self.reach(line, PointKind::Undo);
    }

    /// What the run says about itself.
    pub fn event(&mut self, event: &Event) {
        match event {
            Event::Guard { guard, held } => self.guard(*guard, *held),
            // The guards are opened anew.
            Event::Stale { .. } => self.held.clear(),
            Event::Found { finding, .. } => {
                let mut remedies = self.program.entries.remedies.iter();
                let found = remedies.find(|remedy| remedy.finding == *finding);
                self.remedy = found.map(|remedy| remedy.function);
            }
            Event::Planned { phase, .. } => self.looked_at = self.prechecked(*phase),
            Event::AlreadySo => {
                if let Some(verify) = self.looked_at {
                    self.verify(verify, Verdict::AlreadySo);
                }
            }
            Event::Verified { verify } => self.verify(*verify, Verdict::Passed),
            Event::NotVerified { verify, why } => {
                let verdict = match why {
                    NotVerified::OutOfTime => Verdict::Failed,
                    NotVerified::Aborted => Verdict::Aborted,
                };
                self.verify(*verify, verdict);
            }
            Event::Entered(_)
            | Event::Novel { .. }
            | Event::Inconclusive { .. }
            | Event::Polled { .. }
            | Event::Unread { .. }
            | Event::Began(_)
            | Event::PieceFailed { .. }
            | Event::Failed { .. }
            | Event::Undone { .. }
            | Event::UndoStopped { .. }
            | Event::Owes { .. }
            | Event::AlertResolved
            | Event::CancelRequested
            | Event::Held
            | Event::Released
            | Event::Unproven { .. }
            | Event::HoldsOn { .. }
            | Event::NotTakenBack { .. }
            | Event::PopulationFrozen { .. }
            | Event::Rated { .. } => {}
        }
    }

    /// The verify that is looked at before a phase. No event names it: the first look is no reading of it.
    fn prechecked(&self, phase: u16) -> Option<VerifyIndex> {
        let function = self.program.functions.get(self.remedy?.index())?;
        function.effects.iter().find_map(|effect| match effect {
            Effect::PlanReady {
                phase: of,
                precheck,
                ..
            } if *of == phase => precheck.as_ref().map(|(verify, _)| *verify),
            _ => None,
        })
    }

    fn guard(&mut self, guard: GuardIndex, holds: bool) {
        let place = self.program.guards.get(guard.index());
        let place = place.map(|guard| guard.place);
        let held_before = match holds {
            true => !self.held.insert(guard),
            false => self.held.contains(&guard),
        };
        if !holds {
            let when = match held_before {
                true => GuardFalse::Change,
                false => GuardFalse::Plan,
            };
            self.reach(place, PointKind::Guard(when));
        }
    }

    fn verify(&mut self, verify: VerifyIndex, verdict: Verdict) {
        let place = self.program.verifies.get(verify.index());
        self.reach(place.map(|verify| verify.place), PointKind::Verify(verdict));
    }

    fn reach(&mut self, place: Option<Span>, kind: PointKind) {
        let point = place.and_then(|place| self.points.at(place, kind));
        self.passage.points.extend(point);
    }
}
