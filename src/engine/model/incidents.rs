//! Incidents: those of which something is still to come, and which one a key was seen in last.
//!
//! In memory are all of which somebody was told, or that hold something; and those that are over while
//! a run works on them; and any while a message about them is on its way, or something is owed after
//! them. Others are brought in when they are named, and let go once what came of that is durable: those
//! that are over at once, those of which nothing is to come but what their runs do when there are many.
//! Their alerts come and go with them, all of them: whether one fires, and whether another does, is asked
//! of every alert that arrives. What is written of them is a row for each that has changed.

use std::collections::{BTreeMap, BTreeSet};

use smol_str::SmolStr;

use super::bodies::{joined, opened, reopened, resolved, settled};
use super::keys::Keys;
use super::{Differing, Model, Targets};
use crate::journal::{
    Alerts, Entry, Fact, Happened, Heard, Incident, IncidentId, IncidentState, Keyed, MessageId,
    RunId, Said, SettledBy, Write,
};
use crate::program::{self, CodeHash};
use crate::run::moment;
use crate::value::Time;

/// So many of the last pages that told of an incident are known by their numbers.
const PAGES: usize = 8;

static NO_ALERTS: Alerts = Alerts::NONE;

/// So many are kept at hand though nothing but their runs may ask for them. The suites have few.
const AT_HAND: usize = if cfg!(feature = "harness") { 2 } else { 65_536 };

/// By number, and by what they are about.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Incidents {
    /// Who is told, and what is locked and disturbed, stands elsewhere in the model.
    bodies: BTreeMap<IncidentId, Incident>,
    /// What those of them that have any have heard of their alerts.
    alerts: BTreeMap<IncidentId, Alerts>,
    pub keys: Keys,
}

impl Incidents {
    pub fn put(&mut self, mut incident: Incident) {
        incident.duty = None;
        incident.locks.clear();
        incident.disturbed.clear();
        let alerts = incident.take_alerts();
        if !alerts.is_empty() {
            self.alerts.insert(incident.id, alerts);
        }
        self.bodies.insert(incident.id, incident);
    }

    fn let_go(&mut self, id: IncidentId) {
        self.bodies.remove(&id);
        self.alerts.remove(&id);
    }

    pub fn runs(&self) -> impl Iterator<Item = RunId> {
        self.bodies.values().filter_map(|incident| incident.run)
    }

    pub fn codes(&self) -> impl Iterator<Item = CodeHash> {
        self.bodies.values().map(|incident| incident.code)
    }
}

impl Model {
    /// An incident, if it is at hand.
    pub fn incident(&self, id: IncidentId) -> Option<&Incident> {
        self.incidents.bodies.get(&id)
    }

    /// What an incident has heard of its alerts, if it is at hand.
    pub fn alerts(&self, id: IncidentId) -> &Alerts {
        self.incidents.alerts.get(&id).unwrap_or(&NO_ALERTS)
    }

    /// The incidents that a page told of, and that are not over.
    pub fn told_on(&self, page: MessageId) -> Vec<IncidentId> {
        let all = self
            .incidents
            .bodies
            .values()
            .filter(|one| !one.state.is_over());
        let told = all.filter(|one| one.pages.iter().any(|(known, _)| *known == page));
        told.map(|one| one.id).collect()
    }

    /// The incidents that somebody has for a while, and until when.
    pub fn acknowledged(&self) -> impl Iterator<Item = (IncidentId, Time)> {
        let all = self.incidents.bodies.values();
        all.filter_map(|one| Some((one.id, one.until?)))
    }

    /// Whether an incident has to be brought in before anything can be decided about it.
    pub fn lacks(&self, id: IncidentId) -> bool {
        id.0 <= self.newest.incident && !self.incidents.bodies.contains_key(&id)
    }

    /// The newest incident of a runbook with this key, at hand or not.
    pub fn newest_of(&self, runbook: &str, key: &str) -> Option<IncidentId> {
        self.incidents.keys.newest(runbook, key)
    }

