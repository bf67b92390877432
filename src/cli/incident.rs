//! `rbk incident`: what is going on, and what a human does about it.

mod follow;

use std::io;
use std::time::Duration;

use clap::{Subcommand, ValueEnum};
use serde_json::{Value as Json, json};

use crate::agent::{IncidentDetail, IncidentList, IncidentView, TimelineLine};
use crate::effect::Reason;
use crate::journal::{IncidentId, settling};
use crate::value::escape_text;

use super::Format;
use super::remote::{Remote, Which, ended, whoever};
use super::terminal::Terminal;
use follow::{follow, waited_for};

const AFTER_HELP: &str = "\
Examples:
  rbk incident list                  what is not over yet
  rbk incident list --all            also those that are over
  rbk incident list --before 120     older ones
  rbk incident list --follow         keep running, and show only what changes
  rbk incident show 17 --follow      its timeline with the evidence, as it grows
  rbk incident ack 17                take it on: nobody else is paged for as long as that
                                     lasts; again to keep it longer
  rbk incident ack 17 --take-over    take it over from whoever has it
  rbk incident ack --page 31         take on every incident that this page reports
  rbk incident resolve 17 --why \"…\"  it is over
  rbk incident settle 17 not-applied --why \"the log of the host has no restart\"
                                     what became of a change whose outcome was unknown

The agent is found by --agent or RBK_AGENT; a token is taken from RBK_TOKEN.";

