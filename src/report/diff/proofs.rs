//! What a runbook owes: proofs, who hears, what sets it off, how long it takes.

use std::collections::BTreeSet;

use super::compare::{Changes, Found};
use super::rights::steps::Matched;
use super::{Field, Words};
use crate::program::manifest::{Condition, ConditionHash, Label, Otherwise, Part, Trigger, Verify};
use crate::report::trigger;
use crate::value::Duration;

pub fn compare(changes: &mut Changes<'_>, matched: &Matched) {
    diagnosis(changes);
    verifies(changes, matched);
    triggers(changes);
    key(changes);
    people(changes);
    clauses(changes);
    time(changes);
}

fn diagnosis(changes: &mut Changes<'_>) {
    if changes.old.diagnosis != changes.new.diagnosis {
        let what = Words::text("what is found, or when, is another");
        changes.notice(Found::new(Field::Diagnosis, what).part(Part::Diagnosis));
    }
}

/// The n-th verify of a remedy is the n-th of what it was called before.
fn verifies(changes: &mut Changes<'_>, matched: &Matched) {
    let (old, new) = (changes.old, changes.new);
    let now = |id: &str| {
        let (name, number) = id.rsplit_once('/')?;
        let name = matched.get(name).map_or(name, String::as_str);
        Some(format!("{name}/{number}"))
    };
    for before in &old.verifies {
        let id = now(&before.id).unwrap_or_default();
        match new.verifies.iter().find(|verify| verify.id == id) {
            Some(verify) if without_id(before) != without_id(verify) => {
                one_verify(changes, before, verify)
            }
            Some(_) => {}
            None => {
                let what = Words::text("a verify is gone");
                let asked = Words::list(texts(&old.conditions, &before.conditions));
                let found = Found::new(Field::Verify, what).at(before.id.as_str());
                changes.look(found.sides(asked, Words::text("none")));
            }
        }
    }
    let known: BTreeSet<String> = old.verifies.iter().filter_map(|one| now(&one.id)).collect();
    for verify in &new.verifies {
        // Of a remedy that is new its steps tell.
        let name = verify.id.rsplit_once('/').map_or("", |(name, _)| name);
        if !known.contains(&verify.id) && matched.values().any(|known| known == name) {
            let what = Words::text("a further verify");
            let asked = Words::list(texts(&new.conditions, &verify.conditions));
            let found = Found::new(Field::Verify, what).at(verify.id.as_str());
            let found = found.part(Part::Verify(verify.id.clone()));
            changes.look(found.sides(Words::text("none"), asked));
        }
    }
}

fn without_id(verify: &Verify) -> Verify {
    Verify {
        id: String::new(),
        ..verify.clone()
    }
}

fn one_verify(changes: &mut Changes<'_>, old: &Verify, new: &Verify) {
    let about = |what: Words| {
        Found::new(Field::Verify, what)
            .at(new.id.as_str())
            .part(Part::Verify(new.id.clone()))
    };
    let remedy = new.id.rsplit_once('/').map_or("", |(name, _)| name);
    let of = |words: &str| Words::code(remedy).then(words);
    times(
        changes,
        about(of(", wait before it")),
        old.after,
        new.after,
        Longer::Stronger,
    );
    times(
        changes,
        about(of(", within")),
        Some(old.within),
        Some(new.within),
        Longer::Look,
    );
    times(
        changes,
        about(of(", every")),
        Some(old.every),
        Some(new.every),
        Longer::Look,
    );
    times(
        changes,
        about(of(", holding")),
        old.holding,
        new.holding,
        Longer::Stronger,
    );
    let gone = |hashes: &[ConditionHash], from: &[ConditionHash]| -> Vec<ConditionHash> {
        from.iter()
            .filter(|hash| !hashes.contains(hash))
            .copied()
            .collect()
    };
    let (before, after) = (&changes.old.conditions, &changes.new.conditions);
    let as_slice =
        |abort: &Option<ConditionHash>| -> Vec<ConditionHash> { abort.iter().copied().collect() };
    let lost = texts(before, &gone(&new.conditions, &old.conditions));
    let won = texts(after, &gone(&old.conditions, &new.conditions));
    let (old_abort, new_abort) = (as_slice(&old.abort), as_slice(&new.abort));
    let no_abort = texts(before, &gone(&new_abort, &old_abort));
    let more_abort = texts(after, &gone(&old_abort, &new_abort));
    for (what, lost, won) in [(", asks", lost, won), (", abort if", no_abort, more_abort)] {
        let found = about(of(what)).sides(Words::list(lost.clone()), Words::list(won.clone()));
        match (lost.is_empty(), won.is_empty()) {
            (true, true) => {}
            (true, false) => changes.narrower(found),
            (false, _) => changes.look(found),
        }
    }
    if old.otherwise != new.otherwise {
        let word = |otherwise: Otherwise| match otherwise {
            Otherwise::Undo => "undo",
            Otherwise::Keep => "keep",
            Otherwise::Again => "again",
        };
        changes.look(about(of(", else")).sides(
            Words::text(word(old.otherwise)),
            Words::text(word(new.otherwise)),
        ));
    }
}

