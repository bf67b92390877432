//! The lists that a start asks for: what cannot be read stands beside the others, as far as its columns tell.
//!
//! In: nothing but the store. Out: records, or what is left of them.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, Row};
use serde::de::DeserializeOwned;
use smol_str::SmolStr;

use super::ask::{Read, all, bytes_of_text, decode_column, get, one, text, whole};
use super::fetch::{bring_alerts, fetch};
use super::record::decode;
use super::trouble::corrupt;
use super::write::{
    FREEZE, LOST, STORM, execute, number, run_columns, state_column, state_of, yes,
};
use crate::journal::{
    Debt, DebtId, Delivery, Dwell, Error, ErrorKind, EventId, Freeze, Incident, IncidentId,
    IntentId, IntentState, Lost, LostIncident, LostPart, MessageId, Needs, Outbox, Remains, RunId,
    Scope, StoredIntent, StoredWait, Storm,
};
use crate::value::Time;

/// A record, or what is left of it.
type Kept<T> = Result<T, Lost>;

pub fn loud_incidents(connection: &Connection) -> Result<Vec<Kept<Incident>>, Error> {
    let sql = "SELECT record, id, open, runbook, key, opened, loud FROM incident \
               INDEXED BY incident_loud WHERE loud <> 0";
    let mut displaced = BTreeMap::new();
    let read = all(connection, sql, [], |row| {
        let place = get(row, 1)?;
        let read = decode_column(row, 0, "an incident");
        // Nobody works on one that is over and cannot be read.
        if read.is_err() && !get::<bool>(row, 2)? {
            return Ok(None);
        }
        let id = match &read {
            Ok(incident) if !is_row_of(row, incident)? => {
                displaced.insert(incident.id, place);
                incident.id
            }
            Ok(_) | Err(_) => IncidentId(whole(place)),
        };
        Ok(Some((id, read)))
    })?;
    let mut found = read.into_iter().flatten().collect();
    let sql = "SELECT incident, alert.record FROM incident JOIN alert ON incident = id \
         WHERE loud <> 0";
    bring_alerts(connection, sql, [], &mut found)?;
    let newest_first = found.into_iter().rev();
    let kept = newest_first.map(|(id, read)| {
        let kept = kept_row(read, || left_of(connection, id))?;
        Ok(match displaced.get(&id) {
            Some(place) => kept.and_then(|incident| {
                let (place, incident) = (*place, Box::new(incident));
                Err(Lost::Displaced { place, incident })
            }),
            None => kept,
        })
    });
    kept.collect()
}

/// Whether what an incident is found by is what its record says.
fn is_row_of(row: &Row<'_>, incident: &Incident) -> Read<bool> {
    let (place, texts): (i64, (SmolStr, SmolStr)) = (get(row, 1)?, (text(row, 3)?, text(row, 4)?));
    let numbers: (i64, i64, i64) = (get(row, 2)?, get(row, 5)?, get(row, 6)?);
    let own = (
        yes(!incident.is_done()),
        incident.opened.millis(),
        yes(incident.is_loud()),
    );
    Ok(number(incident.id.0).is_ok_and(|id| id == place)
        && (&texts.0, &texts.1) == (&incident.runbook, &incident.key)
        && numbers == own)
}

/// What is left of those of these incidents that are not over and cannot be read.
pub fn damaged(
    connection: &Connection,
    incidents: &BTreeSet<IncidentId>,
) -> Result<Vec<Lost>, Error> {
    let mut open = Needs::default();
    for id in incidents {
        // Nobody works on one that is over, unless a human has to say what became of a change of it.
        let sql = "SELECT 1 FROM incident WHERE id = ?1 AND (open <> 0 OR EXISTS \
                   (SELECT 1 FROM intent WHERE kind = 0 AND owner = ?1 AND state NOT IN (5, 6, 9, 10)))";
        let is_open = one(connection, sql, [number(id.0)?], |row| get::<i64>(row, 0))?;
        open.incidents.extend(is_open.map(|_| *id));
    }
    let bodies = fetch(connection, &open)?;
    let damaged = bodies.damaged().map(|id| left_of(connection, id));
    let mut damaged = damaged.collect::<Result<Vec<_>, _>>()?;
    for id in incidents {
        damaged.extend(gone(connection, *id)?);
    }
    Ok(damaged)
}

