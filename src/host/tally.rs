//! What the agent has done since it started, and how much of what there is: numbers for whoever watches it.
//!
//! In: what the store held at the start, and each batch that became durable. Out: counts. Nothing is
//! ever asked of the store for them.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::effect::{End, Reason};
use crate::journal::{
    Aged, Arrival, Delivery, Disposition, Error, EventId, Happened, How, Incident, IncidentId,
    IncidentState, IntentId, IntentState, Journal, MessageId, Outbox, RunId, Scope, Source,
    StoredRun, Storm, Write,
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
    incidents: BTreeMap<IncidentId, &'static str>,
    runs: BTreeMap<RunId, &'static str>,
    outbox: BTreeSet<MessageId>,
    unknown: BTreeSet<IntentId>,
    standing: BTreeSet<(EventId, String, u16)>,
    debts: BTreeSet<u64>,
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
        for incident in journal.open_incidents()?.into_iter().flatten() {
            tally.incidents.insert(incident.id, incident.state.word());
        }
        for run in journal.live_runs()?.iter().flatten() {
            tally.run(run);
        }
        for outbox in journal.outbox()?.into_iter().flatten() {
            tally.outbox.insert(outbox.id);
        }
        for intent in journal.open_intents()?.into_iter().flatten() {
            tally.intent(intent.id, intent.state);
        }
        for holding in journal.holdings()?.into_iter().flatten() {
            let place = (holding.event, holding.runbook.to_string(), holding.trigger);
            tally.standing.insert(place);
        }
        for debt in journal.debts()?.into_iter().flatten() {
            tally.debts.insert(debt.id.0);
        }
        tally.frozen = journal
            .holds()?
            .into_iter()
            .map(|(scope, hold)| (scope, hold.since))
            .collect();
        tally.storms = journal
            .storms()?
            .into_iter()
            .filter(|(_, storm)| storm.cool_until.is_none())
            .map(|(scope, _)| scope)
            .collect();
        Ok(tally)
    }

    /// A batch has become durable, in this time.
    pub fn batch(&mut self, writes: &[Write], took: Duration) {
        self.commits.add(took);
        let mut new = BTreeSet::new();
        for write in writes {
            match write {
                Write::Arrived(arrival) => self.arrived(arrival),
                Write::Dead(letter) => *self.dead.entry(letter.code.to_string()).or_default() += 1,
                Write::Incident(incident) => self.incident(incident, &new),
                Write::Entry { incident, entry } => match &entry.happened {
                    Happened::Opened { .. } => {
                        self.opened += 1;
                        // Its record comes behind its entries.
                        new.insert(*incident);
                    }
                    Happened::Ended(end) => *self.ends.entry(words(end)).or_default() += 1,
                    _ => {}
                },
                Write::Run(run) => self.run(run),
                Write::Intent(intent) => self.intent(intent.id, intent.state),
                Write::IntentState { id, state } => self.intent(*id, *state),
                Write::Holding(holding) => {
                    let place = (holding.event, holding.runbook.to_string(), holding.trigger);
                    self.standing.insert(place);
                }
                Write::HoldingGone {
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
                        self.debts.insert(debt.id.0);
                    }
                    Some(_) => {
                        self.debts.remove(&debt.id.0);
                    }
                },
                Write::Hold(scope, Some(hold)) => {
                    self.frozen.insert(scope.clone(), hold.since);
                }
                Write::Hold(scope, None) => {
                    self.frozen.remove(scope);
                }
                Write::Storm(scope, storm) => self.storm(scope, storm),
                // It was in no list to begin with.
                Write::Alert { .. }
                | Write::Disposed { .. }
                | Write::Program { .. }
                | Write::Wait(..)
                | Write::Clock(_)
                | Write::Lost(_) => {}
            }
        }
    }

    fn arrived(&mut self, arrival: &Arrival) {
        let source = match arrival.event.source() {
            Source::Alertmanager => ALERTS,
            Source::Event(_) => EVENTS,
            Source::Request(_) => REQUESTS,
        };
        let became = match arrival.disposition {
            Disposition::Taken(_) => TAKEN,
            Disposition::Kept => KEPT,
            Disposition::Dead => DEAD,
        };
        *self.accepted.entry((source, became)).or_default() += 1;
    }

    fn incident(&mut self, incident: &Incident, new: &BTreeSet<IncidentId>) {
        let how = match &incident.state {
            IncidentState::Resolved { how, .. } => how.word(),
            open @ (IncidentState::Open
            | IncidentState::Handed
            | IncidentState::Acknowledged { .. }
            | IncidentState::Reopened) => {
                self.incidents.insert(incident.id, open.word());
                return;
            }
        };
        // One that was over before is only written anew.
        let was_open = self.incidents.remove(&incident.id).is_some();
        if was_open || new.contains(&incident.id) {
            *self.closed.entry(how).or_default() += 1;
        }
    }

    fn run(&mut self, run: &StoredRun) {
        match run.ended {
            true => self.runs.remove(&run.id),
            false => self.runs.insert(run.id, doing(&run.pending)),
        };
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

    /// How many incidents are in each state that is not the last one.
    pub fn incidents(&self) -> BTreeMap<&'static str, u64> {
        counted(
            &["open", "handed", "acknowledged", "reopened"],
            self.incidents.values(),
        )
    }

    /// How many runs do what.
    pub fn runs(&self) -> BTreeMap<&'static str, u64> {
        counted(&[CHANGES, LOOKS, WAITS], self.runs.values())
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
const EVENTS: &str = "event";
const REQUESTS: &str = "request";
const SOURCES: [&str; 3] = [ALERTS, EVENTS, REQUESTS];

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
