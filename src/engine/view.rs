//! Timelines and evidence in words, for people.

use crate::effect::Call;
use crate::journal::{Entry, EventId, Happened, Line, MessageId, MessageKind, Scope};
use crate::run::fold::{Fold, Told};
use crate::run::words::{self, Print};
use crate::value::{SHOWN_CHARACTERS, Time, Value, escape_text};

/// The longest text of one value.
const SHOWN: usize = 300;
/// The most lines of evidence in a message; what is in the middle is left out.
const LINES: usize = 60;

/// Calls and values by themselves, without the package that they come from.
pub struct Plain;

impl Print for Plain {
    fn call(&self, call: &Call, now: Time) -> String {
        let named = call.args.iter().enumerate().filter(|(_, argument)| {
            // The moment itself says nothing; nor does what is left out.
            argument.value != Value::Time(now) && !argument.value.is_none()
        });
        let argument = |(place, argument): (usize, &crate::effect::Argument)| {
            let value = self.value(&argument.value);
            match place {
                0 => value,
                _ => format!("{}: {value}", argument.name),
            }
        };
        let arguments: Vec<String> = named.map(argument).collect();
        format!("{}({})", call.name, arguments.join(", "))
    }

    fn value(&self, value: &Value) -> String {
        match value {
            Value::Target(target) => {
                let keys: Vec<&str> = target
                    .identity
                    .0
                    .iter()
                    .map(|step| step.key.as_str())
                    .collect();
                format!("{} {}", target.identity.kind(), keys.join("/"))
            }
            Value::List(items) => {
                let items: Vec<String> = items.iter().map(|item| self.value(item)).collect();
                escape_text(&format!("[{}]", items.join(", ")), SHOWN)
            }
            other => escape_text(&other.to_string(), SHOWN),
        }
    }

    fn seen(&self, value: &Value) -> String {
        let Value::Target(target) = value else {
            return self.value(value);
        };
        let names = target
            .snapshot
            .shape
            .fields
            .iter()
            .zip(&target.snapshot.fields);
        let said = names
            .skip(1)
            .filter_map(|(name, field)| Some((name, field.as_ref()?)));
        let said: Vec<String> = said
            .map(|(name, field)| format!("{name}: {}", self.value(field)))
            .collect();
        match said.is_empty() {
            true => self.value(value),
            false => format!("{} ({})", self.value(value), said.join(", ")),
        }
    }

    fn moment(&self, at: Time) -> String {
        at.to_string()
    }
}

/// An entry of a timeline in one line; nothing if it says no more than others do.
pub fn line(entry: &Entry) -> Option<String> {
    let print = &Plain;
    let at = entry.at;
    Some(match &entry.happened {
        Happened::Opened { event } => format!("opened by event {event}"),
        Happened::Joined { event } => format!("event {event} joined"),
        Happened::Reopened { event } => format!("came back with event {event}"),
        Happened::Cleared { event } => format!("its alerts are resolved, says event {event}"),
        Happened::Began { run: 0 } => "looking into it".to_owned(),
        Happened::Began { run } => format!("looking into it again, run {}", run + 1),
        Happened::Observed { call, outcome } => words::saw(print, call, outcome, at),
        Happened::Granted {
            call,
            kind,
            attempt,
        } => words::intended(print, call, *kind, *attempt, at),
        Happened::Refused { call, reason, why } => {
            format!(
                "refused {}: {why} ({})",
                print.call(call, at),
                reason.word()
            )
        }
        Happened::Waits { call, why } => format!("{} waits: {why}", print.call(call, at)),
        Happened::Performed {
            kind,
            how,
            call,
            outcome,
        } => words::performed(print, (*kind, how), call, outcome, at),
        Happened::Settled { call, outcome } => words::settled(print, call, *outcome, at),
        Happened::Told(notice) => words::told(notice),
        Happened::Delivered { to } => format!("delivered to {to}"),
        Happened::Sent { to, kind } => format!("{} delivered to {to}", sent(*kind)),
        Happened::Repeated { call } => repeated(&print.call(call, at)),
        Happened::Undelivered { to, why, tries } => {
            format!("not delivered to {to}, try {tries}: {why}")
        }
        Happened::Attached(values) => words::attached(print, values),
        Happened::Run(event) => return words::event(print, event),
        Happened::Ended(end) => format!("ended {}", words::end(end)),
        Happened::Resumed => {
            "the agent had stopped in the middle of a change: nobody knows whether it took effect"
                .to_owned()
        }
        Happened::Acknowledged { by } => format!("acknowledged by {by}"),
        Happened::ResolvedBy { by, why } => resolved(by, why),
        Happened::Escalated { to } => format!("nobody answered: {to} is told"),
        Happened::Needed(notice) => words::needed(notice),
        Happened::ClearedOne { event, fingerprint } => cleared(*event, fingerprint),
        Happened::Dropped { to, why } => format!("what was on its way to {to} is dropped: {why}"),
        Happened::TakenOver { by, from } => format!("{by} takes it over from {from}"),
        Happened::Overdue { by, text } => overdue(by, text),
        Happened::Paid { by } => format!("what {by} owed is done"),
        Happened::Lapsed { by } => format!("what {by} acknowledged is still not resolved"),
        Happened::Bundled { to, page, others } => bundled(to, *page, *others),
        Happened::Asked { to } => format!("{to} is told"),
        Happened::Unreached { to } => format!("nobody has been reached yet: {to} is told"),
        Happened::InStorm { of } => in_storm(of),
        Happened::Damaged => "the record of this line is damaged".to_owned(),
        Happened::Quarantined { why } => why.clone(),
        Happened::SettledBy {
            call,
            outcome,
            by,
            why,
        } => {
            let why = escape_text(why, SHOWN_CHARACTERS);
            format!(
                "{}, says {by}: {why}",
                words::settled(print, call, *outcome, at)
            )
        }
        Happened::Requested {
            by,
            role,
            parameters,
        } => requested(by, role.as_deref(), parameters),
    })
}

