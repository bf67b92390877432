//! What a label of the trigger may be, where it decides what a step does.

use super::steps::about;
use crate::program::manifest::{Label, On, Step, Trigger};
use crate::report::diff::compare::Changes;
use crate::report::diff::{Field, Words, proofs};
use crate::report::trigger;

/// A value of a label that may newly come is a new word of a command, a new payload or a new amount.
pub fn of_step(changes: &mut Changes<'_>, step: &Step) {
    let (old, new) = (&changes.old.triggers, &changes.new.triggers);
    // Of an alert that is handed on as a whole each label counts.
    let tested = old
        .iter()
        .flat_map(|trigger| &trigger.labels)
        .map(Label::name);
    let mut names: Vec<&str> = tested
        .filter(|name| {
            step.labels
                .iter()
                .any(|label| label == name || label == "*")
        })
        .collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        let is_covered = |one: &Trigger| {
            let by = |old: &Trigger| {
                let mut asked = old.labels.iter().filter(|test| test.name() == name);
                asked.all(|old| one.labels.iter().any(|new| proofs::tests(new, old)))
            };
            one.on != On::Alert || old.iter().filter(|old| old.on == On::Alert).any(by)
        };
        if new.iter().all(is_covered) {
            continue;
        }
        let shown = |triggers: &[Trigger]| {
            let tests = triggers.iter().flat_map(|trigger| &trigger.labels);
            Words::list(tests.filter(|test| test.name() == name).map(trigger::label))
        };
        let what = Words::code(step.action.as_str())
            .then(" may be given another command, amount or payload by the label ")
            .and_code(name);
        let found = about(Field::Step, what, step).sides(shown(old), shown(new));
        changes.wider(found);
    }
}
