//! Questions: each is one statement with an index for it.
//!
//! In: what is asked. Out: records. Never changes anything, and leaves out what it cannot read in two places: an
//! incident that is over and that a new one would join, and the pages of a list. What a start asks for is in `lost.rs`.

use std::collections::BTreeMap;

use rusqlite::types::FromSql;
use rusqlite::{Connection, OptionalExtension, Params, Row};
use serde::de::DeserializeOwned;
use smol_str::SmolStr;

use super::lost;
use super::record::{decode, open};
use super::trouble::{corrupt, from_sqlite};
use super::write::{FREEZE, STORM, sender_of};
use crate::diag::Code;
use crate::journal::{
    Arrival, AtWork, DeadLetter, DealtWith, DebtId, Entry, Error, ErrorKind, Event, EventId,
    Freeze, Happened, Incident, IncidentId, Keyed, LetterId, Newest, Outbox, Page, Remains, RunId,
    Scheduled, Scope, Sleeping, Source, StoredRun, Storm, Versioned,
};
use crate::program::CodeHash;
use crate::value::{Duration, Time};

/// What is wrong with a row, if it was read.
pub type Read<T> = Result<T, Error>;

pub fn name(connection: &Connection) -> Result<String, Error> {
    one(connection, "SELECT name FROM meta", [], |row| get(row, 0))?
        .ok_or_else(|| corrupt("its name"))
}

pub fn newest(connection: &Connection) -> Result<Newest, Error> {
    let highest = |sql| {
        let found = one(connection, sql, [], |row| get::<Option<i64>>(row, 0))?;
        Ok(found.flatten().map_or(0, whole))
    };
    Ok(Newest {
        event: highest("SELECT max(id) FROM event")?,
        // What happened in one whose own number is wrong stands under the right one.
        incident: highest(
            "SELECT max((SELECT coalesce(max(id), 0) FROM incident), \
             (SELECT coalesce(max(incident), 0) FROM entry WHERE incident < 1 << 48))",
        )?,
        intent: highest("SELECT max(id) FROM intent")?,
        message: highest("SELECT max(id) FROM message")?,
        debt: highest("SELECT max(id) FROM debt")?,
        letter: highest("SELECT max(id) FROM dead_letter")?,
    })
}

pub fn incident(connection: &Connection, id: IncidentId) -> Result<Option<Incident>, Error> {
    let sql = "SELECT record FROM incident WHERE id = ?1";
    one(connection, sql, [stored(id.0)], |row| {
        record(row, "an incident")
    })
}

pub fn incidents_before(
    connection: &Connection,
    before: IncidentId,
    most: usize,
) -> Result<Vec<IncidentId>, Error> {
    let sql = "SELECT id FROM incident WHERE id > 0 AND id < ?1 ORDER BY id DESC LIMIT ?2";
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    all(connection, sql, [stored(before.0), most], |row| {
        Ok(IncidentId(whole(get(row, 0)?)))
    })
}

pub fn keys(connection: &Connection) -> Result<Vec<Keyed>, Error> {
    let sql = "SELECT id, runbook, key, opened FROM incident INDEXED BY incident_by_key";
    let mut known = all(connection, sql, [], |row| {
        Ok(Keyed {
            id: IncidentId(whole(get(row, 0)?)),
            runbook: text(row, 1)?,
            key: text(row, 2)?,
            opened: Time::from_millis(get(row, 3)?).unwrap_or_default(),
        })
    })?;
    known.sort_by_key(|known| known.id);
    Ok(known)
}

pub fn open_ids(connection: &Connection) -> Result<Vec<IncidentId>, Error> {
    let sql = "SELECT id FROM incident INDEXED BY incident_open WHERE open <> 0 ORDER BY id";
    all(connection, sql, [], |row| {
        Ok(IncidentId(whole(get(row, 0)?)))
    })
}

