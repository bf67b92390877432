//! What happens in a run, in words: for the timelines of tests and of incidents.
//!
//! How calls and values look is the business of whoever shows them.

use super::{Event, How, IntentKind, NotVerified, Notice, State};
use crate::effect::{Call, ChangeOutcome, Changes, End, Fault, Limit, Observed, Settled};
use crate::program::MessageKind;
use crate::value::{SHOWN_CHARACTERS, Time, Value, escape_text};
use crate::vm::Piece;

/// How much is shown of what is said of a failure.
const FAILURE: usize = 300;

/// How calls and values are shown.
pub trait Print {
    /// `k8s.pod("shop", "w-1")`, as of a moment.
    fn call(&self, call: &Call, now: Time) -> String;
    /// A value as one would write it.
    fn value(&self, value: &Value) -> String;
    /// A value with what was seen of it.
    fn seen(&self, value: &Value) -> String;
    /// A moment, in the middle of a line.
    fn moment(&self, at: Time) -> String;
}

/// `saw prom.value(...) -> 5`
pub fn saw(print: &dyn Print, call: &Call, outcome: &Observed, at: Time) -> String {
    format!(
        "saw {} -> {}",
        print.call(call, at),
        observed(print, outcome)
    )
}

/// What an observation gave.
pub fn observed(print: &dyn Print, outcome: &Observed) -> String {
    match outcome {
        Observed::Value(value) => print.seen(value),
        Observed::Failed(failure) => short(&failure.to_string()),
        Observed::Evaluate => "its own code".to_owned(),
    }
}

/// What others say of a failure may be a page long.
fn short(text: &str) -> String {
    escape_text(text, FAILURE)
}

/// `do k8s.restart(...)`, on the way.
pub fn intended(
    print: &dyn Print,
    call: &Call,
    kind: IntentKind,
    attempt: u32,
    at: Time,
) -> String {
    let again = if attempt > 0 { ", again" } else { "" };
    format!("{} {}{again}", intent(kind), print.call(call, at))
}

/// `do k8s.restart(...): applied`
pub fn performed(
    print: &dyn Print,
    (kind, how): (IntentKind, &How),
    call: &Call,
    outcome: &ChangeOutcome,
    at: Time,
) -> String {
    let how = match how {
        How::Do => intent(kind),
        How::DoAgain => again(kind),
        How::Restore { .. } => "put back",
        How::RestoreAgain { .. } => "put back again",
    };
    format!("{how} {}: {}", print.call(call, at), change(outcome))
}

/// `asked k8s.rolled_back(...): it was applied`
pub fn settled(print: &dyn Print, call: &Call, outcome: Settled, at: Time) -> String {
    let says = match outcome {
        Settled::Applied => "it was applied",
        Settled::NotApplied => "it was not applied",
        Settled::Nothing => "it cannot tell",
    };
    format!("asked {}: {says}", print.call(call, at))
}

/// `attached ...`
pub fn attached(print: &dyn Print, values: &[Value]) -> String {
    let values: Vec<String> = values.iter().map(|value| print.seen(value)).collect();
    format!("attached {}", values.join(", "))
}

fn intent(kind: IntentKind) -> &'static str {
    match kind {
        IntentKind::Do => "do",
        IntentKind::Undo => "undo by",
        IntentKind::Release => "release by",
    }
}

fn again(kind: IntentKind) -> &'static str {
    match kind {
        IntentKind::Do => "do again",
        IntentKind::Undo => "undo again by",
        IntentKind::Release => "release again by",
    }
}

fn change(outcome: &ChangeOutcome) -> String {
    match outcome {
        ChangeOutcome::Applied(Value::None) => "applied".to_owned(),
        ChangeOutcome::Applied(value) => format!("applied, gave {value}"),
        ChangeOutcome::NotApplied(why) => format!("not applied: {why}"),
        ChangeOutcome::Unknown => "unknown".to_owned(),
        ChangeOutcome::Broke(why) => format!("broke: {why}"),
        ChangeOutcome::NotBegun(why) => format!("not begun: {why}"),
    }
}

