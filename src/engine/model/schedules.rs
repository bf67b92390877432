//! Up to when the due times of each schedule have been dealt with, and which runbooks are at work.

use std::collections::BTreeMap;

use smol_str::SmolStr;

use super::Model;
use super::apply::Differing;
use crate::journal::{DealtWith, Fact, RunId, ScheduleDue, Scheduled, Write};
use crate::value::Time;

/// The runs of incidents that have not ended.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Busy {
    runs: BTreeMap<RunId, SmolStr>,
    /// How many of each runbook.
    counts: BTreeMap<SmolStr, usize>,
}

impl Busy {
    pub fn begins(&mut self, run: RunId, runbook: SmolStr) {
        if self.runs.insert(run, runbook.clone()).is_none() {
            *self.counts.entry(runbook).or_default() += 1;
        }
    }

    fn ends(&mut self, run: RunId) {
        let Some(runbook) = self.runs.remove(&run) else {
            return;
        };
        if let Some(count) = self.counts.get_mut(&runbook) {
            *count -= 1;
            if *count == 0 {
                self.counts.remove(&runbook);
            }
        }
    }
}

impl Model {
    /// Up to when the due times of a schedule have been dealt with; none for one that is new.
    pub fn dealt_with(&self, of: &Scheduled) -> Option<Time> {
        self.schedules.get(of).copied()
    }

    /// Whether a run of this runbook has not ended.
    pub fn is_busy(&self, runbook: &str) -> bool {
        self.busy.counts.contains_key(runbook)
    }

    /// The runbook of a run that has not ended.
    pub fn runbook_of(&self, run: RunId) -> Option<&SmolStr> {
        self.busy.runs.get(&run)
    }

    /// Which runs begin and end.
    pub(super) fn works_on(&mut self, fact: &Fact) {
        match fact {
            Fact::RunStarted(fact) => {
                let incident = fact.run.incident().and_then(|id| self.incident(id));
                if let Some(runbook) = incident.map(|one| one.runbook.clone()) {
                    self.busy.begins(fact.run, runbook);
                }
            }
            Fact::RunEnded(fact) => self.busy.ends(fact.run),
            Fact::RunQuarantined(fact) => self.busy.ends(fact.run),
            _ => {}
        }
    }

    /// What is dealt with stays so: no clock that is put back makes a time due again.
    pub(super) fn came_due(&mut self, fact: &ScheduleDue, changed: &mut Differing) {
        let of = (
            fact.trigger.runbook.clone(),
            fact.schedule.clone(),
            fact.zone.clone(),
        );
        let known = self.schedules.entry(of.clone()).or_insert(fact.due);
        *known = (*known).max(fact.due);
        let until = *known;
        changed.rows.push(Write::Schedule(DealtWith { of, until }));
    }
}
