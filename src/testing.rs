//! The `test` blocks of a package: each drives one run in a scripted world and in virtual time.
//!
//! In: a checked package without errors, and the programs of its runbooks. Out: per test whether it
//! passed, what is wrong where, and the timeline of its run. Never waits, never reads a clock; the
//! same package gives the same results, in the same order.
//!
//! A test drives exactly one run, and the further runs of its `again`. Its trigger has matched and
//! held; time begins when the run is opened. Whoever limits an agent grants everything.

mod case;
mod changed;
mod clock;
pub mod coverage;
mod drive;
mod effect;
mod entry;
pub mod explore;
pub mod fault;
pub mod faults;
mod fresh;
mod given;
mod identity;
mod idle;
mod ids;
mod judge;
mod junit;
pub mod living;
mod mutation;
mod pattern;
mod problem;
mod progress;
mod record;
mod report;
mod show;
mod source;
mod stored;
mod unmet;
mod world;

use std::collections::BTreeSet;

use smol_str::SmolStr;

pub use changed::prints;
pub use ids::{ids, meant};
pub use junit::junit;
pub use problem::Lack;
pub use progress::{Progress, Step};
pub use report::{human, json};

use crate::diag::Diagnostic;
use crate::program::points::Points;
use crate::program::{CodeHash, Program};
use crate::rule::Rule;
use crate::text::{SourceId, Span};
use crate::typed::{Package, RunbookId};
use crate::value::Duration;
use case::Case;
use coverage::{Coverage, Passage};
use fault::Fault;

/// Which tests are run, and how.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Only tests whose `runbook: title` contains this.
    pub filter: Option<String>,
    /// Only the test with this id: `package::runbook::title`.
    pub exact: Option<String>,
    /// Only the tests with these ids.
    pub only: Option<BTreeSet<String>>,
    /// Who is told how far it is.
    pub progress: Progress,
    /// Stores and restores each run after every step; the results are the same.
    pub restore: bool,
    /// Gives the timeline of tests that passed, too.
    pub timelines: bool,
    /// What else happens to each run, and how long after it was opened. Tests cannot say it.
    pub meanwhile: Vec<(Duration, Meanwhile)>,
    /// What goes wrong. Where this is said, what the test says nothing of fails like all else that cannot be asked.
    pub faults: Option<Vec<Fault>>,
}

impl Options {
    /// Whether no test is left out.
    pub fn takes_all(&self) -> bool {
        self.filter.is_none() && self.exact.is_none() && self.only.is_none()
    }
}

/// What may happen to a run from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meanwhile {
    /// The alert that set it off is over.
    AlertResolved,
    /// Somebody calls it off.
    Cancel,
    /// Somebody stops all changes, or lets them go on.
    Hold,
    Release,
}

/// What came of one test.
#[derive(Clone, Debug)]
pub struct TestResult {
    /// `package::runbook::title`
    pub id: String,
    pub runbook: SmolStr,
    pub title: SmolStr,
    pub span: Span,
    /// What is wrong; empty when it passed.
    pub problems: Vec<Diagnostic>,
    /// One entry a line. Empty when the test passed and nobody asked.
    pub timeline: Vec<Moment>,
    /// `resolved`, `handed: guard`
    pub end: String,
    /// How long after it was opened that was, in the test's own time; none where it never ended.
    pub lasted: Option<Duration>,
    /// What it does not show, although it passed.
    pub remarks: Vec<String>,
}

/// One line of a timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Since the run was opened, in milliseconds.
    pub at: i64,
    pub text: String,
}

impl TestResult {
    /// Whether everything was as expected.
    pub fn passed(&self) -> bool {
        self.problems.is_empty()
    }
}

/// What came of the tests of a package.
#[derive(Clone, Debug, Default)]
pub struct Results {
    pub tests: Vec<TestResult>,
    /// What no test asks for or notices.
    pub warnings: Vec<Diagnostic>,
}

/// Runs the tests of a package, in the order of the source. `programs` are those of its runbooks,
/// in their order.
pub fn run_tests(package: &Package, programs: &[Program], options: &Options) -> Results {
    run_counted(package, programs, None, options).0
}

/// The same, and what of the points of their programs they reach. `is_own` says whether a file belongs to the
/// package.
pub fn cover(
    package: &Package,
    programs: &[Program],
    points: &[Points],
    options: &Options,
    is_own: &dyn Fn(SourceId) -> bool,
) -> (Results, Coverage) {
    let (results, passages) = run_counted(package, programs, Some(points), options);
    let coverage = Coverage::of(package, programs, points, &passages, is_own);
    (results, coverage)
}

/// The lines that the tests in a place lack to say what their runs observe, in their order, each once.
pub fn lacks(package: &Package, programs: &[Program], place: Span) -> Vec<Lack> {
    let options = Options::default();
    let mut lacks: Vec<Lack> = Vec::new();
    let tests = package.tests.iter();
    for test in tests.filter(|test| place.holds(test.title_span)) {
        let program = programs.get(test.runbook.index());
        let case = program.and_then(|found| Case::of(package, found, found.code_hash(), test));
        let driven = case.map(|case| drive::drive(&case, &options, drive::Silence::Nothing));
        for lack in driven.into_iter().flat_map(|driven| driven.lacks) {
            if !lacks.contains(&lack) {
                lacks.push(lack);
            }
        }
    }
    lacks
}

