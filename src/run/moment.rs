//! Points in time, computed without ever leaving the calendar.

use crate::value::{Duration, Time};

/// So much later; the last moment there is when that would be past it.
pub fn after(time: Time, duration: Duration) -> Time {
    let millis = time.millis().saturating_add(duration.millis());
    Time::from_millis(millis).unwrap_or(time)
}

/// So much earlier; the first moment there is when that would be before it.
pub fn before(time: Time, duration: Duration) -> Time {
    let millis = time.millis().saturating_sub(duration.millis());
    Time::from_millis(millis).unwrap_or(time)
}

/// Both together.
pub fn longer(duration: Duration, by: Duration) -> Duration {
    Duration::from_millis(duration.millis().saturating_add(by.millis()))
}

/// How much time has passed.
pub fn since(start: Time, now: Time) -> Duration {
    Duration::from_millis(now.millis().saturating_sub(start.millis()))
}
