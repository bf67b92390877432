//! PagerDuty, by its Events API version 2: a page triggers, an answer acknowledges, an end resolves.

use std::sync::Arc;

use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

use super::{odd_answer, post, shorter, shown};
use crate::connect::{Client, Messenger, Pending, SecretText, Secrets, Undelivered};
use crate::effect::Severity;
use crate::journal::{Message, MessageKind};

/// Where events go unless told otherwise.
const ENQUEUE: &str = "https://events.pagerduty.com/v2/enqueue";
/// The longest summary, in characters.
const SUMMARY: usize = 1_024;
/// The longest key of an event.
const THREAD_BYTES: usize = 255;
/// The largest event that is taken, in bytes.
const EVENT_BYTES: usize = 500 * 1024;

/// One integration of PagerDuty.
pub struct PagerDuty {
    client: Client,
    secrets: Arc<Secrets>,
    key: SecretText,
    url: String,
}

impl PagerDuty {
    /// Sends with this routing key, to PagerDuty or to `url`.
    pub fn new(
        client: Client,
        secrets: Arc<Secrets>,
        key: SecretText,
        url: Option<String>,
    ) -> PagerDuty {
        let secrets = Arc::new(secrets.and("pagerduty", Some(&key)));
        PagerDuty {
            client,
            secrets,
            key,
            url: url.unwrap_or_else(|| ENQUEUE.to_owned()),
        }
    }
}

impl Messenger for PagerDuty {
    fn kind(&self) -> &'static str {
        "pagerduty"
    }

    fn deliver<'a>(&'a self, message: &'a Message) -> Pending<'a, Result<(), Undelivered>> {
        Box::pin(async move {
            let message = shown(message, &self.secrets);
            let body = body(&message, self.key.expose()).to_string();
            let request = self.client.post(&self.url, "application/json", body);
            let answer = post(&self.client, request, &self.secrets, "PagerDuty").await?;
            match answer.status {
                202 => Ok(()),
                _ => Err(odd_answer(&self.secrets, "PagerDuty", "202", &answer)),
            }
        })
    }
}

/// The event. What is said of one incident has one `dedup_key`: a page that is sent twice rings once.
fn body(message: &Message, key: &str) -> Json {
    let action = match message.kind {
        MessageKind::Page | MessageKind::Task | MessageKind::Note => "trigger",
        MessageKind::Acknowledged => "acknowledge",
        MessageKind::Resolved => "resolve",
    };
    // A note must not close or reopen the page: it is an event of its own.
    let thread = match message.kind {
        MessageKind::Note => format!("{}/note/{}", message.thread, message.at.millis()),
        _ => message.thread.to_string(),
    };
    let thread = thread_key(thread);
    let mut event = json!({"routing_key": key, "event_action": action, "dedup_key": thread});
    if action == "trigger" {
        let summary = format!("{}: {}", message.title, message.text);
        event["payload"] = json!({
            "summary": shorter(&summary.replace('\n', " "), SUMMARY),
            "source": message.package,
            "severity": severity(message),
            "timestamp": message.at.to_string(),
            "component": message.runbook,
            "custom_details": details(message),
        });
        if let Some(reason) = &message.reason {
            event["payload"]["class"] = json!(reason);
        }
        event["client"] = json!("rbk");
        let links = message.notes.links.iter();
        let links = links.map(|link| json!({"href": link.text, "text": link.name}));
        event["links"] = links.collect();
    }
    event
}

/// The thread as a key that PagerDuty takes: a long one is told from others by its hash.
fn thread_key(thread: String) -> String {
    if thread.len() <= THREAD_BYTES {
        return thread;
    }
    let hash: String = Sha256::digest(&thread)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let start: String = thread.chars().take(40).collect();
    format!("{start}#{hash}")
}

/// The evidence, as much of it as an event can hold: the newest is what counts.
fn details(message: &Message) -> Json {
    let mut room = EVENT_BYTES / 2;
    let mut lines = Vec::new();
    for line in message.evidence.iter().rev() {
        let line = format!("{} {}", line.at, line.text);
        // Escaping may make a character six times as long.
        match room.checked_sub(line.len() * 6) {
            Some(left) => room = left,
            None => break,
        }
        lines.push(line);
    }
    lines.reverse();
    let texts = message.notes.texts.iter();
    let texts = texts.map(|note| (note.name.to_string(), json!(note.text)));
    let texts: serde_json::Map<String, Json> = texts.collect();
    json!({
        "annotations": texts,
        "incident": message.incident.map(|id| id.0),
        "severity": message.severity.word(),
        "text": message.text,
        "evidence": lines,
        "answer": message.answer,
    })
}

fn severity(message: &Message) -> &'static str {
    match (message.kind, message.severity) {
        (MessageKind::Note, _) => "info",
        (_, Severity::Sev1) => "critical",
        (_, Severity::Sev2) => "error",
        (_, Severity::Sev3 | Severity::None) => "warning",
        (_, Severity::Sev4) => "info",
    }
}
