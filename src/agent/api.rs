//! What the agent offers over HTTP: a file of routes, and the rules that hold for all of them.
//!
//! Nothing is answered with success before it is durable. Whoever calls is known by a token, unless
//! the agent listens to its own machine alone and names no callers.

mod incidents;
mod ingest;
mod slow;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::json;
use smol_str::SmolStr;

use crate::diag::Code;
use crate::host::{Clock, Gone, Handle, Known, NotTaken};

/// A turn that lasts longer will not end.
const STUCK: Duration = Duration::from_secs(60);

/// What every route sees.
#[derive(Clone)]
pub struct Shared {
    pub handle: Handle,
    pub clock: Arc<Clock>,
    pub callers: Arc<Vec<Known>>,
    /// False while the agent starts or stops.
    pub ready: Arc<AtomicBool>,
}

/// Whoever calls.
#[derive(Clone, Debug)]
pub struct Caller {
    /// None where nobody is asked who they are.
    pub name: Option<SmolStr>,
    pub roles: Vec<SmolStr>,
}

/// Why a call failed.
#[derive(Debug)]
pub struct Failed {
    pub status: StatusCode,
    pub code: Option<Code>,
    pub why: String,
}

/// All routes.
pub fn router(shared: Shared) -> Router {
    let guarded = Router::new()
        .route("/v1/alerts/alertmanager", post(ingest::alerts))
        .route("/v1/events/{name}", post(ingest::event))
        .route("/v1/requests/{runbook}", post(ingest::request))
        .route("/v1/incidents", get(incidents::list))
        .route("/v1/incidents/{id}", get(incidents::show))
        .route("/v1/incidents/{id}/ack", post(incidents::acknowledge))
        .route("/v1/incidents/{id}/resolve", post(incidents::resolve))
        .route("/v1/dead-letters", get(incidents::dead_letters))
        .route(
            "/v1/hold",
            get(incidents::held)
                .post(incidents::hold)
                .delete(incidents::release),
        )
        .layer(middleware::from_fn_with_state(shared.clone(), know))
        .layer(middleware::map_request(slow::timed));
    Router::new()
        .route("/v1/health", get(health))
        .route("/v1/ready", get(ready))
        .merge(guarded)
        .fallback(nothing_here)
        .with_state(shared)
}

/// Whoever has no token gets no further.
async fn know(State(shared): State<Shared>, mut request: Request, next: Next) -> Response {
    match caller(&shared, request.headers()) {
        Some(caller) => {
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        None => Failed {
            status: StatusCode::UNAUTHORIZED,
            code: Some(Code::UnknownCaller),
            why: "send `Authorization: Bearer …` with the token of one of [[callers]]".to_owned(),
        }
        .into_response(),
    }
}

fn caller(shared: &Shared, headers: &HeaderMap) -> Option<Caller> {
    if shared.callers.is_empty() {
        return Some(Caller {
            name: None,
            roles: Vec::new(),
        });
    }
    let given = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let given = given.strip_prefix("Bearer ")?;
    let known = shared
        .callers
        .iter()
        .find(|known| same(known.token.expose(), given))?;
    Some(Caller {
        name: Some(known.name.clone()),
        roles: known.roles.clone(),
    })
}

/// Compares without telling by its time how much is right.
fn same(known: &str, given: &str) -> bool {
    let (known, given) = (known.as_bytes(), given.as_bytes());
    let differs = known
        .iter()
        .zip(given)
        .fold(0, |seen, (a, b)| seen | (a ^ b));
    known.len() == given.len() && differs == 0
}

async fn health(State(shared): State<Shared>) -> Result<Response, Failed> {
    // Asked of what the thread says of itself: whoever asks never waits for its work.
    let status = shared.handle.status();
    if status.is_gone() {
        return Err(Gone.into());
    }
    if status.busy() > STUCK {
        return Err(Failed {
            status: StatusCode::SERVICE_UNAVAILABLE,
            code: None,
            why: format!("one turn has lasted for {} s", status.busy().as_secs()),
        });
    }
    Ok(axum::Json(json!({"version": 1, "status": "alive"})).into_response())
}

async fn ready(State(shared): State<Shared>) -> Result<Response, Failed> {
    if !shared.ready.load(Ordering::Relaxed) {
        return Err(Failed {
            status: StatusCode::SERVICE_UNAVAILABLE,
            code: None,
            why: "the agent starts or stops".to_owned(),
        });
    }
    if shared.handle.status().is_gone() {
        return Err(Gone.into());
    }
    let runbooks = shared.handle.status().runbooks();
    Ok(axum::Json(json!({"version": 1, "status": "ready", "runbooks": runbooks})).into_response())
}

async fn nothing_here() -> Failed {
    Failed {
        status: StatusCode::NOT_FOUND,
        code: None,
        why: "there is nothing here; `rbk agent --help` lists what the agent offers".to_owned(),
    }
}

impl From<NotTaken> for Failed {
    fn from(not_taken: NotTaken) -> Failed {
        match not_taken {
            NotTaken::Gone => Gone.into(),
            NotTaken::Busy => Failed {
                status: StatusCode::TOO_MANY_REQUESTS,
                code: None,
                why: "too many events wait to be taken; nothing of this was accepted".to_owned(),
            },
        }
    }
}

impl From<Gone> for Failed {
    fn from(_: Gone) -> Failed {
        Failed {
            // Senders try again after this one.
            status: StatusCode::SERVICE_UNAVAILABLE,
            code: Some(Code::StoreFailed),
            why: "the agent is stopping; nothing was accepted".to_owned(),
        }
    }
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        let code = self.code.map(Code::as_str);
        let body = json!({"version": 1, "error": {"code": code, "message": self.why}});
        let mut response = (self.status, axum::Json(body)).into_response();
        if self.status == StatusCode::TOO_MANY_REQUESTS {
            let soon = HeaderValue::from_static("1");
            response.headers_mut().insert(header::RETRY_AFTER, soon);
        }
        response
    }
}
