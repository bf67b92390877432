//! What was changed lately, which limits count: as the record of each change says it.
//!
//! In: a time. Out: what was changed since, of which type. The rows of `target` count where a record cannot be read; a
//! wrong bit in one of them hides nothing else.

use std::collections::BTreeMap;

use rusqlite::Connection;
use smol_str::SmolStr;

use super::ask::{all, get, text};
use super::record::decode;
use super::trouble::from_sqlite;
use crate::journal::{ChangedTarget, Error, StoredIntent};
use crate::run::IntentKind;
use crate::value::Time;

/// Changes are numbered in the order in which they were granted, by a clock that may have been set: behind so many
/// that are older nothing is looked for.
const OLDER: usize = 64;
/// Nothing has so many targets, nor none: what is damaged counts for too many.
const MOST: i64 = 1_000_000;

/// What changes counted for at each time since then, and how often: types of targets, and failure domains.
pub fn attempts(connection: &Connection, since: Time) -> Result<Vec<(Time, SmolStr, u32)>, Error> {
    let recent = recent(connection, since)?;
    let mut counted: BTreeMap<(SmolStr, Time), u32> = BTreeMap::new();
    for one in recent.known.iter().filter(|one| one.at >= since) {
        for place in one.intent.counts_for() {
            let counts = counted.entry((place, one.at)).or_default();
            *counts = counts.saturating_add(1);
        }
    }
    for id in recent.damaged {
        let sql = "SELECT at, type, amount FROM target WHERE intent = ?1";
        let rows = all(connection, sql, [id], |row| {
            let at = Time::from_millis(get(row, 0)?).unwrap_or(since);
            let amount = get::<i64>(row, 2)?;
            let amount = if (1..=MOST).contains(&amount) {
                amount
            } else {
                MOST
            };
            Ok((text(row, 1)?, at, u32::try_from(amount).unwrap_or(u32::MAX)))
        })?;
        for (of, at, amount) in rows.into_iter().filter(|(_, at, _)| *at >= since) {
            let counts = counted.entry((of, at)).or_default();
            *counts = counts.saturating_add(amount);
        }
    }
    let counted = counted.into_iter();
    Ok(counted.map(|((of, at), amount)| (at, of, amount)).collect())
}

/// Every target that was changed since then, once for each time that it was sent out.
pub fn changed(connection: &Connection, since: Time) -> Result<Vec<ChangedTarget>, Error> {
    // One that cannot be read is told of with those that are open.
    let recent = recent(connection, since)?;
    let oldest_first = recent.known.iter().rev();
    Ok(oldest_first
        .flat_map(|one| one.changed_since(since))
        .collect())
}

/// The newest changes, the newest first.
#[derive(Default)]
struct Recent {
    known: Vec<StoredIntent>,
    /// The numbers of those that cannot be read.
    damaged: Vec<i64>,
}

fn recent(connection: &Connection, since: Time) -> Result<Recent, Error> {
    let sql = "SELECT id, record FROM intent ORDER BY id DESC";
    let mut statement = connection.prepare_cached(sql).map_err(from_sqlite)?;
    let mut rows = statement.query([]).map_err(from_sqlite)?;
    let (mut recent, mut older) = (Recent::default(), 0);
    while let Some(row) = rows.next().map_err(from_sqlite)? {
        match decode::<StoredIntent>(&get::<Vec<u8>>(row, 1)?) {
            Some(one) if one.at < since && one.done().all(|at| at < since) => older += 1,
            Some(one) => {
                older = 0;
                // What takes back and what releases uses nothing up.
                if one.intent.kind == IntentKind::Do {
                    recent.known.push(one);
                }
            }
            None => recent.damaged.push(get(row, 0)?),
        }
        if older == OLDER {
            break;
        }
    }
    Ok(recent)
}
