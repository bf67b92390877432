//! The lines of timelines: what is told of a fact, for people.

use smol_str::SmolStr;

use super::Model;
use crate::effect::{Changes, End};
use crate::journal::{
    ChangeSettled, Climb, Debt, DebtId, Fact, Happened, How, IncidentId, IncidentState,
    IntentState, MessageId, MessageKind, RunId, Subject,
};
use crate::program;
use crate::run::Event;
use crate::value::{SHOWN_CHARACTERS, escape_text};

/// The lines of timelines that a fact is.
pub fn lines(model: &Model, fact: &Fact) -> Vec<(IncidentId, Happened)> {
    let told = |ids: &[MessageId], happened: &dyn Fn(SmolStr, MessageKind) -> Happened| {
        let known = ids.iter().filter_map(|id| model.message(*id));
        let told = known.filter_map(|outbox| {
            let incident = outbox.message.incident?;
            Some((incident, happened(outbox.to.clone(), outbox.message.kind)))
        });
        told.collect()
    };
    match fact {
        Fact::AcknowledgementLapsed(_) | Fact::IncidentAcknowledged(_) | Fact::NoticeGiven(_) => {
            of_duty(model, fact).into_iter().collect()
        }
        Fact::RunQuarantined(fact) => {
            let given_up = fact.run.incident();
            given_up.map_or_else(Vec::new, |id| given_up_lines(model, id, &fact.why))
        }
        Fact::DebtOverdue(fact) => owed(model, fact.debt, |debt| Happened::Overdue {
            by: debt.owed_by.clone(),
            text: debt.text.clone(),
        }),
        Fact::DebtPaid(fact) => owed(model, fact.debt, |debt| Happened::Paid {
            by: debt.owed_by.clone(),
        }),
        Fact::MessagesDropped(fact) => told(&fact.messages, &|to, _| Happened::Dropped {
            to,
            why: escape_text(&fact.why, SHOWN_CHARACTERS),
        }),
        Fact::MessagesBundled(fact) => {
            let others = fact.messages.len().saturating_sub(1);
            let others = u32::try_from(others).unwrap_or(u32::MAX);
            told(&fact.messages, &|to, _| Happened::Bundled {
                to,
                page: fact.page,
                others,
            })
        }
        Fact::MessagesDelivered(fact) => {
            told(&fact.messages, &|to, kind| Happened::Sent { to, kind })
        }
        Fact::MessagesFailed(fact) => told(&fact.messages, &|to, _| Happened::Undelivered {
            to,
            why: escape_text(&fact.why, SHOWN_CHARACTERS),
            tries: fact.tries,
        }),
        Fact::ChangeStarted(fact) => {
            let known = model.intent(fact.intent);
            let again = known.filter(|granted| granted.state == IntentState::Unknown);
            let again = again.and_then(|granted| {
                let call = granted.intent.call.clone();
                Some((granted.run.incident()?, Happened::Repeated { call }))
            });
            again.into_iter().collect()
        }
        Fact::ChangePerformed(fact) => {
            let performed = model.intent(fact.intent).and_then(|granted| {
                let happened = Happened::Performed {
                    kind: granted.intent.kind,
                    how: fact.how.clone(),
                    call: granted.intent.call.clone(),
                    outcome: fact.outcome.clone()?,
                };
                Some((granted.run.incident()?, happened))
            });
            performed.into_iter().collect()
        }
        Fact::ChangeSettled(fact) => settled(model, fact).into_iter().collect(),
        fact => line(fact).into_iter().collect(),
    }
}

/// A run that cannot be read is over, and what could not be read stands before that.
fn given_up_lines(model: &Model, id: IncidentId, why: &str) -> Vec<(IncidentId, Happened)> {
    let known = model.incident(id);
    let is_changed = known.is_none_or(|one| one.dirt.has_changed());
    let changes = match is_changed || model.unsettled_of(id).next().is_some() {
        true => Changes::Unknown,
        false => Changes::None,
    };
    let reason = model.reason_of_damage(id);
    let (why, ended) = (why.to_owned(), End::Handed { reason, changes });
    vec![
        (id, Happened::Quarantined { why }),
        (id, Happened::Ended(ended)),
    ]
}

/// What was found out about a change, and by whom.
fn settled(model: &Model, fact: &ChangeSettled) -> Option<(IncidentId, Happened)> {
    let granted = model.intent(fact.intent)?;
    let (call, outcome) = (granted.intent.call.clone(), fact.outcome);
    let happened = match fact.who.clone() {
        Some(by) => {
            let why = fact.why.clone().unwrap_or_default();
            Happened::SettledBy {
                call,
                outcome,
                by,
                why,
            }
        }
        None => Happened::Settled { call, outcome },
    };
    Some((granted.run.incident()?, happened))
}

