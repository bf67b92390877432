//! What is read before a change: whether the path ends where there is no answer.

use std::collections::BTreeMap;

use super::compare::{Changes, Found};
use super::rights::steps::{Matched, groups};
use super::{Field, Words};
use crate::program::manifest::{ConditionHash, Part, Read, Step, Unanswered};

pub fn compare(changes: &mut Changes<'_>, matched: &Matched) {
    let (before, after) = (changes.old, changes.new);
    let (old, new) = (by_place(&before.reads), by_place(&after.reads));
    let (steps, steps_now) = (groups(&before.steps), groups(&after.steps));
    let mut same = BTreeMap::new();
    for ((at, of), reads) in &old {
        let name = matched.get(*at).map_or(*at, String::as_str);
        let none = Vec::new();
        let now = new.get(&(name, *of)).unwrap_or(&none);
        let done = steps.get(at).map_or(0, Vec::len);
        let done_now = steps_now.get(name).map_or(0, Vec::len);
        for (index, read) in reads.iter().enumerate() {
            match now.get(index) {
                Some(now) => answered(changes, read, now, done_now),
                None => {
                    let is_same = same
                        .entry(*at)
                        .or_insert_with(|| does_the_same(steps.get(at), steps_now.get(name)));
                    if *is_same && done > read.behind as usize {
                        gone(changes, read, name);
                    }
                }
            }
        }
    }
}

/// The readings of one body that ask the same, in their order.
fn by_place(reads: &[Read]) -> BTreeMap<(&str, ConditionHash), Vec<&Read>> {
    let mut places: BTreeMap<_, Vec<&Read>> = BTreeMap::new();
    for read in reads {
        places
            .entry((read.at.as_str(), read.of))
            .or_default()
            .push(read);
    }
    places
}

fn answered(changes: &mut Changes<'_>, old: &Read, new: &Read, steps: usize) {
    let more = new.goes_on.iter().filter(|one| !old.goes_on.contains(one));
    let less = old.goes_on.iter().filter(|one| !new.goes_on.contains(one));
    let acts = steps > new.behind as usize;
    for unanswered in more {
        let found = found(new, "goes on where ", *unanswered);
        match acts {
            true => changes.wider(found),
            false => changes.look(found),
        }
    }
    for unanswered in less {
        changes.narrower(found(new, "ends where ", *unanswered));
    }
}

fn found(read: &Read, verb: &str, unanswered: Unanswered) -> Found {
    let what = Words::text(verb).and_code(read.text.as_str());
    let what = what.then(match unanswered {
        Unanswered::NoData => " has no data",
        Unanswered::Failed => " cannot be read",
    });
    Found::new(Field::Guard, what)
        .at(read.at.as_str())
        .part(Part::Condition(read.of))
}

/// Whether the steps of a body wait for what they waited for and are given what they were given.
fn does_the_same(old: Option<&Vec<&Step>>, new: Option<&Vec<&Step>>) -> bool {
    let (old, new) = (
        old.map_or(&[][..], |old| old),
        new.map_or(&[][..], |new| new),
    );
    let is_same = |(a, b): (&&Step, &&Step)| {
        (&a.action, a.on, a.commands, a.amount) == (&b.action, b.on, b.commands, b.amount)
            && a.guards == b.guards
    };
    old.len() == new.len() && old.iter().zip(new).all(is_same)
}

/// A reading that is gone kept the steps behind it from being done where it had no answer. Where a step is given
/// something else, or waits for something else, that is told.
fn gone(changes: &mut Changes<'_>, old: &Read, name: &str) {
    if old.goes_on.is_empty() {
        let what = Words::text("no longer ends where ").and_code(old.text.as_str());
        let found = Found::new(Field::Guard, what.then(" has no answer"));
        changes.look(found.at(name));
    }
}

/// The readings of a version, by body, by what they ask and by how they are reached: behind how many steps each of them
/// stands, in their order, and whether it is made once.
pub struct Ends<'a>(BTreeMap<Way<'a>, Vec<(u32, bool)>>);

/// The body, what is asked, and the branches by which it is reached.
type Way<'a> = (&'a str, ConditionHash, Option<ConditionHash>);

impl<'a> Ends<'a> {
    pub fn of(reads: &'a [Read]) -> Ends<'a> {
        let mut ends: BTreeMap<_, Vec<(u32, bool)>> = BTreeMap::new();
        for read in reads {
            let key = (read.at.as_str(), read.of, read.path);
            let once = !read.each;
            ends.entry(key).or_default().push((read.behind, once));
        }
        Ends(ends)
    }

    /// Whether each path ends there as well where that reading has no answer, as often and no later, so that a guard on
    /// its answer is no loss: what it does in place of that is told by itself.
    pub fn are_also_in(&self, new: &Ends<'_>, at: [&str; 2], of: ConditionHash) -> bool {
        let [before, after] = at;
        let old = self.0.range((before, of, None)..);
        let old = old.take_while(|((at, one, _), _)| (*at, *one) == (before, of));
        let mut old = old.peekable();
        let is_also = |((_, _, path), behind): (&(&str, _, _), &Vec<(u32, bool)>)| {
            let now = new.0.get(&(after, of, *path));
            now.is_some_and(|now| {
                let is_also = |((behind, once), (was, was_once)): (&(u32, bool), &(u32, bool))| {
                    behind <= was && once <= was_once
                };
                now.len() >= behind.len() && now.iter().zip(behind).all(is_also)
            })
        };
        old.peek().is_some() && old.all(is_also)
    }
}
