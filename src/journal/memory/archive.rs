//! What people ask for: the plainest answers to it.

use super::Memory;
use crate::journal::{
    Archive, Arrival, DeadLetter, Entry, Error, EventId, Incident, IncidentId, LetterId, Page,
    Remains,
};

impl Archive for Memory {
    fn incident(&self, id: IncidentId) -> Result<Option<Incident>, Error> {
        Ok(self.incidents.get(&id).cloned())
    }

    fn incidents(&self, open: bool, most: usize) -> Result<Vec<Incident>, Error> {
        let newest = self.incidents.values().rev();
        let asked = newest.filter(|incident| !open || !incident.is_done());
        Ok(asked.take(most).cloned().collect())
    }

    fn page_of_incidents(
        &self,
        open: bool,
        before: Option<IncidentId>,
        most: usize,
    ) -> Result<Page<Result<Incident, Remains>>, Error> {
        let all = self.incidents(open, usize::MAX)?;
        let total = all.len() as u64;
        let older = all
            .into_iter()
            .filter(|incident| before.is_none_or(|before| incident.id < before));
        let found = older.take(most).map(Ok).collect();
        Ok(Page { found, total })
    }

    fn remains(&self, _: IncidentId) -> Result<Option<Remains>, Error> {
        // Nothing is damaged here.
        Ok(None)
    }

    fn timeline(&self, incident: IncidentId, from: u64) -> Result<Vec<Entry>, Error> {
        let entries = self
            .timelines
            .range((incident, from)..=(incident, u64::MAX));
        Ok(entries.map(|(_, entry)| entry.clone()).collect())
    }

    fn event(&self, id: EventId) -> Result<Option<Arrival>, Error> {
        Ok(self.events.get(&id).cloned())
    }

    fn dead_letters(
        &self,
        before: Option<LetterId>,
        most: usize,
    ) -> Result<Page<(LetterId, DeadLetter)>, Error> {
        let older = self.dead.iter().rev();
        let older = older.filter(|(id, _)| before.is_none_or(|before| **id < before));
        let found = older.take(most).map(|(id, letter)| (*id, letter.clone()));
        Ok(Page {
            found: found.collect(),
            total: self.dead.len() as u64,
        })
    }

    fn dead_letter(&self, id: LetterId) -> Result<Option<DeadLetter>, Error> {
        Ok(self.dead.get(&id).cloned())
    }
}
