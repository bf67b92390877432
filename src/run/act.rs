//! One change: checked, guarded, written down, carried out, tried again as declared.

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::call;
use super::change::Change;
use super::frame::{Frame, Outcome, Signal, Turn};
use super::guard::Guarding;
use super::intent::{KeyParts, VERSION};
use super::own;
use super::plan::Freshness;
use super::{Action, Context, How, Input, Intent, IntentKind, Run, State, StepPath, moment};
use crate::effect::{Call, Fault, Limit, Reason};
use crate::program::{self, StepIndex};
use crate::value::{Duration, Failure, Identity, Time, Value};
use crate::vm::Reply;

/// Nothing more is begun, since somebody called it off.
pub const CALLED_OFF: Fault = Fault::Refused(Reason::CancelledAfterChange);

/// A change on its way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Acting {
    pub(super) kind: IntentKind,
    pub(super) step: StepIndex,
    pub(super) how: How,
    pub(super) call: Call,
    pub(super) targets: Vec<Identity>,
    pub(super) captures: Vec<Value>,
    path: StepPath,
    undoes: Option<SmolStr>,
    pub(super) key: SmolStr,
    /// Retries after *not applied*.
    pub(super) attempt: u32,
    /// Repetitions after an unknown outcome.
    pub(super) repeats: u32,
    /// Why an earlier try broke: it is a change, whatever comes of the next one.
    pub(super) broke: Option<String>,
    pub(super) stage: Stage,
}

/// Where a change is; the numbers are ids that it waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    Checking,
    /// Somebody stopped all changes.
    Held,
    Intending(u64),
    Performing {
        id: u64,
        deadline: Time,
    },
    /// Unknown; waits until it may be repeated.
    Repeating(u64),
    /// Unknown; waits until the probe may be believed.
    Ripening(u64),
    /// Unknown; the probe is asked.
    Asking(u64),
    /// Not applied; waits for the next try.
    Retrying(u64),
    /// Unknown; waits for leave to be repeated.
    Again(u64),
    /// The populations that a line looks at are listed.
    Counting,
}

impl Acting {
    pub fn awaits(&self, waited: u64) -> bool {
        match self.stage {
            Stage::Checking | Stage::Held | Stage::Counting => false,
            Stage::Intending(id)
            | Stage::Performing { id, .. }
            | Stage::Repeating(id)
            | Stage::Ripening(id)
            | Stage::Asking(id)
            | Stage::Retrying(id)
            | Stage::Again(id) => id == waited,
        }
    }

    /// The clock was set.
    pub fn shift(&mut self, by: Duration) {
        if let Stage::Performing { deadline, .. } = &mut self.stage {
            *deadline = moment::after(*deadline, by);
        }
    }

    /// Whether it may be taking effect right now.
    pub fn is_changing(&self) -> bool {
        match self.stage {
            Stage::Checking | Stage::Held | Stage::Intending(_) | Stage::Retrying(_) => false,
            // Before it is repeated, an earlier try may be.
            Stage::Counting => self.is_again(),
            Stage::Performing { .. }
            | Stage::Repeating(_)
            | Stage::Ripening(_)
            | Stage::Asking(_)
            | Stage::Again(_) => true,
        }
    }

    /// Whether an earlier try may have taken effect, of which nobody knows.
    pub(super) fn is_again(&self) -> bool {
        self.repeats > 0
    }

    pub fn is_held(&self) -> bool {
        self.stage == Stage::Held
    }
}

impl Run {
    /// A `do` of the code.
    pub(super) fn act(
        &mut self,
        context: &Context<'_>,
        kind: IntentKind,
        step: StepIndex,
        args: Vec<Value>,
        captures: Vec<Value>,
    ) -> Result<Frame, Reply> {
        let Some((_, action)) = call::lines(context.program, step) else {
            return Err(Reply::Failed(Fault::NotApplied(
                "it is not declared".into(),
            )));
        };
        call::check_ranges(action, &args).map_err(Reply::Failed)?;
        let call = call::of(action, args);
        let acting = self.acting_on(action, kind, step, How::Do, call);
        let acting = Acting { captures, ..acting };
        Ok(Frame::Acting(Box::new(acting)))
    }