pub fn quiet_incidents(connection: &Connection) -> Result<u64, Error> {
    let count = |sql| count_all(connection, sql);
    let open = count("SELECT count(*) FROM incident INDEXED BY incident_open WHERE open <> 0")?;
    let loud =
        "SELECT count(*) FROM incident INDEXED BY incident_loud WHERE loud <> 0 AND open <> 0";
    Ok(open.saturating_sub(count(loud)?))
}

/// Programs by their numbers.
fn programs(connection: &Connection) -> Result<BTreeMap<i64, CodeHash>, Error> {
    let sql = "SELECT id, hash FROM program";
    let known = all(connection, sql, [], |row| {
        // One that is no hash names no program: whoever needs the program does not find it.
        let hash = <[u8; 32]>::try_from(get::<Vec<u8>>(row, 1)?);
        Ok(hash.ok().map(|hash| Ok((get(row, 0)?, CodeHash(hash)))))
    })?;
    known.into_iter().flatten().collect()
}

pub fn incidents(connection: &Connection, open: bool, most: usize) -> Result<Vec<Incident>, Error> {
    let sql = match open {
        true => "SELECT record FROM incident WHERE open <> 0 ORDER BY id DESC LIMIT ?1",
        false => "SELECT record FROM incident ORDER BY id DESC LIMIT ?1",
    };
    all(connection, sql, [limit(most)], |row| {
        record(row, "an incident")
    })
}

pub fn page_of_incidents(
    connection: &Connection,
    open: bool,
    before: Option<IncidentId>,
    most: usize,
) -> Result<Page<Result<Incident, Remains>>, Error> {
    let (page, number) = match open {
        true => (
            "SELECT record, id FROM incident WHERE open <> 0 AND id < ?1 ORDER BY id DESC LIMIT ?2",
            "SELECT count(*) FROM incident WHERE open <> 0",
        ),
        false => (
            "SELECT record, id FROM incident WHERE id < ?1 ORDER BY id DESC LIMIT ?2",
            "SELECT count(*) FROM incident",
        ),
    };
    let asked = [before.map_or(i64::MAX, |id| stored(id.0)), limit(most)];
    // One that is damaged takes no other off the page: what is left of it is told.
    let read = |row: &Row<'_>| match record(row, "an incident") {
        Err(failure) if failure.kind == ErrorKind::Corrupt => {
            Ok(Err(IncidentId(whole(get(row, 1)?))))
        }
        read => read.map(Ok),
    };
    let mut found = Vec::new();
    for read in all(connection, page, asked, read)? {
        match read {
            Ok(incident) => found.push(Ok(incident)),
            Err(id) => found.extend(lost::remains(connection, id)?.map(Err)),
        }
    }
    Ok(Page {
        found,
        total: count_all(connection, number)?,
    })
}

pub fn timeline(
    connection: &Connection,
    incident: IncidentId,
    from: u64,
) -> Result<Vec<Entry>, Error> {
    let sql =
        "SELECT record, number FROM entry WHERE incident = ?1 AND number >= ?2 ORDER BY number";
    let asked = [stored(incident.0), stored(from)];
    let mut entries = all(connection, sql, asked, |row| {
        let number = whole(get(row, 1)?);
        // A line that is damaged says so; it takes no other with it.
        let entry = decode(&get::<Vec<u8>>(row, 0)?).unwrap_or(Entry {
            number,
            at: Time::default(),
            happened: Happened::Damaged,
        });
        Ok(entry)
    })?;
    // It happened no earlier than the line before.
    let mut last = Time::default();
    for entry in &mut entries {
        if entry.happened == Happened::Damaged {
            entry.at = last;
        }
        last = entry.at;
    }
    Ok(entries)
}

/// The number of a run; none where the columns are no number. Nothing can name it then, and whatever counts on the
/// run does not find it.
fn run_id(row: &Row<'_>) -> Read<Option<RunId>> {
    let (owner, ordinal) = (u64::try_from(get::<i64>(row, 1)?), get::<i64>(row, 2)?);
    let (Ok(owner), Ok(ordinal)) = (owner, u32::try_from(ordinal)) else {
        return Ok(None);
    };
    Ok(match get::<i64>(row, 0)? {
        0 => Some(RunId::Incident(IncidentId(owner), ordinal)),
        1 => Some(RunId::Debt(DebtId(owner), ordinal)),
        _ => None,
    })
}

