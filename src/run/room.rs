//! Whether a line that counts a population leaves room for one more change.
//!
//! In: the line, what was listed for it, the targets of the change, and who has disturbed whom. Out: go, wait until
//! others let go, or never: the same for an agent and for a test.

use std::collections::BTreeSet;

use super::population::Counted;
use crate::program::lower::{Asks, PopulationLine};
use crate::value::Identity;

/// What becomes of a change by one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Room {
    Go,
    /// Others have to let go first.
    Wait(String),
    /// Even if all others let go there is none.
    Never(String),
}

impl Room {
    /// Why there is none now.
    pub fn why_not(self) -> Option<String> {
        match self {
            Room::Go => None,
            Room::Wait(why) | Room::Never(why) => Some(why),
        }
    }
}

/// Who has disturbed a target that was not seen to be well since.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    /// The incident that asks.
    Own,
    Other,
}

/// What a line comes to, for people.
pub fn figures(line: &PopulationLine, counted: &Counted) -> String {
    let all = counted.frozen.len();
    format!("`{}` is {} of {all}", line.words, line.number(all))
}

/// What a change would do to a population.
struct Look<'a> {
    line: &'a PopulationLine,
    counted: &'a Counted,
    /// The members that the asker has disturbed, and those that it would.
    own: BTreeSet<&'a Identity>,
    /// Those that others have.
    others: BTreeSet<&'a Identity>,
    /// Somebody else is about to disturb one more.
    claimed: usize,
}

/// Whether the change of these targets may begin, as far as this line is asked.
pub fn room(
    line: &PopulationLine,
    counted: &Counted,
    targets: &[Identity],
    holder: impl Fn(&Identity) -> Option<Holder>,
    claimed: bool,
) -> Room {
    let changed = targets.iter().filter(|target| target.kind() == line.of);
    if let Some(stray) = changed.clone().find(|one| !counted.frozen.contains(*one)) {
        let (name, words) = (super::call::printed(stray), &line.words);
        return Room::Never(format!("{name} is none of those that `{words}` counts"));
    }
    let known = counted.frozen.iter().chain(counted.now.keys());
    let held_by = |by: Holder| {
        let held = known.clone().filter(|one| holder(one) == Some(by));
        held.collect::<Vec<_>>()
    };
    let own: BTreeSet<&Identity> = held_by(Holder::Own).into_iter().chain(changed).collect();
    let others = held_by(Holder::Other).into_iter();
    let others = others.filter(|one| !own.contains(one)).collect();
    let look = Look {
        line,
        counted,
        own,
        others,
        claimed: usize::from(claimed),
    };
    match &line.asks {
        Asks::Share(_) => look.share(),
        Asks::Floor { field, .. } => look.floor(field),
    }
}

impl Look<'_> {
    fn number(&self) -> usize {
        self.line.number(self.counted.frozen.len())
    }

    /// How many that were there are missing and not replaced, those left out whom somebody has disturbed.
    fn gone(&self, but: &BTreeSet<&Identity>) -> usize {
        let Counted { frozen, now, .. } = self.counted;
        let missing = frozen.iter().filter(|one| !now.contains_key(*one));
        let missing = missing.filter(|one| !but.contains(one)).count();
        missing.saturating_sub(self.newcomers())
    }

    fn newcomers(&self) -> usize {
        let Counted { frozen, now, .. } = self.counted;
        now.keys().filter(|one| !frozen.contains(*one)).count()
    }

    fn share(&self) -> Room {
        let most = self.number();
        let frozen = &self.counted.frozen;
        let inside =
            |of: &BTreeSet<&Identity>| of.iter().filter(|one| frozen.contains(**one)).count();
        let (own, others) = (inside(&self.own), inside(&self.others) + self.claimed);
        let gone = self.gone(&BTreeSet::new());
        let why = || {
            let (words, all) = (&self.line.words, frozen.len());
            format!(
                "`{words}` is {most} of {all}: with this change {own} would be disturbed here, others disturb {others}, and {gone} are missing"
            )
        };
        if own + self.gone(&self.others) > most {
            return Room::Never(why());
        }
        match own + others + gone > most {
            true => Room::Wait(why()),
            false => Room::Go,
        }
    }

    /// How many are well that nobody of these has disturbed. New ones stand in for those that are missing, one for one.
    fn well(&self, disturbed: &dyn Fn(&Identity) -> bool, hoped: &BTreeSet<&Identity>) -> usize {
        let Counted { frozen, now, .. } = self.counted;
        let is_well = |one: &Identity| {
            !disturbed(one) && (hoped.contains(one) || now.get(one).copied().unwrap_or_default())
        };
        let known = frozen.iter().filter(|one| is_well(one)).count();
        let missing = frozen.iter().filter(|one| !now.contains_key(*one));
        let missing = missing.filter(|one| !hoped.contains(one)).count();
        let new = now
            .keys()
            .filter(|one| !frozen.contains(*one) && is_well(one));
        known + new.count().min(missing)
    }

    fn floor(&self, field: &str) -> Room {
        let least = self.number();
        let by_any = |one: &Identity| self.own.contains(one) || self.others.contains(one);
        let left = self.well(&by_any, &BTreeSet::new());
        if left >= least + self.claimed {
            return Room::Go;
        }
        let (words, all, others) = (
            &self.line.words,
            self.counted.frozen.len(),
            self.others.len(),
        );
        let why = format!(
            "`{words}` is {least} of {all}: this change would leave {left} with `{field}`, and others disturb {others}"
        );
        let alone = self.well(&|one| self.own.contains(one), &self.others);
        match alone >= least {
            true => Room::Wait(why),
            false => Room::Never(why),
        }
    }
}

#[cfg(test)]
mod tests;
