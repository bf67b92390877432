//! When and by whom a batch was made: what every fact in it has in common.

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::{Epoch, Fact, Read, Write};
use crate::value::{Duration, Time};

/// What becomes durable together: what has happened, and the records that differ for it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Batch {
    pub stamp: Stamp,
    pub facts: Vec<Fact>,
    pub writes: Vec<Write>,
}

/// When a batch was decided, by both clocks of whoever drives.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stamp {
    pub at: Time,
    /// Since the machine was started: never set, never runs backwards.
    pub mono: Duration,
    /// Which start of the machine that counts from; empty where nobody knows.
    pub boot: SmolStr,
}

/// What a part of the agent's work is kept under; today there is one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Shard(pub SmolStr);

impl Default for Shard {
    fn default() -> Shard {
        Shard("*".into())
    }
}

/// What stands over the facts of a batch. The order of batches is that of their numbers, which no
/// clock can turn round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    pub shard: Shard,
    /// From 1, without gaps; a batch without facts has none.
    pub number: u64,
    /// The agent that wrote it.
    pub epoch: Epoch,
    pub stamp: Stamp,
}

/// A batch as it is read back.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    pub header: Header,
    /// In the order in which they were decided; nothing where what is kept of them is damaged.
    pub facts: Option<Vec<Read>>,
}
