//! Plans: looked at once before anything is done, and made again when they have become old.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use smol_str::SmolStr;

use super::code::Purpose;
use super::course::Course;
use super::frame::{Frame, Outcome, Signal, Turn};
use super::verify::Verifying;
use super::{Context, Event, Run, State, moment};
use crate::effect::{Fault, Reason};
use crate::program::{CodeHash, VerifyIndex};
use crate::rule::Rule;
use crate::value::{Duration, Time, Value};
use crate::vm::Reply;

/// How often a plan is made again before a human takes over.
const RESTARTS: u32 = 2;

/// What the run is about to do, until it has begun to do it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    pub remedy: SmolStr,
    started: Time,
    /// Of the finding and all values planned so far; targets count by identity alone.
    digest: [u8; 32],
    /// The digest of the plan before this one.
    previous: Option<[u8; 32]>,
    restarts: u32,
    /// The first intent was granted: from here on nothing is planned anew.
    begun: bool,
    /// The verify that what is done in this phase will wait for, where that is known.
    pub waits: Option<(VerifyIndex, Vec<Value>)>,
    /// What came last was skipped: what follows it has a look of its own.
    pub skipped: bool,
}

impl Plan {
    pub fn new(now: Time) -> Plan {
        Plan {
            remedy: SmolStr::default(),
            started: now,
            digest: [0; 32],
            previous: None,
            restarts: 0,
            begun: false,
            waits: None,
            skipped: false,
        }
    }

    /// The clock was set.
    pub fn shift(&mut self, by: Duration) {
        self.started = moment::after(self.started, by);
    }

    /// A remedy is known.
    pub fn begin(&mut self, remedy: &str, args: &[Value], now: Time) {
        self.remedy = remedy.into();
        self.started = now;
        self.digest = [0; 32];
        self.add(remedy, args);
    }

    /// It was waited for leave: what is planned now need not be what was planned then.
    pub fn waited(&mut self) {
        self.previous = None;
        self.restarts = 1;
    }

    /// The remedy that was planned before this plan, if nothing came of it.
    pub fn found_before(&self) -> Option<&SmolStr> {
        (self.restarts > 0 && !self.begun && !self.remedy.is_empty()).then_some(&self.remedy)
    }

    /// The first change is about to be made.
    pub fn settle(&mut self) {
        self.begun = true;
    }

    /// Whether anything was granted yet.
    pub fn has_begun(&self) -> bool {
        self.begun
    }

    /// The digest of the plan under this code, in hexadecimal.
    pub fn fingerprint(&self, code: CodeHash) -> String {
        let mut hash = Sha256::new();
        hash.update(code.0);
        hash.update(self.digest);
        hash.finalize()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    fn add(&mut self, what: &str, values: &[Value]) {
        let mut hash = Sha256::new();
        hash.update(self.digest);
        hash.update(what);
        for value in values {
            // A target is who it is, not what was seen of it; the length keeps values apart.
            let bytes = postcard::to_stdvec(&value.without_snapshots())
                .expect("plain data in memory always serialises");
            hash.update((bytes.len() as u64).to_le_bytes());
            hash.update(bytes);
        }
        self.digest = hash.finalize().into();
    }
}

/// A phase is planned; whether it is needed at all is asked before it begins.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Planning {
    phase: u16,
    values: Vec<Value>,
    precheck: Option<(VerifyIndex, Vec<Value>)>,
    /// It has no plan line of its own: it only follows a verify.
    follows: bool,
    aborting: bool,
}

impl Planning {
    pub fn new(
        phase: u16,
        values: Vec<Value>,
        precheck: Option<(VerifyIndex, Vec<Value>)>,
        follows: bool,
    ) -> Planning {
        Planning {
            phase,
            values,
            precheck,
            follows,
            aborting: false,
        }
    }
}

/// What becomes of a plan right before the first intent.
pub enum Freshness {
    Good,
    Again,
    /// It keeps changing, or keeps getting old.
    Expired,
}

impl Run {
    pub(super) fn planning(
        &mut self,
        context: &mut Context<'_>,
        planning: Planning,
        signal: Signal,
    ) -> Turn {
        match signal {
            Signal::Enter => self.planned(context, planning),
            Signal::Reply(outcome) if self.populations.take_freezing() => match outcome {
                Outcome::Reply(Reply::Failed(fault)) => Turn::failed(fault),
                Outcome::Reply(_) | Outcome::Ended(_) => Turn::reply(Reply::Done),
            },
            Signal::Reply(outcome) if planning.aborting => {
                self.abort_in_plan(context, planning, outcome)
            }
            Signal::Reply(outcome) => self.prechecked(context, planning, outcome),
            Signal::Input(_) => Turn::Wait(Frame::Planning(planning)),
        }
    }

