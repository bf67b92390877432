//! The module `http`: one request, one answer.
//!
//! A redirect is an answer and is not followed; cookies, proxies and the environment play no part.

use std::sync::Arc;

use reqwest::RequestBuilder;
use tokio::time::Instant;

use super::answer::{bounded, failed, quoted, said, took};
use super::client::{Answer, with_bearer};
use super::operation::{Connector, Parts, SpeaksTo, not_offered, operations};
use super::{Client, Endpoint, Granted, Pending, Provider, Secrets, arguments};
use crate::effect::{Call, ChangeOutcome, Observed};
use crate::value::{TEXT_BYTES, Tag, Value};

/// How much of a refusal is read.
const REFUSAL: usize = 4096;

operations! {
    Get = Probe "http.get" ("url: Url", "auth: Secret?") -> "Response";
    Post = Action "http.post" ("url: Url", "body: String", "json: Json?", "auth: Secret?");
}

/// The module as a row.
pub const CONNECTOR: Connector = Connector {
    module: "http",
    operations: OPERATIONS,
    speaks_to: SpeaksTo::Addresses,
    make: |parts| Ok(Some(Arc::new(Http::new(parts)))),
};

/// Requests to anything that speaks HTTP.
struct Http {
    client: Client,
    /// What `auth` may name.
    secrets: Arc<Secrets>,
}

impl Http {
    fn new(parts: &Parts) -> Http {
        Http {
            client: parts.client.clone(),
            secrets: parts.secrets.clone(),
        }
    }

    /// The request with the secret that the call names; without that secret there is none.
    fn authorised(&self, request: RequestBuilder, call: &Call) -> Result<RequestBuilder, String> {
        let Some(name) = arguments::secret(call, "auth")? else {
            return Ok(request);
        };
        let secret = self.secrets.secret(name);
        let secret = secret.ok_or_else(|| format!("this agent has no secret `{name}`"))?;
        Ok(with_bearer(request, Some(secret)))
    }

    fn get(&self, call: &Call) -> Result<RequestBuilder, String> {
        let url = arguments::query(call, "url", Tag::Url)?;
        self.authorised(self.client.get(url), call)
    }

    fn post(&self, call: &Call, key: &str) -> Result<RequestBuilder, String> {
        let url = arguments::query(call, "url", Tag::Url)?;
        let (content_type, body) = sent(call)?;
        let request = self.client.post(url, content_type, body);
        // Whoever knows the header does the same thing only once; for all others it is nothing.
        self.authorised(request.header("idempotency-key", key), call)
    }

    async fn look(&self, granted: &Granted) -> Observed {
        let call = &granted.call;
        let request = match Offered::of(call) {
            Some(Offered::Get) => self.get(call),
            Some(Offered::Post) | None => Err(not_offered(call)),
        };
        let request = match request {
            Ok(request) => request,
            Err(why) => return failed(&self.secrets, why),
        };
        let start = Instant::now();
        let most = TEXT_BYTES + self.secrets.margin();
        match self.client.look(request, granted.patience(), most).await {
            Ok(Answer {
                broken: Some(why), ..
            }) => failed(&self.secrets, format!("the answer broke off: {why}")),
            Ok(answer) => Observed::Value(arguments::record(
                "http.Response",
                vec![
                    ("status", Value::Int(answer.status.into())),
                    ("body", bounded(&self.secrets, &answer.body, answer.more)),
                    ("took", took(start)),
                ],
            )),
            Err(no_answer) => failed(&self.secrets, no_answer.why),
        }
    }

    async fn change(&self, granted: &Granted) -> ChangeOutcome {
        let call = &granted.call;
        let request = match Offered::of(call) {
            Some(Offered::Post) => self.post(call, &granted.key),
            Some(Offered::Get) | None => Err(not_offered(call)),
        };
        let not_applied = |why: &str| ChangeOutcome::NotApplied(said(&self.secrets, why));
        let request = match request {
            Ok(request) => request,
            Err(why) => return not_applied(&why),
        };
        match self.client.ask(request, granted.patience(), REFUSAL).await {
            // The status came with the first bytes: it counts, also when the body broke off.
            Ok(answer) => match outcome_of(answer.status) {
                Outcome::Applied => ChangeOutcome::Applied(Value::None),
                Outcome::Unknown => ChangeOutcome::Unknown,
                Outcome::NotApplied => {
                    let body = quoted(&self.secrets, &answer.body);
                    not_applied(&format!("answered with status {}: {body}", answer.status))
                }
            },
            Err(no_answer) if no_answer.sent => ChangeOutcome::Unknown,
            Err(no_answer) => not_applied(&no_answer.why),
        }
    }
}

impl Provider for Http {
    fn module(&self) -> &'static str {
        CONNECTOR.module
    }

    fn endpoint(&self, call: &Call) -> Endpoint {
        let url = arguments::query(call, "url", Tag::Url).unwrap_or_default();
        let parsed = url::Url::parse(url);
        let authority = parsed.as_ref().map_or("", url::Url::authority);
        Endpoint::Named(authority.to_owned())
    }

    fn observe(&self, granted: Granted) -> Pending<'_, Observed> {
        Box::pin(async move { self.look(&granted).await })
    }

    fn refuses(&self, call: &Call) -> Option<String> {
        let why = match Offered::of(call) {
            Some(Offered::Post) => self.post(call, "").err()?,
            Some(Offered::Get) | None => not_offered(call),
        };
        Some(said(&self.secrets, &why))
    }

    fn perform(&self, granted: Granted) -> Pending<'_, ChangeOutcome> {
        Box::pin(async move { self.change(&granted).await })
    }
}

/// What a status says of a change.
enum Outcome {
    Applied,
    NotApplied,
    /// It may have been done, in part or by somebody in between.
    Unknown,
}

/// A refusal has to be sure: whatever gave up, broke or asks for another try is none.
fn outcome_of(status: u16) -> Outcome {
    match status {
        200..=299 => Outcome::Applied,
        408 | 409 | 425 | 429 => Outcome::Unknown,
        300..=499 => Outcome::NotApplied,
        _ => Outcome::Unknown,
    }
}

/// What is sent, and what it is said to be.
fn sent(call: &Call) -> Result<(&'static str, String), String> {
    let Some(json) = arguments::optional(call, "json") else {
        let body = arguments::text(call, "body")?;
        return Ok((content_type(body), body.to_owned()));
    };
    let json = json.to_json();
    let json = json.map_err(|why| format!("`json` cannot be sent: {why}"))?;
    let body = json.to_string();
    match body.len() > TEXT_BYTES {
        true => Err("`json` cannot be sent: it is longer than 1 MiB".to_owned()),
        false => Ok(("application/json", body)),
    }
}

/// A call writes no headers, so the body says itself what it is.
fn content_type(body: &str) -> &'static str {
    let json = || serde_json::from_str::<serde::de::IgnoredAny>(body).is_ok();
    match body.trim_start().chars().next() {
        None => "",
        Some('{' | '[') if json() => "application/json",
        Some(_) => "text/plain; charset=utf-8",
    }
}
