//! What decisions need and is not in memory: one statement for all of a kind.
//!
//! In: what is needed. Out: the record of each, none where there is none, or why it alone cannot be read.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, Params};
use serde::Serialize;
use smol_str::SmolStr;

use super::ask::{all, arrival, decode_column, get, whole};
use super::record::{decode, open};
use super::trouble::corrupt;
use super::write::{run_columns, yes};
use crate::journal::{
    Arrival, Bodies, Body, DebtId, Error, ErrorKind, EventId, Heard, Incident, IncidentId, Needs,
    RunId, StoredRun,
};
use crate::program::CodeHash;
use crate::value::{Duration, Time};

/// Everything that is needed, as far as it is there.
pub fn fetch(connection: &Connection, needs: &Needs) -> Result<Bodies, Error> {
    Ok(Bodies {
        incidents: each(&needs.incidents, |asked| incidents(connection, asked))?,
        runs: each(&needs.runs, |asked| runs(connection, asked))?,
        programs: each(&needs.programs, |asked| programs(connection, asked))?,
        arrivals: each(&needs.arrivals, |asked| arrivals(connection, asked))?,
        events: each(&needs.events, |asked| named(connection, asked))?,
    })
}

/// What was found, by what was asked for.
type Found<K, T> = BTreeMap<K, Result<T, Error>>;

/// All of a kind at once; one by one where something is damaged that more than one record needs.
fn each<K: Ord + Clone, T>(
    asked: &BTreeSet<K>,
    ask: impl Fn(&[K]) -> Result<Found<K, T>, Error>,
) -> Result<Vec<(K, Body<T>)>, Error> {
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let together: Vec<K> = asked.iter().cloned().collect();
    let mut found = match ask(&together) {
        Err(failure) if failure.kind == ErrorKind::Corrupt => {
            let mut found = BTreeMap::new();
            for one in &together {
                match ask(std::slice::from_ref(one)) {
                    Err(failure) if failure.kind == ErrorKind::Corrupt => {
                        found.insert(one.clone(), Err(failure));
                    }
                    read => found.extend(read?),
                }
            }
            found
        }
        read => read?,
    };
    let bodies = together.into_iter().map(|one| {
        let body = found.remove(&one).transpose();
        (one, body)
    });
    Ok(bodies.collect())
}

fn incidents(
    connection: &Connection,
    asked: &[IncidentId],
) -> Result<Found<IncidentId, Incident>, Error> {
    let sql = "SELECT record, id FROM incident WHERE id IN (SELECT value FROM json_each(?1))";
    let ids = asked.iter().map(|id| id.0).collect::<Vec<_>>();
    let found = all(connection, sql, [list(&ids)], |row| {
        let id = IncidentId(whole(get(row, 1)?));
        Ok((id, decode_column(row, 0, "an incident")))
    });
    let mut found: Found<IncidentId, Incident> = found?.into_iter().collect();
    let sql =
        "SELECT incident, record FROM alert WHERE incident IN (SELECT value FROM json_each(?1))";
    bring_alerts(connection, sql, [list(&ids)], &mut found)?;
    Ok(found)
}

/// Brings the alerts of incidents in; one that has a damaged alert cannot be read.
pub fn bring_alerts(
    connection: &Connection,
    sql: &str,
    asked: impl Params,
    found: &mut BTreeMap<IncidentId, Result<Incident, Error>>,
) -> Result<(), Error> {
    let alerts = all(connection, sql, asked, |row| {
        let id = IncidentId(whole(get(row, 0)?));
        let alert = decode::<(IncidentId, SmolStr, Heard)>(&get::<Vec<u8>>(row, 1)?);
        Ok((id, alert.filter(|(own, ..)| *own == id)))
    })?;
    for (id, alert) in alerts {
        match (found.get_mut(&id), alert) {
            (Some(Ok(incident)), Some((_, fingerprint, heard))) => {
                incident.bring_alert(fingerprint, heard);
            }
            (Some(known @ Ok(_)), None) => *known = Err(corrupt("an alert of an incident")),
            (Some(Err(_)) | None, _) => {}
        }
    }
    Ok(())
}

