//! Work that an input leaves behind: done piece by piece, so many in a turn, and never one inside
//! another.

use smol_str::SmolStr;

use super::Engine;
use super::decide::chain;
use crate::effect::Reason;
use crate::journal::{
    DebtId, Error, IncidentId, Journal, MessageKind, Obstacle, RunId, Scope, Subject,
};
use crate::run;
use crate::value::Time;

/// A piece of work.
#[derive(Clone, Debug)]
pub enum Work {
    /// A run hears of something.
    Answer(RunId, run::Input),
    /// Something is not in the way any more.
    Pass(Obstacle),
    /// A page cannot be delivered here: the next link of the chain, if there is one, is told at once.
    NextLink(Subject, SmolStr),
    /// Nobody has answered: the next link of the chain is told, or the last one again.
    Climb(IncidentId),
    /// A page goes to this address, unless one is still on its way there.
    Tell(IncidentId, SmolStr, String, Option<Reason>),
    /// A page goes to this address.
    Send(IncidentId, SmolStr, String, Option<Reason>),
    /// A page has arrived at this address.
    Reached(Subject, SmolStr),
    /// The chain of an incident is told from its beginning.
    Page(IncidentId, String, Option<Reason>),
    /// Nobody has an incident any more that somebody had acknowledged: the chain hears of it again.
    HearAgain(IncidentId, String, Option<Reason>),
    /// Nobody has answered a storm: the next link is told, or the last one again.
    ClimbStorm(Scope),
    /// A storm is told of at this address.
    TellOfStorm(Scope, SmolStr),
    /// An incident is told of with its storm, and not by itself any more.
    Fold(IncidentId),
    /// Whoever owns something in a scope is told something.
    TellOwners(Scope, String),
    /// It is asked whether a debt is paid.
    LookAtDebt(DebtId),
}

/// How many pieces are done before what came of them is written, and other inputs are taken in.
pub const TURN: usize = 256;

impl Engine {
    /// Does what is to be done, as much as fits into a turn.
    pub(super) fn work_on(&mut self, journal: &dyn Journal, now: Time) -> Result<(), Error> {
        for _ in 0..TURN {
            match self.work.pop_front() {
                Some(Work::Answer(run, input)) => self.answer(journal, run, input, now)?,
                Some(Work::Pass(obstacle)) => self.pass(journal, &obstacle, now)?,
                Some(Work::NextLink(subject, to)) => {
                    self.next_link(journal, &subject, &to, now)?;
                }
                Some(Work::Climb(incident)) => self.climb(journal, incident, false, now)?,
                Some(Work::Tell(id, address, text, reason)) => {
                    let decision = chain::pages(&self.model, id, address, text, reason);
                    self.carry_out(decision, now);
                }
                Some(Work::Send(id, address, text, reason)) => {
                    self.send(journal, id, &address, MessageKind::Page, &text, reason, now)?;
                }
                Some(Work::Reached(subject, to)) => self.reached(journal, &subject, &to, now)?,
                Some(Work::Page(incident, text, reason)) => {
                    self.page_chain(journal, incident, &text, reason, now)?;
                }
                Some(Work::HearAgain(incident, text, reason)) => {
                    self.hear_again(journal, incident, &text, reason, now)?;
                }
                Some(Work::ClimbStorm(scope)) => self.climb_storm(journal, &scope, now)?,
                Some(Work::TellOfStorm(scope, to)) => {
                    self.tell_of_storm(journal, &scope, &to, now)?;
                }
                Some(Work::Fold(incident)) => self.fold(incident, now)?,
                Some(Work::TellOwners(scope, text)) => self.tell_scope(&scope, &text, now),
                Some(Work::LookAtDebt(debt)) => self.look_at_debt(journal, debt, now)?,
                None => break,
            }
        }
        Ok(())
    }
}
