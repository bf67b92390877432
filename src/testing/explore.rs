//! One runbook along the ways that the world can take: its real run, where each answer is each of those that its
//! program can tell apart, as far as its constants say.
//!
//! In: a package and one of its runbooks. Out: the ends with the shortest path to each, what no path reaches, and each
//! promise that some path breaks. The paths are gone in the order of how often they leave the first way of a choice, so
//! that what is cut is what is furthest from all that was looked at.

mod axis;
mod chooser;
mod constants;
mod crowd;
mod cuts;
mod report;
mod values;

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::case::Case;
use super::coverage::{self, Ending, Passage};
use super::drive::{self, Driven, Silence};
use super::faults::judge;
use super::{Moment, Options, show};
use crate::effect::Reason;
use crate::program::Program;
use crate::program::points::{Outcome, Point, PointKind, Points};
use crate::run::Event;
use crate::text::{SourceId, Span};
use crate::typed::{Facts, Package, RunbookId, Test};
use crate::value::Time;
pub(super) use chooser::Chooser;
use chooser::{Choice, States};
use cuts::Cuts;
use values::Values;

pub use report::{dot, human, json};

/// The most paths.
pub const MOST_PATHS: usize = 20_000;

/// When every run begins: 2026-01-01 at noon, in UTC.
const NOON: i64 = 1_767_268_800_000;

/// What came of all paths.
#[derive(Clone, Debug, Default)]
pub struct Explored {
    runbook: String,
    version: String,
    paths: usize,
    /// Alerts that set nothing off, since the condition of the trigger is false.
    idle: usize,
    /// Whether there were more paths than may be gone.
    is_cut: bool,
    /// Paths that were given up since they never ended.
    too_long: usize,
    /// Paths that came to where another one had been, and would have gone on like that one.
    joined: usize,
    /// Calls of which not all answers were tried, each with where it is asked.
    cut: BTreeSet<(Span, String)>,
    /// By what was found, and how it ended.
    ends: BTreeMap<(String, String), Reached>,
    /// Findings that no path comes to.
    dead: Vec<String>,
    /// What no path reaches: where, what, and how it is never seen.
    never: Vec<(Span, String, Vec<String>)>,
    broken: Vec<Broken>,
}

/// An end that some path comes to.
#[derive(Clone, Debug)]
struct Reached {
    paths: usize,
    /// The choices of the path with the fewest.
    shortest: Vec<String>,
    took: crate::value::Duration,
}

/// A promise that does not hold.
#[derive(Clone, Debug)]
struct Broken {
    promise: String,
    paths: usize,
    timeline: Vec<Moment>,
}

impl Explored {
    /// Whether every promise held on every path.
    pub fn held(&self) -> bool {
        self.broken.is_empty()
    }
}

/// How far is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    /// The most paths.
    pub paths: usize,
    /// Whether a path ends where another one has been: what lies behind is the same.
    pub joins: bool,
}

impl Extent {
    /// So many paths, each of which ends where another one has been.
    pub fn of(paths: usize) -> Extent {
        Extent { paths, joins: true }
    }
}

/// Goes all ways of one runbook, as far as it is said; None if there is no such runbook.
pub fn run(
    package: &Package,
    facts: &Facts,
    (program, points): (&Program, &Points),
    runbook: RunbookId,
    is_own: &dyn Fn(SourceId) -> bool,
    extent: Extent,
) -> Option<Explored> {
    let test = bare(runbook, package.runbooks.get(runbook.index())?.name_span);
    let case = Case::of(package, program, program.code_hash(), &test)?;
    let values = Values {
        cuts: Cuts::of(package, case.runbook),
        now: test.at,
        case: &case,
        is_cut: Cell::new(false),
    };
    let options = Options {
        faults: Some(Vec::new()),
        ..Options::default()
    };
    let mut search = Search::new(extent.paths);
    let states = States::default();
    let stated = facts.runbooks.get(runbook.index());
    let mut seen = Passage::default();
    while let Some(prefix) = search.next() {
        let chooser = Chooser::new(&values, &prefix, extent.joins.then_some(&states));
        let (driven, chooser) = drive::drive_chosen(
            &case,
            &options,
            Silence::Nothing,
            Some(points),
            Some(chooser),
        );
        let Some(chooser) = chooser else { break };
        let (is_spent, is_joined) = (chooser.is_spent(), chooser.is_joined);
        search.explored.cut.extend(chooser.cut.iter().cloned());
        let taken = chooser.taken;
        match is_joined {
            true => search.explored.joined += 1,
            false => search.note(&case, &driven, &taken, is_spent),
        }
        // What became of one that joined is judged on the path that it joined.
        if !is_spent && !is_joined && driven.record.end().is_some() {
            let stated = judge::Stated::of(&case, stated, &driven);
            if let Some(promise) = judge::judge(&case, &stated, &[], &driven) {
                search.broke(promise, || show::timeline(&case, &driven.record));
            }
        }
        let before = seen.points.len() + seen.ends.len();
        seen.points.extend(driven.passage.points);
        seen.ends.extend(driven.passage.ends);
        let is_new = seen.points.len() + seen.ends.len() > before;
        search.branch(prefix.len(), &taken, is_new);
    }
    let mut explored = search.explored;
    explored.runbook = case.runbook.name.to_string();
    explored.version = program.version.to_string();
    explored.dead = dead(&case, &explored);
    break_nothing(points, &mut seen);
    let place = case.runbook.name_span;
    explored.never = coverage::unreached(program, points, seen, place, is_own);
    Some(explored)
}

