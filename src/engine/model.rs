//! What the agent knows, as far as it is kept in memory: changed by nothing but what has happened.
//!
//! In: facts, one after the other. Out: answers to what decisions ask. `Model::load` builds it from
//! the records of a store; the facts since the store began give the same one, and a simulated agent
//! is held to that after each batch. Runs are not in it: they are values that lie in their rows, and are
//! brought in and put back whole, see `desk.rs`; a simulated agent is held to the digests in their facts.

mod apply;
mod bodies;
mod dwells;
mod freezes;
mod incidents;
mod intents;
mod keys;
mod lies_in;
mod lines;
mod load;
mod restore;
mod rows;
mod schedules;
mod spent;
mod storms;
mod targets;
mod versions;
mod waits;

pub use apply::{Differing, stored};
pub use dwells::StandingAlert;
pub use targets::{Targets, places_around};
pub use versions::Known;

use std::collections::{BTreeMap, BTreeSet};

use crate::journal::{
    DealtWith, Debt, DebtId, Delivery, Duty, EventId, Freeze, IncidentId, IntentId, LetterId,
    MessageId, Newest, Outbox, RunId, Scheduled, Scope, StoredIntent, StoredWait, Storm, Versioned,
};
use crate::program::CodeHash;
use crate::value::{Duration, Identity, Time};
use dwells::Dwells;
use incidents::Incidents;
use intents::Intents;
use lies_in::LiesIn;
use schedules::Busy;
use spent::{Changed, Spent};

/// See the head of this file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Model {
    newest: Newest,
    /// How far the clock has been set since the store began, all steps together.
    clock: Duration,
    incidents: Incidents,
    /// Where changes are stopped, and by whom.
    freezes: BTreeMap<Scope, Freeze>,
    storms: BTreeMap<Scope, Storm>,
    /// What each version does that was at work, by runbook and version.
    at_work: BTreeMap<Versioned, Known>,
    /// Up to when the due times of each schedule have been dealt with.
    schedules: BTreeMap<Scheduled, DealtWith>,
    /// Which runs are at work, by their runbooks.
    busy: Busy,
    /// Who waits for leave, or has waited.
    waits: BTreeMap<RunId, StoredWait>,
    locks: Targets,
    disturbed: Targets,
    /// What fields of these name, as they were when they were changed.
    lies_in: LiesIn,
    spent: Spent,
    /// What was changed lately, and by whom.
    changed: Changed,
    intents: Intents,
    dwells: Dwells,
    /// Who is told of which incident, until somebody answers.
    chains: BTreeMap<IncidentId, Duty>,
    /// Every debt that is not paid yet.
    debts: BTreeMap<DebtId, Debt>,
    /// By the incidents that they came of.
    owing: BTreeSet<(IncidentId, DebtId)>,
    /// Every message that is not delivered yet.
    outbox: BTreeMap<MessageId, Outbox>,
    /// Those of them that are about an incident.
    said: BTreeSet<(IncidentId, MessageId)>,
}

impl Model {
    /// How far the clock has been set since the store began, all steps together.
    pub fn clock(&self) -> Duration {
        self.clock
    }

    /// Where changes are stopped, the widest first.
    pub fn freezes(&self) -> impl Iterator<Item = (&Scope, &Freeze)> {
        self.freezes.iter()
    }

    pub fn freeze(&self, scope: &Scope) -> Option<&Freeze> {
        self.freezes.get(scope)
    }

    /// What stops the changes of a runbook, if something does; the widest counts.
    pub fn frozen(&self, product: &str, runbook: &str) -> Option<(&Scope, &Freeze)> {
        let mut freezes = self.freezes.iter();
        freezes.find(|(scope, _)| scope.covers(product, runbook))
    }

    pub fn chain(&self, incident: IncidentId) -> Option<&Duty> {
        self.chains.get(&incident)
    }

    /// The incidents that somebody is told of.
    pub fn chains(&self) -> impl Iterator<Item = (IncidentId, &Duty)> {
        self.chains.iter().map(|(id, duty)| (*id, duty))
    }

    pub fn debt(&self, id: DebtId) -> Option<&Debt> {
        self.debts.get(&id)
    }

    pub fn debts(&self) -> impl Iterator<Item = &Debt> {
        self.debts.values()
    }

