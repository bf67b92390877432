//! The library from outside: the few entries that the test binary, benches and fuzz targets use.
//!
//! In: files as names and bytes. Out: plain text and numbers. Never shows a type of the rooms, so
//! that these stay private and what nobody uses is reported as dead.

#[cfg(feature = "host")]
pub mod agent;
#[cfg(feature = "host")]
pub mod connect;
pub mod coverage;
pub mod engine;
pub mod explore;
pub mod facts;
pub mod faults;
pub mod fuzz;
pub mod graph;
pub mod ide;
pub mod kept;
pub mod library;
pub mod literal;
pub mod machine;
pub mod measure;
pub mod program;
pub mod settings;
#[cfg(feature = "host")]
pub mod store;
pub mod trust;
pub mod versions;

use std::path::Path;

#[cfg(feature = "host")]
use crate::diag::human;
use crate::diag::{Code, Diagnostic, json};
use crate::effect::Reason;
use crate::front::{self, Analysis};
use crate::lint;
use crate::project::{self, EDITION, MANIFEST, Table};
use crate::syntax;
use crate::testing::{self, Meanwhile, Options};
use crate::text::Sources;
use crate::value::Duration;

/// A file of a package in memory: its path from the package's folder, and its bytes.
pub type File<'a> = (&'a str, &'a [u8]);

/// How diagnostics look here.
#[cfg(feature = "host")]
const PLAIN: human::Look = human::Look {
    width: 100,
    colour: false,
};

/// The most diagnostics that are shown in words; all are among the findings.
const MOST_SHOWN: usize = 1_000;

/// What checking a package says.
#[derive(Clone, Debug)]
pub struct Checked {
    /// In the order of their places.
    pub findings: Vec<Finding>,
    /// As people see it, without colours, for 100 columns.
    #[cfg(feature = "host")]
    pub human: String,
    /// As programs see it.
    pub json: String,
}

/// What testing a package says.
#[derive(Clone, Debug)]
pub struct Tested {
    /// What checking says; with an error in it, no test is run.
    pub checked: Checked,
    /// How many tests passed.
    pub passed: usize,
    /// How many tests failed.
    pub failed: usize,
    /// What is wrong with the tests that failed.
    pub findings: Vec<Finding>,
    /// The report as people see it, with all timelines.
    #[cfg(feature = "host")]
    pub human: String,
}

/// A diagnostic in short.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The file's path from the package's folder.
    pub file: String,
    /// From 1.
    pub line: u32,
    /// From 1, in characters.
    pub column: u32,
    /// `error`, `warning`, `note` or `fault`.
    pub kind: &'static str,
    /// `E0301`.
    pub code: &'static str,
    /// What is wrong, without its place.
    pub message: String,
}

/// A row of the registry of codes.
#[derive(Clone, Copy, Debug)]
pub struct CodeRow {
    /// `E0301`.
    pub code: &'static str,
    /// `TypeMismatch`.
    pub name: &'static str,
    /// `error`, `warning`, `note` or `fault`.
    pub kind: &'static str,
    /// One line that says what it is about.
    pub title: &'static str,
    /// The page that `rbk explain` prints.
    pub page: &'static str,
}

/// The files, with a manifest if they have none.
fn in_memory(files: &[File<'_>]) -> Table {
    let mut table = Table::default();
    for (path, bytes) in files {
        table.add(path, bytes.to_vec());
    }
    if !table.has(Path::new(MANIFEST)) {
        let manifest =
            format!("name = \"package\"\nversion = \"0.1.0\"\nedition = \"{EDITION}\"\n");
        table.add(MANIFEST, manifest.into());
    }
    table
}

/// The registry of codes.
pub fn codes() -> Vec<CodeRow> {
    let rows = Code::ALL.iter().map(|code| CodeRow {
        code: code.as_str(),
        name: code.name(),
        kind: code.kind().as_str(),
        title: code.title(),
        page: code.page(),
    });
    rows.collect()
}

/// Why a run is handed to a human.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReasonRow {
    /// As it stands in pages and reports: `came_back`.
    pub word: &'static str,
    /// What it means, as part of a sentence.
    pub title: &'static str,
    /// The page that `rbk explain` prints.
    pub page: &'static str,
}

