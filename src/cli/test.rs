//! `rbk test`: the tests of a package, in virtual time.

use std::io;
use std::path::PathBuf;

use serde::Serialize;

use crate::diag::human::Look;
use crate::diag::{Diagnostic, human, json, render};
use crate::front;
use crate::host;
use crate::lint::Known;
use crate::testing::coverage::{self, Coverage};
use crate::testing::fault::Fault;
use crate::testing::faults::{self, Depth, Wanted};
use crate::testing::{self, Options, TestResult};

use super::check;
use super::ci::{Form, Format};
use super::packages::{self, Checked};
use super::progress::Stopwatch;
use super::terminal::{Terminal, in_a_line};
use super::{CLEAN, FINDINGS, USAGE, ci, output, progress, watch};

const AFTER_HELP: &str = "\
Examples:
  rbk test                        every test of the package around the working folder
  rbk test checkout ops/billing   of other packages
  rbk test --filter rollback      tests whose `runbook: title` contains `rollback`
  rbk test --watch                again after each change, what it may have changed
  rbk test --timeline             what happened in each test, minute by minute
  rbk test --coverage             what of the package no test reaches
  rbk test --lcov lcov.info       the same for a coverage service; also --cobertura FILE
  rbk test --faults               every test again with everything that can go wrong
  rbk test --format json          for pipelines; also junit, github, sarif, rdjson

A test drives one run of its runbook in a scripted world. Time is virtual: an hour of waiting takes
no time. A test that fails shows the timeline of its run. A test whose `verify` would pass although
the change had no effect fails too, because it proves nothing.

Coverage counts findings, remedies, both sides of choices, guards that are false, the outcomes of each
`do` and `verify`, undo, and ends. `[test] coverage = 90` in `rbk.toml` makes less than that a finding
wherever coverage is counted.

With faults, each change fails, breaks, stays unknown or is late, each observation fails or is too old
or too slow, and between any two records the agent dies, the alert is over, or somebody cancels or
stops all changes. The expectations of the test are not checked then, but what must hold in any case:
somebody is told, and nothing is left half done behind a good end.";

/// Run the tests of packages
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Arguments {
    /// Folders of packages, or `.rbk` files
    paths: Vec<PathBuf>,

    /// Only tests whose `runbook: title` contains this
    #[arg(long, value_name = "NAME")]
    filter: Option<String>,

    /// Only the test with this id: `package::runbook::title`
    #[arg(long, value_name = "ID", conflicts_with = "filter")]
    exact: Option<String>,

    /// Say what of the package the tests reach
    #[arg(long)]
    coverage: bool,

    /// Run each test again with everything that can go wrong, once each; `--faults=2`: with each two of them
    #[arg(
        long,
        value_name = "N",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "1",
        value_parser = clap::value_parser!(u8).range(1..=2),
        conflicts_with_all = ["coverage", "lcov", "cobertura"]
    )]
    faults: Option<u8>,

    /// Run the test of `--exact` with this going wrong, as `--faults` names it
    #[arg(
        long,
        value_name = "FAULT",
        requires = "exact",
        conflicts_with = "faults"
    )]
    fault: Vec<Fault>,

    /// Run the tests again whose text or runbook changed, whenever a file does; Ctrl-C ends it
    #[arg(
        long,
        conflicts_with_all = ["faults", "fault", "lcov", "cobertura", "format"]
    )]
    watch: bool,

    /// Write what they reach in the form of lcov
    #[arg(long, value_name = "FILE")]
    lcov: Option<PathBuf>,

    /// Write what they reach in the form of Cobertura
    #[arg(long, value_name = "FILE")]
    cobertura: Option<PathBuf>,

    /// Show the timeline of every test, also of those that pass
    #[arg(long)]
    timeline: bool,

    /// The form of the output
    #[arg(long, value_enum, default_value = "human")]
    format: Format,
}

impl Arguments {
    /// What is made to go wrong, if anything is.
    fn goes_wrong(&self) -> Option<Wanted> {
        match (self.faults, self.fault.as_slice()) {
            (Some(1), _) => Some(Wanted::All(Depth::One)),
            (Some(_), _) => Some(Wanted::All(Depth::Two)),
            (None, []) => None,
            (None, faults) => Some(Wanted::These(faults.to_vec())),
        }
    }