/// What is left of an incident that is not there, of whose changes one has no outcome, or that has a timeline and a
/// run that lives.
fn gone(connection: &Connection, id: IncidentId) -> Result<Option<Lost>, Error> {
    let at = number(id.0)?;
    let sql = "SELECT 1 FROM incident WHERE id = ?1";
    if one(connection, sql, [at], |row| get::<i64>(row, 0))?.is_some() {
        return Ok(None);
    }
    let sql = "SELECT record FROM intent WHERE kind = 0 AND owner = ?1 AND state NOT IN (5, 6, 9, 10) \
               ORDER BY id DESC LIMIT 1";
    let record = one(connection, sql, [at], |row| get::<Vec<u8>>(row, 0))?;
    let sql = "SELECT 1 WHERE EXISTS (SELECT 1 FROM entry WHERE incident = ?1) AND EXISTS \
               (SELECT 1 FROM run WHERE ended <> 3 AND kind = 0 AND owner = ?1)";
    let lives = || one(connection, sql, [at], |row| get::<i64>(row, 0));
    if record.is_none() && lives()?.is_none() {
        return Ok(None);
    }
    let change: Option<StoredIntent> = record.and_then(|record| decode(&record));
    let (runs, lines) = counted(connection, id)?;
    Ok(Some(Lost::Incident(LostIncident {
        id,
        what: LostPart::Row,
        opened: change.as_ref().map(|one| one.at).unwrap_or_default(),
        runbook: change.map(|one| one.runbook).unwrap_or_default(),
        key: SmolStr::default(),
        runs,
        lines,
    })))
}

/// What is left of an incident that cannot be read; it is not over.
fn left_of(connection: &Connection, id: IncidentId) -> Result<Lost, Error> {
    let remains = remains(connection, id)?;
    let left = remains.map(|remains| Lost::Incident(remains.left));
    left.ok_or_else(|| corrupt("an incident"))
}

/// What the columns and the timeline say of an incident.
pub fn remains(connection: &Connection, id: IncidentId) -> Result<Option<Remains>, Error> {
    let (runs, lines) = counted(connection, id)?;
    let sql = "SELECT runbook, key, opened, open, record FROM incident WHERE id = ?1";
    one(connection, sql, [number(id.0)?], |row| {
        let own: Option<Incident> = decode(&get::<Vec<u8>>(row, 4)?);
        let left = LostIncident {
            id,
            what: match own {
                Some(_) => LostPart::Alert,
                None => LostPart::Record,
            },
            runbook: text(row, 0)?,
            key: text(row, 1)?,
            opened: Time::from_millis(get(row, 2)?).unwrap_or_default(),
            runs,
            lines,
        };
        let is_open = get(row, 3)?;
        Ok(Remains { left, is_open })
    })
}

/// How many runs an incident has had, and how many lines its timeline has.
fn counted(connection: &Connection, id: IncidentId) -> Result<(u32, u64), Error> {
    let at = number(id.0)?;
    let count = |sql| {
        let found = one(connection, sql, [at], |row| get::<i64>(row, 0))?;
        Ok::<_, Error>(whole(found.unwrap_or_default()))
    };
    let runs =
        count("SELECT coalesce(max(ordinal) + 1, 0) FROM run WHERE kind = 0 AND owner = ?1")?;
    let lines = count("SELECT coalesce(max(number) + 1, 0) FROM entry WHERE incident = ?1")?;
    Ok((u32::try_from(runs).unwrap_or(u32::MAX), lines))
}

