//! What a fact changes in the model. It never fails: a fact about what is not there changes nothing.

use super::dwells::{later, moved, started};
use super::lines::lines;
use super::{Model, StandingAlert, is_due};
use crate::effect::Settled;
use crate::journal::{
    Debt, Delivery, Duty, EventId, Fact, IncidentId, IntentGranted, IntentId, IntentState,
    MessageQueued, Newest, Outbox, RunId, StoredIntent, Subject, TargetsReleased, Write,
};
use crate::planted::Planted;
use crate::run::{IntentKind, moment};
use crate::value::Time;

/// What of a store differs once something has happened.
#[derive(Debug, Default)]
pub struct Differing {
    pub rows: Vec<Write>,
    /// Incidents whose rows differ: each is written once for all that becomes durable together.
    pub incidents: Vec<IncidentId>,
    /// Incidents that something happened to while they were not at hand.
    pub missing: Vec<IncidentId>,
}

impl Differing {
    fn of(&mut self, runs: impl IntoIterator<Item = RunId>) {
        let incidents = runs.into_iter().filter_map(RunId::incident);
        self.incidents.extend(incidents);
    }
}

impl Model {
    /// Something has happened at this time.
    pub fn apply(&mut self, fact: &Fact, at: Time) -> Differing {
        let mut changed = Differing::default();
        let lines = lines(self, fact);
        self.asked(fact, &mut changed);
        self.works_on(fact);
        self.rows(fact, at, &mut changed);
        self.incident_changes(fact, at, &mut changed);
        self.apply_rest(fact, at, &mut changed);
        self.entered(lines, at, &mut changed);
        count(&mut self.newest, fact);
        changed
    }

    pub(super) fn put_debt(&mut self, debt: Debt) {
        let owing = (debt.incident, debt.id);
        match debt.paid {
            None => {
                self.owing.insert(owing);
                self.debts.insert(debt.id, debt);
            }
            Some(_) => {
                self.owing.remove(&owing);
                self.debts.remove(&debt.id);
            }
        }
    }

    /// What is changed by a fact of one kind alone.
    fn apply_rest(&mut self, fact: &Fact, at: Time, changed: &mut Differing) {
        match fact {
            Fact::ChangeStarted(fact) => self.sent(fact.intent, at, changed),
            Fact::ChangeQueued(fact) => self.intents.is(fact.intent, IntentState::Queued),
            Fact::ChainStarted(_)
            | Fact::ChainAdvanced(_)
            | Fact::LinkReached(_)
            | Fact::ChainEnded(_) => self.chained(fact, changed),
            Fact::ClockStepped(stepped) => {
                self.clock = moment::longer(self.clock, stepped.by);
                changed.rows.push(Write::Clock(self.clock));
                self.chained(fact, changed);
            }
            Fact::PackageLoaded(fact) => self.loaded(fact, changed),
            Fact::ScheduleDue(fact) => self.came_due(fact, changed),
            Fact::ScheduleEnded(fact) => self.schedule_ended(fact, changed),
            Fact::IntentGranted(fact) => self.granted(fact, at, changed),
            Fact::TargetsReleased(fact) => self.released(fact, changed),
            Fact::ChangePerformed(fact) => self.intents.is(fact.intent, fact.state),
            Fact::ChangeSettled(fact) => {
                if let Some(state) = found_out(fact.outcome) {
                    self.intents.is(fact.intent, state);
                }
            }
            Fact::RunEnded(fact) => self.intents.end(fact.run),
            Fact::RunQuarantined(fact) => self.intents.end(fact.run),
            // What they change is put in place above.
            Fact::ChangesFrozen(_)
            | Fact::ChangesReleased(_)
            | Fact::FreezeReminded(_)
            | Fact::FreezeReaches(_)
            | Fact::DwellStarted(_)
            | Fact::DwellMoved(_)
            | Fact::DwellEnded(_)
            | Fact::StormBegan(_)
            | Fact::StormAcknowledged(_)
            | Fact::StormEnded(_)
            | Fact::MessageQueued(_)
            | Fact::MessagesBundled(_)
            | Fact::MessagesDelivered(_)
            | Fact::MessagesFailed(_)
            | Fact::MessagesDropped(_)
            | Fact::DebtIncurred(_)
            | Fact::DebtChecked(_)
            | Fact::DebtOverdue(_)
            | Fact::DebtPaid(_) => {}
            // They raise a number at most.
            Fact::AlertReceived(_)
            | Fact::EventReceived(_)
            | Fact::RequestReceived(_)
            | Fact::DeadLettered(_)
            | Fact::DeadLetterReplayed(_) => {}
            // Incidents have been changed; runs are not in the model.
            Fact::IncidentOpened(_)
            | Fact::EventJoined(_)
            | Fact::AlertCleared(_)
            | Fact::IncidentReopened(_)
            | Fact::IncidentHanded(_)
            | Fact::IncidentAcknowledged(_)
            | Fact::AcknowledgementLapsed(_)
            | Fact::IncidentResolved(_)
            | Fact::IncidentQuarantined(_)
            | Fact::IncidentRequested(_)
            | Fact::IncidentRated(_)
            | Fact::UnprovenChanged(_)
            | Fact::StormJoined(_)
            | Fact::RunStarted(_)
            | Fact::RunMoved(_)
            | Fact::Observed(_)
            | Fact::RunReported(_)
            | Fact::PopulationFrozen(_)
            | Fact::EvidenceAttached(_)
            | Fact::NoticeGiven(_)
            | Fact::RunResumed(_)
            | Fact::IntentWaiting(_)
            | Fact::IntentRefused(_) => {}
            // Nothing that a decision asks for.
            Fact::AgentStarted(_)
            | Fact::AgentStopped(_)
            | Fact::ProgramKept(_)
            | Fact::StoreMigrated(_) => {}
        }
    }

