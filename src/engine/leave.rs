//! Leave to change something, once the gates have spoken: granted, refused, or to be waited for.
//! What is granted is written down, with what it locks and what it counts for, in the batch before it is begun.
//!
//! Limits are shared by all runs of the agent. Taking back and releasing are never refused for a
//! limit or a lock: else a run could be stopped half-done by its own bounds. While all changes are
//! stopped they wait like every other, but are not refused when their patience is over: a human is
//! told that they wait. A change whose outcome is unknown needs leave again before it is repeated.

use std::collections::BTreeSet;

use smol_str::SmolStr;

use super::Engine;
use super::desk::Trouble;
use super::drive::incident_of;
use super::gate::{self, Question, Verdict};
use super::waiting::{Asking, Obstacle, Waiting};
use crate::effect::{Call, Reason};
use crate::journal::{Error, Happened, IntentId, IntentState, Journal, RunId, StoredIntent, Write};
use crate::planted::Planted;
use crate::program::Program;
use crate::run::{self, Intent, IntentKind};
use crate::value::Time;

impl Engine {
    /// Answers a run that asks leave, or lets it wait.
    pub(super) fn ask_leave(
        &mut self,
        journal: &dyn Journal,
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
        match gate::pass(self, journal, &question)? {
            Verdict::Go => {
                match asking.again {
                    true => self.end_claim(run),
                    false => self.grant(journal, run, program, *asking.intent, now)?,
                }
                Ok(Some(run::Input::Granted { id }))
            }
            Verdict::Refuse(reason, why) => {
                self.refuse(journal, run, &asking.intent.call, reason, why, now)?;
                Ok(Some(run::Input::Refused { id, reason }))
            }
            Verdict::Wait(obstacle, why) => {
                let code = self.desk.run(journal, run)?.code;
                let waiting = Waiting::new(asking, code, obstacle, why, now);
                self.wait_for_turn(journal, program, waiting, now)?;
                Ok(None)
            }
        }
    }

    /// Writes a granted change down, with what it locks and disturbs.
    pub(super) fn grant(
        &mut self,
        journal: &dyn Journal,
        run: RunId,
        program: &Program,
        intent: Intent,
        now: Time,
    ) -> Result<(), Error> {
        self.newest.intent += 1;
        let id = IntentId(self.newest.intent);
        self.intents.insert(run, id);
        self.end_claim(run);
        if intent.kind == IntentKind::Do && !Planted::TakeSkipped.is_in() {
            for target in &intent.targets {
                *self.attempts.entry(target.kind().into()).or_default() += 1;
                self.locks.insert(target.clone(), run);
                self.disturbed.insert(target.clone(), run);
            }
            if let Some(incident) = incident_of(run)
                && let Some(incident) = self.desk.incident(journal, incident)?
            {
                incident.locks.extend(intent.targets.iter().cloned());
                incident.disturbed.extend(intent.targets.iter().cloned());
            }
        }
        let happened = Happened::Granted {
            call: intent.call.clone(),
            kind: intent.kind,
            attempt: intent.attempt,
        };
        self.note(journal, run, now, happened)?;
        self.desk.write(Write::Intent(StoredIntent {
            id,
            run,
            runbook: program.runbook.clone(),
            at: now,
            intent,
            state: IntentState::Open,
        }));
        Ok(())
    }

    /// Puts a refusal on the record.
    pub(super) fn refuse(
        &mut self,
        journal: &dyn Journal,
        run: RunId,
        call: &Call,
        reason: Reason,
        why: String,
        now: Time,
    ) -> Result<(), Error> {
        self.end_claim(run);
        let call = call.clone();
        self.note(journal, run, now, Happened::Refused { call, reason, why })
    }

    /// The code of a run.
    pub(super) fn code_of(
        &mut self,
        journal: &dyn Journal,
        run: RunId,
    ) -> Result<std::sync::Arc<Program>, Trouble> {
        let code = self.desk.run(journal, run)?.code;
        self.desk.program(journal, code)
    }

    /// A verify of the run passed: what it disturbed is well.
    pub(super) fn recovered(&mut self, journal: &dyn Journal, run: RunId) -> Result<(), Error> {
        let well = self.disturbed.take_of(run).into_iter();
        let well: BTreeSet<SmolStr> = well.map(|target| target.kind().into()).collect();
        for kind in well {
            self.is_gone(Obstacle::AtOnce(kind));
        }
        if let Some(incident) = incident_of(run)
            && let Some(incident) = self.desk.incident(journal, incident)?
        {
            incident.disturbed.clear();
        }
        Ok(())
    }

    /// The run is done with everything that it locked.
    pub(super) fn unlock(&mut self, journal: &dyn Journal, run: RunId) -> Result<(), Error> {
        if Planted::LocksStay.is_in() {
            return Ok(());
        }
        for target in self.locks.take_of(run) {
            self.is_gone(Obstacle::Lock(target));
        }
        if let Some(incident) = incident_of(run)
            && let Some(incident) = self.desk.incident(journal, incident)?
        {
            incident.locks.clear();
        }
        Ok(())
    }
}