    /// Whether something is owed after an incident.
    pub fn owes(&self, incident: IncidentId) -> bool {
        let own = (incident, DebtId(0))..=(incident, DebtId(u64::MAX));
        self.owing.range(own).next().is_some()
    }

    pub fn message(&self, id: MessageId) -> Option<&Outbox> {
        self.outbox.get(&id)
    }

    pub fn messages(&self) -> impl Iterator<Item = &Outbox> {
        self.outbox.values()
    }

    /// What goes out under a number: a message by itself, or those of a page, oldest first.
    pub fn parts(&self, id: MessageId) -> Vec<&Outbox> {
        // A page has the number of its first.
        let from = self.outbox.range(id..).map(|(_, outbox)| outbox);
        let own = |outbox: &&Outbox| match outbox.bundle {
            Some(page) => page == id,
            None => outbox.id == id,
        };
        from.filter(own).collect()
    }

    /// The messages about an incident that are not delivered yet.
    pub fn messages_of(&self, incident: IncidentId) -> impl Iterator<Item = &Outbox> {
        let own = (incident, MessageId(0))..=(incident, MessageId(u64::MAX));
        let own = self.said.range(own);
        own.filter_map(|(_, id)| self.outbox.get(id))
    }

    /// The code that something at hand is pinned to.
    pub fn codes(&self) -> BTreeSet<CodeHash> {
        let incidents = self.incidents.codes();
        let debts = self.debts.values().map(|debt| debt.code);
        let dwells = self.dwells.all().map(|standing| standing.dwell.code);
        incidents.chain(debts).chain(dwells).collect()
    }

    /// What stands for a runbook, of an event or of all.
    pub fn dwells(&self) -> impl Iterator<Item = &StandingAlert> {
        self.dwells.all()
    }

    pub fn dwells_of(&self, event: EventId) -> impl Iterator<Item = &StandingAlert> {
        self.dwells.of(event)
    }

    /// What stands of an alert, for each runbook.
    pub fn dwells_of_alert(&self, fingerprint: &str) -> impl Iterator<Item = &StandingAlert> {
        self.dwells.of_alert(fingerprint)
    }

    /// How many targets of this type were meant to be changed at or after a time.
    pub fn spent(&self, of: &str, since: Time) -> u32 {
        self.spent.since(of, since)
    }

    /// How often each runbook meant to change a target at or after a time.
    pub fn changed(&self, target: &Identity, since: Time) -> BTreeMap<&str, u32> {
        self.changed.since(target, since)
    }

    pub fn intent(&self, id: IntentId) -> Option<&StoredIntent> {
        self.intents.get(id)
    }

    /// The changes of an incident of which nobody knows what became of them.
    pub fn unknown_of(&self, incident: IncidentId) -> impl Iterator<Item = &StoredIntent> {
        self.intents.unknown_of(incident)
    }

    /// The change that a run carries out, or carried out last.
    pub fn intent_of(&self, run: RunId) -> Option<&StoredIntent> {
        self.intents.of(run).next_back()
    }

    /// Who may change what, until it is done with it.
    pub fn locks(&self) -> &Targets {
        &self.locks
    }

    /// What was changed and has not been seen to be well since, by whom.
    /// What fields of something disturbed name.
    pub fn lies_in(&self, target: &Identity) -> &[Identity] {
        self.lies_in.named_by(target)
    }

    pub fn disturbed(&self) -> &Targets {
        &self.disturbed
    }

    /// The event that arrived last.
    pub fn newest_event(&self) -> EventId {
        EventId(self.newest.event)
    }

    pub fn next_event(&self) -> EventId {
        EventId(self.newest.event + 1)
    }

    pub fn next_incident(&self) -> IncidentId {
        IncidentId(self.newest.incident + 1)
    }

    pub fn next_intent(&self) -> IntentId {
        IntentId(self.newest.intent + 1)
    }

    pub fn next_message(&self) -> MessageId {
        MessageId(self.newest.message + 1)
    }

    pub fn next_debt(&self) -> DebtId {
        DebtId(self.newest.debt + 1)
    }

    pub fn next_letter(&self) -> LetterId {
        LetterId(self.newest.letter + 1)
    }
}

/// Whether somebody still waits for it to be delivered.
fn is_due(outbox: &Outbox) -> bool {
    match outbox.delivery {
        Delivery::Due { .. } => true,
        Delivery::Delivered { .. } | Delivery::GivenUp { .. } => false,
    }
}