fn texts(conditions: &[Condition], hashes: &[ConditionHash]) -> Vec<String> {
    let text = |hash: &ConditionHash| {
        let known = conditions.iter().find(|known| known.hash == *hash);
        known.map_or_else(|| hash.to_string(), |known| known.text.clone())
    };
    hashes.iter().map(text).collect()
}

/// What a longer time means.
#[derive(Clone, Copy)]
enum Longer {
    /// More is asked.
    Stronger,
    /// Less is asked.
    Weaker,
    /// It is another promise.
    Look,
}

fn times(
    changes: &mut Changes<'_>,
    found: Found,
    old: Option<Duration>,
    new: Option<Duration>,
    longer: Longer,
) {
    let shown = |time: Option<Duration>| {
        Words::text(time.map_or_else(|| "none".to_owned(), |time| time.to_string()))
    };
    let found = found.sides(shown(old), shown(new));
    match (old.cmp(&new), longer) {
        (std::cmp::Ordering::Equal, _) => {}
        (std::cmp::Ordering::Less, Longer::Stronger)
        | (std::cmp::Ordering::Greater, Longer::Weaker) => changes.narrower(found),
        (_, Longer::Look)
        | (std::cmp::Ordering::Greater, Longer::Stronger)
        | (std::cmp::Ordering::Less, Longer::Weaker) => changes.look(found),
    }
}

fn triggers(changes: &mut Changes<'_>) {
    let (old, new) = (&changes.old.triggers, &changes.new.triggers);
    for one in new {
        if old.iter().any(|old| implies(one, old)) {
            continue;
        }
        let same = old
            .iter()
            .find(|old| old.on == one.on && old.name == one.name);
        let before = same.map_or_else(
            || Words::text("none"),
            |same| Words::code(trigger::describe(same)),
        );
        let what = Words::text(if same.is_some() {
            "is set off more easily"
        } else {
            "is set off by more"
        });
        changes.look(
            Found::new(Field::Trigger, what)
                .sides(before, Words::code(trigger::describe(one)))
                .part(Part::Trigger(one.clone())),
        );
    }
    for one in old {
        if new.iter().any(|new| implies(new, one) && implies(one, new)) {
            continue;
        }
        if new
            .iter()
            .any(|new| new.on == one.on && new.name == one.name && !implies(new, one))
        {
            // Told above.
            continue;
        }
        let same = new.iter().find(|new| implies(new, one));
        let after = same.map_or_else(
            || Words::text("none"),
            |same| Words::code(trigger::describe(same)),
        );
        let what = Words::text("is set off by less");
        changes.narrower(
            Found::new(Field::Trigger, what).sides(Words::code(trigger::describe(one)), after),
        );
    }
}

/// Whether the old one is set off by whatever sets the new one off.
fn implies(new: &Trigger, old: &Trigger) -> bool {
    let asks = old
        .conditions
        .iter()
        .all(|asked| new.conditions.contains(asked));
    let labels = old
        .labels
        .iter()
        .all(|old| new.labels.iter().any(|new| tests(new, old)));
    (new.on, &new.name, &new.zone, new.missed) == (old.on, &old.name, &old.zone, old.missed)
        && new.holding >= old.holding
        && asks
        && labels
}

fn tests(new: &Label, old: &Label) -> bool {
    if new.name() != old.name() {
        return false;
    }
    match (new, old) {
        (_, Label::Present(_)) => true,
        (Label::Is { is, .. }, Label::Among { among, .. }) => among.contains(is),
        (Label::Is { is, .. }, Label::Not { not, .. }) => is != not,
        (Label::Among { among: new, .. }, Label::Among { among: old, .. }) => {
            new.iter().all(|value| old.contains(value))
        }
        (Label::Among { among, .. }, Label::Not { not, .. }) => !among.contains(not),
        (new, old) => new == old,
    }
}

fn key(changes: &mut Changes<'_>) {
    let (old, new) = (&changes.old.key, &changes.new.key);
    if old != new {
        let what = Words::text("its incidents are told apart by");
        let found = Found::new(Field::Key, what).sides(Words::list(old), Words::list(new));
        changes.look(found);
    }
}

