//! What a runbook owes: proofs, who hears, what sets it off, how long it takes.

use std::collections::BTreeSet;

use super::compare::{Changes, Found};
use super::rights::steps::Matched;
use super::{Field, Words, people};
use crate::program::manifest::{
    Condition, ConditionHash, Label, Otherwise, Part, Takes, Trigger, Verify,
};
use crate::report::trigger;
use crate::value::Duration;

pub fn compare(changes: &mut Changes<'_>, matched: &Matched) {
    diagnosis(changes, matched);
    verifies(changes, matched);
    triggers(changes);
    key(changes);
    people::people(changes);
    clauses(changes);
    time(changes);
}

fn diagnosis(changes: &mut Changes<'_>, matched: &Matched) {
    let (old, new) = (&changes.old.found, &changes.new.found);
    let now = |name: &str| matched.get(name).map_or(name.to_owned(), String::clone);
    let before = old.iter().map(|cause| (now(&cause.finding), cause.when));
    let after = new.iter().map(|cause| (cause.finding.clone(), cause.when));
    let is_known = !old.is_empty() && !new.is_empty();
    let is_other = is_known && !before.eq(after);
    if is_other || changes.old.diagnosis != changes.new.diagnosis {
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
    let about = |what: Words| about(new, what);
    let of = |words: &str| of(new, words);
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
    cases(changes, old, new);
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

fn about(verify: &Verify, what: Words) -> Found {
    Found::new(Field::Verify, what)
        .at(verify.id.as_str())
        .part(Part::Verify(verify.id.clone()))
}

fn of(verify: &Verify, words: &str) -> Words {
    let remedy = verify.id.rsplit_once('/').map_or("", |(name, _)| name);
    Words::code(remedy).then(words)
}

/// What of these is not among the others.
fn gone(hashes: &[ConditionHash], from: &[ConditionHash]) -> Vec<ConditionHash> {
    from.iter()
        .filter(|hash| !hashes.contains(hash))
        .copied()
        .collect()
}

/// In which cases it is looked at, and waited before it.
fn cases(changes: &mut Changes<'_>, old: &Verify, new: &Verify) {
    let (before, after) = (&changes.old.conditions, &changes.new.conditions);
    let lost = texts(before, &gone(&new.only_if, &old.only_if));
    let won = texts(after, &gone(&old.only_if, &new.only_if));
    let is_less = won.is_empty();
    let found = about(new, of(new, ", looked at only if"));
    let found = found.sides(Words::list(lost.clone()), Words::list(won));
    match (lost.is_empty(), is_less) {
        (true, true) => {}
        (false, true) => changes.narrower(found),
        (_, false) => changes.look(found),
    }
    held(changes, old, new);
    if old.after_if != new.after_if {
        let found = about(new, of(new, ", waits before it in other cases"));
        match new.after_if {
            None => changes.narrower(found),
            Some(_) => changes.look(found),
        }
    }
}

/// A proof while something is held is another one than a proof without it: what is let go may break what was proven, and
/// what is held may make it.
fn held(changes: &mut Changes<'_>, old: &Verify, new: &Verify) {
    let (before, after) = (&changes.old.conditions, &changes.new.conditions);
    let lost = texts(before, &gone(&new.held, &old.held));
    let won = texts(after, &gone(&old.held, &new.held));
    if !lost.is_empty() || !won.is_empty() {
        let found = about(new, of(new, ", looked at while this lasts"));
        changes.look(found.sides(Words::list(lost), Words::list(won)));
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
        let is_same = |old: &&Trigger| old.on == one.on && old.name == one.name;
        // A lock of an older `rbk` says nothing of what may come.
        let same = old.iter().find(is_same);
        if let Some(same) = same.filter(|same| !same.takes.is_empty()) {
            takes(changes, same, one);
        }
    }
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

/// What an event may bring now and could not before sets it off, too.
fn takes(changes: &mut Changes<'_>, old: &Trigger, new: &Trigger) {
    let shown = |takes: Option<&Takes>| {
        takes.map_or_else(
            || Words::text("anything"),
            |Takes {
                 of,
                 range,
                 may_lack,
                 ..
             }| {
                let words = Words::code(of.as_str());
                let words = match range {
                    Some(range) => words.then(" in ").and_code(range.as_str()),
                    None => words,
                };
                match may_lack {
                    true => words.then(", or nothing"),
                    false => words,
                }
            },
        )
    };
    let of = |trigger: &Trigger, name: &str| {
        let found = trigger.takes.iter().find(|takes| takes.name == name);
        found.cloned()
    };
    let mut names: Vec<&str> = Vec::new();
    names.extend(
        old.takes
            .iter()
            .chain(&new.takes)
            .map(|takes| takes.name.as_str()),
    );
    names.sort_unstable();
    names.dedup();
    for name in names {
        let (before, after) = (of(old, name), of(new, name));
        if before == after {
            continue;
        }
        let what = Words::code(trigger::describe(new))
            .then(" may bring as ")
            .and_code(name);
        let found = Found::new(Field::Trigger, what)
            .sides(shown(before.as_ref()), shown(after.as_ref()))
            .part(Part::Trigger(new.clone()));
        let covers = match (&before, &after) {
            (Some(before), Some(after)) => before.takes(after),
            // What need not be there, and is of no use before, is nothing new.
            (None, _) => true,
            (Some(_), None) => false,
        };
        match covers {
            true => changes.narrower(found),
            false => changes.look(found),
        }
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
        && old
            .missed_within
            .is_none_or(|old| new.missed_within.is_some_and(|new| new <= old))
        && new.holding >= old.holding
        && asks
        && labels
}

/// Whether whatever the new test lets through, the old one does.
pub fn tests(new: &Label, old: &Label) -> bool {
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
