//! Work that an input leaves behind: done piece by piece, so many in a turn, and never one inside
//! another.

use smol_str::SmolStr;

use super::Engine;
use super::decide::chain;
use super::waiting::Ticket;
use crate::effect::Reason;
use crate::journal::{
    DebtId, EventId, IncidentId, MessageKind, Obstacle, RunId, Scheduled, Scope, Subject,
};
use crate::run;
use crate::value::Time;

/// A piece of work.
#[derive(Clone, Debug)]
pub enum Work {
    /// A run hears of something.
    Answer(RunId, run::Input),
    /// A run asks what has happened, of this name and since this time.
    Recall(RunId, Box<run::Observe>, (SmolStr, Time)),
    /// An intent of a run has waited for too long.
    Impatient(RunId, u64),
    /// What an event told has stood long enough.
    Stood(EventId),
    /// Something is not in the way any more.
    Pass(Obstacle),
    /// Changes of this scope go on: whoever they held waits for its turn.
    InTurn(Scope),
    /// A storm has begun: whoever asked after this one waits for it first.
    HeldByStorm(Ticket),
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
    /// It is asked what has come of a schedule.
    Due(Scheduled),
}

/// How many pieces are done before what came of them is written, and other inputs are taken in.
pub const TURN: usize = 256;

impl Engine {
    /// Does what is to be done, so many pieces at most, as long as what the next one needs is at
    /// hand; gives how many that were.
    pub(super) fn work_on(&mut self, most: usize, now: Time) -> usize {
        for done in 0..most {
            let ready = self
                .work
                .front()
                .is_some_and(|work| self.lacks(work).is_empty());
            let Some(work) = self.work.pop_front_if(|_| ready) else {
                return done;
            };
            self.do_work(work, now);
        }
        most
    }

    fn do_work(&mut self, work: Work, now: Time) {
        match work {
            Work::Answer(run, input) => self.answer(run, input, now),
            Work::Recall(run, observe, past) => self.recall(run, &observe, &past, now),
            Work::Impatient(run, id) => self.out_of_patience(run, id, now),
            Work::Stood(event) => self.stood_long_enough(event, now),
            Work::Pass(obstacle) => self.pass(&obstacle, now),
            Work::InTurn(scope) => self.waits_for_its_turn(&scope, now),
            Work::HeldByStorm(after) => self.held_by_storm(after, now),
            Work::NextLink(subject, to) => self.next_link(&subject, &to, now),
            Work::Climb(incident) => self.climb(incident, false, now),
            Work::Tell(id, address, text, reason) => {
                let decision = chain::pages(&self.model, id, address, text, reason);
                self.carry_out(decision, now);
            }
            Work::Send(id, address, text, reason) => {
                self.send(id, &address, MessageKind::Page, &text, reason, now);
            }
            Work::Reached(subject, to) => self.reached(&subject, &to, now),
            Work::Page(incident, text, reason) => self.page_chain(incident, &text, reason, now),
            Work::HearAgain(incident, text, reason) => {
                self.hear_again(incident, &text, reason, now);
            }
            Work::ClimbStorm(scope) => self.climb_storm(&scope, now),
            Work::TellOfStorm(scope, to) => self.tell_of_storm(&scope, &to, now),
            Work::Fold(incident) => self.fold(incident, now),
            Work::TellOwners(scope, text) => self.tell_scope(&scope, &text, now),
            Work::LookAtDebt(debt) => self.look_at_debt(debt, now),
            Work::Due(of) => self.schedule_came(&of, now),
        }
    }
}