fn repeated(call: &str) -> String {
    format!("once more, since nobody knows whether it took effect: {call}")
}

/// What went out, in a word or two.
fn sent(kind: MessageKind) -> &'static str {
    match kind {
        MessageKind::Page => "page",
        MessageKind::Task => "task",
        MessageKind::Note => "note",
        MessageKind::Acknowledged => "word of the acknowledgement",
        MessageKind::Resolved => "word of the end",
    }
}

fn resolved(by: &str, why: &str) -> String {
    match why.is_empty() {
        true => format!("resolved by {by}"),
        false => format!("resolved by {by}: {}", escape_text(why, SHOWN_CHARACTERS)),
    }
}

fn cleared(event: EventId, fingerprint: &str) -> String {
    let fingerprint = escape_text(fingerprint, SHOWN_CHARACTERS);
    format!("an alert of it is resolved ({fingerprint}), says event {event}")
}

fn overdue(by: &str, text: &str) -> String {
    let text = escape_text(text, SHOWN_CHARACTERS);
    format!("{by} owes it, and it is overdue: {text}")
}

fn bundled(to: &str, page: MessageId, others: u32) -> String {
    let others = match others {
        1 => "another one".to_owned(),
        many => format!("{many} others"),
    };
    format!("goes to {to} with {others}, as page {page}")
}

fn in_storm(of: &Scope) -> String {
    let of = match of {
        Scope::All => "several products".to_owned(),
        Scope::Product(_) | Scope::Runbook(_) => of.shown(),
    };
    format!("part of a storm of incidents of {of}: its page reports this one as well")
}

fn requested(by: &str, role: Option<&str>, parameters: &str) -> String {
    let role = role.map(|role| format!(" as `{role}`"));
    let parameters = escape_text(parameters, SHOWN_CHARACTERS);
    format!(
        "{by} asked for it{}: {parameters}",
        role.unwrap_or_default()
    )
}

/// A timeline in lines, each with the number of the entry that it begins with: polls that say the same are one.
pub fn folded(entries: &[Entry]) -> Vec<(u64, Line)> {
    let mut fold = Fold::new(&Plain);
    for entry in entries {
        let told = as_evidence(&entry.happened).unwrap_or(Told::Other);
        fold.add(entry.at, told, line(entry));
    }
    let lines = fold.lines().into_iter().filter_map(|folded| {
        let number = entries.get(folded.place)?.number;
        let (at, text) = (folded.at, folded.text);
        Some((number, Line { at, text }))
    });
    lines.collect()
}

/// What was seen and done, for whoever is told: folded as the timeline of a test is.
pub fn evidence(entries: &[Entry]) -> Vec<Line> {
    let mut fold = Fold::new(&Plain);
    for entry in entries {
        if let Some(told) = as_evidence(&entry.happened) {
            fold.add(entry.at, told, line(entry));
        }
    }
    let lines = fold.lines().into_iter();
    let lines = lines.map(|line| Line {
        at: line.at,
        text: line.text,
    });
    let mut lines: Vec<Line> = lines.collect();
    if lines.len() > LINES {
        // How it began and how it stands matter most.
        let left_out = lines.len() - LINES;
        let at = lines.get(LINES / 2).map_or(Time::default(), |line| line.at);
        let text = format!("… {left_out} lines left out; `rbk incident show` has them");
        lines.splice(LINES / 2..LINES / 2 + left_out, [Line { at, text }]);
    }
    lines
}

