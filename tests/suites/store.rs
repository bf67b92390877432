//! Every store behaves alike, and the one on disk keeps what it acknowledged.
//!
//! The behaviours run over the store in memory, which is the specification, and over the one on
//! disk; by chance both are given the same batches and asked the same. Then the world goes wrong:
//! the process is killed, the disk is full, the file is damaged, somebody else takes it over.

mod alerts;
mod alike;
mod behaviour;
mod bits;
mod counts;
mod crash;
mod damage;
mod disk;
mod in_flight;
mod owner;
mod retain;
mod show;

use std::path::{Path, PathBuf};

use libtest_mimic::Trial;
use rbk::facade::store::{Ask, Batch, Kept, Refusal, Store};
use tempfile::TempDir;

pub use crash::child;

pub fn trials() -> Vec<Trial> {
    let lists = [
        behaviour::trials(),
        alerts::trials(),
        alike::trials(),
        crash::trials(),
        owner::trials(),
        disk::trials(),
        damage::trials(),
        bits::trials(),
        in_flight::trials(),
        retain::trials(),
        show::trials(),
    ];
    lists.into_iter().flatten().collect()
}

/// A store with the folder that it lives in.
struct Bench {
    store: Option<Store>,
    /// None for a store in memory.
    folder: Option<TempDir>,
}

impl Bench {
    fn memory() -> Bench {
        Bench {
            store: Some(Store::memory("fresh")),
            folder: None,
        }
    }

    fn disk() -> Bench {
        let folder = tempfile::tempdir().unwrap();
        let store = open(&folder.path().join("rbk.db"));
        Bench {
            store: Some(store),
            folder: Some(folder),
        }
    }

    fn store(&self) -> &Store {
        self.store.as_ref().unwrap()
    }

    fn commit(&mut self, batch: Batch) {
        self.store.as_mut().unwrap().commit(&batch).unwrap();
    }

    fn refused(&mut self, batch: Batch) -> Refusal {
        self.store.as_mut().unwrap().commit(&batch).unwrap_err()
    }

    /// What is old goes.
    fn retire(&mut self, kept: Kept<'_>, most: usize) -> Vec<String> {
        self.store.as_mut().unwrap().retire(kept, most).unwrap()
    }

    /// The records of an answer, in full.
    fn ask(&self, question: Ask<'_>) -> Vec<String> {
        self.store().ask(question).unwrap()
    }

    /// Their numbers.
    fn numbers(&self, question: Ask<'_>) -> String {
        numbers(self.store(), question)
    }

    /// Closes a store on disk and opens it again.
    fn reopen(&mut self) {
        if let Some(path) = self.path() {
            self.store = None;
            self.store = Some(open(&path));
        }
    }

    fn path(&self) -> Option<PathBuf> {
        Some(self.folder.as_ref()?.path().join("rbk.db"))
    }
}

fn open(path: &Path) -> Store {
    Store::open(path, "fresh").unwrap().0
}

/// The numbers of the records of an answer.
fn numbers(store: &Store, question: Ask<'_>) -> String {
    let lines = store.ask(question).unwrap();
    let numbers = lines.iter().filter_map(|line| line.split(' ').next());
    numbers.collect::<Vec<_>>().join(" ")
}
