//! Pages that come together for one contact go out as one, with a list and a number.

use std::collections::BTreeMap;

use super::Decision;
use crate::effect::Severity;
use crate::engine::model::Model;
use crate::journal::{Line, Message, MessageId, MessageKind, MessagesBundled, Notes, Outbox};
use crate::value::{SHOWN_CHARACTERS, escape_text};

/// The most incidents that a page lists.
const LISTED: usize = 50;

/// These go out as one page, which has the number of the first.
pub fn forms(model: &Model, messages: Vec<MessageId>) -> Decision {
    let first = messages.first().and_then(|id| model.message(*id));
    match first {
        Some(first) => Decision::that(MessagesBundled {
            page: first.id,
            to: first.to.clone(),
            messages,
        }),
        None => Decision::default(),
    }
}

/// What goes out under this number: a message as it is, or a page with a list. Also where some of it
/// need not arrive any more, it is the same page.
pub fn rendered(model: &Model, id: MessageId) -> Option<Outbox> {
    let parts = model.parts(id);
    let first = (*parts.first()?).clone();
    if first.bundle.is_none() {
        return Some(first);
    }
    let parts: Vec<&Message> = parts.iter().map(|outbox| &outbox.message).collect();
    let message = listed(id, &first.message, &parts);
    Some(Outbox {
        id,
        message,
        ..first
    })
}

fn listed(id: MessageId, first: &Message, parts: &[&Message]) -> Message {
    let newest = newest(parts);
    let lines = newest.iter().take(LISTED).map(|part| Line {
        at: part.at,
        text: line(part),
    });
    let mut evidence: Vec<Line> = lines.collect();
    if let Some(more) = newest.len().checked_sub(LISTED + 1) {
        let text = format!("… and {} more", more + 1);
        evidence.push(Line { at: first.at, text });
    }
    let mut roles: Vec<_> = parts.iter().flat_map(|part| part.roles.clone()).collect();
    roles.sort();
    roles.dedup();
    let severities = parts.iter().map(|part| part.severity);
    Message {
        kind: MessageKind::Page,
        incident: None,
        thread: thread(first, id).into(),
        at: first.at,
        package: first.package.clone(),
        runbook: "agent".into(),
        severity: severities.max().unwrap_or(Severity::None),
        title: match newest.len() {
            1 => "one incident needs somebody".to_owned(),
            many => format!("{many} incidents need somebody"),
        },
        text: "they came together; `rbk incident show NUMBER` says more of each".to_owned(),
        reason: None,
        roles,
        evidence,
        answer: format!("rbk incident ack --page {id}"),
        notes: Notes::default(),
    }
}

/// Of each incident the newest page, where its first one stood: an incident needs somebody once.
fn newest<'m>(parts: &[&'m Message]) -> Vec<&'m Message> {
    let mut newest: Vec<&Message> = Vec::with_capacity(parts.len());
    let mut places = BTreeMap::new();
    for part in parts {
        let known = part
            .incident
            .map(|id| *places.entry(id).or_insert(newest.len()));
        match known.and_then(|place| newest.get_mut(place)) {
            Some(before) => *before = part,
            None => newest.push(part),
        }
    }
    newest
}

/// `12 slow: Slow instance=web-3: it does not get better (not_verified)`
fn line(part: &Message) -> String {
    let id = part.incident.map(|id| format!("{id} ")).unwrap_or_default();
    let reason = part.reason.as_ref();
    let reason = reason.map(|reason| format!(" ({reason})"));
    let (runbook, title, text) = (&part.runbook, &part.title, &part.text);
    let line = format!("{id}{runbook}: {title}: {text}");
    escape_text(&line, SHOWN_CHARACTERS) + &reason.unwrap_or_default()
}

/// What belongs to one page: the store's name, and the number.
fn thread(of: &Message, id: MessageId) -> String {
    let store = of.thread.rsplit_once('/').map_or("", |(store, _)| store);
    format!("{store}/page/{id}")
}

/// A page is over, or somebody has taken on all that it tells of.
pub fn answered(of: &Message, page: MessageId, kind: MessageKind, text: &str) -> Message {
    Message {
        kind,
        incident: None,
        thread: thread(of, page).into(),
        runbook: "agent".into(),
        title: format!("page {page}"),
        text: text.to_owned(),
        reason: None,
        evidence: Vec::new(),
        answer: String::new(),
        ..of.clone()
    }
}
