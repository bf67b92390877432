//! `rbk lint`: what experience says of a package, and which lints there are.

use std::io;
use std::path::PathBuf;

use serde::Serialize;

use crate::diag::{Code, Kind};
use crate::front;
use crate::lint::{ALL, Rule};

use super::ci::Format;
use super::packages::{self, Tally};
use super::terminal::Terminal;
use super::{CLEAN, USAGE, check, grants, known};

const AFTER_HELP: &str = "\
Examples:
  rbk lint                      the package around the working folder
  rbk lint --list               every lint: code, name, level, data it needs, fixes, title
  rbk lint --rules rules/*.yml  also check triggers against the rules of their alerts
  rbk lint --format sarif       for code scanning

`rbk check` reports the same, beside everything else. A package sets levels in `rbk.toml`; a comment
allows one place:
  // allow slack-blast: the second cluster joins next week

A package with errors is not linted: fix those first.";

/// Report what experience advises against in a sound package
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Arguments {
    /// Folders of packages, or `.rbk` files
    paths: Vec<PathBuf>,

    #[command(flatten)]
    known: known::Arguments,

    /// Check what these settings of an agent grant against what is needed
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// List every lint
    #[arg(long, conflicts_with = "paths")]
    list: bool,

    /// The form of the output
    #[arg(long, value_enum, default_value = "human")]
    format: Format,
}

/// A lint, for programs.
#[derive(Serialize)]
struct Row {
    code: &'static str,
    name: &'static str,
    level: &'static str,
    data: &'static str,
    fixes: &'static str,
    title: &'static str,
}

pub fn run(arguments: &Arguments, terminal: &mut Terminal) -> io::Result<u8> {
    if arguments.list {
        return list(arguments.format, terminal);
    }
    let known = match arguments.known.read(arguments.config.is_some(), terminal) {
        Ok(known) => known,
        Err(why) => {
            terminal.complain(&why)?;
            return Ok(USAGE);
        }
    };
    let mut checked = packages::check(&arguments.paths, &known);
    if let Some(path) = &arguments.config
        && let Err(refused) = grants::held(&mut checked, path, terminal.error_look())
    {
        terminal.complain(&format!("{}\n", refused.why.trim_end()))?;
        return Ok(USAGE);
    }
    for package in &mut checked {
        // What an agent denies and lacks is said by `rbk check --config`.
        package.diagnostics.retain(|found| {
            let is_of_agent = matches!(found.code, Code::NeedDenied | Code::AgentLacks);
            found.code.is_lint() || (found.kind() == Kind::Error && !is_of_agent)
        });
        crate::lint::settle(&package.levels, &mut [], &mut package.diagnostics);
        front::sort(&mut package.diagnostics);
    }
    check::show(arguments.format, &checked, terminal)?;
    if matches!(arguments.format, Format::Human)
        && let Some(first) = checked.first().filter(|first| first.name.is_some())
    {
        terminal.say(&silent(&known.silent(&first.levels)))?;
    }
    Ok(Tally::of_all(&checked).code())
}

/// `8 lints were silent for want of data: 6 need --rules, 2 --metrics`
fn silent(counts: &[(&str, usize)]) -> String {
    let all: usize = counts.iter().map(|(_, count)| count).sum();
    if all == 0 {
        return String::new();
    }
    let each = counts.iter().enumerate().map(|(at, (flag, count))| {
        let need = match (at, count) {
            (0, 1) => "needs ",
            (0, _) => "need ",
            _ => "",
        };
        format!("{count} {need}{flag}")
    });
    let each: Vec<String> = each.collect();
    let were = if all == 1 { "was" } else { "were" };
    let lints = packages::count(all, "lint");
    format!(
        "{lints} {were} silent for want of data: {}\n",
        each.join(", ")
    )
}

fn list(format: Format, terminal: &mut Terminal) -> io::Result<u8> {
    let rows: Vec<Row> = ALL.iter().map(|rule| row(rule)).collect();
    if matches!(format, Format::Json) {
        let text =
            serde_json::to_string_pretty(&serde_json::json!({ "version": 1, "lints": rows }))?;
        terminal.say(&format!("{text}\n"))?;
        return Ok(CLEAN);
    }
    let longest = rows.iter().map(|row| row.name.len()).max().unwrap_or(0);
    for row in &rows {
        let Row {
            code,
            name,
            level,
            data,
            fixes,
            title,
        } = row;
        terminal.say(&format!(
            "{code}  {name:longest$}  {level:4}  {data:7}  {fixes:6}  {title}\n"
        ))?;
    }
    Ok(CLEAN)
}

fn row(rule: &Rule) -> Row {
    Row {
        code: rule.code.as_str(),
        name: rule.name,
        level: match rule.code.kind() {
            Kind::Note => "note",
            Kind::Warning => "warn",
            Kind::Error | Kind::Fault => "error",
        },
        data: rule.needs.as_str(),
        fixes: rule.fixes.as_str(),
        title: rule.code.title(),
    }
}
