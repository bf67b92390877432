//! Slack, by an incoming webhook, whose whole address is the secret.

use std::sync::Arc;

use serde_json::{Value as Json, json};

use super::post;
use crate::connect::answer::quoted;
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
            let body = body(message).to_string();
            let url = self.webhook.expose();
            let request = self.client.post(url, "application/json", body);
            let answer = post(&self.client, request, &self.secrets, "Slack").await?;
            match answer.body.as_slice() {
                b"ok" => Ok(()),
                // Whatever answers so is not Slack, and nobody has read the message.
                other => Err(Undelivered {
                    why: format!(
                        "Slack answered {} instead of `ok`",
                        quoted(&self.secrets, other)
                    ),
                    again: false,
                }),
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
    let title = escaped(&message.title);
    let text = escaped(&message.text);
    let (severity, runbook) = (message.severity.word(), escaped(&message.runbook));
    let head = format!("*{word}* ({severity}, {runbook}): {title}\n{text}");
    let mut blocks = vec![section(&head)];
    let asks = matches!(message.kind, MessageKind::Page | MessageKind::Task);
    if asks && !message.evidence.is_empty() {
        let left_out = message.evidence.len().saturating_sub(LINES);
        let lines = message.evidence.iter().skip(left_out);
        let lines: Vec<String> = lines.map(|line| escaped(&line.text)).collect();
        blocks.push(section(&format!(
            "```{}```",
            shorter(&lines.join("\n"), SECTION - 10)
        )));
    }
    if asks {
        blocks.push(section(&format!("`{}`", escaped(&message.answer))));
    }
    json!({"text": shorter(&format!("{word}: {title}: {text}"), SECTION), "blocks": blocks})
}

fn section(text: &str) -> Json {
    json!({"type": "section", "text": {"type": "mrkdwn", "text": shorter(text, SECTION)}})
}

/// Slack gives a meaning to these three characters alone.
fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;");
    // What would end a block of code early must not.
    text.replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace("```", "'''")
}

fn shorter(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