fn runs(connection: &Connection, asked: &[RunId]) -> Result<Found<RunId, StoredRun>, Error> {
    let sql = "SELECT kind, owner, ordinal, ended, record, state, clock FROM json_each(?1) AS asked \
               CROSS JOIN run ON kind = asked.value ->> 0 AND owner = asked.value ->> 1 \
               AND ordinal = asked.value ->> 2 LEFT JOIN run_state ON run_state.run = run.id";
    let places = asked.iter().map(|id| run_columns(*id));
    // What has no place in the store is not there.
    let places: Vec<_> = places.filter_map(Result::ok).collect();
    let found = all(connection, sql, [list(&places)], |row| {
        let (owner, ordinal) = (whole(get(row, 1)?), get(row, 2)?);
        let id = match get::<i64>(row, 0)? {
            0 => RunId::Incident(IncidentId(owner), ordinal),
            _ => RunId::Debt(DebtId(owner), ordinal),
        };
        let damaged = || corrupt(&format!("run {id}"));
        let record: Option<(CodeHash, Vec<_>)> = decode(&get::<Vec<u8>>(row, 4)?);
        let state: Option<Vec<u8>> = get(row, 5)?;
        let state = state.as_deref().and_then(open);
        let ended = get::<i64>(row, 3)? == yes(true);
        let clock = Duration::from_millis(get(row, 6)?);
        let run = record.zip(state).map(|((code, pending), state)| StoredRun {
            id,
            code,
            state: state.to_vec(),
            pending,
            ended,
            clock,
        });
        Ok((id, run.ok_or_else(damaged)))
    });
    Ok(found?.into_iter().collect())
}

fn programs(
    connection: &Connection,
    asked: &[CodeHash],
) -> Result<Found<CodeHash, Vec<u8>>, Error> {
    let sql = "SELECT hash, artefact FROM program \
               WHERE hash IN (SELECT unhex(value) FROM json_each(?1))";
    let hashes: Vec<String> = asked.iter().map(CodeHash::to_string).collect();
    let found = all(connection, sql, [list(&hashes)], |row| {
        let artefact: Vec<u8> = get(row, 1)?;
        let artefact = open(&artefact).map(<[u8]>::to_vec);
        Ok((
            CodeHash(get(row, 0)?),
            artefact.ok_or_else(|| corrupt("a program")),
        ))
    });
    Ok(found?.into_iter().collect())
}

fn arrivals(connection: &Connection, asked: &[EventId]) -> Result<Found<EventId, Arrival>, Error> {
    let sql = "SELECT id, at, record, disposition, sender FROM event \
               WHERE id IN (SELECT value FROM json_each(?1))";
    let ids = asked.iter().map(|id| id.0).collect::<Vec<_>>();
    let found = all(connection, sql, [list(&ids)], |row| {
        Ok((EventId(whole(get(row, 0)?)), arrival(row)))
    });
    Ok(found?.into_iter().collect())
}

/// Named events, each kind since a time, newest first.
fn named(
    connection: &Connection,
    asked: &[(SmolStr, Time)],
) -> Result<Found<(SmolStr, Time), Vec<Arrival>>, Error> {
    let sql = "SELECT event.id, event.at, event.record, event.disposition, event.sender, asked.key \
               FROM json_each(?1) AS asked CROSS JOIN event INDEXED BY event_by_name \
               ON event.name = asked.value ->> 0 AND event.at >= asked.value ->> 1 \
               ORDER BY asked.key, event.id DESC";
    let since = asked.iter().map(|(name, since)| (name, since.millis()));
    let since: Vec<_> = since.collect();
    let rows = all(connection, sql, [list(&since)], |row| {
        Ok((whole(get(row, 5)?), arrival(row)?))
    })?;
    let mut found: Found<_, Vec<Arrival>> = BTreeMap::new();
    for (place, arrival) in rows {
        let asked = usize::try_from(place)
            .ok()
            .and_then(|place| asked.get(place));
        let Some(asked) = asked else { continue };
        if let Ok(named) = found.entry(asked.clone()).or_insert_with(|| Ok(Vec::new())) {
            named.push(arrival);
        }
    }
    Ok(found)
}

/// A list as SQLite reads it.
fn list<T: Serialize>(asked: &[T]) -> String {
    serde_json::to_string(asked).expect("numbers and texts in a list are always JSON")
}
