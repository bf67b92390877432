//! What steps wait for: the guards that they lost and won.

use std::collections::{BTreeMap, BTreeSet};

use crate::program::manifest::{Condition, ConditionHash, Part, Step, UndoBy};
use crate::report::diff::compare::{Changes, Found};
use crate::report::diff::reads::Ends;
use crate::report::diff::{Field, Words};

/// The guards that steps lost and won: one line for all steps of one guard.
pub struct Guards<'a> {
    /// Where the path ends for want of an answer, before and after.
    ends: [Ends<'a>; 2],
    lost: BTreeMap<ConditionHash, Vec<(String, String)>>,
    /// What is looked at in the plan and no longer right before the step.
    once: BTreeMap<ConditionHash, Vec<(String, String)>>,
    won: BTreeMap<ConditionHash, Vec<(String, String)>>,
    /// Of what takes something back: there a condition means that it may not be taken back.
    undo_lost: BTreeMap<ConditionHash, Vec<(String, String)>>,
    undo_won: BTreeMap<ConditionHash, Vec<(String, String)>>,
}

impl<'a> Guards<'a> {
    pub fn new(changes: &Changes<'a>) -> Guards<'a> {
        Guards {
            ends: [&changes.old.reads, &changes.new.reads].map(|reads| Ends::of(reads)),
            lost: BTreeMap::new(),
            once: BTreeMap::new(),
            won: BTreeMap::new(),
            undo_lost: BTreeMap::new(),
            undo_won: BTreeMap::new(),
        }
    }

    pub fn of_step(&mut self, old: &Step, new: &Step) {
        let of = |step: &'_ Step| {
            step.id
                .rsplit_once('/')
                .map_or("", |(name, _)| name)
                .to_owned()
        };
        let (before, after) = (of(old), of(new));
        let [ends, now] = &self.ends;
        let name = || (new.id.clone(), new.action.clone());
        let (lost, won) = match new.undo == UndoBy::Itself {
            true => (&mut self.undo_lost, &mut self.undo_won),
            false => (&mut self.lost, &mut self.won),
        };
        for guard in &old.guards {
            let at = [before.as_str(), after.as_str()];
            if !new.guards.contains(guard) && !ends.are_also_in(now, at, *guard) {
                lost.entry(*guard).or_default().push(name());
            }
        }
        for guard in &old.again {
            if new.guards.contains(guard) && !new.again.contains(guard) {
                self.once.entry(*guard).or_default().push(name());
            }
        }
        for guard in &new.guards {
            let at = [after.as_str(), before.as_str()];
            if !old.guards.contains(guard) && !now.are_also_in(ends, at, *guard) {
                won.entry(*guard).or_default().push(name());
            }
        }
    }

    pub fn tell(self, changes: &mut Changes<'_>) {
        let Guards {
            ends: _,
            lost,
            once,
            won,
            undo_lost,
            undo_won,
        } = self;
        let (before, after) = (&changes.old.guards, &changes.new.guards);
        // The same words that ask for something else, since what they call does.
        let mut reworded = BTreeSet::new();
        for (guard, steps) in lost {
            let text = text(before, guard);
            let read = |known: &Condition| known.fresh.unwrap_or(known.hash);
            let was = condition(before, guard).map(read);
            let same = |(hash, of): (&ConditionHash, &Vec<(String, String)>)| {
                let known = condition(after, *hash).filter(|_| *of == steps)?;
                let is_of_another_time = was == Some(read(known));
                let is_same = is_of_another_time || known.text == text;
                is_same.then_some((*hash, is_of_another_time))
            };
            if let Some((now, is_of_another_time)) = won.iter().find_map(same) {
                reworded.insert(now);
                let wait = if is_one(&steps) { "waits" } else { "wait" };
                let wait = match is_of_another_time {
                    true => format!("{wait} for what is so at another time,"),
                    false => format!("{wait} for something else by the same words,"),
                };
                let found = found(&steps, &wait, &text);
                let after = self::text(after, now);
                let found = found.sides(Words::code(&*text), Words::code(after));
                changes.wider(found.part(Part::Condition(now)));
                continue;
            }
            let wait = if is_one(&steps) {
                "no longer waits for"
            } else {
                "no longer wait for"
            };
            let found = found(&steps, wait, &text).sides(Words::code(text), Words::text("none"));
            changes.wider(found);
        }
        for (guard, steps) in once {
            let text = text(after, guard);
            let looks = if is_one(&steps) {
                "no longer looks again right before it at"
            } else {
                "no longer look again right before them at"
            };
            changes.wider(found(&steps, looks, &text));
        }
        for (guard, steps) in won {
            if reworded.contains(&guard) {
                continue;
            }
            let text = text(after, guard);
            let wait = if is_one(&steps) {
                "waits for"
            } else {
                "wait for"
            };
            let found = found(&steps, wait, &text).sides(Words::text("none"), Words::code(text));
            changes.narrower(found.part(Part::Condition(guard)));
        }
        for (guard, steps) in undo_won {
            let text = text(after, guard);
            let found = found(&steps, "is only undone if", &text);
            let found = found.sides(Words::text("none"), Words::code(text));
            changes.wider(found.part(Part::Condition(guard)));
        }
        for (guard, steps) in undo_lost {
            let text = text(before, guard);
            let found = found(&steps, "is undone whether or not", &text);
            changes.narrower(found.sides(Words::code(text), Words::text("none")));
        }
    }
}

/// Whether all are of one action.
fn is_one(steps: &[(String, String)]) -> bool {
    steps.windows(2).all(|pair| pair[0].1 == pair[1].1)
}

fn condition(conditions: &[Condition], hash: ConditionHash) -> Option<&Condition> {
    conditions.iter().find(|known| known.hash == hash)
}

fn text(conditions: &[Condition], hash: ConditionHash) -> String {
    let known = condition(conditions, hash);
    known.map_or_else(|| hash.to_string(), |known| known.text.clone())
}

fn found(steps: &[(String, String)], wait: &str, text: &str) -> Found {
    let names: BTreeSet<&str> = steps.iter().map(|(_, action)| action.as_str()).collect();
    let what = Words::list(names).then(format!(" {wait} ")).and_code(text);
    let found = Found::new(Field::Guard, what);
    match steps.first() {
        Some((id, _)) => found.at(id.as_str()).part(Part::Step(id.clone())),
        None => found,
    }
}
