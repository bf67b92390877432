//! What people look at, and what they do about it: incidents.

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::super::view::{IncidentDetail, IncidentList, IncidentView, ShadowView};
use super::asked::{Asked, Kind, Name, Query, most, whole};
use super::{Caller, Failed, Shared, control};
use crate::connect::running;
use crate::engine::{Engine, Refusal, Settling, Taker};
use crate::host::still_runs;
use crate::journal::{ErrorKind, IncidentId, IntentId, MessageId, Scope};

/// The most that somebody says of what they do, in bytes.
const SAID_BYTES: usize = 64 * 1024;

/// Which part of the list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Which {
    /// Only those that are not over.
    #[serde(default)]
    open: bool,
    before: Option<u64>,
    limit: Option<usize>,
}

impl Query for Which {
    const NAMES: &[(&str, Kind)] = &[
        ("open", Kind::Flag),
        ("before", Kind::Number),
        ("limit", Kind::Number),
    ];
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct From {
    /// The timeline from this entry on.
    #[serde(default)]
    from: u64,
    /// Polls that say the same are one line.
    #[serde(default)]
    folded: bool,
}

impl Query for From {
    const NAMES: &[(&str, Kind)] = &[("from", Kind::Number), ("folded", Kind::Flag)];
}

/// What somebody says of what they do.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Said {
    /// Who it is, where no token says it.
    #[serde(default)]
    pub by: String,
    #[serde(default)]
    pub why: String,
    /// Also where somebody else has it.
    #[serde(default)]
    pub take_over: bool,
}

/// `GET /v1/incidents?open=true&before=ID&limit=NUMBER`
pub async fn list(
    State(shared): State<Arc<Shared>>,
    Asked(which): Asked<Which>,
) -> Result<axum::Json<IncidentList>, Failed> {
    let most = most(which.limit)?;
    let before = which.before.map(IncidentId);
    let page = shared
        .reading
        .look(move |archive| archive.page_of_incidents(which.open, before, most));
    let page = page.await?;
    let list = shared.handle.look(move |engine| IncidentList {
        version: 1,
        incidents: page
            .found
            .iter()
            .map(|one| IncidentView::listed(one).at(engine))
            .collect(),
        total: page.total,
        held_by: held_by(engine),
        freezes: control::freezes(engine),
        storms: control::storms(engine),
        shadows: shadows(engine),
    });
    Ok(axum::Json(list.await?))
}

/// The runbooks that change nothing, and why.
fn shadows(engine: &Engine) -> Vec<ShadowView> {
    let loaded = engine.runbooks().all().iter();
    let shadows = loaded.filter_map(|loaded| {
        Some(ShadowView {
            runbook: loaded.program.runbook.to_string(),
            version: loaded.program.version.to_string(),
            why: loaded.shadow()?,
        })
    });
    shadows.collect()
}

/// Who has stopped all changes.
fn held_by(engine: &Engine) -> Option<String> {
    let mut held = engine.frozen();
    let all = held.find(|(scope, _)| **scope == Scope::All);
    all.map(|(_, freeze)| freeze.by.to_string())
}

/// `GET /v1/incidents/ID?from=NUMBER&folded=true`
pub async fn show(
    State(shared): State<Arc<Shared>>,
    Name(id): Name,
    Asked(from): Asked<From>,
) -> Result<axum::Json<IncidentDetail>, Failed> {
    let id = number(&id)?;
    let detail = shared.reading.look(move |archive| {
        let incident = match archive.incident(id) {
            Ok(None) => return Ok(None),
            Ok(Some(incident)) => Ok(incident),
            // What is known of it is better than nothing.
            Err(failure) if failure.kind == ErrorKind::Corrupt => match archive.remains(id)? {
                Some(remains) => Err(remains),
                None => return Ok(None),
            },
            Err(failure) => return Err(failure),
        };
        let entries = archive.timeline(id, from.from)?;
        Ok(Some(match from.folded {
            true => IncidentDetail::folded(&incident, &entries),
            false => IncidentDetail::of(&incident, &entries),
        }))
    });
    let detail = detail.await?.ok_or_else(|| unknown(id))?;
    let detail = shared.handle.look(move |engine| IncidentDetail {
        incident: detail.incident.at(engine),
        ..detail
    });
    Ok(axum::Json(detail.await?))
}

