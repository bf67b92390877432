//! How much work the front end does, counted in a test build: it must not grow faster than the text.
//!
//! A step is a node that is looked at, or an entry that is copied. No clock is asked, so that a test
//! gives the same answer on every machine. Without the cargo feature `harness` nothing is counted.

/// Counts so many steps.
#[cfg(not(feature = "harness"))]
#[inline(always)]
pub const fn count(_steps: usize) {}

#[cfg(feature = "harness")]
mod counting {
    use std::cell::Cell;

    thread_local! {
        static STEPS: Cell<u64> = const { Cell::new(0) };
    }

    /// Counts so many steps.
    pub fn count(steps: usize) {
        STEPS.set(STEPS.get().saturating_add(steps as u64));
    }

    /// The steps that `work` takes on this thread.
    pub fn counted<T>(work: impl FnOnce() -> T) -> (T, u64) {
        let before = STEPS.get();
        let answer = work();
        (answer, STEPS.get().saturating_sub(before))
    }
}

#[cfg(feature = "harness")]
pub use counting::{count, counted};