pub fn sleeping_runs(connection: &Connection) -> Result<Vec<Sleeping>, Error> {
    let programs = programs(connection)?;
    let sql = "SELECT kind, owner, ordinal, due, ask, clock, program FROM run INDEXED BY run_live \
               WHERE ended <> 3 AND due IS NOT NULL AND ask IS NOT NULL ORDER BY kind, owner, ordinal";
    let asleep = all(connection, sql, [], |row| {
        let Some(run) = run_id(row)? else {
            return Ok(None);
        };
        Ok(Some(Sleeping {
            run,
            // Where that is no time, its record is looked at, which says it too.
            until: Time::from_millis(get(row, 3)?).unwrap_or_default(),
            ask: whole(get(row, 4)?),
            clock: Duration::from_millis(get(row, 5)?),
            code: get::<Option<i64>>(row, 6)?.and_then(|id| programs.get(&id).copied()),
        }))
    })?;
    Ok(asleep.into_iter().flatten().collect())
}

pub fn awake_runs(connection: &Connection) -> Result<Vec<Result<StoredRun, RunId>>, Error> {
    let sql = "SELECT kind, owner, ordinal, record, clock FROM run INDEXED BY run_live \
               WHERE ended <> 3 AND (due IS NULL OR ask IS NULL) ORDER BY kind, owner, ordinal";
    let awake = all(connection, sql, [], |row| {
        let Some(id) = run_id(row)? else {
            return Ok(None);
        };
        let record: Option<(CodeHash, _)> = decode(&get::<Vec<u8>>(row, 3)?);
        let clock = Duration::from_millis(get(row, 4)?);
        let run = record.map(|(code, pending)| StoredRun {
            id,
            code,
            state: Vec::new(),
            pending,
            ended: false,
            clock,
        });
        Ok(Some(run.ok_or(id)))
    })?;
    Ok(awake.into_iter().flatten().collect())
}

pub fn event(connection: &Connection, id: EventId) -> Result<Option<Arrival>, Error> {
    let sql = "SELECT id, at, record, disposition, sender FROM event WHERE id = ?1";
    one(connection, sql, [stored(id.0)], arrival)
}

/// Of the newest messages, so many at most, those that were written at or after a time.
pub fn messages_since(
    connection: &Connection,
    since: Time,
    most: usize,
) -> Result<Vec<Outbox>, Error> {
    let sql = "SELECT record FROM message ORDER BY id DESC LIMIT ?1";
    let newest = all(connection, sql, [limit(most)], |row| {
        Ok(decode::<Outbox>(&get::<Vec<u8>>(row, 0)?))
    });
    let later = newest?.into_iter().flatten();
    Ok(later.filter(|one| one.message.at >= since).collect())
}

pub fn dead_letters(
    connection: &Connection,
    before: Option<LetterId>,
    most: usize,
) -> Result<Page<(LetterId, DeadLetter)>, Error> {
    let sql = "SELECT record, id FROM dead_letter WHERE id < ?1 ORDER BY id DESC LIMIT ?2";
    let asked = [before.map_or(i64::MAX, |id| stored(id.0)), limit(most)];
    let found = all(connection, sql, asked, |row| {
        let id = LetterId(whole(get(row, 1)?));
        Ok((id, letter(&get::<Vec<u8>>(row, 0)?)))
    });
    Ok(Page {
        found: found?,
        total: count_all(connection, "SELECT count(*) FROM dead_letter")?,
    })
}

pub fn dead_letter(connection: &Connection, id: LetterId) -> Result<Option<DeadLetter>, Error> {
    let sql = "SELECT record FROM dead_letter WHERE id = ?1";
    one(connection, sql, [stored(id.0)], |row| {
        Ok(letter(&get::<Vec<u8>>(row, 0)?))
    })
}

