//! `rbk store show`: every table, row by row, beside an agent that works on it, and nothing is changed.

use std::fs;
use std::path::Path;
use std::process::Command;

use libtest_mimic::Trial;
use rbk::facade::store::{Batch, Store};
use rusqlite::Connection;
use serde_json::Value as Json;
use tempfile::TempDir;

use super::open;
use crate::harness::fixture::trial;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("store/show/every table is shown", every_table),
        trial("store/show/a row by its id", by_id),
        trial("store/show/a damaged record beside the others", damaged),
        trial("store/show/a run that is over is not damaged", over),
        trial("store/show/numbers are said in words", in_words),
        trial("store/show/what is not shown is said", more),
        trial("store/show/the store of a package", of_a_package),
        trial("store/show/no store", no_store),
    ]
}

/// A store with a row of everything, which is still open.
fn written() -> (TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(&folder.path().join("rbk.db"));
    let batch = Batch::new()
        .event(1, 1_000, "QueueStuck")
        .dead(2_000)
        .program(1, &[7; 5])
        .incident(7, "stuck_worker", "shop/w-1", 3_000, false)
        .alert(7, "f1", 3_000, true)
        .entry(7, 0)
        .entry(7, 1)
        .entry(7, 2)
        .incident(70, "stuck_worker", "shop/w-\u{1b}[31m", 4_000, true)
        .entry(70, 0)
        .run(7, 0, &[7; 5], false)
        .waits(7, 0, Some(3_000))
        .intent(1, 7, "do", 3_000, &["k8s.Pod"])
        .dwell(1, "stuck_worker", 0)
        .message(1, "due")
        .debt(3, false)
        .freeze("product shop", Some("ada"))
        .hold(Some("grace"))
        .at_work("stuck_worker", "1.3.0", 1)
        .schedule("stuck_worker", "0 3 * * *", 3_000)
        .fact(0, 5_000);
    store.commit(&batch).unwrap();
    (folder, store)
}

/// What `rbk store show` says of the store in this folder.
fn show(folder: &Path, arguments: &[&str]) -> (String, bool) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rbk"));
    command.current_dir(folder).args(["store", "show"]);
    let output = command.args(arguments).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (String::from_utf8(said).unwrap(), output.status.success())
}

fn json(folder: &Path, arguments: &[&str]) -> Json {
    let (said, is_well) = show(folder, &[arguments, &["--format", "json"]].concat());
    assert!(is_well, "{said}");
    serde_json::from_str(&said).unwrap()
}

/// What the schema has and nobody shows is missing here.
fn every_table() {
    let (folder, _store) = written();
    let path = folder.path().join("rbk.db");
    let before = fs::read(&path).unwrap();
    let overview = json(folder.path(), &["rbk.db"]);
    let shown: Vec<&String> = overview["tables"].as_object().unwrap().keys().collect();
    let connection = Connection::open(&path).unwrap();
    let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' \
               AND name NOT IN ('meta', 'run_state') ORDER BY name";
    let mut statement = connection.prepare(sql).unwrap();
    let names = statement.query_map([], |row| row.get(0)).unwrap();
    let names: Vec<String> = names.map(Result::unwrap).collect();
    assert_eq!(shown, names.iter().collect::<Vec<_>>());
    for name in &names {
        let table = json(folder.path(), &["rbk.db", name]);
        let rows = table["rows"].as_array().unwrap();
        assert!(!rows.is_empty(), "{name}");
        for (record, value) in rows[0]["records"].as_object().unwrap() {
            // The bytes that stand for a program, and for a run, are none.
            let is_made_up = record == "program" || record == "run";
            assert_eq!(value.is_null(), is_made_up, "{name} {record}");
            assert!(!value.to_string().contains("cannot be shown"), "{value}");
        }
        let (human, is_well) = show(folder.path(), &["rbk.db", name]);
        assert!(is_well && !human.contains('\u{1b}'), "{human}");
    }
    let (human, _) = show(folder.path(), &["rbk.db"]);
    assert!(
        human.contains("\n         2  incident     an incident\n"),
        "{human}"
    );
    assert!(human.contains("\n         1  event        what"), "{human}");
    assert!(human.contains("grace"), "{human}");
    assert_eq!(fs::read(&path).unwrap(), before);
}

