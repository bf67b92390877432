//! The file is damaged: that is said, and nothing panics or is taken for something else.

use std::fs;
use std::path::{Path, PathBuf};

use libtest_mimic::Trial;
use rbk::facade::store::{Ask, Batch, Store};
use rusqlite::Connection;
use tempfile::TempDir;

use super::{numbers, open};
use crate::harness::fixture::trial;
use crate::harness::random::Random;

/// How often bytes are overwritten by chance.
const TRIES: u64 = 150;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("store/damage/no store at all", no_store),
        trial("store/damage/bytes by chance", by_chance),
        trial("store/damage/one run", one_run),
        trial("store/damage/a line, a letter", lines_and_letters),
        trial("store/damage/state of a run", state),
        trial("store/damage/one flipped bit of a record", flipped),
        trial("store/damage/what was at work", version_at_work),
        trial("store/damage/a later version", later),
        trial("store/damage/an earlier form", earlier_form),
    ]
}

/// A store with a little of everything, closed.
fn written() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rbk.db");
    let mut store = open(&path);
    for id in 1..=40 {
        let batch = Batch::new()
            .event(id, 1, "a")
            .incident(id, "r", "k", 1, false)
            .entry(id, 0)
            .run(id, 0, &[7; 500], false)
            .intent(id, id, "do", 1, &["k8s.Pod"])
            .message(id, "due")
            .debt(id, false)
            .dwell(id, "r", 0)
            .program(id as u8, &[7; 500]);
        store.commit(&batch).unwrap();
    }
    (folder, path)
}

/// Runs a statement behind the store's back.
fn behind(path: &Path, sql: &str) {
    let connection = Connection::open(path).unwrap();
    let changed = connection.execute(sql, []).unwrap();
    assert_eq!(changed, 1, "{sql}");
}

fn no_store() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rbk.db");
    let text = "this is a letter to a friend, and it is longer than a page is\n".repeat(100);
    fs::write(&path, &text).unwrap();
    for refusal in [Store::open(&path, "x").err(), Store::read(&path).err()] {
        assert_eq!(refusal.unwrap().kind, "corrupt");
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), text, "it was changed");
}

/// Whatever bytes are overwritten: an answer is right, or it is said that it cannot be given.
fn by_chance() {
    let (folder, path) = written();
    let sound = fs::read(&path).unwrap();
    let questions = [
        Ask::Newest,
        Ask::Incident(3),
        Ask::Keys,
        Ask::Incidents {
            open: true,
            most: 99,
        },
        Ask::Timeline(3, 0),
        Ask::Run(3, 0),
        Ask::LiveRuns,
        Ask::Program(3),
        Ask::OpenIntents,
        Ask::AttemptsSince("k8s.Pod", 0),
        Ask::Events("a", 0),
        Ask::Event(3),
        Ask::Dwells,
        Ask::Outbox,
        Ask::Debts,
        Ask::Freeze,
    ];
    // A damaged page may claim more than there is room for.
    let is_damage = |kind: &str, why: &str| kind == "corrupt" || why.contains("out of memory");
    let mut refused = 0;
    for seed in 0..TRIES {
        let mut random = Random::new(seed);
        let mut bytes = sound.clone();
        for _ in 0..=random.below(40) {
            let place = random.below(bytes.len());
            let end = bytes.len().min(place + 1 + random.below(60));
            let value = random.below(256) as u8;
            bytes[place..end].fill(value);
        }
        fs::write(&path, &bytes).unwrap();
        let mut store = match Store::open(&path, "x") {
            Ok((store, _)) => store,
            Err(refusal) => {
                assert!(
                    ["corrupt", "newer", "failed"].contains(&refusal.kind),
                    "seed {seed}: {refusal:?}"
                );
                refused += 1;
                continue;
            }
        };
        for question in questions {
            if let Err(refusal) = store.ask(question) {
                let is_damage = is_damage(refusal.kind, &refusal.why);
                assert!(is_damage, "seed {seed}: {refusal:?}");
                refused += 1;
            }
        }
        if let Err(refusal) = store.commit(&Batch::new().event(99, 1, "a").entry(3, 1)) {
            let is_damage = is_damage(refusal.kind, &refusal.why);
            assert!(is_damage, "seed {seed}: {refusal:?}");
        }
    }
    assert!(refused > 0, "no damage was noticed");
    drop(folder);
}

