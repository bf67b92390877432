//! A change was sent out and not answered when the agent was killed, and then records of the store are damaged: in every
//! combination the change stays unknown, its target stays locked, and a human settles it before anything else.

use std::fs;
use std::path::Path;

use libtest_mimic::Trial;
use rbk::facade::engine::Scripted;
use rusqlite::Connection;

use super::open;
use crate::harness::fixture::{self, trial};

pub fn trials() -> Vec<Trial> {
    vec![
        trial("store/in flight/any records damaged", any),
        trial("store/in flight/any column damaged", columns),
        trial("store/in flight/the words for it", words),
        trial("store/in flight/nothing damaged", sound),
        trial("store/in flight/a run that sleeps", asleep),
    ]
}

/// The change of incident 1 is on its way, 2 waits for its target, 3 is acknowledged, and the other product has a storm
/// and its changes are stopped.
const SCRIPT: &str = "\
grant all
settings [storm]; threshold = 3
answer host.named host
answer prom.value 500
perform exec.run hangs
at 10s alert Slow service=a
at 12s alert Slow service=b
at 13s alert Other service=x
at 14s ack 3 eve
at 15s alert Other service=y
at 16s alert Other service=z
at 17s freeze product others ada
at 20s end";

/// What people do after the start.
const THEN: &str = "\
at 1s alert Slow service=c
at 2s resolve 1 ada
at 3s settle 1 applied bob
at 4s resolve 1 ada
at 5s release product shop";

/// The records of the change: what it is of, what carries it out, what it is, and what happened.
const OWN: [(&str, &str); 5] = [
    (
        "incident",
        "UPDATE incident SET record = x'0202' WHERE id = 1",
    ),
    (
        "run",
        "UPDATE run SET record = x'0202' WHERE kind = 0 AND owner = 1",
    ),
    (
        "run_state",
        "UPDATE run_state SET state = x'02' WHERE run = (SELECT id FROM run WHERE kind = 0 AND owner = 1)",
    ),
    ("intent", "UPDATE intent SET record = x'0202' WHERE id = 1"),
    ("facts", "UPDATE batch SET open = x'ff'"),
];

/// What stands beside it.
const OTHER: [(&str, &str); 5] = [
    (
        "waiting",
        "UPDATE waiting SET record = x'02' WHERE owner = 2",
    ),
    ("storm", "UPDATE control SET record = x'02' WHERE kind = 1"),
    ("hold", "UPDATE control SET record = x'02' WHERE kind = 0"),
    ("term", "UPDATE incident SET record = x'0202' WHERE id = 3"),
    (
        "alert",
        "UPDATE alert SET record = x'02' WHERE incident = 1",
    ),
];

/// What says which rows a start needs, and what they belong to.
const COLUMNS: [(&str, &str); 19] = [
    ("loud", "UPDATE incident SET loud = 0 WHERE id = 1"),
    ("open", "UPDATE incident SET open = 0 WHERE id = 1"),
    (
        "loud and open",
        "UPDATE incident SET loud = 0, open = 0 WHERE id = 1",
    ),
    ("no incident", "DELETE FROM incident WHERE id = 1"),
    ("change of 3", "UPDATE intent SET owner = 3 WHERE id = 1"),
    ("change of 9", "UPDATE intent SET owner = 9 WHERE id = 1"),
    (
        "change of a debt",
        "UPDATE intent SET kind = 1 WHERE id = 1",
    ),
    (
        "change of another run",
        "UPDATE intent SET ordinal = 7 WHERE id = 1",
    ),
    ("number", "UPDATE intent SET id = 0 WHERE id = 1"),
    ("ended", "UPDATE run SET ended = 3 WHERE owner = 1"),
    ("run of a debt", "UPDATE run SET kind = 1 WHERE owner = 1"),
    ("run of nothing", "UPDATE run SET kind = 64 WHERE owner = 1"),
    ("another run", "UPDATE run SET ordinal = 7 WHERE owner = 1"),
    ("no run", "UPDATE run SET ordinal = -1 WHERE owner = 1"),
    (
        "another run of 3",
        "UPDATE run SET owner = 3, ordinal = 7 WHERE owner = 1",
    ),
    ("run of 9", "UPDATE run SET owner = 9 WHERE owner = 1"),
    (
        "run asleep",
        "UPDATE run SET due = 4000000000000, ask = 1 WHERE owner = 1",
    ),
    (
        "run until never",
        "UPDATE run SET due = 9223372036854775807 WHERE owner = 1",
    ),
    ("hash", "UPDATE program SET hash = x'' WHERE id = 1"),
];

