//! How the thread that drives the agent is, for whoever asks without waiting for it.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::Tally;
use crate::journal::{Aged, Batch};

/// What the thread has last said of itself.
#[derive(Debug)]
pub struct Status {
    begun: Mutex<Option<Instant>>,
    is_gone: AtomicBool,
    runbooks: AtomicUsize,
    tally: Mutex<Tally>,
}

impl Default for Status {
    fn default() -> Status {
        Status {
            begun: Mutex::new(None),
            is_gone: AtomicBool::new(false),
            runbooks: AtomicUsize::new(0),
            tally: Mutex::default(),
        }
    }
}

impl Status {
    /// A turn begins.
    pub fn begins(&self) {
        *self.begun.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    /// The turn has ended: the thread waits for something to do.
    pub fn rests(&self, runbooks: usize) {
        self.runbooks.store(runbooks, Ordering::Relaxed);
        *self.begun.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// The thread has ended.
    pub fn ends(&self) {
        self.is_gone.store(true, Ordering::Relaxed);
    }

    /// Whether the thread has ended.
    pub fn is_gone(&self) -> bool {
        self.is_gone.load(Ordering::Relaxed)
    }

    /// For how long the turn has lasted that it is in.
    pub fn busy(&self) -> Duration {
        let begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        begun.map_or(Duration::ZERO, |begun| begun.elapsed())
    }

    /// What the store holds at the start.
    pub fn holds(&self, tally: Tally) {
        *self.tally.lock().unwrap_or_else(PoisonError::into_inner) = tally;
    }

    /// A batch has become durable, in this time.
    pub fn commits(&self, batch: &Batch, took: Duration) {
        let mut tally = self.tally.lock().unwrap_or_else(PoisonError::into_inner);
        tally.batch(batch, took);
    }

    /// So many records of a kind were old and are gone.
    pub fn retires(&self, kind: Aged, gone: u64) {
        let mut tally = self.tally.lock().unwrap_or_else(PoisonError::into_inner);
        *tally.retired.entry(kind).or_default() += gone;
    }

    /// Looks at the counts.
    pub fn tally(&self, look: impl FnOnce(&Tally)) {
        look(&self.tally.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// How many runbooks are at work.
    pub fn runbooks(&self) -> usize {
        self.runbooks.load(Ordering::Relaxed)
    }
}