/// Who hears when, and what is owed: each as often as before.
fn people(changes: &mut Changes<'_>) {
    let (old, new) = (&changes.old.duties, &changes.new.duties);
    let (mut lost, mut won) = (missing(old, new), missing(new, old));
    least(changes, &mut lost, &mut won);
    for duty in lost {
        let what = Words::text("no longer ").and_code(shown(&duty));
        changes.look(Found::new(Field::People, what));
    }
    for duty in won {
        let what = Words::text("newly ").and_code(shown(&duty));
        changes.narrower(Found::new(Field::People, what));
    }
}

/// Of a role that has a least number of people on both sides the numbers are told, and nothing is lost where it rises.
fn least(changes: &mut Changes<'_>, lost: &mut Vec<String>, won: &mut Vec<String>) {
    let parts = |duty: &str| {
        let (role, least) = duty.split_once(" has at least ")?;
        Some((role.to_owned(), least.parse::<u64>().ok()?))
    };
    lost.retain(|before| {
        let Some((role, old)) = parts(before) else {
            return true;
        };
        let is_it = |after: &String| parts(after).is_some_and(|(of, _)| of == role);
        let Some(at) = won.iter().position(is_it) else {
            return true;
        };
        let Some((_, new)) = parts(&won.swap_remove(at)) else {
            return true;
        };
        let what = Words::code(role).then(" has at least");
        let number = |number: u64| Words::text(number.to_string());
        let found = Found::new(Field::People, what).sides(number(old), number(new));
        match new > old {
            true => changes.narrower(found),
            false => changes.look(found),
        }
        false
    });
    won.sort();
}

/// Without the hash of what a debt waits for.
fn shown(duty: &str) -> String {
    match duty.split_once(" until ") {
        Some((before, after)) if duty.contains(": owed ") => {
            let by = after.split_once(' ').map_or("", |(_, by)| by);
            format!("{before} {by}")
        }
        _ => duty.to_owned(),
    }
}

/// What `from` has more often than `other`.
fn missing(from: &[String], other: &[String]) -> Vec<String> {
    let mut rest: Vec<&String> = other.iter().collect();
    let mut missing = Vec::new();
    for duty in from {
        match rest.iter().position(|one| *one == duty) {
            Some(at) => drop(rest.swap_remove(at)),
            None => missing.push(duty.clone()),
        }
    }
    missing
}

fn clauses(changes: &mut Changes<'_>) {
    let (old, new) = (&changes.old.clauses, &changes.new.clauses);
    if old.recurs != new.recurs {
        let shown = |recurs: &Option<crate::program::manifest::Recurs>| {
            Words::text(match recurs {
                Some(recurs) => format!("{} within {}", recurs.times, recurs.within),
                None => "none".to_owned(),
            })
        };
        let found = Found::new(Field::Clause, Words::text("acts again until it recurs"))
            .sides(shown(&old.recurs), shown(&new.recurs));
        let stops_sooner = match (&old.recurs, &new.recurs) {
            (_, None) => false,
            (None, Some(_)) => true,
            (Some(old), Some(new)) => new.times <= old.times && new.within >= old.within,
        };
        match stops_sooner {
            true => changes.narrower(found),
            false => changes.look(found),
        }
    }
    if old.clears_stop != new.clears_stop {
        let word = |stops: bool| Words::text(if stops { "stops" } else { "goes on" });
        let what = Words::text("when the alert is over before a change");
        let found =
            Found::new(Field::Clause, what).sides(word(old.clears_stop), word(new.clears_stop));
        match new.clears_stop {
            true => changes.narrower(found),
            false => changes.look(found),
        }
    }
    let fresh = Found::new(Field::Clause, Words::text("how old a plan may be"));
    times(
        changes,
        fresh,
        Some(old.fresh),
        Some(new.fresh),
        Longer::Weaker,
    );
    let patience = Found::new(Field::Clause, Words::text("how long it waits for its turn"));
    times(
        changes,
        patience,
        Some(old.patience),
        Some(new.patience),
        Longer::Weaker,
    );
}

fn time(changes: &mut Changes<'_>) {
    let (old, new) = (&changes.old.time, &changes.new.time);
    let machine = Found::new(Field::Time, Words::text("longest that the machine works"));
    times(
        changes,
        machine,
        Some(old.machine),
        Some(new.machine),
        Longer::Weaker,
    );
    let human = Found::new(
        Field::Time,
        Words::text("longest that people are waited for"),
    );
    times(
        changes,
        human,
        Some(old.human),
        Some(new.human),
        Longer::Weaker,
    );
}
