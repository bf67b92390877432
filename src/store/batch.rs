//! What has happened: the facts of a batch in one row, open and personal apart.
//!
//! In: facts, inside the transaction of their batch. Out: the batches after one, in order.

use rusqlite::{Connection, Row, params};

use super::ask::{Read, all, get, text, whole};
use super::record::{open, seal};
use super::trouble::from_sqlite;
use crate::journal::{self, Epoch, Error, Fact, Header, Recorded, Shard, Stamp, decode, encode};
use crate::value::{Duration, Time};

/// Keeps the facts of a batch under the next number.
pub fn append(
    connection: &Connection,
    epoch: Epoch,
    stamp: &Stamp,
    facts: &[Fact],
) -> Result<(), Error> {
    let encoded = encode(facts);
    let sql = "INSERT INTO batch (epoch, at, mono, boot, open, personal) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let mut statement = connection.prepare_cached(sql).map_err(from_sqlite)?;
    let values = params![
        i64::try_from(epoch.0).unwrap_or(i64::MAX),
        stamp.at.millis(),
        stamp.mono.millis(),
        stamp.boot.as_str(),
        seal(&encoded.open),
        seal(&encoded.personal),
    ];
    statement.execute(values).map_err(from_sqlite)?;
    Ok(())
}

/// So many batches are looked at for when the last one was written.
const NEWEST: i64 = 8;

/// So far, in milliseconds, the clocks of two batches that one machine wrote may have drifted apart.
const DRIFT: i64 = 60_000;

/// When the last batch was written of which that can be read, and is borne out by those before it: a wrong bit would seem
/// to say that the clock was set.
pub fn stamp(connection: &Connection) -> Result<Option<Stamp>, Error> {
    let sql = "SELECT at, mono, boot, open FROM batch ORDER BY number DESC LIMIT ?1";
    let newest = all(connection, sql, [NEWEST], |row| {
        Ok((stamp_at(row, 0)?, get::<Vec<u8>>(row, 3)?))
    })?;
    let newest = newest.into_iter();
    let newest = newest.filter_map(|(stamp, facts)| Some((stamp?, facts)));
    let newest: Vec<(Stamp, Vec<u8>)> = newest.collect();
    let stamps: Vec<&Stamp> = newest.iter().map(|(stamp, _)| stamp).collect();
    let known = newest
        .iter()
        .find(|(stamp, facts)| !is_alone(stamp, &stamps) || tells_a_step(facts));
    let known = known.or(newest.first());
    Ok(known.map(|(stamp, _)| stamp.clone()))
}

/// Whether others of the same start of the machine agree on its clock, and this one does not.
fn is_alone(stamp: &Stamp, all: &[&Stamp]) -> bool {
    let others = all.iter().filter(|other| other.boot == stamp.boot);
    let offsets = others.map(|other| offset(other)).collect::<Vec<_>>();
    let agree = |one: i64| {
        let near = offsets.iter();
        near.filter(|other| one.abs_diff(**other) <= DRIFT.unsigned_abs())
            .count()
    };
    agree(offset(stamp)) < 2 && offsets.iter().any(|one| agree(*one) > 1)
}

/// How far the wall clock was ahead of the one that nobody sets.
fn offset(stamp: &Stamp) -> i64 {
    stamp.at.millis().saturating_sub(stamp.mono.millis())
}

/// Whether a batch says that the clock was set.
fn tells_a_step(facts: &[u8]) -> bool {
    let facts = open(facts).and_then(|facts| decode(facts, None));
    let mut facts = facts.into_iter().flatten();
    facts.any(|fact| match fact {
        journal::Read::Fact(fact) => matches!(*fact, Fact::ClockStepped(_)),
        journal::Read::Newer { .. } => false,
    })
}

/// When a batch was written, in three columns from this one on; none where that is no time.
fn stamp_at(row: &Row<'_>, first: usize) -> Read<Option<Stamp>> {
    let at = Time::from_millis(get(row, first)?).ok();
    let (mono, boot) = (get(row, first + 1)?, text(row, first + 2)?);
    Ok(at.map(|at| Stamp {
        at,
        mono: Duration::from_millis(mono),
        boot,
    }))
}

/// The facts after a batch. Where one cannot be read, nor when it was written, it takes no other with it.
pub fn facts(connection: &Connection, after: u64, most: usize) -> Result<Vec<Recorded>, Error> {
    let sql = "SELECT number, epoch, at, mono, boot, open, personal FROM batch \
               WHERE number > ?1 ORDER BY number LIMIT ?2";
    let after = i64::try_from(after).unwrap_or(i64::MAX);
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    all(connection, sql, [after, most], |row| {
        let (openly, personal): (Vec<u8>, Option<Vec<u8>>) = (get(row, 5)?, get(row, 6)?);
        let facts = match &personal {
            None => open(&openly).and_then(|openly| decode(openly, None)),
            Some(personal) => open(&openly)
                .zip(open(personal))
                .and_then(|(openly, personal)| decode(openly, Some(personal))),
        };
        let stamp = stamp_at(row, 2)?;
        Ok(Recorded {
            header: Header {
                shard: Shard::default(),
                number: whole(get(row, 0)?),
                epoch: Epoch(whole(get(row, 1)?)),
                stamp: stamp.clone().unwrap_or_default(),
            },
            facts: facts.filter(|_| stamp.is_some()),
        })
    })
}
