//! No fact without its cause: what was granted before it was begun, what was begun before it ended,
//! and what was accepted and came to something.

use std::collections::{BTreeMap, BTreeSet};

use smol_str::SmolStr;

use crate::journal::{
    Alert, DwellEnd, EventId, Fact, IncidentId, IntentId, MessageId, RunId, Scope, Standing,
};
use crate::program::{DataType, Program};
use crate::run::{IntentKind, Perform, moment};
use crate::value::Time;

/// What has happened so far, as far as something else may follow from it.
#[derive(Debug, Default)]
pub struct Causes {
    /// The kinds of events that a program asks for.
    asked_for: BTreeSet<SmolStr>,
    frozen: BTreeSet<Scope>,
    /// Storms, and until when changes wait after them.
    storms: BTreeMap<Scope, Option<Time>>,
    /// By runbook.
    products: BTreeMap<SmolStr, SmolStr>,
    granted: BTreeSet<IntentId>,
    /// By intent; and every start of one, by its mark and number.
    started: BTreeSet<IntentId>,
    starts: BTreeSet<(SmolStr, u64)>,
    runs: BTreeSet<RunId>,
    /// By incident, the run that has not ended.
    at_work: BTreeMap<IncidentId, RunId>,
    /// Incidents, with their runbooks.
    incidents: BTreeMap<IncidentId, SmolStr>,
    /// What has stood long enough for a runbook, and has not come to an incident of it yet.
    stood: BTreeMap<EventId, SmolStr>,
    queued: BTreeSet<MessageId>,
    events: BTreeSet<EventId>,
    /// Accepted, and nothing has come of them so far.
    open: BTreeSet<EventId>,
    stand: BTreeMap<EventId, u32>,
    /// By fingerprint, the newest firing of which the end was told.
    ended: BTreeMap<SmolStr, Time>,
}

impl Causes {
    /// Other programs take the place of those that are loaded.
    pub fn loads(&mut self, programs: &[Program]) {
        let records = programs.iter().flat_map(|program| &program.records);
        let names = records.filter_map(|record| match record {
            DataType::Record(record) => Some(record.shape.name.as_str().into()),
            _ => None,
        });
        self.asked_for.extend(names);
    }

    /// Whether this change was put on record as begun.
    pub fn is_started(&self, perform: &Perform) -> bool {
        self.starts.contains(&(perform.key.clone(), perform.id))
    }

    pub fn product_of(&self, runbook: &str) -> &str {
        self.products.get(runbook).map_or("", SmolStr::as_str)
    }

    pub fn runbook_of(&self, run: RunId) -> Option<&SmolStr> {
        match run {
            RunId::Incident(incident, _) => self.incidents.get(&incident),
            RunId::Debt(..) => None,
        }
    }

    /// What was accepted and came to nothing.
    pub fn left_open(&self) -> Vec<EventId> {
        self.open.iter().copied().collect()
    }

    /// Adds a fact; the words say which cause it lacks.
    pub fn add(&mut self, fact: &Fact, at: Time) -> Result<(), String> {
        let lacks = |what: String| Err(format!("{}: {what}", fact.kind().name));
        let missing = match fact {
            Fact::IncidentOpened(fact) => {
                self.incidents.insert(fact.incident, fact.runbook.clone());
                let product = fact.product.clone();
                self.products.insert(fact.runbook.clone(), product);
                self.goes_to(fact.event, fact.incident)
            }
            Fact::EventJoined(fact) => self.goes_to(fact.event, fact.incident),
            Fact::IncidentReopened(fact) => self.goes_to(fact.event, fact.incident),
            Fact::DeadLettered(fact) => fact.event.and_then(|event| self.comes_to(event)),
            Fact::RunStarted(fact) => self.starts(fact.run),
            Fact::RunMoved(fact) => self.unless_run(fact.run),
            Fact::Observed(fact) => self.unless_run(fact.run),
            Fact::RunEnded(fact) => self.works_no_more(fact.run),
            // One that cannot be read may be one that was never started.
            Fact::RunQuarantined(fact) => self.works_no_more(fact.run).and(None),
            Fact::IntentWaiting(fact) => self.unless_run(fact.run),
            Fact::IntentGranted(fact) => {
                let is_new = fact.change.kind == IntentKind::Do;
                if let Some(stopped) = self.stopped(&fact.runbook, is_new, at) {
                    return lacks(stopped);
                }
                self.granted.insert(fact.intent);
                self.unless_run(fact.run)
            }
            Fact::ChangeStarted(fact) => {
                self.starts.insert((fact.mark.clone(), fact.start));
                self.started.insert(fact.intent);
                (!self.granted.contains(&fact.intent)).then(|| fact.intent.to_string())
            }
            Fact::ChangePerformed(fact) => self.unless_started(fact.intent),
            Fact::ChangeSettled(fact) => self.unless_started(fact.intent),
            Fact::MessageQueued(fact) => {
                self.queued.insert(fact.message);
                None
            }
            Fact::MessagesBundled(fact) => self.unless_queued(&fact.messages),
            Fact::MessagesDelivered(fact) => self.unless_queued(&fact.messages),
            Fact::MessagesFailed(fact) => self.unless_queued(&fact.messages),
            Fact::MessagesDropped(fact) => self.unless_queued(&fact.messages),
            Fact::ChangesFrozen(fact) => {
                self.frozen.insert(fact.scope.clone());
                None
            }
            Fact::ClockStepped(fact) => {
                for until in self.storms.values_mut().flatten() {
                    *until = moment::after(*until, fact.by);
                }
                None
            }
            Fact::StormBegan(fact) => {
                self.storms.insert(fact.scope.clone(), None);
                None
            }
            Fact::StormEnded(fact) => {
                let stood = self
                    .storms
                    .insert(fact.scope.clone(), Some(fact.cool_until));
                (stood != Some(None)).then(|| "a storm".to_owned())
            }
            Fact::ChangesReleased(fact) => {
                let stood = self.frozen.remove(&fact.scope);
                (!stood).then(|| "a freeze".to_owned())
            }
            other => return self.add_arrival(other),
        };
        match missing {
            Some(missing) => lacks(format!("nothing has been said of {missing}")),
            None => Ok(()),
        }
    }

