//! What is on its way to the engine, by the time at which it arrives.

use std::collections::BTreeMap;

use crate::engine::Input;
use crate::journal::RunId;
use crate::run::{Perform, moment};
use crate::value::{Duration, Time};

/// Something that is on its way.
#[derive(Debug)]
pub struct Coming {
    pub input: Input,
    /// A change that takes effect at that moment.
    pub change: Option<Perform>,
}

/// Everything on its way.
#[derive(Debug, Default)]
pub struct Queue {
    /// By time, then in the order in which it set out.
    by_time: BTreeMap<(Time, u64), Coming>,
    /// How many answers come to each question.
    answers: BTreeMap<(RunId, u64), usize>,
    sent: u64,
}

impl Queue {
    pub fn push(&mut self, at: Time, coming: Coming) {
        self.sent += 1;
        if let Some(question) = answered(&coming.input) {
            *self.answers.entry(question).or_default() += 1;
        }
        self.by_time.insert((at, self.sent), coming);
    }

    pub fn next(&self) -> Option<Time> {
        self.by_time.first_key_value().map(|((at, _), _)| *at)
    }

    pub fn pop(&mut self) -> Option<Coming> {
        let (_, coming) = self.by_time.pop_first()?;
        if let Some(question) = answered(&coming.input)
            && let Some(count) = self.answers.get_mut(&question)
        {
            *count -= 1;
            if *count == 0 {
                self.answers.remove(&question);
            }
        }
        Some(coming)
    }

    /// Whether an answer comes to this question of a run.
    pub fn answers(&self, run: RunId, id: u64) -> bool {
        self.answers.contains_key(&(run, id))
    }

    /// The changes under way.
    pub fn changes(&self) -> Vec<Perform> {
        let changes = self.by_time.values();
        changes.filter_map(|coming| coming.change.clone()).collect()
    }

    /// Nobody is there any more whom anything could reach.
    pub fn clear(&mut self) {
        self.by_time.clear();
        self.answers.clear();
    }

    /// The clock was set; everything is as far away as it was.
    pub fn shift(&mut self, by: Duration) {
        let coming = std::mem::take(&mut self.by_time).into_iter();
        let moved = |((at, number), coming)| ((moment::after(at, by), number), coming);
        self.by_time = coming.map(moved).collect();
    }
}

/// The question that an input answers.
pub fn answered(input: &Input) -> Option<(RunId, u64)> {
    match input {
        Input::Observed { run, id, .. }
        | Input::Performed { run, id, .. }
        | Input::Settled { run, id, .. } => Some((*run, *id)),
        Input::Tick
        | Input::Queued { .. }
        | Input::Delivered { .. }
        | Input::Undelivered { .. } => None,
    }
}