pub fn open_intents(connection: &Connection) -> Result<Vec<Kept<StoredIntent>>, Error> {
    // What has no outcome is found whatever is said of its run.
    let sql = "SELECT record, id, kind, owner, ordinal, state FROM intent INDEXED BY intent_unsettled \
               WHERE state NOT IN (5, 6, 9, 10) \
               UNION ALL SELECT intent.record, intent.id, kind, owner, ordinal, state FROM run \
               JOIN intent USING (kind, owner, ordinal) \
               WHERE run.ended <> 3 AND state IN (5, 6, 9) ORDER BY 2";
    all(connection, sql, [], |row| {
        let (place, state): (i64, i64) = (get(row, 1)?, get(row, 5)?);
        let numbers = (get(row, 2)?, get(row, 3)?, get(row, 4)?);
        let kept = kept_row(decode_column(row, 0, "an intent"), || {
            let (id, run) = (IntentId(whole(place)), run_at(row, 2)?);
            let state = state_of(state).unwrap_or(IntentState::Unknown);
            Ok(Lost::Intent { id, run, state })
        })?;
        Ok(
            kept.and_then(|intent| match is_at(&intent, place, numbers, state) {
                true => Ok(intent),
                false => Err(Lost::Misplaced {
                    place,
                    intent: Box::new(intent),
                }),
            }),
        )
    })
}

/// Whether the numbers that an intent is found by are those that its record says.
fn is_at(intent: &StoredIntent, place: i64, numbers: (i64, i64, i64), state: i64) -> bool {
    number(intent.id.0).is_ok_and(|id| id == place)
        && run_columns(intent.run).is_ok_and(|own| own == numbers)
        && state_column(intent.state) == state
}

pub fn dwells(connection: &Connection) -> Result<Vec<Kept<Dwell>>, Error> {
    let sql =
        "SELECT record, event, runbook, trigger FROM holding ORDER BY event, runbook, trigger";
    let left = |row: &Row<'_>| {
        Ok(Lost::Dwell {
            event: EventId(whole(get(row, 1)?)),
            runbook: text(row, 2)?,
            trigger: trigger_at(row, 3)?,
        })
    };
    kept(connection, sql, left, |dwell: &Dwell| Lost::Dwell {
        event: dwell.event,
        runbook: dwell.runbook.clone(),
        trigger: dwell.trigger,
    })
}

pub fn outbox(connection: &Connection) -> Result<Vec<Kept<Outbox>>, Error> {
    let sql = "SELECT record, id FROM message WHERE due <> 0 ORDER BY id";
    let left = |row: &Row<'_>| Ok(Lost::Message(MessageId(whole(get(row, 1)?))));
    let mut kept = kept(connection, sql, left, |one: &Outbox| Lost::Message(one.id))?;
    let is_due = |one: &Outbox| matches!(one.delivery, Delivery::Due { .. });
    kept.retain(|one| one.as_ref().map_or(true, is_due));
    Ok(kept)
}

pub fn debts(connection: &Connection) -> Result<Vec<Kept<Debt>>, Error> {
    let sql = "SELECT record, id FROM debt WHERE owed <> 0 ORDER BY id";
    let left = |row: &Row<'_>| Ok(Lost::Debt(DebtId(whole(get(row, 1)?))));
    let mut kept = kept(connection, sql, left, |one: &Debt| Lost::Debt(one.id))?;
    kept.retain(|one| one.as_ref().map_or(true, |debt| debt.paid.is_none()));
    Ok(kept)
}