    /// How many incidents of a runbook with this key were opened at or after a time.
    pub fn opened_since(&self, runbook: &str, key: &str, since: Time) -> u32 {
        let opened = self.incidents.keys.since(runbook, key, since);
        u32::try_from(opened).unwrap_or(u32::MAX)
    }

    /// An incident as it is kept, with what stands elsewhere in the model; its alerts have rows of their
    /// own.
    pub fn row_of(&self, id: IncidentId) -> Option<Incident> {
        let mut incident = self.incident(id)?.clone();
        incident.duty = self.chain(id).cloned();
        incident.locks = self.locks.of_incident(id).cloned().collect();
        incident.disturbed = self.disturbed.of_incident(id).cloned().collect();
        Some(incident)
    }

    /// Brings an incident in, as it is kept; what is at hand is newer.
    pub(in crate::engine) fn bring(&mut self, incident: Incident) {
        if self.lacks(incident.id) {
            self.incidents.put(incident);
        }
    }

    /// Lets go of those of these incidents of which nothing is to come; of those that are quiet where
    /// there are many.
    pub(in crate::engine) fn let_go(&mut self, ids: &BTreeSet<IncidentId>) {
        for id in ids {
            let is_many = self.incidents.bodies.len() > AT_HAND;
            let is_wanted = |one: &Incident| match one.state.is_over() || is_many {
                true => self.is_wanted(one),
                false => true,
            };
            if self.incident(*id).is_some_and(|one| !is_wanted(one)) {
                self.incidents.let_go(*id);
            }
        }
    }

    /// Lets go of all incidents that nothing but their runs may ask for.
    pub(crate) fn let_all_go(&mut self) {
        let all: Vec<_> = self.incidents.bodies.keys().copied().collect();
        for id in all {
            if self.incident(id).is_some_and(|one| !self.is_wanted(one)) {
                self.incidents.let_go(id);
            }
        }
    }

    fn is_wanted(&self, incident: &Incident) -> bool {
        let id = incident.id;
        // Parts of its row stand elsewhere here.
        let holds = |targets: &Targets| targets.of_incident(id).next().is_some();
        let is_open = !incident.state.is_over();
        let is_loud = incident.is_loud()
            || is_open
                && (self.chain(id).is_some() || holds(&self.locks) || holds(&self.disturbed));
        is_loud || self.messages_of(id).next().is_some() || self.owes(id)
    }

    fn with(
        &mut self,
        id: IncidentId,
        changed: &mut Differing,
        change: impl FnOnce(&mut Incident),
    ) {
        if let Some(incident) = self.incidents.bodies.get_mut(&id) {
            change(incident);
            changed.incidents.push(id);
        }
    }

