//! Writes: each becomes a few rows, inside the transaction of its batch.
//!
//! In: one change. Out: nothing, or why it cannot be kept. Never commits.

use std::collections::BTreeMap;

use rusqlite::{Connection, Params, params};

use super::ask::{all, bytes_of_text, freeze_of, get, one, text};
use super::record::{decode, encode, seal};
use super::trouble::{error, from_sqlite};
use crate::journal::{
    Arrival, AtWork, DeadLetter, DealtWith, Debt, Delivery, Disposition, Dwell, Entry, Error,
    ErrorKind, EventId, Freeze, Heard, Incident, IncidentId, IntentId, IntentState, Outbox, RunId,
    Scheduled, Scope, Sender, StoredIntent, StoredRun, StoredWait, Write,
};
use crate::program::CodeHash;
use crate::run::IntentKind;

/// Makes the rows of one change.
pub fn write(connection: &Connection, change: &Write) -> Result<(), Error> {
    match change {
        Write::Arrived(arrival) => arrived(connection, arrival),
        Write::Disposed { event, disposition } => disposed(connection, *event, disposition),
        Write::Dead(letter) => dead(connection, letter),
        Write::Incident(incident) => write_incident(connection, incident),
        Write::Alert {
            incident,
            fingerprint,
            heard,
        } => write_alert(connection, *incident, fingerprint, *heard),
        Write::Entry { incident, entry } => write_entry(connection, *incident, entry),
        Write::Run(run) => write_run(connection, run),
        Write::Program { hash, artefact } => program(connection, *hash, artefact),
        Write::Intent(intent) => write_intent(connection, intent),
        Write::IntentState { id, state } => settled(connection, *id, *state),
        Write::Dwell(dwell) => write_dwell(connection, dwell),
        Write::DwellGone {
            event,
            runbook,
            trigger,
        } => dwell_gone(connection, *event, runbook, *trigger),
        Write::Message(message) => write_message(connection, message),
        Write::Debt(debt) => write_debt(connection, debt),
        Write::Freeze(scope, freeze) => write_freeze(connection, scope, freeze.as_ref()),
        Write::Storm(scope, storm) => control(connection, STORM, scope, &encode(&(scope, storm))),
        Write::AtWork(known) => write_at_work(connection, known),
        Write::Schedule(of, known) => write_schedule(connection, of, known.as_ref()),
        Write::Wait(run, wait) => write_wait(connection, *run, wait.as_ref()),
        Write::Clock(clock) => {
            let sql = "UPDATE meta SET clock = ?1";
            execute(connection, sql, [clock.millis()])?;
            Ok(())
        }
        Write::Lost(lost) => super::lost::lose(connection, lost),
    }
}

/// A run's number as columns: of an incident or of a debt, of which, the how manieth.
pub fn run_columns(run: RunId) -> Result<(i64, i64, i64), Error> {
    Ok(match run {
        RunId::Incident(incident, ordinal) => (0, number(incident.0)?, i64::from(ordinal)),
        RunId::Debt(debt, ordinal) => (1, number(debt.0)?, i64::from(ordinal)),
    })
}

/// The column of an intent that could not be read.
pub const LOST: i64 = 10;

/// What decides which rows are read: no two values of it are one bit apart.
pub fn yes(is: bool) -> i64 {
    match is {
        true => 3,
        false => 0,
    }
}

/// What is known of an intent, as a column; the same holds of it.
pub fn state_column(state: IntentState) -> i64 {
    match state {
        IntentState::Open => 0,
        IntentState::Applied => 5,
        IntentState::NotApplied => 6,
        IntentState::Unknown => 3,
        IntentState::Broke => 9,
        IntentState::Queued => 12,
    }
}

/// The same, the other way.
pub fn state_of(column: i64) -> Option<IntentState> {
    let mut states = STATES.into_iter();
    states.find(|state| state_column(*state) == column)
}

const STATES: [IntentState; 6] = [
    IntentState::Open,
    IntentState::Applied,
    IntentState::NotApplied,
    IntentState::Unknown,
    IntentState::Broke,
    IntentState::Queued,
];

/// Who sent an alert, as a column.
fn sender_column(sender: Sender) -> i64 {
    match sender {
        Sender::Alertmanager => 0,
        Sender::Grafana => 3,
    }
}

/// The same, the other way; what it cannot be is what most are.
pub fn sender_of(column: i64) -> Sender {
    let mut senders = [Sender::Alertmanager, Sender::Grafana].into_iter();
    let found = senders.find(|sender| sender_column(*sender) == column);
    found.unwrap_or_default()
}

