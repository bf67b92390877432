//! Whether a change that was granted may still begin, where it had to wait for a place.
//!
//! In: the run and the key of what it was granted. Out: that it leaves, as a fact; or why not. Between the leave and the place people may
//! have stopped changes, called the run off or taken the grant away, a storm may have begun, the agent may be told
//! to stop. What is counted was counted when leave was given.

use super::{Asked, Capability, Freezes, Gate, Question, Storms, Verdict, Window};
use crate::engine::Engine;
use crate::engine::asking::Asking;
use crate::engine::decide::outcome::{self, Leaving};
use crate::engine::drive::incident_of;
use crate::journal::{IntentState, RunId};
use crate::run::IntentKind;
use crate::value::Time;

/// The gates that people, the world and time close, whatever was granted.
const ASKED: [&dyn Gate; 4] = [&Capability, &Freezes, &Storms, &Window];

impl Engine {
    /// A granted change that had to wait has its place. What is on record about it once this is durable: that it leaves;
    /// or the answer is why it must not begin any more.
    pub fn leaves(&mut self, run: RunId, leaving: &Leaving, now: Time) -> Option<String> {
        let why_not = self.no_longer(run, &leaving.key, now);
        if why_not.is_none() {
            let decision = outcome::leaves(&self.model, run, leaving);
            self.carry_out(decision, now);
        }
        why_not
    }

    /// Why a granted change must not begin any more.
    fn no_longer(&self, run: RunId, key: &str, now: Time) -> Option<String> {
        let stored = self.model.intent_of(run);
        let Some(stored) = stored.filter(|stored| stored.intent.key == key) else {
            return Some("nothing is known of its leave".to_owned());
        };
        let incident = incident_of(run).and_then(|id| self.model.incident(id));
        let is_over = incident.is_some_and(|incident| incident.state.is_over());
        if is_over && stored.intent.kind == IntentKind::Do {
            return Some("it was called off".to_owned());
        }
        let code = self.desk.code_of(run)?;
        let program = self.desk.program(code).ok()?;
        let again = stored.state == IntentState::Unknown;
        let asking = Asking::new(run, 0, Box::new(stored.intent.clone()), again);
        let question = Question {
            asking: &asking,
            program: &program,
            now,
        };
        let asked: Asked = question.asked();
        let mut gates = ASKED.iter().filter(|gate| gate.covers(asked));
        gates.find_map(|gate| match gate.ask(&self.known(), &question) {
            Verdict::Go => None,
            Verdict::Refuse(_, why) | Verdict::Wait(_, why) => Some(why),
        })
    }
}
