//! Which target a reply is about: what the test leaves out comes from the call's arguments.
//!
//! `given k8s.pod("shop", "w-1") -> Pod(ready: true)` is the pod `shop/w-1`; the elements of
//! `given k8s.pods("shop") -> 6 of Pod(ready: true)` are `shop/pod-1` and so on.

use std::sync::Arc;

use smol_str::SmolStr;

use super::case::Case;
use crate::effect::{Argument, Call};
use crate::typed::{Extern, ExternId, Package, Type};
use crate::value::{Identity, Key, Record, Shape, Target, Value};

/// The value with every target in it identified, or what cannot be.
pub fn complete(case: &Case<'_>, value: &Value, call: &Call) -> Result<Value, String> {
    let known: Vec<Given<'_>> = call
        .args
        .iter()
        .filter_map(|arg| given(&arg.value))
        .collect();
    complete_one(case.package, value, &known, None)
}

/// The call that finds a target by its identity.
pub fn lookup_call(case: &Case<'_>, target: &Target) -> Option<Call> {
    let kind = target.identity.kind();
    let mut declared = case.package.targets.iter();
    let declared = declared.find(|found| found.name.is(kind))?;
    let id: ExternId = declared.lookup?;
    let lookup = case.package.externs.get(id.index())?;
    let values = lookup_arguments(lookup, &target.identity);
    let named = lookup.params.iter().zip(values);
    Some(Call {
        name: lookup.name.to_string().into(),
        args: named
            .map(|(param, value)| Argument {
                name: param.name.as_str().into(),
                value,
            })
            .collect(),
    })
}

/// What an argument says of an identity.
enum Given<'v> {
    /// The next key from outside.
    Key(SmolStr),
    /// All keys of a parent, or of the thing itself.
    Path(&'v Identity),
}

fn given(value: &Value) -> Option<Given<'_>> {
    match value {
        Value::Text(text) => Some(Given::Key(text.as_str().into())),
        Value::Int(number) => Some(Given::Key(number.to_string().into())),
        Value::Target(target) => Some(Given::Path(&target.identity)),
        _ => None,
    }
}

fn complete_one(
    package: &Package,
    value: &Value,
    known: &[Given<'_>],
    element: Option<usize>,
) -> Result<Value, String> {
    match value {
        Value::List(items) => {
            let items = items.iter().enumerate();
            let items = items.map(|(index, item)| complete_one(package, item, known, Some(index)));
            Ok(Value::list(items.collect::<Result<_, _>>()?))
        }
        Value::Target(target) => complete_target(package, target, known, element),
        other => Ok(other.clone()),
    }
}

fn complete_target(
    package: &Package,
    target: &Target,
    known: &[Given<'_>],
    element: Option<usize>,
) -> Result<Value, String> {
    let kind = match target.identity.0.last() {
        Some(key) => key.kind.clone(),
        None => target.snapshot.shape.name.clone(),
    };
    let path = path(package, &kind);
    let mut keys = Vec::with_capacity(path.len());
    for (step, kind) in path.iter().enumerate() {
        let is_last = step + 1 == path.len();
        let key = own_key(target, kind, is_last)
            .or_else(|| {
                if element.is_some() && is_last {
                    None
                } else {
                    argument(known, kind, step)
                }
            })
            .or_else(|| {
                element
                    .filter(|_| is_last)
                    .map(|index| numbered(kind, index))
            });
        let key = key.ok_or_else(|| format!("which {kind} it is"))?;
        keys.push(Key {
            kind: kind.clone(),
            key,
        });
    }
    let identity = Identity(keys);
    let mut snapshot = target.snapshot.clone();
    for field in snapshot.fields.iter_mut().flatten() {
        *field = complete_one(package, field, &[Given::Path(&identity)], None)?;
    }
    if let Some(key) = snapshot.fields.first_mut() {
        let named = |found: &&crate::typed::Target| found.name.is(kind.as_str());
        let declared = package.targets.iter().find(named);
        let form = declared.map(|found| found.key_form).unwrap_or_default();
        *key = Some(form.value(identity.key()));
    }
    Ok(Value::Target(Arc::new(Target {
        identity,
        uid: target.uid.clone(),
        snapshot,
    })))
}

/// What the test itself says.
fn own_key(target: &Target, kind: &str, is_last: bool) -> Option<SmolStr> {
    let mut keys = target.identity.0.iter();
    let key = keys.find(|key| key.kind == kind && !key.key.is_empty());
    let named = key.map(|key| key.key.clone());
    let field = || match target.snapshot.fields.first() {
        Some(Some(key)) if is_last => Some(SmolStr::from(key.to_plain())),
        _ => None,
    };
    named.or_else(field)
}

/// What the arguments say of this step: a target says all its keys, a name says the next one.
fn argument(known: &[Given<'_>], kind: &str, step: usize) -> Option<SmolStr> {
    let mut reached = 0;
    for given in known {
        match given {
            Given::Key(key) => {
                if reached == step {
                    return Some(key.clone());
                }
                reached += 1;
            }
            Given::Path(identity) => {
                if let Some(key) = identity.0.iter().find(|key| key.kind == kind) {
                    return Some(key.key.clone());
                }
                reached = identity.0.len();
            }
        }
    }
    None
}

/// `pod-1` for the first of a list.
fn numbered(kind: &str, index: usize) -> SmolStr {
    let name = kind.rsplit('.').next().unwrap_or(kind).to_lowercase();
    format!("{name}-{}", index + 1).into()
}

/// The types that a target lies in, outermost first, itself last.
pub fn path(package: &Package, kind: &str) -> Vec<SmolStr> {
    let named = |target: &&crate::typed::Target| target.name.is(kind);
    let mut next = package.targets.iter().find(named);
    let mut path = Vec::new();
    while let Some(target) = next {
        path.push(SmolStr::from(target.name.to_string()));
        // A target never lies in itself: the declarations are checked for that.
        next = target
            .within
            .and_then(|parent| package.targets.get(parent.index()));
    }
    path.reverse();
    path
}

/// The arguments that make a lookup find this identity again.
pub fn lookup_arguments(lookup: &Extern, identity: &Identity) -> Vec<Value> {
    let mut step = 0;
    let mut arguments = Vec::with_capacity(lookup.params.len());
    for (index, param) in lookup.params.iter().enumerate() {
        // Parents stand for all keys up to their own; names for one key each.
        let rest = lookup.params.len() - index - 1;
        let key = |step: usize| identity.0.get(step).map_or("", |key| key.key.as_str());
        match param.ty {
            Type::Target(_) => {
                step = identity.0.len().saturating_sub(rest);
                let path = identity.0.get(..step).unwrap_or_default();
                arguments.push(bare(Identity(path.to_vec())));
                continue;
            }
            Type::Int => arguments.push(key(step).parse().map_or(Value::None, Value::Int)),
            _ => arguments.push(Value::text(key(step))),
        }
        step += 1;
    }
    arguments
}

/// A target of which only the identity counts.
fn bare(identity: Identity) -> Value {
    let shape = Shape {
        name: identity.kind().into(),
        fields: Box::default(),
    };
    let snapshot = Record {
        shape: Arc::new(shape),
        fields: Vec::new(),
    };
    Value::Target(Arc::new(Target {
        identity,
        uid: None,
        snapshot,
    }))
}