    /// What a fact changes of incidents.
    pub(super) fn incident_changes(&mut self, fact: &Fact, at: Time, changed: &mut Differing) {
        match fact {
            Fact::IncidentResolved(fact) => {
                self.with(fact.incident, changed, |one| resolved(one, fact, at));
            }
            Fact::IncidentQuarantined(fact) => {
                if let Some(body) = &fact.body {
                    self.take_targets(body);
                    self.incidents.put(Incident {
                        said: Some(self.damaged(fact.incident, &fact.why)),
                        ..body.as_ref().clone()
                    });
                    changed.incidents.push(fact.incident);
                }
            }
            Fact::IncidentRated(fact) => self.with(fact.incident, changed, |one| {
                one.severity = one.severity.max(fact.severity);
            }),
            Fact::UnprovenChanged(fact) => self.with(fact.incident, changed, |one| {
                one.dirt = fact.dirt.clone();
                if one.state.is_by_human() {
                    one.dirt.forgive();
                }
            }),
            Fact::ChangeSettled(fact) if fact.by == SettledBy::Human => {
                let Some(granted) = self.intent(fact.intent) else {
                    return;
                };
                let (run, intent) = (granted.run, granted.intent.clone());
                if let Some(id) = run.incident() {
                    self.with(id, changed, |one| settled(one, &intent, fact, at));
                }
            }
            Fact::RunStarted(fact) => {
                if let RunId::Incident(id, ordinal) = fact.run {
                    self.with(id, changed, |one| {
                        one.runs = ordinal + 1;
                        one.run = Some(fact.run);
                        one.again = false;
                    });
                }
            }
            Fact::NoticeGiven(fact) => {
                let notice = fact.notice.as_ref();
                let notice = notice.filter(|one| one.kind != program::MessageKind::Tell);
                if let (Some(id), Some(notice)) = (fact.run.incident(), notice) {
                    let (text, reason) = (notice.text.clone(), notice.because);
                    self.with(id, changed, |one| one.said = Some(Said { text, reason }));
                }
            }
            Fact::RunEnded(fact) => self.works_no_more(fact.run, changed),
            Fact::RunQuarantined(fact) => {
                self.works_no_more(fact.run, changed);
                if let Some(id) = fact.run.incident() {
                    let said = self.damaged(id, &fact.why);
                    self.with(id, changed, |one| one.said = Some(said));
                }
            }
            Fact::IncidentOpened(_)
            | Fact::EventJoined(_)
            | Fact::AlertCleared(_)
            | Fact::IncidentReopened(_) => self.arrival_changes(fact, at, changed),
            other => self.duty_changes(other, at, changed),
        }
    }

    /// What has come for an incident: it is opened, joined, back, or one of its alerts is over.
    fn arrival_changes(&mut self, fact: &Fact, at: Time, changed: &mut Differing) {
        match fact {
            Fact::IncidentOpened(fact) => {
                self.incidents.keys.saw(&Keyed {
                    id: fact.incident,
                    runbook: fact.runbook.clone(),
                    key: fact.key.clone(),
                    opened: at,
                });
                self.incidents.put(opened(fact, at));
                changed.incidents.push(fact.incident);
                self.fires(fact.incident, fact.firing.clone(), changed);
            }
            Fact::EventJoined(fact) => {
                self.with(fact.incident, changed, |one| joined(one, fact));
                // What is told late of a firing whose end is known does not fire again.
                let is_over = |one: &Incident| one.state.is_over();
                let is_late = fact.echo && !self.incident(fact.incident).is_some_and(is_over);
                if !is_late {
                    let firing = fact.fingerprint.clone().zip(fact.starts_at);
                    self.fires(fact.incident, firing, changed);
                }
            }
            Fact::AlertCleared(fact) => {
                self.with(fact.incident, changed, |one| one.cleared |= fact.last);
                if let Some(since) = self.alerts(fact.incident).fires_since(&fact.fingerprint) {
                    let fires = false;
                    let heard = Heard { since, fires };
                    self.hears_of(fact.incident, &fact.fingerprint, heard, changed);
                }
            }
            Fact::IncidentReopened(fact) => {
                self.with(fact.incident, changed, |one| reopened(one, fact, at));
                self.fires(fact.incident, fact.firing.clone(), changed);
            }
            _ => {}
        }
    }

    /// An alert of an incident fires.
    fn fires(&mut self, id: IncidentId, firing: Option<(SmolStr, Time)>, changed: &mut Differing) {
        if let Some((alert, since)) = firing {
            let fires = true;
            self.hears_of(id, &alert, Heard { since, fires }, changed);
        }
    }

    /// What is told of an alert is the one row that its telling writes.
    fn hears_of(&mut self, id: IncidentId, alert: &SmolStr, heard: Heard, changed: &mut Differing) {
        if self.incident(id).is_none() || self.alerts(id).of(alert) == Some(heard) {
            return;
        }
        let alerts = self.incidents.alerts.entry(id).or_default();
        alerts.put(alert.clone(), heard);
        changed.rows.push(Write::Alert {
            incident: id,
            fingerprint: alert.clone(),
            heard,
        });
    }