fn arrived(connection: &Connection, arrival: &Arrival) -> Result<(), Error> {
    execute(
        connection,
        "INSERT OR REPLACE INTO event (id, at, name, disposition, record, sender) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![
            number(arrival.id.0)?,
            arrival.at.millis(),
            arrival.event.name(),
            encode(&arrival.disposition),
            encode(&arrival.event),
            sender_column(arrival.event.sender()),
        ],
    )?;
    Ok(())
}

fn disposed(
    connection: &Connection,
    event: EventId,
    disposition: &Disposition,
) -> Result<(), Error> {
    let changed = execute(
        connection,
        "UPDATE event SET disposition = ?2 WHERE id = ?1",
        params![number(event.0)?, encode(disposition),],
    )?;
    found(changed, || format!("there is no event {event}"))
}

fn dead(connection: &Connection, letter: &DeadLetter) -> Result<(), Error> {
    let sql = "INSERT INTO dead_letter (record) VALUES (?1)";
    execute(connection, sql, params![encode(letter)])?;
    Ok(())
}

fn write_incident(connection: &Connection, incident: &Incident) -> Result<(), Error> {
    execute(
        connection,
        // An index of what stays the same is left alone.
        "INSERT INTO incident (id, runbook, key, opened, open, record, loud) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) \
         ON CONFLICT (id) DO UPDATE SET \
         runbook = excluded.runbook, key = excluded.key, opened = excluded.opened, \
         open = excluded.open, record = excluded.record, loud = excluded.loud",
        params![
            number(incident.id.0)?,
            incident.runbook.as_str(),
            incident.key.as_str(),
            incident.opened.millis(),
            yes(!incident.is_done()),
            encode(incident),
            yes(incident.is_loud()),
        ],
    )?;
    Ok(())
}

/// An alert that an incident has heard of.
pub fn write_alert(
    connection: &Connection,
    incident: IncidentId,
    fingerprint: &str,
    heard: Heard,
) -> Result<(), Error> {
    execute(
        connection,
        "INSERT OR REPLACE INTO alert (incident, fingerprint, fires, record) VALUES (?1, ?2, ?3, ?4)",
        params![
            number(incident.0)?,
            fingerprint,
            heard.fires,
            encode(&(incident, fingerprint, heard)),
        ],
    )?;
    Ok(())
}

fn write_entry(connection: &Connection, incident: IncidentId, entry: &Entry) -> Result<(), Error> {
    let place = entry.number;
    let of = (number(incident.0)?, number(place)?);
    let sql = "SELECT record FROM entry WHERE incident = ?1 AND number = ?2";
    let there = one(connection, sql, of, |row| get::<Vec<u8>>(row, 0))?;
    // One that is not of this place is damaged.
    let there = there.and_then(|record| decode::<Entry>(&record));
    if there.is_some_and(|there| there.number == place) {
        let why = format!("entry {place} of incident {incident} is written already");
        return Err(nothing(why));
    }
    let sql = "INSERT OR REPLACE INTO entry (incident, number, record) VALUES (?1, ?2, ?3)";
    execute(connection, sql, params![of.0, of.1, encode(entry)])?;
    Ok(())
}

fn write_run(connection: &Connection, run: &StoredRun) -> Result<(), Error> {
    let (kind, owner, ordinal) = run_columns(run.id)?;
    let sql = "INSERT INTO run (kind, owner, ordinal, ended, record, clock, due, ask, program) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, (SELECT id FROM program WHERE hash = ?9)) \
         ON CONFLICT (kind, owner, ordinal) DO UPDATE SET \
         ended = excluded.ended, record = excluded.record, clock = excluded.clock, \
         due = excluded.due, ask = excluded.ask, program = excluded.program RETURNING id";
    let mut statement = connection.prepare_cached(sql).map_err(from_sqlite)?;
    let record = encode(&(run.code, &run.pending));
    let clock = run.clock.millis();
    let sleeping = run.sleeping();
    let due = sleeping.map(|sleeping| sleeping.until.millis());
    let ask = sleeping.map(|sleeping| number(sleeping.ask)).transpose()?;
    let code = sleeping.map(|_| run.code.0);
    let values = params![
        kind,
        owner,
        ordinal,
        yes(run.ended),
        record,
        clock,
        due,
        ask,
        code
    ];
    let row = statement.query_row(values, |row| row.get(0));
    let row: i64 = row.map_err(from_sqlite)?;
    let sql = "INSERT OR REPLACE INTO run_state (run, state) VALUES (?1, ?2)";
    execute(connection, sql, params![row, seal(&run.state)])?;
    Ok(())
}