    /// The packages.
    pub(super) fn paths(&self) -> &[PathBuf] {
        &self.paths
    }

    /// Which tests are run.
    pub(super) fn options(&self) -> Options {
        Options {
            filter: self.filter.clone(),
            exact: self.exact.clone(),
            timelines: self.timeline,
            ..Options::default()
        }
    }

    /// Whether it is counted what tests reach.
    fn counts(&self) -> bool {
        self.coverage || self.lcov.is_some() || self.cobertura.is_some()
    }
}

/// What is said where `--filter` leaves no test.
const NO_SUCH_TEST: &str = "error: no test has a name that contains this\n";

/// Columns of what is quoted in a file.
const PLAIN_WIDTH: usize = 100;

/// The answer for programs.
#[derive(Serialize)]
struct Answer<'a> {
    /// Of this form; a later form that old readers cannot read has a higher number.
    version: u32,
    package: Option<&'a str>,
    diagnostics: Vec<json::Entry<'a>>,
    /// What no test asks for or notices.
    warnings: Vec<json::Entry<'a>>,
    tests: serde_json::Value,
    passed: usize,
    failed: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    coverage: Option<serde_json::Value>,
}

pub fn run(arguments: &Arguments, terminal: &mut Terminal) -> io::Result<u8> {
    if arguments.watch {
        return watch::run(arguments, terminal);
    }
    let mut packages = packages::check(&arguments.paths, &Known::default());
    if let Some(wanted) = arguments.goes_wrong() {
        return faults(&mut packages, arguments, &wanted, terminal);
    }
    let is_one_answer = match arguments.format {
        Format::Json | Format::Junit | Format::Sarif | Format::Rdjson => true,
        Format::Human | Format::Github => false,
    };
    let is_one_file = arguments.lcov.is_some() || arguments.cobertura.is_some();
    if (is_one_answer || is_one_file) && packages.len() > 1 {
        terminal.complain("error: this form is of one package: name them one by one\n")?;
        return Ok(USAGE);
    }
    let mut tests = 0;
    let mut all_passed = true;
    let mut all_sound = true;
    for (index, checked) in packages.iter_mut().enumerate() {
        if index > 0 {
            terminal.say("\n")?;
        }
        let (results, is_enough) = of_package(checked, arguments, &arguments.options(), terminal)?;
        tests += results.len();
        all_passed &= is_enough && results.iter().all(TestResult::passed);
        all_sound &= front::is_sound(&checked.diagnostics);
    }
    if all_sound && let Some(why) = unknown_id(&packages, arguments) {
        terminal.complain(&format!("error: {why}\n"))?;
        return Ok(USAGE);
    }
    if all_sound && tests == 0 && arguments.filter.is_some() {
        terminal.complain(NO_SUCH_TEST)?;
        return Ok(USAGE);
    }
    Ok(match all_sound && all_passed {
        true => CLEAN,
        false => FINDINGS,
    })
}

