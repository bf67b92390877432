//! One bit of one column of a store is wrong, while a change is under way: nothing is freed by it, and the agent begins.

use std::collections::BTreeSet;

use libtest_mimic::Trial;
use rbk::facade::store::{Ask, Batch};
use rusqlite::Connection;
use rusqlite::types::Value;

use super::in_flight::{after, written};
use super::open;
use crate::harness::fixture::trial;

pub fn trials() -> Vec<Trial> {
    let tables = TABLES.iter();
    let tables = tables.map(|table| trial(format!("store/bits/{table}"), || wrong(table)));
    let others = [
        trial("store/bits/of all", all),
        trial("store/bits/what is lost is told once", told_once),
        trial("store/bits/what was let go on stays so", let_go),
        trial("store/bits/a storm has one row", storm),
        trial("store/bits/what is counted", counted),
        trial("store/bits/when it was written last", written_last),
        trial(
            "store/bits/when it seems to have been written",
            another_time,
        ),
    ];
    tables.chain(others).collect()
}

/// Every table but `meta`, which alone may stop a start.
const TABLES: [&str; 18] = [
    "alert",
    "batch",
    "control",
    "dead_letter",
    "debt",
    "entry",
    "event",
    "holding",
    "incident",
    "intent",
    "message",
    "program",
    "run",
    "run_state",
    "schedule",
    "target",
    "version",
    "waiting",
];

/// The bits of a number; of bytes the first, one of the data, the last.
const BITS: [u32; 8] = [0, 1, 2, 6, 40, 55, 62, 63];

/// The bits of a byte of a text: with the last one it is no text any more.
const OF_TEXT: [u8; 2] = [0, 7];

/// So many rows of a table, and the newest: those of the change come first.
const ROWS: usize = 2;

fn opened(sound: &[u8]) -> (tempfile::TempDir, Connection) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rbk.db");
    std::fs::write(&path, sound).unwrap();
    (folder, Connection::open(path).unwrap())
}

/// No table has been forgotten.
fn all() {
    let (_, sound) = written();
    let (_folder, connection) = opened(&sound);
    let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'";
    let mut statement = connection.prepare(sql).unwrap();
    let there = statement.query_map([], |row| row.get(0)).unwrap();
    let there: BTreeSet<String> = there.collect::<Result<_, _>>().unwrap();
    let known = TABLES.iter().chain([&"meta"]).map(|name| name.to_string());
    assert_eq!(there, known.collect());
}

/// The same value with one bit wrong, in every way that is tried.
fn flips(value: &Value) -> Vec<String> {
    let bytes = |bytes: &[u8], bit: u8| {
        let places: BTreeSet<usize> = [0, 6, bytes.len().saturating_sub(1)].into();
        let places = places.into_iter().filter(|place| *place < bytes.len());
        places
            .map(|place| {
                let mut bytes = bytes.to_vec();
                bytes[place] ^= 1 << bit;
                bytes.iter().map(|byte| format!("{byte:02x}")).collect()
            })
            .collect::<Vec<String>>()
    };
    match value {
        Value::Null | Value::Real(_) => Vec::new(),
        Value::Integer(number) => {
            let flip = |bit: &u32| (number ^ (1_i64 << bit)).to_string();
            BITS.iter().map(flip).collect()
        }
        Value::Text(text) => {
            let all = OF_TEXT.iter().flat_map(|bit| bytes(text.as_bytes(), *bit));
            all.map(|hex| format!("CAST(x'{hex}' AS TEXT)")).collect()
        }
        Value::Blob(blob) => {
            let all = bytes(blob, 0).into_iter();
            all.map(|hex| format!("x'{hex}'")).collect()
        }
    }
}

/// Every wrong bit of a table that is tried, as a statement.
fn damages(connection: &Connection, table: &str) -> Vec<(String, String)> {
    let sql = format!("SELECT * FROM {table}");
    let mut statement = connection.prepare(&sql).unwrap();
    let columns: Vec<String> = statement
        .column_names()
        .map(|name| name.to_string())
        .collect();
    let row = |row: &rusqlite::Row<'_>| {
        (0..columns.len())
            .map(|place| row.get(place))
            .collect::<Result<Vec<Value>, _>>()
    };
    let mut rows: Vec<Vec<Value>> = statement
        .query_map([], row)
        .unwrap()
        .map(Result::unwrap)
        .collect();
    if rows.len() > ROWS {
        rows.drain(ROWS..rows.len() - 1);
    }
    let mut all = Vec::new();
    for row in &rows {
        let of: Vec<String> = columns
            .iter()
            .zip(row)
            .filter_map(|(name, value)| Some(format!("{name} = {}", literal(value)?)))
            .collect();
        for (name, value) in columns.iter().zip(row) {
            for wrong in flips(value) {
                let of = of.join(" AND ");
                let short: String = wrong.chars().take(40).collect();
                let named = format!("{table}.{name} {} -> {short}", shown(value));
                all.push((
                    named,
                    format!("UPDATE {table} SET {name} = {wrong} WHERE {of}"),
                ));
            }
        }
    }
    all
}

