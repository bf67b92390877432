//! A line on a terminal that says how far a long run is.
//!
//! In: the steps of a run. Out: from a second on, one line on the error output, written over itself, and taken away at
//! the end. What is no terminal gets nothing.

use std::io::{self, IsTerminal, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::testing::{Progress, Step};

use super::terminal::{Terminal, in_a_line};

/// How long a run takes before anybody is told.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long a line stays at least.
const PAUSE: Duration = Duration::from_millis(100);

/// A line that may stand on the terminal; it is taken away when this is dropped.
pub struct Shown(Arc<Mutex<State>>);

struct State {
    width: usize,
    /// When the next line may be written.
    next: Instant,
    is_shown: bool,
}

/// Shows how far a run is that begins now.
pub fn show(terminal: &Terminal) -> (Shown, Progress) {
    let state = Arc::new(Mutex::new(State {
        width: terminal.error_look().width,
        next: Instant::now() + PATIENCE,
        is_shown: false,
    }));
    let progress = match io::stderr().is_terminal() {
        true => {
            let state = Arc::clone(&state);
            Progress::to(move |step| {
                let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
                state.step(step, Instant::now());
            })
        }
        false => Progress::default(),
    };
    (Shown(state), progress)
}

/// When the turn of each test came, by the wall clock.
#[derive(Clone, Default)]
pub struct Stopwatch(Arc<Mutex<Vec<Instant>>>);

impl Stopwatch {
    /// Looks at the clock at each step, before `progress` is told.
    pub fn before(&self, progress: Progress) -> Progress {
        let seen = Arc::clone(&self.0);
        Progress::to(move |step| {
            let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
            seen.push(Instant::now());
            progress.tell(step);
        })
    }

    /// How long each test took, in their order.
    pub fn laps(&self) -> Vec<Duration> {
        let seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.windows(2).map(|pair| pair[1] - pair[0]).collect()
    }
}

impl State {
    fn step(&mut self, step: Step<'_>, now: Instant) {
        if now < self.next {
            return;
        }
        self.next = now + PAUSE;
        self.is_shown = true;
        // Nothing hangs on it.
        let _ = write!(io::stderr(), "\r\x1b[2K{}", line(step, self.width));
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if std::mem::take(&mut state.is_shown) {
            // Nothing hangs on it.
            let _ = write!(io::stderr(), "\r\x1b[2K");
        }
    }
}

/// `12 of 40 tests, run 7 of rollback: a bad deploy is rolled back`, in one line that fits.
fn line(step: Step<'_>, width: usize) -> String {
    let Step {
        done,
        all,
        name,
        runs,
    } = step;
    let name = in_a_line(name);
    let text = match runs {
        0 if name.is_empty() => format!("{done} of {all} tests"),
        0 => format!("{done} of {all} tests, now {name}"),
        runs => format!("{done} of {all} tests, run {runs} of {name}"),
    };
    // The last column stays free: some terminals go on in the next line there.
    let room = width.saturating_sub(1);
    match text.chars().count() <= room {
        true => text,
        false => {
            let kept = text.chars().take(room.saturating_sub(3));
            kept.chain("...".chars()).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(name: &str, runs: usize) -> Step<'_> {
        Step {
            done: 12,
            all: 40,
            name,
            runs,
        }
    }

    #[test]
    fn a_line_says_how_far_it_is() {
        let plain = line(step("stuck: heals [hot]", 0), 80);
        assert_eq!(plain, "12 of 40 tests, now stuck: heals [hot]");
        let faulted = line(step("stuck: heals", 7), 80);
        assert_eq!(faulted, "12 of 40 tests, run 7 of stuck: heals");
        assert_eq!(line(step("", 0), 80), "12 of 40 tests");
    }

    #[test]
    fn a_line_fits_and_stays_one() {
        let long = line(step(&"x".repeat(200), 0), 40);
        assert_eq!(long.chars().count(), 39);
        assert!(long.ends_with("..."));
        let hostile = line(step("a\u{1b}[2J\nb", 0), 80);
        assert!(!hostile.contains(['\u{1b}', '\n']), "{hostile:?}");
    }
}
