//! Which faults a test is run with.

use super::Depth;
use crate::testing::drive::Counts;
use crate::testing::fault::{ChangeFault, Fault, ObservationFault, RecordFault};

/// The most runs of one test.
const MOST: usize = 10_000;

/// The runs of a test.
pub struct Plan {
    pub runs: Vec<Vec<Fault>>,
    /// How many there would be.
    pub wanted: usize,
}

impl Plan {
    /// One run with all of these.
    pub fn of(faults: Vec<Fault>) -> Plan {
        Plan {
            runs: vec![faults],
            wanted: 1,
        }
    }
}

/// Everything that can go wrong where this many things happen; where that is too much, every so manieth of it.
pub fn plan(counts: Counts, depth: Depth) -> Plan {
    let single = single(counts);
    let pairs = match depth {
        Depth::One => 0,
        Depth::Two => single.len() * single.len().saturating_sub(1) / 2,
    };
    let wanted = single.len() + pairs;
    let step = wanted.div_ceil(MOST).max(1);
    let one = single.iter().map(|fault| vec![*fault]);
    let mut runs: Vec<Vec<Fault>> = match depth {
        Depth::One => one.step_by(step).collect(),
        Depth::Two => one.collect(),
    };
    if depth == Depth::Two {
        let firsts = single.iter().enumerate();
        let pairs = firsts.flat_map(|(index, first)| {
            let behind = single.get(index + 1..).unwrap_or_default();
            behind.iter().map(move |second| vec![*first, *second])
        });
        runs.extend(pairs.step_by(step));
    }
    Plan { runs, wanted }
}

fn single(counts: Counts) -> Vec<Fault> {
    let mut faults = Vec::new();
    for at in 1..=counts.changes {
        faults.extend(ChangeFault::ALL.map(|fault| Fault::Change(at, fault)));
    }
    for at in 1..=counts.looks {
        faults.extend(ObservationFault::ALL.map(|fault| Fault::Observation(at, fault)));
    }
    for at in 1..=counts.records {
        faults.extend(RecordFault::ALL.map(|fault| Fault::Record(at, fault)));
    }
    faults
}
