//! `rbk hold`: stops changes of an agent, all or those of a product or runbook, and lets them go on.

use std::io;

use clap::Subcommand;
use serde_json::{Value as Json, json};

use super::remote::{Remote, Which, whoever};
use super::terminal::Terminal;
use super::{CLEAN, FINDINGS};
use crate::value::escape_text;

const AFTER_HELP: &str = "\
Examples:
  rbk hold --why \"looks wrong\"     no run begins another change from now on
  rbk hold --product shop --why \"…\"  the same, for the runbooks of one product
  rbk hold --runbook slow --why \"…\"  or of one runbook
  rbk hold status                  who has stopped them, and since when
  rbk hold release --why \"…\"       runs look again, and go on; with --product or --runbook as above

What has begun is finished and recorded. Runbooks go on observing and reporting. Owners are told when
changes are stopped, each hour after that, and when they go on.";

/// Stop changes: all of them, or those of a product or a runbook
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP, args_conflicts_with_subcommands = true)]
pub struct Arguments {
    #[command(subcommand)]
    what: Option<What>,

    #[command(flatten)]
    said: Said,
}

#[derive(Debug, clap::Args)]
struct Said {
    /// Only those of this product
    #[arg(long, value_name = "NAME", conflicts_with = "runbook")]
    product: Option<String>,

    /// Only those of this runbook
    #[arg(long, value_name = "NAME")]
    runbook: Option<String>,

    /// Why, for those who ask later
    #[arg(long)]
    why: Option<String>,

    /// Who you are, where no token says it [default: $USER, or the system's name for you]
    #[arg(long = "as", value_name = "NAME")]
    by: Option<String>,

    #[command(flatten)]
    which: Which,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Let changes go on
    Release(Said),
    /// Say whether they are stopped
    Status(Which),
}

impl Said {
    fn body(&self) -> Result<Json, String> {
        let why = self.why.as_deref().ok_or("say why: --why \"…\"")?;
        let scope = match (&self.product, &self.runbook) {
            (Some(product), _) => format!("product {product}"),
            (None, Some(runbook)) => format!("runbook {runbook}"),
            (None, None) => "all".to_owned(),
        };
        Ok(json!({"scope": scope, "by": whoever(self.by.as_deref()), "why": why}))
    }
}

pub fn run(arguments: &Arguments, terminal: &mut Terminal) -> io::Result<u8> {
    let answer: Result<Json, String> = match &arguments.what {
        Some(What::Release(said)) => said
            .body()
            .and_then(|body| Remote::new(&said.which)?.delete("/v1/hold", &body)),
        Some(What::Status(which)) => Remote::new(which).and_then(|agent| agent.get("/v1/hold")),
        None => (arguments.said.body())
            .and_then(|body| Remote::new(&arguments.said.which)?.post("/v1/hold", &body)),
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
    let holds = answer.get("holds").and_then(Json::as_array);
    let holds = holds.map(Vec::as_slice).unwrap_or_default();
    let lines: String = holds.iter().map(line).collect();
    match lines.is_empty() {
        true => "Changes may be made.\n".to_owned(),
        false => lines,
    }
}

fn line(hold: &Json) -> String {
    let said = |name: &str| {
        let said = hold.get(name).and_then(Json::as_str).unwrap_or_default();
        escape_text(said, usize::MAX)
    };
    let (scope, by, since, why) = (said("scope"), said("by"), said("since"), said("why"));
    let what = match scope.as_str() {
        "all" => "All changes".to_owned(),
        narrower => format!("Changes of {narrower}"),
    };
    match why.as_str() {
        "" => format!("{what} are stopped by {by}, since {since}.\n"),
        why => format!("{what} are stopped by {by}, since {since}: {why}.\n"),
    }
}
