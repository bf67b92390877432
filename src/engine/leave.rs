//! Leave to change something: granted, refused, or to be waited for. What is granted is written
//! down, with what it locks and what it counts for, in the batch before it is begun.
//!
//! Limits are shared by all runs of the agent. Taking back and releasing are never refused for a
//! limit or a lock: else a run could be stopped half-done by its own bounds. While all changes are
//! stopped they wait like every other, but are not refused when their patience is over: a human is
//! told that they wait. A change whose outcome is unknown needs leave again before it is repeated.

use std::collections::BTreeSet;

use smol_str::SmolStr;

use super::Engine;
use super::desk::Trouble;
use super::drive::{granted, incident_of};
use super::waiting::{Asking, Obstacle, Waiting};
use crate::effect::{Call, Reason};
use crate::journal::{Error, Happened, IntentId, IntentState, Journal, RunId, StoredIntent, Write};
use crate::program::{BlastPer, Program};
use crate::run::{self, Intent, IntentKind};
use crate::value::{Duration, Identity, Time};

/// What becomes of an intent.
pub enum Leave {
    Granted,
    Refused(Reason, String),
    /// It has to wait, for this.
    Wait(Obstacle, String),
}

impl Engine {
    /// Whether a run may make this change now.
    pub(super) fn may(
        &self,
        journal: &dyn Journal,
        program: &Program,
        asking: &Asking,
        now: Time,
    ) -> Result<Leave, Error> {
        let (run, intent) = (asking.run, &asking.intent);
        let declared = program
            .actions
            .iter()
            .find(|one| *one.name == *intent.call.name);
        let Some(declared) = declared else {
            let why = format!("`{}` is not declared", intent.call.name);
            return Ok(Leave::Refused(Reason::Grant, why));
        };
        if let Err(denied) = granted(&self.grants, &declared.needs, &intent.call) {
            return Ok(Leave::Refused(Reason::Grant, denied));
        }
        if self.draining {
            // The next start asks anew.
            return Ok(Leave::Wait(Obstacle::Hold, "the agent stops".to_owned()));
        }
        if let Some(hold) = &self.hold {
            let why = format!("all changes are stopped by {}", hold.by);
            return Ok(Leave::Wait(Obstacle::Hold, why));
        }
        match intent.kind {
            IntentKind::Undo | IntentKind::Release => return Ok(Leave::Granted),
            IntentKind::Do => {}
        }
        if let Some((obstacle, why)) = self
            .locked(run, intent)
            .or_else(|| self.too_many_at_once(run, program, intent))
        {
            return Ok(Leave::Wait(obstacle, why));
        }
        // It was counted when it was granted.
        if asking.again {
            return Ok(Leave::Granted);
        }
        match self.too_often(journal, program, intent, now)? {
            Some(why) => Ok(Leave::Refused(Reason::OverBound, why)),
            None => Ok(Leave::Granted),
        }
    }

    /// Answers a run that asks leave, or lets it wait.
    pub(super) fn ask_leave(
        &mut self,
        journal: &dyn Journal,
        program: &Program,
        asking: Asking,
        now: Time,
    ) -> Result<Option<run::Input>, Trouble> {
        let (run, id) = (asking.run, asking.id);
        match self.may(journal, program, &asking, now)? {
            Leave::Granted => {
                match asking.again {
                    true => self.end_claim(run),
                    false => self.grant(journal, run, program, *asking.intent, now)?,
                }
                Ok(Some(run::Input::Granted { id }))
            }
            Leave::Refused(reason, why) => {
                self.refuse(journal, run, &asking.intent.call, reason, why, now)?;
                Ok(Some(run::Input::Refused { id, reason }))
            }
            Leave::Wait(obstacle, why) => {
                let waiting = Waiting::new(asking, obstacle, why);
                self.wait_for_turn(journal, program, waiting, now)?;
                Ok(None)
            }
        }
    }

