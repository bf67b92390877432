//! Runs: how they begin, what they see and say, how they end.

use smol_str::SmolStr;

use crate::effect::{self, Call, End};
use crate::journal::RunId;
use crate::program::CodeHash;
use crate::run::{Action, Event, Leave, Notice, Start};
use crate::value::{Identity, Time, Value};

bodies! {
    /// A run began, with this code and this leave.
    RunStarted {
        plain run: RunId,
        plain code: CodeHash,
        text start: Option<Start>,
        plain leave: Leave,
    }

    /// A run went on and waits again: bookkeeping. Its state is a row; the fact has its digest.
    RunMoved {
        plain run: RunId,
        plain code: CodeHash,
        plain digest: [u8; 32],
        text waits: Vec<Action>,
        plain due: Option<Time>,
        carried body: Vec<u8>,
    }

    /// Who was there was written down when a plan was made, for a line that counts them.
    PopulationFrozen {
        plain run: RunId,
        plain line: SmolStr,
        plain count: u64,
        plain digest: [u8; 32],
        plain members: Vec<Identity>,
    }

    /// Something was observed, and this came of it.
    Observed {
        plain run: RunId,
        plain ask: u64,
        plain call: Call,
        text outcome: Option<effect::Observed>,
    }

    /// A run said what it found, planned, checked or took back.
    RunReported {
        plain run: RunId,
        text event: Option<Event>,
    }

    /// A run gave evidence for whoever is told.
    EvidenceAttached {
        plain run: RunId,
        text values: Vec<Value>,
    }

    /// A run had something to tell people.
    NoticeGiven {
        plain run: RunId,
        text notice: Option<Notice>,
    }

    /// A run is over, and how.
    RunEnded {
        plain run: RunId,
        plain end: End,
    }

    /// The agent began again in the middle of a change of this run.
    RunResumed {
        plain run: RunId,
    }

    /// A run cannot be read, or its code cannot: it alone is put aside, and a human is told.
    RunQuarantined {
        plain run: RunId,
        text why: String,
    }
}