/// Takes what could not be read out of these lists.
pub fn lose(connection: &Connection, lost: &Lost) -> Result<(), Error> {
    match lost {
        Lost::Incident(lost) => {
            for sql in [
                "DELETE FROM incident WHERE id = ?1",
                "DELETE FROM alert WHERE incident = ?1",
            ] {
                execute(connection, sql, [number(lost.id.0)?])?;
            }
        }
        Lost::Wait(run) => waits_no_more(connection, *run)?,
        Lost::Storm(scope) => lasts_no_more(connection, scope)?,
        // What it stood for stays unknown.
        Lost::Version(_) => {}
        // The next that is written takes its place.
        Lost::Schedule(_) => {}
        // Its targets stay, and count.
        Lost::Intent { id, .. } => {
            let sql = "UPDATE intent SET state = ?2 WHERE id = ?1";
            execute(connection, sql, [number(id.0)?, LOST])?;
        }
        Lost::Displaced { place, .. } => {
            execute(connection, "DELETE FROM incident WHERE id = ?1", [place])?;
        }
        Lost::Misplaced { place, .. } => {
            for sql in [
                "DELETE FROM target WHERE intent = ?1",
                "DELETE FROM intent WHERE id = ?1",
            ] {
                execute(connection, sql, [place])?;
            }
        }
        Lost::Run(run) | Lost::Stray(run) => {
            let sql = "UPDATE run SET ended = 3 WHERE kind = ?1 AND owner = ?2 AND ordinal = ?3";
            execute(connection, sql, run_columns(*run)?)?;
        }
        Lost::Dwell {
            event,
            runbook,
            trigger,
        } => stands_no_more(connection, *event, runbook, *trigger)?,
        Lost::Message(id) => {
            let sql = "UPDATE message SET due = 0 WHERE id = ?1 OR (?1 = 0 AND id < 0)";
            execute(connection, sql, [number(id.0)?])?;
        }
        Lost::Debt(id) => {
            let sql = "UPDATE debt SET owed = 0 WHERE id = ?1 OR (?1 = 0 AND id < 0)";
            execute(connection, sql, [number(id.0)?])?;
        }
    }
    Ok(())
}

/// Takes every row out that is read as this one: its columns may be no number that there is, and no text.
fn stands_no_more(
    connection: &Connection,
    event: EventId,
    runbook: &SmolStr,
    trigger: u16,
) -> Result<(), Error> {
    let sql = "SELECT event, runbook, trigger FROM holding";
    let rows = all(connection, sql, [], |row| {
        let read = (
            EventId(whole(get(row, 0)?)),
            text(row, 1)?,
            trigger_at(row, 2)?,
        );
        let place: (i64, Vec<u8>, i64) = (get(row, 0)?, bytes_of_text(row, 1)?, get(row, 2)?);
        Ok((read == (event, runbook.clone(), trigger)).then_some(place))
    })?;
    for place in rows.into_iter().flatten() {
        let sql =
            "DELETE FROM holding WHERE event = ?1 AND CAST(runbook AS BLOB) = ?2 AND trigger = ?3";
        execute(connection, sql, place)?;
    }
    Ok(())
}

/// The place of a trigger; what can be none is read as the nearest one that is.
fn trigger_at(row: &Row<'_>, column: usize) -> Read<u16> {
    Ok(u16::try_from(get::<i64>(row, column)?).unwrap_or(u16::MAX))
}

/// Takes every row out that is read as this run: its columns may be none that any run has.
fn waits_no_more(connection: &Connection, run: RunId) -> Result<(), Error> {
    let own = run_columns(run)?;
    let sql = "SELECT kind, owner, ordinal, record FROM waiting";
    let rows = all(connection, sql, [], |row| {
        let place: (i64, i64, i64) = (get(row, 0)?, get(row, 1)?, get(row, 2)?);
        let record: Option<StoredWait> = decode(&get::<Vec<u8>>(row, 3)?);
        let is_sound = place == own && record.is_some_and(|wait| wait.run == run);
        Ok((run_at(row, 0)? == run && !is_sound).then_some(place))
    })?;
    for place in rows.into_iter().flatten() {
        let sql = "DELETE FROM waiting WHERE kind = ?1 AND owner = ?2 AND ordinal = ?3";
        execute(connection, sql, place)?;
    }
    Ok(())
}

