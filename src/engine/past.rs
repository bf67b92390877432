//! What was done to the product, as its tools reported it: the answers to `events.last` and
//! `events.number`, out of the journal and what has just arrived.

use std::sync::Arc;

use serde_json::Value as Json;
use smol_str::SmolStr;

use super::desk::Desk;
use super::{Engine, decode};
use crate::effect::{Call, Observed};
use crate::journal::{Arrival, Event, RunId};
use crate::program::{DataType, Program};
use crate::run::{self, Observe};
use crate::value::{Duration, Failure, Record, Time, Value};

const LAST: &str = "events.last";
const NUMBER: &str = "events.number";

/// The events that a call asks about: their name, and since when; none if it asks no such thing.
pub fn asked(call: &Call, now: Time) -> Option<(SmolStr, Time)> {
    if !is_about_events(call) {
        return None;
    }
    let kind = call.args.first().map(|argument| argument.value.to_plain());
    let since = now.millis().saturating_sub(within(call).millis());
    let since = Time::from_millis(since).unwrap_or_default();
    Some((kind.unwrap_or_default().into(), since))
}

fn is_about_events(call: &Call) -> bool {
    matches!(&*call.name, LAST | NUMBER)
}

fn within(call: &Call) -> Duration {
    let within = call.args.iter().find_map(|argument| match argument.value {
        Value::Duration(within) if &*argument.name == "within" => Some(within),
        _ => None,
    });
    within.unwrap_or(Duration::ZERO)
}

impl Engine {
    /// Answers what a run asks of the past.
    pub(super) fn recall(
        &mut self,
        run: RunId,
        observe: &Observe,
        past: &(SmolStr, Time),
        now: Time,
    ) {
        let program = self.desk.code_of(run);
        let program = program.and_then(|code| self.desk.program(code).ok());
        // Without its code the run cannot go on: whoever drives it finds that out.
        let outcome = match program {
            Some(program) => self.past(&program, &observe.call, past),
            None => Observed::Failed(Failure::Failed("its code cannot be read".into())),
        };
        let input = run::Input::Observed {
            id: observe.id,
            outcome,
        };
        self.answer(run, input, now);
    }

    /// What has happened of that, as the program asks for it.
    pub(super) fn past(&self, program: &Program, call: &Call, past: &(SmolStr, Time)) -> Observed {
        let (kind, since) = past;
        let mut records = program.records.iter();
        let record = records.find(
            |record| matches!(record, DataType::Record(record) if record.shape.name == *kind),
        );
        let Some(record) = record else {
            let why = format!("`{kind}` is not a kind of event that this program knows");
            return Observed::Failed(Failure::Failed(why.into()));
        };
        let stored = match self.desk.events(past) {
            Ok(stored) => stored,
            // One that is missing may be the one that is asked for.
            Err(damaged) => return Observed::Failed(Failure::Failed(damaged.to_string().into())),
        };
        let arrivals = stored.iter().chain(arrived(&self.desk, kind));
        let mut fitting: Vec<(Time, Arc<Record>)> = arrivals
            .filter_map(|arrival| fitting(arrival, record, call))
            .filter(|(time, _)| time >= since)
            .collect();
        if &*call.name == NUMBER {
            let number = i64::try_from(fitting.len()).unwrap_or(i64::MAX);
            return Observed::Value(Value::Int(number));
        }
        // Of two at the same time the one that was told later counts.
        fitting.sort_by_key(|(time, _)| *time);
        match fitting.pop() {
            Some((_, event)) => Observed::Value(Value::Record(event)),
            None => {
                let why = format!("no {kind} within {}", within(call));
                Observed::Failed(Failure::no_data(why))
            }
        }
    }
}

/// What this batch has accepted; the journal does not know it yet.
fn arrived<'d>(desk: &'d Desk, kind: &'d str) -> impl Iterator<Item = &'d Arrival> {
    desk.arrived()
        .filter(move |arrival| arrival.event.name() == kind)
}

/// An event of the kind whose fields are as the further arguments say, and when it happened: its
/// first field that is a time, else when it arrived.
fn fitting(arrival: &Arrival, record: &DataType, call: &Call) -> Option<(Time, Arc<Record>)> {
    let Event::Named { json, .. } = &arrival.event else {
        return None;
    };
    let json: Json = serde_json::from_str(json).ok()?;
    // What does not decode is no event of this kind, and lies with the dead letters.
    let Ok(Value::Record(event)) = decode::decode(&json, record) else {
        return None;
    };
    let mut wanted = call.args.iter().skip(2);
    if !wanted.all(|argument| event.field(&argument.name) == Some(&argument.value)) {
        return None;
    }
    let mut times = event
        .fields
        .iter()
        .flatten()
        .filter_map(|field| match field {
            Value::Time(time) => Some(*time),
            _ => None,
        });
    Some((times.next().unwrap_or(arrival.at), event))
}
