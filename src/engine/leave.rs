//! Leave to change something, once the gates have spoken: granted, refused, or to be waited for.
//! What is granted is written down, with what it locks and what it counts for, in the batch before it is begun.
//!
//! Limits are shared by all runs of the agent. Taking back and releasing are never refused for a
//! limit or a lock: else a run could be stopped half-done by its own bounds. While all changes are
//! stopped they wait like every other, but are not refused when their patience is over: a human is
//! told that they wait. A change whose outcome is unknown needs leave again before it is repeated.

use super::Engine;
use super::asking::Asking;
use super::decide::targets;
use super::desk::Trouble;
use super::gate::{self, Question, Verdict};
use super::waiting::Waiting;
use crate::effect::Reason;
use crate::journal::{IntentGranted, IntentRefused, ReleasedFor, RunId, Scope, Take};
use crate::program::Program;
use crate::run::{self, Intent, IntentKind};
use crate::value::Time;

/// Why leave is not given, and by which gate.
pub struct Refused {
    pub gate: &'static str,
    pub reason: Reason,
    pub why: String,
}

impl Engine {
    /// Answers a run that asks leave, or lets it wait.
    pub(super) fn ask_leave(
        &mut self,
        program: &Program,
        asking: Asking,
        now: Time,
    ) -> Result<Option<run::Input>, Trouble> {
        let (run, id) = (asking.run, asking.id);
        let question = Question {
            asking: &asking,
            program,
            now,
        };
        match gate::pass(&self.known(), &question) {
            (_, Verdict::Go) => {
                match asking.again {
                    true => self.end_claim(run),
                    false => self.grant(program, asking, now),
                }
                Ok(Some(run::Input::Granted { id }))
            }
            (gate, Verdict::Refuse(reason, why)) => {
                let refused = Refused { gate, reason, why };
                self.refuse(&asking, refused, now);
                Ok(Some(run::Input::Refused { id, reason }))
            }
            (gate, Verdict::Wait(obstacle, why)) => {
                let code = self.desk.run(run)?.code;
                let waiting = Waiting::new(asking, code, gate, obstacle, why, now);
                self.wait_for_turn(program, waiting, now)?;
                Ok(None)
            }
        }
    }

    /// Writes a granted change down, with what it locks and disturbs.
    pub(super) fn grant(&mut self, program: &Program, asking: Asking, now: Time) {
        let Asking {
            run,
            id: ask,
            intent,
            ..
        } = asking;
        let id = self.model.next_intent();
        self.end_claim(run);
        self.released_changes(run);
        let granted = IntentGranted {
            intent: id,
            run,
            ask,
            takes: takes(&intent),
            change: intent,
            runbook: program.runbook.clone(),
        };
        self.record(granted, now);
    }

    /// Puts a refusal on the record.
    pub(super) fn refuse(&mut self, asking: &Asking, refused: Refused, now: Time) {
        self.end_claim(asking.run);
        self.released_done(asking.run);
        self.was_refused(asking.run, refused.reason, refused.why.clone());
        let refused = IntentRefused {
            run: asking.run,
            ask: asking.id,
            call: asking.intent.call.clone(),
            gate: refused.gate.into(),
            reason: refused.reason,
            why: refused.why,
        };
        self.record(refused, now);
    }

    /// Whoever is told of a run hears why it was refused leave.
    pub(super) fn was_refused(&mut self, run: RunId, reason: Reason, why: String) {
        if let Ok(working) = self.desk.run(run) {
            working.refused = Some((reason, why));
        }
    }

    /// What the run disturbed is in nobody's way any more: a verify of it passed, or it is over.
    pub(super) fn recovered(&mut self, run: RunId, why: ReleasedFor, now: Time) {
        let decision = targets::recovered(&self.model, run, why);
        self.carry_out(decision, now);
    }

    /// The run is done with everything that it locked.
    pub(super) fn unlock(&mut self, run: RunId, now: Time) {
        let decision = targets::unlocked(&self.model, run);
        self.carry_out(decision, now);
    }
}

/// What a change uses up of what is limited: taking back and releasing nothing.
fn takes(intent: &Intent) -> Vec<Take> {
    if intent.kind != IntentKind::Do {
        return Vec::new();
    }
    let taken = intent.targets.iter().flat_map(|target| {
        let counting = gate::GATES.iter().filter(|gate| gate.counts());
        counting.map(|gate| Take {
            gate: gate.name().into(),
            scope: Scope::All,
            of: target.kind().into(),
            amount: 1,
        })
    });
    taken.collect()
}
