//! What has happened: the facts of a batch in one row, open and personal apart.
//!
//! In: facts, inside the transaction of their batch. Out: the batches after one, in order.

use rusqlite::{Connection, params};

use super::ask::{get, one};
use super::record::{open, seal};
use super::trouble::{corrupt, from_sqlite};
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

/// When the last batch was written.
pub fn stamp(connection: &Connection) -> Result<Option<Stamp>, Error> {
    let sql = "SELECT at, mono, boot FROM batch ORDER BY number DESC LIMIT 1";
    one(connection, sql, [], |row| {
        let at = Time::from_millis(get(row, 0)?).map_err(|_| corrupt("the time of a batch"))?;
        let (mono, boot): (i64, String) = (get(row, 1)?, get(row, 2)?);
        Ok(Stamp {
            at,
            mono: Duration::from_millis(mono),
            boot: boot.into(),
        })
    })
}

/// The facts after a batch.
pub fn facts(connection: &Connection, after: u64, most: usize) -> Result<Vec<Recorded>, Error> {
    let sql = "SELECT number, epoch, at, mono, boot, open, personal FROM batch \
               WHERE number > ?1 ORDER BY number LIMIT ?2";
    let mut statement = connection.prepare_cached(sql).map_err(from_sqlite)?;
    let after = i64::try_from(after).unwrap_or(i64::MAX);
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let rows = statement.query_map(params![after, most], |row| {
        let whole = |number: i64| u64::try_from(number).unwrap_or_default();
        let (at, boot): (i64, String) = (row.get(2)?, row.get(4)?);
        let stamp = Time::from_millis(at).ok().map(|at| {
            Ok::<_, rusqlite::Error>(Stamp {
                at,
                mono: Duration::from_millis(row.get(3)?),
                boot: boot.into(),
            })
        });
        let (openly, personal): (Vec<u8>, Option<Vec<u8>>) = (row.get(5)?, row.get(6)?);
        let facts = match &personal {
            None => open(&openly).and_then(|openly| decode(openly, None)),
            Some(personal) => open(&openly)
                .zip(open(personal))
                .and_then(|(openly, personal)| decode(openly, Some(personal))),
        };
        Ok(stamp.transpose()?.map(|stamp| {
            Ok::<_, rusqlite::Error>(Recorded {
                header: Header {
                    shard: Shard::default(),
                    number: whole(row.get(0)?),
                    epoch: Epoch(whole(row.get(1)?)),
                    stamp,
                },
                facts,
            })
        }))
    });
    let mut all = Vec::new();
    for row in rows.map_err(from_sqlite)? {
        let recorded = row.map_err(from_sqlite)?;
        let recorded = recorded.ok_or_else(|| corrupt("the time of a batch"))?;
        all.push(recorded.map_err(from_sqlite)?);
    }
    Ok(all)
}
