//! What has happened: the facts of a batch in one row, open and personal apart.
//!
//! In: facts, inside the transaction of their batch. Out: the batches after one, in order.

use rusqlite::{Connection, Row, params};

use super::ask::{Read, all, get, text, whole};
use super::record::{open, seal};
use super::trouble::from_sqlite;
use crate::journal::{Epoch, Error, Fact, Header, Recorded, Shard, Stamp, decode, encode};
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

/// When the last batch was written of which that can be read.
pub fn stamp(connection: &Connection) -> Result<Option<Stamp>, Error> {
    let sql = "SELECT at, mono, boot FROM batch ORDER BY number DESC LIMIT ?1";
    let newest = all(connection, sql, [NEWEST], |row| stamp_at(row, 0))?;
    Ok(newest.into_iter().flatten().next())
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
