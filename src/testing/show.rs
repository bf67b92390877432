//! The timeline of a test: one line per thing that happened, folded.

use super::Moment;
use super::case::Case;
use super::entry;
use super::record::{Happened, Record};
use crate::run::fold::{Fold, Told};

/// The whole timeline.
pub fn timeline(case: &Case<'_>, record: &Record) -> Vec<Moment> {
    let print = entry::Written {
        case,
        opened: record.opened,
    };
    let mut fold = Fold::new(&print);
    for (at, happened) in &record.entries {
        let told = match happened {
            Happened::Observed { call, outcome } => Told::Observed(call, outcome),
            Happened::Performed { .. } => Told::Performed,
            Happened::Run(event) => Told::Run(event),
            Happened::Opened { .. }
            | Happened::Intended { .. }
            | Happened::Closed(_)
            | Happened::Settled { .. }
            | Happened::Told(_)
            | Happened::Attached(_)
            | Happened::Ended(_) => Told::Other,
        };
        fold.add(*at, told, entry::text(&print, *at, happened));
    }
    let lines = fold.lines().into_iter();
    let moments = lines.map(|line| Moment {
        at: line.at.millis() - record.opened.millis(),
        text: line.text,
    });
    moments.collect()
}
