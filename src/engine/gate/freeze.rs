//! Whether all changes are stopped: by a human, or because the agent itself stops.

use super::{Asked, Gate, Question, Verdict};
use crate::engine::Engine;
use crate::journal::{Error, Journal, Obstacle, Scope};

pub struct Freeze;

impl Gate for Freeze {
    fn name(&self) -> &'static str {
        "freeze"
    }

    fn covers(&self, asked: Asked) -> bool {
        match asked {
            Asked::Do | Asked::Repeat | Asked::Undo | Asked::Release => true,
        }
    }

    fn counts(&self) -> bool {
        false
    }

    fn ask(&self, engine: &Engine, _: &dyn Journal, _: &Question<'_>) -> Result<Verdict, Error> {
        if engine.draining {
            // The next start asks anew.
            let why = "the agent stops".to_owned();
            return Ok(Verdict::Wait(Obstacle::Freeze(Scope::All), why));
        }
        Ok(match &engine.hold {
            Some(hold) => {
                let why = format!("all changes are stopped by {}", hold.by);
                Verdict::Wait(Obstacle::Freeze(Scope::All), why)
            }
            None => Verdict::Go,
        })
    }
}
