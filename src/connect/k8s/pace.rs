//! How fast a cluster is asked at most: what client-go allows itself, so that a server under load does not turn the
//! agent away first.

use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::{Instant, sleep_until};

/// One request each so often.
const EVERY: Duration = Duration::from_millis(200);
/// So many at once.
const AT_ONCE: u32 = 10;

/// When the next request may be sent.
pub struct Pace {
    /// When all places are free again.
    free: Mutex<Option<Instant>>,
}

impl Pace {
    pub fn new() -> Pace {
        Pace {
            free: Mutex::new(None),
        }
    }

    /// Waits for a place; false if there is none before the deadline.
    pub async fn place(&self, deadline: Instant) -> bool {
        let now = Instant::now();
        let begin = {
            let mut free = self.free.lock().await;
            let last = free.unwrap_or(now).max(now);
            let begin = last
                .checked_sub(EVERY * (AT_ONCE - 1))
                .map_or(now, |begin| begin.max(now));
            if begin > deadline {
                return false;
            }
            *free = Some(last + EVERY);
            begin
        };
        sleep_until(begin).await;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ten go at once, the next ones one by one, and none that would be late.
    #[tokio::test]
    async fn requests_are_paced() {
        let (pace, begun) = (Pace::new(), Instant::now());
        let deadline = begun + Duration::from_millis(500);
        for _ in 0..AT_ONCE {
            assert!(pace.place(deadline).await);
        }
        assert!(begun.elapsed() < EVERY);
        assert!(pace.place(deadline).await);
        assert!(begun.elapsed() >= EVERY);
        assert!(pace.place(deadline).await);
        assert!(!pace.place(deadline).await);
    }
}
