//! The agent itself: its life, its clock, its code, its store.

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::journal::Epoch;
use crate::program::CodeHash;
use crate::value::Duration;

/// How an agent stopped, where it could say so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum StoppedHow {
    /// It was asked to.
    Asked,
}

/// A runbook of a package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunbookLoaded {
    pub name: SmolStr,
    pub version: SmolStr,
    pub code: CodeHash,
    /// What it does, whatever compiler read it; none where that is not known.
    pub core: Option<CodeHash>,
}

bodies! {
    /// An agent began to work on the store.
    AgentStarted {
        plain version: SmolStr,
        plain epoch: Epoch,
    }

    /// An agent has stopped, as it was asked to.
    AgentStopped {
        plain how: StoppedHow,
    }

    /// The wall clock was set, and what is due has moved with it.
    ClockStepped {
        plain by: Duration,
    }

    /// A package was loaded; new events are matched with these runbooks.
    PackageLoaded {
        plain name: SmolStr,
        plain version: SmolStr,
        plain digest: CodeHash,
        plain runbooks: Vec<RunbookLoaded>,
    }

    /// The code of a runbook is kept, for as long as something is pinned to it.
    ProgramKept {
        plain hash: CodeHash,
    }

    /// The store was brought to another schema.
    StoreMigrated {
        plain from: u32,
        plain to: u32,
    }
}
