//! The model out of the records of a store.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use super::spent::LONGEST;
use super::{Known, Model, StandingAlert};
use crate::journal::{
    Arrival, ChangedTarget, Error, Event, EventId, Incident, IncidentId, IntentState, Journal,
    Lost, Needs, RunId, StoredIntent,
};
use crate::planted::Planted;
use crate::run::moment;
use crate::value::{Duration, Time};

impl Model {
    /// What a store says, and what of it could not be read.
    pub fn load(journal: &dyn Journal, now: Time) -> Result<(Model, Vec<Lost>), Error> {
        let mut lost = Vec::new();
        let mut model = Model {
            newest: journal.newest()?,
            clock: journal.clock()?,
            ..Model::default()
        };
        model.freezes.extend(journal.freezes()?);
        model.storms.extend(readable(journal.storms()?, &mut lost));
        for known in journal.at_work()? {
            match known {
                Ok(known) => model.works((known.runbook, known.version), Known::Does(known.core)),
                Err(named) => {
                    lost.push(Lost::Version(named.clone()));
                    model.works(named, Known::Unreadable)
                }
            };
        }
        for known in journal.schedules()? {
            match known {
                Ok(known) => {
                    model.schedules.insert(known.of.clone(), known);
                }
                Err(of) => lost.push(Lost::Schedule(of)),
            }
        }
        let waits = readable(journal.waits()?, &mut lost).into_iter();
        model.waits.extend(waits.map(|wait| (wait.run, wait)));
        for incident in readable(journal.loud_incidents()?, &mut lost) {
            model.stands(incident);
        }
        for lost in &lost {
            if let Lost::Displaced { incident, .. } = lost {
                model.stands(incident.as_ref().clone());
            }
        }
        let asleep = journal.sleeping_runs()?.into_iter();
        let asleep: BTreeSet<RunId> = asleep.map(|asleep| asleep.run).collect();
        let awake = journal.awake_runs()?.into_iter();
        let awake = awake.map(|run| run.map_or_else(|id| id, |run| run.id));
        let live: BTreeSet<RunId> = asleep.iter().copied().chain(awake).collect();
        let intents = readable(journal.open_intents()?, &mut lost);
        model.bring_changed(journal, &intents, &mut lost)?;
        model.take_intents(intents, &live);
        let longest = Duration::from_millis(-LONGEST.millis());
        for (at, of, amount) in journal.attempts(moment::after(now, longest))? {
            model.spent.add(of, at, amount);
        }
        for changed in journal.changed(moment::after(now, longest))? {
            let ChangedTarget {
                at,
                target,
                named,
                runbook,
            } = changed;
            model.changed.add(&target, at, &runbook);
            if model.disturbed.owner(&target).is_some() {
                model.lies_in.put(&target, named);
            }
        }
        model.load_dwells(journal, &mut lost)?;
        for debt in readable(journal.debts()?, &mut lost) {
            model.put_debt(debt);
        }
        model.bring_left_alone(journal, &live, &mut lost)?;
        let there = model.load_keys(journal, &live, &lost)?;
        model.find_gone(journal, &live, &there, &mut lost)?;
        model.hold_against(&live, &asleep, &there, &mut lost);
        for outbox in readable(journal.outbox()?, &mut lost) {
            model.put_message(outbox);
        }
        model.bring_wanted(journal, &mut lost)?;
        Ok((model, lost))
    }

    /// Which incidents there are. What rows say that are damaged does not count, but what their records say.
    fn load_keys(
        &mut self,
        journal: &dyn Journal,
        live: &BTreeSet<RunId>,
        lost: &[Lost],
    ) -> Result<BTreeSet<IncidentId>, Error> {
        let mut keys = journal.keys()?;
        let mut is_sound = true;
        for lost in lost {
            if let Lost::Displaced { place, incident } = lost {
                keys.retain(|keyed| i64::try_from(keyed.id.0) != Ok(*place));
                keys.push(incident.keyed());
                is_sound = false;
            }
        }
        keys.sort_by_key(|keyed| keyed.id);
        if let Some(newest) = keys.last().filter(|_| !is_sound) {
            self.newest.incident = newest.id.0;
        }
        for keyed in &keys {
            self.incidents.keys.saw(keyed);
            for run in live.range(runs_of(keyed.id)) {
                self.busy.begins(*run, keyed.runbook.clone());
            }
        }
        Ok(keys.iter().map(|keyed| keyed.id).collect())
    }