    /// Who has the duty, and until when; and the pages that told of it.
    fn duty_changes(&mut self, fact: &Fact, at: Time, changed: &mut Differing) {
        match fact {
            Fact::IncidentHanded(fact) => self.with(fact.incident, changed, |one| {
                one.state = IncidentState::Handed;
                one.since = at;
                one.until = None;
                one.storm = None;
            }),
            Fact::StormJoined(fact) => self.with(fact.incident, changed, |one| {
                one.storm = Some(fact.scope.clone());
            }),
            Fact::IncidentAcknowledged(fact) => self.with(fact.incident, changed, |one| {
                let by = fact.by.clone();
                one.state = IncidentState::Acknowledged { by };
                one.since = at;
                one.until = fact.term.map(|term| moment::after(at, term));
                one.storm = None;
            }),
            Fact::AcknowledgementLapsed(fact) => self.with(fact.incident, changed, |one| {
                one.state = IncidentState::Handed;
                one.since = at;
                one.until = None;
            }),
            Fact::ClockStepped(fact) => {
                let bodies = self.incidents.bodies.values_mut();
                for one in bodies.filter(|one| one.until.is_some()) {
                    one.until = one.until.map(|until| moment::after(until, fact.by));
                    changed.incidents.push(one.id);
                }
            }
            Fact::MessagesBundled(fact) => {
                let known = fact.messages.iter().filter_map(|id| self.message(*id));
                let told = known.filter_map(|outbox| outbox.message.incident);
                for id in told.collect::<BTreeSet<_>>() {
                    self.with(id, changed, |one| {
                        one.pages.push((fact.page, fact.to.clone()));
                        let old = one.pages.len().saturating_sub(PAGES);
                        one.pages.drain(..old);
                    });
                }
            }
            _ => {}
        }
    }

    /// What is said where a record cannot be read.
    fn damaged(&self, id: IncidentId, why: &str) -> Said {
        Said {
            text: why.to_owned(),
            reason: Some(self.reason_of_damage(id)),
        }
    }

    /// A newer run may be at work already, in what earlier versions did.
    fn works_no_more(&mut self, run: RunId, changed: &mut Differing) {
        if let Some(id) = run.incident() {
            self.with(id, changed, |one| {
                one.run = one.run.filter(|current| *current != run);
            });
        }
    }

    /// What a run said is told with what became of its changes.
    pub(super) fn says_more(&mut self, id: IncidentId, text: &str) {
        let incident = self.incidents.bodies.get_mut(&id);
        let said = incident.and_then(|one| one.said.as_mut());
        if let Some(said) = said.filter(|said| text.starts_with(&said.text)) {
            said.text = text.to_owned();
        }
    }

    /// Somebody has been asked for something: it has arrived, or may have.
    pub(super) fn asked(&mut self, fact: &Fact, changed: &mut Differing) {
        let messages = match fact {
            Fact::MessagesDelivered(fact) => &fact.messages,
            Fact::MessagesFailed(fact) => &fact.messages,
            _ => return,
        };
        let known = messages.iter().filter_map(|id| self.message(*id));
        let known = known.filter(|outbox| outbox.message.kind.asks());
        let told: Vec<(IncidentId, SmolStr)> = known
            .filter_map(|outbox| Some((outbox.message.incident?, outbox.to.clone())))
            .collect();
        for (id, to) in told {
            if self.incident(id).is_some_and(|one| !one.told.contains(&to)) {
                self.with(id, changed, |one| one.told.push(to));
            }
        }
    }

    /// What stands in timelines now.
    pub(super) fn entered(
        &mut self,
        lines: Vec<(IncidentId, Happened)>,
        at: Time,
        changed: &mut Differing,
    ) {
        for (id, happened) in lines {
            let mut number = None;
            self.with(id, changed, |incident| {
                number = Some(incident.next_entry);
                incident.next_entry += 1;
            });
            let Some(number) = number else {
                changed.missing.push(id);
                continue;
            };
            changed.rows.push(Write::Entry {
                incident: id,
                entry: Entry {
                    number,
                    at,
                    happened,
                },
            });
        }
    }
}
