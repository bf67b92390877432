//! Whether something that arrived fits a trigger, and what it binds.
//!
//! In: an alert, an event or a request, decoded at the border. Out: the values of the bindings, or
//! why the trigger does not take it.

use serde_json::Value as Json;
use smol_str::SmolStr;

use super::decode;
use super::runbooks::{Loaded, Runbooks};
use crate::diag::Code;
use crate::journal::Alert;
use crate::program::{Binding, DataType, Program, Trigger};
use crate::value::{Identity, Key, Map, Record, SHOWN_CHARACTERS, Target, Value, escape_text};
use crate::vm::{Step, Vm};

/// Instructions that a `where` may take.
const CONDITION_FUEL: u64 = 100_000;

/// Why one trigger did not take an event.
pub enum Passed {
    /// Its condition does not hold.
    NotSo,
    /// The event does not fit, or the condition could not be evaluated.
    Failed(Code, String),
}

impl Runbooks {
    /// The runbooks that take an alert, with what it binds in each.
    pub fn taking(&self, alert: &Alert) -> Vec<(&Loaded, Vec<Value>)> {
        let found = self.on_alert(alert).into_iter();
        let fitting = found.filter_map(|found| {
            let (loaded, trigger) = self.at(found)?;
            let bindings = fit(&loaded.program, trigger, |binding| {
                from_alert(binding, alert)
            });
            Some((loaded, bindings.ok()?))
        });
        fitting.collect()
    }
}

/// The values of a trigger's bindings, if its condition holds for them.
pub fn fit(
    program: &Program,
    trigger: &Trigger,
    mut value: impl FnMut(&Binding) -> Result<Value, String>,
) -> Result<Vec<Value>, Passed> {
    let bindings: Result<Vec<Value>, String> = trigger.bindings.iter().map(&mut value).collect();
    let bindings = bindings.map_err(|why| Passed::Failed(Code::EventMalformed, why))?;
    let Some(condition) = trigger.condition else {
        return Ok(bindings);
    };
    let mut vm = Vm::start(program, condition, bindings.clone());
    match vm.step(program, CONDITION_FUEL) {
        Step::Done(Value::Bool(true)) => Ok(bindings),
        Step::Done(Value::Bool(false)) => Err(Passed::NotSo),
        Step::Fault(fault) => {
            let why = crate::run::words::fault(&fault);
            Err(Passed::Failed(
                Code::ConditionFailed,
                format!("its `where` failed: {why}"),
            ))
        }
        Step::Done(_) | Step::Need(_) | Step::Yield => Err(Passed::Failed(
            Code::ConditionFailed,
            "its `where` came to no answer".to_owned(),
        )),
    }
}

pub fn from_alert(binding: &Binding, alert: &Alert) -> Result<Value, String> {
    match binding {
        Binding::Label(label) => Ok(match alert.labels.get(label) {
            Some(value) => Value::text(value),
            None => Value::None,
        }),
        Binding::Alert(DataType::Record(record)) => {
            let label =
                |(name, value): (&SmolStr, &SmolStr)| (Value::text(name), Value::text(value));
            let labels: Vec<_> = alert.labels.iter().map(label).collect();
            let fields = record
                .shape
                .fields
                .iter()
                .map(|field| match field.as_str() {
                    "name" => Some(Value::text(&alert.name)),
                    "labels" => Some(Value::Map(std::sync::Arc::new(Map::from(labels.clone())))),
                    _ => None,
                });
            Ok(Value::Record(std::sync::Arc::new(Record {
                shape: record.shape.clone(),
                fields: fields.collect(),
            })))
        }
        Binding::Unbound | Binding::Alert(_) | Binding::Event(_) | Binding::Parameter(_) => {
            Ok(Value::None)
        }
    }
}

pub fn from_event(binding: &Binding, json: &Json) -> Result<Value, String> {
    match binding {
        Binding::Event(ty) => decode::decode(json, ty).map_err(|misfit| misfit.to_string()),
        Binding::Unbound | Binding::Label(_) | Binding::Alert(_) | Binding::Parameter(_) => {
            Ok(Value::None)
        }
    }
}

