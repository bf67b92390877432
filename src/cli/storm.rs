//! `rbk storm`: what happens all at once, and who takes it on.

use std::io;

use clap::Subcommand;
use serde_json::{Value as Json, json};

use super::incident::say;
use super::remote::{Remote, Which, ended, whoever};
use super::terminal::Terminal;
use crate::value::escape_text;

const AFTER_HELP: &str = "\
Examples:
  rbk storm list                the storms that last, since when, with how many incidents
  rbk storm ack product shop    take it on, with every incident of it that nobody has
  rbk storm ack all             the same for a storm of several products
  rbk storm ack product shop --take-over
                                also where somebody else has it

While a storm lasts nothing is repaired automatically, and one page reports all its incidents.";

/// List storms, and take one on
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// List the storms that last
    List(Which),
    /// Take one on: nobody else is paged for it
    Ack {
        /// `all`, `product NAME`
        #[arg(required = true, num_args = 1..=2, value_name = "SCOPE")]
        scope: Vec<String>,
        /// Who you are, where no token says it [default: $USER, or the system's name for you]
        #[arg(long = "as", value_name = "NAME")]
        by: Option<String>,
        /// Also where somebody else has it
        #[arg(long)]
        take_over: bool,
        #[command(flatten)]
        which: Which,
    },
}

pub fn run(arguments: &Arguments, terminal: &mut Terminal) -> io::Result<u8> {
    let answer: Result<Json, String> = match &arguments.what {
        What::List(which) => Remote::new(which).and_then(|agent| agent.get("/v1/storms")),
        What::Ack {
            scope,
            by,
            take_over,
            which,
        } => Remote::new(which).and_then(|agent| {
            let (scope, by) = (scope.join(" "), whoever(by.as_deref()));
            let said = json!({"scope": scope, "by": by, "take_over": take_over});
            agent.post("/v1/storms/ack", &said)
        }),
    };
    let done = answer.and_then(|answer| say(terminal, &words(&answer)));
    ended(done, terminal)
}

fn words(answer: &Json) -> String {
    let storms = answer.get("storms").and_then(Json::as_array);
    let lines: String = storms.into_iter().flatten().map(line).collect();
    match lines.is_empty() {
        true => "No storm.\n".to_owned(),
        false => lines,
    }
}

/// What is said of one, in a line.
pub fn line(storm: &Json) -> String {
    let text = |name: &str| {
        let said = storm.get(name).and_then(Json::as_str).unwrap_or_default();
        escape_text(said, usize::MAX)
    };
    let many = storm
        .get("incidents")
        .and_then(Json::as_u64)
        .unwrap_or_default();
    let answered = match (text("by").as_str(), text("until").as_str()) {
        ("", _) => "nobody has answered".to_owned(),
        (by, "") => format!("{by} has it"),
        (by, until) => format!("{by} has it until {until}"),
    };
    format!(
        "Storm of {}: {many} incidents since {}; {answered}.\n",
        text("scope"),
        text("since")
    )
}
