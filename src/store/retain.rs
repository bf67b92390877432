//! What grows old goes: as the store in memory does it, a few hundred rows a transaction.
//!
//! In: what stays, and where to go on. Out: how much went. Rows are walked in the order of their
//! numbers up to the first that is too young, so that no index is needed. What cannot be read stays.

use std::collections::BTreeSet;

use rusqlite::{Connection, Params, params};

use super::record::decode;
use super::trouble::from_sqlite;
use crate::journal::{
    Aged, DeadLetter, Debt, Delivery, Disposition, Dwell, Error, Incident, Keep, Outbox, Step,
};
use crate::program::CodeHash;

/// Takes away what is old, of one kind.
pub fn retire(
    connection: &Connection,
    keep: &Keep,
    kind: Aged,
    after: u64,
    most: usize,
) -> Result<Step, Error> {
    let walk = Walk {
        connection,
        after: i64::try_from(after).unwrap_or(i64::MAX),
        most,
    };
    match kind {
        Aged::Incidents => incidents(&walk, keep),
        Aged::Messages => messages(&walk, keep),
        Aged::Debts => debts(&walk, keep),
        Aged::Arrivals => arrivals(&walk, keep),
        Aged::Letters => letters(&walk, keep),
        Aged::Programs => programs(connection, keep),
        Aged::Facts => facts(connection, keep, most),
    }
}

/// A walk over a table.
struct Walk<'a> {
    connection: &'a Connection,
    after: i64,
    most: usize,
}

/// What becomes of a row.
enum Verdict {
    Goes,
    Stays,
    /// It is too young, and so is all behind it.
    Ends,
    /// A part of it has gone, and that is enough for now.
    Pauses,
}

impl Walk<'_> {
    /// Looks at the rows that a statement gives for a number to begin behind and a limit, the number
    /// of each first. Whatever goes is taken away by `look` itself.
    fn over<Row>(
        &self,
        sql: &str,
        read: fn(&rusqlite::Row<'_>) -> rusqlite::Result<(i64, Row)>,
        mut look: impl FnMut(i64, Row) -> Result<Verdict, Error>,
    ) -> Result<Step, Error> {
        let rows: Vec<(i64, Row)> = {
            let mut statement = self.connection.prepare_cached(sql).map_err(from_sqlite)?;
            let limit = i64::try_from(self.most).unwrap_or(i64::MAX);
            let rows = statement.query_map([self.after, limit], read);
            let rows = rows.map_err(from_sqlite)?.collect::<Result<_, _>>();
            rows.map_err(from_sqlite)?
        };
        let is_full = rows.len() == self.most;
        let (mut gone, mut at) = (0, self.after);
        let step = |gone, next: Option<i64>| Step {
            gone,
            next: next.map(|next| u64::try_from(next).unwrap_or_default()),
        };
        for (id, row) in rows {
            match look(id, row)? {
                Verdict::Goes => gone += 1,
                Verdict::Stays => {}
                Verdict::Ends => return Ok(step(gone, None)),
                Verdict::Pauses => return Ok(step(gone, Some(id - 1))),
            }
            at = id;
        }
        Ok(step(gone, is_full.then_some(at)))
    }
}

fn incidents(walk: &Walk<'_>, keep: &Keep) -> Result<Step, Error> {
    let connection = walk.connection;
    let needed = needed(connection)?;
    let newest = newest(connection, "incident")?;
    let mut left = walk.most;
    let sql = "SELECT id, opened, record FROM incident WHERE id > ?1 ORDER BY id LIMIT ?2";
    let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, (row.get(1)?, row.get(2)?)));
    walk.over(sql, read, |id, (opened, record): (i64, Vec<u8>)| {
        if opened >= keep.incidents.millis() {
            return Ok(Verdict::Ends);
        }
        let incident: Option<Incident> = decode(&record);
        if !incident.is_some_and(|incident| keep.lets_go(&incident))
            || needed.contains(&id)
            || Some(id) == newest
            || is_unsettled(connection, id)?
        {
            return Ok(Verdict::Stays);
        }
        left -= execute(
            connection,
            "DELETE FROM entry WHERE incident = ?1 AND number IN \
             (SELECT number FROM entry WHERE incident = ?1 ORDER BY number LIMIT ?2)",
            params![id, i64::try_from(left).unwrap_or(i64::MAX)],
        )?;
        left -= execute(
            connection,
            "DELETE FROM alert WHERE incident = ?1 AND fingerprint IN \
             (SELECT fingerprint FROM alert WHERE incident = ?1 ORDER BY fingerprint LIMIT ?2)",
            params![id, i64::try_from(left).unwrap_or(i64::MAX)],
        )?;
        if left == 0 {
            return Ok(Verdict::Pauses);
        }
        runs(connection, 0, id)?;
        for sql in [
            "DELETE FROM target WHERE intent IN \
             (SELECT id FROM intent WHERE kind = 0 AND owner = ?1)",
            "DELETE FROM intent WHERE kind = 0 AND owner = ?1",
            "DELETE FROM incident WHERE id = ?1",
        ] {
            execute(connection, sql, [id])?;
        }
        Ok(Verdict::Goes)
    })
}