/// The lines of who has an incident, and of what its runs say to people.
fn of_duty(model: &Model, fact: &Fact) -> Option<(IncidentId, Happened)> {
    match fact {
        Fact::AcknowledgementLapsed(fact) => match &model.incident(fact.incident)?.state {
            IncidentState::Acknowledged { by } => {
                let by = by.clone();
                Some((fact.incident, Happened::Lapsed { by }))
            }
            _ => None,
        },
        Fact::IncidentAcknowledged(fact) => {
            let by = fact.by.clone();
            let before = model.incident(fact.incident).map(|one| &one.state);
            let happened = match before {
                Some(IncidentState::Acknowledged { by: from }) if *from != by => {
                    let from = from.clone();
                    Happened::TakenOver { by, from }
                }
                _ => Happened::Acknowledged { by },
            };
            Some((fact.incident, happened))
        }
        Fact::NoticeGiven(fact) => {
            let (id, notice) = (fact.run.incident()?, fact.notice.clone()?);
            let of_storm = model.incident(id).is_some_and(|one| one.storm.is_some());
            let happened = match notice.kind == program::MessageKind::Page && of_storm {
                true => Happened::Needed(notice),
                false => Happened::Told(notice),
            };
            Some((id, happened))
        }
        _ => None,
    }
}

/// The line about a debt, in the timeline of the incident that it came of.
fn owed(
    model: &Model,
    debt: DebtId,
    happened: impl Fn(&Debt) -> Happened,
) -> Vec<(IncidentId, Happened)> {
    let debt = model.debt(debt).into_iter();
    debt.map(|debt| (debt.incident, happened(debt))).collect()
}

/// The line of a timeline that a fact is, if it is one by itself.
fn line(fact: &Fact) -> Option<(IncidentId, Happened)> {
    of_incident(fact).or_else(|| {
        let (run, happened) = of_run(fact).or_else(|| of_change(fact))?;
        Some((run.incident()?, happened))
    })
}

fn of_incident(fact: &Fact) -> Option<(IncidentId, Happened)> {
    match fact {
        Fact::IncidentQuarantined(fact) => {
            let why = fact.why.clone();
            Some((fact.incident, Happened::Quarantined { why }))
        }
        Fact::StormJoined(fact) => {
            let of = fact.scope.clone();
            Some((fact.incident, Happened::InStorm { of }))
        }
        Fact::IncidentOpened(fact) => {
            let event = fact.event;
            Some((fact.incident, Happened::Opened { event }))
        }
        Fact::IncidentRequested(fact) => {
            let happened = Happened::Requested {
                by: fact.by.clone(),
                role: fact.role.clone(),
                parameters: fact.parameters.clone(),
            };
            Some((fact.incident, happened))
        }
        Fact::IncidentRated(fact) => {
            let severity = fact.severity;
            Some((fact.incident, Happened::Run(Event::Rated { severity })))
        }
        Fact::EventJoined(fact) => {
            let event = fact.event;
            let joined = (fact.incident, Happened::Joined { event });
            fact.news.then_some(joined)
        }
        Fact::AlertCleared(fact) => {
            let (event, fingerprint) = (fact.event, fact.fingerprint.clone());
            let happened = match fact.last {
                true => Happened::Cleared { event },
                false => Happened::ClearedOne { event, fingerprint },
            };
            Some((fact.incident, happened))
        }
        Fact::IncidentReopened(fact) => {
            let event = fact.event;
            Some((fact.incident, Happened::Reopened { event }))
        }
        Fact::IncidentResolved(fact) => (fact.how == How::Human).then(|| {
            let by = fact.by.clone().unwrap_or_default();
            let why = fact.why.clone().unwrap_or_default();
            (fact.incident, Happened::ResolvedBy { by, why })
        }),
        Fact::ChainAdvanced(fact) => match fact.subject {
            Subject::Incident(incident) => {
                let to = fact.role.clone();
                let happened = match fact.why {
                    Climb::First => Happened::Asked { to },
                    Climb::Unanswered => Happened::Escalated { to },
                    // What is still on its way is not told again.
                    Climb::Unreached if fact.repeats > 0 => return None,
                    Climb::Unreached => Happened::Unreached { to },
                };
                Some((incident, happened))
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
        Fact::PopulationFrozen(fact) => {
            let (line, members) = (fact.line.clone(), fact.members.clone());
            let frozen = Event::PopulationFrozen { line, members };
            (fact.run, Happened::Run(frozen))
        }
        Fact::EvidenceAttached(fact) => (fact.run, Happened::Attached(fact.values.clone())),
        Fact::RunEnded(fact) => (fact.run, Happened::Ended(fact.end.clone())),
        Fact::RunResumed(fact) => (fact.run, Happened::Resumed),
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
        "RunQuarantined",
        "IncidentAcknowledged",
        "AcknowledgementLapsed",
        "NoticeGiven",
        "ChangeStarted",
        "ChangePerformed",
        "ChangeSettled",
        "TargetsReleased",
        "MessagesBundled",
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
