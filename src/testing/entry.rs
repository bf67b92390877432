//! One entry of a timeline in words.

use super::case::Case;
use super::record::Happened;
use super::{end, source};
use crate::effect::{Call, ChangeOutcome, Fault, Observed, Settled};
use crate::program::MessageKind;
use crate::run::{Event, How, IntentKind, NotVerified, Notice, State};
use crate::value::{SHOWN_CHARACTERS, Time, Value, escape_text};
use crate::vm::Piece;

/// The entry, or nothing if it says no more than others do.
pub fn text(case: &Case<'_>, at: Time, happened: &Happened) -> Option<String> {
    Some(match happened {
        Happened::Opened { ordinal: 0 } => "opened".to_owned(),
        Happened::Opened { ordinal } => format!("opened again, run {}", ordinal + 1),
        Happened::Observed { call, outcome } => {
            format!(
                "saw {} -> {}",
                source::call(case, call, at),
                observed(case, outcome)
            )
        }
        Happened::Intended {
            call,
            kind,
            attempt,
        } => {
            let again = if *attempt > 0 { ", again" } else { "" };
            format!("{} {}{again}", intent(*kind), source::call(case, call, at))
        }
        Happened::Performed {
            kind,
            how,
            call,
            outcome,
        } => {
            let how = match how {
                How::Do => intent(*kind),
                How::Restore { .. } => "put back",
            };
            format!(
                "{how} {}: {}",
                source::call(case, call, at),
                change(outcome)
            )
        }
        Happened::Settled { call, outcome } => {
            let says = match outcome {
                Settled::Applied => "it was applied",
                Settled::NotApplied => "it was not applied",
                Settled::Nothing => "it cannot tell",
            };
            format!("asked {}: {says}", source::call(case, call, at))
        }
        Happened::Told(notice) => told(notice),
        Happened::Attached(values) => {
            let values: Vec<String> = values
                .iter()
                .map(|value| source::seen(case, value))
                .collect();
            format!("attached {}", values.join(", "))
        }
        Happened::Run(event) => return self::event(case, event),
        Happened::Ended(end) => format!("ended {}", end::in_words(end)),
    })
}

/// What an observation gave.
pub fn observed(case: &Case<'_>, outcome: &Observed) -> String {
    match outcome {
        Observed::Value(value) => source::seen(case, value),
        Observed::Failed(failure) => failure.to_string(),
        Observed::Evaluate => "its own code".to_owned(),
    }
}

fn intent(kind: IntentKind) -> &'static str {
    match kind {
        IntentKind::Do => "do",
        IntentKind::Undo => "undo by",
        IntentKind::Release => "release by",
    }
}

fn change(outcome: &ChangeOutcome) -> String {
    match outcome {
        ChangeOutcome::Applied(Value::None) => "applied".to_owned(),
        ChangeOutcome::Applied(value) => format!("applied, gave {value}"),
        ChangeOutcome::NotApplied(why) => format!("not applied: {why}"),
        ChangeOutcome::Unknown => "unknown".to_owned(),
    }
}

fn told(notice: &Notice) -> String {
    let how = match notice.kind {
        MessageKind::Page => "paged".to_owned(),
        MessageKind::Tell => "told".to_owned(),
        MessageKind::HandWithin(within) => format!("handed, due within {within}, to"),
        MessageKind::HandWorkdays(days) => format!("handed, due within {days} workdays, to"),
    };
    let roles = match notice.roles.is_empty() {
        true => "whoever owns it".to_owned(),
        false => notice.roles.join(", "),
    };
    let because = notice
        .because
        .map(|reason| format!(" because {}", reason.word()));
    let because = because.unwrap_or_default();
    format!("{how} {roles}{because}: {}", shown(&notice.text))
}

