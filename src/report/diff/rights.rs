//! The rights: what may be changed, how much of it, by which capability, on whose word.

use std::collections::BTreeMap;

use super::compare::{Changes, Found};
use super::{Field, Words};
use crate::program::manifest::{Cap, Handed, Limit, Most, Need, Part, Touch};
use crate::value::Duration;

mod causes;
mod given;
mod guards;
mod labels;
pub mod steps;

/// Gives which remedies are which.
pub fn compare(changes: &mut Changes<'_>) -> steps::Matched {
    effect(changes);
    let matched = steps::compare(changes);
    calls(changes);
    limits(changes);
    caps(changes);
    needs(changes);
    secrets(changes);
    owns(changes);
    claims(changes);
    matched
}

fn effect(changes: &mut Changes<'_>) {
    let (old, new) = (&changes.old.effect, &changes.new.effect);
    let levels = Words::text("effect level");
    let found = Found::new(Field::Effect, levels)
        .sides(Words::text(old.level.word()), Words::text(new.level.word()));
    match old.level.cmp(&new.level) {
        std::cmp::Ordering::Less => changes.wider(found),
        std::cmp::Ordering::Greater => changes.narrower(found),
        std::cmp::Ordering::Equal => {}
    }
    let word = |scope: Option<crate::effect::Scope>| {
        Words::text(scope.map_or("nothing", crate::effect::Scope::word))
    };
    let found = Found::new(Field::Effect, Words::text("widest scope"))
        .sides(word(old.scope), word(new.scope));
    match old.scope.cmp(&new.scope) {
        std::cmp::Ordering::Less => changes.wider(found),
        std::cmp::Ordering::Greater => changes.narrower(found),
        std::cmp::Ordering::Equal => {}
    }
}

fn calls(changes: &mut Changes<'_>) {
    let of = |rows: &[Touch]| -> BTreeMap<String, [u32; 3]> {
        let row = |touch: &Touch| {
            (
                touch.target.clone(),
                [touch.run, touch.at_once, touch.calls],
            )
        };
        rows.iter().map(row).collect()
    };
    let (old, new) = (of(&changes.old.touches), of(&changes.new.touches));
    let mut targets: Vec<&String> = old.keys().chain(new.keys()).collect();
    targets.sort();
    targets.dedup();
    const WHAT: [&str; 3] = [
        "targets a run",
        "targets at once",
        "changing calls an incident",
    ];
    for target in targets {
        let zero = [0; 3];
        let (before, after) = (
            old.get(target).unwrap_or(&zero),
            new.get(target).unwrap_or(&zero),
        );
        for ((before, after), what) in before.iter().zip(after).zip(WHAT) {
            if before == after {
                continue;
            }
            let what = Words::code(target.as_str()).then(format!(", {what}"));
            let found = Found::new(Field::Calls, what).sides(
                Words::text(before.to_string()),
                Words::text(after.to_string()),
            );
            match before < after {
                true => changes.wider(found),
                false => changes.narrower(found),
            }
        }
    }
}

fn limits(changes: &mut Changes<'_>) {
    let (old, new) = (&changes.old.limits, &changes.new.limits);
    for limit in old {
        if new.iter().any(|new| is_tighter(new, limit)) {
            continue;
        }
        let same = new.iter().find(|new| is_of_the_same(new, limit));
        let what = Words::code(limit.target.as_str());
        let found = Found::new(Field::Limit, what).sides(
            Words::text(shown(limit)),
            Words::text(same.map_or_else(|| "none".to_owned(), shown)),
        );
        changes.wider(match same {
            Some(same) => found.part(Part::Limit(same.clone())),
            None => found,
        });
    }
    for limit in new {
        if old.contains(limit) || !old.iter().all(|old| !is_tighter(old, limit)) {
            continue;
        }
        let same = old.iter().find(|old| is_of_the_same(old, limit));
        if same.is_some_and(|same| !is_tighter(limit, same)) {
            // It is looser than the one before: told already.
            continue;
        }
        let what = Words::code(limit.target.as_str());
        let found = Found::new(Field::Limit, what).sides(
            Words::text(same.map_or_else(|| "none".to_owned(), shown)),
            Words::text(shown(limit)),
        );
        changes.narrower(found.part(Part::Limit(limit.clone())));
    }
}

