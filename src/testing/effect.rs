//! What the test says of a change: as a rule it is applied at once.

use super::case::Case;
use super::pattern;
use crate::effect::{Call, ChangeOutcome};
use crate::text::Span;
use crate::typed::{GivenEffect, GivenOutcome, ProbeSays};
use crate::value::{Duration, Value};

/// What will come of a change.
pub struct Script<'p> {
    outcome: Option<&'p GivenOutcome>,
    pub takes: Duration,
    /// The line that says it.
    pub said: Option<Span>,
}

/// What the test says of this change: exact arguments win, then the later line.
pub fn script<'p>(case: &Case<'p>, call: &Call) -> Script<'p> {
    let effects = case.test.effects.iter().enumerate();
    let matching = effects.filter_map(|(index, effect)| {
        let weight = weight(case, effect, call)?;
        Some(((weight, index), effect))
    });
    let found = matching
        .max_by_key(|(rank, _)| *rank)
        .map(|(_, effect)| effect);
    Script {
        outcome: found.map(|effect| &effect.outcome),
        takes: found.and_then(|effect| effect.takes).unwrap_or_default(),
        said: found.map(|effect| effect.span),
    }
}

fn weight(case: &Case<'_>, effect: &GivenEffect, call: &Call) -> Option<usize> {
    let (name, args) = case.action(effect.action.action, &effect.action.args);
    let matches = *call.name == *name && pattern::arguments_match(&args, call);
    matches.then(|| {
        args.iter()
            .map(|(_, pattern)| pattern::weight(pattern))
            .sum()
    })
}

impl Script<'_> {
    /// What whoever made the change is told.
    pub fn outcome(&self) -> ChangeOutcome {
        match self.outcome {
            None | Some(GivenOutcome::Applied) => ChangeOutcome::Applied(Value::None),
            Some(GivenOutcome::Fails(why)) => {
                let why = why.as_deref().unwrap_or("the test says that it fails");
                ChangeOutcome::NotApplied(why.to_owned())
            }
            Some(GivenOutcome::Breaks(why)) => {
                let why = why.as_deref().unwrap_or("the test says that it breaks");
                ChangeOutcome::Broke(why.to_owned())
            }
            Some(GivenOutcome::Unknown(_)) => ChangeOutcome::Unknown,
        }
    }

    /// What comes of trying the same change again after nobody knew.
    pub fn repeated(&self) -> ChangeOutcome {
        match self.probe_says() {
            ProbeSays::Applied => ChangeOutcome::Applied(Value::None),
            ProbeSays::NotApplied => ChangeOutcome::NotApplied("it never takes effect".into()),
            ProbeSays::Nothing | ProbeSays::Unsaid => self.outcome(),
        }
    }

    /// Whether it happens, whatever is said of it.
    pub fn takes_effect(&self) -> bool {
        match self.outcome {
            None
            | Some(
                GivenOutcome::Applied
                | GivenOutcome::Breaks(_)
                | GivenOutcome::Unknown(ProbeSays::Applied),
            ) => true,
            Some(GivenOutcome::Fails(_))
            | Some(GivenOutcome::Unknown(
                ProbeSays::NotApplied | ProbeSays::Nothing | ProbeSays::Unsaid,
            )) => false,
        }
    }

    /// What its settling probe says.
    pub fn probe_says(&self) -> ProbeSays {
        match self.outcome {
            Some(GivenOutcome::Unknown(says)) => *says,
            None
            | Some(GivenOutcome::Applied | GivenOutcome::Fails(_) | GivenOutcome::Breaks(_)) => {
                ProbeSays::Unsaid
            }
        }
    }
}