fn event(case: &Case<'_>, event: &Event) -> Option<String> {
    Some(match event {
        Event::Entered(State::Undoing) => "undoing".to_owned(),
        Event::Entered(State::Settling) => {
            "settling: nobody knows whether it took effect".to_owned()
        }
        Event::Entered(
            State::Opened
            | State::Diagnosing
            | State::Planned
            | State::Queued
            | State::Acting
            | State::Verifying
            | State::Held
            | State::Ended,
        )
        | Event::Polled { .. }
        | Event::Planned { .. } => return None,
        Event::Found { finding, args } => {
            let args: Vec<String> = args.iter().map(|arg| source::value(case, arg)).collect();
            format!("found {finding}({})", args.join(", "))
        }
        Event::Novel { text } => said("novel", text.as_deref()),
        Event::Inconclusive { text } => said("inconclusive", text.as_deref()),
        Event::Stale { differs: true } => "the plan came out differently: once more".to_owned(),
        Event::Stale { differs: false } => "the plan is old: it is made again".to_owned(),
        Event::AlreadySo => "already so: nothing to do".to_owned(),
        Event::Guard { held: true, .. } => "guard holds".to_owned(),
        Event::Guard { held: false, .. } => "guard is false".to_owned(),
        Event::Unread { fault } => format!("could not be read: {}", self::fault(fault)),
        Event::Verified { .. } => "verified".to_owned(),
        Event::NotVerified {
            why: NotVerified::OutOfTime,
            ..
        } => "not verified in time".to_owned(),
        Event::NotVerified {
            why: NotVerified::Aborted,
            ..
        } => "not verified: `abort if` became true".to_owned(),
        Event::Began(piece) => return began(case, piece),
        Event::PieceFailed { piece, fault } => {
            format!("{} failed: {}", piece_in_words(piece), self::fault(fault))
        }
        Event::Failed { fault, .. } => format!("failed: {}", self::fault(fault)),
        Event::Undone { call } => format!("undone {}", call.name),
        Event::UndoStopped {
            undone,
            left,
            unknown,
        } => {
            let (undone, left, unknown) = (names(undone), names(left), names(unknown));
            format!("undoing stopped: undone {undone}; left {left}; unknown {unknown}")
        }
        Event::Owes {
            owed_by,
            until,
            text,
        } => {
            format!("{owed_by} owes, until {until}: {}", shown(text))
        }
        Event::AlertResolved => "the alert resolved".to_owned(),
        Event::CancelRequested => "somebody called it off".to_owned(),
        Event::Held => "all changes are stopped".to_owned(),
        Event::Released => "changes may go on".to_owned(),
    })
}

fn began(case: &Case<'_>, piece: &Piece) -> Option<String> {
    match piece {
        Piece::Attempt { .. } => Some(piece_in_words(piece)),
        Piece::Element { value, .. } => {
            let value = source::value(case, value);
            Some(format!("{}: {value}", piece_in_words(piece)))
        }
        // What it holds was shown when it was done.
        Piece::With => None,
    }
}

fn piece_in_words(piece: &Piece) -> String {
    match piece {
        Piece::Attempt { title, .. } => format!("attempt {title:?}"),
        Piece::Element { index, .. } => format!("element {}", index + 1),
        Piece::With => "the body of `with`".to_owned(),
    }
}

fn names(calls: &[Call]) -> String {
    let names: Vec<&str> = calls.iter().map(|call| &*call.name).collect();
    match names.is_empty() {
        true => "nothing".to_owned(),
        false => names.join(", "),
    }
}

fn said(word: &str, text: Option<&str>) -> String {
    match text {
        Some(text) => format!("{word}: {}", shown(text)),
        None => word.to_owned(),
    }
}

/// A text that may hold words from outside: nothing in it is hidden, and it has an end.
fn shown(text: &str) -> String {
    format!("\"{}\"", escape_text(text, SHOWN_CHARACTERS))
}

/// Why something failed.
pub fn fault(fault: &Fault) -> String {
    match fault {
        Fault::Value(failure) => failure.to_string(),
        Fault::NotApplied(why) => format!("not applied: {why}"),
        Fault::OverBound(why) => why.clone(),
        Fault::Broken(why) => format!("a defect of the tool: {why}"),
        Fault::NotVerified | Fault::Guard | Fault::Empty | Fault::Limit(_) | Fault::Refused(_) => {
            fault.reason().explained().to_owned()
        }
    }
}
