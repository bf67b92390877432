//! `rbk freeze`: stops changes of an agent, all or those of a product or runbook, and lets them go on.

use std::io;

use clap::Subcommand;
use serde_json::{Value as Json, json};

use super::incident::say;
use super::remote::{Remote, Which, ended, whoever};
use super::terminal::Terminal;
use crate::journal::Scope;
use crate::value::escape_text;

const PATH: &str = "/v1/freeze";

const USAGE: &str = "\
rbk freeze [OPTIONS] --why <WHY> [all | product <NAME> | runbook <NAME>]
       rbk freeze release [OPTIONS] --why <WHY> [all | product <NAME> | runbook <NAME>]
       rbk freeze status [OPTIONS]";
const RELEASE: &str =
    "rbk freeze release [OPTIONS] --why <WHY> [all | product <NAME> | runbook <NAME>]";

const AFTER_HELP: &str = "\
Examples:
  rbk freeze --why \"looks wrong\"             no run begins another change from now on
  rbk freeze product shop --why \"…\"          the same, for the runbooks of one product
  rbk freeze runbook slow --why \"…\"          or of one runbook
  rbk freeze status                          who has stopped them, and since when
  rbk freeze release --why \"…\"               runs look again, and go on
  rbk freeze release product shop --why \"…\"  the same, for what was stopped of one product

What has begun is finished and recorded. Runbooks go on observing and reporting. Owners are told
when changes are stopped, each hour after that, and when they go on.";

/// Stop changes: all of them, or those of a product or a runbook
#[derive(Debug, clap::Args)]
#[command(
    after_help = AFTER_HELP,
    visible_alias = "hold",
    override_usage = USAGE,
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true
)]
pub struct Arguments {
    #[command(subcommand)]
    what: Option<What>,

    #[command(flatten)]
    said: Said,
}

#[derive(Debug, clap::Args)]
struct Said {
    /// `all`, `product NAME` or `runbook NAME` [default: all]
    #[arg(num_args = 1..=2, value_name = "SCOPE", conflicts_with_all = ["product", "runbook"])]
    scope: Vec<String>,

    /// Only those of this product: the same as `product NAME`
    #[arg(long, value_name = "NAME", conflicts_with = "runbook", hide = true)]
    product: Option<String>,

    /// Only those of this runbook: the same as `runbook NAME`
    #[arg(long, value_name = "NAME", hide = true)]
    runbook: Option<String>,

    /// Why, for those who ask later
    // There is none where a subcommand has its own.
    #[arg(long, required = true)]
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
    #[command(override_usage = RELEASE)]
    Release(Said),
    /// Say whether they are stopped
    Status(Which),
}

impl Said {
    fn scope(&self) -> Result<Scope, String> {
        match (&self.product, &self.runbook) {
            (Some(product), _) => Ok(Scope::Product(product.into())),
            (None, Some(runbook)) => Ok(Scope::Runbook(runbook.into())),
            (None, None) if self.scope.is_empty() => Ok(Scope::All),
            (None, None) => {
                let words = self.scope.join(" ");
                Scope::from_words(&words).ok_or_else(|| {
                    let words = escape_text(&words, usize::MAX);
                    format!("`{words}` is not a scope: `all`, `product NAME` or `runbook NAME`")
                })
            }
        }
    }

    fn body(&self) -> Result<Json, String> {
        let (scope, by) = (self.scope()?.to_string(), whoever(self.by.as_deref()));
        Ok(json!({"scope": scope, "by": by, "why": self.why}))
    }
}

pub fn run(arguments: &Arguments, terminal: &mut Terminal) -> io::Result<u8> {
    let said = &arguments.said;
    let answer: Result<Json, String> = match &arguments.what {
        Some(What::Release(said)) => said
            .body()
            .and_then(|body| Remote::new(&said.which)?.delete(PATH, &body)),
        Some(What::Status(which)) => Remote::new(which).and_then(|agent| agent.get(PATH)),
        None => (said.body()).and_then(|body| Remote::new(&said.which)?.post(PATH, &body)),
    };
    let done = answer.and_then(|answer| say(terminal, &words(&answer)));
    ended(done, terminal)
}

fn words(answer: &Json) -> String {
    let freezes = answer.get("freezes").and_then(Json::as_array);
    let freezes = freezes.map(Vec::as_slice).unwrap_or_default();
    let lines: String = freezes.iter().map(line).collect();
    match lines.is_empty() {
        true => "Changes may be made.\n".to_owned(),
        false => lines,
    }
}

fn line(freeze: &Json) -> String {
    let said = |name: &str| {
        let said = freeze.get(name).and_then(Json::as_str).unwrap_or_default();
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
