//! `rbk test`: the tests of a package, in virtual time.

use std::io;
use std::path::PathBuf;

use serde::Serialize;

use crate::diag::human::Look;
use crate::diag::{Diagnostic, human, json, render};
use crate::front;
use crate::lint::Known;
use crate::testing::{self, Options, TestResult};

use super::check;
use super::ci::{Form, Format};
use super::packages::{self, Checked};
use super::terminal::Terminal;
use super::{CLEAN, FINDINGS, USAGE, ci};

const AFTER_HELP: &str = "\
Examples:
  rbk test                        every test of the package around the working folder
  rbk test checkout ops/billing   of other packages
  rbk test --filter rollback      tests whose `runbook: title` contains `rollback`
  rbk test --timeline             what happened in each test, minute by minute
  rbk test --format json          for pipelines; also junit, github, sarif, rdjson

A test drives one run of its runbook in a scripted world. Time is virtual: an hour of waiting takes
no time. A test that fails shows the timeline of its run. A test whose `verify` would pass although
the change had no effect fails too, because it proves nothing.";

/// Run the tests of packages
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Arguments {
    /// Folders of packages, or `.rbk` files
    paths: Vec<PathBuf>,

    /// Only tests whose `runbook: title` contains this
    #[arg(long, value_name = "NAME")]
    filter: Option<String>,

    /// Show the timeline of every test, also of those that pass
    #[arg(long)]
    timeline: bool,

    /// Who reads the output
    #[arg(long, value_enum, default_value = "human")]
    format: Format,
}

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
}

pub fn run(arguments: &Arguments, terminal: &mut Terminal) -> io::Result<u8> {
    let mut packages = packages::check(&arguments.paths, &Known::default());
    let is_one_answer = match arguments.format {
        Format::Json | Format::Junit | Format::Sarif | Format::Rdjson => true,
        Format::Human | Format::Github => false,
    };
    if is_one_answer && packages.len() > 1 {
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
        let results = of_package(checked, arguments, terminal)?;
        tests += results.len();
        all_passed &= results.iter().all(TestResult::passed);
        all_sound &= front::is_sound(&checked.diagnostics);
    }
    if all_sound && tests == 0 && arguments.filter.is_some() {
        terminal.complain("error: no test has a name that contains this\n")?;
        return Ok(USAGE);
    }
    Ok(match all_sound && all_passed {
        true => CLEAN,
        false => FINDINGS,
    })
}

/// Runs the tests of one package, and says what came of them.
fn of_package(
    checked: &mut Checked,
    arguments: &Arguments,
    terminal: &mut Terminal,
) -> io::Result<Vec<TestResult>> {
    let testing::Results {
        tests: results,
        warnings,
    } = run_tests(checked, arguments);
    let is_sound = front::is_sound(&checked.diagnostics);
    match arguments.format {
        Format::Json => answer(checked, &results, &warnings, terminal)?,
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
        }
    }
    Ok(results)
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
fn run_tests(checked: &mut Checked, arguments: &Arguments) -> testing::Results {
    let options = Options {
        filter: arguments.filter.clone(),
        timelines: arguments.timeline,
        ..Options::default()
    };
    let Some(analysis) = &mut checked.analysis else {
        return testing::Results::default();
    };
    if !front::is_sound(&checked.diagnostics) {
        return testing::Results::default();
    }
    match front::compile(analysis) {
        Ok(programs) => {
            let mut results = testing::run_tests(&analysis.package, &programs, &options);
            front::settle(analysis, &checked.levels, &mut results.warnings);
            results
        }
        Err(diagnostics) => {
            checked.diagnostics.extend(diagnostics);
            testing::Results::default()
        }
    }
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
    };
    terminal.say(&serde_json::to_string_pretty(&answer)?)?;
    terminal.say("\n")
}