/// What an agent says that begins after this damage.
pub fn after(scripted: &Scripted, sound: &[u8], damage: &[(&str, &str)]) -> Vec<String> {
    after_then(scripted, sound, damage, THEN)
}

fn after_then(
    scripted: &Scripted,
    sound: &[u8],
    damage: &[(&str, &str)],
    then: &str,
) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rbk.db");
    fs::write(&path, sound).unwrap();
    let connection = Connection::open(&path).unwrap();
    connection
        .pragma_update(None, "foreign_keys", false)
        .unwrap();
    for (name, sql) in damage {
        let changed = connection.execute(sql, []).unwrap();
        assert!(changed > 0, "there is no record of {name}");
    }
    drop(connection);
    let mut store = open(&path);
    let told = store.anew(scripted, then);
    told.unwrap_or_else(|why| panic!("{:?}: it does not begin: {why}", names(damage)))
}

fn names<'d>(damage: &[(&'d str, &str)]) -> Vec<&'d str> {
    damage.iter().map(|(name, _)| *name).collect()
}

/// A store as the script leaves it.
pub fn written() -> (Scripted, Vec<u8>) {
    written_by("in_flight", SCRIPT)
}

fn written_by(package: &str, script: &str) -> (Scripted, Vec<u8>) {
    let package = format!("tests/store/{package}.rbk");
    let package = fs::read(fixture::root().join(package)).unwrap();
    let scripted = Scripted::read(&[("main.rbk", package.as_slice())], &[], script).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rbk.db");
    let mut store = open(&path);
    store.keep(&scripted.written().unwrap()).unwrap();
    drop(store);
    (scripted, whole(&path))
}

fn whole(path: &Path) -> Vec<u8> {
    let connection = Connection::open(path).unwrap();
    connection
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        .unwrap();
    drop(connection);
    fs::read(path).unwrap()
}

fn any() {
    let (scripted, sound) = written();
    let mut beside: Vec<Vec<(&str, &str)>> = vec![vec![], OTHER.to_vec()];
    beside.extend(OTHER.iter().map(|one| vec![*one]));
    for chosen in 0..1_usize << OWN.len() {
        let own = OWN.iter().enumerate();
        let own = own.filter(|(place, _)| chosen >> place & 1 == 1);
        let own: Vec<_> = own.map(|(_, one)| *one).collect();
        for beside in &beside {
            let damage: Vec<_> = own.iter().chain(beside).copied().collect();
            let told = after(&scripted, &sound, &damage);
            check(&names(&damage), &told);
        }
    }
}

/// One column alone, with what happened and without: the record says what it is of, or the change is unknown.
fn columns() {
    let (scripted, sound) = written();
    let all = COLUMNS.iter();
    for damage in all.flat_map(|one| [vec![*one], vec![*one, OWN[4]]]) {
        let told = after(&scripted, &sound, &damage);
        check(&names(&damage), &told);
    }
}

pub fn check(damage: &[&str], told: &[String]) {
    let place = |what: &str, from: usize| {
        let found = told.iter().skip(from).position(|line| line.contains(what));
        let found = found.map(|place| place + from);
        found.unwrap_or_else(|| panic!("{damage:?}: nothing of {what:?} in {told:#?}"))
    };
    // It is a human's, who is told that nobody knows what became of it.
    let open = place("1 is handed, unknown, unknown is ", 0);
    // It is not over before it is settled, and nothing else is sent to its target.
    let refused = place("refused: nobody knows what became of", open);
    let settled = place("done", refused);
    let sent = place("sent out: exec.run", 0);
    assert!(sent > settled, "{damage:?}: {told:#?}");
    place("resolved by ada", settled);
    assert!(
        !told[settled..]
            .iter()
            .any(|line| line.contains("unknown is")),
        "{damage:?}: {told:#?}"
    );
    // Somebody hears of every record that is damaged; who stopped changes is said where that is asked for.
    // Where the record says what a column does, nothing is lost.
    let silent = [
        "facts",
        "hold",
        "loud",
        "open",
        "loud and open",
        "hash",
        "run until never",
    ];
    if damage.iter().any(|name| !silent.contains(name)) {
        let said = ["is damaged", "cannot be read"];
        let hears = |line: &&String| {
            line.starts_with("told") && said.iter().any(|said| line.contains(said))
        };
        assert!(
            told.iter().any(|line| hears(&line)),
            "{damage:?}: {told:#?}"
        );
    }
}