/// `POST /v1/incidents/ID/ack`
pub async fn acknowledge(
    State(shared): State<Arc<Shared>>,
    Extension(caller): Extension<Caller>,
    Name(id): Name,
    body: Body,
) -> Result<Response, Failed> {
    let (id, said) = (number(&id)?, said(body).await?);
    let taker = taker(caller, &said)?;
    done(id, shared.handle.acknowledge(id, taker).await?, &shared).await
}

/// `POST /v1/pages/ID/ack`
pub async fn acknowledge_page(
    State(shared): State<Arc<Shared>>,
    Extension(caller): Extension<Caller>,
    Name(id): Name,
    body: Body,
) -> Result<Response, Failed> {
    let page = id.parse().map(MessageId);
    let named = |_| Failed::of(StatusCode::NOT_FOUND, "a page is named by its number");
    let (page, said) = (page.map_err(named)?, said(body).await?);
    let taker = taker(caller, &said)?;
    match shared.handle.acknowledge_page(page, taker).await? {
        Ok(taken) => {
            let taken: Vec<u64> = taken.into_iter().map(|IncidentId(id)| id).collect();
            Ok(axum::Json(json!({"version": 1, "incidents": taken})).into_response())
        }
        Err(refusal @ Refusal::NoSuchPage) => {
            Err(Failed::of(StatusCode::NOT_FOUND, refusal.to_string()))
        }
        Err(refusal) => Err(conflict(&refusal)),
    }
}

/// `POST /v1/incidents/ID/resolve`
pub async fn resolve(
    State(shared): State<Arc<Shared>>,
    Extension(caller): Extension<Caller>,
    Name(id): Name,
    body: Body,
) -> Result<Response, Failed> {
    let (id, said) = (number(&id)?, said(body).await?);
    let by = who(caller, &said)?;
    reason(&said.why)?;
    // Its targets would be free while something still changes them.
    still_at_work(id, None, &shared).await?;
    done(id, shared.handle.resolve(id, by, said.why).await?, &shared).await
}

/// What became of a change of which nobody knew.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Outcome {
    outcome: Became,
    /// Which change, where several are unknown.
    change: Option<u64>,
    #[serde(default)]
    by: String,
    #[serde(default)]
    why: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Became {
    Applied,
    NotApplied,
}

/// `POST /v1/incidents/ID/settle`
pub async fn settle(
    State(shared): State<Arc<Shared>>,
    Extension(caller): Extension<Caller>,
    Name(id): Name,
    body: Body,
) -> Result<Response, Failed> {
    let id = number(&id)?;
    let Outcome {
        outcome,
        change,
        by,
        why,
    } = body_of(body).await?.ok_or_else(|| {
        Failed::call("say what became of it: {\"outcome\": \"applied\", \"why\": \"…\"}")
    })?;
    if crate::value::is_blank(&why) {
        return Err(Failed::call("say how you know it: `why`"));
    }
    let said = Said {
        by,
        ..Said::default()
    };
    let settling = Settling {
        change: change.map(IntentId),
        applied: outcome == Became::Applied,
        by: who(caller, &said)?.into(),
        why,
    };
    still_at_work(id, settling.change, &shared).await?;
    done(id, shared.handle.settle(id, settling).await?, &shared).await
}

