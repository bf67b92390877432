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
        status => Err(Undelivered {
            why: format!(
                "{name} answered with status {status}: {}",
                quoted(secrets, &answer.body)
            ),
            again: matches!(status, 408 | 425 | 429 | 500..600),
        }),
    }
}
