//! `rbk request`: asks an agent for a runbook.

use std::io;

use serde_json::{Map, Value as Json};

use super::incident::say;
use super::remote::{Remote, Which, ended};
use super::terminal::Terminal;
use super::{FINDINGS, USAGE};
use crate::value::escape_text;

const AFTER_HELP: &str = "\
Examples:
  rbk request restart_pool pool=shop/web reason=\"it leaks\"
      a target is named by the keys of its place
  rbk request scale count=3 zones='[\"a\", \"b\"]'
      a value that is JSON (a number, `true`, a list) is read as JSON
  rbk request note text='\"3\"'
      in quotes it is text

The agent takes the parameters as the trigger of the runbook declares them. The request is made in
the name of the caller whose token it is.

Exit codes: 0 when an incident has it, 1 when the agent refuses it, 2 when it was not understood.";

/// Ask an agent for a runbook, with its parameters
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Arguments {
    /// The runbook
    runbook: String,

    /// A parameter, and its value
    #[arg(value_name = "NAME=VALUE")]
    parameters: Vec<String>,

    #[command(flatten)]
    which: Which,
}

pub fn run(arguments: &Arguments, terminal: &mut Terminal) -> io::Result<u8> {
    let read = name_of(&arguments.runbook)
        .and_then(|runbook| Ok((runbook, parameters(&arguments.parameters)?)));
    let (runbook, parameters) = match read {
        Ok(read) => read,
        Err(why) => {
            terminal.complain(&format!("error: {why}\n"))?;
            return Ok(USAGE);
        }
    };
    let answer: Result<Json, String> = Remote::new(&arguments.which)
        .and_then(|agent| agent.post(&format!("/v1/requests/{runbook}"), &parameters));
    let incident = answer.map(|answer| (number(&answer), answer["joined"] == true));
    match incident {
        Ok((None, _)) => {
            terminal.complain("error: no incident has it\n")?;
            Ok(FINDINGS)
        }
        Ok((Some(incident), joined)) => {
            let words = match joined {
                true => format!("Incident {incident} is about this already, and has it.\n"),
                false => format!("Incident {incident} has it: rbk incident show {incident}\n"),
            };
            ended(say(terminal, &words), terminal)
        }
        Err(why) => ended(Err(why), terminal),
    }
}

fn number(answer: &Json) -> Option<u64> {
    answer.get("incident").and_then(Json::as_u64)
}

/// The name of a runbook: nothing else goes into the address.
fn name_of(said: &str) -> Result<&str, String> {
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    match !said.is_empty() && said.bytes().all(is_name) {
        true => Ok(said),
        false => Err(format!(
            "`{}` is not the name of a runbook",
            escape_text(said, 80)
        )),
    }
}

fn parameters(said: &[String]) -> Result<Json, String> {
    let mut parameters = Map::new();
    for one in said {
        let shown = escape_text(one, 80);
        let Some((name, value)) = one.split_once('=') else {
            return Err(format!("`{shown}` is not a parameter: write `name=value`"));
        };
        if parameters.insert(name.to_owned(), read(value)).is_some() {
            let name = escape_text(name, 80);
            return Err(format!("the parameter `{name}` is given more than once"));
        }
    }
    Ok(Json::Object(parameters))
}

/// What is JSON is meant so, and everything else is a text.
fn read(value: &str) -> Json {
    match serde_json::from_str(value) {
        Ok(json) => json,
        Err(_) => value.into(),
    }
}