fn write_at_work(connection: &Connection, known: &AtWork) -> Result<(), Error> {
    let named = (known.runbook.as_str(), known.version.as_str());
    // Where the record that is there cannot be read, the model does not know it either.
    let sql = "INSERT OR REPLACE INTO version (runbook, version, record) VALUES (?1, ?2, ?3)";
    execute(connection, sql, params![named.0, named.1, encode(known)])?;
    Ok(())
}

fn write_schedule(
    connection: &Connection,
    of: &Scheduled,
    known: Option<&DealtWith>,
) -> Result<(), Error> {
    let (runbook, schedule, zone) = (of.0.as_str(), of.1.as_str(), of.2.as_str());
    match known {
        Some(known) => {
            let sql = "INSERT OR REPLACE INTO schedule (runbook, schedule, zone, record) \
                       VALUES (?1, ?2, ?3, ?4)";
            execute(
                connection,
                sql,
                params![runbook, schedule, zone, encode(known)],
            )?;
        }
        None => {
            let sql = "DELETE FROM schedule WHERE runbook = ?1 AND schedule = ?2 AND zone = ?3";
            execute(connection, sql, params![runbook, schedule, zone])?;
        }
    }
    Ok(())
}

fn write_wait(connection: &Connection, run: RunId, wait: Option<&StoredWait>) -> Result<(), Error> {
    let (kind, owner, ordinal) = run_columns(run)?;
    match wait {
        Some(wait) => {
            let sql = "INSERT OR REPLACE INTO waiting (kind, owner, ordinal, record) \
                       VALUES (?1, ?2, ?3, ?4)";
            execute(connection, sql, params![kind, owner, ordinal, encode(wait)])?;
        }
        None => {
            let sql = "DELETE FROM waiting WHERE kind = ?1 AND owner = ?2 AND ordinal = ?3";
            execute(connection, sql, params![kind, owner, ordinal])?;
        }
    }
    Ok(())
}

fn program(connection: &Connection, hash: CodeHash, artefact: &[u8]) -> Result<(), Error> {
    let sql = "INSERT OR IGNORE INTO program (hash, artefact) VALUES (?1, ?2)";
    execute(connection, sql, params![hash.0, seal(artefact)])?;
    Ok(())
}

fn write_intent(connection: &Connection, intent: &StoredIntent) -> Result<(), Error> {
    let id = number(intent.id.0)?;
    let (kind, owner, ordinal) = run_columns(intent.run)?;
    let state = state_column(intent.state);
    // A replaced intent leaves none of its targets behind.
    let sql = "DELETE FROM target WHERE intent = ?1";
    execute(connection, sql, [id])?;
    execute(
        connection,
        "INSERT OR REPLACE INTO intent (id, kind, owner, ordinal, state, record) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![id, kind, owner, ordinal, state, encode(intent)],
    )?;
    if intent.intent.kind != IntentKind::Do {
        return Ok(());
    }
    let mut amounts: BTreeMap<&str, u32> = BTreeMap::new();
    for target in &intent.intent.targets {
        *amounts.entry(target.kind()).or_default() += 1;
    }
    for (name, amount) in amounts {
        let sql = "INSERT INTO target (intent, type, at, amount) VALUES (?1, ?2, ?3, ?4)";
        let values = params![id, name, intent.at.millis(), amount];
        execute(connection, sql, values)?;
    }
    Ok(())
}

fn settled(connection: &Connection, id: IntentId, state: IntentState) -> Result<(), Error> {
    let at = number(id.0)?;
    let sql = "SELECT record FROM intent WHERE id = ?1";
    let record = one(connection, sql, [at], |row| get::<Vec<u8>>(row, 0))?;
    let record = record.ok_or_else(|| nothing(format!("there is no intent {id}")))?;
    // One that cannot be read stays as it is: what is known of it then is in the column alone.
    let known = decode::<StoredIntent>(&record);
    let record = known.map_or(record, |known| encode(&StoredIntent { state, ..known }));
    let sql = "UPDATE intent SET state = ?2, record = ?3 WHERE id = ?1";
    execute(connection, sql, params![at, state_column(state), record])?;
    Ok(())
}