fn sound() {
    let (scripted, sound) = written();
    let told = after(&scripted, &sound, &[]);
    check(&[], &told);
    assert!(
        !told.iter().any(|line| line.contains("damaged")),
        "{told:#?}"
    );
}

/// What people read, for each record alone.
fn words() {
    let (scripted, sound) = written();
    let mut shown = String::new();
    let facts = OWN[4];
    let all = OWN.iter().chain(&OTHER);
    let waits = (
        "incident that waits",
        "UPDATE incident SET record = x'0202' WHERE id = 2",
    );
    let alone = all.chain([&waits]).map(|one| vec![*one]);
    let without = OWN[..4].iter().chain(&OTHER).map(|one| vec![*one, facts]);
    for damage in alone.chain(without) {
        let told = after(&scripted, &sound, &damage);
        // What people do then is the same in each of them.
        let first = told.iter().take_while(|line| *line != "done");
        let first: Vec<&str> = first.map(String::as_str).collect();
        shown += &format!("## {}\n{}\n\n", names(&damage).join(", "), first.join("\n"));
    }
    insta::with_settings!({prepend_module_to_snapshot => false, snapshot_path => fixture::root().join("tests/store"), omit_expression => true}, {
        insta::assert_snapshot!("in_flight.rbk", shown);
    });
}

/// Two incidents whose runs sleep for an hour: what is wrong with one of them is said by its name, once it is due.
fn asleep() {
    let script = "grant all\nanswer host.named host\nanswer prom.value 500\nat 10s alert Slow service=a\n\
                  at 12s alert Slow service=b\nat 20s end";
    let (scripted, sound) = written_by("asleep", script);
    // The sleep is over a moment after the start, which is an hour after the script began.
    let then = "at 1s ack 9 eve\nat 2s end";
    let mut shown = String::new();
    for (name, sql) in [
        ("nothing", "UPDATE incident SET open = open WHERE id = 1"),
        (
            "incident",
            "UPDATE incident SET record = x'0202' WHERE id = 1",
        ),
        (
            "number of the incident",
            "UPDATE incident SET id = id | (1 << 62) WHERE id = 1",
        ),
        ("no incident", "DELETE FROM incident WHERE id = 1"),
        (
            "alert",
            "UPDATE alert SET record = x'02' WHERE incident = 1",
        ),
        ("run", "UPDATE run SET record = x'0202' WHERE owner = 1"),
        (
            "number of the run",
            "UPDATE run SET ordinal = 7 WHERE owner = 1",
        ),
        (
            "owner of the run",
            "UPDATE run SET owner = 9 WHERE owner = 1",
        ),
        (
            "another owner of the run",
            "UPDATE run SET owner = 2, ordinal = 7 WHERE owner = 1",
        ),
        ("no run", "UPDATE run SET ended = 3 WHERE owner = 1"),
    ] {
        let told = after_then(&scripted, &sound, &[(name, sql)], then);
        // Where its record says which one it is, it stands again.
        if !matches!(name, "nothing" | "number of the incident") {
            assert!(
                told.iter().any(|line| line.starts_with("1 is handed")),
                "{name}: {told:#?}"
            );
        }
        shown += &format!("## {name}\n{}\n\n", told.join("\n"));
    }
    insta::with_settings!({prepend_module_to_snapshot => false, snapshot_path => fixture::root().join("tests/store"), omit_expression => true}, {
        insta::assert_snapshot!("asleep.rbk", shown);
    });
}
