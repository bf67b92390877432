//! Which run has hold of which targets: found by place, by run, and counted by type, without a walk
//! over those of all others.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use smol_str::SmolStr;

use crate::journal::{IncidentId, RunId};
use crate::value::Identity;

/// Targets, each with the run that has hold of it.
#[derive(Clone, Debug, Default)]
pub struct Targets {
    by_place: BTreeMap<Identity, RunId>,
    by_run: BTreeSet<(RunId, Identity)>,
    /// How many there are of each type.
    counts: BTreeMap<SmolStr, usize>,
}

impl Targets {
    pub fn insert(&mut self, target: Identity, run: RunId) {
        self.remove(&target);
        *self.counts.entry(target.kind().into()).or_default() += 1;
        self.by_run.insert((run, target.clone()));
        self.by_place.insert(target, run);
    }

    pub fn remove(&mut self, target: &Identity) {
        let Some(run) = self.by_place.remove(target) else {
            return;
        };
        self.by_run.remove(&(run, target.clone()));
        if let Some(count) = self.counts.get_mut(target.kind()) {
            *count = count.saturating_sub(1);
        }
    }

    /// Which run has hold of this.
    pub fn owner(&self, target: &Identity) -> Option<RunId> {
        self.by_place.get(target).copied()
    }

    /// Everything of a type that somebody has hold of.
    pub fn of_kind<'t>(&'t self, kind: &'t str) -> impl Iterator<Item = &'t Identity> {
        let is_any = self.counts.get(kind).is_some_and(|count| *count > 0);
        let all = self.by_place.keys().filter(move |_| is_any);
        all.filter(move |target| target.kind() == kind)
    }

    /// Everything that a run has hold of, in the order of places.
    pub fn of(&self, run: RunId) -> impl Iterator<Item = &Identity> {
        let from = (run, Identity(Vec::new()));
        let own = self.by_run.range(from..);
        let own = own.take_while(move |(owner, _)| *owner == run);
        own.map(|(_, target)| target)
    }

    /// Everything that the runs of an incident have hold of.
    pub fn of_incident(&self, incident: IncidentId) -> impl Iterator<Item = &Identity> {
        let from = (RunId::Incident(incident, 0), Identity(Vec::new()));
        let own = self.by_run.range(from..);
        let own = own.take_while(move |(owner, _)| match owner {
            RunId::Incident(owner, _) => *owner == incident,
            RunId::Debt(..) => false,
        });
        own.map(|(_, target)| target)
    }

    /// The outermost thing of another run that lies in this target, or that it lies in.
    pub fn in_the_way(&self, run: RunId, target: &Identity) -> Option<(&Identity, RunId)> {
        let around = places_around(target);
        let around = around.filter_map(|place| self.by_place.get_key_value(&place));
        let inside = self
            .by_place
            .range::<Identity, _>((Bound::Included(target), Bound::Unbounded));
        let inside = inside.take_while(|(place, _)| target.contains(place));
        let mut all = around.chain(inside);
        let (place, owner) = all.find(|(_, owner)| **owner != run)?;
        Some((place, *owner))
    }

    /// Another run that has hold of something of a type.
    pub fn first_of_others(&self, run: RunId, kind: &str) -> Option<RunId> {
        let mut all = self.by_place.iter();
        let other = all.find(|(target, owner)| target.kind() == kind && **owner != run);
        other.map(|(_, owner)| *owner)
    }

    /// How many of a type others have hold of, but for these.
    pub fn of_others(&self, run: RunId, kind: &str, but: &[Identity]) -> usize {
        let all = self.counts.get(kind).copied().unwrap_or_default();
        let own = self.of(run).filter(|target| target.kind() == kind).count();
        let but: BTreeSet<&Identity> = but.iter().filter(|one| one.kind() == kind).collect();
        let others = |target: &&&Identity| {
            self.by_place
                .get(**target)
                .is_some_and(|owner| *owner != run)
        };
        let but = but.iter().filter(others).count();
        all.saturating_sub(own).saturating_sub(but)
    }
}

/// A store knows which incident has hold of a target, and not which of its runs.
impl PartialEq for Targets {
    fn eq(&self, other: &Targets) -> bool {
        let held = self.by_place.iter().zip(&other.by_place);
        self.by_place.len() == other.by_place.len()
            && held
                .into_iter()
                .all(|((one, by), (other, who))| one == other && owner(*by) == owner(*who))
    }
}

fn owner(run: RunId) -> (u8, u64) {
    match run {
        RunId::Incident(incident, _) => (0, incident.0),
        RunId::Debt(debt, _) => (1, debt.0),
    }
}

/// What a target lies in, outermost first.
pub fn places_around(target: &Identity) -> impl Iterator<Item = Identity> {
    let steps = &target.0;
    (0..steps.len()).map(|length| Identity(steps.iter().take(length).cloned().collect()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Key;

    fn place(path: &str) -> Identity {
        let step = |key: &str| Key {
            kind: key.chars().take(1).collect::<String>().into(),
            key: key.into(),
        };
        Identity(path.split('/').map(step).collect())
    }

    fn run(number: u64) -> RunId {
        RunId::Incident(IncidentId(number), 0)
    }

    #[test]
    fn what_is_around_and_inside_is_in_the_way() {
        let mut targets = Targets::default();
        for (path, owner) in [("a/b", 1), ("a/b/c", 2), ("a/bb", 3), ("d", 4), ("a/c", 2)] {
            targets.insert(place(path), run(owner));
        }
        let way = |owner, path| {
            let found = targets.in_the_way(run(owner), &place(path));
            found.map(|(found, owner)| (found.clone(), owner))
        };
        assert_eq!(way(9, "a"), Some((place("a/b"), run(1))));
        assert_eq!(way(1, "a"), Some((place("a/b/c"), run(2))));
        assert_eq!(way(9, "a/b/c/d"), Some((place("a/b"), run(1))));
        assert_eq!(way(1, "a/b/c/d"), Some((place("a/b/c"), run(2))));
        assert_eq!(way(4, "d"), None);
        assert_eq!(way(9, "e"), None);
    }

    #[test]
    fn counts_are_of_others_and_without_what_is_asked_for() {
        let mut targets = Targets::default();
        for (path, owner) in [("h1", 1), ("h2", 1), ("h3", 2), ("x1", 2), ("h3", 3)] {
            targets.insert(place(path), run(owner));
        }
        assert_eq!(targets.of_others(run(1), "h", &[]), 1);
        assert_eq!(
            targets.of_others(run(2), "h", &[place("h1"), place("h1")]),
            2
        );
        let own: Vec<Identity> = targets.of(run(1)).cloned().collect();
        assert_eq!(own, [place("h1"), place("h2")]);
        let incident = targets.of_incident(IncidentId(1)).cloned();
        assert_eq!(incident.collect::<Vec<_>>(), own);
        for target in &own {
            targets.remove(target);
        }
        assert_eq!(targets.of_others(run(9), "h", &[place("h3")]), 0);
        assert_eq!(targets.of_others(run(9), "x", &[]), 1);
    }
}
