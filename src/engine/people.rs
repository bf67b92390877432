//! What people do: acknowledge and resolve. What they stop stands in `freeze.rs`.

use smol_str::SmolStr;

use super::decide::{chain, deliver};
use super::{Action, Engine};
use crate::effect::Reason;
use crate::journal::{
    Freeze, How, IncidentAcknowledged, IncidentId, IncidentState, IntentId, MessageKind, Scope,
    StoredIntent, settling,
};
use crate::run;
use crate::value::Time;

/// Whoever takes something on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taker {
    pub by: SmolStr,
    /// Also where somebody else has it.
    pub takes_over: bool,
}

impl Taker {
    /// Whether what somebody may have is left to them.
    pub fn leaves(&self, has: Option<&SmolStr>) -> Result<(), Refusal> {
        match has {
            Some(has) if *has != self.by && !self.takes_over => {
                Err(Refusal::Has { by: has.clone() })
            }
            Some(_) | None => Ok(()),
        }
    }
}

/// Why something that a human asked for cannot be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    NoSuchIncident,
    /// It is over already.
    Over,
    /// Changes there are stopped already, by this.
    Frozen(Scope, Freeze),
    /// Somebody else has it.
    Has {
        by: SmolStr,
    },
    /// Nobody doubts what became of its changes.
    NothingUnknown,
    /// What became of that change nobody doubts; of these others of the incident somebody does.
    OtherUnknown(IntentId, String),
    /// Nobody has said yet what became of these changes of this incident.
    Unsettled(IncidentId, Vec<String>),
    /// These changes are unknown, and it was not said which is meant.
    Several(String),
    /// A run is still about to find out itself.
    AtWork,
    /// There are these others.
    NoStorm(Vec<Scope>),
    /// Nothing that is loaded or at work is called that.
    NothingThere(Scope),
    /// No page of this number told of anything that is not over.
    NoSuchPage,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Refusal::NoSuchIncident => out.write_str("there is no such incident"),
            Refusal::NoSuchPage => {
                out.write_str("no page of this number reports an incident that is not over")
            }
            Refusal::NothingThere(scope) => write!(
                out,
                "nothing that is loaded or at work belongs to {}",
                scope.shown()
            ),
            Refusal::NoStorm(others) => {
                out.write_str("there is no such storm")?;
                let mut others = others.iter();
                others.try_for_each(|scope| {
                    let shown = scope.shown();
                    write!(out, "; there is one of {shown}: `rbk storm ack {scope}`")
                })
            }
            Refusal::Over => out.write_str("the incident is resolved already"),
            Refusal::Frozen(scope, freeze) => {
                let (scope, Freeze { by, why, since, .. }) = (scope.shown(), freeze);
                write!(
                    out,
                    "changes of {scope} are stopped already, by {by} since {since}"
                )?;
                match why.trim() {
                    "" => Ok(()),
                    why => write!(out, ": {why}"),
                }?;
                out.write_str("; that stays as it is")
            }
            Refusal::Has { by } => write!(
                out,
                "{by} has it: say so if you take it over (`rbk … ack … --take-over`, or \
                 {{\"take_over\": true}})"
            ),
            Refusal::NothingUnknown => {
                out.write_str("no change of the incident has an unknown outcome")
            }
            Refusal::OtherUnknown(change, others) => write!(
                out,
                "{change} is not a change of the incident with an unknown outcome: {others} is"
            ),
            Refusal::Unsettled(id, changes) => write!(
                out,
                "nobody knows what became of {}, and its targets would be free: say first what became of it (`{}`, where \
                 OUTCOME is `applied` or `not-applied`)",
                changes.join("; "),
                settling("", *id, changes.len())
            ),
            Refusal::Several(changes) => {
                write!(
                    out,
                    "several changes have an unknown outcome, say which: {changes}"
                )
            }
            Refusal::AtWork => {
                out.write_str("a run is at work on the incident and settles its changes itself")
            }
        }
    }
}

impl Engine {
    /// Somebody takes the duty over: nobody else is told any more.
    pub(super) fn acknowledged(
        &mut self,
        id: IncidentId,
        taker: &Taker,
        now: Time,
    ) -> Result<(), Refusal> {
        self.acknowledged_but(id, taker, None, now)
    }

