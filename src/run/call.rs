//! From a step and its arguments to a call, and what the action's contract says of it.

use std::sync::Arc;

use smol_str::SmolStr;

use crate::effect::{Argument, Call, Fault};
use crate::program::{Action, Program, Step, StepIndex};
use crate::value::{Identity, Value};

/// A step and its action's contract.
pub fn lines(program: &Program, step: StepIndex) -> Option<(&Step, &Action)> {
    let step = program.steps.get(step.index())?;
    Some((step, program.actions.get(step.action.index())?))
}

/// The call of an action with these arguments.
pub fn of(action: &Action, args: Vec<Value>) -> Call {
    let named = action.params.iter().zip(args);
    let argument = |(name, value): (&SmolStr, Value)| Argument {
        name: Arc::from(name.as_str()),
        value,
    };
    Call {
        name: Arc::from(action.name.as_str()),
        args: named.map(argument).collect(),
    }
}

/// What the call changes.
pub fn targets(action: &Action, call: &Call) -> Vec<Identity> {
    let changed = action
        .changes
        .iter()
        .filter_map(|index| call.args.get(usize::from(*index)));
    changed
        .filter_map(|argument| match &argument.value {
            Value::Target(target) => Some(target.identity.clone()),
            _ => None,
        })
        .collect()
}

/// Amounts must lie in the range that the action declares.
pub fn check_ranges(action: &Action, args: &[Value]) -> Result<(), Fault> {
    for (index, range) in &action.ranges {
        let Some(value) = args.get(usize::from(*index)) else {
            continue;
        };
        if !range.contains(value) {
            let name = action
                .params
                .get(usize::from(*index))
                .map_or("", SmolStr::as_str);
            let why = format!("`{name}` of {} is {value}, allowed is {range}", action.name);
            return Err(Fault::OverBound(why));
        }
    }
    Ok(())
}

/// `k8s.Pod shop/w-1`
pub fn printed(identity: &Identity) -> String {
    let keys: Vec<&str> = identity.0.iter().map(|step| step.key.as_str()).collect();
    format!("{} {}", identity.kind(), keys.join("/"))
}
