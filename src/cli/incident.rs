//! `rbk incident`: what is going on, and what a human does about it.

use std::io;
use std::time::Duration;

use clap::Subcommand;
use serde_json::{Value as Json, json};

use crate::agent::{IncidentDetail, IncidentList, IncidentView, TimelineLine};
use crate::value::escape_text;

use super::remote::{Remote, Which, whoever};
use super::terminal::Terminal;
use super::{CLEAN, FINDINGS, Format};

const AFTER_HELP: &str = "\
Examples:
  rbk incident list                  what is not over yet
  rbk incident list --all            the last thousand
  rbk incident show 17 --follow      its timeline with the evidence, as it goes on
  rbk incident ack 17                it is yours: nobody else is told any more
  rbk incident resolve 17 --why \"…\"  it is over

The agent is found by --agent or RBK_AGENT; a token is taken from RBK_TOKEN.";

/// How often a followed incident is looked at.
const LOOK: Duration = Duration::from_millis(700);

/// Look at incidents, acknowledge and resolve them
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// List incidents, newest first
    List {
        /// Also those that are over
        #[arg(long)]
        all: bool,
        /// Go on, and tell of each change
        #[arg(long)]
        follow: bool,
        #[command(flatten)]
        common: Common,
    },
    /// Show one with its timeline and the evidence
    Show {
        id: u64,
        /// Go on until it is over
        #[arg(long)]
        follow: bool,
        #[command(flatten)]
        common: Common,
    },
    /// Take it on: nobody else is told any more
    Ack {
        id: u64,
        /// Who you are [default: $USER]
        #[arg(long = "as", value_name = "NAME")]
        by: Option<String>,
        #[command(flatten)]
        common: Common,
    },
    /// Say that it is over; a run under way is called off
    Resolve {
        id: u64,
        /// Who you are [default: $USER]
        #[arg(long = "as", value_name = "NAME")]
        by: Option<String>,
        /// What it was, for whoever reads it later
        #[arg(long, default_value = "")]
        why: String,
        #[command(flatten)]
        common: Common,
    },
}

#[derive(Debug, clap::Args)]
struct Common {
    #[command(flatten)]
    which: Which,

    /// Who reads the output
    #[arg(long, value_enum, default_value = "human")]
    format: Format,
}

pub fn run(arguments: &Arguments, terminal: &mut Terminal) -> io::Result<u8> {
    let common = match &arguments.what {
        What::List { common, .. }
        | What::Show { common, .. }
        | What::Ack { common, .. }
        | What::Resolve { common, .. } => common,
    };
    let done = Remote::new(&common.which).and_then(|remote| match &arguments.what {
        What::List { all, follow, .. } => list(&remote, *all, *follow, common.format, terminal),
        What::Show { id, follow, .. } => show(&remote, *id, *follow, common.format, terminal),
        What::Ack { id, by, .. } => {
            let said = json!({"by": whoever(by.as_deref())});
            let detail: IncidentDetail = remote.post(&format!("/v1/incidents/{id}/ack"), &said)?;
            one(&detail, common.format, terminal)
        }
        What::Resolve { id, by, why, .. } => {
            let said = json!({"by": whoever(by.as_deref()), "why": why});
            let detail: IncidentDetail =
                remote.post(&format!("/v1/incidents/{id}/resolve"), &said)?;
            one(&detail, common.format, terminal)
        }
    });
    match done {
        Ok(()) => Ok(CLEAN),
        Err(why) => {
            terminal.complain(&format!("error: {why}\n"))?;
            Ok(FINDINGS)
        }
    }
}

fn list(
    remote: &Remote,
    all: bool,
    follow: bool,
    format: Format,
    terminal: &mut Terminal,
) -> Result<(), String> {
    // Programs get everything: they can choose themselves.
    let all = all || format == Format::Json;
    let path = format!("/v1/incidents?open={}", !all);
    let list: IncidentList = remote.get(&path)?;
    if format == Format::Json {
        return say(terminal, &pretty(&list)?);
    }
    if let Some(by) = &list.held_by {
        say(
            terminal,
            &format!("All changes are stopped by {by}: `rbk hold release` lets them go on.\n"),
        )?;
    }
    if list.incidents.is_empty() && !follow {
        return say(
            terminal,
            if all {
                "No incidents.\n"
            } else {
                "Nothing is open.\n"
            },
        );
    }
    let mut known = Vec::new();
    for incident in list.incidents.iter().rev() {
        say(terminal, &row(incident))?;
        known.push((incident.id, incident.state.clone()));
    }
    if !follow {
        return Ok(());
    }
    loop {
        flush(terminal)?;
        std::thread::sleep(LOOK);
        let list: IncidentList = remote.get("/v1/incidents?open=false")?;
        for incident in list.incidents.iter().rev() {
            let now = (incident.id, incident.state.clone());
            if !known.contains(&now) {
                known.retain(|(id, _)| *id != incident.id);
                known.push(now);
                say(terminal, &row(incident))?;
            }
        }
    }
}

