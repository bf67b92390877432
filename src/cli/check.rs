//! `rbk check`: everything that is wrong with a package, at once.

use std::io;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::Serialize;

use crate::diag::{Allowed, Code, Diagnostic, human, json};
use crate::front::{self, NeedBeside};
use crate::lint::Known;
use crate::report::{self, Report};
use crate::value::{Time, escape_text};

use super::ci::Format;
use super::packages::{self, Checked, Tally};
use super::terminal::Terminal;
use super::{CLEAN, FINDINGS, USAGE, ci, grants, known, lock, mend, versions};

/// The most diagnostics shown to people for one package; programs get all.
const MOST_SHOWN: usize = 100;

/// The longest reason that is shown whole, in characters.
const SHOWN: usize = 200;

const AFTER_HELP: &str = "\
Examples:
  rbk check                     the package around the working folder
  rbk check ops/ billing/       two packages
  rbk check rollback.rbk        a single file; its package, if it belongs to one
  rbk check --report            also report what each runbook may do, within which bounds
  rbk check --locked            for CI: the lock must be what `rbk lock` would write
  rbk check --against origin/main   also check versions against the main branch
  rbk check --config agent.toml also report which of its needs that agent grants
  rbk check --fix               fix what can be fixed safely; `--diff` only shows it
  rbk check --format json       for editors and pipelines
  rbk check --format github     annotates a pull request; also sarif, junit, rdjson";

/// Report every mistake in a package
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Arguments {
    /// Folders of packages, or `.rbk` files
    paths: Vec<PathBuf>,

    /// Also report what each runbook may do: triggers, findings, scope, most targets, worst-case times
    #[arg(long)]
    report: bool,

    /// Fail unless the lock is what `rbk lock` would write
    #[arg(long)]
    locked: bool,

    /// Check versions against this git revision in place of the lock
    #[arg(long, value_name = "REV")]
    against: Option<String>,

    /// Report for each capability whether these settings of an agent grant it, and what they grant without need; a
    /// Kubernetes cluster that they name is asked for rights, but no command is started for its credentials
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    #[command(flatten)]
    known: known::Arguments,

    #[command(flatten)]
    mend: mend::Mending,

    /// The form of the output
    #[arg(long, value_enum, default_value = "human")]
    format: Format,
}

/// The answer for programs.
#[derive(Serialize)]
struct Answer<'a> {
    /// Of this form; a later form that old readers cannot read has a higher number.
    version: u32,
    packages: Vec<PackageAnswer<'a>>,
    errors: usize,
    warnings: usize,
}

/// One package of the answer.
#[derive(Serialize)]
struct PackageAnswer<'a> {
    name: Option<String>,
    path: Option<String>,
    files: usize,
    diagnostics: Vec<json::Entry<'a>>,
    /// What each runbook may do, if that was asked for and the package has no errors.
    #[serde(skip_serializing_if = "Option::is_none")]
    report: Option<Report>,
    /// How each need of its runbooks stands beside the settings that were named.
    #[serde(skip_serializing_if = "Option::is_none")]
    needs: Option<&'a [NeedBeside]>,
}

