//! The changes of a run and what became of each.

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::Run;
use crate::effect::{Call, Changes};
use crate::program::{StepIndex, Undo};
use crate::value::Value;

/// Something that was changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Change {
    pub key: SmolStr,
    pub call: Call,
    pub step: StepIndex,
    pub undo: Undo,
    /// What the undo code takes: the captures of the `do`, then its result.
    pub captures: Vec<Value>,
    pub fate: Fate,
}

/// What became of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fate {
    /// It stands, and a failure takes it back.
    Standing,
    /// A verify passed after it: no later failure takes it back.
    Committed,
    /// Left as it is after a failure: the author said so, or it cannot be taken back.
    Kept,
    Undone,
    /// Released at the end of its `with do`.
    Released,
    /// Nobody knows whether it took effect, or whether taking it back did.
    Unknown,
}

impl Run {
    /// Whether the run has changed anything, taken back or not.
    pub(super) fn has_changed(&self) -> bool {
        !self.changes.is_empty()
    }

    /// Whether a verify has passed after a change of this run.
    pub(super) fn has_proven(&self) -> bool {
        let proven = |change: &Change| change.fate == Fate::Committed;
        self.changes.iter().any(proven)
    }

    /// Sets the fate of each change from the `first` on that still stands.
    pub(super) fn settle_standing(&mut self, first: usize, fate: Fate) {
        for change in self.changes.iter_mut().skip(first) {
            if change.fate == Fate::Standing {
                change.fate = fate;
            }
        }
    }

    /// Whether something of an earlier run of the incident stands.
    fn inherits(&self) -> bool {
        let own = |key: &SmolStr| self.changes.iter().any(|change| change.key == *key);
        self.dirt.stands.iter().any(|stands| !own(&stands.key))
    }

    /// What became of all changes together.
    pub fn changes(&self) -> Changes {
        let gone = |change: &&Change| match change.fate {
            Fate::Undone | Fate::Released => true,
            Fate::Standing | Fate::Committed | Fate::Kept | Fate::Unknown => false,
        };
        let undone = self.changes.iter().filter(gone).count();
        match (undone, self.changes.len() - undone) {
            (0, 0) if self.inherits() => Changes::Kept,
            (0, 0) => Changes::None,
            (_, 0) if self.inherits() => Changes::Partly,
            (_, 0) => Changes::Undone,
            (0, _) => Changes::Kept,
            (_, _) => Changes::Partly,
        }
    }
}