    /// The same, and one address hears of it in another way.
    pub(super) fn acknowledged_but(
        &mut self,
        id: IncidentId,
        taker: &Taker,
        but: Option<SmolStr>,
        now: Time,
    ) -> Result<(), Refusal> {
        let Some(incident) = self.model.incident(id) else {
            return Err(Refusal::NoSuchIncident);
        };
        if incident.state.is_over() {
            return Err(Refusal::Over);
        }
        let (by, had) = (&taker.by, self.has(id));
        taker.leaves(had.as_ref())?;
        if had.as_ref() == Some(by) {
            // Whoever has it goes on having it.
            self.record(self.has_it(id, by), now);
            return Ok(());
        }
        let mut told = self.heard(id);
        told.retain(|address| Some(address) != but.as_ref());
        self.record(self.has_it(id, by), now);
        let decision = chain::ends(&self.model, id, "somebody has answered");
        self.carry_out(decision, now);
        let decision = deliver::drop_pages(&self.model, id, "somebody has answered");
        self.carry_out(decision, now);
        let text = match &had {
            Some(had) => format!("{by} takes it over from {had}"),
            None => format!("acknowledged by {by}"),
        };
        for address in told {
            self.send(id, &address, MessageKind::Acknowledged, &text, None, now);
        }
        // A page tells of others as well.
        let of_one = match &had {
            Some(had) => format!("{by} takes incident {id} over from {had}"),
            None => text.clone(),
        };
        let pages = self.pages_of(id);
        self.say_of_pages(id, pages, (MessageKind::Acknowledged, &of_one), now);
        self.actions.push(Action::Note { incident: id, text });
        Ok(())
    }

    /// Who has an incident.
    pub(super) fn has(&self, id: IncidentId) -> Option<SmolStr> {
        match &self.model.incident(id)?.state {
            IncidentState::Acknowledged { by } => Some(by.clone()),
            IncidentState::Open
            | IncidentState::Handed
            | IncidentState::Reopened
            | IncidentState::Resolved { .. } => None,
        }
    }

    /// What is said to whoever hears of a run that a human called off: also where the incident has come back since.
    pub(super) fn called_off_words(&self, id: IncidentId) -> Option<String> {
        let came_back = self.model.incident(id).filter(|one| one.again);
        let said = came_back.and_then(|one| one.said.as_ref());
        let said = said.filter(|said| said.reason.is_none());
        let by = self.called_over_by(id);
        let over = by.map(|by| format!("{by} had said that it is over"));
        over.or_else(|| said.map(|said| said.text.clone()))
    }

    /// Who has said that an incident is over, if that is why it is.
    fn called_over_by(&self, id: IncidentId) -> Option<SmolStr> {
        match &self.model.incident(id)?.state {
            IncidentState::Resolved { by, .. } => by.clone(),
            IncidentState::Acknowledged { .. }
            | IncidentState::Open
            | IncidentState::Handed
            | IncidentState::Reopened => None,
        }
    }

    /// Who was told of an incident, or is being told; not those whose page has not left yet.
    pub(super) fn heard(&self, id: IncidentId) -> Vec<SmolStr> {
        let told = self.model.incident(id).map(|one| one.told.clone());
        let mut told = told.unwrap_or_default();
        let asks = self.model.messages_of(id);
        let asks = asks.filter(|one| one.message.kind.asks() && self.contacts.is_under_way(one));
        for one in asks {
            if !told.contains(&one.to) {
                told.push(one.to.clone());
            }
        }
        told
    }

    fn has_it(&self, incident: IncidentId, by: &str) -> IncidentAcknowledged {
        IncidentAcknowledged {
            incident,
            by: by.into(),
            term: Some(self.bounds.pages.acknowledged),
        }
    }

    /// The chain of an incident that somebody had acknowledged hears of it again; in a storm, so does
    /// the chain of that.
    pub(super) fn hear_again(
        &mut self,
        id: IncidentId,
        text: &str,
        reason: Option<Reason>,
        now: Time,
    ) {
        if let Some(scope) = self.storm_telling_of(id) {
            let text = format!("of incident {id}: {text}");
            let decision = chain::storm_again(&self.model, &scope, text, now);
            self.carry_out(decision, now);
        }
        self.page_chain(id, text, reason, now);
    }

    /// Somebody says that it is over. A run under way is called off: what it has begun is finished,
    /// nothing more is begun.
    pub(super) fn called_over(
        &mut self,
        id: IncidentId,
        by: &str,
        why: &str,
        now: Time,
    ) -> Result<(), Refusal> {
        let Some(incident) = self.model.incident(id) else {
            return Err(Refusal::NoSuchIncident);
        };
        if incident.state.is_over() {
            return Err(Refusal::Over);
        }
        let run = incident.run;
        // What a run at work has begun, it settles, or leaves to a human again.
        let unknown = self.model.unknown_of(id);
        let left = unknown.filter(|change| Some(change.run) != run);
        let left = StoredIntent::called(left);
        if !left.is_empty() {
            return Err(Refusal::Unsettled(id, left));
        }
        let said = Some((by.into(), why.into()));
        // First, so that a run that ends right now has nobody to tell any more.
        self.resolved(id, How::Human, said, now);
        if let Some(run) = run {
            self.hears(run, run::Input::Cancel);
        }
        Ok(())
    }
}