pub fn run(arguments: &Arguments, terminal: &mut Terminal) -> io::Result<u8> {
    let known = match arguments.known.read(arguments.config.is_some(), terminal) {
        Ok(known) => known,
        Err(why) => {
            terminal.complain(&why)?;
            return Ok(USAGE);
        }
    };
    let mut checked = packages::check(&arguments.paths, &known);
    let refused = checked.iter().find_map(|one| arguments.mend.refuses(one));
    if let Some(why) = refused {
        terminal.complain(&why)?;
        return Ok(USAGE);
    }
    let mut fixed = Vec::new();
    for package in &mut checked {
        let look = |package: &mut Checked| hold(package, arguments);
        let done = look(package);
        let done = done.and_then(|()| mend::package(&arguments.mend, package, &known, &look));
        match done {
            Ok(outcome) => fixed.extend(outcome),
            Err(trouble) => return troubled(&trouble, terminal),
        }
    }
    if checked.len() > 1
        && fixed.iter().any(mend::Outcome::has_written)
        && let Err(trouble) = look_again(&mut checked, &known, arguments)
    {
        return troubled(&trouble, terminal);
    }
    let is_open = fixed.iter().any(mend::Outcome::is_open);
    if arguments.mend.is_shown() {
        for outcome in &fixed {
            outcome.show(terminal)?;
        }
        // What cannot be read has nothing to show.
        let unread = checked.iter().filter(|package| package.analysis.is_none());
        let mut is_unread = false;
        for package in unread {
            is_unread = true;
            let look = terminal.error_look();
            terminal.complain(&human::render(&package.diagnostics, &package.sources, look))?;
        }
        return Ok(if is_open || is_unread {
            FINDINGS
        } else {
            CLEAN
        });
    }
    let is_for_people = matches!(arguments.format, Format::Human);
    for outcome in &fixed {
        outcome.tell(is_for_people, terminal)?;
    }
    let needs = match &arguments.config {
        None => Vec::new(),
        Some(path) => match grants::held(&mut checked, path, terminal.error_look()) {
            Ok(needs) => needs,
            Err(refused) => {
                terminal.complain(&format!("{}\n", refused.why.trim_end()))?;
                return Ok(USAGE);
            }
        },
    };
    for package in &mut checked {
        // What was found beside the settings of an agent has no line of the package that a comment could be about.
        crate::lint::settle(&package.levels, &mut [], &mut package.diagnostics);
        front::sort(&mut package.diagnostics);
    }
    let beside = Beside {
        report: arguments.report,
        needs: &needs,
        config: arguments.config.as_deref(),
        now: known.today.or_else(now),
    };
    show_with(arguments.format, &checked, beside, terminal)?;
    Ok(match is_open {
        true => FINDINGS,
        false => Tally::of_all(&checked).code(),
    })
}

fn troubled(trouble: &versions::Trouble, terminal: &mut Terminal) -> io::Result<u8> {
    let look = terminal.error_look();
    terminal.complain(&trouble.show(look))?;
    Ok(USAGE)
}

/// Looks at packages again: one of them may depend on another one, which is not what it was.
fn look_again(
    checked: &mut [Checked],
    known: &Known,
    arguments: &Arguments,
) -> Result<(), versions::Trouble> {
    for package in checked {
        if let Some(mut again) = packages::again(package, known) {
            hold(&mut again, arguments)?;
            *package = again;
        }
    }
    Ok(())
}

/// What is shown beside the findings.
#[derive(Clone, Copy, Default)]
struct Beside<'a> {
    report: bool,
    needs: &'a [Vec<NeedBeside>],
    config: Option<&'a Path>,
    /// From when on the due times of schedules are shown.
    now: Option<Time>,
}

/// Shows what was found.
pub fn show(format: Format, checked: &[Checked], terminal: &mut Terminal) -> io::Result<()> {
    show_with(format, checked, Beside::default(), terminal)
}

fn show_with(
    format: Format,
    checked: &[Checked],
    beside: Beside<'_>,
    terminal: &mut Terminal,
) -> io::Result<()> {
    match format {
        Format::Human => {
            for (index, package) in checked.iter().enumerate() {
                if index > 0 {
                    terminal.say("\n")?;
                }
                tell(package, terminal)?;
                if let (Some(path), Some(needs)) = (beside.config, beside.needs.get(index)) {
                    terminal.say(&grants::show(needs, path))?;
                }
                if let Some(report) = report(package, beside) {
                    terminal.say(&format!("\n{}", report::show(&report)))?;
                }
            }
            Ok(())
        }
        Format::Json => answer(checked, beside, terminal),
        Format::Github => ci::say(ci::Form::Github, checked, terminal),
        Format::Sarif => ci::say(ci::Form::Sarif, checked, terminal),
        Format::Junit => ci::say(ci::Form::Junit, checked, terminal),
        Format::Rdjson => ci::say(ci::Form::Rdjson, checked, terminal),
    }
}

