//! What a storm or a human has held goes on in order, so many at a time: a place is free again once the change
//! of whoever had it has an outcome, or it makes none.
//!
//! Else all would look and act at the same moment, and most would find the agent too busy. Who goes on is
//! known here and forgotten when the agent ends: whoever is awake then goes on by itself, and the others
//! wait in the same order. A turn is not waited for at a gate: it uses no patience of a run up.

use std::collections::BTreeMap;

use super::Engine;
use super::gate::{self, Question, Verdict};
use super::timer::Timer;
use super::waiting::{Ticket, Waiting, waits};
use super::work::Work;
use crate::journal::{Obstacle, RunId, Scope};
use crate::run::moment;
use crate::value::{Duration, Time};

/// So many go on at a time. Programs have a place a core, and two at least: whoever finds none at once
/// waits for a change or two, well within the time that it has.
const AT_ONCE: usize = 4;
/// Whoever has not asked by then looks at something for longer, and keeps nobody waiting.
const ASKS_WITHIN: Duration = Duration::from_millis(30_000);

/// Who goes on.
#[derive(Debug, Default)]
pub struct Released(BTreeMap<RunId, (Stage, Ticket)>);

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Looks,
    Changes,
}

impl Engine {
    /// Whether nobody goes on for now: as many do as may.
    pub(super) fn is_released_later(&self, obstacle: &Obstacle) -> bool {
        obstacle.holds_all() && self.released.0.len() >= AT_ONCE
    }

    /// A run that was held with others goes on.
    pub(super) fn released(&mut self, run: RunId, ticket: Ticket, now: Time) {
        self.released.0.insert(run, (Stage::Looks, ticket));
        let until = moment::after(now, ASKS_WITHIN);
        self.timers.insert((until, Timer::Released(run)));
    }

    /// A run has leave, and changes something now.
    pub(super) fn released_changes(&mut self, run: RunId) {
        if let Some((stage, _)) = self.released.0.get_mut(&run) {
            *stage = Stage::Changes;
        }
    }

    /// A run has looked for long.
    pub(super) fn released_late(&mut self, run: RunId) {
        if let Some((Stage::Looks, _)) = self.released.0.get(&run) {
            self.released_done(run);
        }
    }

    /// A run has changed what it was let go on for, or does not mean to: the next one goes on. Gives the
    /// place in the order that it has had.
    pub(super) fn released_done(&mut self, run: RunId) -> Option<Ticket> {
        let (_, ticket) = self.released.0.remove(&run)?;
        for obstacle in self.waiters.holding_all() {
            self.is_gone(obstacle);
        }
        Some(ticket)
    }

    /// Changes go on that were stopped, and as many as may have their turn: whoever asked next waits for its own from now
    /// on, which uses no patience up. One after the other, so that no turn grows with those who wait.
    pub(super) fn waits_for_its_turn(&mut self, scope: &Scope, now: Time) {
        let frozen = Obstacle::Freeze(scope.clone());
        if self.draining || self.model.freeze(scope).is_some() {
            return;
        }
        let Some((ticket, waiting)) = self.waiters.take_first(&frozen) else {
            return;
        };
        self.work.push_back(Work::InTurn(scope.clone()));
        if let Ok(program) = self.desk.program(waiting.code) {
            let question = Question {
                asking: &waiting.asking,
                program: &program,
                now,
            };
            // Something else may hold it as well.
            if let (gate, Verdict::Wait(obstacle, why)) = gate::pass(&self.known(), &question)
                && obstacle.holds_all()
            {
                let waiting = Waiting {
                    gate,
                    obstacle,
                    why,
                    ..waiting
                };
                let patience = program.metadata.patience;
                return self.waits_behind(&frozen, (ticket, waiting), patience, now);
            }
        }
        let until = moment::after(now, self.bounds.storm.patience);
        let waiting = Waiting {
            obstacle: Obstacle::Turn,
            why: IN_TURN.to_owned(),
            until,
            ..waiting
        };
        let (run, id) = (waiting.asking.run, waiting.asking.id);
        self.timers.insert((until, Timer::Patience(run, id)));
        self.record(waits(&waiting), now);
        self.waiters.put(ticket, waiting);
    }

    /// Its patience is over, and so is what has held it: its turn comes, if nothing else holds it before.
    /// What waits for something else is given back.
    pub(super) fn waits_in_turn(
        &mut self,
        (ticket, mut waiting): (Ticket, Waiting),
        now: Time,
    ) -> Option<Waiting> {
        let is_over = match &waiting.obstacle {
            Obstacle::Storm(scope) => {
                let storm = self.model.storm(scope);
                storm.is_none_or(|storm| !storm.stands(now))
            }
            Obstacle::Freeze(scope) => !self.draining && self.model.freeze(scope).is_none(),
            Obstacle::Turn => true,
            Obstacle::Target(_) | Obstacle::Count(..) | Obstacle::Until(_) => false,
        };
        if !is_over {
            return Some(waiting);
        }
        waiting.until = moment::after(now, self.bounds.storm.patience);
        waiting.why = IN_TURN.to_owned();
        let (run, id) = (waiting.asking.run, waiting.asking.id);
        self.timers
            .insert((waiting.until, Timer::Patience(run, id)));
        self.record(waits(&waiting), now);
        self.waiters.put(ticket, waiting);
        None
    }
}

/// Why it waits still.
pub const IN_TURN: &str = "what was held goes on in order";
