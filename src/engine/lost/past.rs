//! What the facts tell of records that cannot be read: every batch that is kept is read for it, once.

use std::collections::{BTreeMap, BTreeSet};

use smol_str::SmolStr;

use super::super::Model;
use super::super::model::stored;
use crate::effect::Call;
use crate::journal::{
    Debt, DebtId, Error, Fact, IncidentId, IntentId, IntentState, Journal, Lost, LostIncident,
    LostPart, MessageId, Outbox, Read, RunId, Scope, StoredIntent, StoredWait, Storm,
};
use crate::program::CodeHash;
use crate::run::IntentKind;
use crate::value::{Identity, Time};

/// How many batches are read at once.
const BATCHES: usize = 1_000;

/// What happened, as far as the facts are there.
#[derive(Default)]
pub struct Past {
    held: Model,
    /// A fact of it cannot be read: what stands may not be the last that was known.
    has_gaps: bool,
    incidents: BTreeSet<IncidentId>,
    intents: BTreeSet<IntentId>,
    /// The code with which incidents that are asked for were at work last.
    codes: BTreeMap<IncidentId, CodeHash>,
    /// Incidents that are asked for and whose first fact is there: their runbook and key, and when that was.
    opened: BTreeMap<IncidentId, (SmolStr, SmolStr, Time)>,
    /// What was granted to incidents that are asked for, and is not known to have had no effect.
    changes: BTreeMap<IntentId, (IncidentId, SmolStr, Call)>,
    /// Changes that are asked for, as they were granted, with each further time that they were sent out.
    granted: BTreeMap<IntentId, StoredIntent>,
    /// Changes that were sent out.
    sent: BTreeSet<IntentId>,
}

impl Past {
    pub fn of(journal: &dyn Journal, lost: &[Lost]) -> Result<Past, Error> {
        let mut past = Past::default();
        let mut is_asked = false;
        for lost in lost {
            match lost {
                Lost::Incident(left) => is_asked |= past.incidents.insert(left.id),
                Lost::Intent { id, .. } => is_asked |= past.intents.insert(*id),
                Lost::Wait(_) | Lost::Storm(_) | Lost::Message(_) | Lost::Debt(_) => {
                    is_asked = true
                }
                Lost::Misplaced { .. }
                | Lost::Displaced { .. }
                | Lost::Run(_)
                | Lost::Stray(_)
                | Lost::Dwell { .. }
                | Lost::Version(_)
                | Lost::Schedule(_) => {}
            }
        }
        if is_asked {
            past.reads_all(journal)?;
        }
        Ok(past)
    }

    fn reads_all(&mut self, journal: &dyn Journal) -> Result<(), Error> {
        let mut after = 0;
        loop {
            let batches = journal.facts(after, BATCHES)?;
            let Some(last) = batches.last() else {
                return Ok(());
            };
            after = last.header.number;
            for batch in &batches {
                let at = batch.header.stamp.at;
                match &batch.facts {
                    Some(facts) => facts.iter().for_each(|read| self.reads(read, at)),
                    None => self.has_gaps = true,
                }
            }
        }
    }

    fn reads(&mut self, read: &Read, at: Time) {
        match read {
            Read::Fact(fact) => {
                self.held.apply(fact, at);
                self.learn(fact, at);
            }
            Read::Newer { .. } => self.has_gaps = true,
        }
    }

    fn learn(&mut self, fact: &Fact, at: Time) {
        match fact {
            Fact::IntentGranted(fact) => {
                if self.intents.contains(&fact.intent) {
                    self.granted.insert(fact.intent, stored(fact, at));
                }
                if let RunId::Incident(incident, _) = fact.run
                    && fact.change.kind == IntentKind::Do
                    && self.incidents.contains(&incident)
                {
                    let (key, call) = (fact.change.key.clone(), fact.change.call.clone());
                    self.changes.insert(fact.intent, (incident, key, call));
                }
            }
            Fact::ChangeStarted(fact) => {
                let is_first = self.sent.insert(fact.intent);
                let again = self.granted.get_mut(&fact.intent).filter(|_| !is_first);
                if let Some(again) = again {
                    again.repeated.push(at);
                }
            }
            // What is started after it has waited is started for the first time.
            Fact::ChangeQueued(fact) => {
                self.sent.remove(&fact.intent);
            }
            Fact::IncidentOpened(fact) if self.incidents.contains(&fact.incident) => {
                let opened = (fact.runbook.clone(), fact.key.clone(), at);
                self.opened.insert(fact.incident, opened);
            }
            Fact::RunStarted(fact) => {
                if let RunId::Incident(incident, _) = fact.run
                    && self.incidents.contains(&incident)
                {
                    self.codes.insert(incident, fact.code);
                }
            }
            Fact::ChangePerformed(fact) if fact.state == IntentState::NotApplied => {
                self.changes.remove(&fact.intent);
            }
            _ => {}
        }
    }

    /// The changes of one incident, in the order in which they were granted.
    pub fn changes_of(&self, incident: IncidentId) -> Vec<(SmolStr, Call)> {
        let all = self.changes.values();
        let own = all.filter(|(of, ..)| *of == incident);
        own.map(|(_, key, call)| (key.clone(), call.clone()))
            .collect()
    }

    /// Whether an incident is known for certain to have changed nothing.
    pub fn is_unchanged(&self, incident: IncidentId) -> bool {
        let is_whole = self.opened.contains_key(&incident) && !self.has_gaps;
        is_whole && self.changes.values().all(|(of, ..)| *of != incident)
    }

    /// What is left of an incident, with what its row does not say.
    pub fn fill(&self, left: &LostIncident) -> LostIncident {
        let (mut left, opened) = (left.clone(), self.opened.get(&left.id));
        if let (LostPart::Row, Some((runbook, key, at))) = (left.what, opened) {
            left.runbook = runbook.clone();
            left.key = key.clone();
            left.opened = *at;
        }
        left
    }

    /// What was to be sent, or is owed, as it was known last.
    pub fn message(&self, id: MessageId) -> Option<&Outbox> {
        self.held.message(id)
    }

    pub fn debt(&self, id: DebtId) -> Option<&Debt> {
        self.held.debt(id)
    }

    /// The code with which an incident was at work last.
    pub fn code_of(&self, incident: IncidentId) -> Option<CodeHash> {
        self.codes.get(&incident).copied()
    }

    /// What the runs of an incident had locked, and what they had disturbed.
    pub fn held_by(&self, incident: IncidentId) -> (BTreeSet<Identity>, BTreeSet<Identity>) {
        let locks = self.held.locks().of_incident(incident).cloned();
        let disturbed = self.held.disturbed().of_incident(incident).cloned();
        (locks.collect(), disturbed.collect())
    }

    /// A change as it was granted.
    pub fn granted(&self, id: IntentId) -> Option<&StoredIntent> {
        self.granted.get(&id)
    }

    /// How a run waited last, if that is known for certain.
    pub fn wait(&self, run: RunId) -> Option<&StoredWait> {
        self.held.waiting_of(run).filter(|_| !self.has_gaps)
    }

    /// How a storm was last, if that is known for certain.
    pub fn storm(&self, scope: &Scope) -> Option<&Storm> {
        self.held.storm(scope).filter(|_| !self.has_gaps)
    }
}
