//! What fields of a disturbed target name, as they were when it was changed: the failure domains that its place does not
//! say.

use std::collections::BTreeMap;

use crate::value::Identity;

/// By target. One that names nothing has no entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LiesIn(BTreeMap<Identity, Vec<Identity>>);

impl LiesIn {
    pub fn named_by(&self, target: &Identity) -> &[Identity] {
        self.0.get(target).map(Vec::as_slice).unwrap_or_default()
    }

    /// It was changed.
    pub fn put(&mut self, target: &Identity, named: Vec<Identity>) {
        match named.is_empty() {
            true => self.0.remove(target),
            false => self.0.insert(target.clone(), named),
        };
    }

    /// It is not disturbed any more.
    pub fn remove(&mut self, target: &Identity) {
        self.0.remove(target);
    }
}
