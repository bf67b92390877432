//! Which runbook of one side is which of the other: by name, and by what it does where that is new.

use std::collections::{BTreeMap, BTreeSet};

use super::version::{next, verdict};
use super::{
    AllowDiff, Asks, Change, Dependency, DependencyDiff, Field, Known, Order, RunbookChange,
    RunbookDiff, Side, Verdict, Words, compare,
};
use crate::program::manifest::{Authority, Part};

pub fn runbooks(before: &Side, after: &Side) -> Vec<RunbookDiff> {
    let old: BTreeMap<_, _> = before.runbooks.iter().map(|one| (&one.name, one)).collect();
    let new: BTreeMap<_, _> = after.runbooks.iter().map(|one| (&one.name, one)).collect();
    let mut gone: Vec<&Known> = old
        .values()
        .filter(|one| !new.contains_key(&one.name))
        .copied()
        .collect();
    let mut found = Vec::new();
    for (name, after) in &new {
        if let Some(before) = old.get(name) {
            found.push(changed(before, after));
            continue;
        }
        match gone.iter().position(|one| one.core == after.core) {
            Some(at) => {
                let before = gone.remove(at);
                let mut renamed = changed(before, after);
                renamed.change = RunbookChange::Renamed(before.name.clone());
                found.push(renamed);
            }
            None => found.push(alone(after, RunbookChange::Added)),
        }
    }
    found.extend(
        gone.into_iter()
            .map(|one| alone(one, RunbookChange::Removed)),
    );
    found
}

/// A runbook that is on one side only: its version is free.
fn alone(one: &Known, change: RunbookChange) -> RunbookDiff {
    let is_new = change == RunbookChange::Added;
    let (from, to) = match is_new {
        true => (None, one.version),
        false => (one.version, None),
    };
    RunbookDiff {
        name: one.name.clone(),
        core: match is_new {
            true => [None, Some(one.core)],
            false => [Some(one.core), None],
        },
        change,
        from,
        to,
        asks: Asks::None,
        needs: None,
        verdict: Verdict::Enough,
        // Whatever a new one may do, it may newly do.
        changes: match is_new {
            true => all_seen(compare::changes(&nothing(one), one)),
            false => Vec::new(),
        },
    }
}

/// Of a new runbook its bounds and proofs are as much to look at as its rights.
fn all_seen(mut changes: Vec<Change>) -> Vec<Change> {
    for change in &mut changes {
        if change.order == Order::Narrower {
            change.order = Order::Other;
        }
    }
    changes
}

/// The runbook before there was one: it may do nothing.
fn nothing(one: &Known) -> Known {
    Known {
        authority: Authority::nothing(&one.authority),
        places: BTreeMap::new(),
        ..one.clone()
    }
}

fn changed(before: &Known, after: &Known) -> RunbookDiff {
    let is_same = before.core == after.core;
    let changes = match is_same {
        true => Vec::new(),
        false => told(compare::changes(before, after), after),
    };
    let least = if is_same { Asks::None } else { Asks::Patch };
    let asks = changes.iter().map(|change| change.asks);
    let asks = asks.max().unwrap_or_default().max(least);
    let versions = before.version.zip(after.version);
    RunbookDiff {
        name: after.name.clone(),
        change: match is_same {
            true => RunbookChange::Same,
            false => RunbookChange::Changed,
        },
        from: before.version,
        to: after.version,
        core: [Some(before.core), Some(after.core)],
        asks,
        needs: before.version.map(|from| next(from, asks)),
        // A runbook without a version is another error.
        verdict: versions.map_or(Verdict::Enough, |(from, to)| verdict(from, to, asks)),
        changes,
    }
}

/// What changed and has no line of its own is told as well, so that no reviewer takes it for nothing.
fn told(mut changes: Vec<Change>, after: &Known) -> Vec<Change> {
    if changes.is_empty() {
        let what = "what no other line shows: an order, a layout, how a value for people comes about, a further try at a reading";
        changes.push(Change {
            field: Field::Other,
            at: None,
            order: Order::Other,
            asks: Asks::Patch,
            what: Words::text(what),
            before: Words::default(),
            after: Words::default(),
            place: after.places.get(&Part::Name).copied(),
        });
    }
    changes
}

/// What one of two packages allows more often than the other; nothing beside a lock.
pub fn allows(before: &Side, after: &Side) -> Vec<AllowDiff> {
    let (Some(old), Some(new)) = (&before.allows, &after.allows) else {
        return Vec::new();
    };
    let more = |of: &[String], than: &[String], is_new: bool| {
        let mut rest = than.to_vec();
        let mut more = Vec::new();
        for what in of {
            match rest.iter().position(|other| other == what) {
                Some(at) => drop(rest.swap_remove(at)),
                None => more.push(AllowDiff {
                    what: what.clone(),
                    is_new,
                }),
            }
        }
        more
    };
    let mut allows = more(new, old, true);
    allows.extend(more(old, new, false));
    allows.sort();
    allows
}

pub fn dependencies(before: &Side, after: &Side) -> Vec<DependencyDiff> {
    let pins = |side: &Side| -> BTreeMap<String, String> {
        let pin = |of: &Dependency| (of.name.clone(), of.pin.clone());
        side.dependencies.iter().map(pin).collect()
    };
    let (old, new) = (pins(before), pins(after));
    let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let changed = names
        .into_iter()
        .filter(|name| old.get(*name) != new.get(*name));
    changed
        .map(|name| DependencyDiff {
            name: name.clone(),
            before: old.get(name).cloned(),
            after: new.get(name).cloned(),
        })
        .collect()
}