    /// Puts back what a change recorded that it replaced.
    pub(super) fn restore(&mut self, context: &Context<'_>, change: Change) -> Frame {
        let how = How::Restore {
            of: change.key.clone(),
        };
        let acting = match call::lines(context.program, change.step) {
            Some((_, action)) => {
                self.acting_on(action, IntentKind::Undo, change.step, how, change.call)
            }
            None => Acting {
                stage: Stage::Checking,
                ..empty(change.step, how, change.call)
            },
        };
        Frame::Acting(Box::new(Acting {
            undoes: Some(change.key),
            ..acting
        }))
    }

    fn acting_on(
        &mut self,
        action: &program::Action,
        kind: IntentKind,
        step: StepIndex,
        how: How,
        call: Call,
    ) -> Acting {
        let targets = call::targets(action, &call);
        let undoes = match (kind, self.frames.last()) {
            (IntentKind::Undo, Some(Frame::Undoing(undoing))) => undoing.current(),
            _ => None,
        };
        let undoes = undoes.and_then(|index| self.changes.get(index));
        let mut acting = Acting {
            kind,
            targets,
            undoes: undoes.map(|change| change.key.clone()),
            ..empty(step, how, call)
        };
        acting.path.within = self.path();
        self.name(&mut acting);
        acting
    }

    /// Gives the change its key, which no other change of the run has.
    fn name(&mut self, acting: &mut Acting) {
        loop {
            let parts = KeyParts {
                incident: &self.input.incident,
                ordinal: self.input.ordinal,
                remedy: &self.plan.remedy,
                path: &acting.path,
                kind: acting.kind,
                undoes: acting.undoes.as_deref(),
            };
            acting.key = parts.key();
            if self.keys.insert(acting.key.clone()) {
                return;
            }
            acting.path.occurrence += 1;
        }
    }

    pub(super) fn acting(
        &mut self,
        context: &mut Context<'_>,
        acting: Box<Acting>,
        signal: Signal,
    ) -> Turn {
        match signal {
            Signal::Enter => self.check(context, acting),
            Signal::Reply(outcome) => self.looked(context, acting, outcome),
            Signal::Input(Input::Release) => match self.plan.has_begun() {
                true => self.guard_change(context, acting),
                false => Turn::Restart,
            },
            Signal::Input(Input::Granted { .. }) => {
                self.plan.settle();
                self.perform(context, acting)
            }
            Signal::Input(Input::Free { anew, .. }) => match acting.stage {
                Stage::Again(_) => self.repeat(context, acting),
                _ if anew && !self.plan.has_begun() => Turn::Anew,
                // The world may have moved on meanwhile.
                _ => self.guard_change(context, acting),
            },
            Signal::Input(Input::Refused { reason, .. }) => match acting.stage {
                Stage::Again(_) => self.stays_unknown(context, acting),
                _ => Turn::failed(Fault::Refused(reason)),
            },
            Signal::Input(Input::Performed { outcome, .. }) => {
                self.performed(context, acting, outcome)
            }
            Signal::Input(Input::Settled { outcome, .. }) => self.settled(context, acting, outcome),
            Signal::Input(Input::Timer { .. }) => self.waited(context, acting),
            Signal::Input(Input::Cancel) => self.called_off(context, acting),
            Signal::Input(_) => Turn::Wait(Frame::Acting(acting)),
        }
    }

    /// The guards have been read, or who is there.
    fn looked(
        &mut self,
        context: &mut Context<'_>,
        mut acting: Box<Acting>,
        outcome: Outcome,
    ) -> Turn {
        let is_counted = acting.stage == Stage::Counting;
        match outcome {
            Outcome::Reply(Reply::Failed(_)) if acting.is_again() => {
                self.stays_unknown(context, acting)
            }
            Outcome::Reply(Reply::Failed(fault)) => Turn::failed(fault),
            Outcome::Reply(_) | Outcome::Ended(_) if is_counted && acting.is_again() => {
                self.ask_again(context, acting)
            }
            Outcome::Reply(_) | Outcome::Ended(_) if is_counted => self.ready(context, acting),
            Outcome::Reply(_) | Outcome::Ended(_) => {
                match self.recount(context.program, acting.kind, &acting.targets) {
                    Some(counting) => {
                        acting.stage = Stage::Counting;
                        Turn::Call(Frame::Acting(acting), counting)
                    }
                    None => self.ready(context, acting),
                }
            }
        }
    }

