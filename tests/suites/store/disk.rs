//! The disk is full, or may not be written to; and how much of it a run takes.
//!
//! As root a small file system is mounted for it; elsewhere a right is taken away, and what cannot
//! be tried is said.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use libtest_mimic::Trial;
use rbk::facade::store::{Ask, Batch, Store};
use rusqlite::Connection;

use super::{numbers, open};
use crate::harness::fixture::trial;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("store/disk is full", full),
        trial("store/disk is full at the opening", full_at_first),
        trial("store/file is read-only", read_only_file),
        trial("store/folder is read-only", read_only_folder),
        trial("store/a sleeping run is small", small),
    ]
}

/// A file system of its own, unmounted in the end.
struct Mounted(tempfile::TempDir);

impl Mounted {
    /// None, with a word, where nobody may mount anything.
    fn new() -> Option<Mounted> {
        let folder = tempfile::tempdir().unwrap();
        let mounted = mount(&["-t", "tmpfs", "-o", "size=1m", "tmpfs"], folder.path());
        if !mounted {
            eprintln!("(not tried: mounting is not permitted here)");
        }
        mounted.then(|| Mounted(folder))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        unmount(self.path());
    }
}

fn unmount(folder: &Path) {
    let done = Command::new("umount").arg("-l").arg(folder).status();
    drop(done);
}

fn mount(arguments: &[&str], folder: &Path) -> bool {
    let mut command = Command::new("mount");
    let done = command.args(arguments).arg(folder).output();
    done.is_ok_and(|done| done.status.success())
}

fn full() {
    let Some(disk) = Mounted::new() else { return };
    let path = disk.path().join("rbk.db");
    let ballast = disk.path().join("ballast");
    fs::write(&ballast, vec![0; 200_000]).unwrap();
    let mut store = open(&path);
    let state = vec![7; 10_000];
    let mut acknowledged = 0;
    let refusal = loop {
        let next = acknowledged + 1;
        let batch = Batch::new().event(next, 1, "a").run(next, 0, &state, false);
        match store.commit(&batch) {
            Ok(()) => acknowledged = next,
            Err(refusal) => break refusal,
        }
        assert!(acknowledged < 1_000, "the disk is never full");
    };
    assert_eq!(refusal.kind, "full", "{}", refusal.why);
    assert_eq!(store.ask(Ask::LiveRuns).unwrap_err().kind, "failed");
    drop(store);
    fs::remove_file(&ballast).unwrap();
    let mut store = open(&path);
    let expected: Vec<String> = (1..=acknowledged).rev().map(|id| id.to_string()).collect();
    assert_eq!(numbers(&store, Ask::Events("a", 0)), expected.join(" "));
    assert_eq!(store.ask(Ask::LiveRuns).unwrap().len(), expected.len());
    store
        .commit(&Batch::new().event(acknowledged + 1, 1, "a"))
        .unwrap();
}

fn full_at_first() {
    let Some(disk) = Mounted::new() else { return };
    let path = disk.path().join("rbk.db");
    drop(open(&path));
    let ballast = disk.path().join("ballast");
    let written = fs::write(&ballast, vec![0; 2_000_000]);
    assert!(written.is_err(), "the disk has room for everything");
    let refusal = Store::open(&path, "x").err().unwrap();
    assert_eq!(refusal.kind, "full", "{}", refusal.why);
    fs::remove_file(&ballast).unwrap();
    drop(open(&path));
}

fn read_only_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rbk.db");
    drop(open(&path));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).unwrap();
    // Root may write to every file, but not through a mount that is read-only.
    let bound = mount(&["--bind", path.to_str().unwrap()], &path)
        && mount(&["-o", "remount,ro,bind"], &path);
    let opened = Store::open(&path, "x");
    let looked = Store::read(&path);
    if bound {
        unmount(&path);
    }
    match opened {
        Err(refusal) => assert_eq!(refusal.kind, "read_only", "{}", refusal.why),
        Ok(_) => {
            assert!(!bound, "a file that may not be written to was opened");
            eprintln!("(not tried: this user may write to every file)");
        }
    }
    drop(looked.unwrap());
}

fn read_only_folder() {
    let mounted = Mounted::new();
    let plain = tempfile::tempdir().unwrap();
    let folder = mounted.as_ref().map_or(plain.path(), Mounted::path);
    let path = folder.join("rbk.db");
    let mut store = open(&path);
    store.commit(&Batch::new().event(1, 1, "a")).unwrap();
    drop(store);
    match &mounted {
        Some(_) => assert!(mount(&["-o", "remount,ro"], folder), "no remount"),
        None => fs::set_permissions(folder, fs::Permissions::from_mode(0o500)).unwrap(),
    }
    let refusal = Store::open(&path, "x").err();
    let fresh = Store::open(&folder.join("fresh.db"), "x").err();
    let seen = Store::read(&path).map(|store| numbers(&store, Ask::Events("a", 0)));
    if mounted.is_none() {
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).unwrap();
    }
    assert_eq!(fresh.unwrap().kind, "read_only");
    assert_eq!(seen.unwrap(), "1");
    if mounted.is_some() {
        assert_eq!(refusal.unwrap().kind, "read_only");
    }
}

fn small() {
    const RUNS: u64 = 2_000;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rbk.db");
    let mut store = open(&path);
    let mut batch = Batch::new();
    for id in 1..=RUNS {
        batch = batch.run(id, 0, &[], false);
    }
    store.commit(&batch).unwrap();
    drop(store);
    let size = fs::metadata(&path).unwrap().len() / RUNS;
    assert!(size <= 500, "a sleeping run takes {size} bytes");
    eprintln!("(a sleeping run takes {size} bytes beside its state)");
    let connection = Connection::open(&path).unwrap();
    let plan = "EXPLAIN QUERY PLAN SELECT kind, owner, ordinal, record FROM run \
                WHERE ended <> 3 ORDER BY kind, owner, ordinal";
    let plan: String = connection.query_row(plan, [], |row| row.get(3)).unwrap();
    assert!(plan.contains("run_live"), "{plan}");
}
