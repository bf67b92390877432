//! What comes in: alerts, events, requests. Whatever cannot be dealt with is kept, with the reason.

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value as Json, json};
use smol_str::SmolStr;

use super::super::alertmanager::{self, Bad, KEPT_BYTES, cut};
use super::asked::{Name, Unread, whole};
use super::refused::Refused;
use super::{Caller, Failed, Shared};
use crate::diag::Code;
use crate::engine::{Accepted, Arriving};
use crate::journal::{DeadLetter, Source};

/// The largest body of a notification.
const ALERTS_BYTES: usize = 8 * 1024 * 1024;
/// The largest event or request.
const EVENT_BYTES: usize = 256 * 1024;

/// `POST /v1/alerts/alertmanager`
pub async fn alerts(State(shared): State<Arc<Shared>>, body: Body) -> Result<Response, Failed> {
    let source = Source::Alertmanager;
    let body = read(&shared, body, ALERTS_BYTES, &source).await?;
    let notification = match alertmanager::decode(&body) {
        Ok(notification) => notification,
        Err(bad) => return Err(refuse(&shared, bad, source, StatusCode::BAD_REQUEST).await?),
    };
    let mut dead = Vec::new();
    for bad in notification.bad {
        dead.push(json!({"code": bad.code.as_str(), "why": bad.why}));
        bury(&shared, bad, source.clone()).await?;
    }
    let alerts = notification
        .alerts
        .into_iter()
        .map(Arriving::Alert)
        .collect();
    let accepted = shared.handle.accept(alerts).await?;
    Ok(axum::Json(answer(&accepted, dead)).into_response())
}

/// `POST /v1/events/NAME`
pub async fn event(
    State(shared): State<Arc<Shared>>,
    Name(name): Name,
    body: Body,
) -> Result<Response, Failed> {
    let name = SmolStr::new(cut(&name, 128));
    let source = Source::Event(name.clone());
    let json = text(&shared, body, &source).await?;
    accept_one(&shared, Arriving::Named { name, json }).await
}

/// `POST /v1/requests/RUNBOOK`
pub async fn request(
    State(shared): State<Arc<Shared>>,
    Extension(caller): Extension<Caller>,
    Name(runbook): Name,
    body: Body,
) -> Result<Response, Failed> {
    let runbook = SmolStr::new(cut(&runbook, 128));
    let source = Source::Request(runbook.clone());
    let json = text(&shared, body, &source).await?;
    let request = Arriving::Request {
        runbook,
        json: if json.trim().is_empty() {
            "{}".to_owned()
        } else {
            json
        },
        by: caller
            .name
            .unwrap_or_else(|| "somebody on this machine".into()),
        roles: caller.roles,
    };
    accept_one(&shared, request).await
}

async fn accept_one(shared: &Shared, arriving: Arriving) -> Result<Response, Failed> {
    let accepted = shared.handle.accept(vec![arriving]).await?;
    let refused = accepted
        .iter()
        .any(|one| matches!(one, Accepted::Dead { .. }));
    let status = match refused {
        true => StatusCode::UNPROCESSABLE_ENTITY,
        false => StatusCode::OK,
    };
    Ok((status, axum::Json(answer(&accepted, Vec::new()))).into_response())
}

fn answer(accepted: &[Accepted], mut dead: Vec<Json>) -> Json {
    let mut incidents: Vec<u64> = Vec::new();
    let mut joined = false;
    for one in accepted {
        match one {
            Accepted::Taken(taken) => incidents.extend(taken.iter().map(|id| id.0)),
            Accepted::Joined(incident) => {
                incidents.push(incident.0);
                joined = true;
            }
            Accepted::Kept => {}
            Accepted::Dead { code, why } => dead.push(json!({"code": code, "why": why})),
        }
    }
    incidents.sort_unstable();
    incidents.dedup();
    let mut answer = json!({"version": 1, "accepted": accepted.len(), "incidents": incidents, "dead_letters": dead});
    // Whoever asked for something learns that it was under way already.
    if joined {
        answer["joined"] = true.into();
    }
    answer
}

async fn text(shared: &Shared, body: Body, source: &Source) -> Result<String, Failed> {
    let bytes = read(shared, body, EVENT_BYTES, source).await?;
    match String::from_utf8(bytes) {
        Ok(text) => Ok(text),
        Err(error) => {
            let bad = Bad {
                code: malformed(source),
                why: "it is not UTF-8".to_owned(),
                body: cut(&String::from_utf8_lossy(error.as_bytes()), KEPT_BYTES).to_owned(),
            };
            Err(refuse(shared, bad, source.clone(), StatusCode::BAD_REQUEST).await?)
        }
    }
}

/// The whole body; of one that cannot be taken the beginning is kept.
async fn read(
    shared: &Shared,
    body: Body,
    most: usize,
    source: &Source,
) -> Result<Vec<u8>, Failed> {
    let (unread, bytes) = match whole(body, most).await {
        Ok(bytes) => return Ok(bytes),
        Err(unread) => unread,
    };
    let (code, status) = match &unread {
        // It is sent again; what came so far is nothing yet.
        Unread::TooSlow => {
            shared.refused.count(Refused::Slow);
            return Err(unread.into());
        }
        Unread::TooLarge { .. } => (Code::AlertTooLarge, StatusCode::PAYLOAD_TOO_LARGE),
        Unread::BrokeOff { .. } => (malformed(source), StatusCode::BAD_REQUEST),
    };
    let bad = Bad {
        code,
        why: unread.to_string(),
        body: cut(&String::from_utf8_lossy(&bytes), KEPT_BYTES).to_owned(),
    };
    Err(refuse(shared, bad, source.clone(), status).await?)
}

/// What something broken is called, by where it came in.
fn malformed(source: &Source) -> Code {
    match source {
        Source::Alertmanager => Code::AlertMalformed,
        Source::Event(_) | Source::Request(_) => Code::EventMalformed,
    }
}

/// Keeps something that cannot be dealt with, and says so.
async fn refuse(
    shared: &Shared,
    bad: Bad,
    source: Source,
    status: StatusCode,
) -> Result<Failed, Failed> {
    let failed = Failed::with(status, bad.code, bad.why.clone());
    bury(shared, bad, source).await?;
    Ok(failed)
}

async fn bury(shared: &Shared, bad: Bad, source: Source) -> Result<(), Failed> {
    tracing::warn!(code = bad.code.as_str(), "dead letter: {}", bad.why);
    let letter = DeadLetter {
        event: None,
        at: shared.clock.now(),
        source,
        code: bad.code.as_str().into(),
        why: bad.why,
        body: bad.body,
    };
    shared.handle.bury(letter).await?;
    Ok(())
}
