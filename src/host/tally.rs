//! What the agent has done since it started, and how much of what there is: numbers for whoever watches it.
//!
//! In: what the store held at the start, and each batch that became durable. Out: counts. Nothing is
//! ever asked of the store for them.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::effect::{End, Reason};
use crate::journal::{
    Aged, Arrival, Batch, DebtId, Delivery, Disposition, Error, EventId, Fact, How, IncidentId,
    IncidentState, IntentId, IntentState, Journal, MessageId, Outbox, RunId, Scope, Source, Storm,
    Write,
};
use crate::run::Action;
use crate::value::Time;

/// The upper bounds of the buckets of commits, in seconds.
pub const COMMITS: [f64; 10] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0];

/// Counts, by what they are of.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// By source and by what became of them.
    pub accepted: BTreeMap<(&'static str, &'static str), u64>,
    /// By code.
    pub dead: BTreeMap<String, u64>,
    pub opened: u64,
    /// By how they were closed.
    pub closed: BTreeMap<&'static str, u64>,
    /// By end and reason.
    pub ends: BTreeMap<(&'static str, &'static str), u64>,
    pub delivered: u64,
    pub given_up: u64,
    pub commits: Commits,
    /// Where changes are stopped, and since when.
    pub frozen: BTreeMap<Scope, Time>,
    /// Storms that last, and how many there were.
    pub storms: BTreeSet<Scope>,
    pub storms_begun: u64,
    /// What was old and is gone.
    pub retired: BTreeMap<Aged, u64>,
    /// How many incidents are open and nobody was told of them, and the states of the others that are not over.
    open: u64,
    incidents: BTreeMap<IncidentId, &'static str>,
    /// Those that a human has called over, and whose runs have not ended.
    called_off: BTreeSet<IncidentId>,
    /// How many runs wait, and what the others do.
    waits: u64,
    runs: BTreeMap<RunId, &'static str>,
    outbox: BTreeSet<MessageId>,
    unknown: BTreeSet<IntentId>,
    standing: BTreeSet<(EventId, String, u16)>,
    /// What is owed, after which incidents.
    debts: BTreeMap<DebtId, IncidentId>,
}

/// How long commits took.
#[derive(Clone, Debug, Default)]
pub struct Commits {
    /// How many took no longer than each bound.
    pub within: [u64; COMMITS.len()],
    pub count: u64,
    pub seconds: f64,
}

impl Tally {
    /// Nothing, of each that there may be: what only comes up when it happens cannot be watched for.
    fn none() -> Tally {
        let mut tally = Tally::default();
        for source in SOURCES {
            for became in BECAME {
                tally.accepted.insert((source, became), 0);
            }
        }
        for kind in Aged::ALL {
            tally.retired.insert(*kind, 0);
        }
        for how in How::ALL {
            tally.closed.insert(how.word(), 0);
        }
        for end in ENDS {
            tally.ends.insert((end, ""), 0);
        }
        for reason in Reason::ALL {
            tally.ends.insert((HANDED, reason.word()), 0);
        }
        tally
    }

    /// What is there at the start.
    pub fn of(journal: &dyn Journal) -> Result<Tally, Error> {
        let mut tally = Tally::none();
        tally.open = journal.quiet_incidents()?;
        for incident in journal.loud_incidents()? {
            // One that cannot be read is open again when it was made anew.
            match incident.map(|incident| (incident.id, incident.state)) {
                Ok((_, IncidentState::Open)) | Err(_) => tally.open += 1,
                // It is loud for its run alone.
                Ok((id, state)) if state.is_over() => {
                    tally.called_off.insert(id);
                }
                Ok((id, state)) => {
                    tally.incidents.insert(id, state.word());
                }
            }
        }
        tally.waits = journal.sleeping_runs()?.len() as u64;
        for run in journal.awake_runs()? {
            tally.waits += 1;
            if let Ok(run) = run {
                tally.does(run.id, &run.pending);
            }
        }
        for outbox in journal.outbox()?.into_iter().flatten() {
            tally.outbox.insert(outbox.id);
        }
        for intent in journal.open_intents()?.into_iter().flatten() {
            tally.intent(intent.id, intent.state);
        }
        for dwell in journal.dwells()?.into_iter().flatten() {
            let place = (dwell.event, dwell.runbook.to_string(), dwell.trigger);
            tally.standing.insert(place);
        }
        for debt in journal.debts()?.into_iter().flatten() {
            tally.debts.insert(debt.id, debt.incident);
        }
        tally.frozen = journal
            .freezes()?
            .into_iter()
            .map(|(scope, freeze)| (scope, freeze.since))
            .collect();
        tally.storms = journal
            .storms()?
            .into_iter()
            .flatten()
            .filter(|(_, storm)| storm.cool_until.is_none())
            .map(|(scope, _)| scope)
            .collect();
        Ok(tally)
    }

