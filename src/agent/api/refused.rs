//! Calls that were refused before anything was done about them: counted, and said in the log, however
//! many there are.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::Response;
use tracing::warn;

use super::Shared;
use super::caller::caller;
use crate::diag::Code;
use crate::effect::words;
use crate::value::escape_text;

/// How much of a path is repeated.
const SHOWN: usize = 200;

/// How often the log says it of one kind.
const OFTEN: Duration = Duration::from_secs(10);

/// Why a call got no further.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Refused {
    /// It was meant for a host that this agent is not.
    Host,
    /// A page of another origin made it.
    Origin,
    /// Nobody has the token, or there was none.
    Token,
    /// Its caller may do other things.
    Kind,
    /// Its body is not said to be JSON.
    ContentType,
    /// Its head or its body did not come in time.
    Slow,
    /// Its head or its body is larger than what is taken.
    TooLarge,
    /// It is no HTTP.
    Malformed,
    /// Too much waits to be taken already.
    Busy,
}

words!(Refused {
    Host "host", Origin "origin", Token "token", Kind "kind", ContentType "content_type",
    Slow "slow", TooLarge "too_large", Malformed "malformed", Busy "busy",
});

impl Refused {
    /// What an answer of this status and code refuses, if that is what it does.
    fn of(status: StatusCode, code: Option<Code>) -> Option<Refused> {
        match (status, code) {
            (_, Some(Code::OtherHost)) => Some(Refused::Host),
            (_, Some(Code::OtherOrigin)) => Some(Refused::Origin),
            (_, Some(Code::CallerMayNot)) => Some(Refused::Kind),
            (StatusCode::UNAUTHORIZED, _) => Some(Refused::Token),
            (StatusCode::UNSUPPORTED_MEDIA_TYPE, _) => Some(Refused::ContentType),
            (StatusCode::REQUEST_TIMEOUT, _) => Some(Refused::Slow),
            (StatusCode::PAYLOAD_TOO_LARGE, _) => Some(Refused::TooLarge),
            (StatusCode::TOO_MANY_REQUESTS, _) => Some(Refused::Busy),
            _ => None,
        }
    }
}

/// Why a call failed, beside the answer that says so.
#[derive(Clone, Debug)]
pub struct Why {
    pub code: Option<Code>,
    pub text: String,
}

/// Counts and logs the calls that were refused, whoever of the API refuses them.
pub async fn logged(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let rules = shared.door.rules();
    let caller = caller(&rules.callers, request.headers()).and_then(|caller| caller.name);
    let path = escape_text(request.uri().path(), SHOWN);
    let route = format!("{} {path}", request.method());
    let response = next.run(request).await;
    let why = response.extensions().get::<Why>();
    if let Some(why) = why
        && let Some(refused) = Refused::of(response.status(), why.code)
    {
        shared
            .refused
            .count(refused, &route, caller.as_deref(), &why.text);
    }
    response
}

/// How many were refused since the start, and when the log said so last.
#[derive(Debug, Default)]
pub struct Refusals(Mutex<BTreeMap<Refused, Counted>>);

#[derive(Clone, Copy, Debug, Default)]
struct Counted {
    all: u64,
    unsaid: u64,
    said: Option<Instant>,
}

impl Refusals {
    /// One more, on this route, by whoever has a name.
    fn count(&self, refused: Refused, route: &str, caller: Option<&str>, why: &str) {
        let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let counted = counted.entry(refused).or_default();
        counted.all += 1;
        counted.unsaid += 1;
        if counted.said.is_none_or(|said| said.elapsed() >= OFTEN) {
            let reason = refused.word();
            let (calls, caller) = (counted.unsaid, caller.unwrap_or("nobody known"));
            warn!(
                reason,
                calls, route, caller, "calls were refused, the last one: {why}"
            );
            counted.said = Some(Instant::now());
            counted.unsaid = 0;
        }
    }

    /// One more whose head was not read: nobody knows what it asked for, nor who.
    pub fn unread(&self, refused: Refused, why: &str) {
        let why = escape_text(why, SHOWN);
        self.count(refused, "unknown", None, &why);
    }

    /// How many of this kind were refused.
    pub fn of(&self, refused: Refused) -> u64 {
        let counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counted.get(&refused).map_or(0, |counted| counted.all)
    }
}
