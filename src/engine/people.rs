//! What people do: acknowledge, resolve, stop all changes and let them go on.

use smol_str::SmolStr;

use super::{Action, Engine};
use crate::journal::{
    ChangesFrozen, ChangesReleased, Error, Hold, How, IncidentAcknowledged, IncidentId,
    IncidentState, Journal, MessageKind, Obstacle, Scope, Write,
};
use crate::run;
use crate::value::Time;

/// Why something that a human asked for cannot be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    NoSuchIncident,
    /// It is over already.
    Over,
    /// Somebody else did it before.
    Already {
        by: SmolStr,
    },
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Refusal::NoSuchIncident => out.write_str("there is no such incident"),
            Refusal::Over => out.write_str("the incident is resolved already"),
            Refusal::Already { by } => write!(out, "{by} did that already"),
        }
    }
}

impl Engine {
    /// Somebody takes the duty over: nobody else is told any more.
    pub fn acknowledge(
        &mut self,
        journal: &dyn Journal,
        id: IncidentId,
        by: &str,
        now: Time,
    ) -> Result<Result<(), Refusal>, Error> {
        let Some(incident) = self.desk.incident(journal, id)? else {
            return Ok(Err(Refusal::NoSuchIncident));
        };
        match &incident.state {
            IncidentState::Resolved { .. } => return Ok(Err(Refusal::Over)),
            IncidentState::Acknowledged { by } => {
                return Ok(Err(Refusal::Already { by: by.clone() }));
            }
            IncidentState::Open | IncidentState::Handed | IncidentState::Reopened => {}
        }
        incident.state = IncidentState::Acknowledged { by: by.into() };
        incident.since = now;
        let had_duty = incident.duty.take().is_some();
        let told = incident.told.clone();
        let acknowledged = IncidentAcknowledged {
            incident: id,
            by: by.into(),
            term: None,
        };
        self.record(journal, acknowledged, now)?;
        if had_duty {
            self.end_chain(journal, id, "somebody has answered", now)?;
        }
        self.give_up_pages(id, "somebody has answered", now);
        let text = format!("acknowledged by {by}");
        for address in told {
            self.send(
                journal,
                id,
                &address,
                MessageKind::Acknowledged,
                &text,
                None,
                now,
            )?;
        }
        self.actions.push(Action::Note { incident: id, text });
        Ok(Ok(()))
    }

    /// Somebody says that it is over. A run under way is called off: what it has begun is finished,
    /// nothing more is begun.
    pub fn resolve(
        &mut self,
        journal: &dyn Journal,
        id: IncidentId,
        by: &str,
        why: &str,
        now: Time,
    ) -> Result<Result<(), Refusal>, Error> {
        let Some(incident) = self.desk.incident(journal, id)? else {
            return Ok(Err(Refusal::NoSuchIncident));
        };
        if incident.state.is_over() {
            return Ok(Err(Refusal::Over));
        }
        let run = incident.run;
        let said = Some((by.into(), why.into()));
        // First, so that a run that ends right now has nobody to tell any more.
        self.resolved(journal, id, How::Human, said, now)?;
        if let Some(run) = run {
            self.answer(journal, run, run::Input::Cancel, now)?;
        }
        self.work_on(journal, now)?;
        Ok(Ok(()))
    }

    /// Stops all changes: no run begins another one until they are let go on. What is to be changed
    /// meanwhile waits, as long as its patience lasts.
    pub fn stop_changes(&mut self, by: &str, why: &str, now: Time) -> Result<(), Refusal> {
        if let Some(hold) = &self.hold {
            return Err(Refusal::Already {
                by: hold.by.clone(),
            });
        }
        let hold = Hold {
            by: by.into(),
            why: why.into(),
            since: now,
        };
        let frozen = ChangesFrozen {
            scope: Scope::All,
            by: hold.by.clone(),
            why: hold.why.clone(),
            until: None,
        };
        self.desk.fact(frozen, now);
        self.hold = Some(hold.clone());
        self.desk.write(Write::Hold(Some(hold)));
        Ok(())
    }

    /// Lets changes go on. False if nothing stopped them.
    pub fn release_changes(&mut self, journal: &dyn Journal, now: Time) -> Result<bool, Error> {
        if self.hold.take().is_none() {
            return Ok(false);
        }
        let released = ChangesReleased {
            scope: Scope::All,
            by: None,
            why: None,
        };
        self.desk.fact(released, now);
        self.desk.write(Write::Hold(None));
        self.is_gone(Obstacle::Freeze(Scope::All));
        self.work_on(journal, now)?;
        Ok(true)
    }
}
