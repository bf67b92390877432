//! What is decided goes on the record: a fact of the batch and, where it is told, a line of its
//! incident's timeline.

use smol_str::SmolStr;

use super::Engine;
use super::decide::Decision;
use super::drive::incident_of;
use super::model::Model;
use super::timer::Timer;
use crate::effect::{Changes, End, Reason};
use crate::journal::{
    ChainAdvanced, ChainStarted, Error, Fact, Happened, How, IncidentId, Journal, LinkReached,
    MessageId, RunId, Subject,
};
use crate::planted::Planted;
use crate::value::{SHOWN_CHARACTERS, Time, escape_text};

impl Engine {
    /// Something has happened.
    pub(super) fn record(
        &mut self,
        journal: &dyn Journal,
        fact: impl Into<Fact>,
        now: Time,
    ) -> Result<(), Error> {
        let fact = fact.into();
        let lines = lines(&self.model, &fact);
        let chain = chain_of(&fact);
        self.decided(fact, now);
        if let Some(incident) = chain {
            self.keep_chain(journal, incident)?;
        }
        for (incident, happened) in lines {
            self.desk.note(journal, incident, now, happened)?;
        }
        Ok(())
    }

    /// Something has happened that no timeline tells: it changes the model, and nothing else does.
    pub(super) fn decided(&mut self, fact: Fact, now: Time) {
        self.decided_before(self.desk.facts_so_far(), fact, now);
    }

    /// Something has happened that others of this batch are a consequence of.
    pub(super) fn decided_before(&mut self, first: usize, fact: Fact, now: Time) {
        for write in self.model.rows(&fact, now) {
            self.desk.write(write);
        }
        self.model.apply(&fact, now);
        self.timers.extend(timers(&fact));
        self.desk.fact_before(first, fact, now);
    }

    /// The record of an incident says who is told of it.
    pub(super) fn keep_chain(
        &mut self,
        journal: &dyn Journal,
        id: IncidentId,
    ) -> Result<(), Error> {
        let duty = self.model.chain(id).cloned();
        if let Some(incident) = self.desk.incident(journal, id)? {
            incident.duty = duty;
        }
        Ok(())
    }

    /// What a decision says becomes so.
    pub(super) fn carry_out(
        &mut self,
        journal: &dyn Journal,
        decision: Decision,
        now: Time,
    ) -> Result<(), Error> {
        let Decision {
            facts,
            work,
            actions,
        } = decision;
        for fact in facts {
            self.record(journal, fact, now)?;
        }
        self.work.extend(work);
        self.actions.extend(actions);
        Ok(())
    }
}

/// The incident whose chain a fact moves.
fn chain_of(fact: &Fact) -> Option<IncidentId> {
    let subject = match fact {
        Fact::ChainStarted(fact) => &fact.subject,
        Fact::ChainAdvanced(fact) => &fact.subject,
        Fact::LinkReached(fact) => &fact.subject,
        Fact::ChainEnded(fact) => &fact.subject,
        _ => return None,
    };
    match subject {
        Subject::Incident(incident) => Some(*incident),
        Subject::Storm(_) => None,
    }
}

/// What a fact makes due, and when.
fn timers(fact: &Fact) -> Vec<(Time, Timer)> {
    match fact {
        Fact::DwellStarted(fact) => vec![(fact.until, Timer::Holding(fact.event))],
        Fact::DwellMoved(fact) => vec![(fact.until, Timer::Holding(fact.event))],
        Fact::ChainStarted(ChainStarted { subject, next, .. })
        | Fact::ChainAdvanced(ChainAdvanced { subject, next, .. })
        | Fact::LinkReached(LinkReached { subject, next, .. }) => match subject {
            Subject::Incident(incident) => vec![(*next, Timer::Duty(*incident))],
            Subject::Storm(_) => vec![(*next, Timer::Storms)],
        },
        Fact::DebtIncurred(fact) => vec![(fact.next, Timer::Debt(fact.debt))],
        Fact::DebtChecked(fact) => vec![(fact.next, Timer::Debt(fact.debt))],
        Fact::MessagesFailed(_) if Planted::NotSentAgain.is_in() => Vec::new(),
        Fact::MessagesFailed(fact) => {
            let tried = fact.messages.iter();
            let again = tried.filter_map(|id| Some((fact.next?, Timer::Message(*id))));
            again.collect()
        }
        _ => Vec::new(),
    }
}

/// The lines of timelines that a fact is.
fn lines(model: &Model, fact: &Fact) -> Vec<(IncidentId, Happened)> {
    let told = |ids: &[MessageId], happened: &dyn Fn(SmolStr) -> Happened| {
        let known = ids.iter().filter_map(|id| model.message(*id));
        let told = known.filter_map(|outbox| {
            let incident = outbox.message.incident?;
            Some((incident, happened(outbox.to.clone())))
        });
        told.collect()
    };
    match fact {
        Fact::MessagesDelivered(fact) => told(&fact.messages, &|to| Happened::Delivered { to }),
        Fact::MessagesFailed(fact) => told(&fact.messages, &|to| Happened::Undelivered {
            to,
            why: escape_text(&fact.why, SHOWN_CHARACTERS),
            tries: fact.tries,
        }),
        Fact::ChangePerformed(fact) => {
            let performed = model.intent(fact.intent).and_then(|granted| {
                let happened = Happened::Performed {
                    kind: granted.intent.kind,
                    how: fact.how.clone(),
                    call: granted.intent.call.clone(),
                    outcome: fact.outcome.clone()?,
                };
                Some((incident_of(granted.run)?, happened))
            });
            performed.into_iter().collect()
        }
        Fact::ChangeSettled(fact) => {
            let settled = model.intent(fact.intent).and_then(|granted| {
                let (call, outcome) = (granted.intent.call.clone(), fact.outcome);
                if let Some(by) = fact.who.clone() {
                    let why = fact.why.clone().unwrap_or_default();
                    let happened = Happened::SettledBy {
                        call,
                        outcome,
                        by,
                        why,
                    };
                    return Some((incident_of(granted.run)?, happened));
                }
                Some((
                    incident_of(granted.run)?,
                    Happened::Settled { call, outcome },
                ))
            });
            settled.into_iter().collect()
        }
        fact => line(fact).into_iter().collect(),
    }
}