/// Runs the tests with what goes wrong, and says which promises did not hold.
fn faults(
    packages: &mut [Checked],
    arguments: &Arguments,
    wanted: &Wanted,
    terminal: &mut Terminal,
) -> io::Result<u8> {
    match arguments.format {
        Format::Human | Format::Json => {}
        Format::Junit | Format::Github | Format::Sarif | Format::Rdjson => {
            let said = "error: what comes of faults is shown for people and as JSON\n";
            terminal.complain(said)?;
            return Ok(USAGE);
        }
    }
    let mut code = CLEAN;
    let mut is_none_meant = true;
    for checked in packages.iter_mut() {
        let programs = match &checked.analysis {
            Some(analysis) if front::is_sound(&checked.diagnostics) => front::compile(analysis),
            Some(_) | None => Ok(Vec::new()),
        };
        let programs = programs.unwrap_or_else(|diagnostics| {
            checked.diagnostics.extend(diagnostics);
            Vec::new()
        });
        let Some(analysis) = checked
            .analysis
            .as_ref()
            .filter(|_| front::is_sound(&checked.diagnostics))
        else {
            check::tell(checked, terminal)?;
            code = FINDINGS;
            continue;
        };
        let (package, facts) = (&analysis.package, &analysis.facts);
        let (shown, progress) = progress::show(terminal);
        let options = Options {
            progress,
            ..arguments.options()
        };
        let faulted = faults::run(package, facts, &programs, &options, wanted);
        drop(shown);
        is_none_meant &= faulted.is_empty();
        match arguments.format {
            Format::Json => {
                let text = serde_json::to_string_pretty(&faults::json(&faulted))?;
                terminal.say(&format!("{text}\n"))?;
            }
            Format::Human | Format::Junit | Format::Github | Format::Sarif | Format::Rdjson => {
                terminal.say(&faults::human(&faulted, matches!(wanted, Wanted::These(_))))?;
            }
        }
        if !faulted.held() {
            code = FINDINGS;
        }
        for fault in faulted.missed() {
            let said = format!("error: `{fault}` never comes: the test does not do so much\n");
            terminal.complain(&said)?;
            code = USAGE;
        }
    }
    if code == CLEAN
        && let Some(why) = unknown_id(packages, arguments)
    {
        terminal.complain(&format!("error: {why}\n"))?;
        code = USAGE;
    }
    if code == CLEAN && is_none_meant && arguments.filter.is_some() {
        terminal.complain(NO_SUCH_TEST)?;
        code = USAGE;
    }
    Ok(code)
}

/// Why no test has the id that is asked for, unless one has it.
fn unknown_id(packages: &[Checked], arguments: &Arguments) -> Option<String> {
    let wanted = arguments.exact.as_deref()?;
    let analyses = packages.iter();
    let analyses = analyses.filter_map(|checked| checked.analysis.as_ref());
    let ids: Vec<String> = analyses
        .flat_map(|analysis| testing::ids(&analysis.package))
        .collect();
    let is_known = ids.iter().any(|id| id == wanted);
    (!is_known).then(|| in_a_line(&testing::meant(&ids, wanted)))
}

/// Runs the tests of one package, and says what came of them, and whether they reach enough.
pub(super) fn of_package(
    checked: &mut Checked,
    arguments: &Arguments,
    options: &Options,
    terminal: &mut Terminal,
) -> io::Result<(Vec<TestResult>, bool)> {
    let (shown, progress) = progress::show(terminal);
    let stopwatch = Stopwatch::default();
    let options = Options {
        progress: stopwatch.before(progress),
        ..options.clone()
    };
    let (results, coverage) = run_tests(checked, arguments, &options);
    drop(shown);
    let testing::Results {
        tests: results,
        warnings,
    } = results;
    // What some of the tests reach is held to nothing.
    let is_whole = options.takes_all();
    let least = checked.least.filter(|_| is_whole).map(usize::from);
    let is_enough = coverage
        .as_ref()
        .is_none_or(|coverage| least.is_none_or(|least| coverage.percent() >= least));
    let mut is_said = true;
    if let Some(coverage) = &coverage {
        is_said = write(coverage, checked, arguments, terminal)?;
        if let Some(least) = least.filter(|_| !is_enough) {
            let percent = coverage.percent();
            terminal.complain(&format!(
                "error: the tests reach {percent}%, and `[test] coverage` in `rbk.toml` asks for {least}%\n"
            ))?;
        }
    }
    let is_sound = front::is_sound(&checked.diagnostics);
    match arguments.format {
        Format::Json => answer(checked, &results, &warnings, coverage.as_ref(), terminal)?,
        Format::Junit if is_sound => {
            let name = checked.name.as_deref().unwrap_or_default();
            let below = ci::below();
            let look = Look {
                width: PLAIN_WIDTH,
                colour: false,
            };
            terminal.say(&testing::junit(
                name,
                &results,
                &stopwatch.laps(),
                &checked.sources,
                |file| render::path(&below, file),
                |problems| human::render(problems, &checked.sources, look),
            ))?;
        }
        Format::Junit => ci::say(Form::Junit, std::slice::from_ref(checked), terminal)?,
        Format::Github => say(Form::Github, checked, &results, warnings, terminal)?,
        Format::Sarif => say(Form::Sarif, checked, &results, warnings, terminal)?,
        Format::Rdjson => say(Form::Rdjson, checked, &results, warnings, terminal)?,
        Format::Human => {
            if !checked.diagnostics.is_empty() {
                check::tell(checked, terminal)?;
            }
            if is_sound {
                tell(checked, &results, terminal)?;
                let look = terminal.look();
                terminal.say(&human::render(&warnings, &checked.sources, look))?;
            }
            if let Some(coverage) = coverage.filter(|_| arguments.coverage) {
                let text = coverage::human(&coverage, &checked.sources, least);
                terminal.say(&format!("\n{text}"))?;
            }
        }
    }
    Ok((results, is_enough && is_said))
}