/// Words for people.
pub fn told(notice: &Notice) -> String {
    let how = match notice.kind {
        MessageKind::Page => "paged".to_owned(),
        MessageKind::Tell => "told".to_owned(),
        MessageKind::HandWithin(within) => format!("handed, due within {within}, to"),
        MessageKind::HandWorkdays(days) => format!("handed, due within {days} workdays, to"),
    };
    format!("{how} {}", whom(notice))
}

/// The same of what somebody hears in another way.
pub fn needed(notice: &Notice) -> String {
    format!("needs {}", whom(notice))
}

fn whom(notice: &Notice) -> String {
    let roles = match notice.roles.is_empty() {
        true => "whoever owns it".to_owned(),
        false => notice.roles.join(", "),
    };
    let because = notice
        .because
        .map(|reason| format!(" because {}", reason.word()));
    let because = because.unwrap_or_default();
    format!("{roles}{because}: {}", shown(&notice.text))
}

/// What a run reports about itself; nothing if it says no more than other entries do.
pub fn event(print: &dyn Print, event: &Event) -> Option<String> {
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
            let args: Vec<String> = args.iter().map(|arg| print.value(arg)).collect();
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
        Event::Began(piece) => return began(print, piece),
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
            ..
        } => {
            format!("{owed_by} owes, until {until}: {}", shown(text))
        }
        Event::AlertResolved => "the alert resolved".to_owned(),
        Event::CancelRequested => "somebody called it off".to_owned(),
        Event::Held => "all changes are stopped".to_owned(),
        Event::Released => "changes may go on".to_owned(),
        Event::NotTakenBack { call } => {
            format!("kept {}: its undo did not change it back", call.name)
        }
        Event::Rated { severity } => format!("it is {}", severity.word()),
        Event::PopulationFrozen { line, members } => {
            format!("`{line}` counts {} of them", members.len())
        }
        Event::HoldsOn { calls } => format!("still held: {}", names(calls)),
        Event::Unproven { calls } => format!("not proven: {}", names(calls)),
    })
}

fn began(print: &dyn Print, piece: &Piece) -> Option<String> {
    match piece {
        Piece::Attempt { .. } => Some(piece_in_words(piece)),
        Piece::Element { value, .. } => {
            let value = print.value(value);
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
        Fault::Value(failure) => short(&failure.to_string()),
        Fault::NotApplied(why) => format!("not applied: {}", short(why)),
        Fault::Broke(why) => format!("it broke: {}", short(why)),
        Fault::OverBound(why) => why.clone(),
        Fault::Limit(Limit::Time) => {
            "a change would begin later than the runbook says that a run may take".to_owned()
        }
        Fault::Broken(why) => format!("a defect of the tool: {why}"),
        Fault::NotVerified | Fault::Guard | Fault::Empty | Fault::Limit(_) | Fault::Refused(_) => {
            fault.reason().explained().to_owned()
        }
    }
}

/// `resolved`, `mitigated owed by builder`, `handed because guard, changes undone`
pub fn end(end: &End) -> String {
    match end {
        End::Resolved | End::SelfResolved | End::Cancelled | End::Again => end.word().to_owned(),
        End::Cleared { why } if why.is_empty() => "cleared".to_owned(),
        End::Cleared { why } => format!("cleared: {why}"),
        End::Mitigated { owed_by } => format!("mitigated owed by {owed_by}"),
        End::Handed { reason, changes } => match changes {
            Changes::None => format!("handed because {}", reason.word()),
            Changes::Undone | Changes::Kept | Changes::Partly => {
                format!(
                    "handed because {}, changes {}",
                    reason.word(),
                    changes.word()
                )
            }
            Changes::Unknown => {
                format!("handed because {}, {}", reason.word(), changes.explained())
            }
        },
    }
}
