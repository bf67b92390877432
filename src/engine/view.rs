//! Timelines and evidence in words, for people.

use crate::effect::Call;
use crate::journal::{Entry, Happened, Line, Scope};
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
        Happened::ResolvedBy { by, why } => match why.is_empty() {
            true => format!("resolved by {by}"),
            false => format!("resolved by {by}: {}", escape_text(why, SHOWN_CHARACTERS)),
        },
        Happened::Escalated { to } => format!("nobody answered: {to} is told"),
        Happened::Lapsed { by } => format!("what {by} acknowledged is still not resolved"),
        Happened::Bundled { to, page, others } => {
            let others = match others {
                1 => "another one".to_owned(),
                many => format!("{many} others"),
            };
            format!("goes to {to} with {others}, as page {page}")
        }
        Happened::Asked { to } => format!("{to} is told"),
        Happened::Unreached { to } => format!("nobody could be reached: {to} is told"),
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

fn in_storm(of: &Scope) -> String {
    let of = match of {
        Scope::All => "several products".to_owned(),
        Scope::Product(_) | Scope::Runbook(_) => of.shown(),
    };
    format!("part of a storm of incidents of {of}: one page tells of all of them")
}

fn requested(by: &str, role: Option<&str>, parameters: &str) -> String {
    let role = role.map(|role| format!(" as `{role}`"));
    let parameters = escape_text(parameters, SHOWN_CHARACTERS);
    format!(
        "{by} asked for it{}: {parameters}",
        role.unwrap_or_default()
    )
}

/// What was seen and done, for whoever is told.
pub fn evidence(entries: &[Entry]) -> Vec<Line> {
    let said = entries.iter().filter(|entry| is_evidence(&entry.happened));
    let mut lines: Vec<Line> = said
        .filter_map(|entry| {
            Some(Line {
                at: entry.at,
                text: line(entry)?,
            })
        })
        .collect();
    if lines.len() > LINES {
        // How it began and how it stands matter most.
        let left_out = lines.len() - LINES;
        let at = lines.get(LINES / 2).map_or(Time::default(), |line| line.at);
        let text = format!("… {left_out} lines left out; `rbk incident show` has them");
        lines.splice(LINES / 2..LINES / 2 + left_out, [Line { at, text }]);
    }
    lines
}

/// Whether it says something about the trouble, and not only about telling it.
fn is_evidence(happened: &Happened) -> bool {
    match happened {
        Happened::Opened { .. }
        | Happened::Reopened { .. }
        | Happened::Cleared { .. }
        | Happened::Observed { .. }
        | Happened::Granted { .. }
        | Happened::Refused { .. }
        | Happened::Waits { .. }
        | Happened::Performed { .. }
        | Happened::Settled { .. }
        | Happened::SettledBy { .. }
        | Happened::Requested { .. }
        | Happened::Damaged
        | Happened::Quarantined { .. }
        | Happened::Attached(_)
        | Happened::Run(_)
        | Happened::Resumed => true,
        Happened::Joined { .. }
        | Happened::Began { .. }
        | Happened::Told(_)
        | Happened::Delivered { .. }
        | Happened::Undelivered { .. }
        | Happened::Ended(_)
        | Happened::Acknowledged { .. }
        | Happened::ResolvedBy { .. }
        | Happened::InStorm { .. }
        | Happened::Lapsed { .. }
        | Happened::Bundled { .. }
        | Happened::Asked { .. }
        | Happened::Unreached { .. }
        | Happened::Escalated { .. } => false,
    }
}
