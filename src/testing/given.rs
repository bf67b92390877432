//! Which `given` answers, and with which of its replies.

use super::case::Case;
use super::pattern;
use super::world::World;
use crate::effect::Call;
use crate::typed::{Cause, GivenObservation, Observable, Reply};
use crate::value::Time;

/// How far a `given` has got.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// The reply that holds.
    at: usize,
    reads: u32,
}

impl Reading {
    /// Whether anything asked.
    pub fn is_read(&self) -> bool {
        self.reads > 0
    }

    /// The reply of one more read: replies follow one another in the order in which they are
    /// written, each when its cause has come about.
    pub fn read<'g>(
        &mut self,
        given: &'g GivenObservation,
        is_due: impl Fn(&Cause) -> bool,
    ) -> Option<&'g Reply> {
        self.reads += 1;
        self.look(given, is_due)
    }

    /// The reply of a look that is not counted.
    pub fn look<'g>(
        &mut self,
        given: &'g GivenObservation,
        is_due: impl Fn(&Cause) -> bool,
    ) -> Option<&'g Reply> {
        while let Some(next) = given.replies.get(self.at + 1) {
            let due = match &next.cause {
                Cause::OnRead(read) => self.reads >= *read,
                other => is_due(other),
            };
            if !due {
                break;
            }
            self.at += 1;
        }
        given.replies.get(self.at)
    }
}

/// Whether the cause of a reply has come about. Reads are counted by the `given` itself.
pub fn is_due(world: &World<'_, '_>, cause: &Cause, now: Time) -> bool {
    match cause {
        Cause::Start | Cause::OnRead(_) => true,
        Cause::After(passed) => now.millis() - world.opened.millis() >= passed.millis(),
        Cause::OnceDid(action) => {
            let (name, args) = world.case.action(action.action, &action.args);
            let mut done = world.done.iter().filter(|(at, _)| *at <= now);
            done.any(|(_, call)| *call.name == *name && pattern::arguments_match(&args, call))
        }
    }
}

/// The `given` for a call: exact arguments win over `any`, and a later one over an earlier.
pub fn find(case: &Case<'_>, of: Observable, call: &Call) -> Option<usize> {
    let givens = case.test.observations.iter().enumerate();
    let matching = givens.filter(|(_, given)| given.of == of && matches(given, call));
    let best = matching.max_by_key(|(index, given)| (weight(given), *index));
    best.map(|(index, _)| index)
}

fn matches(given: &GivenObservation, call: &Call) -> bool {
    let (positional, further) = call.args.split_at(given.args.len().min(call.args.len()));
    let positional = given.args.iter().zip(positional);
    let mut positional = positional.map(|(pattern, arg)| pattern::matches(pattern, &arg.value));
    let mut further_match = given.equals.iter().map(|(name, pattern)| {
        let found = further.iter().find(|arg| *arg.name == **name);
        found.is_some_and(|arg| pattern::matches(pattern, &arg.value))
    });
    positional.all(|same| same) && further_match.all(|same| same)
}

fn weight(given: &GivenObservation) -> usize {
    let positional = given.args.iter().map(pattern::weight);
    let further = given
        .equals
        .iter()
        .map(|(_, pattern)| pattern::weight(pattern));
    positional.chain(further).sum()
}