/// On no path does a change break; that is not missed.
fn break_nothing(points: &Points, seen: &mut Passage) {
    let breaks = |point: &&Point| point.kind == PointKind::Outcome(Outcome::Broke);
    let all = points.list().iter().filter(breaks);
    let ids = all.filter_map(|point| points.at(point.place, point.kind));
    seen.points.extend(ids);
    seen.ends.insert(Ending::Handed(Reason::Broke));
}

/// A test that says nothing.
fn bare(runbook: RunbookId, span: Span) -> Test {
    Test {
        runbook,
        title: "explored".into(),
        at: Time::from_millis(NOON).unwrap_or_default(),
        says_when: false,
        trigger: None,
        alert_resolves: None,
        finding: None,
        events: Vec::new(),
        told: Vec::new(),
        observations: Vec::new(),
        effects: Vec::new(),
        expects: Vec::new(),
        span,
        title_span: span,
    }
}

/// The findings that no path came to.
fn dead(case: &Case<'_>, explored: &Explored) -> Vec<String> {
    let findings = case.runbook.findings.iter();
    let names = findings.map(|finding| finding.name.to_string());
    names
        .filter(|name| explored.ends.keys().all(|(found, _)| found != name))
        .collect()
}

/// The paths that are still to be gone: first those that leave one which came to something new, then by how many choices
/// on them leave the first way.
struct Search {
    fresh: VecDeque<Vec<u16>>,
    levels: Vec<VecDeque<Vec<u16>>>,
    waiting: usize,
    most: usize,
    explored: Explored,
}

impl Search {
    fn new(most: usize) -> Search {
        Search {
            fresh: VecDeque::from([Vec::new()]),
            levels: Vec::new(),
            waiting: 1,
            most,
            explored: Explored::default(),
        }
    }

    fn next(&mut self) -> Option<Vec<u16>> {
        let levels = std::iter::once(&mut self.fresh).chain(&mut self.levels);
        let next = levels.into_iter().find_map(VecDeque::pop_front)?;
        if self.gone() >= self.most {
            self.explored.is_cut = true;
            return None;
        }
        self.waiting = self.waiting.saturating_sub(1);
        Some(next)
    }

    fn gone(&self) -> usize {
        let Explored {
            paths,
            too_long,
            joined,
            idle,
            ..
        } = &self.explored;
        paths + too_long + joined + idle
    }

    /// The paths that leave this one behind its first ways.
    fn branch(&mut self, from: usize, taken: &[Choice], is_new: bool) {
        let ways: Vec<u16> = taken.iter().map(|choice| choice.taken).collect();
        let level = ways.iter().take(from).filter(|way| **way > 0).count();
        for (at, choice) in taken.iter().enumerate().skip(from) {
            for way in 1..choice.ways {
                let mut prefix = ways.get(..at).unwrap_or_default().to_vec();
                prefix.push(way);
                self.wait(level, prefix, is_new);
            }
        }
    }

    /// Of more than can be gone the furthest is dropped.
    fn wait(&mut self, level: usize, prefix: Vec<u16>, is_new: bool) {
        while self.levels.len() <= level {
            self.levels.push(VecDeque::new());
        }
        match (is_new, self.levels.get_mut(level)) {
            (false, Some(level)) => level.push_back(prefix),
            (true, _) | (_, None) => self.fresh.push_back(prefix),
        }
        self.waiting += 1;
        if self.waiting + self.gone() > self.most {
            self.explored.is_cut = true;
            let furthest = self.levels.iter_mut().rev().find_map(VecDeque::pop_back);
            let _ = furthest.or_else(|| self.fresh.pop_back());
            self.waiting -= 1;
        }
    }

    fn note(&mut self, case: &Case<'_>, driven: &Driven, taken: &[Choice], is_spent: bool) {
        let Some((took, end)) = driven.record.end().filter(|_| !is_spent) else {
            self.explored.too_long += usize::from(is_spent);
            self.explored.idle += usize::from(!is_spent);
            return;
        };
        self.explored.paths += 1;
        let found = found(driven).unwrap_or_else(|| match case.runbook.steps {
            Some(_) => "steps".to_owned(),
            None => "nothing found".to_owned(),
        });
        let texts = || taken.iter().map(|choice| choice.text.clone()).collect();
        let key = (found, Ending::of(end).words());
        let reached = self.explored.ends.entry(key).or_insert_with(|| Reached {
            paths: 0,
            shortest: texts(),
            took,
        });
        reached.paths += 1;
        if taken.len() < reached.shortest.len() {
            reached.shortest = texts();
            reached.took = took;
        }
    }

    fn broke(&mut self, promise: String, timeline: impl FnOnce() -> Vec<Moment>) {
        let known = self.explored.broken.iter_mut();
        match known.into_iter().find(|known| known.promise == promise) {
            Some(known) => known.paths += 1,
            None => self.explored.broken.push(Broken {
                promise,
                paths: 1,
                timeline: timeline(),
            }),
        }
    }
}

/// What the last diagnosis found.
fn found(driven: &Driven) -> Option<String> {
    let events: Vec<&Event> = driven.record.events().collect();
    events.into_iter().rev().find_map(|event| match event {
        Event::Found { finding, .. } => Some(finding.to_string()),
        Event::Novel { .. } => Some(Reason::Novel.word().to_owned()),
        Event::Inconclusive { .. } => Some(Reason::Inconclusive.word().to_owned()),
        _ => None,
    })
}
