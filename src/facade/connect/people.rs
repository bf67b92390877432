//! Messages delivered to people, from plain data.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use crate::connect::{Client, Messenger, PagerDuty, SecretText, Secrets, Slack, Terminal, Webhook};
use crate::effect::Severity;
use crate::journal::{IncidentId, Line, Message, MessageKind, Note, Notes};
use crate::value::Time;

/// What is told.
#[derive(Clone, Debug)]
pub struct Letter {
    /// `page`, `task`, `note`, `acknowledged` or `resolved`.
    pub kind: &'static str,
    /// `sev1`
    pub severity: &'static str,
    /// What belongs together.
    pub thread: String,
    /// In one line.
    pub title: String,
    /// In the author's words.
    pub text: String,
    /// Oldest first.
    pub evidence: Vec<String>,
    /// What the alert says of itself, each by its name.
    pub notes: Vec<(&'static str, String)>,
    /// Where to read on, each by its name.
    pub links: Vec<(&'static str, String)>,
}

/// Delivers a letter by `webhook`, `pagerduty`, `slack` to an address, with a token, while the
/// agent knows a secret `token` of this text as well. The other side is why, and whether to try again.
pub async fn deliver(
    kind: &str,
    url: &str,
    token: &str,
    letter: &Letter,
) -> Result<(), (String, bool)> {
    let wrong = |why: String| (why, false);
    let client = Client::new().map_err(wrong)?;
    let token = SecretText::new(token).map_err(wrong)?;
    let secrets = Arc::new(Secrets::new([("token".into(), token.clone())]));
    let messenger: Box<dyn Messenger> = match kind {
        "webhook" => Box::new(Webhook::new(client, secrets, url.into(), Some(token))),
        "pagerduty" => Box::new(PagerDuty::new(client, secrets, token, Some(url.into()))),
        "slack" => {
            let address = SecretText::new(url).map_err(wrong)?;
            Box::new(Slack::new(client, secrets, address))
        }
        other => return Err(wrong(format!("nobody is reached by {other}"))),
    };
    let message = message(letter);
    let delivered = messenger.deliver(&message).await;
    delivered.map_err(|undelivered| (undelivered.why, !undelivered.retry.refused))
}

/// The page that a terminal shows.
pub async fn on_terminal(letter: &Letter) -> String {
    let kept = Kept::default();
    let terminal = Terminal::new(Box::new(kept.clone()));
    if let Err(undelivered) = terminal.deliver(&message(letter)).await {
        return undelivered.why;
    }
    let bytes = kept.0.lock().unwrap_or_else(PoisonError::into_inner);
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What was written.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The message, at the beginning of 2026.
fn message(letter: &Letter) -> Message {
    let at = Time::from_millis(1_767_225_600_000).unwrap_or_default();
    let line = |text: &String| Line {
        at,
        text: text.clone(),
    };
    let note = |(name, text): &(&'static str, String)| Note {
        name: (*name).into(),
        text: text.clone(),
    };
    Message {
        kind: MessageKind::from_word(letter.kind).unwrap_or(MessageKind::Page),
        incident: Some(IncidentId(7)),
        thread: letter.thread.as_str().into(),
        at,
        package: "shop".into(),
        runbook: "stuck_worker".into(),
        severity: Severity::from_word(letter.severity).unwrap_or(Severity::None),
        title: letter.title.clone(),
        text: letter.text.clone(),
        reason: Some("not_verified".into()),
        roles: vec!["builder".into()],
        evidence: letter.evidence.iter().map(line).collect(),
        answer: "rbk incident ack 7".into(),
        notes: Notes {
            texts: letter.notes.iter().map(note).collect(),
            links: letter.links.iter().map(note).collect(),
        },
    }
}
