//! One entry of a timeline in words.

use super::case::Case;
use super::record::Happened;
use super::source;
use crate::effect::Call;
use crate::run::words::{self, Print};
use crate::value::{Duration, Time, Value};

/// Calls and values as one would write them in this test.
pub struct Written<'c, 'p> {
    pub case: &'c Case<'p>,
    /// When the first run was opened.
    pub opened: Time,
}

impl Print for Written<'_, '_> {
    fn call(&self, call: &Call, now: Time) -> String {
        source::call(self.case, call, now)
    }

    fn value(&self, value: &Value) -> String {
        source::value(self.case, value)
    }

    fn seen(&self, value: &Value) -> String {
        source::seen(self.case, value)
    }

    fn moment(&self, at: Time) -> String {
        Duration::from_millis(at.millis() - self.opened.millis()).to_string()
    }
}

/// The entry, or nothing if it says no more than others do.
pub fn text(print: &Written<'_, '_>, at: Time, happened: &Happened) -> Option<String> {
    Some(match happened {
        Happened::Opened { ordinal: 0 } => "opened".to_owned(),
        Happened::Opened { ordinal } => format!("opened again, run {}", ordinal + 1),
        Happened::Observed { call, outcome } => words::saw(print, call, outcome, at),
        Happened::Intended {
            call,
            kind,
            attempt,
        } => words::intended(print, call, *kind, *attempt, at),
        Happened::Closed(why) => why.clone(),
        Happened::Performed {
            kind,
            how,
            call,
            outcome,
        } => words::performed(print, (*kind, how), call, outcome, at),
        Happened::Settled { call, outcome } => words::settled(print, call, *outcome, at),
        Happened::Told(notice) => words::told(notice),
        Happened::Attached(values) => words::attached(print, values),
        Happened::Run(event) => return words::event(print, event),
        Happened::Ended(end) => format!("ended {}", words::end(end)),
    })
}