/// Whether nobody knows of a change of an incident what became of it.
fn is_unsettled(connection: &Connection, incident: i64) -> Result<bool, Error> {
    let sql =
        "SELECT 1 FROM intent WHERE kind = 0 AND owner = ?1 AND state NOT IN (5, 6, 9, 10) LIMIT 1";
    let found: Vec<i64> = all_of(connection, sql, [incident])?;
    Ok(!found.is_empty())
}

/// Incidents of which somebody is still to be told, that owe something, or that are at work; and
/// whose change carries the newest number.
fn needed(connection: &Connection) -> Result<BTreeSet<i64>, Error> {
    let mut needed: BTreeSet<i64> = all(
        connection,
        "SELECT owner FROM run WHERE ended <> 3 AND kind = 0 UNION \
         SELECT owner FROM intent WHERE kind = 0 AND id = (SELECT max(id) FROM intent)",
    )?
    .into_iter()
    .collect();
    let mut need = |id: u64| {
        needed.extend(i64::try_from(id).ok());
    };
    for record in all::<Vec<u8>>(connection, "SELECT record FROM message WHERE due <> 0")? {
        let outbox: Option<Outbox> = decode(&record);
        if let Some(incident) = outbox.and_then(|outbox| outbox.message.incident) {
            need(incident.0);
        }
    }
    for record in all::<Vec<u8>>(connection, "SELECT record FROM debt WHERE owed <> 0")? {
        if let Some(debt) = decode::<Debt>(&record) {
            need(debt.incident.0);
        }
    }
    Ok(needed)
}

fn runs(connection: &Connection, kind: i64, owner: i64) -> Result<(), Error> {
    for sql in [
        "DELETE FROM run_state WHERE run IN (SELECT id FROM run WHERE kind = ?1 AND owner = ?2)",
        "DELETE FROM run WHERE kind = ?1 AND owner = ?2",
    ] {
        execute(connection, sql, [kind, owner])?;
    }
    Ok(())
}

fn messages(walk: &Walk<'_>, keep: &Keep) -> Result<Step, Error> {
    let connection = walk.connection;
    let newest = newest(connection, "message")?;
    let sql = "SELECT id, record FROM message WHERE id > ?1 ORDER BY id LIMIT ?2";
    walk.over(sql, blob, |id, record: Vec<u8>| {
        let Some(outbox) = decode::<Outbox>(&record) else {
            return Ok(Verdict::Stays);
        };
        if outbox.message.at >= keep.incidents {
            return Ok(Verdict::Ends);
        }
        match outbox.delivery {
            Delivery::Delivered { .. } | Delivery::GivenUp { .. } if Some(id) != newest => {
                execute(connection, "DELETE FROM message WHERE id = ?1", [id])?;
                Ok(Verdict::Goes)
            }
            Delivery::Delivered { .. } | Delivery::GivenUp { .. } | Delivery::Due { .. } => {
                Ok(Verdict::Stays)
            }
        }
    })
}

