//! What an incident is once something has happened to it.

use std::collections::{BTreeMap, BTreeSet};

use crate::effect::Settled;
use crate::journal::{
    ChangeSettled, EventJoined, How, Incident, IncidentOpened, IncidentReopened, IncidentResolved,
    IncidentState, Said, SettledAs,
};
use crate::run::{Dirt, Intent};
use crate::value::Time;

pub fn opened(fact: &IncidentOpened, at: Time) -> Incident {
    Incident {
        id: fact.incident,
        runbook: fact.runbook.clone(),
        code: fact.code,
        key: fact.key.clone(),
        severity: fact.severity,
        title: fact.title.clone(),
        opened: at,
        state: IncidentState::Open,
        since: at,
        events: 1,
        newest_event: fact.event,
        bindings: fact.bindings.clone(),
        firing: BTreeMap::new(),
        run: None,
        runs: 0,
        reopened: 0,
        duty: None,
        told: Vec::new(),
        locks: BTreeSet::new(),
        disturbed: BTreeSet::new(),
        dirt: Dirt::default(),
        next_entry: 0,
        heard: BTreeMap::new(),
        cleared: false,
        said: None,
        until: None,
        pages: Vec::new(),
        storm: None,
        again: false,
        settled: None,
    }
}

pub fn joined(incident: &mut Incident, fact: &EventJoined) {
    incident.events += 1;
    incident.newest_event = fact.event;
}

pub fn reopened(incident: &mut Incident, fact: &IncidentReopened, at: Time) {
    // Whoever hears of the run that was called off has to know who did it.
    if let IncidentState::Resolved { by: Some(by), .. } = &incident.state
        && incident.run.is_some()
    {
        incident.said = Some(Said {
            text: format!("{by} had said that it is over"),
            reason: None,
        });
    }
    incident.state = IncidentState::Reopened;
    incident.until = None;
    incident.since = at;
    incident.events += 1;
    incident.newest_event = fact.event;
    incident.code = fact.code;
    incident.bindings.clone_from(&fact.bindings);
    incident.reopened += 1;
    incident.cleared = false;
    incident.settled = None;
    // Only one that a human called over is still at work.
    incident.again = incident.run.is_some();
}

pub fn resolved(incident: &mut Incident, fact: &IncidentResolved, at: Time) {
    incident.state = IncidentState::Resolved {
        how: fact.how,
        by: fact.by.clone(),
    };
    incident.since = at;
    incident.until = None;
    incident.pages.clear();
    incident.again = false;
    if fact.how == How::Human {
        incident.dirt.forgive();
    }
}

/// A human has said what became of a change of it.
pub fn settled(incident: &mut Incident, intent: &Intent, fact: &ChangeSettled, at: Time) {
    incident
        .dirt
        .settled(intent, fact.outcome == Settled::Applied);
    incident.settled = Some(SettledAs {
        change: intent.to_string(),
        outcome: fact.outcome,
        by: fact.who.clone().unwrap_or_default(),
        at,
    });
}