    /// A batch has become durable, in this time.
    pub fn batch(&mut self, batch: &Batch, took: Duration) {
        self.commits.add(took);
        for fact in &batch.facts {
            self.fact(fact);
        }
        for write in &batch.writes {
            match write {
                Write::Arrived(arrival) => self.arrived(arrival),
                Write::Dead(letter) => *self.dead.entry(letter.code.to_string()).or_default() += 1,
                Write::Intent(intent) => self.intent(intent.id, intent.state),
                Write::IntentState { id, state } => self.intent(*id, *state),
                Write::Dwell(dwell) => {
                    let place = (dwell.event, dwell.runbook.to_string(), dwell.trigger);
                    self.standing.insert(place);
                }
                Write::DwellGone {
                    event,
                    runbook,
                    trigger,
                } => {
                    self.standing
                        .remove(&(*event, runbook.to_string(), *trigger));
                }
                Write::Message(outbox) => self.message(outbox),
                Write::Debt(debt) => match debt.paid {
                    None => {
                        self.debts.insert(debt.id, debt.incident);
                    }
                    Some(_) => {
                        self.debts.remove(&debt.id);
                    }
                },
                Write::Freeze(scope, Some(freeze)) => {
                    self.frozen.insert(scope.clone(), freeze.since);
                }
                Write::Freeze(scope, None) => {
                    self.frozen.remove(scope);
                }
                Write::Storm(scope, storm) => self.storm(scope, storm),
                Write::Incident(incident) => {
                    if !incident.state.is_over() || incident.is_done() {
                        self.called_off.remove(&incident.id);
                    }
                }
                // Counted by the facts, or in no list to begin with.
                Write::Run(_)
                | Write::Entry { .. }
                | Write::Alert { .. }
                | Write::Disposed { .. }
                | Write::AtWork(_)
                | Write::Schedule(_, _)
                | Write::Program { .. }
                | Write::Wait(..)
                | Write::Clock(_)
                | Write::Lost(_) => {}
            }
        }
    }

    /// What becomes of incidents and runs.
    fn fact(&mut self, fact: &Fact) {
        match fact {
            Fact::IncidentOpened(_) => {
                self.opened += 1;
                self.open += 1;
            }
            Fact::IncidentHanded(fact) => self.is(fact.incident, "handed"),
            Fact::AcknowledgementLapsed(fact) => self.is(fact.incident, "handed"),
            Fact::IncidentAcknowledged(fact) => self.is(fact.incident, "acknowledged"),
            Fact::IncidentReopened(fact) => {
                // It was over, or with a human: not open.
                self.incidents.insert(fact.incident, "reopened");
            }
            Fact::IncidentResolved(fact) => {
                self.is_open_no_more(fact.incident);
                // Its row says whether a run is at work.
                if fact.how == How::Human {
                    self.called_off.insert(fact.incident);
                }
                *self.closed.entry(fact.how.word()).or_default() += 1;
            }
            Fact::RunStarted(_) => self.waits += 1,
            Fact::RunMoved(fact) => self.does(fact.run, &fact.waits),
            Fact::RunEnded(fact) => {
                if fact.run.incident().is_some() {
                    *self.ends.entry(words(&fact.end)).or_default() += 1;
                }
                self.does(fact.run, &[]);
                self.waits = self.waits.saturating_sub(1);
            }
            Fact::RunQuarantined(fact) => {
                self.does(fact.run, &[]);
                self.waits = self.waits.saturating_sub(1);
            }
            _ => {}
        }
    }

    fn is(&mut self, incident: IncidentId, state: &'static str) {
        // One that owes something was over, and is somebody's again once that is overdue.
        let owes = self.debts.values().any(|of| *of == incident);
        let was_over = owes || self.called_off.contains(&incident);
        if self.incidents.insert(incident, state).is_none() && !was_over {
            self.open = self.open.saturating_sub(1);
        }
    }

    fn is_open_no_more(&mut self, incident: IncidentId) {
        if self.incidents.remove(&incident).is_none() {
            self.open = self.open.saturating_sub(1);
        }
    }

    /// What a run that has not ended waits for.
    fn does(&mut self, run: RunId, pending: &[Action]) {
        let before = match doing(pending) {
            WAITS => self.runs.remove(&run).is_none(),
            other => self.runs.insert(run, other).is_none(),
        };
        match (before, doing(pending) == WAITS) {
            (true, false) => self.waits = self.waits.saturating_sub(1),
            (false, true) => self.waits += 1,
            (true, true) | (false, false) => {}
        }
    }

    fn arrived(&mut self, arrival: &Arrival) {
        let source = match arrival.event.source() {
            Source::Alertmanager => ALERTS,
            Source::Grafana => GRAFANA,
            Source::Event(_) => EVENTS,
            Source::Request(_) => REQUESTS,
            Source::Schedule(_) => SCHEDULES,
        };
        let became = match arrival.disposition {
            Disposition::Taken(_) => TAKEN,
            Disposition::Kept => KEPT,
            Disposition::Dead => DEAD,
        };
        *self.accepted.entry((source, became)).or_default() += 1;
    }