fn write_dwell(connection: &Connection, dwell: &Dwell) -> Result<(), Error> {
    execute(
        connection,
        "INSERT OR REPLACE INTO holding (event, runbook, trigger, record) \
         VALUES (?1, ?2, ?3, ?4)",
        params![
            number(dwell.event.0)?,
            dwell.runbook.as_str(),
            dwell.trigger,
            encode(dwell),
        ],
    )?;
    Ok(())
}

fn dwell_gone(
    connection: &Connection,
    event: EventId,
    runbook: &str,
    trigger: u16,
) -> Result<(), Error> {
    let sql = "DELETE FROM holding WHERE event = ?1 AND runbook = ?2 AND trigger = ?3";
    execute(connection, sql, params![number(event.0)?, runbook, trigger])?;
    Ok(())
}

fn write_message(connection: &Connection, message: &Outbox) -> Result<(), Error> {
    let sql = "INSERT OR REPLACE INTO message (id, due, record) VALUES (?1, ?2, ?3)";
    let due = matches!(message.delivery, Delivery::Due { .. });
    let values = params![number(message.id.0)?, yes(due), encode(message)];
    execute(connection, sql, values)?;
    Ok(())
}

fn write_debt(connection: &Connection, debt: &Debt) -> Result<(), Error> {
    let sql = "INSERT OR REPLACE INTO debt (id, owed, record) VALUES (?1, ?2, ?3)";
    let values = params![number(debt.id.0)?, yes(debt.paid.is_none()), encode(debt)];
    execute(connection, sql, values)?;
    Ok(())
}

/// What a row of `control` is about.
pub const FREEZE: i64 = 0;
pub const STORM: i64 = 1;

/// The widest one stands where it stood before there were others.
fn write_freeze(
    connection: &Connection,
    scope: &Scope,
    freeze: Option<&Freeze>,
) -> Result<(), Error> {
    match (scope, freeze) {
        (Scope::All, freeze) => {
            let sql = "UPDATE meta SET hold = ?1";
            execute(connection, sql, params![freeze.map(encode)])?;
        }
        (Scope::Product(_) | Scope::Runbook(_), Some(freeze)) => {
            control(connection, FREEZE, scope, &encode(&(scope, freeze)))?;
        }
        (Scope::Product(_) | Scope::Runbook(_), None) => {}
    }
    match freeze {
        Some(_) => Ok(()),
        None => released(connection, scope),
    }
}

/// Every row goes that would stop changes there once more, whatever it says of its kind.
fn released(connection: &Connection, scope: &Scope) -> Result<(), Error> {
    let sql = "SELECT record, scope, kind FROM control";
    let rows = all(connection, sql, [], |row| {
        let (record, kind): (Vec<u8>, i64) = (get(row, 0)?, get(row, 2)?);
        let held = freeze_of(&record, &text(row, 1)?, kind);
        let place = (kind, bytes_of_text(row, 1)?);
        Ok(held.filter(|(held, _)| held == scope).map(|_| place))
    })?;
    for (kind, of) in rows.into_iter().flatten() {
        let sql = "DELETE FROM control WHERE kind = ?1 AND CAST(scope AS BLOB) = ?2";
        execute(connection, sql, params![kind, of])?;
    }
    Ok(())
}

fn control(connection: &Connection, kind: i64, scope: &Scope, record: &[u8]) -> Result<(), Error> {
    let sql = "INSERT OR REPLACE INTO control (kind, scope, record) VALUES (?1, ?2, ?3)";
    execute(connection, sql, params![kind, scope.to_string(), record])?;
    Ok(())
}

/// Runs a statement; gives the number of rows it changed.
pub fn execute(connection: &Connection, sql: &str, values: impl Params) -> Result<usize, Error> {
    let statement = connection.prepare_cached(sql);
    let changed = statement.and_then(|mut statement| statement.execute(values));
    changed.map_err(from_sqlite)
}

/// A number as a column. The largest one stands for every number that is too large to be stored.
pub fn number(number: u64) -> Result<i64, Error> {
    match i64::try_from(number) {
        Ok(number) if number < i64::MAX => Ok(number),
        Ok(_) | Err(_) => Err(error(
            ErrorKind::Failed,
            format!("the number {number} is too large for the store"),
        )),
    }
}

fn nothing(why: String) -> Error {
    error(ErrorKind::Failed, why)
}

/// Refuses a change that found nothing to change.
fn found(changed: usize, why: impl FnOnce() -> String) -> Result<(), Error> {
    match changed {
        0 => Err(nothing(why())),
        _ => Ok(()),
    }
}
