//! The timeline of a test: one line per thing that happened, polls that say the same put together.

use super::Moment;
use super::case::Case;
use super::entry;
use super::record::{Happened, Record};
use super::source;
use crate::run::Event;
use crate::run::words;
use crate::value::{Duration, Time};

/// The whole timeline.
pub fn timeline(case: &Case<'_>, record: &Record) -> Vec<Moment> {
    let mut lines = Lines {
        record,
        moments: Vec::new(),
        seen: Vec::new(),
        polls: None,
        verifying: false,
    };
    for (at, happened) in &record.entries {
        lines.add(case, *at, happened);
    }
    lines.moments
}

struct Lines<'r> {
    record: &'r Record,
    moments: Vec<Moment>,
    /// What the poll under way has seen.
    seen: Vec<String>,
    /// Polls that said the same, since the first of them.
    polls: Option<Polls>,
    verifying: bool,
}

struct Polls {
    first: i64,
    last: i64,
    text: String,
    count: u32,
}

impl Lines<'_> {
    fn add(&mut self, case: &Case<'_>, at: Time, happened: &Happened) {
        let at_millis = at.millis() - self.record.opened.millis();
        match happened {
            Happened::Run(Event::Entered(state)) => {
                self.verifying = *state == crate::run::State::Verifying;
            }
            Happened::Observed { call, outcome } if self.verifying => {
                let seen = words::observed(&entry::Written(case), outcome);
                self.seen
                    .push(format!("{} -> {seen}", source::call(case, call, at)));
                return;
            }
            // Already shown, if it was an observation that failed.
            Happened::Run(Event::Unread { fault }) if self.verifying => {
                if self.seen.is_empty() {
                    self.seen.push(words::fault(fault));
                }
                return;
            }
            Happened::Run(Event::Polled { held, .. }) => return self.polled(at_millis, *held),
            _ => {}
        }
        let Some(text) = entry::text(case, at, happened) else {
            return;
        };
        self.flush();
        if let Some(begun) = self.begun(happened, &text, at_millis) {
            begun.text = text;
            return;
        }
        // What was seen without a poll coming of it: `abort if` was true.
        for seen in std::mem::take(&mut self.seen) {
            let text = format!("saw {seen}");
            self.moments.push(Moment {
                at: at_millis,
                text,
            });
        }
        self.moments.push(Moment {
            at: at_millis,
            text,
        });
    }

    /// The line that says that a change is begun, when this one says what came of it at once.
    fn begun(&mut self, happened: &Happened, text: &str, at: i64) -> Option<&mut Moment> {
        let Happened::Performed { .. } = happened else {
            return None;
        };
        let last = self.moments.last_mut()?;
        (last.at == at && text.starts_with(&format!("{}: ", last.text))).then_some(last)
    }

    fn polled(&mut self, at: i64, held: bool) {
        let mut seen = std::mem::take(&mut self.seen);
        seen.dedup();
        let held = if held { "so" } else { "not so" };
        let text = format!("{held}: {}", seen.join("; "));
        match &mut self.polls {
            Some(polls) if polls.text == text => {
                polls.count += 1;
                polls.last = at;
            }
            Some(_) | None => {
                self.flush();
                self.polls = Some(Polls {
                    first: at,
                    last: at,
                    text,
                    count: 1,
                });
            }
        }
    }

    fn flush(&mut self) {
        let Some(polls) = self.polls.take() else {
            return;
        };
        let Polls {
            first,
            last,
            text,
            count,
        } = polls;
        let text = match count {
            1 => format!("polled: {text}"),
            count => {
                let last = Duration::from_millis(last);
                format!("polled {count} times until {last}: {text}")
            }
        };
        self.moments.push(Moment { at: first, text });
    }
}
