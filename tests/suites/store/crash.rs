//! The process is killed at any moment: what it acknowledged is there, and no batch is there in part.
//!
//! The test binary starts itself as the process that is killed.

use std::env;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use libtest_mimic::Trial;
use rbk::facade::store::{Ask, Batch, Store};

use super::{numbers, open};
use crate::harness::fixture::trial;
use crate::harness::random::Random;

/// Tells the test binary to be the process that writes, and where.
const WRITE: &str = "RBK_TEST_STORE_WRITES";

/// How often it is killed.
const KILLS: usize = 25;

/// How many records of its batch's number each batch has beside its event.
const COPIES: u64 = 6;

pub fn trials() -> Vec<Trial> {
    vec![trial("store/crash/killed", killed)]
}

/// What the test binary does instead of testing if it was started to write: commits numbered
/// batches for ever, and says each number once it is acknowledged. Says whether it was.
pub fn child() -> bool {
    let Some(path) = env::var_os(WRITE) else {
        return false;
    };
    let mut store = open(Path::new(&path));
    let mut number = newest_event(&store);
    let mut out = std::io::stdout();
    writeln!(out, "{number}").unwrap();
    loop {
        number += 1;
        store.commit(&numbered(number)).unwrap();
        writeln!(out, "{number}").unwrap();
        out.flush().unwrap();
    }
}

/// Starts the process that writes; it owns the store once it has said a number.
pub fn start(path: &Path) -> (Child, impl Iterator<Item = u64>) {
    let mut writer = Command::new(env::current_exe().unwrap())
        .env(WRITE, path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let said = BufReader::new(writer.stdout.take().unwrap());
    // The last line may be cut off.
    let said = said.lines().map_while(|line| line.ok()?.parse().ok());
    (writer, said)
}

fn killed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rbk.db");
    let mut random = Random::new(7);
    let mut acknowledged = 0;
    for _ in 0..KILLS {
        let (mut writer, mut said) = start(&path);
        // Now and then it is killed while it opens the store.
        if !random.one_in(4) {
            let first = said.next().unwrap();
            assert!(first >= acknowledged, "{acknowledged} is lost");
        }
        thread::sleep(Duration::from_micros(random.below(30_000) as u64));
        writer.kill().unwrap();
        writer.wait().unwrap();
        acknowledged = said.last().unwrap_or(0).max(acknowledged);
    }
    assert!(acknowledged > 0, "nothing was ever acknowledged");
    // A number is cut off at most at its end, so that what is read is at most what was said.
    let store = open(&path);
    let newest = newest_event(&store);
    assert!(newest >= acknowledged, "{acknowledged} is lost");
    let all = |count| (1..=count).rev().map(|number: u64| number.to_string());
    let expected = all(newest).collect::<Vec<_>>().join(" ");
    assert_eq!(numbers(&store, Ask::Events("a", 0)), expected);
    for number in 1..=newest {
        let entries = store.ask(Ask::Timeline(number, 0)).unwrap();
        assert_eq!(
            entries.len() as u64,
            COPIES,
            "batch {number} is there in part"
        );
        let state = &store.ask(Ask::Run(number, 0)).unwrap()[0];
        assert!(state.contains("ended: true"), "batch {number} has no end");
    }
    assert!(store.ask(Ask::Timeline(newest + 1, 0)).unwrap().is_empty());
}

/// A batch whose every record has its number, the event first and the run last.
fn numbered(number: u64) -> Batch {
    let mut batch = Batch::new().event(number, 0, "a");
    for entry in 0..COPIES {
        batch = batch.entry(number, entry);
    }
    let state = vec![number as u8; (number as usize * 97) % 20_000];
    batch.run(number, 0, &state, true)
}

fn newest_event(store: &Store) -> u64 {
    let newest = store.ask(Ask::Newest).unwrap().remove(0);
    let number = newest.split(&[' ', ','][..]).nth(3).unwrap();
    number.parse().unwrap()
}
