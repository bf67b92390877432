//! What is done on finding something, where another remedy answers for it than before.

use std::collections::{BTreeMap, BTreeSet};

use super::steps::{Matched, about, does, groups};
use crate::program::manifest::{Authority, Cause, ConditionHash, Part, Step};
use crate::report::diff::compare::{Changes, Found};
use crate::report::diff::{Field, Words};

/// What was done on finding one thing and is now done on finding another: steps that stayed in their remedy, and are
/// newly done where that one is found.
pub fn compare(changes: &mut Changes<'_>, names: &Matched) {
    exchanged(changes, names);
    let (before, after) = (changes.old, changes.new);
    let (old, new) = (groups(&before.steps), groups(&after.steps));
    for cause in &after.found {
        let mut same = before.found.iter().filter(|known| known.when == cause.when);
        let known = same.next().map(|known| vec![known]);
        let known = known.unwrap_or_else(|| led_elsewhere(before, cause, names));
        let now =
            |known: &Cause| names.get(&known.finding).unwrap_or(&known.finding) == &cause.finding;
        let none = Vec::new();
        let is = new.get(cause.finding.as_str()).unwrap_or(&none);
        let others = known.into_iter().filter(|known| !now(known));
        // Where several led there, the one that did the least: its paths do the most by now.
        let further = others.map(|known| {
            let was = old.get(known.finding.as_str()).unwrap_or(&none);
            (known, further(was, is))
        });
        let Some((known, further)) = further.max_by_key(|(_, further)| further.len()) else {
            continue;
        };
        for step in further {
            let what = Words::text("does ").and_code(step.action.as_str());
            let what = what
                .then(", where it found ")
                .and_code(known.finding.as_str());
            let found = about(Field::Step, what, step);
            changes.wider(found.sides(Words::text("no"), does(step)));
        }
    }
}

/// What is done of `is` and was not of `was`, each step once.
fn further<'s>(was: &[&Step], is: &[&'s Step]) -> Vec<&'s Step> {
    let acts = |step: &Step| {
        let Step {
            action,
            raw,
            commands,
            amount,
            amounts,
            ..
        } = step.clone();
        (action, raw, commands, amount, amounts)
    };
    let mut rest: Vec<&&Step> = was.iter().filter(|step| !step.undo.is_itself()).collect();
    let is = is.iter().filter(|step| !step.undo.is_itself());
    let further = is.filter(|step| {
        let at = rest.iter().position(|old| acts(old) == acts(step));
        at.map(|at| rest.remove(at)).is_none()
    });
    further.copied().collect()
}

/// The causes with the same branches around them, where what may end the path before has changed and none of them led to
/// this finding: lines that changed their order.
fn led_elsewhere<'o>(before: &'o Authority, cause: &Cause, names: &Matched) -> Vec<&'o Cause> {
    let around = before.found.iter();
    let around: Vec<&Cause> = around
        .filter(|known| cause.around.is_some() && known.around == cause.around)
        .collect();
    let is_it = |known: &&Cause| {
        let now = names.get(&known.finding).unwrap_or(&known.finding);
        *now == cause.finding
    };
    match around.iter().any(is_it) {
        true => Vec::new(),
        false => around,
    }
}

/// What one cause hands over is handed over on another one now: each value by itself is as it was.
fn exchanged(changes: &mut Changes<'_>, names: &Matched) {
    let (before, after) = (changes.old, changes.new);
    let was = |cause: &Cause| {
        let name = names.get(&cause.finding).unwrap_or(&cause.finding);
        name.clone()
    };
    let mut old: BTreeMap<String, Vec<&Cause>> = BTreeMap::new();
    for cause in &before.found {
        old.entry(was(cause)).or_default().push(cause);
    }
    let mut told = BTreeSet::new();
    for cause in &after.found {
        let known = old.get(&cause.finding).map_or(&[][..], Vec::as_slice);
        let values = Handed::of(cause, known, |cause| &cause.values);
        let targets = Handed::of(cause, known, |cause| &cause.targets);
        let as_one =
            |known: &&Cause| known.values == cause.values && known.targets == cause.targets;
        let together = values.is_known && targets.is_known && !known.iter().any(as_one);
        let wider = values.is_exchanged || together;
        if !(wider || targets.is_exchanged) || !told.insert((&cause.finding, wider)) {
            continue;
        }
        let what = Words::code(cause.finding.as_str());
        let found = |words: &str| {
            let found = Found::new(Field::Step, what.clone().then(words));
            found.part(Part::Diagnosis)
        };
        match (values.is_exchanged, wider) {
            (true, _) => changes.wider(found(" is handed the values of another cause")),
            (false, true) => changes.wider(found(" is handed together what it was not before")),
            (false, false) => changes.notice(found(" is handed the targets of another cause")),
        }
    }
}

/// How what a cause hands over stands to what was handed over before.
struct Handed {
    /// Each part of it was handed over on some cause.
    is_known: bool,
    /// A part of it was handed over on other causes, and not on this one.
    is_exchanged: bool,
}

impl Handed {
    fn of(cause: &Cause, known: &[&Cause], given: fn(&Cause) -> &Vec<ConditionHash>) -> Handed {
        let on = |is_this: &dyn Fn(&Cause) -> bool| -> Vec<&Cause> {
            known
                .iter()
                .copied()
                .filter(|known| is_this(known))
                .collect()
        };
        // What comes before may be another way there; then the branches around tell it.
        let mut here = on(&|known| known.when == cause.when);
        if here.is_empty() {
            here = on(&|known| known.around == cause.around);
        }
        let (mut is_known, mut is_exchanged) = (!known.is_empty(), false);
        for (index, now) in given(cause).iter().enumerate() {
            let is_same = |known: &&Cause| given(known).get(index) == Some(now);
            let was_given = known.iter().any(is_same);
            is_known &= was_given;
            is_exchanged |= was_given && !here.is_empty() && !here.iter().any(is_same);
        }
        Handed {
            is_known,
            is_exchanged,
        }
    }
}
