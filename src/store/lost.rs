//! The lists that a start asks for: what cannot be read stands beside the others, as far as its columns tell.
//!
//! In: nothing but the store. Out: records, or what is left of them.

use std::collections::BTreeSet;

use rusqlite::{Connection, Row};
use serde::de::DeserializeOwned;

use super::ask::{Read, all, decode_column, get, one, whole};
use super::fetch::{bring_alerts, fetch};
use super::trouble::corrupt;
use super::write::{LOST, STORM, execute, number, run_columns, state_column};
use crate::journal::{
    Debt, DebtId, Error, ErrorKind, EventId, Holding, Incident, IncidentId, IntentId, IntentState,
    Lost, LostIncident, MessageId, Needs, Outbox, Remains, RunId, Scope, StoredIntent, StoredWait,
    Storm,
};
use crate::value::Time;

/// A record, or what is left of it.
type Kept<T> = Result<T, Lost>;

pub fn loud_incidents(connection: &Connection) -> Result<Vec<Kept<Incident>>, Error> {
    let sql = "SELECT record, id, open FROM incident INDEXED BY incident_loud WHERE loud = 1";
    let read = all(connection, sql, [], |row| {
        let id = IncidentId(whole(get(row, 1)?));
        let read = decode_column(row, 0, "an incident");
        // Nobody works on one that is over and cannot be read.
        Ok((read.is_ok() || get(row, 2)?).then_some((id, read)))
    })?;
    let mut found = read.into_iter().flatten().collect();
    let sql = "SELECT incident, alert.record FROM incident JOIN alert ON incident = id \
         WHERE loud = 1";
    bring_alerts(connection, sql, [], &mut found)?;
    let newest_first = found.into_iter().rev();
    let kept = newest_first.map(|(id, read)| kept_row(read, || left_of(connection, id)));
    kept.collect()
}

/// What is left of those of these incidents that are not over and cannot be read.
pub fn damaged(
    connection: &Connection,
    incidents: &BTreeSet<IncidentId>,
) -> Result<Vec<Lost>, Error> {
    let mut open = Needs::default();
    for id in incidents {
        // Nobody works on one that is over, unless a human has to say what became of a change of it.
        let sql = "SELECT 1 FROM incident WHERE id = ?1 AND (open = 1 OR EXISTS \
                   (SELECT 1 FROM intent WHERE kind = 0 AND owner = ?1 AND state = 3))";
        let is_open = one(connection, sql, [number(id.0)?], |row| get::<i64>(row, 0))?;
        open.incidents.extend(is_open.map(|_| *id));
    }
    let bodies = fetch(connection, &open)?;
    let damaged = bodies.damaged();
    damaged.map(|id| left_of(connection, id)).collect()
}

/// What is left of an incident that cannot be read; it is not over.
fn left_of(connection: &Connection, id: IncidentId) -> Result<Lost, Error> {
    let remains = remains(connection, id)?;
    let left = remains.map(|remains| Lost::Incident(remains.left));
    left.ok_or_else(|| corrupt("an incident"))
}

/// What the columns and the timeline say of an incident.
pub fn remains(connection: &Connection, id: IncidentId) -> Result<Option<Remains>, Error> {
    let at = number(id.0)?;
    let count = |sql| {
        let found = one(connection, sql, [at], |row| get::<i64>(row, 0))?;
        Ok::<_, Error>(whole(found.unwrap_or_default()))
    };
    let runs =
        count("SELECT coalesce(max(ordinal) + 1, 0) FROM run WHERE kind = 0 AND owner = ?1")?;
    let lines = count("SELECT coalesce(max(number) + 1, 0) FROM entry WHERE incident = ?1")?;
    let sql = "SELECT runbook, key, opened, open FROM incident WHERE id = ?1";
    one(connection, sql, [at], |row| {
        let left = LostIncident {
            id,
            runbook: get::<String>(row, 0)?.into(),
            key: get::<String>(row, 1)?.into(),
            opened: Time::from_millis(get(row, 2)?).unwrap_or_default(),
            runs: u32::try_from(runs).unwrap_or(u32::MAX),
            lines,
        };
        let is_open = get(row, 3)?;
        Ok(Remains { left, is_open })
    })
}

pub fn open_intents(connection: &Connection) -> Result<Vec<Kept<StoredIntent>>, Error> {
    let sql = "SELECT record, id, kind, owner, ordinal, state FROM intent WHERE state = 3 \
               UNION ALL SELECT intent.record, intent.id, kind, owner, ordinal, state FROM run \
               JOIN intent USING (kind, owner, ordinal) \
               WHERE run.ended = 0 AND state NOT IN (3, 5) ORDER BY 2";
    let read = |row: &Row<'_>| {
        let mut intent: StoredIntent = decode_column(row, 0, "an intent")?;
        let state = state_of(get(row, 5)?);
        intent.state = state.ok_or_else(|| corrupt("the state of an intent"))?;
        Ok(intent)
    };
    all(connection, sql, [], |row| {
        kept_row(read(row), || {
            let run = run_at(row, 2)?;
            let id = IntentId(whole(get(row, 1)?));
            let state = state_of(get(row, 5)?).unwrap_or(IntentState::Unknown);
            Ok(Lost::Intent { id, run, state })
        })
    })
}

