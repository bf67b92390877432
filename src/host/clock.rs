//! The one clock. It shows the wall's time and never runs backwards.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::value::Time;

/// The clock of one agent.
#[derive(Debug, Default)]
pub struct Clock {
    latest: AtomicI64,
}

impl Clock {
    /// Now. When the machine's clock is set back, it stands still until that has caught up.
    pub fn now(&self) -> Time {
        let wall = match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(since) => i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
            Err(_) => 0,
        };
        let latest = self.latest.fetch_max(wall, Ordering::Relaxed).max(wall);
        Time::from_millis(latest).unwrap_or_default()
    }
}
