//! Waiting: for something to come true, with a deadline that a busy machine keeps.

use std::thread;
use std::time::{Duration, Instant};

/// How long anything may take.
const DEADLINE: Duration = Duration::from_secs(120);
const BETWEEN: Duration = Duration::from_millis(50);

/// Asks until there is an answer. When the time is over, fails with what was waited for and what `state`
/// says.
pub fn until<T>(
    what: &str,
    mut ask: impl FnMut() -> Option<T>,
    state: impl FnOnce() -> String,
) -> T {
    let start = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(
            start.elapsed() < DEADLINE,
            "waited {}s in vain: {what}\n{}",
            DEADLINE.as_secs(),
            state()
        );
        thread::sleep(BETWEEN);
    }
}

/// Asks for as long as `time` says, and fails as soon as the answer is no: that something does not
/// happen is seen in no other way.
pub fn stays(what: &str, time: Duration, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while start.elapsed() < time {
        assert!(holds(), "no longer so: {what}");
        thread::sleep(BETWEEN);
    }
}
