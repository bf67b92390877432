//! Intents that wait, by what is in their way; and whose turn it is when that is gone.
//!
//! An obstacle that goes wakes the first intent that waits for it and leaves it a *claim*: until its
//! run has changed what it meant to, or does not mean to any more, nobody else is woken for the same
//! obstacle, and nobody takes what it was woken for. So n waiting intents cost n wakings, in the
//! order in which they asked.

use std::collections::{BTreeMap, BTreeSet};

use super::Engine;
use super::asking::Asking;
use super::desk::Trouble;
use super::gate::{self, Question, Verdict};
use super::leave::Refused;
use super::model::places_around;
use super::timer::Timer;
use super::work::Work;
use crate::effect::Reason;
use crate::journal::{IntentWaiting, Obstacle, RunId, Scope};
use crate::planted::Planted;
use crate::program::{CodeHash, MessageKind, Program};
use crate::run::{self, IntentKind, moment};
use crate::value::{Duration, Identity, Time};

/// An intent that waits for its turn.
#[derive(Clone, Debug)]
pub struct Waiting {
    pub asking: Asking,
    /// The gate that says so.
    pub gate: &'static str,
    pub obstacle: Obstacle,
    /// The code of its run.
    pub code: CodeHash,
    pub why: String,
    /// Its patience lasts until then.
    pub until: Time,
}

impl Waiting {
    pub fn new(
        asking: Asking,
        code: CodeHash,
        gate: &'static str,
        obstacle: Obstacle,
        why: String,
        until: Time,
    ) -> Waiting {
        Waiting {
            until,
            code,
            gate,
            asking,
            obstacle,
            why,
        }
    }
}

/// A place in the order of those who wait; the lower one asked first.
pub type Ticket = u64;

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
    /// The same by what they were woken for: one for each at most.
    claimed: BTreeMap<Obstacle, RunId>,
}

impl Waiters {
    fn add(&mut self, waiting: Waiting) {
        self.newest += 1;
        self.put(self.newest, waiting);
    }

    pub fn put(&mut self, ticket: Ticket, waiting: Waiting) {
        self.by_obstacle.insert((waiting.obstacle.clone(), ticket));
        self.by_run.insert(waiting.asking.run, ticket);
        self.by_ticket.insert(ticket, waiting);
    }

    fn take(&mut self, ticket: Ticket) -> Option<Waiting> {
        let waiting = self.by_ticket.remove(&ticket)?;
        self.by_obstacle.remove(&(waiting.obstacle.clone(), ticket));
        self.by_run.remove(&waiting.asking.run);
        Some(waiting)
    }

    /// Whoever asked first of those who wait for this, taken out.
    pub fn take_first(&mut self, obstacle: &Obstacle) -> Option<(Ticket, Waiting)> {
        let ticket = self.first(obstacle)?;
        Some((ticket, self.take(ticket)?))
    }

    /// The intent of a run that waits, taken out; only if it is this one, where one is named.
    pub fn leave(&mut self, run: RunId, id: Option<u64>) -> Option<Waiting> {
        let ticket = *self.by_run.get(&run)?;
        let waits = self.by_ticket.get(&ticket)?;
        match id.is_none_or(|id| waits.asking.id == id) {
            true => self.take(ticket),
            false => None,
        }
    }

    /// Whoever asked next after this one.
    fn after(&self, ticket: Ticket) -> Option<(Ticket, &Waiting)> {
        let later = self.by_ticket.range(ticket.checked_add(1)?..);
        later.map(|(ticket, waiting)| (*ticket, waiting)).next()
    }

    fn first(&self, obstacle: &Obstacle) -> Option<Ticket> {
        let from = (obstacle.clone(), 0);
        let (found, ticket) = self.by_obstacle.range(from..).next()?;
        (found == obstacle).then_some(*ticket)
    }

    /// The freezes, storms and turns that somebody waits for.
    pub fn holding_all(&self) -> Vec<Obstacle> {
        let mut found = Vec::new();
        // Freezes come first of all obstacles, storms and turns last.
        for first in [Obstacle::Freeze(Scope::All), Obstacle::Storm(Scope::All)] {
            let mut from = (first, 0);
            while let Some((obstacle, _)) = self.by_obstacle.range(from..).next()
                && obstacle.holds_all()
            {
                found.push(obstacle.clone());
                from = (obstacle.clone(), Ticket::MAX);
            }
        }
        found
    }

