//! What was meant to be changed lately: counted by type of target, and by target who changed it.

use std::collections::{BTreeMap, VecDeque};

use smol_str::SmolStr;

use crate::journal::IntentGranted;
use crate::run::{IntentKind, moment};
use crate::value::{Duration, Identity, Time};

/// What is older than this counts for no limit: no window is longer.
pub const LONGEST: Duration = Duration::from_millis(31 * 24 * 3_600_000);

/// By type, how many targets at which time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spent {
    by_type: BTreeMap<SmolStr, BTreeMap<Time, u32>>,
}

impl Spent {
    pub fn add(&mut self, of: SmolStr, at: Time, amount: u32) {
        let counted = self.by_type.entry(of).or_default();
        let count = counted.entry(at).or_default();
        *count = count.saturating_add(amount);
        let longest = Duration::from_millis(-LONGEST.millis());
        let oldest = moment::after(at, longest);
        while counted
            .first_key_value()
            .is_some_and(|(at, _)| *at < oldest)
        {
            counted.pop_first();
        }
    }

    pub fn since(&self, of: &str, since: Time) -> u32 {
        let counted = self.by_type.get(of).into_iter();
        let counted = counted.flat_map(|counted| counted.range(since..));
        counted.fold(0, |sum: u32, (_, count)| sum.saturating_add(*count))
    }
}

/// By target, when it was changed and by which runbook, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changed(BTreeMap<Identity, VecDeque<(Time, SmolStr)>>);

impl Changed {
    /// A change was granted.
    pub fn granted(&mut self, fact: &IntentGranted, at: Time) {
        if fact.change.kind == IntentKind::Do {
            for target in &fact.change.targets {
                self.add(target, at, &fact.runbook);
            }
        }
    }

    pub fn add(&mut self, target: &Identity, at: Time, runbook: &SmolStr) {
        let changed = self.0.entry(target.clone()).or_default();
        changed.push_back((at, runbook.clone()));
        let longest = Duration::from_millis(-LONGEST.millis());
        let oldest = moment::after(at, longest);
        while changed.front().is_some_and(|(at, _)| *at < oldest) {
            changed.pop_front();
        }
    }

    /// How often each runbook has changed a target at or after a time.
    pub fn since(&self, target: &Identity, since: Time) -> BTreeMap<&str, u32> {
        let mut counted: BTreeMap<&str, u32> = BTreeMap::new();
        let changed = self.0.get(target).into_iter().flatten();
        for (_, runbook) in changed.filter(|(at, _)| *at >= since) {
            *counted.entry(runbook.as_str()).or_default() += 1;
        }
        counted
    }
}
