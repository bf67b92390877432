//! The `do` lines: which are new, and of those that stayed what guards, undoes and proves each.

use std::collections::{BTreeMap, BTreeSet};

use super::given::given;
use super::guards::Guards;
use super::{causes, labels};
use crate::program::manifest::{Amount, Cause, ConditionHash, Part, Step, UndoBy};
use crate::report::diff::compare::{Changes, Found};
use crate::report::diff::{Field, Words};
use crate::value::{Duration, Number, classify_number};

/// The steps of one remedy, or of one action, by its name.
pub type Groups<'a> = BTreeMap<&'a str, Vec<&'a Step>>;

/// The remedies and actions that are there in both, by their names before and after.
pub type Matched = BTreeMap<String, String>;

pub fn compare(changes: &mut Changes<'_>) -> Matched {
    let (before, after) = (changes.old, changes.new);
    let (old, new) = (groups(&before.steps), groups(&after.steps));
    let mut guards = Guards::new(changes);
    let mut matched: BTreeSet<&str> = BTreeSet::new();
    let mut names = Matched::new();
    for (name, steps) in &new {
        let from = counterpart(name, steps, &old, &new, &matched)
            // A finding that is there in both is no other one that was renamed.
            .filter(|from| {
                from == name || !finds(&before.found, name) && !finds(&after.found, from)
            });
        matched.extend(from);
        names.extend(from.map(|from| (from.to_owned(), (*name).to_owned())));
        let none = Vec::new();
        let from = from.and_then(|from| old.get(from)).unwrap_or(&none);
        group(changes, from, steps, &mut guards);
    }
    for (name, steps) in &old {
        if !matched.contains(name) {
            steps.iter().for_each(|step| gone(changes, step));
        }
    }
    guards.tell(changes);
    causes::compare(changes, &names);
    names
}

fn finds(causes: &[Cause], name: &str) -> bool {
    causes.iter().any(|cause| cause.finding == name)
}

pub fn groups(steps: &[Step]) -> Groups<'_> {
    let mut groups: Groups<'_> = BTreeMap::new();
    for step in steps {
        let name = step.id.rsplit_once('/').map_or("", |(name, _)| name);
        groups.entry(name).or_default().push(step);
    }
    groups
}

/// The same name, or one that is gone and did the same.
fn counterpart<'a>(
    name: &str,
    steps: &[&Step],
    old: &Groups<'a>,
    new: &Groups<'_>,
    matched: &BTreeSet<&str>,
) -> Option<&'a str> {
    if let Some((name, _)) = old.get_key_value(name) {
        return Some(name);
    }
    let does =
        |steps: &[&Step]| -> Vec<String> { steps.iter().map(|step| step.action.clone()).collect() };
    let wanted = does(steps);
    let mut gone = old
        .iter()
        .filter(|(name, _)| !new.contains_key(*name) && !matched.contains(*name));
    gone.find(|(_, steps)| does(steps) == wanted)
        .map(|(name, _)| *name)
}

/// The longest common run of actions stays; the rest is new or gone.
fn group(changes: &mut Changes<'_>, old: &[&Step], new: &[&Step], guards: &mut Guards<'_>) {
    // Of several of one action the one that is given the same.
    let alike = |a: &&Step, b: &&Step| match (a.action == b.action, a.raw == b.raw) {
        (true, true) => 3 + usize::from(a.on == b.on),
        (true, false) => 1,
        (false, _) => 0,
    };
    let pairs = common(old, new, alike);
    for (index, step) in old.iter().enumerate() {
        if !pairs.iter().any(|(at, _)| *at == index) {
            gone(changes, step);
        }
    }
    for (index, step) in new.iter().enumerate() {
        match pairs.iter().find(|(_, at)| *at == index) {
            Some((at, _)) => stayed(changes, old[*at], step, guards),
            None => added(changes, step),
        }
    }
}

/// The most pairs of steps that are looked at; a remedy has far fewer, a lock may say anything.
const PAIRS: usize = 1_000_000;

