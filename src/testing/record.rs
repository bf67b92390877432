//! What happened in a test, in order, with the virtual time of each.

use crate::effect::{Call, ChangeOutcome, End, Observed, Settled};
use crate::run::{Event, How, IntentKind, Notice};
use crate::text::Span;
use crate::value::{Duration, Time, Value};

/// The record of the runs of a test.
#[derive(Clone, Debug)]
pub struct Record {
    pub opened: Time,
    pub entries: Vec<(Time, Happened)>,
    /// Changes in the order in which they were begun.
    pub effects: Vec<Effect>,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Happened {
    /// The first run, or a further one of `again`.
    Opened {
        ordinal: u32,
    },
    Observed {
        call: Call,
        outcome: Observed,
    },
    Intended {
        call: Call,
        kind: IntentKind,
        attempt: u32,
    },
    /// A change has to wait, or may not begin; in words.
    Closed(String),
    Performed {
        kind: IntentKind,
        how: How,
        call: Call,
        outcome: ChangeOutcome,
    },
    Settled {
        call: Call,
        outcome: Settled,
    },
    Told(Notice),
    Attached(Vec<Value>),
    Run(Event),
    Ended(End),
}

/// A change that was made, or may have been.
#[derive(Clone, Debug, PartialEq)]
pub struct Effect {
    pub call: Call,
    pub how: How,
    pub key: smol_str::SmolStr,
    pub fate: Fate,
    pub kind: IntentKind,
    /// The line that it stands in, if that is known.
    pub line: Option<Span>,
    /// The key of the change that it takes back.
    pub undoes: Option<smol_str::SmolStr>,
    /// Whether it took effect, whatever was heard of it.
    pub applied: bool,
    /// How many verifies had passed before.
    pub after_verifies: usize,
    /// When it took effect.
    pub at: Time,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Applied,
    NotApplied,
    Unknown,
}

impl Record {
    pub fn new(opened: Time) -> Record {
        Record {
            opened,
            entries: Vec::new(),
            effects: Vec::new(),
        }
    }

    pub fn add(&mut self, at: Time, happened: Happened) {
        self.entries.push((at, happened));
    }

    /// How the last run ended, and when.
    pub fn end(&self) -> Option<(Duration, &End)> {
        self.entries
            .iter()
            .rev()
            .find_map(|(at, happened)| match happened {
                Happened::Ended(end) => {
                    let passed = at.millis() - self.opened.millis();
                    Some((Duration::from_millis(passed), end))
                }
                _ => None,
            })
    }

    /// The end in words: `resolved`, `handed because guard`.
    pub fn end_in_words(&self) -> String {
        self.end()
            .map(|(_, end)| crate::run::words::end(end))
            .unwrap_or_default()
    }

    /// What the runs reported about themselves.
    pub fn events(&self) -> impl Iterator<Item = &Event> + Clone {
        self.entries
            .iter()
            .filter_map(|(_, happened)| match happened {
                Happened::Run(event) => Some(event),
                _ => None,
            })
    }

    /// What people were told.
    pub fn notices(&self) -> impl Iterator<Item = &Notice> + Clone {
        self.entries
            .iter()
            .filter_map(|(_, happened)| match happened {
                Happened::Told(notice) => Some(notice),
                _ => None,
            })
    }

    /// How many verifies have passed.
    pub fn verified(&self) -> usize {
        let passed = |event: &&Event| matches!(event, Event::Verified { .. });
        self.events().filter(passed).count()
    }
}
