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
    /// The conditions before and after.
    conditions: [Conditions<'a>; 2],
    lost: BTreeMap<ConditionHash, Of>,
    /// What is looked at in the plan and no longer right before the step.
    once: BTreeMap<ConditionHash, Of>,
    won: BTreeMap<ConditionHash, Of>,
    /// Of what takes something back: there a condition means that it may not be taken back.
    undo_lost: BTreeMap<ConditionHash, Of>,
    undo_won: BTreeMap<ConditionHash, Of>,
}

impl<'a> Guards<'a> {
    pub fn new(changes: &Changes<'a>) -> Guards<'a> {
        Guards {
            ends: [&changes.old.reads, &changes.new.reads].map(|reads| Ends::of(reads)),
            conditions: [&changes.old.guards, &changes.new.guards].map(|all| by_hash(all)),
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
        let [guards, guards_now, again_now]: [BTreeSet<_>; 3] =
            [&old.guards, &new.guards, &new.again].map(|all| all.iter().collect());
        // What is asked earlier now than it was is another guard, also where the path ends there as it did.
        let [conditions, conditions_now] = &self.conditions;
        let is_new = |guard: &&ConditionHash| !guards.contains(guard);
        let earlier = new.guards.iter().filter(is_new);
        let earlier = earlier.filter_map(|guard| conditions_now.get(guard)?.fresh);
        let earlier: BTreeSet<ConditionHash> = earlier.collect();
        let is_earlier = |guard: &ConditionHash| {
            let known = conditions.get(guard);
            known.is_some_and(|known| earlier.contains(&fresh(known)))
        };
        for guard in &old.guards {
            let at = [before.as_str(), after.as_str()];
            let is_same = !is_earlier(guard) && ends.are_also_in(now, at, *guard);
            if !guards_now.contains(guard) && !is_same {
                lost.entry(*guard).or_default().push(name());
            }
        }
        for guard in &old.again {
            if guards_now.contains(guard) && !again_now.contains(guard) {
                self.once.entry(*guard).or_default().push(name());
            }
        }
        for guard in &new.guards {
            let at = [after.as_str(), before.as_str()];
            if !guards.contains(guard) && !now.are_also_in(ends, at, *guard) {
                won.entry(*guard).or_default().push(name());
            }
        }
    }

    pub fn tell(self, changes: &mut Changes<'_>) {
        let Guards {
            ends: _,
            conditions: [before, after],
            lost,
            once,
            won,
            undo_lost,
            undo_won,
        } = self;
        let mut came = Came::of(&won, &after);
        for (guard, steps) in &lost {
            let (guard, steps) = (*guard, steps.as_slice());
            let text = text(&before, guard);
            if let Some((now, is_of_another_time)) = came.instead_of(guard, steps, &before) {
                let wait = if is_one(steps) { "waits" } else { "wait" };
                let wait = match is_of_another_time {
                    true => format!("{wait} for what held at another time,"),
                    false => format!("{wait} for something else by the same words,"),
                };
                let found = found(steps, &wait, &text);
                let after = self::text(&after, now);
                let found = found.sides(Words::code(&*text), Words::code(after));
                changes.wider(found.part(Part::Condition(now)));
                continue;
            }
            let wait = if is_one(steps) {
                "no longer waits for"
            } else {
                "no longer wait for"
            };
            let found = found(steps, wait, &text).sides(Words::code(text), Words::text("none"));
            changes.wider(found);
        }
        for (guard, steps) in once {
            let text = text(&after, guard);
            let looks = if is_one(&steps) {
                "no longer looks again right before it at"
            } else {
                "no longer look again right before them at"
            };
            changes.wider(found(&steps, looks, &text));
        }
        for (guard, steps) in &won {
            let (guard, steps) = (*guard, steps.as_slice());
            if came.reworded.contains(&guard) {
                continue;
            }
            let text = text(&after, guard);
            let wait = if is_one(steps) {
                "waits for"
            } else {
                "wait for"
            };
            let found = found(steps, wait, &text).sides(Words::text("none"), Words::code(text));
            changes.narrower(found.part(Part::Condition(guard)));
        }
        for (guard, steps) in undo_won {
            let text = text(&after, guard);
            let found = found(&steps, "is only undone if", &text);
            let found = found.sides(Words::text("none"), Words::code(text));
            changes.wider(found.part(Part::Condition(guard)));
        }
        for (guard, steps) in undo_lost {
            let text = text(&before, guard);
            let found = found(&steps, "is undone whether or not", &text);
            changes.narrower(found.sides(Words::code(text), Words::text("none")));
        }
    }
}

/// Whether all are of one action.
fn is_one(steps: &[(String, String)]) -> bool {
    steps.windows(2).all(|pair| pair[0].1 == pair[1].1)
}

/// The conditions of a version.
type Conditions<'a> = BTreeMap<ConditionHash, &'a Condition>;

fn by_hash(conditions: &[Condition]) -> Conditions<'_> {
    // Of several the first.
    let all = conditions.iter().rev();
    all.map(|known| (known.hash, known)).collect()
}

fn text(conditions: &Conditions<'_>, hash: ConditionHash) -> String {
    let known = conditions.get(&hash);
    known.map_or_else(|| hash.to_string(), |known| known.text.clone())
}

/// The steps of a guard, by their names and actions.
type Of = Vec<(String, String)>;
type Steps = [(String, String)];

/// The guards that steps won, by what they may stand for in place of one that was lost by the same steps.
struct Came<'a> {
    /// By what is asked, whenever.
    fresh: BTreeMap<(&'a Steps, ConditionHash), ConditionHash>,
    /// By the same words, which ask for something else, since what they call does.
    text: BTreeMap<(&'a Steps, &'a str), ConditionHash>,
    reworded: BTreeSet<ConditionHash>,
}

impl<'a> Came<'a> {
    fn of(won: &'a BTreeMap<ConditionHash, Of>, after: &Conditions<'a>) -> Came<'a> {
        let mut came = Came {
            fresh: BTreeMap::new(),
            text: BTreeMap::new(),
            reworded: BTreeSet::new(),
        };
        for (hash, steps) in won {
            if let Some(known) = after.get(hash) {
                let fresh = (steps.as_slice(), fresh(known));
                came.fresh.entry(fresh).or_insert(*hash);
                let text = (steps.as_slice(), known.text.as_str());
                came.text.entry(text).or_insert(*hash);
            }
        }
        came
    }

    /// What stands in place of a lost one, and whether it is only of another time.
    fn instead_of(
        &mut self,
        lost: ConditionHash,
        steps: &'a [(String, String)],
        before: &Conditions<'a>,
    ) -> Option<(ConditionHash, bool)> {
        let known = before.get(&lost)?;
        let of_another_time = self.fresh.get(&(steps, fresh(known)));
        let found = match of_another_time {
            Some(hash) => (*hash, true),
            None => (*self.text.get(&(steps, known.text.as_str()))?, false),
        };
        self.reworded.insert(found.0);
        Some(found)
    }
}

/// What it asks, whenever that was read.
fn fresh(known: &Condition) -> ConditionHash {
    known.fresh.unwrap_or(known.hash)
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