/// Writes what the tests reach for other tools; says so, and gives false, where a file cannot be written.
fn write(
    coverage: &Coverage,
    checked: &Checked,
    arguments: &Arguments,
    terminal: &mut Terminal,
) -> io::Result<bool> {
    let below = ci::below();
    let path = |file: &str| render::path(&below, file);
    let mut files = Vec::new();
    if let Some(file) = &arguments.lcov {
        files.push((file, coverage::lcov(coverage, &checked.sources, path)));
    }
    if let Some(file) = &arguments.cobertura {
        let name = checked.name.as_deref().unwrap_or_default();
        let now = host::Clock::default().now();
        let text = coverage::cobertura(name, coverage, &checked.sources, now, path);
        files.push((file, text));
    }
    let mut is_written = true;
    for (file, text) in files {
        is_written &= output::write(file, &text, terminal)?;
    }
    Ok(is_written)
}

/// Says all that is wrong with a package and its tests where a reviewer looks.
fn say(
    form: Form,
    checked: &mut Checked,
    results: &[TestResult],
    warnings: Vec<Diagnostic>,
    terminal: &mut Terminal,
) -> io::Result<()> {
    let problems = results.iter().flat_map(|result| result.problems.clone());
    checked.diagnostics.extend(problems.chain(warnings));
    ci::say(form, std::slice::from_ref(checked), terminal)
}

/// The results, if the package can be run at all.
fn run_tests(
    checked: &mut Checked,
    arguments: &Arguments,
    options: &Options,
) -> (testing::Results, Option<Coverage>) {
    let Some(analysis) = &mut checked.analysis else {
        return Default::default();
    };
    if !front::is_sound(&checked.diagnostics) {
        return Default::default();
    }
    let (programs, points) = match front::compile_with_points(analysis) {
        Ok(compiled) => compiled,
        Err(diagnostics) => {
            checked.diagnostics.extend(diagnostics);
            return Default::default();
        }
    };
    let package = &analysis.package;
    let is_own = |source| checked.files.iter().any(|file| file.source == source);
    let (mut results, coverage) = match arguments.counts() {
        true => {
            let (results, coverage) = testing::cover(package, &programs, &points, options, &is_own);
            (results, Some(coverage))
        }
        false => (testing::run_tests(package, &programs, options), None),
    };
    front::settle(analysis, &checked.levels, &mut results.warnings);
    (results, coverage)
}

/// Tells people.
fn tell(checked: &Checked, results: &[TestResult], terminal: &mut Terminal) -> io::Result<()> {
    let look = terminal.look();
    let text = testing::human(results, |problems| {
        human::render(problems, &checked.sources, look)
    });
    terminal.say(&text)
}

/// Answers programs.
fn answer(
    checked: &Checked,
    results: &[TestResult],
    warnings: &[Diagnostic],
    coverage: Option<&Coverage>,
    terminal: &mut Terminal,
) -> io::Result<()> {
    let passed = results.iter().filter(|result| result.passed()).count();
    let answer = Answer {
        version: 1,
        package: checked.name.as_deref(),
        diagnostics: json::entries(&checked.diagnostics, &checked.sources),
        warnings: json::entries(warnings, &checked.sources),
        tests: testing::json(results, &checked.sources),
        passed,
        failed: results.len() - passed,
        coverage: coverage.map(|coverage| coverage::json(coverage, &checked.sources)),
    };
    terminal.say(&serde_json::to_string_pretty(&answer)?)?;
    terminal.say("\n")
}
