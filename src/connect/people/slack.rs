//! Slack, by an incoming webhook, whose whole address is the secret.

use std::sync::Arc;

use serde_json::{Value as Json, json};

use super::{odd_answer, post, shown};
use crate::connect::{Client, Messenger, Pending, SecretText, Secrets, Undelivered};
use crate::journal::{Message, MessageKind};

/// The longest text of a section, in characters.
const SECTION: usize = 2_900;
/// The most lines of evidence that are shown: more is read elsewhere.
const LINES: usize = 15;

/// One incoming webhook.
pub struct Slack {
    client: Client,
    secrets: Arc<Secrets>,
    webhook: SecretText,
}

impl Slack {
    /// Posts to this address.
    pub fn new(client: Client, secrets: Arc<Secrets>, webhook: SecretText) -> Slack {
        let secrets = Arc::new(secrets.and("slack", Some(&webhook)));
        Slack {
            client,
            secrets,
            webhook,
        }
    }
}

impl Messenger for Slack {
    fn kind(&self) -> &'static str {
        "slack"
    }

    fn deliver<'a>(&'a self, message: &'a Message) -> Pending<'a, Result<(), Undelivered>> {
        Box::pin(async move {
            let body = body(&shown(message, &self.secrets)).to_string();
            let url = self.webhook.expose();
            let request = self.client.post(url, "application/json", body);
            let answer = post(&self.client, request, &self.secrets, "Slack").await?;
            match answer.body.as_slice() {
                b"ok" => Ok(()),
                _ => Err(odd_answer(&self.secrets, "Slack", "`ok`", &answer)),
            }
        })
    }
}

fn body(message: &Message) -> Json {
    let word = match message.kind {
        MessageKind::Page => "Page",
        MessageKind::Task => "Task",
        MessageKind::Note => "Note",
        MessageKind::Acknowledged => "Acknowledged",
        MessageKind::Resolved => "Resolved",
    };
    let (title, text) = (&message.title, &message.text);
    let (severity, runbook) = (message.severity.word(), &message.runbook);
    // Each part is bounded by itself, so that a long title leaves room for the text.
    let head = format!(
        "*{word}* ({severity}, {}): {}\n{}",
        marked(runbook, 200),
        marked(title, 700),
        marked(text, SECTION - 1_000)
    );
    let mut blocks = vec![section(&head)];
    let asks = matches!(message.kind, MessageKind::Page | MessageKind::Task);
    if asks && let Some(notes) = notes(message) {
        blocks.push(section(&notes));
    }
    if asks && !message.evidence.is_empty() {
        blocks.push(section(&format!("```{}```", evidence(message))));
    }
    if asks && !message.answer.is_empty() {
        blocks.push(section(&format!("`{}`", marked(&message.answer, SECTION))));
    }
    let plain = marked(&format!("{word}: {title}: {text}"), SECTION);
    json!({"text": plain, "blocks": blocks, "unfurl_links": false, "unfurl_media": false})
}

/// What the alert says of itself, a line each.
fn notes(message: &Message) -> Option<String> {
    let notes = &message.notes;
    let lines = notes.texts.iter().chain(&notes.links);
    let mut room = SECTION;
    let mut shown = Vec::new();
    for note in lines {
        let line = format!("{}: {}", marked(&note.name, 100), marked(&note.text, 600));
        match room.checked_sub(line.chars().count() + 1) {
            Some(left) => room = left,
            None => break,
        }
        shown.push(line);
    }
    (!shown.is_empty()).then(|| shown.join("\n"))
}

/// The newest lines: as many as are read, and fit.
fn evidence(message: &Message) -> String {
    let mut room = SECTION - 10;
    let mut lines = Vec::new();
    for line in message.evidence.iter().rev().take(LINES) {
        // What would end the block early must not.
        let line = marked(&line.text.replace("```", "'''"), SECTION / 3);
        match room.checked_sub(line.chars().count() + 1) {
            Some(left) => room = left,
            None => break,
        }
        lines.push(line);
    }
    lines.reverse();
    lines.join("\n")
}

/// `verbatim`: nothing in the text is made a link or a mention that was not written as one.
fn section(text: &str) -> Json {
    json!({"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": true}})
}

/// Slack gives a meaning to these three characters alone. At most so many characters, none cut in
/// the middle of how it is written.
fn marked(text: &str, most: usize) -> String {
    let mut marked = String::new();
    let mut room = most.saturating_sub(1);
    for character in text.chars() {
        let written = match character {
            '&' => "&amp;",
            '<' => "&lt;",
            '>' => "&gt;",
            plain => &plain.to_string(),
        };
        match room.checked_sub(written.chars().count()) {
            Some(left) => room = left,
            None => {
                marked.push('…');
                break;
            }
        }
        marked.push_str(written);
    }
    marked
}