    /// What may be refused without asking anybody.
    fn check(&mut self, context: &mut Context<'_>, acting: Box<Acting>) -> Turn {
        let owned = |target: &Identity| own::owns(context.program, target);
        if let Some(foreign) = acting.targets.iter().find(|target| !owned(target)) {
            let step = context.program.steps.get(acting.step.index());
            self.ends.blame(step.map(|step| step.place));
            let failure = Failure::NotOwned(call::printed(foreign).into());
            return Turn::failed(Fault::Value(failure));
        }
        if acting.kind == IntentKind::Undo
            && let Some(stray) = self.strays(context.program, &acting.targets)
        {
            let step = context.program.steps.get(acting.step.index());
            self.ends.blame(step.map(|step| step.place));
            let why = format!(
                "{} is not what was changed by what is taken back",
                call::printed(&stray)
            );
            return Turn::failed(Fault::OverBound(why));
        }
        let reserved = match acting.kind {
            IntentKind::Do => self.blast.reserve(context.program, &acting.targets),
            IntentKind::Undo | IntentKind::Release => Ok(()),
        };
        if let Err(why) = reserved {
            let step = context.program.steps.get(acting.step.index());
            self.ends.blame(step.map(|step| step.place));
            return Turn::failed(Fault::OverBound(why));
        }
        self.guard_change(context, acting)
    }

    /// Guards cover changes, not what takes them back or releases them.
    pub(super) fn guard_change(
        &mut self,
        context: &mut Context<'_>,
        mut acting: Box<Acting>,
    ) -> Turn {
        acting.stage = Stage::Checking;
        match acting.kind {
            IntentKind::Do => Turn::Call(Frame::Acting(acting), Frame::Guarding(Guarding::from(0))),
            IntentKind::Undo | IntentKind::Release => self.ready(context, acting),
        }
    }

    fn ready(&mut self, context: &mut Context<'_>, mut acting: Box<Acting>) -> Turn {
        match (self.cancelled(), acting.kind) {
            (Some(end), IntentKind::Do) => return Turn::Finish(end),
            // Whoever takes back says what is left.
            (Some(_), IntentKind::Undo) => return Turn::failed(CALLED_OFF),
            (Some(_), IntentKind::Release) | (None, _) => {}
        }
        if self.control.holds() {
            self.enter(context, State::Queued);
            acting.stage = Stage::Held;
            return Turn::Wait(Frame::Acting(acting));
        }
        if acting.kind == IntentKind::Do {
            if self.is_late(context) {
                let step = context.program.steps.get(acting.step.index());
                self.ends.blame(step.map(|step| step.place));
                return Turn::failed(Fault::Limit(Limit::Time));
            }
            match self.freshness(context) {
                Freshness::Good => {}
                Freshness::Again => return Turn::Restart,
                Freshness::Expired => return Turn::failed(Fault::Refused(Reason::Expired)),
            }
        }
        self.intend(context, acting)
    }

    fn intend(&mut self, context: &mut Context<'_>, mut acting: Box<Acting>) -> Turn {
        if acting.kind != IntentKind::Undo {
            self.enter(context, State::Queued);
        }
        let id = self.fresh_id();
        let intent = self.intent(&acting);
        context.actions.push(Action::Intend { id, intent });
        acting.stage = Stage::Intending(id);
        Turn::Wait(Frame::Acting(acting))
    }

    /// What is asked leave for.
    pub(super) fn intent(&self, acting: &Acting) -> Box<Intent> {
        Box::new(Intent {
            version: VERSION,
            incident: self.input.incident.clone(),
            ordinal: self.input.ordinal,
            remedy: self.plan.remedy.clone(),
            path: acting.path.clone(),
            kind: acting.kind,
            undoes: acting.undoes.clone(),
            attempt: acting.attempt,
            call: acting.call.clone(),
            targets: acting.targets.clone(),
            key: acting.key.clone(),
        })
    }
}

fn empty(step: StepIndex, how: How, call: Call) -> Acting {
    Acting {
        kind: IntentKind::Undo,
        step,
        how,
        call,
        targets: Vec::new(),
        captures: Vec::new(),
        path: StepPath {
            within: Vec::new(),
            step,
            occurrence: 0,
        },
        undoes: None,
        key: SmolStr::default(),
        attempt: 0,
        repeats: 0,
        broke: None,
        stage: Stage::Checking,
    }
}