/// How wide the column of states is, and how wide at most.
const STATE: usize = 22;
const WIDEST: usize = 60;
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
    /// List incidents, newest last
    List {
        /// Also those that are over
        #[arg(long)]
        all: bool,
        /// Keep running, and report each change from now on
        #[arg(long, conflicts_with_all = ["before", "limit"])]
        follow: bool,
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
    /// Show one with its timeline and the evidence
    Show {
        #[arg(value_parser = number)]
        id: u64,
        /// Keep running until it is over
        #[arg(long)]
        follow: bool,
        #[command(flatten)]
        common: Common,
    },
    /// Take it on: nobody else is paged for as long as that lasts
    #[command(
        override_usage = "rbk incident ack [OPTIONS] <ID>\n       rbk incident ack [OPTIONS] --page <NUMBER>"
    )]
    Ack {
        #[arg(required_unless_present = "page", value_parser = number)]
        id: Option<u64>,
        /// Every incident that the page of this number reports
        #[arg(long, value_name = "NUMBER", conflicts_with = "id", value_parser = number)]
        page: Option<u64>,
        /// Also where somebody else has it
        #[arg(long)]
        take_over: bool,
        /// Who you are, where no token says it [default: $USER, or the system's name for you]
        #[arg(long = "as", value_name = "NAME")]
        by: Option<String>,
        #[command(flatten)]
        common: Common,
    },
    /// Say what became of a change whose outcome is unknown
    Settle {
        #[arg(value_parser = number)]
        id: u64,
        outcome: Became,
        /// How you know, for those who read it later
        #[arg(long)]
        why: String,
        /// Which change, where several are unknown
        #[arg(long, value_name = "NUMBER", value_parser = number)]
        change: Option<u64>,
        /// Who you are, where no token says it [default: $USER, or the system's name for you]
        #[arg(long = "as", value_name = "NAME")]
        by: Option<String>,
        #[command(flatten)]
        common: Common,
    },
    /// Say that it is over; a run under way is called off
    Resolve {
        #[arg(value_parser = number)]
        id: u64,
        /// Who you are, where no token says it [default: $USER, or the system's name for you]
        #[arg(long = "as", value_name = "NAME")]
        by: Option<String>,
        /// What it was, for those who read it later
        #[arg(long)]
        why: String,
        #[command(flatten)]
        common: Common,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Became {
    Applied,
    NotApplied,
}

#[derive(Debug, clap::Args)]
struct Common {
    #[command(flatten)]
    which: Which,

    /// The form of the output
    #[arg(long, value_enum, default_value = "human")]
    format: Format,
}

pub fn run(arguments: &Arguments, terminal: &mut Terminal) -> io::Result<u8> {
    let common = match &arguments.what {
        What::List { common, .. }
        | What::Show { common, .. }
        | What::Ack { common, .. }
        | What::Settle { common, .. }
        | What::Resolve { common, .. } => common,
    };
    let done = Remote::new(&common.which).and_then(|remote| match &arguments.what {
        What::List { follow: true, .. } => follow(&remote, common.format, terminal),
        What::List {
            all, limit, before, ..
        } => {
            let older = before.map_or(String::new(), |before| format!("&before={before}"));
            let part = format!("limit={limit}{older}");
            list(&remote, *all, &part, common.format, terminal)
        }
        What::Show { id, follow, .. } => show(&remote, *id, *follow, common.format, terminal),
        What::Ack {
            page: Some(page),
            by,
            take_over,
            ..
        } => {
            let said = json!({"by": whoever(by.as_deref()), "take_over": take_over});
            let taken: Json = remote.post(&format!("/v1/pages/{page}/ack"), &said)?;
            taken_on(&taken, common.format, terminal)
        }
        What::Ack {
            id, by, take_over, ..
        } => {
            let id = id.unwrap_or_default();
            let said = json!({"by": whoever(by.as_deref()), "take_over": take_over});
            let detail: IncidentDetail = remote.post(&format!("/v1/incidents/{id}/ack"), &said)?;
            one(&remote, &detail, common.format, terminal)
        }
        What::Settle {
            id,
            outcome,
            why,
            change,
            by,
            ..
        } => {
            let outcome = match outcome {
                Became::Applied => "applied",
                Became::NotApplied => "not_applied",
            };
            let by = whoever(by.as_deref());
            let said = json!({"by": by, "why": why, "outcome": outcome, "change": change});
            let path = format!("/v1/incidents/{id}/settle");
            let detail: IncidentDetail = remote.post(&path, &said)?;
            one(&remote, &detail, common.format, terminal)
        }
        What::Resolve { id, by, why, .. } => {
            let said = json!({"by": whoever(by.as_deref()), "why": why});
            let detail: IncidentDetail =
                remote.post(&format!("/v1/incidents/{id}/resolve"), &said)?;
            one(&remote, &detail, common.format, terminal)
        }
    });
    ended(done, terminal)
}

fn list(
    remote: &Remote,
    all: bool,
    part: &str,
    format: Format,
    terminal: &mut Terminal,
) -> Result<(), String> {
    // Programs get everything: they can choose themselves.
    let all = all || format == Format::Json;
    let list: IncidentList = remote.get(&format!("/v1/incidents?open={}&{part}", !all))?;
    if format == Format::Json {
        return say(terminal, &pretty(&list)?);
    }
    let here = remote.here();
    for freeze in &list.freezes {
        let (by, scope) = (
            escape_text(&freeze.by, usize::MAX),
            escape_text(&freeze.scope, usize::MAX),
        );
        let (what, of) = match scope.as_str() {
            "all" => ("All changes".to_owned(), String::new()),
            narrower => (format!("Changes of {narrower}"), format!(" {narrower}")),
        };
        let text = format!(
            "{what} are stopped by {by}: `rbk freeze release{of}{here} --why \"…\"` lets them go on.\n"
        );
        say(terminal, &text)?;
    }
    for storm in &list.storms {
        let storm = serde_json::to_value(storm).map_err(|error| error.to_string())?;
        say(terminal, &super::storm::line(&storm))?;
    }
    for shadow in &list.shadows {
        let why = escape_text(&shadow.why, usize::MAX);
        let (runbook, version) = (&shadow.runbook, &shadow.version);
        let text = format!("`{runbook}` {version} runs as a shadow, and changes nothing: {why}.\n");
        say(terminal, &text)?;
    }
    if list.total == 0 {
        let none = match all {
            true => "No incidents.\n",
            false => "Nothing is open.\n",
        };
        return say(terminal, none);
    }
    let widths = list.incidents.iter().map(|one| state(one).chars().count());
    let width = widths.max().unwrap_or_default().clamp(STATE, WIDEST);
    for incident in list.incidents.iter().rev() {
        say(terminal, &row(incident, width, &here))?;
    }
    let (shown, last) = (list.incidents.len(), list.incidents.last());
    say(
        terminal,
        &how_many(shown, list.total, last.map(|one| one.id)),
    )
}

/// How much of a list stands above, and how the rest is seen.
pub fn how_many(shown: usize, total: u64, last: Option<u64>) -> String {
    match last {
        // They are counted from 1.
        Some(last) if (shown as u64) < total && last > 1 => {
            format!("{shown} of {total}; --before {last} shows older ones.\n")
        }
        Some(_) | None => format!("{shown} of {total}.\n"),
    }
}

fn show(
    remote: &Remote,
    id: u64,
    follow: bool,
    format: Format,
    terminal: &mut Terminal,
) -> Result<(), String> {
    let path = format!("/v1/incidents/{id}");
    let mut detail: IncidentDetail = match follow {
        true => waited_for(remote, terminal, Remote::is_starting, |remote| {
            remote.get(&path)
        })?,
        false if format == Format::Human => remote.get(&format!("{path}?folded=true"))?,
        false => remote.get(&path)?,
    };
    if format == Format::Json && !follow {
        return say(terminal, &pretty(&detail)?);
    }
    if format == Format::Human {
        say(terminal, &head(&detail.incident, &remote.here()))?;
    }
    let (mut next, mut was) = (0, state(&detail.incident));
    loop {
        for line in &detail.timeline {
            let text = match format {
                Format::Human => timeline_line(line),
                Format::Json => line_of(line)?,
            };
            say(terminal, &text)?;
            next = line.number + 1;
        }
        // What stood above is not so any more.
        let is = state(&detail.incident);
        if is != was && format == Format::Human {
            say(terminal, &shown(&format!("Incident {id} is {is}\n")))?;
        }
        was = is;
        if !follow || detail.incident.is_done() {
            return Ok(());
        }
        flush(terminal)?;
        std::thread::sleep(LOOK);
        let path = format!("{path}?from={next}");
        detail = waited_for(remote, terminal, Remote::is_away, |remote| {
            remote.get(&path)
        })?;
    }
}

fn one(
    remote: &Remote,
    detail: &IncidentDetail,
    format: Format,
    terminal: &mut Terminal,
) -> Result<(), String> {
    match format {
        Format::Json => say(terminal, &pretty(detail)?),
        Format::Human => say(terminal, &head(&detail.incident, &remote.here())),
    }
}

/// Which incidents somebody has now.
fn taken_on(taken: &Json, format: Format, terminal: &mut Terminal) -> Result<(), String> {
    if format == Format::Json {
        return say(terminal, &pretty(taken)?);
    }
    let all = taken["incidents"].as_array().into_iter().flatten();
    let all: Vec<String> = all.map(Json::to_string).collect();
    let what = match all.as_slice() {
        [one] => format!("incident {one}"),
        many => format!("incidents {}", many.join(", ")),
    };
    say(terminal, &shown(&format!("Acknowledged: {what}\n")))
}

/// A number as lists and pages show it.
pub fn number(text: &str) -> Result<u64, String> {
    text.parse()
        .map_err(|_| "a number is meant, as lists and pages show it: 17".to_owned())
}

/// `17  sev3  handed (novel)  cache_silent  RedisDown …`
fn row(incident: &IncidentView, width: usize, here: &str) -> String {
    shown(&format!(
        "{:>5}  {:<5} {:<width$} {:<20} {}  {}\n{}",
        incident.id,
        incident.severity,
        state(incident),
        incident.runbook,
        seconds(&incident.opened),
        incident.title,
        unknown(incident, "       ", here),
    ))
}

/// What nobody knows of its changes, and how it is said; nothing where all is known.
fn unknown(incident: &IncidentView, indent: &str, here: &str) -> String {
    match incident.unknown.as_slice() {
        [] => String::new(),
        changes => format!(
            "{indent}nobody knows what became of {}: `{}` says it, where OUTCOME is `applied` or `not-applied`\n",
            changes.join("; "),
            settling(here, IncidentId(incident.id), changes.len())
        ),
    }
}

/// What a human has said of a change of which nobody knew.
fn settled(incident: &IncidentView) -> String {
    incident.settled.as_ref().map_or_else(String::new, |said| {
        let (change, outcome, by) = (&said.change, &said.outcome, &said.by);
        format!(
            "{by} said at {} that {change} was {outcome}\n",
            seconds(&said.at)
        )
    })
}

fn head(incident: &IncidentView, here: &str) -> String {
    let until = incident.until.as_deref();
    let until = until.map(|until| format!(", until {}", seconds(until)));
    shown(&format!(
        "Incident {}: {}\n{} of `{}`, {} since {}{}; opened {}, {}, {}\n{}{}",
        incident.id,
        incident.title,
        incident.severity,
        incident.runbook,
        state(incident),
        seconds(&incident.since),
        until.unwrap_or_default(),
        seconds(&incident.opened),
        many(u64::from(incident.events), "event"),
        many(u64::from(incident.runs), "run"),
        settled(incident),
        unknown(incident, "", here),
    ))
}

fn many(count: u64, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        count => format!("{count} {what}s"),
    }
}

