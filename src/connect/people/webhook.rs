//! A webhook of one's own: the whole message, as JSON.

use std::sync::Arc;

use serde_json::{Value as Json, json};

use super::post;
use crate::connect::client::with_bearer;
use crate::connect::{Client, Messenger, Pending, SecretText, Secrets, Undelivered};
use crate::journal::{Message, Note};

/// Posts messages to one URL.
pub struct Webhook {
    client: Client,
    secrets: Arc<Secrets>,
    url: String,
    token: Option<SecretText>,
}

impl Webhook {
    /// Posts to `url`, with the token as a bearer if there is one.
    pub fn new(
        client: Client,
        secrets: Arc<Secrets>,
        url: String,
        token: Option<SecretText>,
    ) -> Webhook {
        let secrets = Arc::new(secrets.and("webhook", token.as_ref()));
        Webhook {
            client,
            secrets,
            url,
            token,
        }
    }
}

impl Messenger for Webhook {
    fn kind(&self) -> &'static str {
        "webhook"
    }

    fn deliver<'a>(&'a self, message: &'a Message) -> Pending<'a, Result<(), Undelivered>> {
        Box::pin(async move {
            let body = redacted(body(message), &self.secrets).to_string();
            let request = self.client.post(&self.url, "application/json", body);
            let request = with_bearer(request, self.token.as_ref());
            post(&self.client, request, &self.secrets, "the webhook").await?;
            Ok(())
        })
    }
}

/// The same without secrets. Characters stay as they are: a program reads them.
fn redacted(body: Json, secrets: &Secrets) -> Json {
    match body {
        Json::String(text) => Json::String(secrets.redact(&text)),
        Json::Array(items) => items
            .into_iter()
            .map(|item| redacted(item, secrets))
            .collect(),
        Json::Object(fields) => {
            let fields = fields.into_iter();
            fields
                .map(|(name, value)| (name, redacted(value, secrets)))
                .collect()
        }
        plain @ (Json::Null | Json::Bool(_) | Json::Number(_)) => plain,
    }
}

/// The message as a program reads it. The form has a number; what is added later is no new form.
pub fn body(message: &Message) -> Json {
    let line = |line: &crate::journal::Line| json!({"at": line.at.to_string(), "text": line.text});
    json!({
        "version": 1,
        "kind": message.kind.word(),
        "incident": message.incident.map(|id| id.0),
        "thread": message.thread,
        "at": message.at.to_string(),
        "package": message.package,
        "runbook": message.runbook,
        "severity": message.severity.word(),
        "title": message.title,
        "text": message.text,
        "reason": message.reason,
        "roles": message.roles,
        "annotations": named(&message.notes.texts),
        "links": named(&message.notes.links),
        "evidence": message.evidence.iter().map(line).collect::<Vec<_>>(),
        "answer": message.answer,
    })
}

fn named(notes: &[Note]) -> Json {
    let named = notes
        .iter()
        .map(|note| (note.name.to_string(), json!(note.text)));
    Json::Object(named.collect())
}