    /// The moments that somebody waits for.
    pub fn moments(&self) -> Vec<Obstacle> {
        // They come last of all obstacles.
        let from = Obstacle::Until(Time::default());
        let waited = self.by_obstacle.range((from, 0)..);
        let mut moments: Vec<Obstacle> = waited.map(|(obstacle, _)| obstacle.clone()).collect();
        moments.dedup();
        moments
    }

    /// The clock was set: whoever waits has waited for as long as before.
    pub fn shift(&mut self, by: Duration) {
        for waiting in self.by_ticket.values_mut() {
            waiting.until = moment::after(waiting.until, by);
        }
    }

    /// Whether another one was woken for this.
    pub fn is_claimed_by_another(&self, run: RunId, obstacle: &Obstacle) -> bool {
        let owner = self.claimed.get(obstacle);
        owner.is_some_and(|owner| *owner != run)
    }

    /// The outermost thing that another one was woken for, in this target or around it.
    pub fn lock_claimed(&self, run: RunId, target: &Identity) -> Option<&Identity> {
        let around = places_around(target).map(Obstacle::Target);
        let around = around.filter_map(|place| self.claimed.get_key_value(&place));
        let inside = self.claimed.range(Obstacle::Target(target.clone())..);
        let mut claimed = around.chain(inside);
        loop {
            let (obstacle, owner) = claimed.next()?;
            match obstacle {
                Obstacle::Target(locked) if locked.contains(target) || target.contains(locked) => {
                    if *owner != run {
                        return Some(locked);
                    }
                }
                Obstacle::Target(_)
                | Obstacle::Freeze(_)
                | Obstacle::Count(..)
                | Obstacle::Storm(_)
                | Obstacle::Turn
                | Obstacle::Until(_) => return None,
            }
        }
    }

    fn claim(&mut self, run: RunId, obstacle: Obstacle) {
        self.end_claim(run);
        self.claimed.insert(obstacle.clone(), run);
        self.claims.insert(run, obstacle);
    }

    /// What a run was woken for is nobody's any more.
    fn end_claim(&mut self, run: RunId) -> Option<Obstacle> {
        let obstacle = self.claims.remove(&run)?;
        self.claimed.remove(&obstacle);
        Some(obstacle)
    }
}

impl Engine {
    /// Lets an intent wait until what is in its way is gone, or its patience is over.
    pub(super) fn wait_for_turn(
        &mut self,
        program: &Program,
        waiting: Waiting,
        now: Time,
    ) -> Result<(), Trouble> {
        let (run, id) = (waiting.asking.run, waiting.asking.id);
        let intent = waiting.asking.intent.clone();
        let patience = program.metadata.patience;
        let left = self.patience_for(&waiting.obstacle, run, patience, now);
        let until = moment::after(now, left);
        let waiting = Waiting { until, ..waiting };
        self.record(waits(&waiting), now);
        let pending = match waiting.asking.again {
            true => run::Action::Repeat { id, intent },
            false => run::Action::Intend { id, intent },
        };
        self.desk.run(run)?.pending.push(pending);
        self.timers.insert((until, Timer::Patience(run, id)));
        self.end_claim(run);
        self.opens_later(&waiting.obstacle);
        match self.released_done(run) {
            // Whoever was held with others asked before those that asked since.
            Some(ticket) => self.waiters.put(ticket, waiting),
            None => self.waiters.add(waiting),
        }
        Ok(())
    }