/// What an agent says, a line each, with everything spelled out that would move the cursor.
pub fn shown(text: &str) -> String {
    let lines = text
        .lines()
        .map(|line| escape_text(line, usize::MAX) + "\n");
    lines.collect()
}

fn state(incident: &IncidentView) -> String {
    if let (Some(waits), None, None) = (&incident.waits_for, &incident.by, &incident.reason) {
        return format!("{}, waiting for {waits}", incident.state);
    }
    match (&incident.how, &incident.by, &incident.reason) {
        (Some(how), ..) if incident.at_work => {
            format!("{} ({how}), still at work", incident.state)
        }
        (Some(how), ..) => format!("{} ({how})", incident.state),
        (None, Some(by), _) => format!("{} by {by}", incident.state),
        (None, None, Some(reason)) => match &incident.settled {
            Some(said) if reason == Reason::Unknown.word() && incident.unknown.is_empty() => {
                let (outcome, by) = (&said.outcome, &said.by);
                format!("{} (was {reason}; {outcome}, says {by})", incident.state)
            }
            Some(_) | None => format!("{} ({reason})", incident.state),
        },
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
pub fn seconds(moment: &str) -> String {
    match moment.split_once('.') {
        Some((whole, _)) => format!("{whole}Z"),
        None => moment.to_owned(),
    }
}

/// One object of many, in one line.
fn line_of(value: &impl serde::Serialize) -> Result<String, String> {
    let line = serde_json::to_string(value).map_err(|error| error.to_string())?;
    Ok(line + "\n")
}

pub fn pretty(value: &impl serde::Serialize) -> Result<String, String> {
    let value: Json = serde_json::to_value(value).map_err(|error| error.to_string())?;
    let text = serde_json::to_string_pretty(&value).map_err(|error| error.to_string())?;
    Ok(text + "\n")
}

pub fn say(terminal: &mut Terminal, text: &str) -> Result<(), String> {
    terminal.say(text).map_err(|error| error.to_string())
}

fn flush(terminal: &mut Terminal) -> Result<(), String> {
    terminal.finish().map_err(|error| error.to_string())
}
