//! What grows old goes: the specification of it.

use std::collections::BTreeSet;

use super::Memory;
use crate::journal::{Aged, Delivery, Disposition, EventId, IncidentId, Keep, Outbox, RunId, Step};
use crate::program::CodeHash;

impl Memory {
    pub(super) fn retire_some(&mut self, keep: &Keep, kind: Aged, after: u64, most: usize) -> Step {
        match kind {
            Aged::Incidents => self.retire_incidents(keep, after, most),
            Aged::Messages => self.retire_messages(keep, after, most),
            Aged::Debts => self.retire_debts(keep, after, most),
            Aged::Arrivals => self.retire_arrivals(keep, after, most),
            Aged::Letters => self.retire_letters(keep, after, most),
            Aged::Programs => self.retire_programs(keep),
            Aged::Facts => self.retire_facts(keep, most),
        }
    }

    fn retire_incidents(&mut self, keep: &Keep, after: u64, most: usize) -> Step {
        let needed = self.needed();
        let newest = self.incidents.keys().next_back().copied();
        let later = self.incidents.range(IncidentId(after.saturating_add(1))..);
        let looked: Vec<_> = later
            .take(most)
            .map(|(id, one)| (*id, one.clone()))
            .collect();
        let mut walk = Walk::new(looked.len(), most);
        let mut left = most;
        for (id, incident) in looked {
            if incident.opened >= keep.incidents {
                return walk.ends();
            }
            walk.at = id.0;
            if !keep.lets_go(&incident) || needed.contains(&id) || Some(id) == newest {
                continue;
            }
            let lines = self.timelines.range((id, 0)..=(id, u64::MAX));
            let lines: Vec<_> = lines.map(|(place, _)| *place).take(left).collect();
            left -= lines.len();
            for place in lines {
                self.timelines.remove(&place);
            }
            let alerts = self.alerts_of(id).take(left);
            let alerts: Vec<_> = alerts.map(|(alert, _)| (id, alert.clone())).collect();
            left -= alerts.len();
            for place in alerts {
                self.alerts.remove(&place);
            }
            if left == 0 {
                // The rest of it comes next.
                walk.at = id.0 - 1;
                return walk.goes_on();
            }
            let is_own = |run: &RunId| matches!(run, RunId::Incident(own, _) if *own == id);
            self.runs.retain(|run, _| !is_own(run));
            self.intents.retain(|_, intent| !is_own(&intent.run));
            self.incidents.remove(&id);
            walk.gone += 1;
        }
        walk.done()
    }

    /// Incidents of which somebody is still to be told, that owe something, that are at work, or of
    /// which a change is not settled; and whose change carries the newest number.
    fn needed(&self) -> BTreeSet<IncidentId> {
        let is_due = |one: &&Outbox| matches!(one.delivery, Delivery::Due { .. });
        let untold = self.messages.values().filter(is_due);
        let untold = untold.filter_map(|one| one.message.incident);
        let owed = self.debts.values().filter(|debt| debt.paid.is_none());
        let newest = self.intents.keys().next_back();
        let unsettled = self
            .intents
            .iter()
            .filter(|(id, intent)| intent.state.is_unsettled() || Some(*id) == newest);
        let at_work = self.runs.values().filter(|run| !run.ended);
        let runs = unsettled
            .map(|(_, intent)| intent.run)
            .chain(at_work.map(|run| run.id));
        let of_runs = runs.filter_map(|run| match run {
            RunId::Incident(incident, _) => Some(incident),
            RunId::Debt(..) => None,
        });
        let owed = owed.map(|debt| debt.incident);
        untold.chain(owed).chain(of_runs).collect()
    }

    fn retire_messages(&mut self, keep: &Keep, after: u64, most: usize) -> Step {
        let newest = self.messages.keys().next_back().copied();
        let later = self
            .messages
            .range(crate::journal::MessageId(after.saturating_add(1))..);
        let looked: Vec<_> = later
            .take(most)
            .map(|(id, one)| (*id, one.clone()))
            .collect();
        let mut walk = Walk::new(looked.len(), most);
        for (id, outbox) in looked {
            if outbox.message.at >= keep.incidents {
                return walk.ends();
            }
            walk.at = id.0;
            if !matches!(outbox.delivery, Delivery::Due { .. }) && Some(id) != newest {
                self.messages.remove(&id);
                walk.gone += 1;
            }
        }
        walk.done()
    }

    fn retire_debts(&mut self, keep: &Keep, after: u64, most: usize) -> Step {
        let newest = self.debts.keys().next_back().copied();
        let later = self
            .debts
            .range(crate::journal::DebtId(after.saturating_add(1))..);
        let looked: Vec<_> = later
            .take(most)
            .map(|(id, debt)| (*id, debt.paid))
            .collect();
        let mut walk = Walk::new(looked.len(), most);
        for (id, paid) in looked {
            walk.at = id.0;
            let is_old = paid.is_some_and(|paid| paid < keep.incidents);
            let is_own = |run: &RunId| matches!(run, RunId::Debt(own, _) if *own == id);
            let is_at_work = self.runs.values().any(|run| is_own(&run.id) && !run.ended);
            if is_old && !is_at_work && Some(id) != newest {
                self.runs.retain(|run, _| !is_own(run));
                self.debts.remove(&id);
                walk.gone += 1;
            }
        }
        walk.done()
    }

