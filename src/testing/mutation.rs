//! Whether a test shows that the change heals: with the changes taken away, no verify may pass.
//!
//! One by one: without a line that does something, one of the tests that reach it fails.
//!
//! A test whose world heals by itself would pass with any remedy, also with none.

use super::case::Case;
use super::drive::{Silence, drive};
use super::record::Record;
use super::{Options, judge, source};
use crate::diag::{Code, Diagnostic};
use crate::program::VerifyIndex;
use crate::rule::Rule;
use crate::run::{Event, IntentKind};
use crate::text::Span;
use crate::typed::{Cause, ReplyKind};

/// Verifies of one test that are looked at; a loop over many elements repeats itself.
const MOST: usize = 200;

/// What the mutants of one test show.
#[derive(Default)]
pub struct Shown {
    pub problems: Vec<Diagnostic>,
    /// Verifies that held before their first change, in words.
    pub remarks: Vec<String>,
}

/// Runs the test again, once per passed verify, with the changes before it reported applied but
/// causing nothing. A verify that passes all the same is a problem, however the run ended.
pub fn check(case: &Case<'_>, options: &Options, record: &Record) -> Shown {
    let mut shown = Shown::default();
    if !Rule::VerifiesNeedChanges.holds() {
        return shown;
    }
    let verifies = (0..record.verified()).filter(|verify| has_change(record, *verify));
    let verifies = verifies.take(MOST);
    let wanted = verdicts(record);
    for verify in verifies {
        let passes = |silence| {
            let driven = drive(case, options, silence);
            driven.problems.is_empty() && passes_too(&wanted, &driven.record, verify)
        };
        if !passes(Silence::After(verify)) {
            continue;
        }
        if is_of_steps(case) && passes(Silence::Frozen(verify)) {
            shown.remarks.push(HELD_BEFORE.to_owned());
            continue;
        }
        shown.problems.push(problem(case, record, verify));
        break;
    }
    shown.remarks.dedup();
    shown
}

/// Whether something was done since that many passed verifies. Without a change before it, a
/// verify proves nothing about one.
fn has_change(record: &Record, verifies: usize) -> bool {
    let mut effects = record.effects.iter();
    effects.any(|effect| effect.after_verifies == verifies && effect.kind == IntentKind::Do)
}

const HELD_BEFORE: &str = "a verify held already before the first change: this test does not show that the change brings it about";

/// The verify that passed as the so-manieth.
fn passed(record: &Record, verify: usize) -> Option<VerifyIndex> {
    let mut passed = record.events().filter_map(|event| match event {
        Event::Verified { verify } => Some(*verify),
        _ => None,
    });
    passed.nth(verify)
}

/// What came of each verify, in their order.
fn verdicts(record: &Record) -> Vec<(VerifyIndex, bool)> {
    let verdicts = record.events().filter_map(|event| match event {
        Event::Verified { verify } => Some((*verify, true)),
        Event::NotVerified { verify, .. } => Some((*verify, false)),
        _ => None,
    });
    verdicts.collect()
}

/// Whether the so-manieth that passed does so again, everything before it being the same.
fn passes_too(wanted: &[(VerifyIndex, bool)], record: &Record, verify: usize) -> bool {
    let mut passed = (0..wanted.len()).filter(|at| wanted.get(*at).is_some_and(|(_, held)| *held));
    let Some(at) = passed.nth(verify) else {
        return false;
    };
    wanted.get(..=at) == verdicts(record).get(..=at)
}

/// Only `steps` go on where the verify holds already.
fn is_of_steps(case: &Case<'_>) -> bool {
    case.runbook.steps.is_some() && case.test.finding.is_none()
}

/// The lines with a `do` that a test reached, those that take back among them. What gives back the
/// hold of a `with do` is not written, and cannot be left out.
pub fn lines(record: &Record) -> Vec<Span> {
    let done = record.effects.iter();
    let done = done.filter(|effect| match effect.kind {
        IntentKind::Do | IntentKind::Undo => true,
        IntentKind::Release => false,
    });
    let mut lines: Vec<Span> = done.filter_map(|effect| effect.line).collect();
    lines.sort_by_key(|line| (line.source, line.start));
    lines.dedup();
    lines
}

/// Whether a test fails when this line is taken out.
pub fn misses(case: &Case<'_>, options: &Options, line: Span) -> bool {
    let driven = drive(case, options, Silence::Line(line));
    !driven.problems.is_empty() || !judge::judge(case, &driven.record).is_empty()
}

/// No test fails without this line.
pub fn unmissed(line: Span) -> Diagnostic {
    let message = "no test notices that this is missing";
    let found = Diagnostic::new(
        Code::IdleGiven,
        message,
        line,
        "taken out, every test passes",
    );
    found.help("expect it, `expect did ...` or `expect undone ...`, or let what the verify reads change `once did` it")
}

fn problem(case: &Case<'_>, record: &Record, verify: usize) -> Diagnostic {
    let message = "the verify passes even if the change does nothing: this test would not notice a remedy that does not help";
    let diagnostic = Diagnostic::new(
        Code::VerifiesWithoutChange,
        message,
        case.test.title_span,
        "in this test",
    );
    let index = passed(record, verify);
    let place = index.and_then(|index| case.program.verifies.get(index.index()));
    let diagnostic = match place {
        Some(verify) => diagnostic.and(verify.place, "this verify"),
        None => diagnostic,
    };
    let change = record
        .effects
        .iter()
        .find(|effect| effect.after_verifies == verify);
    let change = change.map_or("...".to_owned(), |effect| effect.call.name.to_string());
    let timed = case.test.observations.iter().find_map(|given| {
        given
            .replies
            .iter()
            .find(|reply| matches!(reply.cause, Cause::After(_) | Cause::OnRead(_)))
    });
    match timed.map(|reply| &reply.kind) {
        Some(ReplyKind::Value(value)) => {
            // What is given by its name alone has nothing to show.
            let value = match source::value(case, value) {
                shown if shown.trim().is_empty() => "...".to_owned(),
                shown => shown,
            };
            diagnostic.help(format!(
                "let the change bring it about: `then {value} once did {change}`"
            ))
        }
        Some(ReplyKind::Fails(_) | ReplyKind::NoData) | None => diagnostic.help(format!(
            "give what the verify reads as bad, `then` good `once did {change}`"
        )),
    }
}
