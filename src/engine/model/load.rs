//! The model out of the records of a store.

use std::collections::BTreeSet;

use super::spent::LONGEST;
use super::{Dwell, Model};
use crate::journal::{Error, Event, Incident, Journal, RunId};
use crate::planted::Planted;
use crate::run::moment;
use crate::value::{Duration, Time};

/// More incidents than this are not open at the same time.
const OPEN: usize = 1_000_000;

impl Model {
    /// What a store says.
    pub fn load(journal: &dyn Journal, now: Time) -> Result<Model, Error> {
        let mut model = Model {
            newest: journal.newest()?,
            ..Model::default()
        };
        model.freezes.extend(journal.holds()?);
        model.storms.extend(journal.storms()?);
        for incident in journal.incidents(true, OPEN)? {
            if let Some(duty) = &incident.duty {
                model.chains.insert(incident.id, duty.clone());
            }
            model.take_targets(incident);
        }
        let mut live = BTreeSet::new();
        for run in journal.live_runs()? {
            let id = run.map_or_else(|id| id, |run| run.id);
            live.insert(id);
            // A run that was called off may still work on an incident that is resolved.
            let RunId::Incident(id, _) = id else {
                continue;
            };
            if let Some(incident) = journal.incident(id)?.filter(|one| one.state.is_over()) {
                model.take_targets(incident);
            }
        }
        for intent in journal.open_intents()? {
            let run = intent.run;
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
        for holding in journal.holdings()? {
            if Planted::DwellsForgotten.is_in() {
                break;
            }
            let arrival = journal.event(holding.event)?;
            if let Some(Event::Alert(alert)) = arrival.map(|arrival| arrival.event) {
                model.dwells.put(Dwell { holding, alert });
            }
        }
        for debt in journal.debts()? {
            model.debts.insert(debt.id, debt);
        }
        for outbox in journal.outbox()? {
            model.put_message(outbox);
        }
        Ok(model)
    }

    fn take_targets(&mut self, incident: Incident) {
        let last = incident.runs.saturating_sub(1);
        let owner = incident.run.unwrap_or(RunId::Incident(incident.id, last));
        for target in incident.locks {
            self.locks.insert(target, owner);
        }
        for target in incident.disturbed {
            self.disturbed.insert(target, owner);
        }
    }
}
