//! What comes in: events and requests, one at a time; alerts have a file of their own. Whatever cannot be dealt with is kept, with the reason.

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value as Json, json};
use smol_str::SmolStr;

use super::super::alertmanager::{Bad, KEPT_BYTES, cut};
use super::asked::{Name, Unread, whole};
use super::{Caller, Failed, Shared};
use crate::diag::Code;
use crate::engine::{Accepted, Arriving};
use crate::host::{Gone, Undecoded};
use crate::journal::{DeadLetter, Source};

/// The largest event or request.
const EVENT_BYTES: usize = 256 * 1024;

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
        by: caller.asks(),
        roles: caller.roles,
    };
    let accepted = shared.handle.accept(vec![request]).await?;
    let one = accepted.into_iter().next().ok_or(Gone)?;
    answer_request(one)
}

/// Which incident has what was asked for, and whether it was about that already.
fn answer_request(accepted: Accepted) -> Result<Response, Failed> {
    let (incident, joined) = match &accepted {
        Accepted::Taken(taken) => (taken.first().copied(), false),
        Accepted::Joined(incident) => (Some(*incident), true),
        Accepted::Kept => (None, false),
        Accepted::Dead { .. } => return answer_one(accepted),
    };
    let mut body = answer(&[accepted], Vec::new());
    body["incident"] = incident.map(|id| id.0).into();
    body["joined"] = joined.into();
    Ok((StatusCode::ACCEPTED, axum::Json(body)).into_response())
}

pub async fn accept_one(shared: &Shared, arriving: Arriving) -> Result<Response, Failed> {
    let accepted = shared.handle.accept(vec![arriving]).await?;
    let one = accepted.into_iter().next().ok_or(Gone)?;
    answer_one(one)
}

/// What became of the only thing that was sent.
pub fn answer_one(accepted: Accepted) -> Result<Response, Failed> {
    let one = std::slice::from_ref(&accepted);
    let body = answer(one, Vec::new());
    let (code, why) = match &accepted {
        Accepted::Dead { code, why } => (*code, why),
        Accepted::Taken(_) | Accepted::Joined(_) | Accepted::Kept => {
            return Ok(axum::Json(body).into_response());
        }
    };
    let mut failed = Failed::of(StatusCode::UNPROCESSABLE_ENTITY, why);
    failed.code = Code::ALL
        .iter()
        .copied()
        .find(|known| known.as_str() == code);
    if let Json::Object(members) = body {
        failed.more = members;
    }
    Err(failed)
}

pub fn answer(accepted: &[Accepted], mut dead: Vec<Json>) -> Json {
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
                name: called(source),
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
    Err(unreadable(shared, unread, &bytes, source).await?)
}

/// Keeps the beginning of a body that did not come to its end, and says why.
pub async fn unreadable(
    shared: &Shared,
    unread: Unread,
    begin: &[u8],
    source: &Source,
) -> Result<Failed, Failed> {
    let (code, status) = match &unread {
        // It is sent again.
        Unread::TooSlow => return Ok(unread.into()),
        Unread::TooLarge { .. } | Unread::SaysTooLarge { .. } => {
            (Code::AlertTooLarge, StatusCode::PAYLOAD_TOO_LARGE)
        }
        Unread::BrokeOff { .. } => (malformed(source), StatusCode::BAD_REQUEST),
        Unread::Packed(_) => (malformed(source), StatusCode::UNSUPPORTED_MEDIA_TYPE),
    };
    let bad = Bad {
        code,
        why: unread.to_string(),
        name: called(source),
        body: cut(&String::from_utf8_lossy(begin), KEPT_BYTES).to_owned(),
    };
    refuse(shared, bad, source.clone(), status).await
}

/// What something broken is called, by where it came in.
fn malformed(source: &Source) -> Code {
    match source {
        Source::Alertmanager | Source::Grafana => Code::AlertMalformed,
        Source::Event(_) | Source::Request(_) | Source::Schedule(_) => Code::EventMalformed,
    }
}

/// What its sender calls it, as far as the address says.
fn called(source: &Source) -> SmolStr {
    match source {
        Source::Alertmanager | Source::Grafana => SmolStr::default(),
        Source::Event(name) | Source::Request(name) | Source::Schedule(name) => name.clone(),
    }
}

/// Keeps something that cannot be dealt with, and says so.
pub async fn refuse(
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
    shared.handle.bury(undecoded(shared, bad, source)).await?;
    Ok(())
}

/// What is kept of it.
pub fn undecoded(shared: &Shared, bad: Bad, source: Source) -> Undecoded {
    let letter = DeadLetter {
        event: None,
        at: shared.clock.now(),
        source,
        code: bad.code.as_str().into(),
        why: bad.why,
        body: bad.body,
    };
    let name = bad.name;
    Undecoded {
        letter,
        name,
        more: 0,
    }
}
