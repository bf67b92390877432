//! Up to when the due times of each schedule have been dealt with, and which runbooks are at work.

use std::collections::BTreeMap;

use smol_str::SmolStr;

use super::Model;
use super::apply::Differing;
use crate::journal::{
    DealtWith, DueHow, Fact, RunId, ScheduleDue, ScheduleEnded, Scheduled, Write,
};
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

    /// Its incident is given up, and with it whatever else was at work on that.
    fn is_damaged(&mut self, run: RunId) {
        match run {
            RunId::Incident(incident, _) => {
                let all = RunId::Incident(incident, 0)..=RunId::Incident(incident, u32::MAX);
                let all: Vec<RunId> = self.runs.range(all).map(|(run, _)| *run).collect();
                all.into_iter().for_each(|run| self.ends(run));
            }
            RunId::Debt(..) => self.ends(run),
        }
    }

    pub fn ends(&mut self, run: RunId) {
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
        self.schedules.get(of).map(|known| known.until)
    }

    /// The due time of a schedule that waits for a run to end.
    pub fn waits_for_a_run(&self, of: &Scheduled) -> Option<Time> {
        self.schedules.get(of).and_then(|known| known.waits)
    }

    /// Those of which something is known.
    pub fn known_schedules(&self) -> impl Iterator<Item = &Scheduled> {
        self.schedules.keys()
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
            Fact::RunQuarantined(fact) => self.busy.is_damaged(fact.run),
            _ => {}
        }
    }

    /// One that is loaded again begins.
    pub(super) fn schedule_ended(&mut self, fact: &ScheduleEnded, changed: &mut Differing) {
        let of = (
            fact.runbook.clone(),
            fact.schedule.clone(),
            fact.zone.clone(),
        );
        self.schedules.remove(&of);
        changed.rows.push(Write::Schedule(of, None));
    }

    /// What is dealt with stays so: no clock that is put back makes a time due again.
    pub(super) fn came_due(&mut self, fact: &ScheduleDue, changed: &mut Differing) {
        let of = (
            fact.trigger.runbook.clone(),
            fact.schedule.clone(),
            fact.zone.clone(),
        );
        let new = || DealtWith {
            of: of.clone(),
            until: fact.due,
            waits: None,
        };
        let known = self.schedules.entry(of.clone()).or_insert_with(new);
        match fact.how {
            DueHow::Waits => known.waits = Some(fact.due),
            DueHow::Begins | DueHow::OnTime | DueHow::MadeUp | DueHow::Skipped | DueHow::Same => {
                known.until = known.until.max(fact.due);
                known.waits = known.waits.filter(|waits| *waits > known.until);
            }
        }
        changed.rows.push(Write::Schedule(of, Some(known.clone())));
    }
}