    /// What a change of this runbook had to wait for.
    fn stopped(&self, runbook: &str, is_new: bool, at: Time) -> Option<String> {
        let product = self.product_of(runbook);
        let mut frozen = self.frozen.iter();
        if let Some(scope) = frozen.find(|scope| scope.covers(product, runbook)) {
            return Some(format!("{scope:?} is frozen"));
        }
        let mut storms = self.storms.iter().filter(|_| is_new);
        let stands = storms.find(|(scope, until)| {
            scope.covers(product, "") && until.is_none_or(|until| until > at)
        });
        stands.map(|(scope, _)| format!("{scope:?} is in storm"))
    }

    /// What has arrived, and what stands for a while.
    fn add_arrival(&mut self, fact: &Fact) -> Result<(), String> {
        let came_to = |taken: &[IncidentId]| !taken.is_empty();
        match fact {
            Fact::AlertReceived(fact) => {
                let alert = fact.alert.as_deref();
                let fires = alert.is_some_and(|alert| alert.standing == Standing::Firing);
                let waits = !fact.dwelling.is_empty();
                let is_over = alert.is_some_and(|alert| self.is_over(alert));
                self.accepted(
                    fact.event,
                    !fires || waits || is_over || came_to(&fact.taken),
                );
            }
            Fact::EventReceived(fact) => {
                let asked_for = self.asked_for.contains(&fact.name);
                self.accepted(fact.event, asked_for || came_to(&fact.taken));
            }
            Fact::RequestReceived(fact) => self.accepted(fact.event, came_to(&fact.taken)),
            Fact::ScheduleDue(fact) => {
                if let Some(event) = fact.event {
                    self.accepted(event, fact.incident.is_some());
                }
            }
            Fact::DwellStarted(fact) => {
                *self.stand.entry(fact.event).or_default() += 1;
                if !self.events.contains(&fact.event) {
                    return Err(format!(
                        "event {} stands and was never accepted",
                        fact.event
                    ));
                }
            }
            Fact::DwellMoved(fact) if fact.from.runbook != fact.to.runbook => {
                return Err(format!("event {} stands for another runbook", fact.event));
            }
            Fact::DwellEnded(fact) => {
                let standing = self.stand.entry(fact.event).or_default();
                if *standing == 0 {
                    return Err(format!("event {} never stood", fact.event));
                }
                *standing -= 1;
                match fact.how {
                    DwellEnd::Elapsed => {
                        self.open.insert(fact.event);
                        let runbook = fact.trigger.runbook.clone();
                        self.stood.insert(fact.event, runbook);
                    }
                    DwellEnd::Unmatched => {
                        self.open.insert(fact.event);
                    }
                    DwellEnd::Cleared | DwellEnd::Anew => {}
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn accepted(&mut self, event: EventId, settled: bool) {
        self.events.insert(event);
        if !settled {
            self.open.insert(event);
        }
    }

    /// Whether an alert tells an end, or a firing whose end was told before.
    fn is_over(&mut self, alert: &Alert) -> bool {
        let known = self.ended.get(&alert.fingerprint).copied();
        match alert.standing {
            Standing::Firing => known.is_some_and(|since| alert.since <= since),
            Standing::Resolved => {
                let newest = known.map_or(alert.since, |known| known.max(alert.since));
                self.ended.insert(alert.fingerprint.clone(), newest);
                true
            }
        }
    }

    fn comes_to(&mut self, event: EventId) -> Option<String> {
        self.open.remove(&event);
        (!self.events.contains(&event)).then(|| format!("event {event}"))
    }

    /// What stood for a runbook comes to an incident of that one.
    fn goes_to(&mut self, event: EventId, incident: IncidentId) -> Option<String> {
        let stood = self.stood.remove(&event);
        let wrong = stood.filter(|runbook| self.incidents.get(&incident) != Some(runbook));
        let missing = self.comes_to(event);
        missing.or(wrong.map(|runbook| format!("an incident of {runbook} for event {event}")))
    }

    /// A run begins: its incident has no other one.
    fn starts(&mut self, run: RunId) -> Option<String> {
        self.runs.insert(run);
        let id = run.incident()?;
        if let Some(other) = self.at_work.insert(id, run) {
            return Some(format!("the end of run {other}"));
        }
        (!self.incidents.contains_key(&id)).then(|| id.to_string())
    }

    fn works_no_more(&mut self, run: RunId) -> Option<String> {
        self.at_work.retain(|_, other| *other != run);
        self.unless_run(run)
    }

    fn unless_run(&self, run: RunId) -> Option<String> {
        (!self.runs.contains(&run)).then(|| format!("run {run}"))
    }

    fn unless_started(&self, intent: IntentId) -> Option<String> {
        (!self.started.contains(&intent)).then(|| format!("intent {intent}"))
    }

    fn unless_queued(&self, messages: &[MessageId]) -> Option<String> {
        let unknown = messages.iter().find(|id| !self.queued.contains(id));
        unknown.map(|id| format!("message {id}"))
    }
}
