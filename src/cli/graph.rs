//! `rbk graph`: the flow of one runbook as a picture.

use std::io;
use std::path::{Path, PathBuf};

use clap::ValueEnum;

use crate::diag::{Diagnostic, human};
use crate::graph;

use super::packages;
use super::terminal::{self, Terminal};
use super::{CLEAN, FINDINGS, USAGE, output, versions};

const AFTER_HELP: &str = "\
Examples:
  rbk graph rollback                        of the package around the working folder, as Mermaid
  rbk graph rollback examples/rollback      of another package
  rbk graph rollback --output rollback.svg  a picture; the extension gives the format
  rbk graph rollback --format dot | dot -Tpdf > rollback.pdf

Exit codes:
  0  drawn
  1  the package has errors, or the file cannot be written
  2  there is no such runbook";

/// Draw the flow of one runbook, with its bounds on it
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Arguments {
    /// The name of the runbook
    runbook: String,

    #[command(flatten)]
    package: packages::One,

    /// The format [default: that of the extension of FILE, else mermaid]
    #[arg(long, value_enum)]
    format: Option<Format>,

    /// Write it to this file
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// The language of the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    // A picture of its own, for light and dark pages
    Svg,
    // For Markdown on many sites
    Mermaid,
    // For Graphviz
    Dot,
}

/// The most errors that are shown of a package that has some.
const MOST_SHOWN: usize = 20;

pub fn run(arguments: &Arguments, terminal: &mut Terminal) -> io::Result<u8> {
    let checked = packages::check_one(&arguments.package.path);
    let (Some(analysis), Some(manifests)) = (&checked.analysis, versions::manifests(&checked))
    else {
        // The output is the picture's alone.
        let shown = checked.diagnostics.iter().take(MOST_SHOWN);
        let shown: Vec<Diagnostic> = shown.cloned().collect();
        let look = terminal.error_look();
        terminal.complain(&human::render(&shown, &checked.sources, look))?;
        return Ok(FINDINGS);
    };
    let package = &analysis.package;
    let mut runbooks = package.runbooks.iter().zip(&manifests);
    let Some((runbook, manifest)) = runbooks.find(|(runbook, _)| runbook.name == arguments.runbook)
    else {
        let names = package.runbooks.iter().map(|runbook| runbook.name.as_str());
        terminal.complain(&packages::missing_runbook(
            &arguments.runbook,
            &names.collect::<Vec<_>>(),
        ))?;
        return Ok(USAGE);
    };
    let drawn = graph::graph(package, runbook, manifest, &checked.sources);
    let text = match format(arguments) {
        Format::Svg => graph::svg(&drawn),
        Format::Mermaid => graph::mermaid(&drawn),
        Format::Dot => graph::dot(&drawn),
    };
    let Some(path) = &arguments.output else {
        terminal.say(&text)?;
        return Ok(CLEAN);
    };
    let shown = terminal::in_a_line(&path.to_string_lossy());
    if !output::write(path, &text, terminal)? {
        return Ok(FINDINGS);
    }
    terminal.say(&format!("wrote {shown}\n"))?;
    Ok(CLEAN)
}

fn format(arguments: &Arguments) -> Format {
    let ending = arguments.output.as_deref().and_then(Path::extension);
    let said = match ending.and_then(|ending| ending.to_str()) {
        Some("svg") => Format::Svg,
        Some("dot" | "gv") => Format::Dot,
        Some(_) | None => Format::Mermaid,
    };
    arguments.format.unwrap_or(said)
}
