//! Changes on their way: sent out, and what came of them.

use smol_str::SmolStr;

use super::Decision;
use crate::effect::{ChangeOutcome, Settled};
use crate::engine::model::Model;
use crate::journal::{
    ChangePerformed, ChangeQueued, ChangeSettled, ChangeStarted, IntentId, IntentState, RunId,
    SettledBy,
};
use crate::run::{How, Perform};
use crate::value::Time;

/// A change that is about to be sent out.
#[derive(Clone, Debug)]
pub struct Leaving {
    /// Its number in the run.
    pub start: u64,
    pub key: SmolStr,
    pub deadline: Time,
}

/// A change is sent out.
pub fn started(model: &Model, run: RunId, perform: &Perform) -> Decision {
    match model.intent_of(run) {
        Some(intent) => Decision::that(ChangeStarted {
            intent: intent.id,
            start: perform.id,
            mark: perform.key.clone(),
            deadline: perform.deadline,
        }),
        None => Decision::default(),
    }
}

/// One that was to be sent out finds no place: until it has one, it has certainly not left.
pub fn queued(model: &Model, run: RunId, key: &str) -> Decision {
    let known = model.intent_of(run);
    let known = known.filter(|one| one.state == IntentState::Open && one.intent.key == key);
    known.map_or_else(Decision::default, |intent| {
        Decision::that(ChangeQueued { intent: intent.id })
    })
}

/// One that waited for a place has one, and leaves.
pub fn leaves(model: &Model, run: RunId, leaving: &Leaving) -> Decision {
    let known = model.intent_of(run);
    let known = known.filter(|one| one.state == IntentState::Queued);
    known.map_or_else(Decision::default, |intent| {
        Decision::that(ChangeStarted {
            intent: intent.id,
            start: leaving.start,
            mark: leaving.key.clone(),
            deadline: leaving.deadline,
        })
    })
}

/// This came of it.
pub fn performed(model: &Model, run: RunId, how: &How, outcome: &ChangeOutcome) -> Decision {
    let state = match outcome {
        ChangeOutcome::Applied(_) => IntentState::Applied,
        // That it was not made once more says nothing of the first time.
        ChangeOutcome::NotApplied(_) | ChangeOutcome::NotBegun(_) if how.is_again() => {
            IntentState::Unknown
        }
        ChangeOutcome::NotApplied(_) | ChangeOutcome::NotBegun(_) => IntentState::NotApplied,
        ChangeOutcome::Unknown => IntentState::Unknown,
        ChangeOutcome::Broke(_) => IntentState::Broke,
    };
    match model.intent_of(run) {
        Some(intent) => Decision::that(ChangePerformed {
            intent: intent.id,
            how: how.clone(),
            state,
            outcome: Some(outcome.clone()),
        }),
        None => Decision::default(),
    }
}

/// Nobody goes on with the run: what it has begun may take effect, or have; what waited for a place is sent no more.
pub fn lost(model: &Model, run: RunId) -> Decision {
    let left = model.intents_of(run).filter_map(|intent| {
        let (state, outcome) = match intent.state {
            IntentState::Open => (IntentState::Unknown, ChangeOutcome::Unknown),
            IntentState::Queued => {
                let why = "nobody goes on with its run".to_owned();
                (IntentState::NotApplied, ChangeOutcome::NotBegun(why))
            }
            IntentState::Applied
            | IntentState::NotApplied
            | IntentState::Unknown
            | IntentState::Broke => return None,
        };
        Some(ChangePerformed {
            intent: intent.id,
            how: How::Do,
            state,
            outcome: Some(outcome),
        })
    });
    left.fold(Decision::default(), Decision::and)
}

/// A human says what came of it.
pub fn settled_by(intent: IntentId, applied: bool, who: SmolStr, why: String) -> Decision {
    Decision::that(ChangeSettled {
        intent,
        outcome: match applied {
            true => Settled::Applied,
            false => Settled::NotApplied,
        },
        by: SettledBy::Human,
        who: Some(who),
        why: Some(why),
    })
}

/// Nobody knew what came of it, and this was found out.
pub fn settled(model: &Model, run: RunId, outcome: Settled) -> Decision {
    match model.intent_of(run) {
        Some(intent) => Decision::that(ChangeSettled {
            intent: intent.id,
            outcome,
            by: SettledBy::Probe,
            who: None,
            why: None,
        }),
        None => Decision::default(),
    }
}
