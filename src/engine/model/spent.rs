//! What was meant to be changed lately, counted by type of target.

use std::collections::BTreeMap;

use smol_str::SmolStr;

use crate::run::moment;
use crate::value::{Duration, Time};

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
