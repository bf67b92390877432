//! How people are reached: one way per file. What all have in common stands here.

mod pagerduty;
mod slack;
mod terminal;
mod webhook;

pub use pagerduty::PagerDuty;
pub use slack::Slack;
pub use terminal::Terminal;
pub use webhook::Webhook;

use std::time::Duration;

use reqwest::RequestBuilder;

use super::answer::{quoted, said};
use super::client::{Answer, Client};
use super::{Secrets, Undelivered};
use crate::journal::Message;
use crate::value::{SHOWN_CHARACTERS, escape_text};

/// How long the other side may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// How much of its answer is read.
const ANSWER_BYTES: usize = 16 * 1024;

/// Posts a message. Whoever does not answer, is too busy or broken is tried again; whoever refuses
/// it is not.
async fn post(
    client: &Client,
    request: RequestBuilder,
    secrets: &Secrets,
    name: &str,
) -> Result<Answer, Undelivered> {
    let answer = client.ask(request, PATIENCE, ANSWER_BYTES).await;
    let answer = answer.map_err(|none| Undelivered {
        why: said(secrets, &format!("{name} gave no answer: {}", none.why)),
        again: true,
    })?;
    match answer.status {
        200..300 => Ok(answer),
        status => {
            let body = quoted(secrets, &answer.body);
            let why = match answer.retry_after.as_str() {
                "" => format!("{name} answered with status {status}: {body}"),
                later => format!("{name} answered with status {status}, try after {later}: {body}"),
            };
            Err(Undelivered {
                why: said(secrets, &why),
                again: matches!(status, 408 | 425 | 429 | 500..600),
            })
        }
    }
}

/// The other side took it, but did not answer as it would: perhaps it is somebody else. To say a
/// thing twice is better than not at all.
fn odd_answer(secrets: &Secrets, name: &str, expected: &str, answer: &Answer) -> Undelivered {
    let (status, body) = (answer.status, quoted(secrets, &answer.body));
    Undelivered {
        why: format!("{name} answered with status {status}, {body}, instead of {expected}"),
        again: true,
    }
}

/// The message as people see it: no secret in it, nothing hidden, no text without an end.
fn shown(message: &Message, secrets: &Secrets) -> Message {
    let mut message = message.clone();
    let one_line = |text: &str| escape_text(&secrets.redact(text), SHOWN_CHARACTERS);
    message.title = one_line(&message.title);
    message.answer = one_line(&message.answer);
    // The author may write several lines.
    let text = secrets.redact(&message.text);
    let lines = text
        .split('\n')
        .map(|line| escape_text(line, SHOWN_CHARACTERS));
    message.text = shorter(&lines.collect::<Vec<_>>().join("\n"), SHOWN_CHARACTERS);
    for line in &mut message.evidence {
        line.text = one_line(&line.text);
    }
    message
}

/// At most so many characters, also where the text became longer when it was escaped.
fn shorter(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some(_) => text
            .chars()
            .take(most.saturating_sub(1))
            .chain(['…'])
            .collect(),
        None => text.to_owned(),
    }
}