    /// Incidents that are not there, though they have a run that lives: what their timeline says that they were is lost
    /// with their row, and not their run.
    fn find_gone(
        &self,
        journal: &dyn Journal,
        live: &BTreeSet<RunId>,
        there: &BTreeSet<IncidentId>,
        lost: &mut Vec<Lost>,
    ) -> Result<(), Error> {
        let known: BTreeSet<_> = lost.iter().filter_map(Lost::incident).collect();
        let gone = live.iter().filter_map(|run| run.incident());
        let gone = gone.filter(|id| !there.contains(id) && !known.contains(id));
        let gone: BTreeSet<_> = gone.filter(|id| self.incident(*id).is_none()).collect();
        if !gone.is_empty() {
            lost.extend(journal.damaged(&gone)?);
        }
        Ok(())
    }

    /// An incident of which more is to come than what its run does.
    fn stands(&mut self, incident: Incident) {
        if let Some(duty) = &incident.duty {
            self.chains.insert(incident.id, duty.clone());
        }
        self.take_targets(&incident);
        self.incidents.put(incident);
    }

    fn take_intents(&mut self, intents: Vec<StoredIntent>, live: &BTreeSet<RunId>) {
        let mut over = BTreeSet::new();
        for intent in intents {
            let run = intent.run;
            if intent.state == IntentState::Unknown {
                self.keeps_locked(&intent);
            }
            self.intents.put(intent);
            if !live.contains(&run) {
                over.insert(run);
            }
        }
        for run in over {
            // One that has begun a change without an outcome is not over, whatever is said of it.
            if self.begun_of(run).next().is_none() {
                self.intents.end(run);
            }
        }
    }

    /// Incidents with a change that has no outcome: nothing else has to say that they are needed.
    fn bring_changed(
        &mut self,
        journal: &dyn Journal,
        intents: &[StoredIntent],
        lost: &mut Vec<Lost>,
    ) -> Result<(), Error> {
        let unsettled = intents.iter().filter(|one| one.state.is_unsettled());
        let runs = unsettled.map(|one| one.run);
        let runs = runs.chain(lost.iter().filter_map(Lost::changed_by));
        let known: BTreeSet<_> = lost.iter().filter_map(Lost::incident).collect();
        let wanted = runs.filter_map(RunId::incident);
        let wanted = wanted.filter(|id| self.incident(*id).is_none() && !known.contains(id));
        self.bring_known(journal, wanted.collect(), lost)
    }

    fn bring_known(
        &mut self,
        journal: &dyn Journal,
        incidents: BTreeSet<IncidentId>,
        lost: &mut Vec<Lost>,
    ) -> Result<(), Error> {
        let needs = Needs {
            incidents,
            ..Needs::default()
        };
        let mut missing = BTreeSet::new();
        for (id, body) in journal.fetch(&needs)?.incidents {
            match body {
                Ok(Some(incident)) => {
                    if let (true, Ok(place)) = (incident.id != id, i64::try_from(id.0)) {
                        let incident = Box::new(incident.clone());
                        lost.push(Lost::Displaced { place, incident });
                    }
                    self.stands(incident);
                }
                Ok(None) | Err(_) => {
                    missing.insert(id);
                }
            }
        }
        lost.extend(journal.damaged(&missing)?);
        Ok(())
    }

    /// Incidents that are open and have no run that lives, though nothing else is to come of them.
    fn bring_left_alone(
        &mut self,
        journal: &dyn Journal,
        live: &BTreeSet<RunId>,
        lost: &mut Vec<Lost>,
    ) -> Result<(), Error> {
        let at_work: BTreeSet<_> = live.iter().filter_map(|run| run.incident()).collect();
        let known: BTreeSet<_> = lost.iter().filter_map(Lost::incident).collect();
        let idle = journal.open_ids()?.into_iter();
        let idle = idle.filter(|id| self.incident(*id).is_none());
        let idle = idle.filter(|id| !at_work.contains(id) && !known.contains(id));
        self.bring_known(journal, idle.collect(), lost)
    }