/// Holds the versions of a package to its lock, or to a revision.
fn hold(package: &mut Checked, arguments: &Arguments) -> Result<(), versions::Trouble> {
    let found = match &arguments.against {
        None => versions::against_lock(package),
        Some(revision) => versions::against(package, revision)?,
    };
    package.diagnostics.extend(found);
    if arguments.locked {
        let stale = lock::stale(package);
        // That it is behind, or says so twice, is the same mistake.
        let is_known = |found: &Diagnostic| {
            stale
                .iter()
                .any(|stale| stale.primary.span == found.primary.span)
                || !stale.is_empty() && [Code::NoLock, Code::LockBehind].contains(&found.code)
        };
        package.diagnostics.retain(|found| !is_known(found));
        package.diagnostics.extend(stale);
    }
    front::sort(&mut package.diagnostics);
    Ok(())
}

fn now() -> Option<Time> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    Time::from_millis(i64::try_from(since.as_millis()).ok()?).ok()
}

/// The report, if it was asked for and there is nothing to fix first.
fn report(checked: &Checked, beside: Beside<'_>) -> Option<Report> {
    let analysis = checked.analysis.as_ref().filter(|_| beside.report)?;
    let package = &analysis.package;
    let manifests = versions::manifests(checked)?;
    Some(report::report(
        &package.name,
        &package.version,
        &manifests,
        checked
            .allowed
            .iter()
            .map(|one| allowed(checked, one))
            .collect(),
        beside.now,
    ))
}

/// `slack-blast at pods.rbk:12: the second cluster joins next week`
fn allowed(checked: &Checked, Allowed { found, reason }: &Allowed) -> String {
    let source = checked.sources.source(found.primary.span.source);
    let line = source.position(found.primary.span.start).line;
    let name = found.code.kebab();
    format!(
        "{name} at {}:{line}: {}",
        source.name,
        escape_text(reason, SHOWN)
    )
}

/// Tells people about one package.
pub fn tell(checked: &Checked, terminal: &mut Terminal) -> io::Result<()> {
    let shown = checked.diagnostics.len().min(MOST_SHOWN);
    let (first, rest) = checked.diagnostics.split_at(shown);
    terminal.say(&human::render(first, &checked.sources, terminal.look()))?;
    if !rest.is_empty() {
        let more = rest.len();
        terminal.say(&format!(
            "\n... and {more} more; `--format json` lists them all\n"
        ))?;
    }
    if !first.is_empty() {
        terminal.say("\n")?;
    }
    let tally = Tally::of(checked);
    let Some(name) = &checked.name else {
        return terminal.say(&format!("{tally}\n"));
    };
    let files = packages::count(checked.files.len(), "file");
    match tally.code() {
        FINDINGS => terminal.say(&format!("{name}: {tally} in {files}\n")),
        _ => terminal.say(&format!("{name}: {files} checked, {tally}\n")),
    }
}

/// Answers programs: one object for all packages.
fn answer(checked: &[Checked], beside: Beside<'_>, terminal: &mut Terminal) -> io::Result<()> {
    let tally = Tally::of_all(checked);
    let answer = Answer {
        version: 1,
        packages: checked
            .iter()
            .enumerate()
            .map(|(index, package)| PackageAnswer {
                name: package.name.clone(),
                path: package.path.clone(),
                files: package.files.len(),
                diagnostics: json::entries(&package.diagnostics, &package.sources),
                report: report(package, beside),
                needs: beside.needs.get(index).map(Vec::as_slice),
            })
            .collect(),
        errors: tally.errors,
        warnings: tally.warnings,
    };
    terminal.say(&serde_json::to_string_pretty(&answer)?)?;
    terminal.say("\n")
}
