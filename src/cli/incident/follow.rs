//! Following incidents: what changes from now on, across an agent that stops and starts.

use std::collections::{BTreeMap, BTreeSet};

use super::{Format, LOOK, STATE, flush, line_of, row, say, state};
use crate::agent::{IncidentDetail, IncidentList, IncidentView};
use crate::cli::remote::Remote;
use crate::cli::terminal::Terminal;

/// Tells what changes from now on, also while the agent is away for a while.
pub fn follow(remote: &Remote, format: Format, terminal: &mut Terminal) -> Result<(), String> {
    let mut known = Known::default();
    // What is there at the beginning is no news. An agent that starts is waited for; one that is not
    // there at all may be a mistake.
    let first = waited_for(remote, terminal, Remote::is_starting, |remote| {
        seen(remote, &mut known)
    })?;
    known.news(first);
    loop {
        flush(terminal)?;
        std::thread::sleep(LOOK);
        let found = waited_for(remote, terminal, Remote::is_away, |remote| {
            seen(remote, &mut known)
        })?;
        for incident in known.news(found) {
            let text = match format {
                Format::Human => row(&incident, STATE, &remote.here()),
                Format::Json => line_of(&incident)?,
            };
            say(terminal, &text)?;
        }
    }
}

/// Asks until there is an answer, as long as the agent is worth waiting for.
pub fn waited_for<T>(
    remote: &Remote,
    terminal: &mut Terminal,
    is_worth: impl Fn(&Remote) -> bool,
    mut ask: impl FnMut(&Remote) -> Result<T, String>,
) -> Result<T, String> {
    let mut is_away = false;
    loop {
        match ask(remote) {
            Err(why) if is_worth(remote) => {
                if !is_away {
                    complain(terminal, &format!("{why}; it is waited for\n"))?;
                    is_away = true;
                }
                flush(terminal)?;
                std::thread::sleep(LOOK);
            }
            answer => {
                if is_away && answer.is_ok() {
                    complain(terminal, "the agent answers again\n")?;
                }
                return answer;
            }
        }
    }
}

/// All that is new, all that is open, and what was so before. What is gone is forgotten.
fn seen(remote: &Remote, known: &mut Known) -> Result<Vec<IncidentView>, String> {
    let mut found = newest(remote, known.newest())?;
    found.extend(open(remote)?);
    // One that is open no more, and not among the newest.
    let seen: BTreeSet<u64> = found.iter().map(|one| one.id).collect();
    let unseen: Vec<u64> = known.open().filter(|id| !seen.contains(id)).collect();
    for id in unseen {
        match remote.get::<IncidentDetail>(&format!("/v1/incidents/{id}")) {
            Ok(detail) => found.push(detail.incident),
            Err(_) if remote.is_missing() => known.forget(id),
            Err(why) => return Err(why),
        }
    }
    Ok(found)
}

fn complain(terminal: &mut Terminal, text: &str) -> Result<(), String> {
    terminal.complain(text).map_err(|error| error.to_string())
}

/// Everything that is not over, in as many pages as it takes.
fn open(remote: &Remote) -> Result<Vec<IncidentView>, String> {
    pages(remote, "open=true", |_| false)
}

/// A page of the newest, and however many more it takes down to the newest that is known.
fn newest(remote: &Remote, known: Option<u64>) -> Result<Vec<IncidentView>, String> {
    pages(remote, "limit=500", |oldest| {
        known.is_none_or(|known| oldest <= known)
    })
}

/// Page after page of a list, until it ends or is enough, by the lowest number so far.
fn pages(
    remote: &Remote,
    which: &str,
    is_enough: impl Fn(u64) -> bool,
) -> Result<Vec<IncidentView>, String> {
    let mut all: Vec<IncidentView> = Vec::new();
    loop {
        let oldest = all.last().map(|last| last.id);
        if oldest.is_some_and(&is_enough) {
            return Ok(all);
        }
        let older = oldest.map_or(String::new(), |last| format!("&before={last}"));
        let list: IncidentList = remote.get(&format!("/v1/incidents?{which}{older}"))?;
        if list.incidents.is_empty() {
            return Ok(all);
        }
        all.extend(list.incidents);
    }
}

/// The incidents that were shown, as they were then; nothing before the first look.
#[derive(Default)]
struct Known {
    seen: BTreeMap<u64, Seen>,
    /// The highest number so far: above it, all is news.
    newest: Option<u64>,
}

/// How an incident was, and whether nothing is to come of it.
#[derive(PartialEq)]
struct Seen {
    state: String,
    is_done: bool,
}

impl Known {
    /// Those of them that are new or in another state, oldest first.
    fn news(&mut self, found: Vec<IncidentView>) -> Vec<IncidentView> {
        let found: BTreeMap<u64, IncidentView> =
            found.into_iter().map(|one| (one.id, one)).collect();
        let newest = found.last_key_value().map_or(0, |(id, _)| *id);
        self.newest = self.newest.max(Some(newest));
        let news = found.into_values().filter(|incident| {
            let now = || Seen {
                state: state(incident),
                is_done: incident.is_done(),
            };
            self.seen.insert(incident.id, now()) != Some(now())
        });
        news.collect()
    }

    fn forget(&mut self, id: u64) {
        self.seen.remove(&id);
    }

    fn newest(&self) -> Option<u64> {
        self.newest
    }

    /// Those that were not done.
    fn open(&self) -> impl Iterator<Item = u64> {
        let open = self.seen.iter().filter(|(_, seen)| !seen.is_done);
        open.map(|(id, _)| *id)
    }
}
