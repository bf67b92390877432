//! What was meant to be changed lately: counted by type of target, and by target who changed it.

use std::collections::BTreeMap;

use smol_str::SmolStr;

use crate::journal::StoredIntent;
use crate::run::moment;
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

    /// Once of each of these.
    pub fn add_all(&mut self, counted: Vec<SmolStr>, at: Time) {
        for of in counted {
            self.add(of, at, 1);
        }
    }

    pub fn since(&self, of: &str, since: Time) -> u32 {
        let counted = self.by_type.get(of).into_iter();
        let counted = counted.flat_map(|counted| counted.range(since..));
        counted.fold(0, |sum: u32, (_, count)| sum.saturating_add(*count))
    }
}

/// By target, when it was changed, by which runbook and how often.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changed(BTreeMap<Identity, BTreeMap<(Time, SmolStr), u32>>);

impl Changed {
    /// A change was sent out, or was granted and is.
    pub fn add_all(&mut self, intent: &StoredIntent, at: Time) {
        for target in &intent.intent.targets {
            self.add(target, at, &intent.runbook);
        }
    }

    pub fn add(&mut self, target: &Identity, at: Time, runbook: &SmolStr) {
        let changed = self.0.entry(target.clone()).or_default();
        let times = changed.entry((at, runbook.clone())).or_default();
        *times = times.saturating_add(1);
        let longest = Duration::from_millis(-LONGEST.millis());
        let oldest = moment::after(at, longest);
        while let Some(first) = changed.first_entry()
            && first.key().0 < oldest
        {
            first.remove();
        }
    }

    /// How often each runbook has changed a target at or after a time.
    pub fn since(&self, target: &Identity, since: Time) -> BTreeMap<&str, u32> {
        let mut counted: BTreeMap<&str, u32> = BTreeMap::new();
        let changed = self.0.get(target).into_iter();
        let changed = changed.flat_map(|changed| changed.range((since, SmolStr::default())..));
        for ((_, runbook), times) in changed {
            let count = counted.entry(runbook.as_str()).or_default();
            *count = count.saturating_add(*times);
        }
        counted
    }
}