    /// Somebody else works on a target, on something in it, or on what it lies in.
    fn locked(&self, run: RunId, intent: &Intent) -> Option<(Obstacle, String)> {
        intent.targets.iter().find_map(|target| {
            let overlaps = |locked: &Identity| locked.contains(target) || target.contains(locked);
            let owned = self
                .locks
                .iter()
                .find(|(locked, owner)| **owner != run && overlaps(locked));
            if let Some((locked, owner)) = owned {
                let (name, owner) = (printed(locked), incident_of(*owner)?);
                let why = format!("{name} is being changed by incident {owner}");
                return Some((Obstacle::Lock(locked.clone()), why));
            }
            let claimed = self.waiters.claims_of_others(run);
            let claimed = claimed.filter_map(|obstacle| match obstacle {
                Obstacle::Lock(locked) => Some(locked),
                Obstacle::Hold | Obstacle::AtOnce(_) => None,
            });
            let claimed = claimed.into_iter().find(|locked| overlaps(locked))?;
            let why = format!("{} is somebody else's turn", printed(claimed));
            Some((Obstacle::Lock(claimed.clone()), why))
        })
    }

    /// More would be disturbed at the same time than a line of the blast allows.
    fn too_many_at_once(
        &self,
        run: RunId,
        program: &Program,
        intent: &Intent,
    ) -> Option<(Obstacle, String)> {
        program.metadata.blast.iter().find_map(|line| {
            let explicit = program
                .metadata
                .blast
                .iter()
                .any(|other| other.target == line.target && other.per == BlastPer::AtOnce);
            let counts = match line.per {
                BlastPer::AtOnce => true,
                // Without a line of its own, at once means as many as a run may touch.
                BlastPer::Run => !explicit,
                BlastPer::Window(_) => false,
            };
            if !counts {
                return None;
            }
            let others = self.disturbed.iter().filter(|(target, owner)| {
                target.kind() == line.target && **owner != run && !intent.targets.contains(target)
            });
            // The run itself counts its own.
            let own = intent
                .targets
                .iter()
                .filter(|target| target.kind() == line.target);
            let obstacle = Obstacle::AtOnce(line.target.clone());
            let claimed = self.waiters.claims_of_others(run);
            let claimed = claimed.filter(|claimed| **claimed == obstacle).count();
            let (others, own) = (others.count() + claimed, own.count());
            let most = line.count as usize;
            (own > 0 && others + own > most).then(|| {
                let kind = &line.target;
                let why = format!("at most {most} {kind} at once, {others} by others now");
                (obstacle, why)
            })
        })
    }

    /// It was tried so often lately that once more is refused.
    fn too_often(
        &self,
        journal: &dyn Journal,
        program: &Program,
        intent: &Intent,
        now: Time,
    ) -> Result<Option<String>, Error> {
        for line in &program.metadata.blast {
            let BlastPer::Window(window) = line.per else {
                continue;
            };
            let wanted = intent
                .targets
                .iter()
                .filter(|target| target.kind() == line.target);
            let wanted = wanted.count();
            if wanted == 0 {
                continue;
            }
            let since = before(now, window);
            let earlier = journal.attempts_since(&line.target, since)? as usize;
            let batch = self
                .attempts
                .iter()
                .filter(|kind| **kind == line.target)
                .count();
            let attempts = earlier + batch;
            if attempts + wanted > line.count as usize {
                let (most, kind) = (line.count, &line.target);
                return Ok(Some(format!(
                    "at most {most} {kind} per {window}, and there were {attempts}"
                )));
            }
        }
        Ok(None)
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
        if intent.kind == IntentKind::Do {
            for target in &intent.targets {
                self.attempts.push(target.kind().into());
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
        let well: BTreeSet<SmolStr> = self
            .disturbed
            .extract_if(.., |_, owner| *owner == run)
            .map(|(target, _)| target.kind().into())
            .collect();
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
        let free: Vec<Identity> = self
            .locks
            .extract_if(.., |_, owner| *owner == run)
            .map(|(target, _)| target)
            .collect();
        for target in free {
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

fn before(now: Time, duration: Duration) -> Time {
    let millis = now.millis().saturating_sub(duration.millis());
    Time::from_millis(millis).unwrap_or_default()
}

/// `host.Host cache-1`
fn printed(identity: &Identity) -> String {
    let keys: Vec<&str> = identity.0.iter().map(|step| step.key.as_str()).collect();
    format!("{} {}", identity.kind(), keys.join("/"))
}
