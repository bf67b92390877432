//! One agent owns a store; others are refused or may look.

use std::os::unix::fs::{MetadataExt as _, PermissionsExt, symlink};
use std::path::Path;
use std::{fs, process};

use libtest_mimic::Trial;
use rbk::facade::store::{Ask, Batch, Store};
use rusqlite::Connection;

use super::{crash, numbers, open};
use crate::harness::fixture::trial;

const TRIALS: &[(&str, fn())] = &[
    ("a second agent is refused", second),
    ("another process is refused and named", other_process),
    ("a link leads to the same lock", link),
    (
        "another name of the file leads to the same lock",
        other_name,
    ),
    ("the lock goes with its owner", released),
    ("a stolen store is noticed", stolen),
    ("a replaced file is noticed", replaced),
    (
        "a log that is gone is noticed, and nothing is lost",
        without_log,
    ),
    ("the name stays and the epoch rises", name),
    ("somebody may look meanwhile", look),
    ("a look needs a store", look_at_nothing),
    ("nobody else reads the file", private),
];

pub fn trials() -> Vec<Trial> {
    let trials = TRIALS.iter();
    trials
        .map(|&(name, run)| trial(format!("store/owner/{name}"), run))
        .collect()
}

fn second() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rbk.db");
    let mut first = open(&path);
    let refusal = Store::open(&path, "x").err().unwrap();
    assert_eq!(refusal.kind, "taken");
    let id = process::id();
    assert!(
        refusal
            .why
            .contains(&format!("process {id} holds its lock")),
        "{}",
        refusal.why
    );
    first.commit(&Batch::new().event(1, 1, "a")).unwrap();
    assert_eq!(numbers(&first, Ask::Events("a", 0)), "1");
}

fn other_process() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rbk.db");
    let (mut writer, mut said) = crash::start(&path);
    said.next().unwrap();
    let refusal = Store::open(&path, "x").err().unwrap();
    let before = said.next().unwrap();
    writer.kill().unwrap();
    writer.wait().unwrap();
    assert_eq!(refusal.kind, "taken");
    let id = format!("process {} ", writer.id());
    assert!(refusal.why.contains(&id), "{}", refusal.why);
    let events = open(&path).ask(Ask::Events("a", 0)).unwrap();
    assert!(events.len() as u64 >= before, "the first could not go on");
}

fn link() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rbk.db");
    let _first = open(&path);
    let link = folder.path().join("link.db");
    symlink(&path, &link).unwrap();
    assert_eq!(Store::open(&link, "x").err().unwrap().kind, "taken");
}

fn other_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rbk.db");
    let first = open(&path);
    let elsewhere = tempfile::tempdir_in(folder.path()).unwrap();
    let other = elsewhere.path().join("other.db");
    fs::hard_link(&path, &other).unwrap();
    let locks = locks_on(&path);
    assert_ne!(locks, 0);
    let refusal = Store::open(&other, "x").err().unwrap();
    assert_eq!(refusal.kind, "taken");
    assert!(refusal.why.contains("another name"), "{}", refusal.why);
    // The first one keeps what SQLite has locked for it.
    assert_eq!(locks_on(&path), locks);
    drop(first);
    drop(open(&other));
    open(&path);
}

/// How many locks of byte ranges this process has on a file.
fn locks_on(path: &Path) -> usize {
    let (own, file) = (process::id(), fs::metadata(path).unwrap().ino());
    let locks = fs::read_to_string("/proc/locks").unwrap();
    let held = locks.lines().filter(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let of = |at: usize, text: String| words.get(at).is_some_and(|word| word.ends_with(&text));
        of(1, "POSIX".to_owned()) && of(4, own.to_string()) && of(5, format!(":{file}"))
    });
    held.count()
}

fn released() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rbk.db");
    drop(open(&path));
    assert!(folder.path().join("rbk.db.lock").exists());
    drop(open(&path));
}

