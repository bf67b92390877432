//! Whether all changes are stopped: by a human, or because the agent itself stops.

use super::{Asked, Gate, Question, Verdict};
use crate::engine::Engine;
use crate::engine::waiting::Obstacle;
use crate::journal::{Error, Journal};
use crate::planted::Planted;

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

    fn ask(&self, engine: &Engine, _: &dyn Journal, _: &Question<'_>) -> Result<Verdict, Error> {
        if Planted::FreezeIgnored.is_in() {
            return Ok(Verdict::Go);
        }
        if engine.draining {
            // The next start asks anew.
            let why = "the agent stops".to_owned();
            return Ok(Verdict::Wait(Obstacle::Hold, why));
        }
        Ok(match &engine.hold {
            Some(hold) => {
                let why = format!("all changes are stopped by {}", hold.by);
                Verdict::Wait(Obstacle::Hold, why)
            }
            None => Verdict::Go,
        })
    }
}
