//! Alerts that stand, by event and runbook and by their fingerprint.

use std::collections::{BTreeMap, BTreeSet};

use smol_str::SmolStr;

use crate::journal::{Alert, EventId, Holding};

/// One alert that stands for one runbook.
#[derive(Clone, Debug, PartialEq)]
pub struct Dwell {
    pub holding: Holding,
    pub alert: Alert,
}

/// All that stand.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dwells {
    standing: BTreeMap<(EventId, SmolStr), Dwell>,
    by_alert: BTreeSet<(SmolStr, EventId, SmolStr)>,
}

impl Dwells {
    pub fn put(&mut self, dwell: Dwell) {
        let Holding { event, .. } = dwell.holding;
        let runbook = dwell.holding.runbook.clone();
        let fingerprint = dwell.holding.fingerprint.clone();
        self.by_alert.insert((fingerprint, event, runbook.clone()));
        self.standing.insert((event, runbook), dwell);
    }

    pub fn get(&self, event: EventId, runbook: &SmolStr) -> Option<&Dwell> {
        self.standing.get(&(event, runbook.clone()))
    }

    pub fn remove(&mut self, event: EventId, runbook: &SmolStr) {
        if let Some(dwell) = self.standing.remove(&(event, runbook.clone())) {
            let fingerprint = dwell.holding.fingerprint;
            self.by_alert.remove(&(fingerprint, event, runbook.clone()));
        }
    }

    pub fn all(&self) -> impl Iterator<Item = &Dwell> {
        self.standing.values()
    }

    pub fn of(&self, event: EventId) -> impl Iterator<Item = &Dwell> {
        let from = (event, SmolStr::default());
        let own = self.standing.range(from..);
        own.take_while(move |((of, _), _)| *of == event)
            .map(|(_, dwell)| dwell)
    }

    pub fn of_alert(&self, fingerprint: &str) -> impl Iterator<Item = &Dwell> {
        let fingerprint = SmolStr::from(fingerprint);
        let from = (fingerprint.clone(), EventId::default(), SmolStr::default());
        let places = self.by_alert.range(from..);
        let places = places.take_while(move |(of, ..)| *of == fingerprint);
        places.filter_map(|(_, event, runbook)| self.get(*event, runbook))
    }
}
