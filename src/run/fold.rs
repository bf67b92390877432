//! What happened in a run as lines, few of them: polls that say the same are one line, and so are a
//! change and what came of it at once.

use std::sync::Arc;

use super::words::{self, Print};
use super::{Event, State};
use crate::effect::{Call, Observed};
use crate::value::{Time, Value};

/// The field of an answer that says how long it took: no two are alike in it, and it tells nothing.
const TOOK: &str = "took";

/// A thing that happened, as far as it can be one with others.
#[derive(Clone, Copy, Debug)]
pub enum Told<'t> {
    Observed(&'t Call, &'t Observed),
    /// What came of a change.
    Performed,
    Run(&'t Event),
    Other,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folded {
    /// As the how manieth of what was taken it began, from 0.
    pub place: usize,
    pub at: Time,
    pub text: String,
}

/// Takes what happened, oldest first, and gives the lines.
pub struct Fold<'p> {
    print: &'p dyn Print,
    lines: Vec<Folded>,
    /// What the poll under way has seen.
    seen: Vec<Seen>,
    /// Polls that said the same, since the first of them.
    polls: Option<Polls>,
    verifying: bool,
    /// How much was taken before what is taken now.
    place: usize,
    taken: usize,
}

struct Seen {
    shown: Folded,
    /// The same without what differs each time.
    alike: String,
}

struct Polls {
    place: usize,
    first: Time,
    last: Time,
    text: String,
    alike: Vec<String>,
    count: u32,
}

impl<'p> Fold<'p> {
    pub fn new(print: &'p dyn Print) -> Fold<'p> {
        Fold {
            print,
            lines: Vec::new(),
            seen: Vec::new(),
            polls: None,
            verifying: false,
            place: 0,
            taken: 0,
        }
    }

    /// The next thing that happened, with its words if it is shown where it stands by itself.
    pub fn add(&mut self, at: Time, told: Told<'_>, text: Option<String>) {
        (self.place, self.taken) = (self.taken, self.taken + 1);
        let place = self.place;
        match told {
            Told::Run(Event::Entered(state)) => self.verifying = *state == State::Verifying,
            Told::Observed(call, outcome) if self.verifying => {
                let call = self.print.call(call, at);
                let says = |outcome: &Observed| {
                    let seen = words::observed(self.print, outcome);
                    format!("{call} -> {seen}")
                };
                let (text, alike) = (says(outcome), says(&without_took(outcome)));
                let shown = Folded { place, at, text };
                return self.seen.push(Seen { shown, alike });
            }
            // Already shown, if it was an observation that failed.
            Told::Run(Event::Unread { fault }) if self.verifying => {
                if self.seen.is_empty() {
                    let text = words::fault(fault);
                    let alike = text.clone();
                    let shown = Folded { place, at, text };
                    self.seen.push(Seen { shown, alike });
                }
                return;
            }
            Told::Run(Event::Polled { held, .. }) => return self.polled(at, *held),
            Told::Observed(..) | Told::Run(_) | Told::Performed | Told::Other => {}
        }
        let Some(text) = text else {
            return;
        };
        self.flush();
        if let Some(begun) = self.begun(told, &text, at) {
            begun.text = text;
            return;
        }
        // What was seen without a poll coming of it: `abort if` was true.
        self.saw(|_| at);
        self.lines.push(Folded { place, at, text });
    }

    /// All lines: also what a poll has seen that is not over yet.
    pub fn lines(mut self) -> Vec<Folded> {
        self.flush();
        self.saw(|seen| seen);
        self.lines
    }

    fn saw(&mut self, at: impl Fn(Time) -> Time) {
        let seen = std::mem::take(&mut self.seen).into_iter();
        self.lines.extend(seen.map(|Seen { shown, .. }| Folded {
            place: shown.place,
            at: at(shown.at),
            text: format!("saw {}", shown.text),
        }));
    }

    /// The line that says that a change is begun, when this one says what came of it at once.
    fn begun(&mut self, told: Told<'_>, text: &str, at: Time) -> Option<&mut Folded> {
        let Told::Performed = told else {
            return None;
        };
        let last = self.lines.last_mut()?;
        (last.at == at && text.starts_with(&format!("{}: ", last.text))).then_some(last)
    }

    fn polled(&mut self, at: Time, held: bool) {
        let mut seen = std::mem::take(&mut self.seen);
        seen.dedup_by(|later, before| later.alike == before.alike);
        let held = if held { "so" } else { "not so" };
        let place = seen.first().map_or(self.place, |seen| seen.shown.place);
        let (mut shown, mut alike) = (Vec::new(), vec![held.to_owned()]);
        for seen in seen {
            shown.push(seen.shown.text);
            alike.push(seen.alike);
        }
        let text = format!("{held}: {}", shown.join("; "));
        match &mut self.polls {
            Some(polls) if polls.alike == alike => {
                polls.count += 1;
                polls.last = at;
            }
            Some(_) | None => {
                self.flush();
                self.polls = Some(Polls {
                    place,
                    first: at,
                    last: at,
                    text,
                    alike,
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
            place,
            first,
            last,
            text,
            alike: _,
            count,
        } = polls;
        let text = match count {
            1 => format!("polled: {text}"),
            count => {
                let last = self.print.moment(last);
                format!("polled {count} times until {last}: {text}")
            }
        };
        self.lines.push(Folded {
            place,
            at: first,
            text,
        });
    }
}

/// An answer without how long it took.
fn without_took(outcome: &Observed) -> Observed {
    let Observed::Value(Value::Record(answer)) = outcome else {
        return outcome.clone();
    };
    let mut answer = answer.as_ref().clone();
    if let Some(took) = answer
        .shape
        .position(TOOK)
        .and_then(|place| answer.fields.get_mut(place))
    {
        *took = None;
    }
    Observed::Value(Value::Record(Arc::new(answer)))
}