/// What a row is found by: numbers and texts are enough.
fn literal(value: &Value) -> Option<String> {
    match value {
        Value::Integer(number) => Some(number.to_string()),
        Value::Text(text) => Some(format!("'{}'", text.replace('\'', "''"))),
        Value::Null | Value::Real(_) | Value::Blob(_) => None,
    }
}

fn shown(value: &Value) -> String {
    let whole = literal(value).unwrap_or_default();
    whole.chars().take(40).collect()
}

fn wrong(table: &str) {
    let (scripted, sound) = written();
    let (_folder, connection) = opened(&sound);
    let whole = after(&scripted, &sound, &[]);
    connection
        .pragma_update(None, "foreign_keys", false)
        .unwrap();
    let mut failed = Vec::new();
    for (name, sql) in damages(&connection, table) {
        // Where another row has that number the file would say so.
        connection.execute_batch("BEGIN").unwrap();
        let can_be = connection.execute(&sql, []);
        connection.execute_batch("ROLLBACK").unwrap();
        if can_be.is_err() {
            continue;
        }
        let told =
            std::panic::catch_unwind(|| after(&scripted, &sound, &[(name.as_str(), sql.as_str())]));
        let Ok(told) = told else {
            failed.push(format!("{name}: it does not begin"));
            continue;
        };
        if let Some(why) = freed(&told, &whole) {
            failed.push(format!("{name}: {why} in {told:#?}"));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

/// Lists whose rows a start reads: what is given up of them is not there at the next one.
fn told_once() {
    let (scripted, sound) = written();
    let (_folder, connection) = opened(&sound);
    let mut failed = Vec::new();
    let mut heard = 0;
    for table in ["waiting", "message", "debt", "intent"] {
        for (name, sql) in damages(&connection, table) {
            let (_folder, path) = damaged(&sound, &sql);
            let Some(path) = path else { continue };
            let lost = || -> Vec<String> {
                let told = open(&path)
                    .anew(&scripted, "at 1s end")
                    .unwrap()
                    .into_iter();
                told.filter(|line| line.contains("is damaged")).collect()
            };
            let (first, second) = (lost(), lost());
            heard += first.len();
            if !second.is_empty() {
                failed.push(format!("{name}: {second:#?}"));
            }
        }
    }
    assert!(heard > 0, "nothing was lost");
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

/// A copy of a store in which this was done; no path where it cannot be done.
fn damaged(sound: &[u8], sql: &str) -> (tempfile::TempDir, Option<std::path::PathBuf>) {
    let (folder, connection) = opened(sound);
    connection
        .pragma_update(None, "foreign_keys", false)
        .unwrap();
    let done = connection.execute(sql, []).is_ok();
    let path = folder.path().join("rbk.db");
    (folder, done.then_some(path))
}

/// Changes that somebody has let go on are not stopped again by the next start, whatever was wrong with the row.
fn let_go() {
    let (scripted, sound) = written();
    let (_folder, connection) = opened(&sound);
    for (name, sql) in damages(&connection, "control") {
        let (_folder, path) = damaged(&sound, &sql);
        let Some(path) = path else { continue };
        let mut store = open(&path);
        let held = store.ask(Ask::Freeze).unwrap();
        let release = match held.iter().any(|hold| hold.contains("All")) {
            true => "at 1s release all",
            false => "at 1s release product others",
        };
        store
            .anew(&scripted, &format!("{release}\nat 2s end"))
            .unwrap();
        drop(store);
        let held = open(&path).ask(Ask::Freeze).unwrap();
        assert!(held.is_empty(), "{name}: {release}: {held:?}");
    }
}

/// A storm that stands under another name is found by its own, and what it stood under does not outlive it.
fn storm() {
    let (scripted, sound) = written();
    for name in ["product otherz", "product shop", "runbook others", "?"] {
        let sql = format!("UPDATE control SET scope = '{name}' WHERE kind = 1");
        let (_folder, path) = damaged(&sound, &sql);
        let path = path.unwrap();
        let mut store = open(&path);
        let told = store.anew(&scripted, "at 1s end").unwrap();
        let is_told = told
            .iter()
            .any(|line| line.contains("the record of the storm of"));
        assert!(is_told, "{name}: {told:#?}");
        drop(store);
        let storms = open(&path).ask(Ask::Storms).unwrap();
        let own = storms
            .iter()
            .filter(|storm| storm.starts_with("product others "));
        assert_eq!((own.count(), storms.len()), (1, 1), "{name}: {storms:#?}");
    }
}

/// What limits count is what the records say, or what the rows beside them do.
fn counted() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rbk.db");
    let mut store = open(&path);
    for id in 1..=3 {
        let at = 1_000_000 + id as i64;
        let batch = Batch::new().run(id, 0, &[7], false).intent(
            id,
            id,
            "do",
            at,
            &["k8s.Pod", "k8s.Pod", "host.Host"],
        );
        store.commit(&batch).unwrap();
    }
    drop(store);
    let sound = {
        let connection = Connection::open(&path).unwrap();
        connection
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
            .unwrap();
        drop(connection);
        std::fs::read(&path).unwrap()
    };
    let counts = |path: &std::path::Path| -> (usize, usize) {
        let store = open(path);
        let of = |kind| {
            let counted = store.ask(Ask::AttemptsSince(kind, 1_000_000)).unwrap();
            counted.first().map_or(0, |many| many.parse().unwrap())
        };
        (of("k8s.Pod"), of("host.Host"))
    };
    assert_eq!(counts(&path), (6, 3));
    let (_folder, connection) = opened(&sound);
    for table in ["target", "intent"] {
        for (name, sql) in damages(&connection, table) {
            let (_folder, path) = damaged(&sound, &sql);
            let Some(path) = path else { continue };
            assert_eq!(counts(&path), (6, 3), "{name}");
        }
    }
}

/// Where the time of the last batch is none, that of the one before counts; its facts alone are not read.
fn written_last() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rbk.db");
    let mut store = open(&path);
    for at in [1_000_000, 1_002_000] {
        store.commit(&Batch::new().fact(0, at)).unwrap();
    }
    drop(store);
    let stamp = || open(&path).ask(Ask::Stamp).unwrap().join(" ");
    assert!(stamp().contains("1002000"), "{}", stamp());
    let damage = |sql: &str| {
        let connection = Connection::open(&path).unwrap();
        assert_eq!(connection.execute(sql, []).unwrap(), 1);
    };
    damage("UPDATE batch SET boot = CAST(x'e2' AS TEXT) WHERE number = 2");
    assert!(stamp().contains("1002000"), "{}", stamp());
    damage("UPDATE batch SET at = at | (1 << 62) WHERE number = 2");
    assert!(stamp().contains("1000000"), "{}", stamp());
    let facts = open(&path).ask(Ask::Facts(0, 10)).unwrap();
    assert_eq!(facts.len(), 2, "{facts:#?}");
    assert!(facts[1].contains("None"), "{facts:#?}");
    damage("UPDATE batch SET at = -1 << 62 WHERE number = 1");
    assert_eq!(stamp(), "");
}

/// A wrong bit makes another time of the last batch: those before it know better. What says that the clock was set does
/// not need them.
fn another_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rbk.db");
    let mut store = open(&path);
    for at in [1_000_000, 1_002_000, 1_004_000] {
        store.commit(&Batch::new().fact(0, at)).unwrap();
    }
    drop(store);
    let sound = {
        let connection = Connection::open(&path).unwrap();
        connection
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
            .unwrap();
        drop(connection);
        std::fs::read(&path).unwrap()
    };
    let stamp = |sql: &str| {
        let (_folder, path) = damaged(&sound, sql);
        open(&path.unwrap()).ask(Ask::Stamp).unwrap().join(" ")
    };
    for bit in [20, 24, 40, 45] {
        for column in ["at", "mono"] {
            let wrong = |number: u8| {
                stamp(&format!(
                    "UPDATE batch SET {column} = {column} | (1 << {bit}) WHERE number = {number}"
                ))
            };
            assert!(wrong(3).contains("1002000"), "{column} {bit}: {}", wrong(3));
            assert!(wrong(2).contains("1004000"), "{column} {bit}: {}", wrong(2));
        }
    }
    let mut store = open(&path);
    store.commit(&Batch::new().stepped(7_200_000)).unwrap();
    drop(store);
    let stamp = open(&path).ask(Ask::Stamp).unwrap().join(" ");
    assert!(stamp.contains("7200000"), "{stamp}");
}

/// What a wrong bit has freed, or hidden.
fn freed(told: &[String], whole: &[String]) -> Option<String> {
    let place = |what: &str| told.iter().position(|line| line.contains(what));
    let settled = place("done");
    let Some(sent) = place("sent out: exec.run") else {
        return Some("the one that waits waits for ever".to_owned());
    };
    if settled.is_none_or(|settled| sent < settled) {
        return Some("a second change begins before the first is settled".to_owned());
    }
    if place("1 is handed, unknown, unknown is ").is_none() {
        return Some("nobody is told that it is unknown".to_owned());
    }
    let is_told = told.iter().any(|line| {
        ["is damaged", "cannot be read"]
            .iter()
            .any(|said| line.contains(said))
    });
    (!is_told && told != whole).then(|| "nobody is told of it".to_owned())
}
