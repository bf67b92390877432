//! Intents that wait, by what is in their way; and whose turn it is when that is gone.
//!
//! An obstacle that goes wakes the first intent that waits for it and leaves it a *claim*: until its
//! run has changed what it meant to, or does not mean to any more, nobody else is woken for the same
//! obstacle, and nobody takes what it was woken for. So n waiting intents cost n wakings, in the
//! order in which they asked.

use std::collections::{BTreeMap, BTreeSet};

use smol_str::SmolStr;

use super::Engine;
use super::desk::Trouble;
use super::leave::Leave;
use super::timer::Timer;
use super::work::Work;
use crate::journal::{Error, Happened, Journal, RunId};
use crate::program::Program;
use crate::run::{self, Intent, moment};
use crate::value::{Identity, Time};

/// What is in the way of a change.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Obstacle {
    /// All changes are stopped.
    Hold,
    /// Somebody else works on this, on something in it, or on what it lies in.
    Lock(Identity),
    /// As many of this kind are disturbed as may be at once.
    AtOnce(SmolStr),
}

/// An intent that waits for its turn.
#[derive(Clone, Debug)]
pub struct Waiting {
    pub run: RunId,
    pub id: u64,
    pub intent: Box<Intent>,
    pub obstacle: Obstacle,
    pub why: String,
}

/// A place in the order of those who wait; the lower one asked first.
type Ticket = u64;

/// All who wait.
#[derive(Debug, Default)]
pub struct Waiters {
    newest: Ticket,
    by_ticket: BTreeMap<Ticket, Waiting>,
    by_obstacle: BTreeSet<(Obstacle, Ticket)>,
    /// A run waits for one change at a time.
    by_run: BTreeMap<RunId, Ticket>,
    /// Who was woken for what, and has not used it yet.
    claims: BTreeMap<RunId, Obstacle>,
}

impl Waiters {
    fn add(&mut self, waiting: Waiting) {
        self.newest += 1;
        self.put(self.newest, waiting);
    }

    fn put(&mut self, ticket: Ticket, waiting: Waiting) {
        self.by_obstacle.insert((waiting.obstacle.clone(), ticket));
        self.by_run.insert(waiting.run, ticket);
        self.by_ticket.insert(ticket, waiting);
    }

    fn take(&mut self, ticket: Ticket) -> Option<Waiting> {
        let waiting = self.by_ticket.remove(&ticket)?;
        self.by_obstacle.remove(&(waiting.obstacle.clone(), ticket));
        self.by_run.remove(&waiting.run);
        Some(waiting)
    }

    /// The intent of a run that waits, taken out; only if it is this one, where one is named.
    pub fn leave(&mut self, run: RunId, id: Option<u64>) -> Option<Waiting> {
        let ticket = *self.by_run.get(&run)?;
        let waits = self.by_ticket.get(&ticket)?;
        match id.is_none_or(|id| waits.id == id) {
            true => self.take(ticket),
            false => None,
        }
    }

    fn first(&self, obstacle: &Obstacle) -> Option<Ticket> {
        let from = (obstacle.clone(), 0);
        let (found, ticket) = self.by_obstacle.range(from..).next()?;
        (found == obstacle).then_some(*ticket)
    }

    /// What others were woken for.
    pub fn claims_of_others(&self, run: RunId) -> impl Iterator<Item = &Obstacle> {
        let others = self.claims.iter().filter(move |(owner, _)| **owner != run);
        others.map(|(_, obstacle)| obstacle)
    }

    fn is_claimed(&self, obstacle: &Obstacle) -> bool {
        self.claims.values().any(|claimed| claimed == obstacle)
    }
}

impl Engine {
    /// Lets an intent wait until what is in its way is gone, or its patience is over.
    pub(super) fn wait_for_turn(
        &mut self,
        journal: &dyn Journal,
        program: &Program,
        waiting: Waiting,
        now: Time,
    ) -> Result<(), Trouble> {
        let (run, id) = (waiting.run, waiting.id);
        let happened = Happened::Waits {
            call: waiting.intent.call.clone(),
            why: waiting.why.clone(),
        };
        self.note(journal, run, now, happened)?;
        let pending = run::Action::Intend {
            id,
            intent: waiting.intent.clone(),
        };
        self.desk.run(journal, run)?.pending.push(pending);
        let until = moment::after(now, program.metadata.patience);
        self.timers.insert((until, Timer::Patience(run, id)));
        self.end_claim(run);
        self.waiters.add(waiting);
        Ok(())
    }

    /// Takes up an intent that waited when the agent stopped.
    pub(super) fn wait_on(&mut self, waiting: Waiting) {
        self.is_gone(waiting.obstacle.clone());
        self.waiters.add(waiting);
    }

    /// Something is not in the way any more: whoever waits for it hears of it.
    pub(super) fn is_gone(&mut self, obstacle: Obstacle) {
        self.work.push_back(Work::Pass(obstacle));
    }

    /// A run has used what it was woken for, or will not.
    pub(super) fn end_claim(&mut self, run: RunId) {
        if let Some(obstacle) = self.waiters.claims.remove(&run) {
            self.is_gone(obstacle);
        }
    }

    /// Nothing is left to wait for: the run has ended.
    pub(super) fn stop_waiting(&mut self, run: RunId) {
        self.waiters.leave(run, None);
        self.end_claim(run);
    }

    /// Wakes the first one that waits for this, if it may go on now.
    pub(super) fn pass(
        &mut self,
        journal: &dyn Journal,
        obstacle: &Obstacle,
        now: Time,
    ) -> Result<(), Error> {
        if self.waiters.is_claimed(obstacle) {
            return Ok(());
        }
        let Some(ticket) = self.waiters.first(obstacle) else {
            return Ok(());
        };
        let Some(waiting) = self.waiters.take(ticket) else {
            return Ok(());
        };
        let leave = match self.code_of(journal, waiting.run) {
            Ok(program) => self.may(journal, waiting.run, &program, &waiting.intent, now)?,
            // Whoever drives it finds out why.
            Err(Trouble::Unreadable | Trouble::Ended) => Leave::Granted,
            Err(Trouble::Store(error)) => return Err(error),
        };
        match leave {
            Leave::Wait(next, why) => {
                // Somebody behind it may have been in its shadow only.
                if next != *obstacle {
                    self.is_gone(obstacle.clone());
                }
                let obstacle = next;
                self.waiters.put(
                    ticket,
                    Waiting {
                        obstacle,
                        why,
                        ..waiting
                    },
                );
            }
            Leave::Granted | Leave::Refused(..) => {
                let (run, id) = (waiting.run, waiting.id);
                match obstacle {
                    // It was in the way of all of them.
                    Obstacle::Hold => self.is_gone(Obstacle::Hold),
                    Obstacle::Lock(_) | Obstacle::AtOnce(_) => {
                        self.waiters.claims.insert(run, obstacle.clone());
                    }
                }
                self.work
                    .push_back(Work::Answer(run, run::Input::Free { id }));
            }
        }
        Ok(())
    }
}
