//! Whether so much happens at once that nothing is mended by itself. What takes back, releases, or
//! finishes what was begun, is not held.

use super::{Asked, Gate, Known, Question, Verdict};
use crate::journal::{Obstacle, Scope, Storm};
use crate::planted::Planted;

pub struct Storms;

impl Gate for Storms {
    fn name(&self) -> &'static str {
        "storm"
    }

    fn covers(&self, asked: Asked) -> bool {
        match asked {
            Asked::Do => true,
            Asked::Repeat | Asked::Undo | Asked::Release => false,
        }
    }

    fn counts(&self) -> bool {
        false
    }

    fn ask(&self, known: &Known<'_>, question: &Question<'_>) -> Verdict {
        if Planted::StormIgnored.is_in() {
            return Verdict::Go;
        }
        let product = question.program.product();
        match known.model.storm_in_the_way(product, question.now) {
            Some((scope, storm)) => {
                Verdict::Wait(Obstacle::Storm(scope.clone()), why(scope, storm))
            }
            None => Verdict::Go,
        }
    }
}

fn why(scope: &Scope, storm: &Storm) -> String {
    let of = match scope {
        Scope::All => "several products".to_owned(),
        Scope::Product(_) | Scope::Runbook(_) => scope.shown(),
    };
    match storm.cool_until {
        None => format!("a storm of incidents of {of}: nothing is repaired while it lasts"),
        Some(until) => {
            format!("the storm of incidents of {of} is over; nothing is repaired until {until}")
        }
    }
}