    /// An intent has waited for too long. What takes something back or releases it is never refused:
    /// it waits on, and the owner hears of it.
    pub(super) fn out_of_patience(&mut self, run: RunId, id: u64, now: Time) {
        let Some(ticket) = self.waiters.by_run.get(&run).copied() else {
            return;
        };
        if Planted::PatienceForgotten.is_in() {
            return;
        }
        // What it waits for may have become another thing, with a patience of its own.
        let is_over = self.waiters.by_ticket.get(&ticket);
        if is_over.is_some_and(|waiting| waiting.until > now) {
            return;
        }
        let Some(waiting) = self.waiters.leave(run, Some(id)) else {
            return;
        };
        let Some(waiting) = self.waits_in_turn((ticket, waiting), now) else {
            return;
        };
        let intent = &waiting.asking.intent;
        match intent.kind {
            IntentKind::Do => {
                let reason = match waiting.obstacle {
                    Obstacle::Freeze(_) => Reason::Hold,
                    Obstacle::Storm(_) | Obstacle::Turn => Reason::Systemic,
                    Obstacle::Until(_) => Reason::Window,
                    Obstacle::Target(_) | Obstacle::Count(..) => Reason::Patience,
                };
                let refused = Refused {
                    gate: waiting.gate,
                    reason,
                    why: format!("waited for too long: {}", waiting.why),
                };
                self.refuse(&waiting.asking, refused, now);
                // It is read later, when they may have been let go on.
                let why = waiting.why.replace(" are stopped by ", " were stopped by ");
                self.was_refused(run, reason, why);
                self.answer(run, run::Input::Refused { id, reason }, now);
            }
            IntentKind::Undo | IntentKind::Release => {
                let (name, why) = (intent.call.name.clone(), waiting.why.clone());
                self.waiters.put(ticket, waiting);
                let text = format!("{name} takes something back, and waits: {why}");
                self.tell_the_owner(run, text, now);
            }
        }
    }

    fn tell_the_owner(&mut self, run: RunId, text: String, now: Time) {
        let code = self.desk.code_of(run);
        let Some(program) = code.and_then(|code| self.desk.program(code).ok()) else {
            return;
        };
        let owner = program.metadata.owner;
        let owner = owner.and_then(|owner| program.roles.get(owner.index()));
        let notice = run::Notice {
            kind: MessageKind::Tell,
            roles: owner.map(|role| role.name.clone()).into_iter().collect(),
            text,
            because: None,
        };
        self.tell(run, &program, notice, now);
    }

    /// Takes up an intent that waited when the agent stopped.
    pub(super) fn wait_on(&mut self, waiting: Waiting) {
        self.opens_later(&waiting.obstacle);
        self.is_gone(waiting.obstacle.clone());
        self.waiters.add(waiting);
    }

    /// Something is not in the way any more: whoever waits for it hears of it.
    pub(super) fn is_gone(&mut self, obstacle: Obstacle) {
        self.work.push_back(Work::Pass(obstacle));
    }

    /// A run has used what it was woken for, or will not.
    pub(super) fn end_claim(&mut self, run: RunId) {
        if let Some(obstacle) = self.waiters.end_claim(run)
            && !Planted::ClaimStays.is_in()
        {
            self.is_gone(obstacle);
        }
    }

    /// Nothing is left to wait for: the run has ended.
    pub(super) fn stop_waiting(&mut self, run: RunId) {
        self.waiters.leave(run, None);
        self.end_claim(run);
        self.released_done(run);
    }