    pub(super) fn put_message(&mut self, outbox: Outbox) {
        let about = outbox.message.incident;
        let about = about.map(|incident| (incident, outbox.id));
        match is_due(&outbox) {
            true => {
                self.said.extend(about);
                self.outbox.insert(outbox.id, outbox);
            }
            false => {
                self.outbox.remove(&outbox.id);
                if let Some(about) = about {
                    self.said.remove(&about);
                }
            }
        }
    }

    fn chained(&mut self, fact: &Fact, changed: &mut Differing) {
        let subject = match fact {
            Fact::ChainStarted(fact) => Some(&fact.subject),
            Fact::ChainAdvanced(fact) => Some(&fact.subject),
            Fact::LinkReached(fact) => Some(&fact.subject),
            Fact::ChainEnded(fact) => Some(&fact.subject),
            Fact::ClockStepped(_) => {
                changed.incidents.extend(self.chains.keys());
                None
            }
            _ => None,
        };
        match subject {
            Some(Subject::Incident(incident)) => changed.incidents.push(*incident),
            Some(Subject::Storm(_)) | None => {}
        }
        match fact {
            Fact::ChainStarted(fact) => {
                if let Subject::Incident(incident) = fact.subject {
                    self.says_more(incident, &fact.text);
                    let duty = Duty {
                        link: fact.link,
                        repeats: 0,
                        next: fact.next,
                        text: fact.text.clone(),
                        reason: fact.reason.clone(),
                    };
                    self.chains.insert(incident, duty);
                }
            }
            Fact::ChainAdvanced(fact) => {
                if let Some(duty) = self.chain_of(&fact.subject) {
                    duty.link = Some(fact.link);
                    duty.repeats = fact.repeats;
                    duty.next = fact.next;
                }
            }
            Fact::LinkReached(fact) => {
                if let Some(duty) = self.chain_of(&fact.subject)
                    && duty.link == Some(fact.link)
                {
                    duty.next = fact.next;
                }
            }
            Fact::ChainEnded(fact) => match fact.subject {
                Subject::Incident(incident) => {
                    self.chains.remove(&incident);
                }
                Subject::Storm(_) => {}
            },
            Fact::ClockStepped(fact) => {
                for duty in self.chains.values_mut() {
                    duty.next = moment::after(duty.next, fact.by);
                }
            }
            _ => {}
        }
    }

    fn chain_of(&mut self, subject: &Subject) -> Option<&mut Duty> {
        match subject {
            Subject::Incident(incident) => self.chains.get_mut(incident),
            Subject::Storm(_) => None,
        }
    }