    fn planned(&mut self, context: &mut Context<'_>, planning: Planning) -> Turn {
        self.enter(context, State::Planned);
        if !self.plan.begun {
            self.plan.add("phase", &planning.values);
        }
        context.record(Event::Planned {
            phase: planning.phase,
            values: planning.values.clone(),
        });
        self.plan.waits = planning.precheck.clone();
        let skipped = std::mem::take(&mut self.plan.skipped);
        if planning.follows && !skipped {
            return self.goes_on(context, planning);
        }
        let routine = context.program.entries.steps.is_some();
        if routine && Rule::StepsNeverSkip.holds() {
            return self.may_go_on(context, planning);
        }
        let Some((index, captures)) = planning.precheck.clone() else {
            return self.goes_on(context, planning);
        };
        let Some(verify) = context.program.verifies.get(index.index()) else {
            return self.goes_on(context, planning);
        };
        let look = match self.is_dirty() && Rule::DirtyIsNoSingleLook.holds() {
            // What this incident has changed may only look well for a moment.
            true => Frame::Verifying(Verifying::look(index, captures)),
            false => self.start_code(context, verify.condition, captures, Purpose::Condition),
        };
        Turn::Call(Frame::Planning(planning), look)
    }

    fn prechecked(
        &mut self,
        context: &mut Context<'_>,
        planning: Planning,
        outcome: Outcome,
    ) -> Turn {
        match context.read(outcome) {
            Ok(true) => self.already_so(context),
            // What cannot be read is not so yet: the plan goes on.
            Ok(false) => {
                self.ends.fell_short = true;
                self.may_go_on(context, planning)
            }
            Err(fault) => Turn::failed(fault),
        }
    }

    /// The phase needs doing, unless `abort if` holds.
    fn may_go_on(&mut self, context: &mut Context<'_>, mut planning: Planning) -> Turn {
        let abort = planning.precheck.as_ref().and_then(|(index, captures)| {
            let verify = context.program.verifies.get(index.index())?;
            Some((verify.abort_if?, captures.clone()))
        });
        match abort {
            None => self.goes_on(context, planning),
            Some((condition, captures)) => {
                planning.aborting = true;
                let code = self.start_code(context, condition, captures, Purpose::Condition);
                Turn::Call(Frame::Planning(planning), code)
            }
        }
    }

    /// Something is to be done: whoever is counted for it is listed first.
    fn goes_on(&mut self, context: &Context<'_>, planning: Planning) -> Turn {
        match self.freeze(context.program) {
            Some(counting) => Turn::Call(Frame::Planning(planning), counting),
            None => Turn::reply(Reply::Done),
        }
    }

    /// Nothing up to the verify that was asked needs doing.
    fn already_so(&mut self, context: &mut Context<'_>) -> Turn {
        context.record(Event::AlreadySo);
        self.plan.waits = None;
        if self.is_dirty() {
            self.commit();
        }
        self.plan.skipped = true;
        Turn::reply(Reply::AlreadySo)
    }

    /// `abort if` holds before anything was done: nothing is done.
    fn abort_in_plan(
        &mut self,
        context: &mut Context<'_>,
        planning: Planning,
        outcome: Outcome,
    ) -> Turn {
        match context.read(outcome) {
            Err(fault) => Turn::failed(fault),
            Ok(false) => self.goes_on(context, planning),
            Ok(true) if self.has_changed() => Turn::failed(Fault::NotVerified),
            Ok(true) => Turn::failed(Fault::Refused(Reason::NotVerified)),
        }
    }

    /// Whether the first change may be made on this plan.
    pub(super) fn freshness(&mut self, context: &mut Context<'_>) -> Freshness {
        if self.plan.begun {
            return Freshness::Good;
        }
        let old = moment::since(self.plan.started, context.now) > context.program.metadata.fresh;
        let differs = self
            .plan
            .previous
            .is_some_and(|previous| previous != self.plan.digest);
        if !old && !differs {
            return Freshness::Good;
        }
        if self.plan.restarts >= RESTARTS {
            return Freshness::Expired;
        }
        context.record(Event::Stale { differs });
        Freshness::Again
    }

    /// Drops the plan and everything above the course: the diagnosis is made again.
    pub(super) fn restart(&mut self) {
        self.plan.previous = Some(self.plan.digest);
        self.plan.restarts += 1;
        self.guards.clear();
        self.pieces.clear();
        self.blast.clear();
        self.populations.clear();
        // Nothing was intended yet: the same change keeps the same key.
        self.keys.clear();
        self.frames = vec![Frame::Course(Course::default())];
    }
}
