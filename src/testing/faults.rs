//! Every test again, each time with something that goes wrong.
//!
//! In: the tests of a package and what is stated of their runbooks. Out: how many times something was made to go
//! wrong, how those runs ended, and each promise that was broken, with the timeline and how to see it again. What
//! the test expects is not asked; what reached the world is.

pub(crate) mod judge;
mod plan;
mod report;

use std::collections::BTreeMap;

use super::case::Case;
use super::fault::Fault;
use super::{Moment, Options, Step, drive, is_wanted, show};
use crate::program::{CodeHash, Program};
use crate::typed::{Facts, Package, RunbookFacts};
use drive::Silence;
use judge::Stated;

pub use report::{human, json};

/// How many things go wrong in one run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    One,
    /// Each pair: so many a test at most, spread over all of them.
    Two,
}

/// What is made to go wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Everything that can.
    All(Depth),
    /// These, together.
    These(Vec<Fault>),
}

/// What came of all runs.
#[derive(Clone, Debug, Default)]
pub struct Faulted {
    tests: usize,
    /// Runs in which something went wrong.
    runs: usize,
    /// Runs that there would have been; more than there were where they were too many.
    wanted: usize,
    /// How they ended.
    ends: BTreeMap<String, usize>,
    /// `runbook: title` of tests that do not run by themselves.
    skipped: Vec<String>,
    /// What was asked that a test says nothing of, with the number of tests.
    unscripted: BTreeMap<String, usize>,
    broken: Vec<Broken>,
    /// Of the runs that were asked for one by one.
    timelines: Vec<Vec<Moment>>,
    /// What was asked for and never went wrong, since so much does not happen.
    missed: Vec<Fault>,
}

/// A promise that did not hold.
#[derive(Clone, Debug)]
struct Broken {
    /// The id of the test.
    test: String,
    faults: Vec<Fault>,
    promise: String,
    timeline: Vec<Moment>,
}

impl Faulted {
    /// Whether every promise held.
    pub fn held(&self) -> bool {
        self.broken.is_empty()
    }

    /// Whether no test was meant.
    pub fn is_empty(&self) -> bool {
        self.tests == 0 && self.skipped.is_empty()
    }

    /// What was asked for and never went wrong, since so much does not happen.
    pub fn missed(&self) -> &[Fault] {
        &self.missed
    }
}

/// Runs the tests that the options name, each with what is wanted.
pub fn run(
    package: &Package,
    facts: &Facts,
    programs: &[Program],
    options: &Options,
    wanted: &Wanted,
) -> Faulted {
    let hashes: Vec<CodeHash> = programs.iter().map(Program::code_hash).collect();
    let tests = package.tests.iter();
    let cases = tests.filter_map(|test| Case::new(package, programs, &hashes, test));
    let mut faulted = Faulted::default();
    let cases: Vec<Case<'_>> = cases.filter(|case| is_wanted(case, options)).collect();
    for (done, case) in cases.iter().enumerate() {
        let found = facts.runbooks.get(case.test.runbook.index());
        let name = super::name(case);
        let tell = |runs| {
            options.progress.tell(Step {
                done,
                all: cases.len(),
                name: &name,
                runs,
            });
        };
        of_test(case, found, options, wanted, &tell, &mut faulted);
    }
    faulted
}

fn of_test(
    case: &Case<'_>,
    facts: Option<&RunbookFacts>,
    options: &Options,
    wanted: &Wanted,
    tell: &dyn Fn(usize),
    faulted: &mut Faulted,
) {
    tell(0);
    let alone = Options {
        faults: None,
        ..options.clone()
    };
    let plain = drive::drive(case, &alone, Silence::Nothing);
    if !plain.problems.is_empty() {
        faulted.skipped.push(super::name(case));
        return;
    }
    faulted.tests += 1;
    let stated = Stated::of(case, facts, &plain);
    let plan = match wanted {
        Wanted::All(depth) => plan::plan(plain.counts, *depth),
        Wanted::These(faults) => plan::Plan::of(faults.clone()),
    };
    faulted.wanted += plan.wanted;
    let mut unscripted: BTreeMap<String, usize> = BTreeMap::new();
    for (run, faults) in plan.runs.into_iter().enumerate() {
        tell(run + 1);
        let driven = drive::drive(case, &bare(options, faults.clone()), Silence::Nothing);
        faulted.runs += 1;
        let end = driven.record.end_in_words();
        *faulted.ends.entry(end).or_default() += 1;
        for asked in &driven.unscripted {
            unscripted.insert(asked.clone(), 1);
        }
        if let Wanted::These(_) = wanted {
            faulted.timelines.push(show::timeline(case, &driven.record));
            let missed = faults.iter().filter(|fault| !driven.counts.reach(**fault));
            faulted.missed.extend(missed);
        }
        if let Some(promise) = judge::judge(case, &stated, &faults, &driven) {
            faulted.broken.push(Broken {
                test: super::id(case),
                faults,
                promise,
                timeline: show::timeline(case, &driven.record),
            });
        }
    }
    for (asked, tests) in unscripted {
        *faulted.unscripted.entry(asked).or_default() += tests;
    }
}

/// The options of one run: nothing else happens to it.
fn bare(options: &Options, faults: Vec<Fault>) -> Options {
    Options {
        faults: Some(faults),
        ..options.clone()
    }
}
