//! Mistakes that are planted on purpose: each is noticed by a script, or by what must always hold.

use libtest_mimic::Trial;
use rbk::facade::engine::{Crash, Scripted, Told, faults, planted};

use super::random;
use crate::harness::fixture::{self, trial};

/// So many random scripts look for a mistake that no fixture shows.
const SEEDS: u64 = 100;

pub fn trials() -> Vec<Trial> {
    let named = |fault: &'static str| {
        trial(format!("engine/planted {fault} is noticed"), move || {
            assert!(is_noticed(fault), "nothing notices {fault}");
        })
    };
    faults().into_iter().map(named).collect()
}

fn is_noticed(fault: &str) -> bool {
    let fixtures: Vec<Scripted> = fixture::packages("engine")
        .iter()
        .map(super::scripted)
        .collect();
    let random = |seed| random::scripted(&random::script(seed));
    // What is cheap comes first: some faults show only when the agent dies.
    fixtures.iter().any(|scripted| differs(fault, scripted))
        || fixtures.iter().any(|scripted| breaks(fault, scripted))
        || (0..SEEDS).any(|seed| breaks(fault, &random(seed)))
}

/// Whether something else happens in a reviewed script, or what must always hold is broken.
fn differs(fault: &str, scripted: &Scripted) -> bool {
    let right = scripted.run(false, None).unwrap();
    let wrong = run(fault, scripted, None);
    !wrong.broken.is_empty() || wrong.trace != right.trace
}

/// Whether what must always hold is broken, in a life of the agent or when it dies.
fn breaks(fault: &str, scripted: &Scripted) -> bool {
    let straight = run(fault, scripted, None);
    if !straight.broken.is_empty() {
        return true;
    }
    let deaths = (1..=straight.commits).step_by(4).take(12);
    let mut deaths = deaths.map(|after| Crash {
        after,
        performed: true,
        times: 1,
    });
    deaths.any(|crash| !run(fault, scripted, Some(crash)).broken.is_empty())
}

fn run(fault: &str, scripted: &Scripted, crash: Option<Crash>) -> Told {
    planted(fault, || scripted.run(false, crash))
        .unwrap()
        .unwrap()
}