fn debts(walk: &Walk<'_>, keep: &Keep) -> Result<Step, Error> {
    let connection = walk.connection;
    let newest = newest(connection, "debt")?;
    let sql = "SELECT owner FROM run WHERE ended <> 3 AND kind = 1";
    let at_work: BTreeSet<i64> = all(connection, sql)?.into_iter().collect();
    let sql = "SELECT id, record FROM debt WHERE id > ?1 ORDER BY id LIMIT ?2";
    walk.over(sql, blob, |id, record: Vec<u8>| {
        let paid = decode::<Debt>(&record).and_then(|debt| debt.paid);
        if paid.is_none_or(|paid| paid >= keep.incidents)
            || at_work.contains(&id)
            || Some(id) == newest
        {
            return Ok(Verdict::Stays);
        }
        runs(connection, 1, id)?;
        execute(connection, "DELETE FROM debt WHERE id = ?1", [id])?;
        Ok(Verdict::Goes)
    })
}

fn arrivals(walk: &Walk<'_>, keep: &Keep) -> Result<Step, Error> {
    let connection = walk.connection;
    let newest = newest(connection, "event")?;
    let stands: BTreeSet<i64> = all(connection, "SELECT event FROM holding")?
        .into_iter()
        .collect();
    let sql = "SELECT id, at, disposition FROM event WHERE id > ?1 ORDER BY id LIMIT ?2";
    let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, (row.get(1)?, row.get(2)?)));
    walk.over(sql, read, |id, (at, disposition): (i64, Vec<u8>)| {
        if at >= keep.arrivals.millis() {
            return Ok(Verdict::Ends);
        }
        let is_needed = match decode(&disposition) {
            Some(Disposition::Taken(incidents)) => {
                let mut fires = false;
                for incident in incidents {
                    fires |= still_fires(connection, incident.0)?;
                }
                fires
            }
            Some(Disposition::Kept) => stands.contains(&id),
            // Its letter may be replayed.
            Some(Disposition::Dead) => at >= keep.letters.millis(),
            None => true,
        };
        if is_needed || Some(id) == newest {
            return Ok(Verdict::Stays);
        }
        execute(connection, "DELETE FROM event WHERE id = ?1", [id])?;
        Ok(Verdict::Goes)
    })
}

/// Whether an incident is not over, or its alerts fire on: what arrived is compared with them.
fn still_fires(connection: &Connection, incident: u64) -> Result<bool, Error> {
    let id = i64::try_from(incident).unwrap_or(i64::MAX);
    let sql = "SELECT record FROM incident WHERE id = ?1";
    let found: Vec<Vec<u8>> = all_of(connection, sql, [id])?;
    // One that cannot be read may need anything.
    let is_open = |record: &Vec<u8>| {
        decode::<Incident>(record).is_none_or(|incident| !incident.state.is_over())
    };
    if found.iter().any(is_open) {
        return Ok(true);
    }
    let sql = "SELECT 1 FROM alert WHERE incident = ?1 AND fires <> 0 LIMIT 1";
    let fires: Vec<i64> = all_of(connection, sql, [id])?;
    Ok(!found.is_empty() && !fires.is_empty())
}

fn letters(walk: &Walk<'_>, keep: &Keep) -> Result<Step, Error> {
    let connection = walk.connection;
    let newest = newest(connection, "dead_letter")?;
    let sql = "SELECT id, record FROM dead_letter WHERE id > ?1 ORDER BY id LIMIT ?2";
    walk.over(sql, blob, |id, record: Vec<u8>| {
        match decode::<DeadLetter>(&record) {
            Some(letter) if letter.at >= keep.letters => Ok(Verdict::Ends),
            Some(_) if Some(id) != newest => {
                execute(connection, "DELETE FROM dead_letter WHERE id = ?1", [id])?;
                Ok(Verdict::Goes)
            }
            Some(_) | None => Ok(Verdict::Stays),
        }
    })
}

