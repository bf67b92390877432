//! What a run asks leave for, with what it has listed for it.

use crate::journal::RunId;
use crate::run::Intent;
use crate::run::population::Counted;

/// What a run asks leave for.
#[derive(Clone, Debug)]
pub struct Asking {
    pub run: RunId,
    pub id: u64,
    pub intent: Box<Intent>,
    /// It was granted and made before, and nobody knows whether it took effect.
    pub again: bool,
    /// The populations that lines of its runbook look at, as the run has listed them.
    pub counted: Vec<Counted>,
}

impl Asking {
    pub fn new(run: RunId, id: u64, intent: Box<Intent>, again: bool) -> Asking {
        Asking {
            run,
            id,
            intent,
            again,
            counted: Vec::new(),
        }
    }

    /// The same, with what was listed for it.
    pub fn with(self, counted: Vec<Counted>) -> Asking {
        Asking { counted, ..self }
    }
}
