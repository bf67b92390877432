//! How people are reached: one way per file. What all have in common stands here.

mod pagerduty;
mod slack;
mod terminal;
mod webhook;

pub use pagerduty::PagerDuty;
pub use slack::Slack;
pub use terminal::Terminal;
pub use webhook::Webhook;

use std::time::{Duration, SystemTime};

use reqwest::RequestBuilder;

use super::answer::{quoted, said};
use super::client::{Answer, Client};
use super::{Secrets, Undelivered};
use crate::journal::{Message, Retry};
use crate::value::{self, SHOWN_CHARACTERS, escape_text};

/// How long the other side may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// How much of its answer is read.
const ANSWER_BYTES: usize = 16 * 1024;

/// Posts a message. Whoever does not answer, is too busy or broken is tried again soon; whoever
/// refuses it, or sends it elsewhere, slowly.
async fn post(
    client: &Client,
    request: RequestBuilder,
    secrets: &Secrets,
    name: &str,
) -> Result<Answer, Undelivered> {
    let answer = client.ask(request, PATIENCE, ANSWER_BYTES).await;
    let answer = answer.map_err(|none| Undelivered {
        why: said(secrets, &format!("{name} gave no answer: {}", none.why)),
        retry: Retry::SOON,
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
                retry: Retry {
                    refused: !matches!(status, 408 | 425 | 429 | 500..600),
                    answered: true,
                    after: wait(&answer.retry_after, SystemTime::now()),
                },
            })
        }
    }
}

/// What `Retry-After` asks for: a number of seconds, or a time.
fn wait(header: &str, now: SystemTime) -> Option<value::Duration> {
    let header = header.trim();
    let millis = match header.parse::<u64>() {
        Ok(seconds) => u128::from(seconds) * 1_000,
        // More digits than a number has are long enough as well.
        Err(_) if !header.is_empty() && header.bytes().all(|byte| byte.is_ascii_digit()) => {
            u128::MAX
        }
        Err(_) => {
            let until = httpdate::parse_http_date(header).ok()?;
            until.duration_since(now).unwrap_or_default().as_millis()
        }
    };
    let millis = i64::try_from(millis).unwrap_or(i64::MAX);
    Some(value::Duration::from_millis(millis))
}

/// The other side took it, but did not answer as it would: perhaps it is somebody else. To say a
/// thing twice is better than not at all.
fn odd_answer(secrets: &Secrets, name: &str, expected: &str, answer: &Answer) -> Undelivered {
    let (status, body) = (answer.status, quoted(secrets, &answer.body));
    Undelivered {
        why: format!("{name} answered with status {status}, {body}, instead of {expected}"),
        retry: Retry::SOON,
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
    let notes = &mut message.notes;
    for note in notes.texts.iter_mut().chain(&mut notes.links) {
        note.name = one_line(&note.name).into();
        note.text = one_line(&note.text);
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

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::wait;

    #[test]
    fn both_forms_of_retry_after_are_read() {
        // Sun, 06 Nov 1994 08:49:37 GMT
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        let cases = [
            ("120", Some(120)),
            (" 0 ", Some(0)),
            ("99999999999999999999999", Some(i64::MAX / 1_000)),
            ("Sun, 06 Nov 1994 08:51:37 GMT", Some(120)),
            ("Sunday, 06-Nov-94 08:50:37 GMT", Some(60)),
            ("Sun, 06 Nov 1994 08:00:00 GMT", Some(0)),
            ("", None),
            ("-5", None),
            ("1.5", None),
            ("tomorrow", None),
        ];
        for (header, seconds) in cases {
            let found = wait(header, now).map(|found| found.millis() / 1_000);
            assert_eq!(found, seconds, "{header}");
        }
    }
}
