//! Changes: asked for, granted, begun, and what became of them.

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::Scope;
use crate::effect::{Call, ChangeOutcome, Reason, Settled, words};
use crate::journal::{IntentId, IntentState, RunId};
use crate::run::{How, Intent};
use crate::value::{Identity, Time};

/// What is in the way of a change.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Obstacle {
    /// Changes are stopped.
    Freeze(Scope),
    /// Somebody else works on this, on something in it, or on what it lies in.
    Target(Identity),
    /// As many of this type are disturbed as may be at once.
    Count(Scope, SmolStr),
    /// So much happens at once that nothing is repaired automatically.
    Storm(Scope),
    /// Changes go on that were stopped, and others have their turn before.
    Turn,
    /// No window for it is open before then.
    Until(Time),
}

impl Obstacle {
    /// What is waited for, after "waiting for".
    pub fn awaited(&self) -> String {
        match self {
            Obstacle::Freeze(Scope::All) => "all changes to go on".to_owned(),
            Obstacle::Freeze(scope) => format!("changes of {} to go on", scope.shown()),
            Obstacle::Target(target) => format!("{} {} to be free", target.kind(), target.key()),
            Obstacle::Count(_, kind) => format!("its turn among {kind}"),
            Obstacle::Storm(scope) => format!("the storm of {} to be over", scope.shown()),
            Obstacle::Turn => "its turn, now that changes go on".to_owned(),
            Obstacle::Until(opens) => format!("the window that opens at {opens}"),
        }
    }

    /// Whether somebody or a storm holds changes as a whole, whatever each of them waits for besides. What it
    /// has held goes on in order, so many at a time.
    pub fn holds_all(&self) -> bool {
        match self {
            Obstacle::Storm(_) | Obstacle::Freeze(_) | Obstacle::Turn => true,
            Obstacle::Target(_) | Obstacle::Count(..) | Obstacle::Until(_) => false,
        }
    }

    /// Whether it has a patience of its own, and uses none of a run's up: a storm, and the turn of whoever was held.
    pub fn is_patient(&self) -> bool {
        match self {
            Obstacle::Storm(_) | Obstacle::Turn => true,
            Obstacle::Freeze(_)
            | Obstacle::Target(_)
            | Obstacle::Count(..)
            | Obstacle::Until(_) => false,
        }
    }
}

/// What a granted change uses up of a gate's limit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Take {
    pub gate: SmolStr,
    pub scope: Scope,
    /// The type of target that is counted; for a lock, of the target that is locked.
    pub of: SmolStr,
    pub amount: u32,
}

/// Who settled a change of which nobody knew whether it took effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SettledBy {
    Probe,
    Process,
    Human,
}

/// Why targets are free again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReleasedFor {
    /// They were seen to be well.
    Verified,
    /// The run that held them is over.
    Ended,
    /// A human answers for them.
    Human,
}

words!(ReleasedFor {
    Verified "verified", Ended "ended", Human "human",
});

bodies! {
    /// A change has to wait; for what, why, and until when at most.
    IntentWaiting {
        plain run: RunId,
        plain ask: u64,
        plain intent: Box<Intent>,
        plain again: bool,
        plain gate: SmolStr,
        plain obstacle: Obstacle,
        text why: String,
        plain until: Time,
    }

    /// A change was granted, with what it takes of the limits.
    IntentGranted {
        plain intent: IntentId,
        plain run: RunId,
        plain ask: u64,
        plain change: Box<Intent>,
        plain runbook: SmolStr,
        plain takes: Vec<Take>,
    }

    /// A change was refused: by which gate, and why.
    IntentRefused {
        plain run: RunId,
        plain ask: u64,
        plain call: Call,
        plain gate: SmolStr,
        plain reason: Reason,
        text why: String,
    }

    /// A granted change is sent out; every repetition is a start of its own, with its number in the
    /// run.
    ChangeStarted {
        plain intent: IntentId,
        plain start: u64,
        plain mark: SmolStr,
        plain deadline: Time,
    }

    /// A granted change waits for a place: until it is started once more, it has certainly not been
    /// sent out.
    ChangeQueued {
        plain intent: IntentId,
    }

    /// What came of a change.
    ChangePerformed {
        plain intent: IntentId,
        plain how: How,
        plain state: IntentState,
        text outcome: Option<ChangeOutcome>,
    }

    /// What was found out about a change of which nobody knew whether it took effect.
    ChangeSettled {
        plain intent: IntentId,
        plain outcome: Settled,
        plain by: SettledBy,
        person who: Option<SmolStr>,
        text why: Option<String>,
    }

    /// What a run has locked, or disturbed, is free again.
    TargetsReleased {
        plain run: RunId,
        plain locks: Vec<Identity>,
        plain disturbed: Vec<Identity>,
        plain why: ReleasedFor,
    }
}