    fn storm(&mut self, scope: &Scope, storm: &Storm) {
        match storm.cool_until {
            None if self.storms.insert(scope.clone()) => self.storms_begun += 1,
            None => {}
            Some(_) => {
                self.storms.remove(scope);
            }
        }
    }

    fn intent(&mut self, id: IntentId, state: IntentState) {
        match state {
            IntentState::Unknown => self.unknown.insert(id),
            IntentState::Open
            | IntentState::Queued
            | IntentState::Applied
            | IntentState::NotApplied
            | IntentState::Broke => self.unknown.remove(&id),
        };
    }

    fn message(&mut self, outbox: &Outbox) {
        match outbox.delivery {
            Delivery::Due { .. } => {
                self.outbox.insert(outbox.id);
            }
            Delivery::Delivered { .. } => {
                self.outbox.remove(&outbox.id);
                self.delivered += 1;
            }
            Delivery::GivenUp { .. } => {
                self.outbox.remove(&outbox.id);
                self.given_up += 1;
            }
        }
    }

    /// How many incidents are in each state, of the last one those that a run is still at work on.
    pub fn incidents(&self) -> BTreeMap<&'static str, u64> {
        let states = ["open", "handed", "acknowledged", "reopened"];
        let mut counts = counted(&states, self.incidents.values());
        *counts.entry("open").or_default() += self.open;
        counts.insert("resolved", self.called_off.len() as u64);
        counts
    }

    /// How many runs do what.
    pub fn runs(&self) -> BTreeMap<&'static str, u64> {
        let mut counts = counted(&[CHANGES, LOOKS, WAITS], self.runs.values());
        *counts.entry(WAITS).or_default() += self.waits;
        counts
    }

    /// Messages that are not delivered yet.
    pub fn outbox(&self) -> usize {
        self.outbox.len()
    }

    /// Changes of which nobody knows whether they took effect.
    pub fn unsettled(&self) -> usize {
        self.unknown.len()
    }

    /// Alerts that have to stand for a while first.
    pub fn standing(&self) -> usize {
        self.standing.len()
    }

    pub fn debts(&self) -> usize {
        self.debts.len()
    }
}

impl Commits {
    fn add(&mut self, took: Duration) {
        let seconds = took.as_secs_f64();
        for (within, bound) in self.within.iter_mut().zip(COMMITS) {
            *within += u64::from(seconds <= bound);
        }
        self.count += 1;
        self.seconds += seconds;
    }
}

const ALERTS: &str = "alertmanager";
const GRAFANA: &str = "grafana";
const EVENTS: &str = "event";
const REQUESTS: &str = "request";
const SCHEDULES: &str = "schedule";
const SOURCES: [&str; 5] = [ALERTS, GRAFANA, EVENTS, REQUESTS, SCHEDULES];

const TAKEN: &str = "taken";
const KEPT: &str = "kept";
const DEAD: &str = "dead";
const BECAME: [&str; 3] = [TAKEN, KEPT, DEAD];

const HANDED: &str = "handed";
const ENDS: [&str; 6] = [
    "resolved",
    "cleared",
    "self_resolved",
    "mitigated",
    "cancelled",
    "again",
];

const CHANGES: &str = "changes";
const LOOKS: &str = "looks";
const WAITS: &str = "waits";

/// What a run does that waits for these.
fn doing(pending: &[Action]) -> &'static str {
    let any = |is: fn(&Action) -> bool| pending.iter().any(is);
    if any(|action| matches!(action, Action::Perform(_))) {
        CHANGES
    } else if any(|action| matches!(action, Action::Observe(_) | Action::Settle { .. })) {
        LOOKS
    } else {
        WAITS
    }
}

/// Each of them, also those that there are none of: a series that comes and goes cannot be alerted on.
fn counted<'a>(
    all: &[&'static str],
    found: impl Iterator<Item = &'a &'static str>,
) -> BTreeMap<&'static str, u64> {
    let mut counts: BTreeMap<_, _> = all.iter().map(|one| (*one, 0)).collect();
    for one in found {
        *counts.entry(*one).or_default() += 1;
    }
    counts
}

/// How a run ended, and for which reason a human has it.
fn words(end: &End) -> (&'static str, &'static str) {
    match end {
        End::Resolved => ("resolved", ""),
        End::Cleared { .. } => ("cleared", ""),
        End::SelfResolved => ("self_resolved", ""),
        End::Mitigated { .. } => ("mitigated", ""),
        End::Handed { reason, .. } => (HANDED, reason.word()),
        End::Cancelled => ("cancelled", ""),
        End::Again => ("again", ""),
    }
}

#[cfg(test)]
mod tests;