fn programs(connection: &Connection, keep: &Keep) -> Result<Step, Error> {
    let mut referred: BTreeSet<CodeHash> = keep.programs.clone();
    // What refers to a program and cannot be read may refer to any.
    let mut is_readable = true;
    let mut refer = |code: Option<CodeHash>| match code {
        Some(code) => {
            referred.insert(code);
        }
        None => is_readable = false,
    };
    // An incident that is not loud has the code of its run.
    let asleep = "SELECT hash FROM program WHERE id IN (SELECT program FROM run WHERE ended <> 3) \
                  AND length(hash) = 32";
    for hash in all::<[u8; 32]>(connection, asleep)? {
        refer(Some(CodeHash(hash)));
    }
    let loud = "SELECT record FROM incident WHERE loud <> 0";
    for record in all::<Vec<u8>>(connection, loud)? {
        refer(decode::<Incident>(&record).map(|one| one.code));
    }
    let awake = "SELECT record FROM run WHERE ended <> 3 AND program IS NULL";
    for record in all::<Vec<u8>>(connection, awake)? {
        refer(decode::<(CodeHash, Vec<crate::run::Action>)>(&record).map(|(code, _)| code));
    }
    for record in all::<Vec<u8>>(connection, "SELECT record FROM debt WHERE owed <> 0")? {
        refer(decode::<Debt>(&record).map(|one| one.code));
    }
    for record in all::<Vec<u8>>(connection, "SELECT record FROM holding")? {
        refer(decode::<Dwell>(&record).map(|one| one.code));
    }
    let mut gone = 0;
    if is_readable {
        // What is no hash stays, and is in nobody's way.
        let known = "SELECT hash FROM program WHERE length(hash) = 32";
        for hash in all::<[u8; 32]>(connection, known)? {
            if !referred.contains(&CodeHash(hash)) {
                execute(connection, "DELETE FROM program WHERE hash = ?1", [hash])?;
                gone += 1;
            }
        }
    }
    Ok(Step { gone, next: None })
}

fn facts(connection: &Connection, keep: &Keep, most: usize) -> Result<Step, Error> {
    let oldest = "SELECT opened FROM incident ORDER BY id LIMIT 1";
    let oldest: Vec<i64> = all(connection, oldest)?;
    let frozen = super::ask::freezes(connection)?.into_iter();
    let frozen = frozen.map(|(_, freeze)| freeze.since.millis()).min();
    let since = oldest
        .into_iter()
        .chain(frozen)
        .chain([keep.incidents.millis()]);
    let since = since.min().unwrap_or_default();
    let limit = i64::try_from(most).unwrap_or(i64::MAX);
    // The newest carries the number of the next.
    let sql = "SELECT number, at FROM batch WHERE number < (SELECT max(number) FROM batch) \
               ORDER BY number LIMIT ?1";
    let mut statement = connection.prepare_cached(sql).map_err(from_sqlite)?;
    let rows = statement.query_map([limit], |row| Ok((row.get(0)?, row.get(1)?)));
    let rows = rows.map_err(from_sqlite)?.collect::<Result<_, _>>();
    let rows: Vec<(i64, i64)> = rows.map_err(from_sqlite)?;
    let old = rows.into_iter().take_while(|(_, at)| *at < since);
    let old: Vec<i64> = old.map(|(number, _)| number).collect();
    if let Some(last) = old.last() {
        execute(connection, "DELETE FROM batch WHERE number <= ?1", [last])?;
    }
    Ok(Step {
        gone: old.len() as u64,
        next: (old.len() == most).then_some(0),
    })
}

fn newest(connection: &Connection, table: &str) -> Result<Option<i64>, Error> {
    let newest: Vec<Option<i64>> = all(connection, &format!("SELECT max(id) FROM {table}"))?;
    Ok(newest.into_iter().flatten().next())
}

fn blob(row: &rusqlite::Row<'_>) -> rusqlite::Result<(i64, Vec<u8>)> {
    Ok((row.get(0)?, row.get(1)?))
}

fn all<T: rusqlite::types::FromSql>(connection: &Connection, sql: &str) -> Result<Vec<T>, Error> {
    all_of(connection, sql, [])
}

/// The first column of every row.
fn all_of<T: rusqlite::types::FromSql>(
    connection: &Connection,
    sql: &str,
    asked: impl Params,
) -> Result<Vec<T>, Error> {
    let mut statement = connection.prepare_cached(sql).map_err(from_sqlite)?;
    let rows = statement.query_map(asked, |row| row.get(0));
    let rows = rows.map_err(from_sqlite)?.collect::<Result<_, _>>();
    rows.map_err(from_sqlite)
}

fn execute(connection: &Connection, sql: &str, values: impl Params) -> Result<usize, Error> {
    let statement = connection.prepare_cached(sql);
    let changed = statement.and_then(|mut statement| statement.execute(values));
    changed.map_err(from_sqlite)
}
