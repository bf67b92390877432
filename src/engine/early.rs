//! Ends that were told before what ended: of several senders one is late at times.
//!
//! In: an end that nothing had, then a firing. Out: whether that firing is over. Known for as long as an echo would be,
//! and forgotten when the agent ends: then the firing opens an incident, as one that nobody knows the end of.

use std::collections::BTreeMap;

use smol_str::SmolStr;

use super::open::REOPENS;
use crate::journal::Alert;
use crate::run::moment;
use crate::value::{Duration, Time};

/// So many are known at most; those that were told first go first.
const MOST: usize = 10_000;

/// By fingerprint: the newest firing that has ended, and when that was told.
#[derive(Debug, Default)]
pub struct Early(BTreeMap<SmolStr, Ended>);

#[derive(Debug)]
struct Ended {
    since: Time,
    told: Time,
}

impl Early {
    /// The end of an alert is told, and nothing had it. Where its sender does not say when it began, it could be the end
    /// of any.
    pub fn ends(&mut self, alert: &Alert, now: Time) {
        if alert.since <= Time::default() {
            return;
        }
        self.0.retain(|_, ended| is_recent(ended, now));
        if self.0.len() >= MOST
            && let Some(oldest) = self.0.iter().min_by_key(|(_, ended)| ended.told)
        {
            let oldest = oldest.0.clone();
            self.0.remove(&oldest);
        }
        let known = self.0.entry(alert.fingerprint.clone());
        let known = known.or_insert(Ended {
            since: alert.since,
            told: now,
        });
        known.since = known.since.max(alert.since);
        known.told = now;
    }

    /// Whether an alert that is told to fire has ended already, by what was told.
    pub fn has_ended(&self, alert: &Alert, now: Time) -> bool {
        let ended = self.0.get(&alert.fingerprint);
        let ended = ended.filter(|ended| is_recent(ended, now));
        ended.is_some_and(|ended| alert.since > Time::default() && alert.since <= ended.since)
    }

    /// The clock was set.
    pub fn shift(&mut self, by: Duration) {
        for ended in self.0.values_mut() {
            ended.told = moment::after(ended.told, by);
        }
    }
}

fn is_recent(ended: &Ended, now: Time) -> bool {
    moment::since(ended.told, now) < REOPENS
}