    /// What others had changed and not seen to be well is this run's now.
    fn granted(&mut self, fact: &IntentGranted, at: Time, changed: &mut Differing) {
        let intent = stored(fact, at);
        self.intents.put(intent.clone());
        if fact.change.kind != IntentKind::Do || Planted::TakeSkipped.is_in() {
            return;
        }
        for target in &fact.change.targets {
            let before = [self.locks.owner(target), self.disturbed.owner(target)];
            changed.of(before.into_iter().flatten().chain([fact.run]));
            self.locks.insert(target.clone(), fact.run);
            self.disturbed.insert(target.clone(), fact.run);
            self.lies_in.put(target, fact.change.named_by(target));
        }
        let counted = fact.change.counts_for();
        self.spent.add_all(counted, at);
        self.changed.add_all(&intent, at);
    }

    /// One that waited for a place is on its way from now on. One of which nobody knows whether it took effect is sent
    /// out once more: its targets are changed once more, as far as limits count.
    fn sent(&mut self, intent: IntentId, at: Time, changed: &mut Differing) {
        let known = self.intents.get(intent).map(|known| known.state);
        if known == Some(IntentState::Queued) {
            let (id, state) = (intent, IntentState::Open);
            self.intents.is(id, state);
            changed.rows.push(Write::IntentState { id, state });
            return;
        }
        let Some(again) = self.intents.sent_again(intent, at) else {
            return;
        };
        changed.rows.push(Write::Intent(again.clone()));
        if again.intent.kind == IntentKind::Do && !Planted::TakeSkipped.is_in() {
            self.changed.add_all(again, at);
        }
    }

    fn released(&mut self, fact: &TargetsReleased, changed: &mut Differing) {
        let locked = fact.locks.iter().map(|target| self.locks.owner(target));
        let all = fact.disturbed.iter();
        changed.of(locked
            .chain(all.map(|target| self.disturbed.owner(target)))
            .flatten());
        for target in &fact.locks {
            self.locks.remove(target);
        }
        for target in &fact.disturbed {
            self.disturbed.remove(target);
            self.lies_in.remove(target);
        }
    }

    /// The messages that differ, as they are then.
    pub(super) fn messages_after(&self, fact: &Fact, at: Time) -> Vec<Outbox> {
        let with = |ids: &[_], delivery: &dyn Fn() -> Delivery| {
            let known = ids.iter().filter_map(|id| self.outbox.get(id));
            let changed = known.map(|outbox| Outbox {
                delivery: delivery(),
                ..outbox.clone()
            });
            changed.collect::<Vec<_>>()
        };
        let given_up = |why: &str| Delivery::GivenUp {
            why: why.to_owned(),
        };
        match fact {
            Fact::MessageQueued(fact) => queued(fact, at).into_iter().collect(),
            Fact::MessagesBundled(fact) => {
                let known = fact.messages.iter().filter_map(|id| self.outbox.get(id));
                let bundled = known.map(|outbox| Outbox {
                    bundle: Some(fact.page),
                    ..outbox.clone()
                });
                bundled.collect()
            }
            Fact::MessagesDelivered(fact) => with(&fact.messages, &|| Delivery::Delivered { at }),
            Fact::MessagesFailed(fact) => with(&fact.messages, &|| match fact.next {
                Some(at) => Delivery::Due {
                    at,
                    tries: fact.tries,
                },
                None => given_up(&fact.why),
            }),
            Fact::MessagesDropped(fact) => with(&fact.messages, &|| given_up(&fact.why)),
            Fact::ClockStepped(fact) => {
                let moved = self.outbox.values().filter_map(|outbox| {
                    let Delivery::Due { at, tries } = outbox.delivery else {
                        return None;
                    };
                    let at = moment::after(at, fact.by);
                    Some(Outbox {
                        delivery: Delivery::Due { at, tries },
                        ..outbox.clone()
                    })
                });
                moved.collect()
            }
            _ => Vec::new(),
        }
    }

