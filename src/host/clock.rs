//! The one clock: the wall's time, advanced by a clock that nobody sets.
//!
//! Lengths pass as the machine counts them. Where somebody sets the wall clock, the agent's time goes
//! on as before; a step is believed once it has lasted for a while, and then taken over at once. What is
//! set and set back a moment later is nothing.

use std::sync::Mutex;
use std::time::{SystemTime, UNIX_EPOCH};

use rustix::time::{ClockId, clock_gettime};
use smol_str::SmolStr;

use crate::journal::Stamp;
use crate::value::{Duration, Time};

/// A difference that is no step: clocks are slewed all the time.
const SLACK: i64 = 1_000;
/// How long a step has to last before it is believed.
const BELIEVED: i64 = 10_000;

/// The clock of one agent.
#[derive(Debug)]
pub struct Clock {
    anchor: Mutex<Anchor>,
    /// Which start of the machine this is, where it says so.
    boot: SmolStr,
}

impl Default for Clock {
    fn default() -> Clock {
        Clock {
            anchor: Mutex::new(Anchor::new(mono(), wall())),
            boot: boot(),
        }
    }
}

impl Clock {
    /// Now.
    pub fn now(&self) -> Time {
        Time::from_millis(self.locked().now(mono())).unwrap_or_default()
    }

    /// What a batch that was decided at this time is stamped with.
    pub fn stamp(&self, at: Time) -> Stamp {
        Stamp {
            at,
            mono: Duration::from_millis(mono()),
            boot: self.boot.clone(),
        }
    }

    /// Compares the agent's time with the wall's, which has to be done about once a second. A step
    /// that is believed is taken over, and returned.
    pub fn look(&self) -> Option<Duration> {
        let by = self.locked().look(mono(), wall())?;
        Some(Duration::from_millis(by))
    }

    /// How far the clock was set since a batch was written that has this stamp, while nobody looked. After
    /// another start of the machine only a clock that lies before it is known to have been set.
    pub fn missed(&self, last: &Stamp) -> Option<Duration> {
        let now = self.now().millis();
        let passed = (last.boot == self.boot && !self.boot.is_empty())
            .then(|| mono().saturating_sub(last.mono.millis()));
        set_by(last.at.millis(), passed, now)
    }

    fn locked(&self) -> std::sync::MutexGuard<'_, Anchor> {
        // Three numbers are never half-written.
        let locked = self.anchor.lock();
        locked.unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// How far a clock was set that showed `last` so long ago, if that is known.
fn set_by(last: i64, passed: Option<i64>, now: i64) -> Option<Duration> {
    let expected = match passed {
        Some(passed) => last.saturating_add(passed.max(0)),
        None => last,
    };
    let by = now.saturating_sub(expected);
    let is_known = passed.is_some() || by < 0;
    // More exactly nobody knows it.
    let seconds = (by as f64 / 1_000.0).round() as i64;
    (is_known && by.abs() > SLACK).then_some(Duration::from_millis(seconds * 1_000))
}

/// What the time of the agent hangs on; all in milliseconds.
#[derive(Debug)]
struct Anchor {
    mono: i64,
    wall: i64,
    /// How far the wall is away, and since when.
    away: Option<(i64, i64)>,
}

impl Anchor {
    fn new(mono: i64, wall: i64) -> Anchor {
        Anchor {
            mono,
            wall,
            away: None,
        }
    }

    fn now(&self, mono: i64) -> i64 {
        let passed = mono.saturating_sub(self.mono).max(0);
        self.wall.saturating_add(passed)
    }

    fn look(&mut self, mono: i64, wall: i64) -> Option<i64> {
        let by = wall.saturating_sub(self.now(mono));
        if by.abs() <= SLACK {
            // What was slewed is followed, but never backwards.
            if by > 0 {
                self.wall = self.wall.saturating_add(by);
            }
            self.away = None;
            return None;
        }
        match self.away {
            Some((far, since)) if by.abs_diff(far) <= SLACK.unsigned_abs() => {
                if mono.saturating_sub(since) < BELIEVED {
                    return None;
                }
                *self = Anchor::new(mono, wall);
                Some(by)
            }
            Some(_) | None => {
                self.away = Some((by, mono));
                None
            }
        }
    }
}

fn wall() -> i64 {
    match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
        Err(_) => 0,
    }
}

/// Goes on while the machine sleeps, where there is such a clock.
fn mono() -> i64 {
    #[cfg(target_os = "linux")]
    let now = clock_gettime(ClockId::Boottime);
    #[cfg(not(target_os = "linux"))]
    let now = clock_gettime(ClockId::Monotonic);
    now.tv_sec
        .saturating_mul(1_000)
        .saturating_add(now.tv_nsec / 1_000_000)
}

/// What Linux calls this start of the machine; empty elsewhere.
fn boot() -> SmolStr {
    let read = std::fs::read_to_string("/proc/sys/kernel/random/boot_id");
    read.map(|id| id.trim().into()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{Anchor, set_by};
    use crate::value::Duration;

    #[test]
    fn what_was_set_while_nobody_looked() {
        let hour = 3_600_000;
        let by = |last, passed, now| set_by(last, passed, now).map(Duration::millis);
        // An hour without an agent, and nothing else.
        assert_eq!(by(5 * hour, Some(hour), 6 * hour + 900), None);
        assert_eq!(by(5 * hour, Some(hour), 4 * hour), Some(-2 * hour));
        assert_eq!(by(5 * hour, Some(hour), 8 * hour), Some(2 * hour));
        // The machine was started anew: what lies ahead is taken for time without an agent.
        assert_eq!(by(5 * hour, None, 9 * hour), None);
        assert_eq!(by(5 * hour, None, 3 * hour), Some(-2 * hour));
    }

    /// What was believed, looking once a second while the wall is away as the seconds say.
    fn believed(away: &[i64]) -> (Vec<(usize, i64)>, i64) {
        let mut anchor = Anchor::new(0, 1_000_000);
        let mut all = Vec::new();
        let mut taken = 0;
        for (second, by) in away.iter().enumerate() {
            let mono = second as i64 * 1_000;
            if let Some(by) = anchor.look(mono, 1_000_000 + mono + by) {
                all.push((second, by));
                taken += by;
            }
            assert_eq!(anchor.now(mono), 1_000_000 + mono + taken, "{second}");
        }
        (all, taken)
    }

    #[test]
    fn a_blip_is_nothing() {
        let mut away = vec![0; 5];
        away.extend([7_200_000; 3]);
        away.extend([0; 60]);
        assert_eq!(believed(&away), (vec![], 0));
    }

    #[test]
    fn what_lasts_is_believed_once() {
        for by in [7_200_000, -7_200_000, 1_500] {
            let mut away = vec![0; 5];
            away.extend([by; 30]);
            assert_eq!(believed(&away), (vec![(15, by)], by));
        }
    }

    #[test]
    fn a_step_that_goes_on_moving_begins_anew() {
        let mut away = vec![7_200_000; 6];
        away.extend([3_600_000; 30]);
        assert_eq!(believed(&away), (vec![(16, 3_600_000)], 3_600_000));
    }
}