pub fn from_request(
    program: &Program,
    binding: &Binding,
    name: Option<&SmolStr>,
    json: &Json,
) -> Result<Value, String> {
    let Binding::Parameter(ty) = binding else {
        return Ok(Value::None);
    };
    let name = name.map_or("", SmolStr::as_str);
    let said = |misfit: &dyn std::fmt::Display| format!("parameter `{name}`: {misfit}");
    match (json.get(name), ty) {
        (Some(json), ty) => {
            let value = decode::decode(json, ty).map_err(|misfit| said(&misfit))?;
            placed(program, value).map_err(|why| said(&why))
        }
        (None, DataType::Optional(_)) => Ok(Value::None),
        (None, _) => Err(format!("parameter `{name}` is missing")),
    }
}

/// Something in a request that no parameter is called, in words.
pub fn no_parameter(program: &Program, trigger: &Trigger, json: &Json) -> Option<String> {
    let named = program.metadata.bindings.iter().zip(&trigger.bindings);
    let known: Vec<&str> = named
        .filter(|(_, binding)| matches!(binding, Binding::Parameter(_)))
        .map(|(name, _)| name.as_str())
        .collect();
    let Some(said) = json.as_object() else {
        let is_nothing = json.is_null();
        return (!is_nothing).then(|| "the parameters of a request are one object".to_owned());
    };
    let mut said = said.keys();
    let unknown = said.find(|name| !known.contains(&name.as_str()))?;
    let unknown = escape_text(unknown, SHOWN_CHARACTERS);
    let known: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
    let known = match known.is_empty() {
        true => "none".to_owned(),
        false => known.join(", "),
    };
    Some(format!(
        "there is no parameter `{unknown}`; this runbook takes {known}"
    ))
}

/// A target that is only named, with the types of everything that it lies in.
fn placed(program: &Program, value: Value) -> Result<Value, String> {
    let Value::Target(target) = &value else {
        return Ok(value);
    };
    let known = |found: &&crate::program::TargetType| found.name == target.identity.kind();
    let Some(path) = program.targets.iter().find(known).map(|found| &found.path) else {
        return Err(format!("nothing is known of {}", target.identity.kind()));
    };
    let keys: Vec<&SmolStr> = target.identity.0.iter().map(|step| &step.key).collect();
    if keys.len() != path.len() || keys.iter().any(|key| key.is_empty()) {
        return Err(format!(
            "name it by the keys of {}, with `/` between",
            path.join(", ")
        ));
    }
    let step = |(kind, key): (&SmolStr, &SmolStr)| Key {
        kind: kind.clone(),
        key: key.clone(),
    };
    let identity = Identity(path.iter().zip(keys).map(step).collect());
    let target = target.as_ref().clone();
    Ok(Value::Target(std::sync::Arc::new(Target {
        identity,
        ..target
    })))
}

/// One line that says what an event or a request is about: its name, and its fields as far as they are
/// short, in the order in which they are declared.
pub fn title_of(name: &str, fields: &[SmolStr], json: &Json) -> String {
    let said = fields.iter().filter_map(|field| {
        let value = match json.get(field.as_str())? {
            Json::String(text) => text.clone(),
            number @ (Json::Number(_) | Json::Bool(_)) => number.to_string(),
            // Lists and records say too much for a title, and nothing says nothing.
            Json::Null | Json::Array(_) | Json::Object(_) => return None,
        };
        Some(format!(
            " {}={}",
            escape_text(field, 60),
            escape_text(&value, 60)
        ))
    });
    let said: String = said.take(8).collect();
    format!("{}{said}", escape_text(name, 120))
}

/// One line that says what it is about: the name, and the labels that tell it apart.
pub fn title(alert: &Alert) -> String {
    let others = alert.labels.iter().filter(|(name, _)| *name != "alertname");
    let labels: Vec<String> = others
        .take(8)
        .map(|(name, value)| format!("{}={}", escape_text(name, 60), escape_text(value, 60)))
        .collect();
    match labels.is_empty() {
        true => escape_text(&alert.name, 120),
        false => format!("{} {}", escape_text(&alert.name, 120), labels.join(" ")),
    }
}
