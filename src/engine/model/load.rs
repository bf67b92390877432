//! The model out of the records of a store.

use std::collections::{BTreeMap, BTreeSet};

use super::spent::LONGEST;
use super::{Dwell, Known, Model};
use crate::journal::{
    Arrival, Error, Event, EventId, Incident, IntentState, Journal, Lost, Needs, RunId,
    StoredIntent,
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
        model.freezes.extend(journal.holds()?);
        model.storms.extend(readable(journal.storms()?, &mut lost));
        for known in journal.at_work()? {
            match known {
                Ok(known) => model.works((known.runbook, known.version), Known::Does(known.core)),
                Err(named) => model.works(named, Known::Unreadable),
            };
        }
        let waits = readable(journal.waits()?, &mut lost).into_iter();
        model.waits.extend(waits.map(|wait| (wait.run, wait)));
        for keyed in journal.keys()? {
            model.incidents.keys.saw(&keyed);
        }
        for incident in readable(journal.loud_incidents()?, &mut lost) {
            if let Some(duty) = &incident.duty {
                model.chains.insert(incident.id, duty.clone());
            }
            model.take_targets(&incident);
            model.incidents.put(incident);
        }
        let asleep = journal.sleeping_runs()?.into_iter();
        let mut live: BTreeSet<RunId> = asleep.map(|asleep| asleep.run).collect();
        for run in journal.awake_runs()? {
            live.insert(run.map_or_else(|id| id, |run| run.id));
        }
        for intent in readable(journal.open_intents()?, &mut lost) {
            let run = intent.run;
            if intent.state == IntentState::Unknown {
                model.keeps_locked(&intent);
            }
            model.intents.put(intent);
            if !live.contains(&run) {
                model.intents.end(run);
            }
        }
        let longest = Duration::from_millis(-LONGEST.millis());
        for (at, of, amount) in journal.attempts(moment::after(now, longest))? {
            model.spent.add(of, at, amount);
        }
        for (at, target, runbook) in journal.changed(moment::after(now, longest))? {
            model.changed.add(&target, at, &runbook);
        }
        model.load_dwells(journal, &mut lost)?;
        for debt in readable(journal.debts()?, &mut lost) {
            model.put_debt(debt);
        }
        for outbox in readable(journal.outbox()?, &mut lost) {
            model.put_message(outbox);
        }
        model.bring_wanted(journal, &mut lost)?;
        Ok((model, lost))
    }

    /// What stands, with the whole alert.
    fn load_dwells(&mut self, journal: &dyn Journal, lost: &mut Vec<Lost>) -> Result<(), Error> {
        let holdings = readable(journal.holdings()?, lost);
        let needs = Needs {
            arrivals: holdings.iter().map(|holding| holding.event).collect(),
            ..Needs::default()
        };
        let arrivals = journal.fetch(&needs)?.arrivals.into_iter();
        let arrivals = arrivals.filter_map(|(id, arrival)| Some((id, arrival.ok()??)));
        let arrivals: BTreeMap<EventId, Arrival> = arrivals.collect();
        for holding in holdings {
            if Planted::DwellsForgotten.is_in() {
                break;
            }
            let arrival = arrivals.get(&holding.event);
            if let Some(Event::Alert(alert)) = arrival.map(|arrival| &arrival.event) {
                let alert = alert.clone();
                self.dwells.put(Dwell { holding, alert });
            } else {
                lost.push(Lost::Dwell {
                    event: holding.event,
                    runbook: holding.runbook,
                    trigger: holding.trigger,
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