/// Refuses to say what became of a change whose program is still at work.
async fn still_at_work(
    id: IncidentId,
    change: Option<IntentId>,
    shared: &Arc<Shared>,
) -> Result<(), Failed> {
    let changes = shared.handle.look(move |engine| {
        let unknown = engine.model().unknown_of(id);
        let asked = unknown.filter(|one| change.is_none_or(|change| change == one.id));
        let asked = asked.map(|one| {
            let (name, key) = (one.intent.call.name.clone(), one.intent.key.clone());
            (name, key, engine.makes(one))
        });
        asked.collect::<Vec<_>>()
    });
    let changes = changes.await?;
    let look = move || {
        let found = changes.into_iter();
        let found = found.map(|(name, key, own)| (name, running(&key), own));
        let mut left = found.filter(|(_, processes, _)| !processes.is_empty());
        left.next()
    };
    // Without an answer nothing is known to run.
    let Ok(Some((name, processes, own))) = tokio::task::spawn_blocking(look).await else {
        return Ok(());
    };
    let still = still_runs(&name, &processes);
    let why = match own {
        true => format!(
            "{still}: the agent does it once more, since nobody knew whether it had taken effect. \
             Wait until it has ended"
        ),
        false => format!(
            "{still}: an agent that was killed had started it. Wait until it has ended, or end it, \
             and say then what became of it"
        ),
    };
    Err(Failed::of(StatusCode::CONFLICT, why))
}

async fn done(
    id: IncidentId,
    done: Result<(), Refusal>,
    shared: &Arc<Shared>,
) -> Result<Response, Failed> {
    match done {
        Ok(()) => {
            let from = From {
                from: 0,
                folded: false,
            };
            let shown = show(State(shared.clone()), Name(id.to_string()), Asked(from)).await?;
            Ok(shown.into_response())
        }
        Err(Refusal::NoSuchIncident) => Err(unknown(id)),
        Err(refusal) => Err(conflict(&refusal)),
    }
}

/// Who does it: the token says it where there are tokens, and nobody else's word counts then.
pub(super) fn who(caller: Caller, said: &Said) -> Result<String, Failed> {
    match caller.name {
        Some(name) => Ok(name.to_string()),
        // Spelled out, what nobody can see would be a name.
        None if crate::value::is_blank(&said.by) => {
            Err(Failed::call("say who you are: {\"by\": \"ada\"}"))
        }
        None => Ok(crate::value::escape_text(&said.by, 80)),
    }
}

/// What is recorded for whoever asks later has a reason.
pub(super) fn reason(why: &str) -> Result<(), Failed> {
    match crate::value::is_blank(why) {
        false => Ok(()),
        true => Err(Failed::call("say why: {\"why\": \"…\"}")),
    }
}

/// Whoever takes something on.
pub(super) fn taker(caller: Caller, said: &Said) -> Result<Taker, Failed> {
    Ok(Taker {
        by: who(caller, said)?.into(),
        takes_over: said.take_over,
    })
}

async fn said(body: Body) -> Result<Said, Failed> {
    Ok(body_of(body).await?.unwrap_or_default())
}

/// The body as what it means; none if there is none.
pub(super) async fn body_of<T: DeserializeOwned>(body: Body) -> Result<Option<T>, Failed> {
    let body = whole(body, SAID_BYTES)
        .await
        .map_err(|(unread, _)| unread)?;
    if body.trim_ascii().is_empty() {
        return Ok(None);
    }
    // A list would be taken by the places of its values.
    if body.trim_ascii_start().first() != Some(&b'{') {
        return Err(Failed::call("the body is not what is expected: an object"));
    }
    serde_json::from_slice(&body)
        .map(Some)
        .map_err(|error| Failed::call(format!("the body is not what is expected: {error}")))
}

fn number(text: &str) -> Result<IncidentId, Failed> {
    text.parse()
        .map(IncidentId)
        .map_err(|_| Failed::of(StatusCode::NOT_FOUND, "an incident is named by its number"))
}

fn unknown(id: IncidentId) -> Failed {
    Failed::of(StatusCode::NOT_FOUND, format!("there is no incident {id}"))
}

pub(super) fn conflict(refusal: &Refusal) -> Failed {
    Failed::of(StatusCode::CONFLICT, refusal.to_string())
}