    /// Holds what columns say of runs against what is said elsewhere: an incident has the run that it says it has, and no
    /// other, and a change that has no outcome has a run that waits for it.
    fn hold_against(
        &mut self,
        live: &BTreeSet<RunId>,
        asleep: &BTreeSet<RunId>,
        there: &BTreeSet<IncidentId>,
        lost: &mut Vec<Lost>,
    ) {
        let anew: BTreeSet<_> = lost.iter().filter_map(Lost::incident).collect();
        let missing = self.incidents.runs().filter(|run| !live.contains(run));
        // Whoever has begun a change waits for what comes of it, and not for a time.
        let begun = self.intents.begun();
        let idle = begun.filter(|run| asleep.contains(run) || !live.contains(run));
        let gone: BTreeSet<RunId> = missing.chain(idle).collect();
        let of_debt = |run: &RunId| match run {
            RunId::Debt(debt, _) => {
                let is_lost = lost.contains(&Lost::Debt(*debt));
                is_lost || self.debts().any(|one| one.id == *debt)
            }
            RunId::Incident(..) => false,
        };
        let is_stray = |run: &&RunId| match run.incident() {
            Some(id) if anew.contains(&id) => false,
            Some(id) => match self.incident(id) {
                Some(incident) => incident.run != Some(**run),
                None => !there.contains(&id),
            },
            None => !of_debt(run),
        };
        let strays: Vec<RunId> = live.iter().filter(is_stray).copied().collect();
        // No fact tells of their end.
        for stray in &strays {
            self.busy.ends(*stray);
        }
        lost.extend(strays.into_iter().map(Lost::Stray));
        lost.extend(gone.into_iter().map(Lost::Run));
    }

    /// What stands, with the whole alert.
    fn load_dwells(&mut self, journal: &dyn Journal, lost: &mut Vec<Lost>) -> Result<(), Error> {
        let dwells = readable(journal.dwells()?, lost);
        let needs = Needs {
            arrivals: dwells.iter().map(|dwell| dwell.event).collect(),
            ..Needs::default()
        };
        let arrivals = journal.fetch(&needs)?.arrivals.into_iter();
        let arrivals = arrivals.filter_map(|(id, arrival)| Some((id, arrival.ok()??)));
        let arrivals: BTreeMap<EventId, Arrival> = arrivals.collect();
        for dwell in dwells {
            if Planted::DwellsForgotten.is_in() {
                break;
            }
            let arrival = arrivals.get(&dwell.event);
            if let Some(Event::Alert(alert)) = arrival.map(|arrival| &arrival.event) {
                let alert = alert.clone();
                self.dwells.put(StandingAlert { dwell, alert });
            } else {
                lost.push(Lost::Dwell {
                    event: dwell.event,
                    runbook: dwell.runbook,
                    trigger: dwell.trigger,
                });
            }
        }
        Ok(())
    }

    /// Incidents that are over or quiet, and that somebody is still told of, or that owe something.
    fn bring_wanted(&mut self, journal: &dyn Journal, lost: &mut Vec<Lost>) -> Result<(), Error> {
        let said = self.said.iter().map(|(incident, _)| *incident);
        let owing = self.owing.iter().map(|(incident, _)| *incident);
        let wanted = said.chain(owing).filter(|id| self.lacks(*id));
        let wanted = Needs {
            incidents: wanted.collect(),
            ..Needs::default()
        };
        let bodies = journal.fetch(&wanted)?;
        let known: BTreeSet<_> = lost.iter().filter_map(Lost::incident).collect();
        let damaged = bodies.damaged().filter(|id| !known.contains(id));
        lost.extend(journal.damaged(&damaged.collect())?);
        for (_, incident) in bodies.incidents {
            let incident = incident.ok().flatten();
            if let Some(incident) = incident.filter(|one| !one.is_loud()) {
                self.incidents.put(incident);
            }
        }
        Ok(())
    }

    /// What was locked for a change of which nobody knows stays so, whichever run of its incident works now.
    fn keeps_locked(&mut self, intent: &StoredIntent) {
        for target in &intent.intent.targets {
            let owner = self.locks.owner(target);
            if owner.is_some_and(|owner| owner.incident() == intent.run.incident()) {
                self.locks.insert(target.clone(), intent.run);
            }
        }
    }

    /// What the runs of an incident have hold of.
    pub(in crate::engine) fn take_targets(&mut self, incident: &Incident) {
        let last = incident.runs.saturating_sub(1);
        let owner = incident.run.unwrap_or(RunId::Incident(incident.id, last));
        for target in &incident.locks {
            self.locks.insert(target.clone(), owner);
        }
        for target in &incident.disturbed {
            self.disturbed.insert(target.clone(), owner);
        }
    }
}

/// The numbers that the runs of an incident have.
fn runs_of(id: IncidentId) -> RangeInclusive<RunId> {
    RunId::Incident(id, 0)..=RunId::Incident(id, u32::MAX)
}

/// What could be read; the rest goes to the others that are lost.
fn readable<T>(records: Vec<Result<T, Lost>>, lost: &mut Vec<Lost>) -> Vec<T> {
    let mut found = Vec::with_capacity(records.len());
    for record in records {
        match record {
            Ok(record) => found.push(record),
            Err(left) => lost.push(left),
        }
    }
    found
}
