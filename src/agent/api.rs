//! What the agent offers over HTTP: a file of routes, and the rules that hold for all of them.
//!
//! Nothing is answered with success before it is durable. Whoever calls is known by a token, unless
//! the agent listens to its own machine alone and names no callers.

mod alerts;
mod asked;
mod caller;
mod control;
mod door;
mod guard;
mod incidents;
mod ingest;
mod letters;
mod metrics;
mod packed;
mod problem;
mod refused;
mod slow;
mod spoilt;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_extractor, from_fn_with_state, map_request};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::json;
use tokio::sync::Semaphore;

pub use alerts::AT_ONCE;
use asked::{Asked, Nothing};
use caller::Caller;
pub use door::{Door, Rules};
pub use problem::Failed;
pub use refused::{Refusals, Refused};

use super::life::{Age, Life};
use crate::host::{Clock, Gone, Handle, LostLines, Reading};
use crate::settings::CallerKind;

/// A turn that lasts longer will not end.
const STUCK: Duration = Duration::from_secs(60);

/// What every route sees.
pub struct Shared {
    pub handle: Handle,
    pub reading: Reading,
    pub clock: Arc<Clock>,
    pub door: Door,
    pub life: Life,
    pub refused: Arc<Refusals>,
    pub lost: LostLines,
    /// A place for each notification that is read.
    pub notifications: Semaphore,
    /// When the agent was started.
    pub started: SystemTime,
}

/// All routes.
pub fn router(shared: Shared) -> Router {
    let shared = Arc::new(shared);
    let for_kind = |kind: CallerKind, routes: Router<Arc<Shared>>| {
        let routes = routes.route_layer(from_fn_with_state(shared.clone(), grown));
        routes.route_layer(from_fn_with_state(kind, caller::may))
    };
    let routes = Router::new()
        .route("/v1/health", get(health))
        .route("/v1/ready", get(ready))
        .merge(for_kind(CallerKind::Send, sent()))
        .merge(for_kind(CallerKind::View, viewed()))
        .merge(for_kind(CallerKind::Operate, operated()))
        .method_not_allowed_fallback(problem::not_so)
        .fallback(problem::nothing_here);
    routes
        .layer(from_fn_with_state(shared.clone(), guard::guard))
        .layer(from_fn_with_state(shared.clone(), refused::logged))
        .layer(map_request(packed::refused))
        .layer(map_request(slow::timed))
        .with_state(shared)
}

/// For those who tell what happened.
fn sent() -> Router<Arc<Shared>> {
    Router::new()
        .route(
            "/v1/alerts/alertmanager",
            post(alerts::alertmanager).put(alerts::alertmanager),
        )
        .route(
            "/v1/alerts/grafana",
            post(alerts::grafana).put(alerts::grafana),
        )
        .route("/v1/events/{name}", post(ingest::event))
}

/// For those who look.
fn viewed() -> Router<Arc<Shared>> {
    Router::new()
        .route("/v1/incidents", get(incidents::list))
        .route("/v1/incidents/{id}", get(incidents::show))
        .route("/v1/dead-letters", get(letters::list))
        .route("/v1/dead-letters/{id}", get(letters::show))
        .route("/v1/freeze", get(control::frozen))
        .route("/v1/hold", get(control::frozen))
        .route("/v1/storms", get(control::list))
        .route("/metrics", get(metrics::metrics))
}

/// For those who do something about it.
fn operated() -> Router<Arc<Shared>> {
    Router::new()
        .route("/v1/requests/{runbook}", post(ingest::request))
        .route("/v1/incidents/{id}/ack", post(incidents::acknowledge))
        .route("/v1/incidents/{id}/resolve", post(incidents::resolve))
        .route("/v1/incidents/{id}/settle", post(incidents::settle))
        .route("/v1/dead-letters/{id}/replay", post(letters::replay))
        .route("/v1/freeze", post(control::freeze).delete(control::release))
        .route("/v1/hold", post(control::freeze).delete(control::release))
        .route("/v1/pages/{id}/ack", post(incidents::acknowledge_page))
        .route("/v1/storms/ack", post(control::acknowledge))
        // A scope that is said there would be taken for that of everything.
        .route_layer(from_extractor::<Asked<Nothing>>())
}

async fn health(
    State(shared): State<Arc<Shared>>,
    Asked(Nothing {}): Asked<Nothing>,
) -> Result<Response, Failed> {
    is_alive(&shared)?;
    Ok(axum::Json(json!({"version": 1, "status": "alive"})).into_response())
}

/// Asked of what the thread says of itself: whoever asks never waits for its work.
fn is_alive(shared: &Shared) -> Result<(), Failed> {
    let status = shared.handle.status();
    if status.is_gone() {
        return Err(Gone.into());
    }
    if status.busy() > STUCK {
        let why = format!("one turn has lasted for {} s", status.busy().as_secs());
        return Err(Failed::of(StatusCode::SERVICE_UNAVAILABLE, why));
    }
    Ok(())
}

/// Lets nobody through before there is a store to ask.
async fn grown(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    match shared.life.age() {
        Age::Starts => not_yet().into_response(),
        Age::Works | Age::Stops => next.run(request).await,
    }
}

/// Senders try again after this one.
fn not_yet() -> Failed {
    Failed::of(
        StatusCode::SERVICE_UNAVAILABLE,
        "the agent starts, and reads its store: ask again in a moment",
    )
}

async fn ready(
    State(shared): State<Arc<Shared>>,
    Asked(Nothing {}): Asked<Nothing>,
) -> Result<Response, Failed> {
    match shared.life.age() {
        Age::Works => {}
        Age::Starts => return Err(not_yet()),
        Age::Stops => {
            let why = "the agent stops";
            return Err(Failed::of(StatusCode::SERVICE_UNAVAILABLE, why));
        }
    }
    is_alive(&shared)?;
    let runbooks = shared.handle.status().runbooks();
    Ok(axum::Json(json!({"version": 1, "status": "ready", "runbooks": runbooks})).into_response())
}
