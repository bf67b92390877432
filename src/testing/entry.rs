//! One entry of a timeline in words.

use super::case::Case;
use super::record::Happened;
use super::source;
use crate::effect::Call;
use crate::run::words::{self, Print};
use crate::value::{Time, Value};

/// Calls and values as one would write them in this test.
pub struct Written<'c, 'p>(pub &'c Case<'p>);

impl Print for Written<'_, '_> {
    fn call(&self, call: &Call, now: Time) -> String {
        source::call(self.0, call, now)
    }

    fn value(&self, value: &Value) -> String {
        source::value(self.0, value)
    }

    fn seen(&self, value: &Value) -> String {
        source::seen(self.0, value)
    }
}

/// The entry, or nothing if it says no more than others do.
pub fn text(case: &Case<'_>, at: Time, happened: &Happened) -> Option<String> {
    let print = &Written(case);
    Some(match happened {
        Happened::Opened { ordinal: 0 } => "opened".to_owned(),
        Happened::Opened { ordinal } => format!("opened again, run {}", ordinal + 1),
        Happened::Observed { call, outcome } => words::saw(print, call, outcome, at),
        Happened::Intended {
            call,
            kind,
            attempt,
        } => words::intended(print, call, *kind, *attempt, at),
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
