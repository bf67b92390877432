//! What an agent keeps is read for ever: a store of every schema, as an agent wrote it.
//!
//! A golden store is opened, read and gone on with. A second test writes today's store by the same
//! script: where a row differs from the newest golden one, what is written has changed, and needs a
//! new schema and a golden store of its own.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use libtest_mimic::Trial;
use rbk::facade::engine::Scripted;
use rbk::facade::store::{Ask, Store};
use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags};

use crate::harness::fixture::trial;

/// The schema that is written today.
const TODAY: u32 = 11;
/// What a store holds by the script: incidents, and runs under way.
const INCIDENTS: usize = 6;
/// So many of them have alerts that fire.
const FIRING: usize = 6;

pub fn trials() -> Vec<Trial> {
    let mut trials: Vec<Trial> = (1..=TODAY)
        .map(|schema| {
            trial(format!("golden/store {schema} is read"), move || {
                is_read(schema)
            })
        })
        .collect();
    trials.push(trial("golden/what is written is the same", same));
    trials
}

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name)
}

fn scripted() -> Scripted {
    let package = fs::read(golden("store.rbk")).unwrap();
    let script = fs::read_to_string(golden("store.txt")).unwrap();
    Scripted::read(&[("store.rbk", package.as_slice())], &[], &script).unwrap()
}

fn is_read(schema: u32) {
    let kept = golden(&format!("store-{schema}.db"));
    assert!(kept.exists(), "{} is missing", kept.display());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rbk.db");
    fs::copy(kept, &path).unwrap();
    let (store, _) = Store::open(&path, "other").unwrap();
    let incidents = store
        .ask(Ask::Incidents {
            open: false,
            most: 100,
        })
        .unwrap();
    assert_eq!(incidents.len(), INCIDENTS);
    // Wherever an earlier version kept them.
    let whole = store.ask(Ask::Together(&[1, 2, 3, 4, 5, 6], &[])).unwrap();
    let fires = whole.iter().filter(|one| one.contains("firing: {\""));
    assert_eq!(fires.count(), FIRING, "of schema {schema}");
    for question in [
        Ask::Timeline(1, 0),
        Ask::LiveRuns,
        Ask::OpenIntents,
        Ask::DeadLetters(10),
        Ask::Dwells,
        Ask::Outbox,
        Ask::Debts,
        Ask::Freeze,
    ] {
        assert!(!store.ask(question).unwrap().is_empty(), "{question:?}");
    }
    assert!(store.goes_on(&scripted()).unwrap() > 1);
}

fn same() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rbk.db");
    let (mut store, _) = Store::open(&path, "golden").unwrap();
    store.keep(&scripted().written().unwrap()).unwrap();
    drop(store);
    let newest = golden(&format!("store-{TODAY}.db"));
    if !newest.exists() {
        let fold = Connection::open(&path).unwrap();
        fold.pragma_update(None, "journal_mode", "delete").unwrap();
        drop(fold);
        fs::copy(&path, &newest).unwrap();
        panic!("{} was missing and is written now", newest.display());
    }
    let (expected, found) = (rows(&newest), rows(&path));
    let tables: Vec<&String> = expected.keys().collect();
    assert_eq!(
        tables,
        found.keys().collect::<Vec<_>>(),
        "the tables differ"
    );
    for (table, expected) in &expected {
        let found = &found[table];
        assert_eq!(expected.len(), found.len(), "{table} has other rows");
        for (place, (expected, found)) in expected.iter().zip(found).enumerate() {
            assert!(
                expected == found,
                "row {place} of {table} is written in another way than an earlier version did:\n\
                 {expected:?}\n{found:?}"
            );
        }
    }
}

/// Every row of every table, and how the tables are made.
fn rows(path: &Path) -> BTreeMap<String, Vec<Vec<Value>>> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let of = |sql: &str| -> Vec<Vec<Value>> {
        let mut statement = connection.prepare(sql).unwrap();
        let columns = statement.column_count();
        let rows = statement.query_map([], |row| (0..columns).map(|at| row.get(at)).collect());
        rows.unwrap().map(Result::unwrap).collect()
    };
    let made = of("SELECT name, sql FROM sqlite_schema WHERE type = 'table' ORDER BY name");
    let mut all = BTreeMap::new();
    for table in &made {
        if let Some(Value::Text(name)) = table.first() {
            let order = "SELECT group_concat(name, ', ') FROM pragma_table_info";
            let columns = of(&format!("{order}('{name}')"));
            let Some(Value::Text(columns)) = columns.first().and_then(|row| row.first()).cloned()
            else {
                continue;
            };
            all.insert(
                name.clone(),
                of(&format!("SELECT * FROM {name} ORDER BY {columns}")),
            );
        }
    }
    all.insert("sqlite_schema".to_owned(), made);
    all
}