/// What each test passed: its runbook's place, its own name.
type Passages = Vec<(usize, String, Passage)>;

fn run_counted(
    package: &Package,
    programs: &[Program],
    points: Option<&[Points]>,
    options: &Options,
) -> (Results, Passages) {
    let hashes: Vec<CodeHash> = programs.iter().map(Program::code_hash).collect();
    let tests = package.tests.iter();
    let cases = tests.filter_map(|test| Case::new(package, programs, &hashes, test));
    let cases: Vec<Case<'_>> = cases.filter(|case| is_wanted(case, options)).collect();
    let mut results = Results::default();
    let mut idle = idle::Idle::default();
    let mut reached = Vec::new();
    let mut passages = Vec::new();
    for (done, case) in cases.iter().enumerate() {
        options.progress.tell(Step {
            done,
            all: cases.len(),
            name: &name(case),
            runs: 0,
        });
        let runbook = case.test.runbook.index();
        let points = points.and_then(|points| points.get(runbook));
        let (result, mut driven) = run_test(case, options, points);
        if points.is_some() {
            let passage = std::mem::take(&mut driven.passage);
            passages.push((runbook, name(case), passage));
        }
        if result.passed() {
            idle.note(case, &driven.asked);
            reached.push((case, mutation::lines(&driven.record)));
        }
        results.tests.push(result);
    }
    options.progress.tell(Step {
        done: cases.len(),
        all: cases.len(),
        name: "",
        runs: 0,
    });
    results.warnings.extend(idle.warnings());
    // Another test may notice what the wanted ones do not, or those that fail.
    let failed = cases.iter().zip(&results.tests);
    let failed = failed.filter(|(_, result)| !result.passed());
    let failing: Vec<RunbookId> = failed.map(|(case, _)| case.test.runbook).collect();
    reached.retain(|(case, _)| !failing.contains(&case.test.runbook));
    if options.takes_all() && Rule::EachDoIsMissed.holds() {
        results.warnings.extend(unmissed(&reached, options));
    }
    (results, passages)
}

/// The lines that no test misses.
fn unmissed(reached: &[(&Case<'_>, Vec<Span>)], options: &Options) -> Vec<Diagnostic> {
    let mut lines: Vec<Span> = Vec::new();
    for (_, of_test) in reached {
        lines.extend(of_test);
    }
    lines.sort_by_key(|line| (line.source, line.start));
    lines.dedup();
    let is_missed = |line: &Span| {
        let mut tests = reached.iter().filter(|(_, lines)| lines.contains(line));
        tests.any(|(case, _)| mutation::misses(case, options, *line))
    };
    let unmissed = lines.iter().filter(|line| !is_missed(line));
    unmissed.map(|line| mutation::unmissed(*line)).collect()
}

fn is_wanted(case: &Case<'_>, options: &Options) -> bool {
    let Options {
        filter,
        exact,
        only,
        ..
    } = options;
    filter
        .as_deref()
        .is_none_or(|filter| name(case).contains(filter))
        && exact.as_deref().is_none_or(|exact| id(case) == exact)
        && only.as_ref().is_none_or(|only| only.contains(&id(case)))
}

/// What names a test everywhere.
fn id(case: &Case<'_>) -> String {
    id_of(&case.package.name, &case.runbook.name, &case.test.title)
}

fn id_of(package: &str, runbook: &str, title: &str) -> String {
    format!("{package}::{runbook}::{title}")
}

fn name(case: &Case<'_>) -> String {
    format!("{}: {}", case.runbook.name, case.test.title)
}

/// What a test without a beginning does not show.
fn not_judged(case: &Case<'_>) -> Option<String> {
    let windows = case.program.windows.as_ref();
    let has_windows = windows.is_some_and(|windows| !windows.lines.is_empty());
    let remark = "the windows of its runbook are not judged: no `at` says when it begins";
    (has_windows && !case.test.says_when).then(|| remark.to_owned())
}

fn run_test(
    case: &Case<'_>,
    options: &Options,
    points: Option<&Points>,
) -> (TestResult, drive::Driven) {
    let driven = drive::drive_counted(case, options, drive::Silence::Nothing, points);
    let mut remarks = Vec::new();
    let mut problems = driven.problems.clone();
    if problems.is_empty() {
        problems = judge::judge(case, &driven.record);
    }
    if problems.is_empty() {
        let shown = mutation::check(case, options, &driven.record);
        problems = shown.problems;
        remarks = shown.remarks;
        remarks.extend(not_judged(case));
    }
    let wants_timeline = options.timelines || !problems.is_empty();
    let result = TestResult {
        id: id(case),
        runbook: case.runbook.name.clone(),
        title: case.test.title.clone(),
        span: case.test.title_span,
        problems,
        timeline: match wants_timeline {
            true => show::timeline(case, &driven.record),
            false => Vec::new(),
        },
        end: driven.record.end_in_words(),
        lasted: driven.record.end().map(|(lasted, _)| lasted),
        remarks,
    };
    (result, driven)
}
