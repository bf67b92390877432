//! What a lookup asks for: keys that are keys, and nothing but what they name.
//!
//! In: an observation. Out: the identity that it asks for, or why it may not be asked. A lookup
//! that is answered with something else was not answered.

use crate::program::{LookupArgument, Program};
use crate::rule::Rule;
use crate::value::{Bounds, Failure, Identity, Key, KeyForm, Target, Value};
use crate::vm::Observation;

/// The identity that a lookup asks for; nothing where it is no lookup.
pub fn asked(program: &Program, observation: &Observation) -> Result<Option<Identity>, Failure> {
    let lookup = program.targets.iter().find_map(|target| {
        let lookup = target.lookup.as_ref()?;
        (lookup.observable == observation.of).then_some((target, lookup))
    });
    let Some((target, lookup)) = lookup else {
        return Ok(None);
    };
    let form = |kind: &str| {
        let found = program.targets.iter().find(|target| target.name == kind);
        found.map_or(KeyForm::Name, |found| found.key)
    };
    let mut keys: Vec<Key> = Vec::new();
    for (argument, value) in lookup.arguments.iter().zip(&observation.args) {
        let (step, key) = match (argument, value) {
            (LookupArgument::Parent(_), Value::Target(parent)) => {
                keys.clone_from(&parent.identity.0);
                continue;
            }
            (LookupArgument::Text(step), Value::Text(text)) => (step, text.as_str().into()),
            (LookupArgument::Int(step), Value::Int(number)) => (step, number.to_string().into()),
            // The checker lets no other value through.
            (LookupArgument::Parent(_) | LookupArgument::Text(_) | LookupArgument::Int(_), _) => {
                return Ok(None);
            }
        };
        let Some(kind) = target.path.get(usize::from(*step)).cloned() else {
            return Ok(None);
        };
        let key = Key { kind, key };
        if Rule::KeysAreNames.holds()
            && let Some(fault) = form(&key.kind).fault(&key.key)
        {
            let what = format!("there is no such {}: {fault}", key.kind);
            return Err(Failure::conversion(what));
        }
        keys.push(key);
    }
    Ok(Some(Identity(keys)))
}

/// Why an answer is none: it is about something else than the lookup asked for.
pub fn other(program: &Program, observation: &Observation, value: &Value) -> Option<Failure> {
    if !Rule::LookupsYieldWhatWasAsked.holds() {
        return None;
    }
    let wanted = asked(program, observation).ok().flatten()?;
    match value {
        Value::Target(found) if found.identity == wanted => elsewhere(found),
        Value::Target(found) => {
            let steps = wanted.0.iter().map(|step| step.key.as_str());
            let steps = steps.collect::<Vec<_>>().join("/");
            let found = Value::Target(found.clone());
            let what = format!("asked for {} {steps}, got {found}", wanted.kind());
            Some(Failure::Failed(what.into()))
        }
        _ => Some(Failure::Failed("a lookup that yields no target".into())),
    }
}

/// Why an answer is none: a field of it is a target that lies in another place than itself. Whose a
/// target is hangs on where it lies, and so does whose the targets are that its fields yield.
fn elsewhere(found: &Target) -> Option<Failure> {
    let place = found.identity.0.first()?;
    let fields = found.snapshot.fields.iter().flatten();
    let other = fields.filter_map(|field| match field {
        Value::Target(other) => Some(other),
        _ => None,
    });
    let mut elsewhere = other.filter(|other| {
        let lies = other.identity.0.first();
        lies.is_some_and(|lies| lies.kind == place.kind && lies.key != place.key)
    });
    let other = Value::Target(elsewhere.next()?.clone());
    let what = format!(
        "asked for something of {} {}, got {other}",
        place.kind, place.key
    );
    Some(Failure::Failed(what.into()))
}

/// Why an answer is none: it has something in it that is never seen, such as a count below zero.
pub fn never_seen(program: &Program, observation: &Observation, value: &Value) -> Option<Failure> {
    if !Rule::AnswersAreInRange.holds() {
        return None;
    }
    let observable = program.observables.get(observation.of.index())?;
    if observable.seen.is_empty() {
        return None;
    }
    let never = |name: &str, range: &Bounds, value: &Value| {
        let what = format!("{name} is never {value}: it is {range}");
        Some(Failure::Failed(what.into()))
    };
    let mut parts = vec![(value, true)];
    while let Some((part, whole)) = parts.pop() {
        let record = match part {
            Value::List(items) => {
                parts.extend(items.iter().map(|item| (item, whole)));
                continue;
            }
            Value::Map(map) => {
                parts.extend(map.entries().iter().map(|(_, item)| (item, false)));
                continue;
            }
            Value::Record(record) => record.as_ref(),
            Value::Target(target) => &target.snapshot,
            _ => {
                let of = observable.seen.iter().find(|seen| seen.field.is_none());
                match of.filter(|of| whole && !of.range.contains(part)) {
                    Some(of) => return never(&observable.name, &of.range, part),
                    None => continue,
                }
            }
        };
        for (name, value) in record.shape.fields.iter().zip(&record.fields) {
            let Some(value) = value else { continue };
            let of = observable.seen.iter().find(|seen| {
                let field = seen.field.as_ref();
                field.is_some_and(|(ty, field)| *ty == record.shape.name && field == name)
            });
            match of.filter(|of| !of.range.contains(value)) {
                Some(of) => return never(name, &of.range, value),
                None => parts.push((value, false)),
            }
        }
    }
    None
}