/// The registry of reasons.
pub fn reasons() -> Vec<ReasonRow> {
    let rows = Reason::ALL.iter().map(|reason| ReasonRow {
        word: reason.word(),
        title: reason.explained(),
        page: reason.page(),
    });
    rows.collect()
}

/// Checks the files as one package; without an `rbk.toml` among them, one is taken as given.
pub fn check(files: &[File<'_>]) -> Checked {
    let (sources, _, diagnostics) = analyse(files);
    checked(&diagnostics, &sources)
}

/// The same with everything that lints say, each by its level.
pub fn lint(files: &[File<'_>]) -> Checked {
    lint_beside(files, &[])
}

/// The same beside what else is known: `rules`, `metrics` or `today`, each with its text.
pub fn lint_beside(files: &[File<'_>], beside: &[(&str, &str)]) -> Checked {
    let mut known = lint::Known::default();
    for (what, text) in beside {
        let taken = match *what {
            "rules" => known.add_rules(text),
            "metrics" => known.add_metrics(text),
            _ => known.set_today(text.trim()),
        };
        if let Err(why) = taken {
            let unreadable = Finding {
                file: String::from(*what),
                line: 1,
                column: 1,
                kind: "error",
                code: "unreadable",
                message: why,
            };
            return Checked {
                #[cfg(feature = "host")]
                human: unreadable.message.clone(),
                json: String::from("[]"),
                findings: vec![unreadable],
            };
        }
    }
    let (sources, _, diagnostics) = analyse_with(files, Some(&known));
    checked(&diagnostics, &sources)
}

/// A row of the table of lints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LintRow {
    /// `L0201`.
    pub code: &'static str,
    /// `unused-let`.
    pub name: &'static str,
    /// Whether it is found on a walk of its own, not by a check that is made anyway.
    pub walked: bool,
    /// What the name of the code says.
    pub kebab: String,
    /// `-`, or what data it needs.
    pub data: &'static str,
    /// `-`, `safe` or `unsafe`.
    pub fixes: &'static str,
}

/// The table of lints.
pub fn lints() -> Vec<LintRow> {
    let rows = lint::ALL.iter().map(|rule| LintRow {
        code: rule.code.as_str(),
        name: rule.name,
        walked: matches!(rule.sees, lint::Sees::Nodes(..)),
        kebab: rule.code.kebab(),
        data: rule.needs.as_str(),
        fixes: rule.fixes.as_str(),
    });
    rows.collect()
}

/// Something that happens to a run from outside: how many milliseconds after it was opened, and
/// `alert resolved`, `cancel`, `hold` or `release`.
pub type Disturbance<'a> = (i64, &'a str);

/// Checks the files as one package and runs its tests, with their timelines; `restore` stores and
/// restores every run after every step.
pub fn test(files: &[File<'_>], restore: bool) -> Tested {
    test_disturbed(files, restore, &[])
}

/// The same, while things happen to each of its runs.
pub fn test_disturbed(
    files: &[File<'_>],
    restore: bool,
    disturbances: &[Disturbance<'_>],
) -> Tested {
    let (sources, analysis, mut diagnostics) = analyse(files);
    let mut results = testing::Results::default();
    if let Some(analysis) = analysis.filter(|_| front::is_sound(&diagnostics)) {
        let options = Options {
            restore,
            timelines: true,
            meanwhile: disturbances.iter().filter_map(meanwhile).collect(),
            ..Options::default()
        };
        match front::compile(&analysis) {
            Ok(programs) => results = testing::run_tests(&analysis.package, &programs, &options),
            Err(refused) => diagnostics.extend(refused),
        }
    }
    let testing::Results {
        tests: results,
        warnings,
    } = results;
    let passed = results.iter().filter(|result| result.passed()).count();
    Tested {
        checked: checked(&diagnostics, &sources),
        passed,
        failed: results.len() - passed,
        findings: results
            .iter()
            .flat_map(|result| &result.problems)
            .chain(&warnings)
            .map(|problem| finding(problem, &sources))
            .collect(),
        #[cfg(feature = "host")]
        human: testing::human(&results, |problems| {
            human::render(problems, &sources, PLAIN)
        }),
    }
}

fn meanwhile((after, what): &Disturbance<'_>) -> Option<(Duration, Meanwhile)> {
    let what = match *what {
        "alert resolved" => Meanwhile::AlertResolved,
        "cancel" => Meanwhile::Cancel,
        "hold" => Meanwhile::Hold,
        "release" => Meanwhile::Release,
        _ => return None,
    };
    Some((Duration::from_millis(*after), what))
}

/// The sources, what is known of the package they make, and everything there is to say.
///
/// Without lints: a program that shows one mistake is no runbook that somebody is paged by. They have tests of their
/// own, and are asked of every example.
fn analyse(files: &[File<'_>]) -> (Sources, Option<Analysis>, Vec<Diagnostic>) {
    analyse_with(files, None)
}

fn analyse_with(
    files: &[File<'_>],
    lints: Option<&lint::Known>,
) -> (Sources, Option<Analysis>, Vec<Diagnostic>) {
    let mut sources = Sources::default();
    let files = in_memory(files);
    let fetched = project::Nothing::default();
    let here = Path::new(".");
    let (package, mut diagnostics) = project::load_whole(&files, &fetched, here, &mut sources);
    let is_whole = front::is_sound(&diagnostics);
    let analysis = package.map(|package| {
        let mut analysis = front::analyse_package(&mut sources, &package);
        if let Some(known) = lints.filter(|_| is_whole) {
            front::lint(&sources, &package, known, &mut analysis);
        }
        analysis
    });
    if let Some(analysis) = &analysis {
        diagnostics.extend(analysis.diagnostics.iter().cloned());
    }
    front::sort(&mut diagnostics);
    (sources, analysis, diagnostics)
}

/// Reads a text as a file; gives the outline of its tree, and what is wrong.
pub fn parse(text: &str) -> (String, Checked) {
    let mut sources = Sources::default();
    let source = sources.add("main.rbk", text);
    let source = sources.source(source);
    let parsed = syntax::parse(source);
    let tree = syntax::dump::dump(&parsed.file, source);
    (tree, checked(&parsed.diagnostics, &sources))
}

/// A text in the canonical layout, or why it is left as it is.
pub fn format(name: &str, text: &str) -> Result<String, Vec<Finding>> {
    let mut sources = Sources::default();
    let id = sources.add(name, text);
    let formatted = front::format(sources.source(id));
    formatted.map_err(|why| why.iter().map(|why| finding(why, &sources)).collect())
}

fn checked(diagnostics: &[Diagnostic], sources: &Sources) -> Checked {
    let shown = &diagnostics[..diagnostics.len().min(MOST_SHOWN)];
    Checked {
        findings: diagnostics
            .iter()
            .map(|diagnostic| finding(diagnostic, sources))
            .collect(),
        #[cfg(feature = "host")]
        human: human::render(shown, sources, PLAIN),
        json: serde_json::to_string_pretty(&json::entries(shown, sources))
            .unwrap_or_else(|error| error.to_string()),
    }
}

fn finding(diagnostic: &Diagnostic, sources: &Sources) -> Finding {
    let source = sources.source(diagnostic.primary.span.source);
    let position = source.position(diagnostic.primary.span.start);
    Finding {
        file: source.name.to_string(),
        line: position.line,
        column: position.column,
        kind: diagnostic.kind().as_str(),
        code: diagnostic.code.as_str(),
        message: diagnostic.message.clone(),
    }
}
