//! How long an intent waits for leave: once for a run, for all its waits together, but for storms and turns, which have
//! a patience of their own.

use super::Engine;
use super::gate;
use super::timer::Timer;
use super::waiting::Waiting;
use crate::journal::{Obstacle, RunId};
use crate::run::moment;
use crate::value::{Duration, Time};

impl Engine {
    /// How long a run waits for this: for a storm, or its turn, as the settings say, for all else as its runbook
    /// does, once.
    pub(super) fn patience_for(
        &self,
        obstacle: &Obstacle,
        run: RunId,
        patience: Duration,
        now: Time,
    ) -> Duration {
        match obstacle.is_patient() {
            true => self.bounds.storm.patience,
            false => {
                let left = patience.millis() - self.model.waited(run, now).millis();
                Duration::from_millis(left.max(0))
            }
        }
    }

    /// It waits for something whose patience is another one.
    pub(super) fn waits_for_another(
        &mut self,
        patience: Duration,
        waiting: &mut Waiting,
        now: Time,
    ) {
        let (run, id) = (waiting.asking.run, waiting.asking.id);
        let left = self.patience_for(&waiting.obstacle, run, patience, now);
        waiting.until = moment::after(now, left);
        self.timers
            .insert((waiting.until, Timer::Patience(run, id)));
    }

    /// Whoever waits for a moment is asked again once it has come.
    pub(super) fn opens_later(&mut self, obstacle: &Obstacle) {
        if let Some(opens) = gate::window::opens(obstacle) {
            self.timers.insert((opens, Timer::Opens(opens)));
        }
    }

    /// The clock was set: whoever waits for a moment may go on by now, or has to wait for longer.
    pub(super) fn moments_moved(&mut self) {
        for obstacle in self.waiters.moments() {
            self.opens_later(&obstacle);
            self.is_gone(obstacle);
        }
    }
}
