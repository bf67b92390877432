//! Who waits for leave to change something: since when, how long at most, and how long before.
//!
//! Patience is one for all waits of a run together. A storm has a patience of its own, and uses none
//! of it up.

use super::Model;
use crate::journal::{
    Fact, IncidentId, IntentWaiting, Obstacle, RunId, RunMoved, StoredWait, Waits,
};
use crate::run::{self, moment};
use crate::value::{Duration, Time};

impl Model {
    /// What a run waits for, if it does.
    pub fn wait(&self, run: RunId) -> Option<&Waits> {
        self.waits.get(&run)?.now.as_ref()
    }

    /// What the run of an incident waits for, if it does; the incident need not be at hand.
    pub fn waits_for(&self, incident: IncidentId) -> Option<&Obstacle> {
        let runs = RunId::Incident(incident, 0)..=RunId::Incident(incident, u32::MAX);
        let waits = self
            .waits
            .range(runs)
            .filter_map(|(_, wait)| wait.now.as_ref());
        waits.map(|waits| &waits.obstacle).next_back()
    }

    /// How long a run has waited by now, all together.
    pub fn waited(&self, run: RunId, now: Time) -> Duration {
        let wait = self.waits.get(&run);
        wait.map_or(Duration::ZERO, |wait| waited(wait, now))
    }

    /// How long a run has waited for storms by now, since it asked.
    pub fn stormed(&self, run: RunId, now: Time) -> Duration {
        let wait = self.waits.get(&run);
        wait.map_or(Duration::ZERO, |wait| stormed(wait, now))
    }

    /// What differs of whoever waits.
    pub(super) fn waits_after(&self, fact: &Fact, at: Time) -> Vec<(RunId, Option<StoredWait>)> {
        let stops = |run: RunId| {
            let known = self.waits.get(&run);
            let waiting = known.filter(|wait| wait.now.is_some());
            waiting.map(|wait| (run, stopped(wait, at)))
        };
        let ends = |run: RunId| self.waits.contains_key(&run).then_some((run, None));
        let changed = match fact {
            Fact::IntentWaiting(fact) => Some((fact.run, Some(self.waiting(fact, at)))),
            Fact::IntentGranted(fact) => stops(fact.run),
            Fact::IntentRefused(fact) => stops(fact.run),
            // It was woken, and asks again once it has looked.
            Fact::RunMoved(fact) if !asks(fact) => stops(fact.run),
            Fact::RunEnded(fact) => ends(fact.run),
            Fact::RunQuarantined(fact) => ends(fact.run),
            Fact::ClockStepped(fact) => {
                let moved = self.waits.iter();
                let moved = moved.map(|(run, wait)| (*run, Some(later(wait, fact.by))));
                return moved.collect();
            }
            _ => None,
        };
        changed.into_iter().collect()
    }

    /// A run waits now; for something else, maybe, than a moment before.
    fn waiting(&self, fact: &IntentWaiting, at: Time) -> StoredWait {
        let known = self.waits.get(&fact.run);
        let before = known.and_then(|wait| wait.now.as_ref());
        let same = before.filter(|waits| waits.ask == fact.ask);
        // Another patience begins with a storm, and after it.
        let goes_on =
            same.filter(|waits| waits.obstacle.is_patient() == fact.obstacle.is_patient());
        let total = known.map_or(Duration::ZERO, |wait| match goes_on {
            Some(_) => wait.before,
            None => waited(wait, at),
        });
        let storms = match (known, same, goes_on) {
            (Some(wait), Some(_), Some(_)) => wait.storms,
            (Some(wait), Some(_), None) => stormed(wait, at),
            (None, ..) | (_, None, _) => Duration::ZERO,
        };
        StoredWait {
            run: fact.run,
            before: total,
            storms,
            now: Some(Waits {
                ask: fact.ask,
                obstacle: fact.obstacle.clone(),
                asked: same.map_or(at, |waits| waits.asked),
                since: goes_on.map_or(at, |waits| waits.since),
                until: fact.until,
            }),
        }
    }
}

/// Whether a run still asks for leave.
fn asks(moved: &RunMoved) -> bool {
    moved.waits.iter().any(|action| {
        matches!(
            action,
            run::Action::Intend { .. } | run::Action::Repeat { .. }
        )
    })
}

fn waited(wait: &StoredWait, now: Time) -> Duration {
    let lasts = wait
        .now
        .as_ref()
        .filter(|waits| !waits.obstacle.is_patient());
    let more = lasts.map_or(0, |waits| moment::since(waits.since, now).millis().max(0));
    Duration::from_millis(wait.before.millis().saturating_add(more))
}

fn stormed(wait: &StoredWait, now: Time) -> Duration {
    let lasts = wait
        .now
        .as_ref()
        .filter(|waits| waits.obstacle.is_patient());
    let more = lasts.map_or(Duration::ZERO, |waits| moment::since(waits.since, now));
    moment::longer(wait.storms, more.max(Duration::ZERO))
}

/// It waits no more; nothing is kept of a run that never waited for long.
fn stopped(wait: &StoredWait, at: Time) -> Option<StoredWait> {
    let before = waited(wait, at);
    (before > Duration::ZERO).then_some(StoredWait {
        run: wait.run,
        before,
        now: None,
        storms: Duration::ZERO,
    })
}

fn later(wait: &StoredWait, by: Duration) -> StoredWait {
    let now = wait.now.as_ref().map(|waits| Waits {
        asked: moment::after(waits.asked, by),
        since: moment::after(waits.since, by),
        until: moment::after(waits.until, by),
        ask: waits.ask,
        obstacle: waits.obstacle.clone(),
    });
    StoredWait {
        now,
        ..wait.clone()
    }
}