    fn retire_arrivals(&mut self, keep: &Keep, after: u64, most: usize) -> Step {
        let newest = self.events.keys().next_back().copied();
        let stands: BTreeSet<EventId> = self.dwells.keys().map(|(event, ..)| *event).collect();
        let later = self.events.range(EventId(after.saturating_add(1))..);
        let looked: Vec<_> = later
            .take(most)
            .map(|(id, one)| (*id, one.clone()))
            .collect();
        let mut walk = Walk::new(looked.len(), most);
        for (id, arrival) in looked {
            if arrival.at >= keep.arrivals {
                return walk.ends();
            }
            walk.at = id.0;
            let is_needed = match &arrival.disposition {
                Disposition::Taken(incidents) => incidents.iter().any(|id| self.fires(*id)),
                Disposition::Kept => stands.contains(&id),
                // Its letter may be replayed.
                Disposition::Dead => arrival.at >= keep.letters,
            };
            if is_needed || Some(id) == newest {
                continue;
            }
            if let Some(named) = self.named.get_mut(arrival.event.name()) {
                named.remove(&id);
            }
            self.events.remove(&id);
            walk.gone += 1;
        }
        walk.done()
    }

    /// Whether an incident is not over, or its alerts fire on: what arrived is compared with them.
    fn fires(&self, id: IncidentId) -> bool {
        let known = self.incidents.get(&id);
        let fires = || self.alerts_of(id).any(|(_, heard)| heard.fires);
        known.is_some_and(|one| !one.state.is_over() || fires())
    }

    fn retire_letters(&mut self, keep: &Keep, after: u64, most: usize) -> Step {
        let newest = self.dead.keys().next_back().copied();
        let later = self
            .dead
            .range(crate::journal::LetterId(after.saturating_add(1))..);
        let looked: Vec<_> = later.take(most).map(|(id, one)| (*id, one.at)).collect();
        let mut walk = Walk::new(looked.len(), most);
        for (id, at) in looked {
            if at >= keep.letters {
                return walk.ends();
            }
            walk.at = id.0;
            if Some(id) != newest {
                self.dead.remove(&id);
                walk.gone += 1;
            }
        }
        walk.done()
    }

    fn retire_programs(&mut self, keep: &Keep) -> Step {
        let open = self.incidents.values().filter(|one| !one.state.is_over());
        let live = self.runs.values().filter(|run| !run.ended);
        let owed = self.debts.values().filter(|debt| debt.paid.is_none());
        let referred: BTreeSet<CodeHash> = open
            .map(|incident| incident.code)
            .chain(live.map(|run| run.code))
            .chain(owed.map(|debt| debt.code))
            .chain(self.dwells.values().map(|dwell| dwell.code))
            .chain(keep.programs.iter().copied())
            .collect();
        let before = self.programs.len();
        self.programs.retain(|hash, _| referred.contains(hash));
        Step {
            gone: (before - self.programs.len()) as u64,
            next: None,
        }
    }

    fn retire_facts(&mut self, keep: &Keep, most: usize) -> Step {
        let oldest = self.incidents.values().next().map(|one| one.opened);
        let frozen = self.freezes.values().map(|freeze| freeze.since).min();
        let since = [Some(keep.incidents), oldest, frozen];
        let since = since.into_iter().flatten().min().unwrap_or_default();
        let last = self.batches.len().saturating_sub(1);
        let old = self.batches.iter().take(last.min(most));
        let old = old.take_while(|(header, _)| header.stamp.at < since);
        let gone = old.count();
        self.batches.drain(..gone);
        Step {
            gone: gone as u64,
            // Whatever is left is looked at from its beginning.
            next: (gone == most).then_some(0),
        }
    }
}

/// Where a walk has got.
struct Walk {
    gone: u64,
    at: u64,
    /// Whether as many were looked at as may be.
    is_full: bool,
}

impl Walk {
    fn new(looked: usize, most: usize) -> Walk {
        Walk {
            gone: 0,
            at: 0,
            is_full: looked == most,
        }
    }

    /// What comes behind is too young.
    fn ends(self) -> Step {
        Step {
            gone: self.gone,
            next: None,
        }
    }

    fn goes_on(self) -> Step {
        Step {
            gone: self.gone,
            next: Some(self.at),
        }
    }

    fn done(self) -> Step {
        match self.is_full {
            true => self.goes_on(),
            false => self.ends(),
        }
    }
}
