//! Work that an input leaves behind: done piece by piece, so many in a turn, and never one inside
//! another.

use smol_str::SmolStr;

use super::Engine;
use crate::effect::Reason;
use crate::journal::{DebtId, Error, IncidentId, Journal, MessageKind, Obstacle, RunId};
use crate::run;
use crate::value::Time;

/// A piece of work.
#[derive(Clone, Debug)]
pub enum Work {
    /// A run hears of something.
    Answer(RunId, run::Input),
    /// Something is not in the way any more.
    Pass(Obstacle),
    /// A page cannot be delivered: the next link of the chain, if there is one, is told at once.
    NextLink(IncidentId),
    /// Nobody has answered: the next link of the chain is told, or the last one again.
    Climb(IncidentId),
    /// A page goes to this address.
    Tell(IncidentId, SmolStr, String, Option<Reason>),
    /// The chain of an incident is told from its beginning.
    Page(IncidentId, String),
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
                Some(Work::NextLink(incident)) => self.next_link(journal, incident, now)?,
                Some(Work::Climb(incident)) => self.climb(journal, incident, now)?,
                Some(Work::Tell(id, address, text, reason)) => {
                    self.send(journal, id, &address, MessageKind::Page, &text, reason, now)?;
                }
                Some(Work::Page(incident, text)) => {
                    self.page_chain(journal, incident, &text, None, now)?;
                }
                Some(Work::LookAtDebt(debt)) => self.look_at_debt(journal, debt, now)?,
                None => break,
            }
        }
        Ok(())
    }
}
