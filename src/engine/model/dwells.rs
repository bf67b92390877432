//! Alerts that stand, by event and runbook and by their fingerprint.

use std::collections::{BTreeMap, BTreeSet};

use smol_str::SmolStr;

use crate::journal::{Alert, Dwell, DwellMoved, DwellStarted, EventId};
use crate::run::moment;
use crate::value::{Duration, Time};

/// One alert that stands for one runbook.
#[derive(Clone, Debug, PartialEq)]
pub struct StandingAlert {
    pub dwell: Dwell,
    pub alert: Alert,
}

/// All that stand.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dwells {
    standing: BTreeMap<(EventId, SmolStr), StandingAlert>,
    by_alert: BTreeSet<(SmolStr, EventId, SmolStr)>,
}

impl Dwells {
    pub fn put(&mut self, standing: StandingAlert) {
        let Dwell { event, .. } = standing.dwell;
        let runbook = standing.dwell.runbook.clone();
        let fingerprint = standing.dwell.fingerprint.clone();
        self.by_alert.insert((fingerprint, event, runbook.clone()));
        self.standing.insert((event, runbook), standing);
    }

    pub fn get(&self, event: EventId, runbook: &SmolStr) -> Option<&StandingAlert> {
        self.standing.get(&(event, runbook.clone()))
    }

    pub fn remove(&mut self, event: EventId, runbook: &SmolStr) {
        if let Some(standing) = self.standing.remove(&(event, runbook.clone())) {
            let fingerprint = standing.dwell.fingerprint;
            self.by_alert.remove(&(fingerprint, event, runbook.clone()));
        }
    }

    pub fn all(&self) -> impl Iterator<Item = &StandingAlert> {
        self.standing.values()
    }

    pub fn of(&self, event: EventId) -> impl Iterator<Item = &StandingAlert> {
        let from = (event, SmolStr::default());
        let own = self.standing.range(from..);
        own.take_while(move |((of, _), _)| *of == event)
            .map(|(_, standing)| standing)
    }

    pub fn of_alert(&self, fingerprint: &str) -> impl Iterator<Item = &StandingAlert> {
        let fingerprint = SmolStr::from(fingerprint);
        let from = (fingerprint.clone(), EventId::default(), SmolStr::default());
        let places = self.by_alert.range(from..);
        let places = places.take_while(move |(of, ..)| *of == fingerprint);
        places.filter_map(|(_, event, runbook)| self.get(*event, runbook))
    }
}

pub fn started(fact: &DwellStarted, at: Time) -> Option<StandingAlert> {
    Some(StandingAlert {
        dwell: Dwell {
            event: fact.event,
            runbook: fact.trigger.runbook.clone(),
            code: fact.trigger.code,
            trigger: fact.trigger.place,
            fingerprint: fact.fingerprint.clone(),
            from: at,
            until: fact.until,
        },
        alert: fact.alert.as_deref()?.clone(),
    })
}

pub fn moved(standing: &StandingAlert, fact: &DwellMoved) -> StandingAlert {
    StandingAlert {
        dwell: Dwell {
            code: fact.to.code,
            trigger: fact.to.place,
            from: fact.since,
            until: fact.until,
            ..standing.dwell.clone()
        },
        alert: standing.alert.clone(),
    }
}

pub fn later(standing: StandingAlert, by: Duration) -> StandingAlert {
    StandingAlert {
        dwell: Dwell {
            from: moment::after(standing.dwell.from, by),
            until: moment::after(standing.dwell.until, by),
            ..standing.dwell
        },
        alert: standing.alert,
    }
}