/// What says something about the trouble, and not only about telling it.
fn as_evidence(happened: &Happened) -> Option<Told<'_>> {
    match happened {
        Happened::Observed { call, outcome } => Some(Told::Observed(call, outcome)),
        Happened::Performed { .. } => Some(Told::Performed),
        Happened::Run(event) => Some(Told::Run(event)),
        Happened::Opened { .. }
        | Happened::Reopened { .. }
        | Happened::Cleared { .. }
        | Happened::ClearedOne { .. }
        | Happened::Granted { .. }
        | Happened::Refused { .. }
        | Happened::Waits { .. }
        | Happened::Settled { .. }
        | Happened::SettledBy { .. }
        | Happened::Requested { .. }
        | Happened::Damaged
        | Happened::Quarantined { .. }
        | Happened::Attached(_)
        | Happened::Repeated { .. }
        | Happened::Resumed => Some(Told::Other),
        Happened::Joined { .. }
        | Happened::Began { .. }
        | Happened::Told(_)
        | Happened::Needed(_)
        | Happened::Dropped { .. }
        | Happened::TakenOver { .. }
        | Happened::Overdue { .. }
        | Happened::Paid { .. }
        | Happened::Delivered { .. }
        | Happened::Sent { .. }
        | Happened::Undelivered { .. }
        | Happened::Ended(_)
        | Happened::Acknowledged { .. }
        | Happened::ResolvedBy { .. }
        | Happened::InStorm { .. }
        | Happened::Lapsed { .. }
        | Happened::Bundled { .. }
        | Happened::Asked { .. }
        | Happened::Unreached { .. }
        | Happened::Escalated { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    use crate::effect::Observed;
    use crate::program::VerifyIndex;
    use crate::run::{Event, State};
    use crate::value::{Duration, Record, Shape};

    fn second(second: u64) -> Time {
        Time::from_millis(i64::try_from(second).unwrap() * 1_000).unwrap()
    }

    fn saw(value: i64) -> Happened {
        observed(Value::Int(value))
    }

    fn observed(value: Value) -> Happened {
        let call = Call {
            name: "prom.value".into(),
            args: Vec::new(),
        };
        let outcome = Observed::Value(value);
        Happened::Observed { call, outcome }
    }

    /// An answer that took so many milliseconds.
    fn answered(code: i64, took: i64) -> Happened {
        let shape = Shape {
            name: "Answer".into(),
            fields: ["code".into(), "took".into()].into(),
        };
        let took = Value::Duration(Duration::from_millis(took));
        observed(Value::Record(Arc::new(Record {
            shape: Arc::new(shape),
            fields: vec![Some(Value::Int(code)), Some(took)],
        })))
    }

    #[test]
    fn polls_that_took_longer_say_the_same() {
        let mut all = vec![Happened::Run(Event::Entered(State::Verifying))];
        for (code, took) in [(503, 3), (503, 41), (503, 3), (200, 3)] {
            all.extend([answered(code, took), polled(code == 200)]);
        }
        let entries = (0..).zip(all).map(|(number, happened)| Entry {
            number,
            at: second(number),
            happened,
        });
        let lines = evidence(&entries.collect::<Vec<Entry>>());
        let lines: Vec<_> = lines.iter().map(|line| line.text.as_str()).collect();
        let [three, one] = lines.as_slice() else {
            panic!("{lines:#?}");
        };
        assert!(three.starts_with("polled 3 times until"), "{three}");
        assert!(three.contains("code: 503, took: 3ms"), "{three}");
        assert!(one.starts_with("polled: so: "), "{one}");
    }

    fn polled(held: bool) -> Happened {
        let verify = VerifyIndex(0);
        Happened::Run(Event::Polled { verify, held })
    }

    #[test]
    fn a_timeline_says_polls_once() {
        let mut all = vec![Happened::Opened { event: EventId(1) }];
        all.push(Happened::Run(Event::Entered(State::Verifying)));
        for _ in 0..9 {
            all.extend([saw(0), polled(false)]);
        }
        all.push(Happened::Delivered { to: "ada".into() });
        let entries = (0..).zip(all).map(|(number, happened)| Entry {
            number,
            at: second(number),
            happened,
        });
        let lines = folded(&entries.collect::<Vec<Entry>>()).into_iter();
        let lines: Vec<_> = lines.map(|(number, line)| (number, line.text)).collect();
        let polls = "polled 9 times until 1970-01-01T00:00:19Z: not so: prom.value() -> 0";
        let expected = [
            (0, "opened by event 1"),
            (2, polls),
            (20, "delivered to ada"),
        ];
        assert_eq!(
            lines,
            expected.map(|(number, text)| (number, text.to_owned()))
        );
    }

    #[test]
    fn polls_that_say_the_same_are_one_line() {
        let mut all = vec![Happened::Opened { event: EventId(1) }];
        all.push(Happened::Run(Event::Entered(State::Verifying)));
        for _ in 0..1_000 {
            all.extend([saw(0), polled(false)]);
        }
        // Of telling it says nothing, and that comes in between as it likes.
        all.push(Happened::Delivered { to: "ada".into() });
        all.extend([saw(0), polled(false), saw(7)]);
        let entries = (0..).zip(all).map(|(number, happened)| Entry {
            number,
            at: second(number),
            happened,
        });
        let entries: Vec<Entry> = entries.collect();
        let lines = evidence(&entries).into_iter();
        let lines: Vec<_> = lines.map(|line| (line.at, line.text)).collect();
        let polled = "polled 1001 times until 1970-01-01T00:33:24Z: not so: prom.value() -> 0";
        let expected = [
            (second(0), "opened by event 1"),
            (second(3), polled),
            (second(2_005), "saw prom.value() -> 7"),
        ];
        assert_eq!(lines, expected.map(|(at, text)| (at, text.to_owned())));
    }
}