fn stolen() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rbk.db");
    let mut first = open(&path);
    first.commit(&Batch::new().event(1, 1, "a")).unwrap();
    // Without the file beside it, it is locked all the same.
    fs::remove_file(folder.path().join("rbk.db.lock")).unwrap();
    let refusal = Store::open(&path, "x").err().unwrap();
    assert_eq!(refusal.kind, "taken");
    // Where locks hold nothing, somebody else may have begun.
    let other = Connection::open(&path).unwrap();
    let risen = other.execute("UPDATE meta SET epoch = epoch + 1", []);
    assert_eq!(risen.unwrap(), 1);
    drop(other);
    let refusal = first.commit(&Batch::new().event(2, 1, "a")).unwrap_err();
    assert_eq!(refusal.kind, "superseded");
    assert!(refusal.why.contains("epoch 2"), "{}", refusal.why);
    // From here on it knows nothing.
    assert_eq!(first.ask(Ask::Events("a", 0)).unwrap_err().kind, "failed");
    assert_eq!(first.commit(&Batch::new()).unwrap_err().kind, "failed");
    drop(first);
    let mut second = open(&path);
    second.commit(&Batch::new().event(3, 1, "a")).unwrap();
    assert_eq!(numbers(&second, Ask::Events("a", 0)), "3 1");
}

fn replaced() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rbk.db");
    let mut store = open(&path);
    fs::rename(&path, folder.path().join("moved.db")).unwrap();
    let refusal = store.commit(&Batch::new().event(1, 1, "a")).unwrap_err();
    assert!(
        refusal.why.ends_with("was moved, deleted or replaced"),
        "{}",
        refusal.why
    );
}

fn without_log() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rbk.db");
    let mut store = open(&path);
    store.commit(&Batch::new().event(1, 1, "a")).unwrap();
    fs::remove_file(folder.path().join("rbk.db-wal")).unwrap();
    let refusal = store.commit(&Batch::new().event(2, 1, "a")).unwrap_err();
    assert!(
        refusal
            .why
            .ends_with("rbk.db-wal was moved, deleted or replaced"),
        "{}",
        refusal.why
    );
    drop(store);
    assert_eq!(numbers(&open(&path), Ask::Events("a", 0)), "1");
}

fn name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rbk.db");
    for (fresh, expected) in [("one", 1), ("two", 2), ("three", 3)] {
        let (store, epoch) = Store::open(&path, fresh).unwrap();
        assert_eq!(epoch, expected);
        assert_eq!(store.ask(Ask::Name).unwrap(), ["one"]);
    }
}

fn look() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rbk.db");
    let mut owner = open(&path);
    owner.commit(&Batch::new().event(1, 1, "a")).unwrap();
    let mut looker = Store::read(&path).unwrap();
    assert_eq!(numbers(&looker, Ask::Events("a", 0)), "1");
    owner.commit(&Batch::new().event(2, 1, "a")).unwrap();
    assert_eq!(numbers(&looker, Ask::Events("a", 0)), "2 1");
    let refusal = looker.commit(&Batch::new().event(3, 1, "a")).unwrap_err();
    assert_eq!(refusal.kind, "read_only");
    // A look from the same process must not cost the owner its locks.
    drop(Store::read(&path).unwrap());
    owner.commit(&Batch::new().event(3, 1, "a")).unwrap();
    drop(owner);
    let looker = Store::read(&path).unwrap();
    assert_eq!(numbers(&looker, Ask::Events("a", 0)), "3 2 1");
}

fn look_at_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rbk.db");
    let refusal = Store::read(&path).err().unwrap();
    assert!(refusal.why.contains("cannot be opened"), "{}", refusal.why);
    assert!(!path.exists(), "a look made a file");
    fs::write(&path, "").unwrap();
    let refusal = Store::read(&path).err().unwrap();
    assert!(
        refusal.why.contains("no agent has used it"),
        "{}",
        refusal.why
    );
    let refusal = Store::open(&folder.path().join("no/rbk.db"), "x");
    assert_eq!(refusal.err().unwrap().kind, "failed");
    let other = folder.path().join("other.db");
    let made = Connection::open(&other).unwrap();
    made.execute_batch("CREATE TABLE t (x)").unwrap();
    let refusal = Store::open(&other, "x").err().unwrap();
    assert_eq!(refusal.kind, "corrupt");
    assert!(refusal.why.contains("another program"), "{}", refusal.why);
}

fn private() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rbk.db");
    let _store = open(&path);
    for file in fs::read_dir(folder.path()).unwrap() {
        let file = file.unwrap();
        let mode = file.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{:?} is open to others", file.path());
    }
}
