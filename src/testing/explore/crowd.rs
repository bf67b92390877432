//! A population in which a change may be made: who was seen on the path, and so many well ones beside them that each
//! share and floor leaves room.
//!
//! In: a probe that lists targets, and the targets seen so far. Out: one more answer, before those that its type alone gives.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::values::Values;
use crate::effect::Call;
use crate::program::lower::{Asks, PopulationLine};
use crate::typed::{TargetId, Type};
use crate::value::{Record, Target, Value};

/// No population that is tried is larger: what needs more is not tried.
const LARGEST: usize = 500;
/// So many of those that were seen are in it.
const SEEN: usize = 8;

/// The targets that were seen along a path.
#[derive(Clone, Debug, Default)]
pub struct Seen(Vec<Arc<Target>>);

impl Seen {
    pub fn add(&mut self, value: &Value) {
        match value {
            Value::Target(target) if self.0.len() < SEEN && !self.0.contains(target) => {
                self.0.push(target.clone());
            }
            Value::List(items) => items.iter().take(SEEN).for_each(|item| self.add(item)),
            _ => {}
        }
    }

    /// A state together with what was seen before it, since later answers depend on that.
    pub fn within(&self, state: [u8; 32]) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(state);
        for target in &self.0 {
            hash.update(format!("{:?}", target.identity));
        }
        hash.finalize().into()
    }
}

/// The population that a probe lists, if a line counts what it lists.
pub fn population(
    values: &Values<'_, '_>,
    result: &Type,
    call: &Call,
    seen: &Seen,
) -> Option<Value> {
    let id = listed(result)?;
    let case = values.case;
    let kind = case.package.targets.get(id.index())?.name.to_string();
    let lines = case.program.lowers.populations.iter();
    let lines: Vec<&PopulationLine> = lines.filter(|line| line.of == kind).collect();
    if lines.is_empty() {
        return None;
    }
    let own = seen
        .0
        .iter()
        .filter(|target| target.identity.kind() == kind);
    let own: Vec<Value> = own.cloned().map(Value::Target).collect();
    let size = (own.len() + 1..=LARGEST).find(|size| leaves_room(&lines, *size, own.len()))?;
    let (ordinary, _) = values.of(&Type::Target(id), &Default::default(), None);
    let other = well(ordinary.into_iter().next()?, &lines);
    let others = vec![other; size - own.len()];
    Some(values.named(Value::list([own, others].concat()), call))
}

fn listed(ty: &Type) -> Option<TargetId> {
    match ty {
        Type::List(inner) => match **inner {
            Type::Target(id) => Some(id),
            _ => None,
        },
        _ => None,
    }
}

/// Whether all lines let so many of a population of this size be changed.
fn leaves_room(lines: &[&PopulationLine], size: usize, changed: usize) -> bool {
    let changed = changed.max(1);
    lines.iter().all(|line| match line.asks {
        Asks::Share(_) => line.number(size) >= changed,
        Asks::Floor { .. } => line.number(size) + changed <= size,
    })
}

/// One for which the field of each floor is true.
fn well(value: Value, lines: &[&PopulationLine]) -> Value {
    let Value::Target(target) = &value else {
        return value;
    };
    let mut target = Target::clone(target);
    let mut snapshot = Record::clone(&target.snapshot);
    for line in lines {
        if let Asks::Floor { field, .. } = &line.asks {
            let at = snapshot.shape.position(field);
            if let Some(slot) = at.and_then(|at| snapshot.fields.get_mut(at)) {
                *slot = Some(Value::Bool(true));
            }
        }
    }
    target.snapshot = snapshot;
    Value::Target(Arc::new(target))
}
