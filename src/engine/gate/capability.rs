//! Whether the agent is granted what the action needs, as the grants are now.

use super::{Asked, Gate, Known, Question, Verdict};
use crate::effect::Reason;
use crate::engine::drive::granted;

pub struct Capability;

impl Gate for Capability {
    fn name(&self) -> &'static str {
        "capability"
    }

    fn covers(&self, asked: Asked) -> bool {
        match asked {
            Asked::Do | Asked::Repeat | Asked::Undo | Asked::Release => true,
        }
    }

    fn counts(&self) -> bool {
        false
    }

    fn ask(&self, known: &Known<'_>, question: &Question<'_>) -> Verdict {
        let call = &question.intent().call;
        let mut actions = question.program.actions.iter();
        let Some(declared) = actions.find(|one| *one.name == *call.name) else {
            let why = format!("`{}` is not declared", call.name);
            return Verdict::Refuse(Reason::Grant, why);
        };
        match granted(known.grants, &declared.needs, call) {
            Ok(()) => Verdict::Go,
            Err(denied) => Verdict::Refuse(Reason::Grant, denied),
        }
    }
}
