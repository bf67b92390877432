//! What is done on finding something, where another remedy answers for it than before.

use std::collections::{BTreeMap, BTreeSet};

use super::steps::{Matched, about, does, groups};
use crate::program::manifest::{Authority, Cause, ConditionHash, Literal, Part, Step, Way};
use crate::report::diff::compare::{Changes, Found};
use crate::report::diff::{Field, Words};

/// What was done on finding one thing and is now done on finding another: steps that stayed in their remedy, and are
/// newly done where that one is found.
pub fn compare(changes: &mut Changes<'_>, names: &Matched) {
    exchanged(changes, names);
    let (before, after) = (changes.old, changes.new);
    let (old, new) = (groups(&before.steps), groups(&after.steps));
    let (ways, ways_now) = (Ways::new(before), Ways::new(after));
    for cause in &after.found {
        let now =
            |known: &Cause| names.get(&known.finding).unwrap_or(&known.finding) == &cause.finding;
        let mut same = before.found.iter().filter(|known| known.when == cause.when);
        let known = same.next().map(|known| vec![known]);
        let known = known.unwrap_or_else(|| {
            let mut known = led_elsewhere(before, cause, names);
            known.extend(ways.met(&ways_now, (cause, &now)));
            known
        });
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

/// The causes with their ways, and the conditions that these ask for.
struct Ways<'o> {
    causes: Vec<(&'o Cause, Way)>,
    asked: BTreeSet<ConditionHash>,
}

impl<'o> Ways<'o> {
    fn new(of: &'o Authority) -> Ways<'o> {
        let way = |cause: &'o Cause| Some((cause, cause.way.as_ref()?.way(&of.asked)?));
        let each = of.asked.iter();
        Ways {
            causes: of.found.iter().filter_map(way).collect(),
            asked: each
                .flat_map(|asked| [Some(asked.what), asked.of])
                .flatten()
                .collect(),
        }
    }

    /// Whether it asks for what the innermost branch of that way does, if only for another value of it.
    fn asks(&self, way: &Way) -> bool {
        let mut literals = way.by.iter().flat_map(|clause| &clause.0);
        literals.all(|Literal { asked, .. }| {
            let mut either = asked.of.into_iter().chain([asked.what]);
            either.any(|hash| self.asked.contains(&hash))
        })
    }

    /// The causes that led to something where this one of the other is found: as far as what leads there is made of
    /// conditions that both ask for. A condition that is another one, or asks for less, is told as such.
    fn met(
        &self,
        other: &Ways<'_>,
        (cause, is_it): (&Cause, &dyn Fn(&Cause) -> bool),
    ) -> Vec<&'o Cause> {
        let mut ways = other.causes.iter();
        let Some((_, way)) = ways.find(|(known, _)| std::ptr::eq(*known, cause)) else {
            return Vec::new();
        };
        let asked_more = |known: &Way| {
            let all = way.by.iter().all(|clause| known.by.contains(clause));
            all && known.by.len() > way.by.len() && !way.by.is_empty()
        };
        let mut same = self.causes.iter().filter(|(known, _)| is_it(known));
        if same.any(|(_, known)| asked_more(known)) {
            return Vec::new();
        }
        let causes = self.causes.iter().filter(|_| self.asks(way));
        let met = causes.filter(|(_, known)| other.asks(known) && known.meets(way));
        met.map(|(known, _)| *known).collect()
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
