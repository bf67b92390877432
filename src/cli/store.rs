//! `rbk store`: what an agent has stored, for whoever looks into an agent; nothing is ever changed.

use std::io;
use std::num::NonZero;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use serde_json::{Map, Value as Json, json};

use super::incident::{pretty, say, shown};
use super::terminal::Terminal;
use super::{CLEAN, FINDINGS, Format};
use crate::agent::{folder_of, load_settings};
use crate::settings::SETTINGS;
use crate::store::{Overview, Row, Sqlite, TABLES, Table};

const AFTER_HELP: &str = "\
Examples:
  rbk store show shop                 how many rows each table has
  rbk store show shop incident        the newest incidents
  rbk store show shop incident 7      one of them, with its whole record
  rbk store show shop entry 7         the newest 50 lines of the timeline of incident 7
  rbk store show shop run 7.0         its first run, and what it waits for
  rbk store show shop message --limit 1000 --format json

An agent may be running: the store is opened read-only. What the records hold is documented in the
code, in src/journal/. In JSON a record that is damaged is null, and so is the state of a run
that is over.";

/// How many rows are shown unless told otherwise.
const NEWEST: NonZero<usize> = NonZero::new(50).expect("50 is not zero");

/// Look into the store of an agent, without changing it
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Show tables, the rows of one, or one row
    Show(Show),
}

#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
struct Show {
    /// The file of a store, or the folder of a package whose agent.toml names one
    path: PathBuf,

    /// A table
    #[arg(value_parser = table())]
    table: Option<&'static Table>,

    /// A row, or the first parts of its id: `7` for all entries of incident 7, `7.2` for the third
    id: Option<String>,

    /// At most so many rows, the newest
    #[arg(long, value_name = "NUMBER", default_value_t = NEWEST, value_parser = rows)]
    limit: NonZero<usize>,

    /// The form of the output
    #[arg(long, value_enum, default_value = "human")]
    format: Format,
}

fn table() -> impl TypedValueParser<Value = &'static Table> {
    let names = TABLES
        .iter()
        .map(|table| PossibleValue::new(table.name).help(table.about));
    PossibleValuesParser::new(names).try_map(|name| {
        let mut tables = TABLES.iter();
        tables.find(|table| table.name == name).ok_or("no table")
    })
}

fn rows(text: &str) -> Result<NonZero<usize>, String> {
    let rows = text.parse().ok().and_then(NonZero::new);
    rows.ok_or_else(|| "give a number of rows, 1 or more".to_owned())
}

pub fn run(arguments: &Arguments, terminal: &mut Terminal) -> io::Result<u8> {
    let What::Show(asked) = &arguments.what;
    match answer(asked, terminal) {
        Ok(()) => Ok(CLEAN),
        Err(why) => {
            terminal.complain(&format!("error: {}", shown(&why)))?;
            Ok(FINDINGS)
        }
    }
}

fn answer(asked: &Show, terminal: &mut Terminal) -> Result<(), String> {
    let path = store_of(&asked.path, terminal)?;
    let look = Sqlite::look(&path).and_then(|store| match store {
        Some(store) => Ok(store),
        // It says what is there instead.
        None => Sqlite::read(&path),
    });
    let store = look.map_err(|error| error.to_string())?;
    let Some(table) = asked.table else {
        let overview = store.overview().map_err(|error| error.to_string())?;
        return match asked.format {
            Format::Json => say(terminal, &pretty(&overview)?),
            Format::Human => say(terminal, &shown(&whole(&path, &overview))),
        };
    };
    let id = asked.id.as_deref();
    let most = asked.limit.get();
    // One more than is shown: whether there are more.
    let rows = store.rows(table, id, most.saturating_add(1));
    let mut rows = rows.map_err(|error| error.to_string())?;
    let is_more = rows.len() > most;
    rows.drain(..rows.len().saturating_sub(most));
    match asked.format {
        Format::Json => say(
            terminal,
            &pretty(&json!({ "table": table.name, "rows": rows, "more": is_more }))?,
        ),
        Format::Human if rows.is_empty() => {
            let of = id.map_or(String::new(), |id| format!(" with the id {id}"));
            say(
                terminal,
                &shown(&format!("No row of `{}`{of}.", table.name)),
            )
        }
        Format::Human => {
            let in_full = id.is_some();
            let text = rows.iter().map(|row| text_of(row, in_full));
            let mut text = text.collect::<Result<String, _>>()?;
            if is_more {
                text += &format!("The newest {most}; `--limit` shows more.\n");
            }
            say(terminal, &shown(&text))
        }
    }
}

/// The file of the store: itself, or the one that a package's settings name.
fn store_of(path: &Path, terminal: &Terminal) -> Result<PathBuf, String> {
    if !path.is_dir() {
        return Ok(path.to_path_buf());
    }
    let settings = path.join(SETTINGS);
    let read = load_settings(&settings, terminal.error_look()).map_err(|refused| refused.why)?;
    Ok(folder_of(&settings).join(read.store))
}

fn whole(path: &Path, overview: &Overview) -> String {
    let written = overview.written.map(|at| at.to_string());
    let mut text = format!(
        "Store {}\n  name     {}\n  epoch    {}\n  written  {}\n",
        path.display(),
        overview.name,
        overview.epoch,
        written.as_deref().unwrap_or("never"),
    );
    if let Some(freeze) = &overview.freeze {
        text += &format!("  changes are stopped: {freeze}\n");
    }
    text += "Rows\n";
    for table in TABLES {
        let count = overview.tables.get(table.name).unwrap_or(&Json::Null);
        // As text, which is put right where a value of JSON is not.
        let count = count.to_string();
        text += &format!("  {count:>8}  {:<12} {}\n", table.name, table.about);
    }
    text
}

/// One row: a line, or all that it holds.
fn text_of(row: &Row, in_full: bool) -> Result<String, String> {
    let mut text = format!("{}{}\n", row.id, line_of(&row.columns));
    for (name, record) in &row.records {
        text += &match (record, in_full) {
            (Json::Null, _) => match is_over(row, name) {
                true => format!("  {name}: over, its state is no longer kept\n"),
                false => format!("  {name}: damaged\n"),
            },
            (record, true) => {
                format!(
                    "  {name}: {}",
                    pretty(record)?.replace('\n', "\n  ").trim_end()
                ) + "\n"
            }
            (record, false) => format!("  {name}: {record}\n"),
        };
    }
    Ok(text)
}

/// Whether it is the state of a run that is over, which is not kept.
fn is_over(row: &Row, name: &str) -> bool {
    let ended = row.columns.get("ended").and_then(Json::as_bool);
    name == "run" && ended == Some(true)
}

fn line_of(columns: &Map<String, Json>) -> String {
    let columns = columns.iter().filter(|(_, value)| !value.is_null());
    let columns = columns.map(|(name, value)| match value {
        Json::String(text) => format!("  {name} {text}"),
        value => format!("  {name} {value}"),
    });
    columns.collect()
}
