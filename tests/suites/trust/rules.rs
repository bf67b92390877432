//! Rules that random programs notice: taken out one by one, some promise is broken.

use libtest_mimic::Trial;

use super::programs;
use crate::harness::fixture::trial;

/// Rules of the checker, by the name of their code, and of the machine.
const NOTICED: &[&str] = &[
    "ClearedAfterChange",
    "DirtIsKept",
    "HeldOn",
    "OwedVerifies",
    "ToldAtSink",
    "Uncorroborated",
    "UndoTakesNothingBack",
    "VerifyProvesNothing",
    "AbsenceProvesNothing",
    "WaiverOfEarlierChange",
    "MitigatedUnverified",
    "ChangeNotVerified",
];

pub fn trials() -> Vec<Trial> {
    let of = |rule: &'static str| {
        trial(format!("trust/rules/{rule}"), move || {
            programs::notices_without(rule);
        })
    };
    NOTICED.iter().map(|rule| of(rule)).collect()
}