/// Indices of a longest common subsequence; of what is too long, those that stand at the same place.
///
/// `alike` says how much two of them are; what is not alike at all is no pair.
fn common<T>(old: &[T], new: &[T], alike: impl Fn(&T, &T) -> usize) -> Vec<(usize, usize)> {
    if old.len().saturating_mul(new.len()) > PAIRS {
        let pairs = old.iter().zip(new).enumerate();
        return pairs
            .filter(|(_, (a, b))| alike(a, b) > 0)
            .map(|(at, _)| (at, at))
            .collect();
    }
    let mut longest = vec![vec![0_usize; new.len() + 1]; old.len() + 1];
    for (i, a) in old.iter().enumerate().rev() {
        for (j, b) in new.iter().enumerate().rev() {
            let paired = match alike(a, b) {
                0 => 0,
                alike => longest[i + 1][j + 1] + alike,
            };
            longest[i][j] = paired.max(longest[i + 1][j]).max(longest[i][j + 1]);
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut pairs = Vec::new();
    while let (Some(a), Some(b)) = (old.get(i), new.get(j)) {
        let alike = alike(a, b);
        if alike > 0 && longest[i][j] == longest[i + 1][j + 1] + alike {
            pairs.push((i, j));
            (i, j) = (i + 1, j + 1);
        } else if longest[i + 1][j] >= longest[i][j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    pairs
}

pub fn does(step: &Step) -> Words {
    let words = Words::code(step.action.as_str());
    match &step.raw {
        Some(raw) => words.then(" ").and_code(raw.as_str()),
        None => words,
    }
}

pub fn about(field: Field, what: Words, step: &Step) -> Found {
    Found::new(field, what)
        .at(step.id.as_str())
        .part(Part::Step(step.id.clone()))
}

fn gone(changes: &mut Changes<'_>, step: &Step) {
    if step.undo == UndoBy::Itself {
        let what = Words::code(step.action.as_str()).then(" takes no change back any more");
        let found = Found::new(Field::Undo, what).at(step.id.as_str());
        return changes.wider(found.sides(does(step), Words::text("no")));
    }
    let what = Words::text("no longer does ").and_code(step.action.as_str());
    changes.narrower(
        Found::new(Field::Step, what)
            .at(step.id.as_str())
            .sides(does(step), Words::text("no")),
    );
}

fn added(changes: &mut Changes<'_>, step: &Step) {
    let is_of_action = step.id.starts_with("action ");
    let what = Words::text("does ").and_code(step.action.as_str());
    let what = match (&step.raw, is_of_action) {
        // Where the action is called, nothing else of it is seen.
        (Some(raw), true) => what.then(" ").and_code(raw.as_str()),
        (None, true) | (_, false) => what,
    };
    let what = what.then(format!(", {}", undo_words(step.undo)));
    let what = match (&step.verify, step.undo) {
        (Some(_), _) | (None, UndoBy::Itself) => what,
        // Whoever calls an action verifies it.
        (None, _) if is_of_action => what,
        (None, _) => what.then(", and no verify follows"),
    };
    changes.wider(about(Field::Step, what, step).sides(Words::text("no"), does(step)));
}

fn undo_words(undo: UndoBy) -> &'static str {
    match undo {
        UndoBy::Inverse => "undone by its inverse",
        UndoBy::Block => "with an undo of its own",
        UndoBy::Previous => "undone by what it recorded",
        UndoBy::Unneeded => "no undo needed",
        UndoBy::Lines => "undone as its own lines say",
        UndoBy::Itself => "to take another step back",
        UndoBy::Waived => "undo waived",
        UndoBy::Impossible => "never undone",
    }
}

/// Whether something takes the change back, if that is needed.
fn is_undone(undo: UndoBy) -> bool {
    match undo {
        UndoBy::Inverse
        | UndoBy::Block
        | UndoBy::Previous
        | UndoBy::Unneeded
        | UndoBy::Lines
        | UndoBy::Itself => true,
        UndoBy::Waived | UndoBy::Impossible => false,
    }
}

fn stayed(changes: &mut Changes<'_>, old: &Step, new: &Step, guards: &mut Guards<'_>) {
    guards.of_step(old, new);
    let of = |words: &str| Words::code(new.action.as_str()).then(words);
    if old.undo != new.undo {
        let found = about(Field::Undo, of(" is undone another way"), new).sides(
            Words::text(undo_words(old.undo)),
            Words::text(undo_words(new.undo)),
        );
        match (is_undone(old.undo), is_undone(new.undo)) {
            (false, true) => changes.narrower(found),
            (true, true) => changes.look(found),
            (_, false) => changes.wider(found),
        }
    }
    let is_to = |param: &str| !is_amount(new, param);
    if old.commands != new.commands {
        let what = of(" is given another command, path, plan or payload");
        let (before, after) = given(old, new, is_to);
        changes.wider(about(Field::Step, what, new).sides(before, after));
    }
    labels::of_step(changes, new);
    if old.on != new.on {
        let (before, after) = match old.commands == new.commands {
            true => given(old, new, is_to),
            // Told above.
            false => (Words::default(), Words::default()),
        };
        let what = of(" is given something else");
        changes.notice(about(Field::Step, what, new).sides(before, after));
    }
    amounts(changes, old, new);
    waits(changes, old, new);
    pace(changes, old, new);
    number(changes, new, " is tried again", old.retry, new.retry);
    number(
        changes,
        new,
        " is done for each of at most",
        old.each,
        new.each,
    );
    if old.otherwise != new.otherwise {
        let said = |handled: Option<ConditionHash>| {
            Words::text(if handled.is_some() {
                "handled"
            } else {
                "ends the run"
            })
        };
        let what = of(" that is not applied leads elsewhere");
        let found = about(Field::Step, what, new).sides(said(old.otherwise), said(new.otherwise));
        changes.wider(found);
    }
    match (&old.verify, &new.verify) {
        (Some(_), None) => changes.wider(
            about(Field::Verify, of(" is no longer verified"), new)
                .sides(Words::text("verified"), Words::text("not")),
        ),
        (None, Some(_)) => changes.narrower(
            about(Field::Verify, of(" is verified"), new)
                .sides(Words::text("not"), Words::text("verified")),
        ),
        (Some(_), Some(_)) | (None, None) => {}
    }
}

fn is_amount(step: &Step, param: &str) -> bool {
    step.amounts.iter().any(|amount| amount.of == param)
}

fn number(changes: &mut Changes<'_>, step: &Step, what: &str, old: Option<u32>, new: Option<u32>) {
    let (old, new) = (old.unwrap_or(0), new.unwrap_or(0));
    let what = Words::code(step.action.as_str()).then(what);
    let found = about(Field::Step, what, step)
        .sides(Words::text(old.to_string()), Words::text(new.to_string()));
    match old.cmp(&new) {
        std::cmp::Ordering::Less => changes.wider(found),
        std::cmp::Ordering::Greater => changes.narrower(found),
        std::cmp::Ordering::Equal => {}
    }
}

/// How long it may take, how soon it is tried again, and whether one that failed ends a loop.
fn pace(changes: &mut Changes<'_>, old: &Step, new: &Step) {
    let shown = |time: Option<Duration>| {
        Words::text(time.map_or_else(|| "unsaid".to_owned(), |time| time.to_string()))
    };
    for (what, old, now) in [
        (", within", old.within, new.within),
        (", between two tries", old.every, new.every),
    ] {
        // A try that is new or gone is told by its number.
        let is_told = what != ", within" && (old.is_none() || now.is_none());
        if old != now && !is_told {
            let what = Words::code(new.action.as_str()).then(what);
            let found = about(Field::Time, what, new);
            changes.look(found.sides(shown(old), shown(now)));
        }
    }
    let what = Words::code(new.action.as_str());
    match (old.continues, new.continues) {
        (false, true) => {
            let what = what.then(" goes on to the next element of its loop after one has failed");
            changes.wider(about(Field::Step, what, new));
        }
        (true, false) => {
            let what = what.then(" stops its loop at the first element that fails");
            changes.narrower(about(Field::Step, what, new));
        }
        (true, true) | (false, false) => {}
    }
}

/// A shorter wait is no new right, but what was waited for may not be there yet.
fn waits(changes: &mut Changes<'_>, old: &Step, new: &Step) {
    let shown = |time: Option<Duration>| {
        Words::text(time.map_or_else(|| "none".to_owned(), |time| time.to_string()))
    };
    let what = Words::code(new.action.as_str()).then(", wait before it");
    let found = about(Field::Time, what, new).sides(shown(old.after), shown(new.after));
    match old.after.cmp(&new.after) {
        std::cmp::Ordering::Greater => changes.look(found),
        std::cmp::Ordering::Less => changes.narrower(found),
        std::cmp::Ordering::Equal if old.after_if == new.after_if => {}
        std::cmp::Ordering::Equal => {
            let what = Words::code(new.action.as_str()).then(", waits before it in other cases");
            let found = about(Field::Time, what, new);
            match new.after_if {
                None => changes.narrower(found),
                Some(_) => changes.look(found),
            }
        }
    }
}

fn amounts(changes: &mut Changes<'_>, old: &Step, new: &Step) {
    for amount in &new.amounts {
        let Some(before) = old.amounts.iter().find(|old| old.of == amount.of) else {
            continue;
        };
        if before == amount {
            // Both are known when it runs, and come about another way.
            if old.amount != new.amount && !amount.is_one() {
                let what = Words::code(new.action.as_str()).then(" is given another amount");
                let (before, after) = given(old, new, |param| param == amount.of);
                changes.wider(about(Field::Amount, what, new).sides(before, after));
            }
            continue;
        }
        let verb = match new.undo.is_itself() {
            true => " takes back to another amount, ",
            false => ", ",
        };
        let what = Words::code(new.action.as_str())
            .then(verb)
            .and_code(amount.of.as_str());
        let found = about(Field::Amount, what, new).sides(range(before), range(amount));
        let is_less = is_inside(amount, before) && old.amount == new.amount;
        // A smaller range of the same thing is less; another thing in it may be more than it was, and what is taken
        // back has to be all of it.
        match (is_less && !new.undo.is_itself(), before.to == amount.to) {
            (true, true) => changes.narrower(found),
            // What went up to the larger one may go down to the smaller.
            (true, false) => changes.notice(found),
            (false, _) => changes.wider(found),
        }
    }
}

fn range(amount: &Amount) -> Words {
    match &amount.to {
        Some(to) if *to == amount.from => Words::code(to.as_str()),
        Some(to) => Words::code(amount.from.as_str())
            .then(" to ")
            .and_code(to.as_str()),
        None => Words::code(amount.from.as_str()).then(" and up"),
    }
}

/// Whether the range is a part of the other. Ends that are no numbers of one kind are not compared.
fn is_inside(inner: &Amount, outer: &Amount) -> bool {
    let low = outer.from == "any" || at_least(&inner.from, &outer.from);
    let high = match (&inner.to, &outer.to) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(inner), Some(outer)) => at_least(outer, inner),
    };
    low && high
}

/// Whether both are numbers of one kind, and the first is no less.
pub fn at_least(a: &str, b: &str) -> bool {
    match (classify_number(a), classify_number(b)) {
        (Ok(Number::Int(a)), Ok(Number::Int(b))) => a >= b,
        (Ok(Number::Float(a)), Ok(Number::Float(b))) => a >= b,
        (Ok(Number::Percent(a)), Ok(Number::Percent(b))) => a >= b,
        (Ok(Number::Duration(a)), Ok(Number::Duration(b))) => a >= b,
        (Ok(Number::Size(a)), Ok(Number::Size(b))) => a >= b,
        (Ok(_) | Err(_), Ok(_) | Err(_)) => a == b,
    }
}