/// One that is damaged says so in the place of what it said.
fn letter(blob: &[u8]) -> DeadLetter {
    decode(blob).unwrap_or_else(|| DeadLetter {
        event: None,
        at: Time::default(),
        source: Source::Event(SmolStr::new_static("?")),
        code: Code::StoreCorrupt.as_str().into(),
        why: "the record of this letter is damaged".to_owned(),
        body: String::new(),
    })
}

/// By scope, the widest first. What cannot be read still holds: nobody knows who stopped changes, and they stay stopped.
pub fn freezes(connection: &Connection) -> Result<Vec<(Scope, Freeze)>, Error> {
    let since = newest_opening(connection)?;
    let damaged = || Freeze {
        by: "somebody".into(),
        why: "the record of who stopped them, and why, is damaged (A1215)".to_owned(),
        since,
        told: Vec::new(),
        is_empty: false,
    };
    let freeze = |row: &Row<'_>| -> Read<Freeze> {
        let blob: Vec<u8> = get(row, 0)?;
        Ok(decode(&blob).unwrap_or_else(damaged))
    };
    let sql = "SELECT hold FROM meta WHERE hold IS NOT NULL";
    let everywhere = one(connection, sql, [], freeze)?;
    let everywhere = everywhere.map(|freeze| (Scope::All, freeze));
    let sql = "SELECT record, scope, kind FROM control ORDER BY scope";
    let narrower = all(connection, sql, [], |row| {
        let held = freeze_of(&get::<Vec<u8>>(row, 0)?, &text(row, 1)?, get(row, 2)?);
        Ok(held.map(|(scope, freeze)| (scope, freeze.unwrap_or_else(damaged))))
    })?;
    Ok(everywhere
        .into_iter()
        .chain(narrower.into_iter().flatten())
        .collect())
}

/// Where a row of `control` stops changes, and who did it, where that can be read. What it says of its kind may be
/// damaged, and it says of what it is, too.
pub fn freeze_of(record: &[u8], scope: &str, kind: i64) -> Option<(Scope, Option<Freeze>)> {
    let is_storm = || decode::<(Scope, Storm)>(record).is_some();
    match decode::<(Scope, Freeze)>(record) {
        _ if kind != FREEZE && is_storm() => None,
        Some((scope, freeze)) => Some((scope, Some(freeze))),
        None if kind == STORM => None,
        None => Some((Scope::from_words(scope).unwrap_or(Scope::All), None)),
    }
}

/// When the newest incident was opened: something that is known to have been before now.
fn newest_opening(connection: &Connection) -> Result<Time, Error> {
    let sql = "SELECT opened FROM incident ORDER BY id DESC LIMIT 1";
    let at: Option<i64> = one(connection, sql, [], |row| get(row, 0))?;
    let at = at.and_then(|at| Time::from_millis(at).ok());
    Ok(at.unwrap_or_default())
}

/// By runbook and version. A record that says another place than its own is believed, and its place is not known.
pub fn at_work(connection: &Connection) -> Result<Vec<Result<AtWork, Versioned>>, Error> {
    let sql = "SELECT record, runbook, version FROM version ORDER BY runbook, version";
    let found = all(connection, sql, [], |row| {
        let record: Vec<u8> = get(row, 0)?;
        let place: Versioned = (text(row, 1)?, text(row, 2)?);
        let known: Option<AtWork> = decode(&record);
        let is_sound = match &known {
            Some(known) => (&known.runbook, &known.version) == (&place.0, &place.1),
            // It is of an encoding that this version of the tool does not know.
            None => open(&record).is_some(),
        };
        Ok(known
            .map(Ok)
            .into_iter()
            .chain((!is_sound).then_some(Err(place))))
    })?;
    Ok(found.into_iter().flatten().collect())
}

