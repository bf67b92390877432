//! Nobody waits longer for leave than a runbook says: once a run, for all its waits together.

use std::collections::BTreeMap;

use crate::engine;
use crate::journal::{Fact, RunId, StoredRun};
use crate::program::{CodeHash, Program};
use crate::run::{Action, IntentKind, moment};
use crate::value::{Duration, Time};

/// Who has waited for how long.
#[derive(Debug, Default)]
pub struct Patience {
    lengths: BTreeMap<CodeHash, Duration>,
    /// How long a storm is waited for, and how long storms have been waited for in all at most.
    storm: Duration,
    storms: Duration,
    waits: BTreeMap<RunId, Waits>,
}

#[derive(Debug, Default)]
struct Waits {
    /// Since when, by what is asked.
    since: BTreeMap<u64, Time>,
    /// Milliseconds of the waits that are over.
    before: i64,
}

impl Patience {
    pub fn new(storm: Duration) -> Patience {
        Patience {
            storm,
            ..Patience::default()
        }
    }

    /// For each storm there is a patience of its own, and another one for whoever waits in order after it.
    pub fn hears(&mut self, fact: &Fact) {
        let is_in_turn =
            matches!(fact, Fact::IntentWaiting(waiting) if waiting.why == engine::IN_TURN);
        if is_in_turn || matches!(fact, Fact::StormBegan(_)) {
            let millis = self.storms.millis() + self.storm.millis();
            self.storms = Duration::from_millis(millis);
        }
    }

    pub fn loads(&mut self, programs: &[Program]) {
        let lengths = programs.iter();
        let lengths = lengths.map(|program| (program.code_hash(), program.metadata.patience));
        self.lengths.extend(lengths);
    }

    /// A run is over.
    pub fn ends(&mut self, run: RunId) {
        self.waits.remove(&run);
    }

    /// The clock was set, or time went by that nobody could use.
    pub fn shift(&mut self, by: Duration) {
        let all = self.waits.values_mut();
        for since in all.flat_map(|waits| waits.since.values_mut()) {
            *since = moment::after(*since, by);
        }
    }

    /// What a live run waits for now; the words say whose patience should be over.
    pub fn looks(&mut self, run: &StoredRun, now: Time) -> Option<String> {
        let asked: Vec<u64> = run.pending.iter().filter_map(asks_leave).collect();
        let waits = match self.waits.get_mut(&run.id) {
            None if asked.is_empty() => return None,
            None => self.waits.entry(run.id).or_default(),
            Some(waits) => waits,
        };
        for id in &asked {
            waits.since.entry(*id).or_insert(now);
        }
        let over = waits.since.extract_if(.., |id, _| !asked.contains(id));
        let over = over.map(|(_, since)| moment::since(since, now).millis());
        waits.before += over.sum::<i64>();
        let most = *self.lengths.get(&run.code)?;
        (waits.total(now) > most.millis() + self.storms.millis())
            .then(|| format!("run {} waits longer than {most}", run.id))
    }

    /// Who has waited for too long and still does.
    pub fn at_end(&self, now: Time, most: impl Fn(RunId) -> Option<CodeHash>) -> Vec<String> {
        let late = self.waits.iter().filter(|(run, waits)| {
            let most = most(**run).and_then(|code| self.lengths.get(&code));
            !waits.since.is_empty()
                && most.is_some_and(|most| waits.total(now) > most.millis() + self.storms.millis())
        });
        late.map(|(run, _)| format!("run {run} still waits, and has no patience left"))
            .collect()
    }
}

impl Waits {
    fn total(&self, now: Time) -> i64 {
        let current = self.since.values();
        self.before
            + current
                .map(|since| moment::since(*since, now).millis())
                .sum::<i64>()
    }
}

/// What takes something back or releases it waits for as long as it has to.
fn asks_leave(action: &Action) -> Option<u64> {
    match action {
        Action::Intend { id, intent } | Action::Repeat { id, intent } => {
            (intent.kind == IntentKind::Do).then_some(*id)
        }
        Action::Observe(_)
        | Action::Perform(_)
        | Action::Settle { .. }
        | Action::Wait { .. }
        | Action::Tell(_)
        | Action::Attach(_)
        | Action::Record(_)
        | Action::End(_) => None,
    }
}
