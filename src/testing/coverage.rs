//! What the tests of a package reach in it: findings, sides, outcomes, ends; and what none of them does.
//!
//! In: the points of each runbook, as the compiler notes them, and what each test passed. Out: plain numbers, for
//! people and in the forms that others read. A test counts whether it passed or not: what it drove was driven.

mod cobertura;
mod count;
mod ends;
mod group;
mod lcov;
mod lines;
mod lint;
mod report;

use std::collections::{BTreeMap, BTreeSet};

use smol_str::SmolStr;

use group::Group;

use crate::program::Program;
use crate::program::points::{Point, PointKind, Points};
use crate::text::{SourceId, Span};
use crate::typed::Package;

pub use cobertura::cobertura;
pub(super) use count::{Counter, Passage};
pub(super) use ends::Ending;
pub use lcov::lcov;
pub use report::{human, json};

/// What is reached, runbook by runbook.
#[derive(Clone, Debug, Default)]
pub struct Coverage {
    pub(super) runbooks: Vec<Covered>,
    /// `runbook: title` of the tests that reach nothing that no other test reaches.
    idle: Vec<String>,
}

/// One runbook.
#[derive(Clone, Debug)]
pub(super) struct Covered {
    pub(super) name: SmolStr,
    pub(super) place: Span,
    /// In the order of the source, with the number of tests that reached each.
    points: Vec<(Point, usize)>,
    /// Statements, likewise: no part of what is counted.
    lines: Vec<(Point, usize)>,
    ends: BTreeMap<Ending, usize>,
}

impl Coverage {
    /// Puts together what the tests passed; each with its runbook's place and its own name. `is_own` says whether a
    /// file belongs to the package.
    pub(super) fn of(
        package: &Package,
        programs: &[Program],
        points: &[Points],
        passages: &[(usize, String, Passage)],
        is_own: &dyn Fn(SourceId) -> bool,
    ) -> Coverage {
        let known = |runbook: usize| points.get(runbook).map(Points::list).unwrap_or_default();
        let mut hits: BTreeMap<(Span, PointKind), usize> = BTreeMap::new();
        for (runbook, _, passage) in passages {
            let all = known(*runbook);
            let passed = passage.points.iter().chain(&passage.lines);
            for point in passed.filter_map(|id| all.get(id.index())) {
                *hits.entry((point.place, point.kind)).or_default() += 1;
            }
        }
        let runbooks = package.runbooks.iter().enumerate();
        let runbooks = runbooks.map(|(index, runbook)| {
            let own = known(index)
                .iter()
                .filter(|point| is_own(point.place.source));
            let counted = own.map(|point| {
                let hits = hits.get(&(point.place, point.kind));
                (point.clone(), hits.copied().unwrap_or(0))
            });
            let (mut points, lines): (Vec<_>, Vec<_>) =
                counted.partition(|(point, _)| is_counted(point));
            points.sort_by_key(|(point, _)| (point.place, point.kind));
            Covered {
                name: runbook.name.clone(),
                place: runbook.name_span,
                points,
                lines,
                ends: ends_of(index, programs, passages),
            }
        });
        Coverage {
            runbooks: runbooks.collect(),
            idle: idle(&hits, known, passages),
        }
    }

    /// How many points there are and how many are reached; what several runbooks call counts once.
    pub fn total(&self) -> (usize, usize) {
        let mut seen = BTreeSet::new();
        let (mut reached, mut all) = (0, 0);
        for runbook in &self.runbooks {
            let new = runbook
                .points
                .iter()
                .filter(|(point, _)| seen.insert((point.place, point.kind)));
            let hits = new.map(|(_, hits)| *hits);
            for hits in hits.chain(runbook.ends.values().copied()) {
                all += 1;
                reached += usize::from(hits > 0);
            }
        }
        (reached, all)
    }

    /// The whole percents that are reached; all of nothing.
    pub fn percent(&self) -> usize {
        match self.total() {
            (_, 0) => 100,
            (reached, all) => reached * 100 / all,
        }
    }
}

/// What is not reached of one runbook by all that was passed: where, what, and how it was never seen.
pub(super) fn unreached(
    program: &Program,
    points: &Points,
    passage: Passage,
    place: Span,
    is_own: &dyn Fn(SourceId) -> bool,
) -> Vec<(Span, String, Vec<String>)> {
    let all = points.list().iter().enumerate();
    let own = all.filter(|(_, point)| is_counted(point) && is_own(point.place.source));
    let is_passed = |index: usize| passage.points.iter().any(|id| id.index() == index);
    let mut points: Vec<(Point, usize)> = own
        .map(|(index, point)| (point.clone(), usize::from(is_passed(index))))
        .collect();
    points.sort_by_key(|(point, _)| (point.place, point.kind));
    let covered = Covered {
        name: program.runbook.clone(),
        place,
        points,
        lines: Vec::new(),
        ends: ends_of(
            0,
            std::slice::from_ref(program),
            &[(0, String::new(), passage)],
        ),
    };
    report::unseen(&covered)
}

/// Whether a point is one of those that tests should reach.
fn is_counted(point: &Point) -> bool {
    Group::of(point.kind).is_some()
}

/// The ends that a runbook can come to, and those that it came to.
fn ends_of(
    runbook: usize,
    programs: &[Program],
    passages: &[(usize, String, Passage)],
) -> BTreeMap<Ending, usize> {
    let program = programs.get(runbook);
    let possible = program.map(ends::possible).unwrap_or_default();
    let mut ends: BTreeMap<Ending, usize> = possible.into_iter().map(|end| (end, 0)).collect();
    let own = passages.iter().filter(|(of, _, _)| *of == runbook);
    for end in own.flat_map(|(_, _, passage)| &passage.ends) {
        *ends.entry(*end).or_default() += 1;
    }
    ends
}

/// The tests all of whose points and ends others reach, too.
fn idle<'p>(
    hits: &BTreeMap<(Span, PointKind), usize>,
    known: impl Fn(usize) -> &'p [Point],
    passages: &[(usize, String, Passage)],
) -> Vec<String> {
    let mut ends: BTreeMap<(usize, Ending), usize> = BTreeMap::new();
    for (runbook, _, passage) in passages {
        for end in &passage.ends {
            *ends.entry((*runbook, *end)).or_default() += 1;
        }
    }
    let adds = |runbook: usize, passage: &Passage| {
        let all = known(runbook);
        let mut points = passage.points.iter().filter_map(|id| all.get(id.index()));
        let alone = |point: &Point| hits.get(&(point.place, point.kind)) == Some(&1);
        let mut reached = passage.ends.iter();
        points.any(alone) || reached.any(|end| ends.get(&(runbook, *end)) == Some(&1))
    };
    let idle = passages
        .iter()
        .filter(|(runbook, _, passage)| !adds(*runbook, passage));
    idle.map(|(_, name, _)| name.clone()).collect()
}
