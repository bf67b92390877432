//! What is decided goes on the record: a fact of the batch and, where it is told, a line of its
//! incident's timeline.

use super::Engine;
use super::drive::incident_of;
use crate::effect::{Changes, End, Reason};
use crate::journal::{
    Error, Fact, Happened, How, IncidentId, Journal, LetterId, RunId, Subject, TargetsReleased,
};
use crate::value::Time;

impl Engine {
    /// Something has happened.
    pub(super) fn record(
        &mut self,
        journal: &dyn Journal,
        fact: impl Into<Fact>,
        now: Time,
    ) -> Result<(), Error> {
        let fact = fact.into();
        let line = line(&fact);
        self.desk.fact(fact, now);
        match line {
            Some((incident, happened)) => self.desk.note(journal, incident, now, happened),
            None => Ok(()),
        }
    }

    /// The number of the next dead letter.
    pub(super) fn next_letter(&mut self) -> LetterId {
        self.newest.letter += 1;
        LetterId(self.newest.letter)
    }
}

/// The line of a timeline that a fact is, if it is one by itself.
fn line(fact: &Fact) -> Option<(IncidentId, Happened)> {
    let of_run = |run: RunId, happened| Some((incident_of(run)?, happened));
    match fact {
        Fact::IncidentOpened(fact) => {
            let event = fact.event;
            Some((fact.incident, Happened::Opened { event }))
        }
        Fact::EventJoined(fact) => {
            let event = fact.event;
            fact.news
                .then_some((fact.incident, Happened::Joined { event }))
        }
        Fact::AlertCleared(fact) => {
            let event = fact.event;
            fact.last
                .then_some((fact.incident, Happened::Cleared { event }))
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
        Fact::RunStarted(fact) => match fact.run {
            RunId::Incident(incident, run) => Some((incident, Happened::Began { run })),
            RunId::Debt(..) => None,
        },
        Fact::Observed(fact) => of_run(
            fact.run,
            Happened::Observed {
                call: fact.call.clone(),
                outcome: fact.outcome.clone()?,
            },
        ),
        Fact::RunReported(fact) => of_run(fact.run, Happened::Run(fact.event.clone()?)),
        Fact::EvidenceAttached(fact) => of_run(fact.run, Happened::Attached(fact.values.clone())),
        Fact::NoticeGiven(fact) => of_run(fact.run, Happened::Told(fact.notice.clone()?)),
        Fact::RunEnded(fact) => of_run(fact.run, Happened::Ended(fact.end.clone())),
        Fact::RunResumed(fact) => of_run(fact.run, Happened::Resumed),
        Fact::RunQuarantined(fact) => {
            let (reason, changes) = (Reason::Limit, Changes::Partly);
            of_run(fact.run, Happened::Ended(End::Handed { reason, changes }))
        }
        Fact::IntentWaiting(fact) => of_run(
            fact.run,
            Happened::Waits {
                call: fact.intent.call.clone(),
                why: fact.why.clone(),
            },
        ),
        Fact::IntentGranted(fact) => of_run(
            fact.run,
            Happened::Granted {
                call: fact.change.call.clone(),
                kind: fact.change.kind,
                attempt: fact.change.attempt,
            },
        ),
        Fact::IntentRefused(fact) => of_run(
            fact.run,
            Happened::Refused {
                call: fact.call.clone(),
                reason: fact.reason,
                why: fact.why.clone(),
            },
        ),
        Fact::ChainAdvanced(fact) => match fact.subject {
            Subject::Incident(incident) => {
                let to = fact.role.clone();
                Some((incident, Happened::Escalated { to }))
            }
            Subject::Storm(_) => None,
        },
        // What they are about stands in another fact: whoever records them adds the line.
        Fact::ChangePerformed(_)
        | Fact::ChangeSettled(_)
        | Fact::MessagesDelivered(_)
        | Fact::MessagesFailed(_)
        | Fact::MessagesDropped(_) => None,
        // Nothing that anybody has to read.
        Fact::AlertReceived(_)
        | Fact::EventReceived(_)
        | Fact::RequestReceived(_)
        | Fact::DeadLettered(_)
        | Fact::DwellStarted(_)
        | Fact::DwellMoved(_)
        | Fact::DwellEnded(_)
        | Fact::IncidentHanded(_)
        | Fact::RunMoved(_)
        | Fact::ChangeStarted(_)
        | Fact::TargetsReleased(TargetsReleased { .. })
        | Fact::MessageQueued(_)
        | Fact::ChainStarted(_)
        | Fact::ChainEnded(_)
        | Fact::ChangesFrozen(_)
        | Fact::ChangesReleased(_)
        | Fact::AgentStarted(_)
        | Fact::AgentStopped(_)
        | Fact::ClockStepped(_)
        | Fact::PackageLoaded(_)
        | Fact::ProgramKept(_)
        | Fact::StoreMigrated(_)
        | Fact::DebtIncurred(_)
        | Fact::DebtChecked(_)
        | Fact::DebtOverdue(_)
        | Fact::DebtPaid(_) => None,
    }
}
