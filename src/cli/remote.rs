//! A running agent, as the command line talks to it.

use std::cell::Cell;
use std::io;
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::{Value as Json, json};

use super::terminal::Terminal;
use super::{CLEAN, FINDINGS};
use crate::connect::{Answer, Client};
use crate::host::quoted_with;
use crate::value::escape_text;

/// How long the agent may take to answer.
const PATIENCE: Duration = Duration::from_secs(15);
/// The largest answer.
const ANSWER_BYTES: usize = 64 * 1024 * 1024;

/// Where an agent listens, if nothing else is said.
const USUAL: &str = "http://127.0.0.1:7117";

/// Which agent is meant, and who asks.
#[derive(Clone, Debug, clap::Args)]
pub struct Which {
    /// Where the agent listens
    #[arg(long, env = "RBK_AGENT", value_name = "URL", default_value = USUAL)]
    agent: String,

    /// The token of one of its [[callers]]
    #[arg(long, env = "RBK_TOKEN", value_name = "TOKEN", hide_env_values = true)]
    token: Option<String>,
}

/// What an agent answers that starts or stops.
const STARTING: u16 = 503;
/// What it answers where there is nothing.
const MISSING: u16 = 404;

/// A running agent.
pub struct Remote {
    which: Which,
    client: Client,
    runtime: tokio::runtime::Runtime,
    /// How the agent answered last time.
    last: Cell<Last>,
}

/// How an agent answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Last {
    /// Not at all.
    Silent,
    /// It starts, or stops.
    Starts,
    /// What was asked for is not there.
    Missing,
    Otherwise,
}

impl Remote {
    pub fn new(which: &Which) -> Result<Remote, String> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| error.to_string())?;
        Ok(Remote {
            which: which.clone(),
            client: Client::new()?,
            runtime,
            last: Cell::new(Last::Otherwise),
        })
    }

    pub fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, String> {
        let request = self.client.get(&self.address(path));
        self.ask(request)
    }

    pub fn post<T: DeserializeOwned>(&self, path: &str, body: &Json) -> Result<T, String> {
        let request = self
            .client
            .post(&self.address(path), "application/json", body.to_string());
        self.ask(request)
    }

    pub fn delete<T: DeserializeOwned>(&self, path: &str, body: &Json) -> Result<T, String> {
        let request = self.client.delete(&self.address(path));
        let request = request.header("Content-Type", "application/json");
        self.ask(request.body(body.to_string()))
    }

    /// What a command has to say that means the same agent.
    pub fn here(&self) -> String {
        match self.which.agent == USUAL {
            true => String::new(),
            false => format!(" --agent {}", escape_text(&self.which.agent, usize::MAX)),
        }
    }

    /// Whether asking again later may help.
    pub fn is_away(&self) -> bool {
        matches!(self.last.get(), Last::Silent | Last::Starts)
    }

    /// Whether there is an agent that starts, or stops.
    pub fn is_starting(&self) -> bool {
        self.last.get() == Last::Starts
    }

    /// Whether what was asked for last is not there.
    pub fn is_missing(&self) -> bool {
        self.last.get() == Last::Missing
    }

    fn address(&self, path: &str) -> String {
        let agent = self.which.agent.trim_end_matches('/');
        match agent.contains("://") {
            true => format!("{agent}{path}"),
            // A host and a port, as people write them.
            false => format!("http://{agent}{path}"),
        }
    }

    fn ask<T: DeserializeOwned>(&self, request: reqwest::RequestBuilder) -> Result<T, String> {
        let request = match &self.which.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        let asked = self
            .runtime
            .block_on(self.client.ask(request, PATIENCE, ANSWER_BYTES));
        let agent = &self.which.agent;
        self.last.set(match &asked {
            Err(_) => Last::Silent,
            Ok(answer) if answer.status == STARTING => Last::Starts,
            Ok(answer) if answer.status == MISSING => Last::Missing,
            Ok(_) => Last::Otherwise,
        });
        let answer =
            asked.map_err(|none| format!("the agent at {agent} does not answer: {}", none.why))?;
        if !(200..300).contains(&answer.status) {
            let said = said(&answer);
            return Err(match self.which.agent == USUAL {
                true => said,
                false => quoted_with(&said, &escape_text(agent, usize::MAX)),
            });
        }
        serde_json::from_slice(&answer.body)
            .map_err(|error| format!("{agent} does not speak as an agent of rbk does: {error}"))
    }
}

/// What the agent says of a failure.
fn said(answer: &Answer) -> String {
    let body: Json = serde_json::from_slice(&answer.body).unwrap_or(json!({}));
    let message = body.pointer("/detail").and_then(Json::as_str);
    let code = body.pointer("/code").and_then(Json::as_str);
    match (message, code) {
        (Some(message), Some(code)) => format!("{message} ({code})"),
        (Some(message), None) => message.to_owned(),
        (None, _) => format!("the agent answered with status {}", answer.status),
    }
}

/// Whoever sits at the terminal, as the environment knows them, or else the system.
pub fn whoever(said: Option<&str>) -> String {
    let variable = |name| std::env::var(name).ok().filter(|name| !name.is_empty());
    let known = said
        .map(str::to_owned)
        .or_else(|| variable("USER"))
        .or_else(|| variable("LOGNAME"));
    known.unwrap_or_else(of_the_system)
}

/// The user that this process belongs to.
fn of_the_system() -> String {
    let number = rustix::process::getuid().as_raw().to_string();
    let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    named(&users, &number).unwrap_or(format!("user {number}"))
}

/// The name of a user in the list of the system.
fn named(users: &str, number: &str) -> Option<String> {
    let mut users = users.lines().map(|line| line.split(':'));
    users.find_map(|mut fields| {
        let name = fields.next().filter(|name| !name.is_empty())?;
        (fields.nth(1)? == number).then(|| name.to_owned())
    })
}

/// How a command ends that asked an agent: with its exit code, and with why it failed.
pub fn ended(done: Result<(), String>, terminal: &mut Terminal) -> io::Result<u8> {
    match done {
        Ok(()) => Ok(CLEAN),
        Err(why) => {
            terminal.complain(&format!("error: {why}\n"))?;
            Ok(FINDINGS)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::named;

    #[test]
    fn users_have_names() {
        let users = "root:x:0:0:root:/root:/bin/sh\n\nbroken\nada:x:1000:1000::/home/ada:/bin/sh\n";
        assert_eq!(named(users, "1000").as_deref(), Some("ada"));
        assert_eq!(named(users, "100"), None);
    }
}
