//! The alerts of incidents: rows of their own, which come in and go with their incident.

use libtest_mimic::Trial;
use rbk::facade::store::{Ask, Batch, Kept};
use rusqlite::Connection;

use super::{Bench, open};
use crate::harness::fixture::trial;

type Behaviour = fn(Bench);

const BEHAVIOURS: &[(&str, Behaviour)] = &[
    ("come in with their incident", come_in),
    ("go with their incident, in parts", go),
    ("keep what arrived while one fires", keep),
];

pub fn trials() -> Vec<Trial> {
    let mut trials = vec![trial("store/damage/an alert of an incident", damaged)];
    for &(name, behaviour) in BEHAVIOURS {
        trials.push(trial(format!("store/memory/alerts {name}"), move || {
            behaviour(Bench::memory());
        }));
        trials.push(trial(format!("store/disk/alerts {name}"), move || {
            behaviour(Bench::disk());
        }));
    }
    trials
}

/// An incident as it is fetched, as a line.
fn incident(bench: &Bench, id: u64) -> String {
    let lines = bench.ask(Ask::Together(&[id], &[]));
    let is_it = |line: &String| line.starts_with(&format!("incident {id}"));
    lines.into_iter().find(is_it).unwrap()
}

/// Each replaces what was heard of it before, and they come in with their incident alone.
fn come_in(mut bench: Bench) {
    let batch = Batch::new().incident(1, "r", "a", 1, false);
    let batch = batch.incident(2, "r", "b", 1, true);
    bench.commit(batch.alert(1, "x", 5, true).alert(1, "y", 6, true));
    let batch = Batch::new().alert(1, "x", 7, false).alert(2, "x", 8, true);
    bench.commit(batch.incident(1, "r", "a", 1, false));
    bench.reopen();
    for (id, firing, heard) in [
        (1, "firing: {\"y\": ", "heard: {\"x\": "),
        (2, "firing: {\"x\": ", "heard: {}"),
    ] {
        let line = incident(&bench, id);
        assert!(line.contains(firing) && line.contains(heard), "{line}");
    }
}

const OLD: Kept<'static> = Kept {
    incidents: 100,
    arrivals: 100,
    letters: 100,
    recurs: &[],
    programs: &[],
};

/// The newest of each kind, all of them young.
fn young(batch: Batch) -> Batch {
    let batch = batch.event(90, 200, "a").fact(0, 200);
    batch.incident(90, "young", "k", 200, false)
}

fn go(mut bench: Bench) {
    let mut batch = young(Batch::new()).incident(2, "r", "k", 4, true);
    for number in 0..7 {
        batch = batch.alert(2, &format!("f{number}"), 4, false);
    }
    bench.commit(batch.alert(90, "f0", 200, true));
    assert_eq!(bench.retire(OLD, 3), ["1 incidents"]);
    bench.commit(Batch::new().incident(2, "r", "k", 4, false));
    let line = incident(&bench, 2);
    assert!(line.contains("heard: {}"), "{line}");
    let line = incident(&bench, 90);
    assert!(line.contains("firing: {\"f0\": "), "{line}");
}

fn keep(mut bench: Bench) {
    let batch = young(Batch::new()).incident(2, "r", "k", 150, true);
    bench.commit(batch.taken(1, 2).alert(2, "x", 4, true));
    assert!(bench.retire(OLD, 500).is_empty());
    bench.commit(Batch::new().alert(2, "x", 4, false));
    assert_eq!(bench.retire(OLD, 500), ["1 arrivals"]);
}

/// An incident that does not know all of its alerts is not taken for one that does.
fn damaged() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rbk.db");
    let mut store = open(&path);
    let batch = Batch::new().incident(1, "r", "a", 1, false);
    let batch = batch.incident(2, "r", "b", 1, false);
    let batch = batch.alert(1, "x", 5, true).alert(2, "x", 5, true);
    store.commit(&batch).unwrap();
    drop(store);
    let behind = Connection::open(&path).unwrap();
    let sql = "UPDATE alert SET record = x'0102' WHERE incident = 1";
    assert_eq!(behind.execute(sql, []).unwrap(), 1);
    let store = open(&path);
    let whole = store.ask(Ask::Together(&[1, 2], &[])).unwrap();
    let of = |id: &str| whole.iter().find(|line| line.starts_with(id)).unwrap();
    assert!(of("incident 1").contains("Err("), "{whole:?}");
    assert!(of("incident 2").contains("firing: {\"x\": "), "{whole:?}");
}