/// The line of a timeline that a fact is, if it is one by itself.
fn line(fact: &Fact) -> Option<(IncidentId, Happened)> {
    of_incident(fact).or_else(|| {
        let (run, happened) = of_run(fact).or_else(|| of_change(fact))?;
        Some((incident_of(run)?, happened))
    })
}

fn of_incident(fact: &Fact) -> Option<(IncidentId, Happened)> {
    match fact {
        Fact::IncidentQuarantined(fact) => {
            let why = fact.why.clone();
            Some((fact.incident, Happened::Quarantined { why }))
        }
        Fact::IncidentOpened(fact) => {
            let event = fact.event;
            Some((fact.incident, Happened::Opened { event }))
        }
        Fact::EventJoined(fact) => {
            let event = fact.event;
            let joined = (fact.incident, Happened::Joined { event });
            fact.news.then_some(joined)
        }
        Fact::AlertCleared(fact) => {
            let event = fact.event;
            let cleared = (fact.incident, Happened::Cleared { event });
            fact.last.then_some(cleared)
        }
        Fact::IncidentReopened(fact) => {
            let event = fact.event;
            Some((fact.incident, Happened::Reopened { event }))
        }
        Fact::IncidentAcknowledged(fact) => {
            let by = fact.by.clone();
            Some((fact.incident, Happened::Acknowledged { by }))
        }
        Fact::IncidentResolved(fact) => (fact.how == How::Human).then(|| {
            let by = fact.by.clone().unwrap_or_default();
            let why = fact.why.clone().unwrap_or_default();
            (fact.incident, Happened::ResolvedBy { by, why })
        }),
        Fact::ChainAdvanced(fact) => match fact.subject {
            Subject::Incident(incident) => {
                let to = fact.role.clone();
                Some((incident, Happened::Escalated { to }))
            }
            Subject::Storm(_) => None,
        },
        _ => None,
    }
}

fn of_run(fact: &Fact) -> Option<(RunId, Happened)> {
    Some(match fact {
        Fact::RunStarted(fact) => match fact.run {
            RunId::Incident(_, run) => (fact.run, Happened::Began { run }),
            RunId::Debt(..) => return None,
        },
        Fact::Observed(fact) => {
            let (call, outcome) = (fact.call.clone(), fact.outcome.clone()?);
            (fact.run, Happened::Observed { call, outcome })
        }
        Fact::RunReported(fact) => (fact.run, Happened::Run(fact.event.clone()?)),
        Fact::EvidenceAttached(fact) => (fact.run, Happened::Attached(fact.values.clone())),
        Fact::NoticeGiven(fact) => (fact.run, Happened::Told(fact.notice.clone()?)),
        Fact::RunEnded(fact) => (fact.run, Happened::Ended(fact.end.clone())),
        Fact::RunResumed(fact) => (fact.run, Happened::Resumed),
        Fact::RunQuarantined(fact) => {
            let (reason, changes) = (Reason::Limit, Changes::Partly);
            (fact.run, Happened::Ended(End::Handed { reason, changes }))
        }
        _ => return None,
    })
}

fn of_change(fact: &Fact) -> Option<(RunId, Happened)> {
    Some(match fact {
        Fact::IntentWaiting(fact) => {
            let (call, why) = (fact.intent.call.clone(), fact.why.clone());
            (fact.run, Happened::Waits { call, why })
        }
        Fact::IntentGranted(fact) => (
            fact.run,
            Happened::Granted {
                call: fact.change.call.clone(),
                kind: fact.change.kind,
                attempt: fact.change.attempt,
            },
        ),
        Fact::IntentRefused(fact) => (
            fact.run,
            Happened::Refused {
                call: fact.call.clone(),
                reason: fact.reason,
                why: fact.why.clone(),
            },
        ),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::line;
    use crate::journal::samples;

    /// What is told of, and says no more than another line, or is added by whoever records it.
    const WITHOUT: &[&str] = &[
        "IncidentHanded",
        "ChangePerformed",
        "ChangeSettled",
        "TargetsReleased",
        "MessagesDelivered",
        "MessagesFailed",
        "MessagesDropped",
        "ChainStarted",
        "ChainEnded",
        "DebtIncurred",
        "DebtChecked",
        "DebtOverdue",
        "DebtPaid",
    ];

    #[test]
    fn what_is_told_is_a_line() {
        let told: Vec<&str> = samples()
            .iter()
            .filter(|(_, fact)| line(fact).is_some())
            .map(|(name, _)| *name)
            .collect();
        for (name, fact) in samples() {
            let expected = fact.kind().is_told() && !WITHOUT.contains(&name);
            assert_eq!(told.contains(&name), expected, "{name}");
        }
    }
}
