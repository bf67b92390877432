//! `rbk hold`: stops all changes of an agent at once, and lets them go on.

use std::io;

use clap::Subcommand;
use serde_json::{Value as Json, json};

use super::remote::{Remote, Which, whoever};
use super::terminal::Terminal;
use super::{CLEAN, FINDINGS};
use crate::value::escape_text;

const AFTER_HELP: &str = "\
Examples:
  rbk hold --why \"looks wrong\"   no run begins another change from now on
  rbk hold status                who has stopped them, and since when
  rbk hold release               runs look anew, and go on

What has been begun is finished and recorded. Looking and telling go on.";

/// Stop all changes at once
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP, args_conflicts_with_subcommands = true)]
pub struct Arguments {
    #[command(subcommand)]
    what: Option<What>,

    /// Why, for whoever asks later
    #[arg(long, default_value = "")]
    why: String,

    /// Who you are [default: $USER]
    #[arg(long = "as", value_name = "NAME")]
    by: Option<String>,

    #[command(flatten)]
    which: Which,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Let changes go on
    Release(Which),
    /// Say whether they are stopped
    Status(Which),
}

pub fn run(arguments: &Arguments, terminal: &mut Terminal) -> io::Result<u8> {
    let answer: Result<Json, String> = match &arguments.what {
        Some(What::Release(which)) => Remote::new(which).and_then(|agent| agent.delete("/v1/hold")),
        Some(What::Status(which)) => Remote::new(which).and_then(|agent| agent.get("/v1/hold")),
        None => Remote::new(&arguments.which).and_then(|agent| {
            let said = json!({"by": whoever(arguments.by.as_deref()), "why": arguments.why});
            agent.post("/v1/hold", &said)
        }),
    };
    match answer {
        Ok(answer) => {
            terminal.say(&words(&answer))?;
            Ok(CLEAN)
        }
        Err(why) => {
            terminal.complain(&format!("error: {why}\n"))?;
            Ok(FINDINGS)
        }
    }
}

fn words(answer: &Json) -> String {
    let said = |name: &str| {
        let said = answer.pointer(&format!("/hold/{name}"));
        let said = said.and_then(Json::as_str);
        said.map(|text| escape_text(text, usize::MAX))
    };
    let (by, since, why) = (said("by"), said("since"), said("why"));
    match (by, since, why.as_deref()) {
        (Some(by), Some(since), Some("") | None) => {
            format!("All changes are stopped by {by}, since {since}.\n")
        }
        (Some(by), Some(since), Some(why)) => {
            format!("All changes are stopped by {by}, since {since}: {why}.\n")
        }
        _ => "Changes may be made.\n".to_owned(),
    }
}
