//! Dead letters: what could not be dealt with, and another try once somebody has mended why.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;

use super::super::alertmanager::{self, KEPT_BYTES};
use super::super::view::{LetterList, LetterView};
use super::asked::{Asked, Kind, Name, Nothing, Query, most};
use super::ingest::answer_one;
use super::{Caller, Failed, Shared};
use crate::engine::{Arriving, Replay};
use crate::journal::{
    Alert, Archive, Arrival, DeadLetter, Disposition, Error, ErrorKind, Event, LetterId, Sender,
    Source,
};

/// Which part of the list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Which {
    before: Option<u64>,
    limit: Option<usize>,
}

impl Query for Which {
    const NAMES: &[(&str, Kind)] = &[("before", Kind::Number), ("limit", Kind::Number)];
}

/// `GET /v1/dead-letters?before=ID&limit=NUMBER`
pub async fn list(
    State(shared): State<Arc<Shared>>,
    Asked(which): Asked<Which>,
) -> Result<axum::Json<LetterList>, Failed> {
    let (before, most) = (which.before.map(LetterId), most(which.limit)?);
    let list = shared.reading.look(move |archive| {
        let page = archive.dead_letters(before, most)?;
        let views = page.found.into_iter();
        let views = views.map(|(id, letter)| view(archive, id, letter));
        Ok(LetterList {
            version: 1,
            dead_letters: views.collect::<Result<_, Error>>()?,
            total: page.total,
        })
    });
    Ok(axum::Json(list.await?))
}

/// `GET /v1/dead-letters/ID`
pub async fn show(
    State(shared): State<Arc<Shared>>,
    Name(id): Name,
    Asked(Nothing {}): Asked<Nothing>,
) -> Result<Response, Failed> {
    let id = number(&id)?;
    let view = shared.reading.look(move |archive| {
        let Some(letter) = archive.dead_letter(id)? else {
            return Ok(None);
        };
        view(archive, id, letter).map(Some)
    });
    let view = view.await?.ok_or_else(|| unknown(id))?;
    Ok(axum::Json(json!({"version": 1, "dead_letter": view})).into_response())
}

/// `POST /v1/dead-letters/ID/replay`
pub async fn replay(
    State(shared): State<Arc<Shared>>,
    Extension(caller): Extension<Caller>,
    Name(id): Name,
) -> Result<Response, Failed> {
    let id = number(&id)?;
    let found = shared.reading.look(move |archive| {
        let Some(letter) = archive.dead_letter(id)? else {
            return Ok(None);
        };
        let arrival = arrival(archive, &letter)?;
        Ok(Some((letter, arrival)))
    });
    let (letter, arrival) = found.await?.ok_or_else(|| unknown(id))?;
    let arrival = arrival.map_err(|Damaged| {
        let why = format!(
            "dead letter {id} cannot be tried again: {DAMAGED}; have its sender send it again"
        );
        Failed::of(StatusCode::CONFLICT, why)
    })?;
    let was = arrival.as_ref().map(|arrival| arrival.id);
    let event = match arrival {
        Some(arrival) if arrival.disposition != Disposition::Dead => {
            let why = format!("dead letter {id} was tried again before, and taken");
            return Err(Failed::of(StatusCode::CONFLICT, why));
        }
        other => other.map(|arrival| arrival.event),
    };
    let by = caller.asks();
    let arriving = again(letter, event, caller).map_err(|why| {
        let why = format!("dead letter {id} cannot be tried again: {why}");
        Failed::of(StatusCode::CONFLICT, why)
    })?;
    let (letter, event) = (id, was);
    let replay = Replay { letter, event, by };
    let accepted = shared.handle.replay(arriving, replay).await?;
    answer_one(accepted)
}

/// What arrived, or what became of it, cannot be read.
struct Damaged;

const DAMAGED: &str = "the record of what arrived is damaged (A1215)";

/// A letter, with what became of what arrived: it says that of the time when it was written.
fn view(archive: &dyn Archive, id: LetterId, mut letter: DeadLetter) -> Result<LetterView, Error> {
    let became = match arrival(archive, &letter)? {
        Ok(arrival) => arrival.map(|arrival| arrival.disposition),
        Err(Damaged) => {
            letter.why += &format!("; whether it was tried again is not known: {DAMAGED}");
            None
        }
    };
    Ok(LetterView::of(id, &letter, became.as_ref()))
}

/// What arrived, as far as it can be read: no other letter is to suffer for it.
fn arrival(
    archive: &dyn Archive,
    letter: &DeadLetter,
) -> Result<Result<Option<Arrival>, Damaged>, Error> {
    let Some(event) = letter.event else {
        return Ok(Ok(None));
    };
    match archive.event(event) {
        Err(failure) if failure.kind == ErrorKind::Corrupt => Ok(Err(Damaged)),
        read => read.map(Ok),
    }
}

/// What arrived, to be taken anew. Whoever replays a request is the one that asks.
fn again(letter: DeadLetter, event: Option<Event>, caller: Caller) -> Result<Arriving, String> {
    let request = |runbook, json| Arriving::Request {
        runbook,
        json,
        by: caller.asks(),
        roles: caller.roles.clone(),
    };
    Ok(match (event, letter.source) {
        (Some(Event::Alert(alert)), Source::Grafana) => Arriving::Alert(Alert {
            sender: Sender::Grafana,
            ..alert
        }),
        (Some(Event::Alert(alert)), _) => Arriving::Alert(alert),
        (Some(Event::Named { name, json }), _) => Arriving::Named { name, json },
        (Some(Event::Request { runbook, json, .. }), _) => request(runbook, json),
        (Some(Event::Due { .. }), _) | (None, Source::Schedule(_)) => {
            return Err("a due time of a schedule comes once".to_owned());
        }
        (None, _) if letter.body.is_empty() => return Err("nothing of it is kept".to_owned()),
        (None, _) if letter.body.len() > KEPT_BYTES - 4 => {
            let why = "only its beginning is kept; have its sender send it again";
            return Err(why.to_owned());
        }
        // What is kept is not what was sent, and nobody knows what that was.
        (None, _) if letter.body.contains('\u{fffd}') => {
            let why = "it was not UTF-8, and what could not be read is lost; have its sender send it \
                       again, in UTF-8";
            return Err(why.to_owned());
        }
        (None, Source::Alertmanager) => decoded(&letter.body, Sender::Alertmanager)?,
        (None, Source::Grafana) => decoded(&letter.body, Sender::Grafana)?,
        (None, Source::Event(name)) => Arriving::Named {
            name,
            json: letter.body,
        },
        (None, Source::Request(runbook)) => request(runbook, letter.body),
    })
}

fn decoded(body: &str, sender: Sender) -> Result<Arriving, String> {
    let alert = alertmanager::decode_one(body.as_bytes()).map_err(|bad| bad.why)?;
    Ok(Arriving::Alert(Alert { sender, ..alert }))
}

fn number(text: &str) -> Result<LetterId, Failed> {
    text.parse().map(LetterId).map_err(|_| {
        let why = "a dead letter is named by its number";
        Failed::of(StatusCode::NOT_FOUND, why)
    })
}

fn unknown(id: LetterId) -> Failed {
    Failed::of(
        StatusCode::NOT_FOUND,
        format!("there is no dead letter {id}"),
    )
}
