//! What people stop, and what is stopped because too much happens at once.

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;

use super::super::view::{FreezeView, StormView};
use super::asked::{Asked, Nothing};
use super::incidents::{Said, body_of, conflict, reason, taker, who};
use super::{Caller, Failed, Shared};
use crate::engine::{Engine, Refusal};
use crate::journal::Scope;

/// What is stopped, by whom, and why.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Of {
    /// `all`, `product NAME` or `runbook NAME`; everything if nothing is said.
    scope: Option<String>,
    #[serde(default)]
    by: String,
    #[serde(default)]
    why: String,
    /// Also where somebody else has it.
    #[serde(default)]
    take_over: bool,
}

/// Where changes are stopped, the widest first.
pub fn freezes(engine: &Engine) -> Vec<FreezeView> {
    let view = |(scope, freeze): (&Scope, &crate::journal::Freeze)| FreezeView {
        scope: scope.to_string(),
        by: freeze.by.to_string(),
        why: freeze.why.clone(),
        since: freeze.since.to_string(),
    };
    engine.frozen().map(view).collect()
}

/// Storms that last.
pub fn storms(engine: &Engine) -> Vec<StormView> {
    let storms = engine.model().storms();
    let lasting = storms.filter(|(_, storm)| storm.cool_until.is_none());
    let view = lasting.map(|(scope, storm)| StormView {
        scope: scope.to_string(),
        since: storm.since.to_string(),
        incidents: engine.in_storm(scope),
        answered: storm.taken.is_some(),
        by: storm.taken.as_ref().map(|taken| taken.by.to_string()),
        until: storm
            .taken
            .as_ref()
            .and_then(|taken| Some(taken.until?.to_string())),
    });
    view.collect()
}

/// `GET /v1/freeze`, which is also called `/v1/hold`
pub async fn frozen(
    State(shared): State<Arc<Shared>>,
    Asked(Nothing {}): Asked<Nothing>,
) -> Result<Response, Failed> {
    let freezes = shared.handle.look(freezes).await?;
    let all = freezes
        .iter()
        .find(|freeze| freeze.scope == Scope::All.to_string());
    // Under both names: scripts read the older one.
    let answer = json!({
        "version": 1, "freeze": all, "freezes": freezes, "hold": all, "holds": freezes,
    });
    Ok(axum::Json(answer).into_response())
}

/// `POST /v1/freeze`, which is also called `/v1/hold`
pub async fn freeze(
    State(shared): State<Arc<Shared>>,
    Extension(caller): Extension<Caller>,
    body: Body,
) -> Result<Response, Failed> {
    let of = body_of::<Of>(body).await?.unwrap_or_default();
    let scope = of.scope()?;
    let by = of.who(caller)?;
    reason(&of.why)?;
    match shared.handle.stop_changes(scope, by, of.why).await? {
        Ok(()) => frozen(State(shared), Asked(Nothing {})).await,
        Err(refusal) => Err(conflict(&refusal)),
    }
}

/// `DELETE /v1/freeze`, which is also called `/v1/hold`
pub async fn release(
    State(shared): State<Arc<Shared>>,
    Extension(caller): Extension<Caller>,
    body: Body,
) -> Result<Response, Failed> {
    let of = body_of::<Of>(body).await?.unwrap_or_default();
    let scope = of.scope()?;
    let by = of.who(caller)?;
    reason(&of.why)?;
    match shared
        .handle
        .release_changes(scope.clone(), Some(by.into()), Some(of.why))
        .await?
    {
        true => frozen(State(shared), Asked(Nothing {})).await,
        false => {
            let why = format!("nothing stops the changes of {}", scope.shown());
            Err(Failed::of(StatusCode::CONFLICT, why))
        }
    }
}

/// `GET /v1/storms`
pub async fn list(
    State(shared): State<Arc<Shared>>,
    Asked(Nothing {}): Asked<Nothing>,
) -> Result<Response, Failed> {
    let storms = shared.handle.look(storms);
    Ok(axum::Json(json!({"version": 1, "storms": storms.await?})).into_response())
}

/// `POST /v1/storms/ack`
pub async fn acknowledge(
    State(shared): State<Arc<Shared>>,
    Extension(caller): Extension<Caller>,
    body: Body,
) -> Result<Response, Failed> {
    let of = body_of::<Of>(body).await?.unwrap_or_default();
    let scope = of.scope()?;
    let taker = taker(caller, &of.said())?;
    match shared.handle.acknowledge_storm(scope, taker).await? {
        Ok(()) => list(State(shared), Asked(Nothing {})).await,
        Err(refusal @ Refusal::NoStorm(_)) => {
            Err(Failed::of(StatusCode::NOT_FOUND, refusal.to_string()))
        }
        Err(refusal) => Err(conflict(&refusal)),
    }
}

impl Of {
    fn scope(&self) -> Result<Scope, Failed> {
        let Some(words) = &self.scope else {
            return Ok(Scope::All);
        };
        let known = Scope::from_words(words);
        known.ok_or_else(|| Failed::call("a scope is `all`, `product NAME` or `runbook NAME`"))
    }

    fn who(&self, caller: Caller) -> Result<String, Failed> {
        who(caller, &self.said())
    }

    fn said(&self) -> Said {
        Said {
            by: self.by.clone(),
            take_over: self.take_over,
            ..Said::default()
        }
    }
}