    /// Wakes the first one that waits for this, if it may go on now.
    pub(super) fn pass(&mut self, obstacle: &Obstacle, now: Time) {
        if self.waiters.claimed.contains_key(obstacle) && !Planted::WakesAll.is_in() {
            return;
        }
        if self.is_released_later(obstacle) {
            if let Obstacle::Freeze(scope) = obstacle {
                self.work.push_back(Work::InTurn(scope.clone()));
            }
            return;
        }
        let Some(ticket) = self.waiters.first(obstacle) else {
            return;
        };
        let Some(waiting) = self.waiters.take(ticket) else {
            return;
        };
        let mut patience = Duration::ZERO;
        let leave = match self.desk.program(waiting.code) {
            Ok(program) => {
                patience = program.metadata.patience;
                let question = Question {
                    asking: &waiting.asking,
                    program: &program,
                    now,
                };
                gate::pass(&self.known(), &question)
            }
            // Whoever drives it finds out why.
            Err(_) => ("", Verdict::Go),
        };
        match leave {
            (gate, Verdict::Wait(next, why)) => {
                // Somebody behind it may have been in its shadow only.
                let is_another = next != *obstacle;
                if is_another {
                    self.is_gone(obstacle.clone());
                }
                let waiting = Waiting {
                    gate,
                    obstacle: next,
                    why,
                    ..waiting
                };
                self.waits_behind(obstacle, (ticket, waiting), patience, now);
            }
            (_, Verdict::Go | Verdict::Refuse(..)) => {
                let (run, id) = (waiting.asking.run, waiting.asking.id);
                match obstacle {
                    // It was in the way of all of them.
                    Obstacle::Freeze(_) | Obstacle::Storm(_) | Obstacle::Turn => {
                        self.released(run, ticket, now);
                        self.is_gone(obstacle.clone());
                    }
                    // Time is in nobody's hands: all who waited for it go on, one after the other.
                    Obstacle::Until(_) => self.is_gone(obstacle.clone()),
                    other if Planted::WakesAll.is_in() => self.is_gone(other.clone()),
                    Obstacle::Target(_) | Obstacle::Count(..) => {
                        self.waiters.claim(run, obstacle.clone());
                    }
                }
                // What passed while no agent was there is left out already.
                let here = moment::since(self.started, now);
                let input = run::Input::Free {
                    id,
                    anew: true,
                    left_out: self.model.stormed(run, now).min(here),
                };
                self.work.push_back(Work::Answer(run, input));
            }
        }
    }

    /// Whoever waited for one thing waits for this now, in the same place of the order.
    pub(super) fn waits_behind(
        &mut self,
        before: &Obstacle,
        (ticket, mut waiting): (Ticket, Waiting),
        patience: Duration,
        now: Time,
    ) {
        if before.is_patient() != waiting.obstacle.is_patient() {
            self.waits_for_another(patience, &mut waiting, now);
        }
        if *before != waiting.obstacle {
            self.opens_later(&waiting.obstacle);
            self.record(waits(&waiting), now);
        }
        self.waiters.put(ticket, waiting);
    }

    /// A storm has begun: whoever waits for its turn waits for that first, or for the freeze that comes
    /// before it; one after the other.
    pub(super) fn held_by_storm(&mut self, after: Ticket, now: Time) {
        let Some((ticket, waiting)) = self.waiters.after(after) else {
            return;
        };
        self.work.push_back(Work::HeldByStorm(ticket));
        let Ok(program) = self.desk.program(waiting.code) else {
            return;
        };
        let question = Question {
            asking: &waiting.asking,
            program: &program,
            now,
        };
        if let (gate, Verdict::Wait(obstacle, why)) = gate::pass(&self.known(), &question)
            && obstacle.holds_all()
            && obstacle != waiting.obstacle
            && let Some(waiting) = self.waiters.take(ticket)
        {
            let before = waiting.obstacle.clone();
            let waiting = Waiting {
                gate,
                obstacle,
                why,
                ..waiting
            };
            self.waits_behind(&before, (ticket, waiting), program.metadata.patience, now);
        }
    }

    /// Who asked next after this one, and its code.
    pub(super) fn next_after(&self, ticket: Ticket) -> Option<(RunId, CodeHash)> {
        let (_, waiting) = self.waiters.after(ticket)?;
        Some((waiting.asking.run, waiting.code))
    }

    /// Who asked first of those who wait for this, and its code.
    pub(super) fn first_of(&self, obstacle: &Obstacle) -> Option<(RunId, CodeHash)> {
        let waiting = self.waiters.by_ticket.get(&self.waiters.first(obstacle)?)?;
        Some((waiting.asking.run, waiting.code))
    }

    /// Who is woken first when this is not in the way any more.
    pub(super) fn first_for(&self, obstacle: &Obstacle) -> Option<RunId> {
        self.first_of(obstacle).map(|(run, _)| run)
    }
}

/// That an intent waits, and for what.
pub fn waits(waiting: &Waiting) -> IntentWaiting {
    IntentWaiting {
        run: waiting.asking.run,
        ask: waiting.asking.id,
        intent: waiting.asking.intent.clone(),
        again: waiting.asking.again,
        gate: waiting.gate.into(),
        obstacle: waiting.obstacle.clone(),
        why: waiting.why.clone(),
        until: waiting.until,
    }
}
