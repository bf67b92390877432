//! What a message says of what was seen and done, and of the alert: made of the records when it is
//! sent, and kept nowhere.

use tracing::warn;

use crate::connect;
use crate::effect::Reason;
use crate::engine::{self, Model};
use crate::journal::{
    Alert, Archive, Error, Event, IncidentId, Line, Message, MessageKind, Note, Notes, Outbox,
};
use crate::value::{SHOWN_CHARACTERS, escape_text};

/// How much of what an alert says of itself is passed on.
const NOTES: usize = 8;
/// How much of an annotation's name is shown.
const NAME_CHARACTERS: usize = 100;
/// The longest address that is passed on, in bytes.
const LINK_BYTES: usize = 2_000;
/// What people look for first.
const FIRST: [&str; 3] = ["summary", "message", "description"];

/// Puts the evidence into a message about an incident, and what its newest alert says of itself. What
/// cannot be read costs no page.
pub fn render(archive: &dyn Archive, model: &Model, outbox: &mut Outbox) {
    let message = &mut outbox.message;
    let Some(incident) = message.incident else {
        return;
    };
    // Older agents kept it with the message.
    if message.evidence.is_empty() {
        match archive.timeline(incident, 0) {
            Ok(entries) => {
                // What happened since it was written is told by whatever is told then.
                let upto = outbox.upto.unwrap_or(u64::MAX);
                let known = entries.into_iter().filter(|entry| entry.number < upto);
                message.evidence = engine::evidence(&known.collect::<Vec<_>>());
            }
            Err(failure) => warn!(%incident, "sent without evidence: {failure}"),
        }
    }
    if message.kind.asks() && message.reason.as_deref() == Some(Reason::Unknown.word()) {
        let at = message.at;
        let left = left_running(model, incident).into_iter();
        message.evidence.extend(left.map(|text| Line { at, text }));
    }
    match message.kind {
        MessageKind::Page | MessageKind::Task => match newest_alert(archive, incident) {
            Ok(alert) => message.notes = alert.as_ref().map(notes).unwrap_or_default(),
            Err(failure) => warn!(%incident, "sent without annotations: {failure}"),
        },
        MessageKind::Note | MessageKind::Acknowledged | MessageKind::Resolved => {}
    }
}

/// What people may be told to type, and which has to mean this agent.
const COMMANDS: [&str; 11] = [
    "rbk incident ack",
    "rbk incident settle",
    "rbk incident resolve",
    "rbk incident show",
    "rbk incident list",
    "rbk storm ack",
    "rbk storm list",
    "rbk dead list",
    "rbk dead show",
    "rbk dead replay",
    "rbk freeze release",
];

/// Makes the commands of a message reach this agent from wherever they are typed.
pub fn reaching(message: &mut Message, agent: Option<&str>) {
    let Some(agent) = agent else {
        return;
    };
    message.answer = with_agent(&message.answer, agent, "");
    message.text = quoted_with(&message.text, agent);
    for line in &mut message.evidence {
        line.text = quoted_with(&line.text, agent);
    }
}

/// The same in words, which quote commands.
pub fn quoted_with(text: &str, agent: &str) -> String {
    with_agent(text, agent, "`")
}

fn with_agent(text: &str, agent: &str, before: &str) -> String {
    COMMANDS.iter().fold(text.to_owned(), |text, command| {
        let command = format!("{before}{command}");
        text.replace(&command, &format!("{command} --agent {agent}"))
    })
}

/// The programs of changes of which nobody knows what became of them, and which are still at work.
fn left_running(model: &Model, incident: IncidentId) -> Vec<String> {
    let unknown = model.unknown_of(incident);
    let left = unknown.filter_map(|change| {
        let running = connect::running(&change.intent.key);
        (!running.is_empty()).then(|| still_runs(&change.intent.call.name, &running))
    });
    left.collect()
}

/// `exec.apply still runs, as process 4711`
pub fn still_runs(name: &str, processes: &[i32]) -> String {
    let numbers: Vec<String> = processes.iter().map(i32::to_string).collect();
    let word = if numbers.len() == 1 {
        "process"
    } else {
        "processes"
    };
    format!("{name} still runs, as {word} {}", numbers.join(", "))
}

fn newest_alert(archive: &dyn Archive, id: IncidentId) -> Result<Option<Alert>, Error> {
    let Some(incident) = archive.incident(id)? else {
        return Ok(None);
    };
    let arrival = archive.event(incident.newest_event)?;
    Ok(arrival.and_then(|arrival| match arrival.event {
        Event::Alert(alert) => Some(alert),
        Event::Named { .. } | Event::Request { .. } | Event::Due { .. } => None,
    }))
}

fn notes(alert: &Alert) -> Notes {
    let said = alert.annotations.iter();
    let said = said.filter(|(_, text)| !text.trim().is_empty());
    let (links, mut texts): (Vec<_>, Vec<_>) = said.partition(|(_, text)| is_link(text));
    let place = |name: &str| FIRST.iter().position(|first| *first == name);
    texts.sort_by_key(|(name, _)| place(name).unwrap_or(FIRST.len()));
    Notes {
        texts: shown(texts),
        links: shown(links),
    }
}

fn shown(notes: Vec<(&smol_str::SmolStr, &smol_str::SmolStr)>) -> Vec<Note> {
    let notes = notes.into_iter().take(NOTES);
    let notes = notes.map(|(name, text)| Note {
        name: escape_text(name, NAME_CHARACTERS).into(),
        text: match is_link(text) {
            true => text.to_string(),
            false => escape_text(text, SHOWN_CHARACTERS),
        },
    });
    notes.collect()
}

/// An address that a person can open, whole.
fn is_link(text: &str) -> bool {
    let is_address = text.starts_with("https://") || text.starts_with("http://");
    let is_plain = |c: char| c.is_ascii_graphic() && !matches!(c, '<' | '>' | '"');
    is_address && text.len() <= LINK_BYTES && text.chars().all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_reach_the_agent_that_names_them() {
        let agent = "http://10.1.2.3:7118";
        let words = "`rbk incident show NUMBER` says more, as rbk incident show does";
        let expected = format!(
            "`rbk incident show --agent {agent} NUMBER` says more, as rbk incident show does"
        );
        assert_eq!(quoted_with(words, agent), expected);
        let answer = with_agent(
            "rbk incident ack 7; rbk incident settle 7 applied",
            agent,
            "",
        );
        let expected = format!(
            "rbk incident ack --agent {agent} 7; rbk incident settle --agent {agent} 7 applied"
        );
        assert_eq!(answer, expected);
    }
}
