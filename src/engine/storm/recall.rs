//! What has come lately, by the records: read at a start, and when other bounds are set.

use super::super::Engine;
use super::super::timer::Timer;
use super::{Member, Storms, before, storm};
use crate::journal::{Error, Incident, IncidentState, Journal, Needs};
use crate::value::Time;

/// How many incidents are read at once.
const PAGE: usize = 500;

impl Engine {
    pub(in super::super) fn recall_storms(
        &mut self,
        journal: &dyn Journal,
        now: Time,
    ) -> Result<(), Error> {
        let lasting = self
            .model
            .storms()
            .filter(|(_, storm)| storm.cool_until.is_none());
        let oldest = before(before(now, self.bounds.storm.span), storm::QUIET);
        let since = lasting
            .map(|(_, storm)| storm.since)
            .fold(oldest, Time::min);
        let mut found: Vec<Incident> = Vec::new();
        let mut end = self.model.next_incident();
        loop {
            // Those that there are: a damaged number may be far from the others.
            let older = journal.incidents_before(end, PAGE)?;
            let Some(oldest) = older.last().copied() else {
                break;
            };
            let needs = Needs {
                incidents: older.into_iter().collect(),
                ..Needs::default()
            };
            let page = journal.fetch(&needs)?.incidents.into_iter().rev();
            let page = page.filter_map(|(_, incident)| incident.ok().flatten());
            let before = found.len();
            found.extend(page);
            if found.iter().skip(before).any(|one| one.opened < since) {
                break;
            }
            end = oldest;
        }
        found.retain(|one| one.opened >= since);
        let mut needs = Needs::default();
        for incident in &found {
            needs.add(self.lacks_code(Some(incident.code)));
        }
        self.fetch(journal, &needs, now)?;
        self.storms = Storms::default();
        for incident in found.into_iter().rev() {
            let Ok(program) = self.desk.program(incident.code) else {
                continue;
            };
            let product = program.product().clone();
            self.storms
                .add(&product, incident.id, incident.opened, &self.bounds.storm);
            let over = self.model.storm_over(&product);
            if over.is_some_and(|(_, storm)| incident.opened >= storm.since) {
                let over = match incident.state {
                    IncidentState::Resolved { how, .. } => Some(how),
                    IncidentState::Open
                    | IncidentState::Handed
                    | IncidentState::Acknowledged { .. }
                    | IncidentState::Reopened => None,
                };
                let member = Member { product, over };
                self.storms.members.insert(incident.id, member);
            }
        }
        self.timers.insert((now, Timer::Storms));
        Ok(())
    }
}
