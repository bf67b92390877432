//! CPU time of one thread, which neighbours on the machine do not move much; with the allocator that the product has.

use std::hint::black_box;

use rustix::time::{ClockId, clock_gettime};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The least CPU time of several rounds, in nanoseconds.
pub fn best<T>(rounds: usize, mut work: impl FnMut() -> T) -> u64 {
    let once = |_| {
        let start = now();
        black_box(work());
        now() - start
    };
    (0..rounds).map(once).min().unwrap_or_default()
}

/// CPU time of this thread so far, in nanoseconds.
fn now() -> u64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}
