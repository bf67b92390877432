//! What people read of records that could not be read: which one it is, what that means, and what to look at.

use super::super::Engine;
use super::super::close::named_run;
use super::super::dead::Damaged;
use super::past::Past;
use crate::diag::Code;
use crate::journal::{
    DeadLetter, DebtId, IntentId, Lost, LostPart, MessageId, MessageKind, Outbox, RunId, Source,
};
use crate::value::{SHOWN_CHARACTERS, Time, escape_text};

/// What is said of a record that the facts have whole.
const RESTORED: &str = ": what happened says how it was, and it stands again. Nothing is lost, and nothing is to be done";
/// The same, where it is another row that says so.
const AS_IT_WAS: &str = ", and it stands again. Nothing is lost, and nothing is to be done";

impl Engine {
    /// What is said of a record; nothing of what the page of an incident says, and with whom it concerns beside
    /// the platform: the runbook.
    pub(super) fn letter_of(
        &self,
        lost: &Lost,
        is_restored: bool,
        past: &Past,
        now: Time,
    ) -> Option<Damaged> {
        let gone = words(lost, is_restored, past)?;
        let letter = DeadLetter {
            event: None,
            at: now,
            source: Source::Event("store".into()),
            code: Code::StoreCorrupt.as_str().into(),
            why: gone,
            body: String::new(),
        };
        let runbook = match lost {
            Lost::Dwell { runbook, .. }
            | Lost::Version((runbook, _))
            | Lost::Schedule((runbook, ..)) => Some(runbook.clone()),
            Lost::Incident(_)
            | Lost::Intent { .. }
            | Lost::Misplaced { .. }
            | Lost::Displaced { .. }
            | Lost::Run(_)
            | Lost::Stray(_)
            | Lost::Message(_)
            | Lost::Debt(_)
            | Lost::Wait(_)
            | Lost::Storm(_) => None,
        };
        Some(Damaged { letter, runbook })
    }
}

/// What is said of it; nothing where somebody has it anyhow.
fn words(lost: &Lost, is_restored: bool, past: &Past) -> Option<String> {
    let damaged = match lost {
        // Somebody has it, or whoever has its incident is told.
        Lost::Incident(_) | Lost::Run(_) => return None,
        Lost::Intent { id, run, .. } => {
            format!(
                "the record of change {id} of {} is damaged",
                named_run(*run)
            )
        }
        Lost::Misplaced { intent, .. } => {
            let (id, run) = (intent.id, named_run(intent.run));
            format!(
                "the row of change {id} of {run} is damaged: its record says how it was{AS_IT_WAS}"
            )
        }
        Lost::Displaced { incident, .. } => {
            let id = incident.id;
            format!("the row of incident {id} is damaged: its record says how it was{AS_IT_WAS}")
        }
        Lost::Stray(run) => stray(*run),
        Lost::Dwell { event, runbook, .. } => format!(
            "the record of event {event}, an alert that stood for the runbook `{runbook}`, is damaged: nothing comes of \
             it before it is sent again"
        ),
        Lost::Message(id) => message(*id, past),
        Lost::Debt(id) => debt(*id, past),
        Lost::Wait(run) => {
            let run = named_run(*run);
            format!("the record of how long {run} has waited is damaged")
        }
        Lost::Storm(scope) => {
            format!("the record of the storm of {} is damaged", scope.shown())
        }
        Lost::Version((runbook, version)) => format!(
            "the record of what version {version} of the runbook `{runbook}` did here is damaged: under that version it \
             changes nothing until it has another one"
        ),
        Lost::Schedule((runbook, schedule, zone)) => format!(
            "the record of the schedule `{schedule}` in {zone} of the runbook `{runbook}` is damaged: what it missed is \
             not made up for, and it comes from now on"
        ),
    };
    Some(damaged + &what_then(lost, is_restored))
}

/// What that means, of what the facts may have whole.
fn what_then(lost: &Lost, is_restored: bool) -> String {
    match lost {
        Lost::Intent { .. } | Lost::Wait(_) | Lost::Storm(_) if is_restored => RESTORED.to_owned(),
        Lost::Intent { id, run, .. } => format!(
            ": nobody knows any more what it was to change, and whether it has{}",
            settled_by(*id, *run)
        ),
        Lost::Wait(_) => ": its patience begins again".to_owned(),
        Lost::Storm(_) => ": it counts as one that lasts, and ends as any other".to_owned(),
        Lost::Incident(_)
        | Lost::Misplaced { .. }
        | Lost::Displaced { .. }
        | Lost::Run(_)
        | Lost::Stray(_)
        | Lost::Dwell { .. }
        | Lost::Message(_)
        | Lost::Debt(_)
        | Lost::Version(_)
        | Lost::Schedule(_) => String::new(),
    }
}

fn message(id: MessageId, past: &Past) -> String {
    let named = past.message(id).map(message_words).unwrap_or_default();
    format!(
        "the record of message {id} in the outbox{named} is damaged: it is not sent. Look at what is open: \
         `rbk incident list`"
    )
}

fn debt(id: DebtId, past: &Past) -> String {
    let of = format!("the record of debt {id} is damaged: nobody is reminded of it any more");
    match past.debt(id) {
        Some(debt) => {
            let text = escape_text(&debt.text, SHOWN_CHARACTERS);
            format!(
                "{of}. {} owes it for incident {}: {text}",
                debt.owed_by, debt.incident
            )
        }
        None => format!("{of}, and nobody knows any more who owes what"),
    }
}

/// What of an incident is damaged.
pub(super) fn unread(what: LostPart) -> &'static str {
    match what {
        LostPart::Record => "the record of this incident is damaged",
        LostPart::Alert => "the record of an alert of this incident is damaged",
        LostPart::Row => {
            "the row of this incident is damaged, and it is not found under its number"
        }
    }
}

/// A run whose number is none that anything knows.
fn stray(run: RunId) -> String {
    let named = named_run(run);
    format!(
        "the row of a run is damaged: it says that it is {named}, and there is no such run. Nobody goes on with it; the \
         incident that misses it goes to a human"
    )
}

/// `, a page of incident 7 for pagerduty:shop,`
fn message_words(known: &Outbox) -> String {
    let kind = match known.message.kind {
        MessageKind::Page => "a page",
        MessageKind::Task => "a task",
        MessageKind::Note => "a note",
        MessageKind::Acknowledged => "word of an acknowledgement",
        MessageKind::Resolved => "word of an end",
    };
    let of = known.message.incident;
    let of = of.map(|incident| format!(" of incident {incident}"));
    format!(", {kind}{} for {},", of.unwrap_or_default(), known.to)
}

/// Which command says what became of a change.
fn settled_by(id: IntentId, run: RunId) -> String {
    let Some(incident) = run.incident() else {
        return String::new();
    };
    format!(
        ". Look at what incident {incident} is about, and say what you found with `rbk incident settle {incident} \
         applied` or `not-applied`, `--change {id}` and `--why`"
    )
}