/// By run.
pub fn waits(connection: &Connection) -> Result<Vec<Kept<StoredWait>>, Error> {
    let sql = "SELECT record, kind, owner, ordinal FROM waiting ORDER BY kind, owner, ordinal";
    let left = |row: &Row<'_>| Ok(Lost::Wait(run_at(row, 1)?));
    kept(connection, sql, left, |one: &StoredWait| {
        Lost::Wait(one.run)
    })
}

/// By scope.
pub fn storms(connection: &Connection) -> Result<Vec<Kept<(Scope, Storm)>>, Error> {
    let sql = format!("{STORMS} ORDER BY scope");
    let storms = all(connection, &sql, [FREEZE], storm_at)?;
    Ok(storms.into_iter().flatten().collect())
}

const STORMS: &str = "SELECT record, scope, kind FROM control WHERE kind <> ?1";

/// A storm, if its row is named as its record says; else the scope that it has, or most likely had. Nothing where
/// changes are stopped.
fn storm_at(row: &Row<'_>) -> Read<Option<Kept<(Scope, Storm)>>> {
    let (record, kind): (Vec<u8>, i64) = (get(row, 0)?, get(row, 2)?);
    let named = Scope::from_words(&text(row, 1)?);
    let read = match decode::<(Scope, Storm)>(&record) {
        Some((scope, storm)) if named.as_ref() == Some(&scope) => Ok((scope, storm)),
        Some((scope, _)) => Err(Lost::Storm(scope)),
        None => Err(Lost::Storm(named.unwrap_or(Scope::All))),
    };
    // What a row says of its kind may be damaged: it is where changes are stopped then.
    let is_freeze = kind != STORM || decode::<(Scope, Freeze)>(&record).is_some();
    Ok((read.is_ok() || !is_freeze).then_some(read))
}

/// Takes every row out that is read as this storm: one that has another name than its record would outlive it.
fn lasts_no_more(connection: &Connection, scope: &Scope) -> Result<(), Error> {
    let rows = all(connection, STORMS, [FREEZE], |row| {
        let (Some(Ok((of, _))) | Some(Err(Lost::Storm(of)))) = storm_at(row)? else {
            return Ok(None);
        };
        let place: (i64, Vec<u8>) = (get(row, 2)?, bytes_of_text(row, 1)?);
        Ok((of == *scope).then_some(place))
    })?;
    for place in rows.into_iter().flatten() {
        let sql = "DELETE FROM control WHERE kind = ?1 AND CAST(scope AS BLOB) = ?2";
        execute(connection, sql, place)?;
    }
    Ok(())
}

/// The number of a run in three columns from this one on.
fn run_at(row: &Row<'_>, first: usize) -> Read<RunId> {
    let owner = whole(get(row, first + 1)?);
    let ordinal = u32::try_from(get::<i64>(row, first + 2)?).unwrap_or(u32::MAX);
    Ok(match get::<i64>(row, first)? {
        0 => RunId::Incident(IncidentId(owner), ordinal),
        _ => RunId::Debt(DebtId(owner), ordinal),
    })
}

/// The records in the first column, in order; one that stands in another place than its own cannot be read.
fn kept<T: DeserializeOwned>(
    connection: &Connection,
    sql: &str,
    left: impl Fn(&Row<'_>) -> Read<Lost>,
    own: impl Fn(&T) -> Lost,
) -> Result<Vec<Kept<T>>, Error> {
    all(connection, sql, [], |row| {
        let (record, left) = (decode(&get::<Vec<u8>>(row, 0)?), left(row)?);
        Ok(match record.filter(|record| own(record) == left) {
            Some(record) => Ok(record),
            None => Err(left),
        })
    })
}

fn kept_row<T>(read: Read<T>, left: impl FnOnce() -> Read<Lost>) -> Read<Kept<T>> {
    match read {
        Ok(record) => Ok(Ok(record)),
        Err(failure) if failure.kind == ErrorKind::Corrupt => Ok(Err(left()?)),
        Err(failure) => Err(failure),
    }
}