fn shown(limit: &Limit) -> String {
    match &limit.most {
        Most::Run { run } => format!("{run} a run"),
        Most::AtOnce { at_once } => format!("{at_once} at once"),
        Most::Rate { most, per } => format!("{most} per {per}"),
    }
}

fn is_of_the_same(a: &Limit, b: &Limit) -> bool {
    let kind = |limit: &Limit| match limit.most {
        Most::Run { .. } => 0,
        Most::AtOnce { .. } => 1,
        Most::Rate { .. } => 2,
    };
    a.target == b.target && kind(a) == kind(b)
}

/// Whether whatever `new` lets through, `old` does.
fn is_tighter(new: &Limit, old: &Limit) -> bool {
    new.target == old.target
        && match (&new.most, &old.most) {
            (Most::Run { run: new }, Most::Run { run: old })
            | (Most::AtOnce { at_once: new }, Most::AtOnce { at_once: old }) => new <= old,
            (
                Most::Rate { most: new, per },
                Most::Rate {
                    most: old,
                    per: window,
                },
            ) => is_slower((*new, *per), (*old, *window)),
            (Most::Run { .. } | Most::AtOnce { .. } | Most::Rate { .. }, _) => false,
        }
}

/// Whether so many in the one window are never more in the other: windows slide, so a shorter one fits
/// several times into the other, begun ones counted.
fn is_slower((new, per): (u32, Duration), (old, window): (u32, Duration)) -> bool {
    let (per, window) = (i128::from(per.millis()), i128::from(window.millis()));
    let fits = (window + per - 1).checked_div(per).unwrap_or(i128::MAX);
    i128::from(new).saturating_mul(fits) <= i128::from(old)
}

fn caps(changes: &mut Changes<'_>) {
    let (old, new) = (&changes.old.caps, &changes.new.caps);
    let is_added = |cap: &Cap| !old.iter().any(|old| old.hash == cap.hash);
    let is_gone = |cap: &Cap| !new.iter().any(|new| new.hash == cap.hash);
    let mut rest: Vec<&Cap> = new.iter().filter(|cap| is_added(cap)).collect();
    for cap in old.iter().filter(|cap| is_gone(cap)) {
        let text = |cap: &Cap| Words::code(cap.text.as_str());
        // The same line with another number.
        let same = |new: &&Cap| cap.of.is_some() && new.of == cap.of;
        if let Some(at) = rest.iter().position(same) {
            let now = rest.remove(at);
            let what = Words::text("a line of `blast` with another number");
            let found = Found::new(Field::Limit, what).sides(text(cap), text(now));
            let found = found.part(Part::Condition(now.hash));
            match is_no_looser(now, cap) {
                true => changes.narrower(found),
                false => changes.wider(found),
            }
            continue;
        }
        // What the words call may be another one.
        if let Some(at) = rest.iter().position(|new| new.text == cap.text) {
            let now = rest.remove(at);
            let what = Words::text("a line of `blast` asks for something else");
            let found = Found::new(Field::Limit, what).sides(text(cap), text(now));
            changes.wider(found.part(Part::Condition(now.hash)));
            continue;
        }
        let what = Words::text("a line of `blast` is gone");
        let found = Found::new(Field::Limit, what).sides(text(cap), Words::text("none"));
        match leaves_less(cap, new) {
            true => changes.narrower(found),
            false => changes.wider(found),
        }
    }
    for cap in rest {
        let what = Words::text("a further line of `blast`");
        let found = Found::new(Field::Limit, what)
            .sides(Words::text("none"), Words::code(cap.text.as_str()))
            .part(Part::Condition(cap.hash));
        // Beside one of its kind it allows more.
        match leaves_less(cap, old) {
            true => changes.wider(found),
            false => changes.narrower(found),
        }
    }
}

/// Whether there are lines of which one is enough, this one and one at least of these: without it less is allowed.
fn leaves_less(cap: &Cap, others: &[Cap]) -> bool {
    cap.one_is_enough && others.iter().any(|other| other.one_is_enough)
}

/// Whether the number of a line lets through no more than that of the other.
fn is_no_looser(new: &Cap, old: &Cap) -> bool {
    match (&new.most, &old.most, &new.least, &old.least) {
        (Some(new), Some(old), None, None) => steps::at_least(old, new),
        (None, None, Some(new), Some(old)) => steps::at_least(new, old),
        _ => false,
    }
}

