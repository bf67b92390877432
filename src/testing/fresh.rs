//! Samples from before the newest change say nothing of what it brought about.
//!
//! In: a question and its answer. Out: the answer, or no data, as the agent would have it: what was
//! measured before the change, or over a range of which more than half was.

use crate::effect::{Call, Observed};
use crate::literal::selectors;
use crate::value::{Failure, Time, Value};

/// What an answer says of the time after the change.
pub fn since(call: &Call, outcome: Observed, now: Time, change: Time) -> Observed {
    let Observed::Value(value) = outcome else {
        return outcome;
    };
    let kept = match (argument(call, "over"), argument(call, "every")) {
        (Some(Value::Duration(_)), Some(Value::Duration(every))) => {
            points(call, value, (now, every.millis()), change)
        }
        _ => {
            let at = match argument(call, "at") {
                Some(Value::Time(at)) => *at,
                Some(_) | None => now,
            };
            counts(call, at.millis(), change).map(|()| value)
        }
    };
    match kept {
        Ok(value) => Observed::Value(value),
        Err(why) => Observed::Failed(Failure::no_data(why.to_owned())),
    }
}

const OLD: &str = "the newest sample is older than the last change";
const HALF: &str = "more than half of the range of the query is older than the last change";

/// Whether a sample of that moment counts.
fn counts(call: &Call, at: i64, change: Time) -> Result<(), &'static str> {
    if at < change.millis() {
        return Err(OLD);
    }
    let query = call.args.iter().find_map(|arg| match &arg.value {
        Value::Query(query) => Some(query.text.as_str()),
        _ => None,
    });
    // What is moved to the past is what the present is compared with, and is old on purpose.
    let of_now = query.and_then(selectors).unwrap_or_default();
    let mut of_now = of_now
        .iter()
        .filter(|selector| selector.shift == 0 && selector.at.is_none());
    let passed = at.saturating_sub(change.millis());
    match of_now.any(|selector| selector.reach > 0 && passed < selector.reach / 2) {
        true => Err(HALF),
        false => Ok(()),
    }
}

/// The points of a range that speak of the time after the change; the newest is of now.
fn points(
    call: &Call,
    value: Value,
    (now, every): (Time, i64),
    change: Time,
) -> Result<Value, &'static str> {
    let Value::List(points) = &value else {
        return Ok(value);
    };
    if points.is_empty() {
        return Ok(value);
    }
    let (mut kept, mut refused) = (Vec::new(), OLD);
    for (back, point) in points.iter().rev().enumerate() {
        let back = i64::try_from(back).unwrap_or(i64::MAX);
        let at = now.millis().saturating_sub(every.saturating_mul(back));
        match counts(call, at, change) {
            Ok(()) => kept.push(point.clone()),
            Err(why) => refused = why,
        }
    }
    kept.reverse();
    match kept.is_empty() {
        true => Err(refused),
        false => Ok(Value::list(kept)),
    }
}

fn argument<'c>(call: &'c Call, name: &str) -> Option<&'c Value> {
    let mut args = call.args.iter();
    args.find(|arg| *arg.name == *name).map(|arg| &arg.value)
}