fn one_run() {
    let (_folder, path) = written();
    behind(&path, "UPDATE run SET record = x'0102' WHERE owner = 3");
    behind(&path, "UPDATE run SET record = x'' WHERE owner = 5");
    behind(
        &path,
        "UPDATE run SET record = (SELECT CAST(record || x'00' AS BLOB) FROM run WHERE owner = 1) \
         WHERE owner = 9",
    );
    // Those of an earlier schema do not say outside of their records that they sleep.
    for owner in [3, 9, 12] {
        let sql = format!("UPDATE run SET due = NULL WHERE owner = {owner}");
        behind(&path, &sql);
    }
    let store = open(&path);
    let runs = store.ask(Ask::LiveRuns).unwrap();
    assert_eq!(runs.len(), 40);
    let damaged = runs.iter().filter(|run| run.contains("Err("));
    let damaged = damaged.map(|run| run.split(' ').next().unwrap());
    assert_eq!(damaged.collect::<Vec<_>>(), ["3.0", "9.0"]);
    // The record of one that sleeps is read when it is needed.
    assert!(runs.iter().any(|run| run.starts_with("5.0 Sleeping")));
    assert_eq!(store.ask(Ask::Run(5, 0)).unwrap_err().kind, "corrupt");
    let refusal = store.ask(Ask::Run(3, 0)).unwrap_err();
    assert_eq!(refusal.kind, "corrupt");
    assert!(refusal.why.contains("run 3.0"), "{}", refusal.why);
    assert_eq!(numbers(&store, Ask::Run(4, 0)), "4.0");
    // It takes none of those along that are asked for with it.
    let asked = store.ask(Ask::Together(&[3, 4], &[])).unwrap();
    let is = |run: &str, what: &str| {
        let begins = format!("run {run} {what}");
        assert!(
            asked.iter().any(|line| line.starts_with(&begins)),
            "{asked:#?}"
        );
    };
    is("3.0", "damaged");
    is("4.0", "there");
    drop(store);
    // One that is missing among them may be the one that is asked for.
    behind(&path, "UPDATE event SET record = x'02' WHERE id = 3");
    let asked = open(&path)
        .ask(Ask::Together(&[3, 4], &[("a", 0)]))
        .unwrap();
    for begins in ["event 3 damaged", "event 4 there", "a since 0 damaged"] {
        assert!(
            asked.iter().any(|line| line.starts_with(begins)),
            "{asked:#?}"
        );
    }
}

fn lines_and_letters() {
    let (_folder, path) = written();
    let mut store = open(&path);
    store.commit(&Batch::new().entry(3, 1).dead(9)).unwrap();
    let (lines, letters) = (
        store.ask(Ask::Timeline(3, 0)).unwrap(),
        store.ask(Ask::DeadLetters(100)).unwrap(),
    );
    assert_eq!((lines.len(), letters.len()), (2, 1));
    drop(store);
    behind(
        &path,
        "UPDATE entry SET record = x'0102' WHERE incident = 3 AND number = 0",
    );
    behind(&path, "UPDATE dead_letter SET record = x''");
    let store = open(&path);
    let damaged = store.ask(Ask::Timeline(3, 0)).unwrap();
    assert!(damaged[0].contains("Damaged"), "{}", damaged[0]);
    assert_eq!(damaged[1..], lines[1..]);
    let damaged = store.ask(Ask::DeadLetters(100)).unwrap();
    assert!(damaged[0].contains("is damaged"), "{}", damaged[0]);
}