fn state_of(column: i64) -> Option<IntentState> {
    let mut states = STATES.into_iter();
    states.find(|state| state_column(*state) == column)
}

const STATES: [IntentState; 5] = [
    IntentState::Open,
    IntentState::Applied,
    IntentState::NotApplied,
    IntentState::Unknown,
    IntentState::Broke,
];

pub fn holdings(connection: &Connection) -> Result<Vec<Kept<Holding>>, Error> {
    let sql =
        "SELECT record, event, runbook, trigger FROM holding ORDER BY event, runbook, trigger";
    kept(connection, sql, "an alert that has to stand", |row| {
        Ok(Lost::Dwell {
            event: EventId(whole(get(row, 1)?)),
            runbook: get::<String>(row, 2)?.into(),
            trigger: get(row, 3)?,
        })
    })
}

pub fn outbox(connection: &Connection) -> Result<Vec<Kept<Outbox>>, Error> {
    let sql = "SELECT record, id FROM message WHERE due = 1 ORDER BY id";
    kept(connection, sql, "a message", |row| {
        Ok(Lost::Message(MessageId(whole(get(row, 1)?))))
    })
}

pub fn debts(connection: &Connection) -> Result<Vec<Kept<Debt>>, Error> {
    let sql = "SELECT record, id FROM debt WHERE owed = 1 ORDER BY id";
    kept(connection, sql, "a debt", |row| {
        Ok(Lost::Debt(DebtId(whole(get(row, 1)?))))
    })
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
        Lost::Wait(run) => {
            let sql = "DELETE FROM waiting WHERE kind = ?1 AND owner = ?2 AND ordinal = ?3";
            execute(connection, sql, run_columns(*run)?)?;
        }
        Lost::Storm(scope) => {
            let sql = "DELETE FROM control WHERE kind = ?1 AND scope = ?2";
            execute(connection, sql, (STORM, scope.to_string()))?;
        }
        // Its targets stay, and count.
        Lost::Intent { id, .. } => {
            let sql = "UPDATE intent SET state = ?2 WHERE id = ?1";
            execute(connection, sql, [number(id.0)?, LOST])?;
        }
        Lost::Dwell {
            event,
            runbook,
            trigger,
        } => {
            let sql = "DELETE FROM holding WHERE event = ?1 AND runbook = ?2 AND trigger = ?3";
            let of = (number(event.0)?, runbook.as_str(), *trigger);
            execute(connection, sql, of)?;
        }
        Lost::Message(id) => {
            let sql = "UPDATE message SET due = 0 WHERE id = ?1";
            execute(connection, sql, [number(id.0)?])?;
        }
        Lost::Debt(id) => {
            let sql = "UPDATE debt SET owed = 0 WHERE id = ?1";
            execute(connection, sql, [number(id.0)?])?;
        }
    }
    Ok(())
}

/// By run.
pub fn waits(connection: &Connection) -> Result<Vec<Kept<StoredWait>>, Error> {
    let sql = "SELECT record, kind, owner, ordinal FROM waiting ORDER BY kind, owner, ordinal";
    kept(connection, sql, "how long a run waits", |row| {
        Ok(Lost::Wait(run_at(row, 1)?))
    })
}

/// By scope.
pub fn storms(connection: &Connection) -> Result<Vec<Kept<(Scope, Storm)>>, Error> {
    let sql = "SELECT record, scope FROM control WHERE kind = ?1 ORDER BY scope";
    all(connection, sql, [STORM], |row| {
        kept_row(decode_column(row, 0, "a storm"), || {
            let of = Scope::from_words(&get::<String>(row, 1)?);
            Ok(Lost::Storm(of.unwrap_or(Scope::All)))
        })
    })
}

/// The number of a run in three columns from this one on.
fn run_at(row: &Row<'_>, first: usize) -> Read<RunId> {
    let (owner, ordinal) = (whole(get(row, first + 1)?), get(row, first + 2)?);
    Ok(match get::<i64>(row, first)? {
        0 => RunId::Incident(IncidentId(owner), ordinal),
        _ => RunId::Debt(DebtId(owner), ordinal),
    })
}

/// The records in the first column, in order.
fn kept<T: DeserializeOwned>(
    connection: &Connection,
    sql: &str,
    what: &str,
    left: impl Fn(&Row<'_>) -> Read<Lost>,
) -> Result<Vec<Kept<T>>, Error> {
    all(connection, sql, [], |row| {
        kept_row(decode_column(row, 0, what), || left(row))
    })
}

fn kept_row<T>(read: Read<T>, left: impl FnOnce() -> Read<Lost>) -> Read<Kept<T>> {
    match read {
        Ok(record) => Ok(Ok(record)),
        Err(failure) if failure.kind == ErrorKind::Corrupt => Ok(Err(left()?)),
        Err(failure) => Err(failure),
    }
}