/// By runbook, schedule and zone. A record that says another place than its own says nothing of it.
pub fn schedules(connection: &Connection) -> Result<Vec<Result<DealtWith, Scheduled>>, Error> {
    let sql =
        "SELECT record, runbook, schedule, zone FROM schedule ORDER BY runbook, schedule, zone";
    all(connection, sql, [], |row| {
        let record: Vec<u8> = get(row, 0)?;
        let place: Scheduled = (text(row, 1)?, text(row, 2)?, text(row, 3)?);
        let known: Option<DealtWith> = decode(&record);
        Ok(known.filter(|known| known.of == place).ok_or(place))
    })
}

pub fn clock(connection: &Connection) -> Result<Duration, Error> {
    let clock = one(connection, "SELECT clock FROM meta", [], |row| get(row, 0))?;
    Ok(Duration::from_millis(clock.unwrap_or_default()))
}

pub fn arrival(row: &Row<'_>) -> Read<Arrival> {
    let at = Time::from_millis(get(row, 1)?).map_err(|_| corrupt("the time of an event"))?;
    Ok(Arrival {
        id: EventId(whole(get(row, 0)?)),
        at,
        event: decode_column::<Event>(row, 2, "an event")?.sent_by(sender_of(get(row, 4)?)),
        disposition: decode_column(row, 3, "what became of an event")?,
    })
}

/// The first row, if there is one.
pub fn one<T>(
    connection: &Connection,
    sql: &str,
    asked: impl Params,
    read: impl Fn(&Row<'_>) -> Read<T>,
) -> Result<Option<T>, Error> {
    let mut statement = connection.prepare_cached(sql).map_err(from_sqlite)?;
    let row = statement.query_row(asked, |row| Ok(read(row)));
    row.optional().map_err(from_sqlite)?.transpose()
}

/// Every row, in order.
pub fn all<T>(
    connection: &Connection,
    sql: &str,
    asked: impl Params,
    mut read: impl FnMut(&Row<'_>) -> Read<T>,
) -> Result<Vec<T>, Error> {
    let mut statement = connection.prepare_cached(sql).map_err(from_sqlite)?;
    let mut rows = statement.query(asked).map_err(from_sqlite)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next().map_err(from_sqlite)? {
        found.push(read(row)?);
    }
    Ok(found)
}

/// What a statement counts.
pub fn count_all(connection: &Connection, sql: &str) -> Result<u64, Error> {
    let counted = one(connection, sql, [], |row| get::<i64>(row, 0))?;
    Ok(counted.map_or(0, whole))
}

/// The record in the first column.
fn record<T: DeserializeOwned>(row: &Row<'_>, what: &str) -> Read<T> {
    decode_column(row, 0, what)
}

pub fn decode_column<T: DeserializeOwned>(row: &Row<'_>, column: usize, what: &str) -> Read<T> {
    let blob: Vec<u8> = get(row, column)?;
    decode(&blob).ok_or_else(|| corrupt(what))
}

/// A text of a column. Where its bytes are none it reads otherwise than what was written, and that alone.
pub fn text(row: &Row<'_>, column: usize) -> Read<SmolStr> {
    let bytes = bytes_of_text(row, column)?;
    Ok(String::from_utf8_lossy(&bytes).into())
}

/// The bytes of a text, as they stand: what a row is found by (`CAST(name AS BLOB) = ?`) that cannot be read.
pub fn bytes_of_text(row: &Row<'_>, column: usize) -> Read<Vec<u8>> {
    let found = row.get_ref(column).map_err(from_sqlite)?;
    let bytes = found.as_bytes().map_err(|_| corrupt("a text"))?;
    Ok(bytes.to_vec())
}

pub fn get<T: FromSql>(row: &Row<'_>, column: usize) -> Read<T> {
    row.get(column).map_err(from_sqlite)
}

/// A number that is asked for: one that is too large to be stored is no number of the store.
fn stored(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A number of a column, none of which is negative.
pub fn whole(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}

fn limit(most: usize) -> i64 {
    i64::try_from(most).unwrap_or(i64::MAX)
}
