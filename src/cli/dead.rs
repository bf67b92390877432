//! `rbk dead`: what the agent could not deal with, why, and another try.

use std::io;

use clap::Subcommand;
use serde::Deserialize;
use serde_json::{Value as Json, json};

use crate::agent::{LetterList, LetterView};

use super::Format;
use super::incident::{how_many, number, pretty, say, seconds, shown};
use super::remote::{Remote, Which, ended};
use super::terminal::Terminal;

const AFTER_HELP: &str = "\
Examples:
  rbk dead list            what no runbook took, newest last, with the reason
  rbk dead show 12         one of them, with what arrived
  rbk dead replay 12       try it again, after a runbook or its sender was fixed

The agent is found by --agent or RBK_AGENT; a token is taken from RBK_TOKEN.";

/// List what could not be handled, and try it again
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// List dead letters
    List {
        /// At most so many
        #[arg(long, value_name = "NUMBER", default_value_t = 50,
              value_parser = clap::value_parser!(u16).range(1..=500))]
        limit: u16,
        /// Only those with a lower number
        #[arg(long, value_name = "ID", value_parser = number)]
        before: Option<u64>,
        #[command(flatten)]
        common: Common,
    },
    /// Show one with what arrived
    Show {
        #[arg(value_parser = number)]
        id: u64,
        #[command(flatten)]
        common: Common,
    },
    /// Try it again, as if it had just arrived
    Replay {
        #[arg(value_parser = number)]
        id: u64,
        #[command(flatten)]
        common: Common,
    },
}

#[derive(Debug, clap::Args)]
struct Common {
    #[command(flatten)]
    which: Which,

    /// The form of the output
    #[arg(long, value_enum, default_value = "human")]
    format: Format,
}

/// The answer to one letter.
#[derive(Deserialize)]
struct One {
    dead_letter: LetterView,
}

pub fn run(arguments: &Arguments, terminal: &mut Terminal) -> io::Result<u8> {
    let common = match &arguments.what {
        What::List { common, .. } | What::Show { common, .. } | What::Replay { common, .. } => {
            common
        }
    };
    let done = Remote::new(&common.which).and_then(|remote| match &arguments.what {
        What::List { limit, before, .. } => {
            let older = before.map_or(String::new(), |before| format!("&before={before}"));
            let list: LetterList = remote.get(&format!("/v1/dead-letters?limit={limit}{older}"))?;
            match common.format {
                Format::Json => say(terminal, &pretty(&list)?),
                Format::Human => say(terminal, &rows(&list)),
            }
        }
        What::Show { id, .. } => {
            let one: One = remote.get(&format!("/v1/dead-letters/{id}"))?;
            match common.format {
                Format::Json => say(terminal, &pretty(&one.dead_letter)?),
                Format::Human => say(terminal, &whole(&one.dead_letter)),
            }
        }
        What::Replay { id, .. } => {
            let answer: Json = remote.post(&format!("/v1/dead-letters/{id}/replay"), &json!({}))?;
            match common.format {
                Format::Json => say(terminal, &pretty(&answer)?),
                Format::Human => say(terminal, &replayed(*id, &answer)),
            }
        }
    });
    ended(
        done.map_err(|why| shown(&why).trim_end().to_owned()),
        terminal,
    )
}

fn rows(list: &LetterList) -> String {
    if list.total == 0 {
        return "No dead letters.\n".to_owned();
    }
    let row = |letter: &LetterView| {
        shown(&format!(
            "{:>5}  {}  {:<6} {:<14} {}{}\n",
            letter.id,
            seconds(&letter.at),
            letter.code,
            letter.source,
            again(letter),
            letter.why,
        ))
    };
    let rows: String = list.dead_letters.iter().rev().map(row).collect();
    let last = list.dead_letters.last().map(|letter| letter.id);
    rows + &how_many(list.dead_letters.len(), list.total, last)
}

/// What became of a letter since.
fn again(letter: &LetterView) -> String {
    match letter.replayed.as_deref() {
        None => String::new(),
        Some([]) => "replayed, taken: ".to_owned(),
        Some([incident]) => format!("replayed, incident {incident}: "),
        Some(incidents) => {
            let incidents: Vec<String> = incidents.iter().map(u64::to_string).collect();
            format!("replayed, incidents {}: ", incidents.join(", "))
        }
    }
}

fn whole(letter: &LetterView) -> String {
    let text = format!(
        "Dead letter {} ({}), {} from {}\n{}{}\n",
        letter.id,
        letter.code,
        seconds(&letter.at),
        letter.source,
        again(letter),
        letter.why,
    );
    let body = match serde_json::from_str::<Json>(&letter.body) {
        Ok(body) => pretty(&body).unwrap_or_default(),
        Err(_) => letter.body.clone() + "\n",
    };
    shown(&(text + "\n" + &body))
}

fn replayed(id: u64, answer: &Json) -> String {
    let incidents = answer.get("incidents").and_then(Json::as_array);
    let incidents: Vec<String> = incidents
        .into_iter()
        .flatten()
        .map(Json::to_string)
        .collect();
    match incidents.as_slice() {
        [] => format!("Dead letter {id} is taken; no incident comes of it now.\n"),
        [one] => format!("Dead letter {id} is taken: incident {one}.\n"),
        many => format!(
            "Dead letter {id} is taken: incidents {}.\n",
            many.join(", ")
        ),
    }
}