fn needs(changes: &mut Changes<'_>) {
    let (old, new) = (&changes.old.needs, &changes.new.needs);
    for need in new {
        if !old.iter().any(|old| old.covers(need)) {
            changes.wider(need_found(need, "may ask for"));
        }
    }
    for need in old {
        if !new.iter().any(|new| new.covers(need)) {
            changes.narrower(need_found(need, "no longer asks for"));
        }
    }
}

/// Which secret goes where, and where each is kept.
fn secrets(changes: &mut Changes<'_>) {
    let (old, new) = (&changes.old.secrets, &changes.new.secrets);
    for handed in new {
        if !old.iter().any(|old| old.covers(handed)) {
            changes.wider(handed_found(handed, "hands over "));
        }
    }
    for handed in old {
        if !new.iter().any(|new| new.covers(handed)) {
            changes.narrower(handed_found(handed, "no longer hands over "));
        }
    }
    let kept = |rows: &[Handed]| -> BTreeMap<String, String> {
        let row = |handed: &Handed| (handed.secret.clone(), handed.kept.clone());
        rows.iter().map(row).collect()
    };
    let old = kept(old);
    for (secret, after) in kept(new) {
        if let Some(before) = old.get(&secret).filter(|before| **before != after) {
            let what = Words::code(secret).then(" is kept elsewhere");
            let found = Found::new(Field::Secret, what);
            changes.notice(found.sides(Words::code(before.as_str()), Words::code(after)));
        }
    }
}

fn handed_found(handed: &Handed, verb: &str) -> Found {
    let what = Words::text(verb).and_code(handed.secret.as_str());
    let what = what.then(" by ").and_code(handed.can.as_str());
    let what = match &handed.to {
        Some(to) => what.then(" to ").and_code(to.to_string()),
        None => what,
    };
    Found::new(Field::Secret, what)
}

fn need_found(need: &Need, verb: &str) -> Found {
    let what = Words::text(format!("{verb} ")).and_code(need.can.as_str());
    let what = match &need.of {
        Some(of) => what.then(" of ").and_code(of.to_string()),
        None => what,
    };
    Found::new(Field::Need, what)
}

fn owns(changes: &mut Changes<'_>) {
    let (old, new) = (&changes.old.owns, &changes.new.owns);
    for owned in new {
        if !old.iter().any(|old| holds(old, owned)) {
            let what = Words::text("the product owns ").and_code(owned.join("/"));
            changes.wider(Found::new(Field::Owns, what));
        }
    }
    for owned in old {
        if !new.iter().any(|new| holds(new, owned)) {
            let what = Words::text("the product no longer owns ").and_code(owned.join("/"));
            changes.narrower(Found::new(Field::Owns, what));
        }
    }
}

/// Whether whatever the one pattern names, the wide one does: step by step, the last may end in `*`.
fn holds(wide: &[String], owned: &[String]) -> bool {
    wide.len() <= owned.len()
        && wide
            .iter()
            .zip(owned)
            .all(|(wide, owned)| match wide.strip_suffix('*') {
                Some(start) => owned.starts_with(start),
                None => wide == owned,
            })
}

/// A claim that is made more often than before is a new one.
fn claims(changes: &mut Changes<'_>) {
    let pairs = |changes: &Changes<'_>| {
        let (old, new) = (&changes.old.claims, &changes.new.claims);
        [
            ("waives", count(&old.waives), count(&new.waives)),
            ("endorses", count(&old.endorses), count(&new.endorses)),
            (
                "claims that",
                count(&old.takes_back),
                count(&new.takes_back),
            ),
            ("allows", count(&old.allows), count(&new.allows)),
        ]
    };
    for (verb, old, new) in pairs(changes) {
        let mut all: Vec<&String> = old.keys().chain(new.keys()).collect();
        all.sort();
        all.dedup();
        for claim in all {
            let of = |side: &BTreeMap<String, usize>| side.get(claim).copied().unwrap_or(0);
            let (before, after) = (of(&old), of(&new));
            let what = Words::text(format!("{verb} ")).and_code(claim.as_str());
            let found = Found::new(Field::Claim, what).sides(
                Words::text(before.to_string()),
                Words::text(after.to_string()),
            );
            match before.cmp(&after) {
                std::cmp::Ordering::Less => changes.wider(found),
                std::cmp::Ordering::Greater => changes.narrower(found),
                std::cmp::Ordering::Equal => {}
            }
        }
    }
}

fn count(claims: &[String]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for claim in claims {
        *counts.entry(claim.clone()).or_default() += 1;
    }
    counts
}
