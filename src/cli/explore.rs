//! `rbk explore`: every way that one runbook can go.

use std::io;

use clap::ValueEnum;

use crate::diag::Diagnostic;
use crate::diag::human;
use crate::front;
use crate::testing::explore::{self, Extent, MOST_PATHS};
use crate::text::SourceId;
use crate::typed::RunbookId;

use super::packages::{self, missing_runbook};
use super::terminal::Terminal;
use super::{CLEAN, FINDINGS, USAGE};

const AFTER_HELP: &str = "\
Examples:
  rbk explore rollback                     of the package around the working folder
  rbk explore rollback examples/rollback   of another package
  rbk explore rollback --format dot | dot -Tsvg > ends.svg

The runbook runs as an agent runs it, again and again, in a world that gives every answer that its
code can tell apart: numbers below, at and above each constant that they are compared with, lists of
none, one, two, as many as a loop allows and one more, no data, failures; each change is applied, is
not, or stays unknown. The output shows how it ends, with the shortest path there, what no path
reaches, and promises that some path breaks: there must be none.

Exit codes:
  0  every promise holds on every path that was taken
  1  the package has errors, or a promise is broken: a fault of rbk itself; please report it
  2  there is no such runbook";

/// Take every path through one runbook, and say where each ends
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Arguments {
    /// The name of the runbook
    runbook: String,

    #[command(flatten)]
    package: packages::One,

    /// How many paths are taken at most
    #[arg(
        long,
        value_name = "N",
        default_value_t = MOST_PATHS as u64,
        value_parser = clap::value_parser!(u64).range(1..)
    )]
    paths: u64,

    /// The form of the output
    #[arg(long, value_enum, default_value = "human")]
    format: Format,
}

/// Who reads the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Human,
    Json,
    // For Graphviz
    Dot,
}

/// The most errors that are shown of a package that has some.
const MOST_SHOWN: usize = 20;

pub fn run(arguments: &Arguments, terminal: &mut Terminal) -> io::Result<u8> {
    let mut checked = packages::check_one(&arguments.package.path);
    let compiled = match &checked.analysis {
        Some(analysis) if front::is_sound(&checked.diagnostics) => {
            front::compile_with_points(analysis)
        }
        Some(_) | None => Err(Vec::new()),
    };
    let (programs, points) = match compiled {
        Ok(compiled) => compiled,
        Err(diagnostics) => {
            checked.diagnostics.extend(diagnostics);
            let shown = checked.diagnostics.iter().take(MOST_SHOWN);
            let shown: Vec<Diagnostic> = shown.cloned().collect();
            let look = terminal.error_look();
            terminal.complain(&human::render(&shown, &checked.sources, look))?;
            return Ok(FINDINGS);
        }
    };
    let Some(analysis) = &checked.analysis else {
        return Ok(FINDINGS);
    };
    let (package, facts) = (&analysis.package, &analysis.facts);
    let names = package.runbooks.iter().map(|runbook| runbook.name.as_str());
    let index = names.clone().position(|name| name == arguments.runbook);
    let is_own = |source: SourceId| checked.files.iter().any(|file| file.source == source);
    let found = index.and_then(|index| {
        let compiled = (programs.get(index)?, points.get(index)?);
        let runbook = RunbookId(index as u32);
        let extent = Extent::of(usize::try_from(arguments.paths).unwrap_or(usize::MAX));
        explore::run(package, facts, compiled, runbook, &is_own, extent)
    });
    let Some(explored) = found else {
        let names: Vec<&str> = names.collect();
        terminal.complain(&missing_runbook(&arguments.runbook, &names))?;
        return Ok(USAGE);
    };
    let text = match arguments.format {
        Format::Human => explore::human(&explored, &checked.sources),
        Format::Json => {
            let answer = explore::json(&explored, &checked.sources);
            format!("{}\n", serde_json::to_string_pretty(&answer)?)
        }
        Format::Dot => explore::dot(&explored),
    };
    terminal.say(&text)?;
    Ok(match explored.held() {
        true => CLEAN,
        false => FINDINGS,
    })
}
