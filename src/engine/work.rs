//! Work that an input leaves behind: done piece by piece, so many in a turn, and never one inside
//! another.

use super::Engine;
use crate::journal::{Error, Journal, Obstacle, RunId};
use crate::run;
use crate::value::Time;

/// A piece of work.
#[derive(Clone, Debug)]
pub enum Work {
    /// A run hears of something.
    Answer(RunId, run::Input),
    /// Something is not in the way any more.
    Pass(Obstacle),
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
                None => break,
            }
        }
        Ok(())
    }
}