fn show(
    remote: &Remote,
    id: u64,
    follow: bool,
    format: Format,
    terminal: &mut Terminal,
) -> Result<(), String> {
    let mut detail: IncidentDetail = remote.get(&format!("/v1/incidents/{id}"))?;
    if format == Format::Json && !follow {
        return say(terminal, &pretty(&detail)?);
    }
    if format == Format::Human {
        say(terminal, &head(&detail.incident))?;
    }
    let mut next = 0;
    loop {
        for line in &detail.timeline {
            let text = match format {
                Format::Human => timeline_line(line),
                Format::Json => serde_json::to_string(line).map_err(|e| e.to_string())? + "\n",
            };
            say(terminal, &text)?;
            next = line.number + 1;
        }
        if !follow || detail.incident.state == "resolved" {
            return Ok(());
        }
        flush(terminal)?;
        std::thread::sleep(LOOK);
        detail = remote.get(&format!("/v1/incidents/{id}?from={next}"))?;
    }
}

fn one(detail: &IncidentDetail, format: Format, terminal: &mut Terminal) -> Result<(), String> {
    match format {
        Format::Json => say(terminal, &pretty(detail)?),
        Format::Human => say(terminal, &head(&detail.incident)),
    }
}

/// `17  sev3  handed (novel)  cache_silent  RedisDown …`
fn row(incident: &IncidentView) -> String {
    shown(&format!(
        "{:>5}  {:<5} {:<22} {:<20} {}  {}\n",
        incident.id,
        incident.severity,
        state(incident),
        incident.runbook,
        seconds(&incident.opened),
        incident.title,
    ))
}

fn head(incident: &IncidentView) -> String {
    shown(&format!(
        "Incident {}: {}\n{} of `{}`, {} since {}; opened {}, {} events, {} runs\n",
        incident.id,
        incident.title,
        incident.severity,
        incident.runbook,
        state(incident),
        seconds(&incident.since),
        seconds(&incident.opened),
        incident.events,
        incident.runs,
    ))
}

/// What an agent says, a line each, with everything spelled out that would move the cursor.
fn shown(text: &str) -> String {
    let lines = text
        .lines()
        .map(|line| escape_text(line, usize::MAX) + "\n");
    lines.collect()
}

fn state(incident: &IncidentView) -> String {
    match (&incident.how, &incident.by, &incident.reason) {
        (Some(how), ..) => format!("{} ({how})", incident.state),
        (None, Some(by), _) => format!("{} by {by}", incident.state),
        (None, None, Some(reason)) => format!("{} ({reason})", incident.state),
        (None, None, None) if incident.at_work => format!("{}, at work", incident.state),
        (None, None, None) => incident.state.clone(),
    }
}

/// A line of a timeline: only the time of its day, which is what one compares.
pub fn timeline_line(line: &TimelineLine) -> String {
    let clock = line
        .at
        .split_once('T')
        .map_or(line.at.as_str(), |(_, clock)| clock);
    let clock: String = clock.trim_end_matches('Z').chars().take(12).collect();
    shown(&format!("  {clock:<12}  {}\n", line.text))
}

/// A moment without the parts of a second.
fn seconds(moment: &str) -> String {
    match moment.split_once('.') {
        Some((whole, _)) => format!("{whole}Z"),
        None => moment.to_owned(),
    }
}

fn pretty(value: &impl serde::Serialize) -> Result<String, String> {
    let value: Json = serde_json::to_value(value).map_err(|error| error.to_string())?;
    let text = serde_json::to_string_pretty(&value).map_err(|error| error.to_string())?;
    Ok(text + "\n")
}

fn say(terminal: &mut Terminal, text: &str) -> Result<(), String> {
    terminal.say(text).map_err(|error| error.to_string())
}

fn flush(terminal: &mut Terminal) -> Result<(), String> {
    terminal.finish().map_err(|error| error.to_string())
}
