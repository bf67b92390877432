//! What is done on finding something, where another remedy answers for it than before.

use super::steps::{Matched, about, does, groups};
use crate::program::manifest::Step;
use crate::report::diff::compare::Changes;
use crate::report::diff::{Field, Words};

/// What was done on finding one thing and is now done on finding another: steps that stayed in their remedy, and are
/// newly done where that one is found.
pub fn compare(changes: &mut Changes<'_>, names: &Matched) {
    let (before, after) = (changes.old, changes.new);
    let (old, new) = (groups(&before.steps), groups(&after.steps));
    for cause in &after.found {
        let mut same = before.found.iter().filter(|known| known.when == cause.when);
        let Some(known) = same.next() else {
            continue;
        };
        let now = names.get(&known.finding).unwrap_or(&known.finding);
        if *now == cause.finding {
            continue;
        }
        let none = Vec::new();
        let was = old.get(known.finding.as_str()).unwrap_or(&none);
        let mut rest: Vec<&&Step> = was.iter().filter(|step| !step.undo.is_itself()).collect();
        let is = new.get(cause.finding.as_str()).unwrap_or(&none);
        for step in is.iter().filter(|step| !step.undo.is_itself()) {
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
            match rest.iter().position(|old| acts(old) == acts(step)) {
                Some(at) => drop(rest.remove(at)),
                None => {
                    let what = Words::text("does ").and_code(step.action.as_str());
                    let what = what
                        .then(", where it found ")
                        .and_code(known.finding.as_str());
                    let found = about(Field::Step, what, step);
                    changes.wider(found.sides(Words::text("no"), does(step)));
                }
            }
        }
    }
}