fn by_id() {
    let (folder, _store) = written();
    let ids = |arguments: &[&str]| -> Vec<String> {
        let table = json(folder.path(), arguments);
        let rows = table["rows"].as_array().unwrap().iter();
        rows.map(|row| row["id"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(ids(&["rbk.db", "entry", "7"]), ["7.0", "7.1", "7.2"]);
    assert_eq!(ids(&["rbk.db", "entry", "7.1"]), ["7.1"]);
    assert_eq!(ids(&["rbk.db", "entry", "--limit", "2"]), ["7.2", "70.0"]);
    assert_eq!(ids(&["rbk.db", "run", "7.0"]), ["7.0"]);
    let (human, _) = show(folder.path(), &["rbk.db", "incident", "7"]);
    assert!(human.contains("opened 1970-01-01T00:00:03Z"), "{human}");
    assert!(human.contains("    \"state\": \"Open\""), "{human}");
    let hash = "01".repeat(32);
    assert!(human.contains(&format!("\"code\": \"{hash}\"")), "{human}");
    let (human, is_well) = show(folder.path(), &["rbk.db", "incident", "8"]);
    assert!(is_well);
    assert_eq!(human, "No row of `incident` with the id 8.\n");
}

fn damaged() {
    let (folder, store) = written();
    drop(store);
    let connection = Connection::open(folder.path().join("rbk.db")).unwrap();
    let sql = "UPDATE entry SET record = X'0102' WHERE incident = 7 AND number = 1";
    assert_eq!(connection.execute(sql, []).unwrap(), 1);
    let table = json(folder.path(), &["rbk.db", "entry", "7"]);
    let is_null = |at: usize| table["rows"][at]["records"]["entry"].is_null();
    assert_eq!([0, 1, 2].map(is_null), [false, true, false]);
}

/// The state of a run is kept for as long as it goes on.
fn over() {
    let (folder, mut store) = written();
    let ended = Batch::new().run(70, 0, &[], true);
    store.commit(&ended).unwrap();
    let (human, _) = show(folder.path(), &["rbk.db", "run", "70"]);
    let said = "  run: over, its state is no longer kept\n";
    assert!(human.contains(said), "{human}");
    let (human, _) = show(folder.path(), &["rbk.db", "run", "7"]);
    assert!(human.contains("  run: damaged\n"), "{human}");
}

/// How something is stored is nobody's business who looks at it.
fn in_words() {
    let (folder, store) = written();
    let row =
        |table: &str, id: &str| json(folder.path(), &["rbk.db", table, id])["rows"][0].clone();
    let incident = row("incident", "7");
    let flags = [&incident["columns"]["open"], &incident["columns"]["loud"]];
    assert!(flags.iter().all(|flag| flag.is_boolean()), "{incident}");
    assert_eq!(row("alert", "7")["columns"]["fires"], true);
    assert_eq!(row("run", "7.0")["columns"]["ended"], false);
    assert_eq!(row("message", "1")["columns"]["due"], true);
    assert_eq!(row("debt", "3")["columns"]["owed"], true);
    assert_eq!(row("intent", "1")["columns"]["state"], "Open");
    assert_eq!(
        row("event", "1")["records"]["event"]["Alert"]["sender"],
        "Alertmanager"
    );
    let control = || json(folder.path(), &["rbk.db", "control"])["rows"][0].clone();
    let freeze = control();
    assert_eq!(freeze["columns"]["kind"], "freeze", "{freeze}");
    assert_eq!(freeze["records"]["control"][1]["by"], "ada", "{freeze}");
    drop(store);
    let connection = Connection::open(folder.path().join("rbk.db")).unwrap();
    let set = |sql: &str| assert_eq!(connection.execute(sql, []).unwrap(), 1, "{sql}");
    set("UPDATE event SET sender = 3");
    set("UPDATE incident SET open = 2 WHERE id = 7");
    set("UPDATE control SET kind = 1");
    assert_eq!(
        row("event", "1")["records"]["event"]["Alert"]["sender"],
        "Grafana"
    );
    // What means nothing stands as it is.
    assert_eq!(row("incident", "7")["columns"]["open"], 2);
    // By its kind it is a storm, and that is no record of one.
    let storm = control();
    assert_eq!(storm["columns"]["kind"], "storm", "{storm}");
    assert!(storm["records"]["control"].is_null(), "{storm}");
}

fn more() {
    let (folder, _store) = written();
    let (human, _) = show(folder.path(), &["rbk.db", "entry", "--limit", "3"]);
    let said = "The newest 3; `--limit` shows more.\n";
    assert!(human.ends_with(said), "{human}");
    assert_eq!(human.matches("  entry: ").count(), 3, "{human}");
    for all in ["4", "50"] {
        let (human, _) = show(folder.path(), &["rbk.db", "entry", "--limit", all]);
        assert!(!human.contains("The newest"), "{human}");
    }
    assert_eq!(
        json(folder.path(), &["rbk.db", "entry", "7", "--limit", "2"])["more"],
        true
    );
    assert_eq!(
        json(folder.path(), &["rbk.db", "entry", "7", "--limit", "3"])["more"],
        false
    );
    let (said, is_well) = show(folder.path(), &["rbk.db", "entry", "--limit", "0"]);
    assert!(!is_well && said.contains("1 or more"), "{said}");
}

/// The settings say where it is.
fn of_a_package() {
    let (folder, _store) = written();
    fs::create_dir(folder.path().join("ops")).unwrap();
    let settings = "store = \"../rbk.db\"\n";
    fs::write(folder.path().join("ops/agent.toml"), settings).unwrap();
    let overview = json(folder.path(), &["ops"]);
    assert_eq!(overview["tables"]["incident"], 2);
}

fn no_store() {
    let folder = tempfile::tempdir().unwrap();
    let (said, is_well) = show(folder.path(), &["rbk.db"]);
    assert!(!is_well);
    assert!(said.starts_with("error: "), "{said}");
    assert!(said.contains("rbk.db cannot be opened"), "{said}");
    assert!(!folder.path().join("rbk.db").exists());
    let (said, is_well) = show(folder.path(), &["rbk.db", "incidents"]);
    assert!(
        !is_well && said.contains("invalid value 'incidents'"),
        "{said}"
    );
}