    /// The debts that differ, as they are then.
    pub(super) fn debts_after(&self, fact: &Fact, at: Time) -> Vec<Debt> {
        let known = |id| self.debts.get(&id).cloned().into_iter();
        match fact {
            Fact::DebtIncurred(fact) => vec![Debt {
                id: fact.debt,
                incident: fact.incident,
                code: fact.code,
                mitigation: fact.mitigation,
                captures: fact.captures.clone(),
                owed_by: fact.by.clone(),
                text: fact.text.clone(),
                due: fact.due,
                next_look: fact.next,
                looks: 0,
                overdue: false,
                paid: None,
            }],
            Fact::DebtChecked(fact) => known(fact.debt)
                .map(|debt| Debt {
                    looks: debt.looks + 1,
                    next_look: fact.next,
                    ..debt
                })
                .collect(),
            Fact::DebtOverdue(fact) => known(fact.debt)
                .map(|debt| Debt {
                    overdue: true,
                    ..debt
                })
                .collect(),
            Fact::DebtPaid(fact) => known(fact.debt)
                .map(|debt| Debt {
                    paid: Some(at),
                    ..debt
                })
                .collect(),
            Fact::ClockStepped(fact) => {
                let moved = self.debts.values().map(|debt| Debt {
                    next_look: moment::after(debt.next_look, fact.by),
                    due: moment::after(debt.due, fact.by),
                    ..debt.clone()
                });
                moved.collect()
            }
            _ => Vec::new(),
        }
    }

    /// What stands otherwise, or not any more: of which event, for which runbook.
    pub(super) fn dwells_after(
        &self,
        fact: &Fact,
        at: Time,
    ) -> Vec<(EventId, smol_str::SmolStr, Option<StandingAlert>)> {
        let placed = |standing: StandingAlert| {
            let place = (standing.dwell.event, standing.dwell.runbook.clone());
            (place.0, place.1, Some(standing))
        };
        match fact {
            Fact::DwellStarted(fact) => started(fact, at).map(placed).into_iter().collect(),
            Fact::DwellMoved(fact) => {
                let known = self.dwells.get(fact.event, &fact.from.runbook);
                let moved = known.map(|standing| moved(standing, fact));
                moved.map(placed).into_iter().collect()
            }
            Fact::DwellEnded(fact) => {
                let runbook = fact.trigger.runbook.clone();
                let known = self.dwells.get(fact.event, &runbook).is_some();
                known
                    .then_some((fact.event, runbook, None))
                    .into_iter()
                    .collect()
            }
            Fact::ClockStepped(fact) => {
                let all = self.dwells.all().cloned();
                all.map(|standing| placed(later(standing, fact.by)))
                    .collect()
            }
            _ => Vec::new(),
        }
    }
}

/// A granted change, as it is kept.
pub fn stored(fact: &IntentGranted, at: Time) -> StoredIntent {
    StoredIntent {
        id: fact.intent,
        run: fact.run,
        runbook: fact.runbook.clone(),
        at,
        intent: fact.change.as_ref().clone(),
        state: IntentState::Open,
        repeated: Vec::new(),
    }
}

/// What is known of a change once it is settled.
pub(super) fn found_out(outcome: Settled) -> Option<IntentState> {
    match outcome {
        Settled::Applied => Some(IntentState::Applied),
        Settled::NotApplied => Some(IntentState::NotApplied),
        Settled::Nothing => None,
    }
}

fn queued(fact: &MessageQueued, at: Time) -> Option<Outbox> {
    Some(Outbox {
        id: fact.message,
        to: fact.to.clone(),
        message: fact.rendered.as_deref()?.clone(),
        delivery: Delivery::Due { at, tries: 0 },
        bundle: None,
        upto: fact.incident.map(|_| fact.upto),
    })
}

/// The highest number of each kind.
fn count(newest: &mut Newest, fact: &Fact) {
    let raise = |number: &mut u64, used: u64| *number = (*number).max(used);
    match fact {
        Fact::AlertReceived(fact) => raise(&mut newest.event, fact.event.0),
        Fact::EventReceived(fact) => raise(&mut newest.event, fact.event.0),
        Fact::RequestReceived(fact) => raise(&mut newest.event, fact.event.0),
        Fact::ScheduleDue(fact) => raise(&mut newest.event, fact.event.map_or(0, |id| id.0)),
        Fact::IncidentOpened(fact) => raise(&mut newest.incident, fact.incident.0),
        Fact::IncidentQuarantined(fact) => raise(&mut newest.incident, fact.incident.0),
        Fact::IntentGranted(fact) => raise(&mut newest.intent, fact.intent.0),
        Fact::MessageQueued(fact) => raise(&mut newest.message, fact.message.0),
        Fact::DebtIncurred(fact) => raise(&mut newest.debt, fact.debt.0),
        Fact::DeadLettered(fact) => raise(&mut newest.letter, fact.letter.0),
        _ => {}
    }
}
