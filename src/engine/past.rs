//! What was done to the product, as its tools reported it: the answers to `events.last` and
//! `events.number`, out of the journal and what has just arrived.

use std::sync::Arc;

use serde_json::Value as Json;

use super::desk::Desk;
use super::{Engine, decode};
use crate::effect::{Call, Observed};
use crate::journal::{Arrival, Error, Event, Journal};
use crate::program::{DataType, Program};
use crate::value::{Duration, Failure, Record, Time, Value};

impl Engine {
    /// The answer, if the call is a question about events.
    pub(super) fn past(
        &self,
        journal: &dyn Journal,
        program: &Program,
        call: &Call,
        now: Time,
    ) -> Result<Option<Observed>, Error> {
        let counts = match &*call.name {
            "events.last" => false,
            "events.number" => true,
            _ => return Ok(None),
        };
        let kind = call.args.first().map(|argument| argument.value.to_plain());
        let kind = kind.unwrap_or_default();
        let record = program
            .records
            .iter()
            .find(|record| matches!(record, DataType::Record(record) if record.shape.name == kind));
        let Some(record) = record else {
            let why = format!("`{kind}` is no kind of event that this program knows");
            return Ok(Some(Observed::Failed(Failure::Failed(why.into()))));
        };
        let within = call.args.iter().find_map(|argument| match argument.value {
            Value::Duration(within) if &*argument.name == "within" => Some(within),
            _ => None,
        });
        let within = within.unwrap_or(Duration::ZERO);
        let since = now.millis().saturating_sub(within.millis());
        let since = Time::from_millis(since).unwrap_or_default();
        let stored = journal.events(&kind, since)?;
        let arrivals = stored.iter().chain(arrived(&self.desk, &kind));
        let mut fitting: Vec<(Time, Arc<Record>)> = arrivals
            .filter_map(|arrival| fitting(arrival, record, call))
            .filter(|(time, _)| *time >= since)
            .collect();
        if counts {
            let number = i64::try_from(fitting.len()).unwrap_or(i64::MAX);
            return Ok(Some(Observed::Value(Value::Int(number))));
        }
        // Of two at the same time the one that was told later counts.
        fitting.sort_by_key(|(time, _)| *time);
        Ok(Some(match fitting.pop() {
            Some((_, event)) => Observed::Value(Value::Record(event)),
            None => {
                let why = format!("no {kind} within {within}");
                Observed::Failed(Failure::no_data(why))
            }
        }))
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
