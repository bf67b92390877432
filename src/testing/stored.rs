//! The event store of a test: what `given event` says, asked by `events.last` and `events.number`.

use super::case::Case;
use crate::effect::{Call, Observed};
use crate::typed::BindingKind;
use crate::value::{Duration, Failure, Record, Time, Value};

/// What the store answers; None if the call is no question to it, or the test says nothing of it.
pub fn answer(case: &Case<'_>, call: &Call, now: Time) -> Option<Observed> {
    let counts = match &*call.name {
        "events.last" => false,
        "events.number" => true,
        _ => return None,
    };
    let events = events(case);
    if events.is_empty() {
        return None;
    }
    let mut fitting: Vec<&Record> = events
        .into_iter()
        .filter(|event| fits(event, call, now, case.test.at))
        .collect();
    if counts {
        return Some(Observed::Value(Value::Int(fitting.len() as i64)));
    }
    fitting.sort_by_key(|event| time(event, case.test.at));
    Some(match fitting.last() {
        Some(event) => Observed::Value(Value::Record(std::sync::Arc::new((*event).clone()))),
        None => Observed::Failed(Failure::no_data("no such event was given")),
    })
}

/// The kind of events that a call asks for, if it is a question to the store.
pub fn kind(call: &Call) -> Option<String> {
    let asks = matches!(&*call.name, "events.last" | "events.number");
    let kind = call.args.first().filter(|_| asks)?;
    Some(kind.value.to_plain())
}

/// The given events, and the one that set the run off.
fn events<'c>(case: &'c Case<'_>) -> Vec<&'c Record> {
    let bindings = case.runbook.bindings.iter();
    let values = case
        .test
        .trigger
        .iter()
        .flat_map(|trigger| trigger.bindings.iter());
    let triggers = bindings
        .zip(values)
        .filter(|(binding, _)| binding.kind == BindingKind::Event)
        .filter_map(|(_, value)| value.as_ref());
    let all = case.test.events.iter().chain(triggers);
    all.filter_map(|event| match event {
        Value::Record(record) => Some(record.as_ref()),
        _ => None,
    })
    .collect()
}

fn fits(event: &Record, call: &Call, now: Time, opened: Time) -> bool {
    let kind = call.args.first().map(|arg| arg.value.to_plain());
    let within = call
        .args
        .iter()
        .find_map(|arg| match (&*arg.name, &arg.value) {
            ("within", Value::Duration(within)) => Some(*within),
            _ => None,
        });
    let age = Duration::from_millis(now.millis() - time(event, opened).millis());
    // The first two arguments are the kind and the time; the rest are fields.
    let mut fields = call.args.iter().skip(2);
    kind.is_some_and(|kind| kind == event.shape.name)
        && within.is_none_or(|within| age <= within)
        && fields.all(|wanted| event.field(&wanted.name) == Some(&wanted.value))
}

/// When it happened: its first field that is a time, else right before the run.
fn time(event: &Record, opened: Time) -> Time {
    let mut times = event
        .fields
        .iter()
        .flatten()
        .filter_map(|field| match field {
            Value::Time(time) => Some(*time),
            _ => None,
        });
    times.next().unwrap_or(opened)
}