fn state() {
    let (_folder, path) = written();
    behind(
        &path,
        "UPDATE run_state SET state = x'01' WHERE run = (SELECT id FROM run WHERE owner = 3)",
    );
    behind(
        &path,
        "DELETE FROM run_state WHERE run = (SELECT id FROM run WHERE owner = 4)",
    );
    let store = open(&path);
    for run in [3, 4] {
        assert_eq!(store.ask(Ask::Run(run, 0)).unwrap_err().kind, "corrupt");
    }
    assert_eq!(store.ask(Ask::LiveRuns).unwrap().len(), 40);
}

/// A bit that makes another name of a name is noticed: SQLite alone would not.
fn flipped() {
    let (_folder, path) = written();
    let connection = Connection::open(&path).unwrap();
    let sql = "SELECT record FROM intent WHERE id = 3";
    let mut record: Vec<u8> = connection.query_row(sql, [], |row| row.get(0)).unwrap();
    let place = record.windows(3).position(|part| part == b"w-0").unwrap();
    record[place + 2] ^= 1;
    let sql = "UPDATE intent SET record = ?1 WHERE id = 3";
    connection.execute(sql, [record]).unwrap();
    drop(connection);
    let intents = open(&path).ask(Ask::OpenIntents).unwrap();
    let lost: Vec<_> = intents
        .iter()
        .enumerate()
        .filter(|(_, line)| line.starts_with("Intent"))
        .collect();
    let left =
        "Intent { id: IntentId(3), run: Incident(IncidentId(3), 0), state: Open }".to_owned();
    assert_eq!(lost, [(2, &left)]);
    assert_eq!(intents.len(), 40);
}

/// Which version it is of is known, and no more; so is it where a record stands in the place of another.
fn version_at_work() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rbk.db");
    let mut store = open(&path);
    let both = Batch::new()
        .at_work("r", "1.0.0", 1)
        .at_work("r", "2.0.0", 2);
    store.commit(&both).unwrap();
    drop(store);
    behind(
        &path,
        "UPDATE version SET record = x'02ff' WHERE version = '1.0.0'",
    );
    let mut store = open(&path);
    let kept = store.ask(Ask::AtWork).unwrap();
    let is_lost = |line: &String| line.contains("Err(");
    assert_eq!(kept.len(), 2, "{kept:?}");
    assert!(kept[0].starts_with("r 1.0.0") && is_lost(&kept[0]));
    assert!(kept[1].starts_with("r 2.0.0") && !is_lost(&kept[1]));
    store
        .commit(&Batch::new().at_work("r", "1.0.0", 3))
        .unwrap();
    drop(store);
    behind(
        &path,
        "UPDATE version SET version = '3.0.0' WHERE version = '2.0.0'",
    );
    let kept = open(&path).ask(Ask::AtWork).unwrap();
    let begin: Vec<_> = kept
        .iter()
        .map(|line| (&line[..7], is_lost(line)))
        .collect();
    assert_eq!(
        begin,
        [("r 1.0.0", false), ("r 2.0.0", false), ("r 3.0.0", true)]
    );
}

fn later() {
    let (_folder, path) = written();
    let connection = Connection::open(&path).unwrap();
    let raise = "PRAGMA user_version = 1000";
    connection.execute_batch(raise).unwrap();
    drop(connection);
    for refusal in [Store::open(&path, "x").err(), Store::read(&path).err()] {
        let refusal = refusal.unwrap();
        assert_eq!(refusal.kind, "newer");
        assert!(refusal.why.contains("1000"), "{}", refusal.why);
    }
}

/// What the records of an earlier form do not say cannot be made up.
fn earlier_form() {
    for table in [
        "UPDATE program SET artefact = CAST(x'01' || substr(artefact, 2) AS BLOB)",
        "UPDATE incident SET record = CAST(x'01' || substr(record, 2) AS BLOB)",
    ] {
        let (_folder, path) = written();
        let connection = Connection::open(&path).unwrap();
        connection.execute_batch(table).unwrap();
        drop(connection);
        for refusal in [Store::open(&path, "x").err(), Store::read(&path).err()] {
            let refusal = refusal.unwrap();
            assert!(refusal.why.contains("form 1"), "{}", refusal.why);
            assert!(refusal.why.contains("new store"), "{}", refusal.why);
        }
    }
}
