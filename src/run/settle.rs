//! Unknown outcomes: repeated where that is harmless, asked of the action's probe, or left to a
//! human. Until it is settled nothing else is done and nothing is undone.

use super::act::{Acting, Stage};
use super::call::lines;
use super::change::Fate;
use super::frame::{Frame, Turn};
use super::{Action, Context, IntentKind, Run, State, moment};
use crate::effect::{Call, Fault, Reason, Repeat, Settled};
use crate::value::{Duration, Value};

/// How often a harmless change is repeated before a human is asked.
const REPEATS: u32 = 3;
/// How soon it is looked again whether changes go on.
const HELD: Duration = Duration::from_millis(5_000);

impl Run {
    /// Nobody knows whether the change took effect.
    pub(super) fn unknown(&mut self, context: &mut Context<'_>, mut acting: Box<Acting>) -> Turn {
        self.enter(context, State::Settling);
        let Some((_, action)) = lines(context.program, acting.step) else {
            return self.stays_unknown(context, acting);
        };
        if self.is_called_off(&acting) && action.settle_probe.is_none() {
            return self.stays_unknown(context, acting);
        }
        match action.repeat {
            Repeat::Safe | Repeat::Keyed if acting.repeats < REPEATS => {
                acting.repeats += 1;
                acting.stage = Stage::Repeating(self.wait(context, action.settles));
                Turn::Wait(Frame::Acting(acting))
            }
            Repeat::UnsafeProbe => {
                // A request still under way must not be missed.
                let deadline = match acting.stage {
                    Stage::Performing { deadline, .. } => deadline,
                    Stage::Checking
                    | Stage::Held
                    | Stage::Intending(_)
                    | Stage::Repeating(_)
                    | Stage::Ripening(_)
                    | Stage::Asking(_)
                    | Stage::Retrying(_)
                    | Stage::Again(_)
                    | Stage::Counting => context.now,
                };
                // It may have been sent out later than it was meant to be.
                let until = moment::after(deadline.max(context.now), action.settles);
                let id = self.fresh_id();
                context.actions.push(Action::Wait { id, until });
                acting.stage = Stage::Ripening(id);
                Turn::Wait(Frame::Acting(acting))
            }
            Repeat::Safe | Repeat::Keyed | Repeat::UnsafeHuman => {
                self.stays_unknown(context, acting)
            }
        }
    }

    /// Whether somebody has called off what it is part of: then it is looked for and never made again. What
    /// is held is given back all the same.
    pub(super) fn is_called_off(&self, acting: &Acting) -> bool {
        let gives_back = match acting.kind {
            IntentKind::Do | IntentKind::Undo => false,
            IntentKind::Release => true,
        };
        self.control.stops() && !gives_back
    }

    /// It is called off while nobody knows whether it took effect.
    pub(super) fn called_off(&mut self, context: &mut Context<'_>, acting: Box<Acting>) -> Turn {
        match acting.stage {
            Stage::Repeating(_) | Stage::Again(_) | Stage::Counting
                if self.is_called_off(&acting) =>
            {
                self.stays_unknown(context, acting)
            }
            // What is under way and what is looked at is waited for.
            Stage::Checking
            | Stage::Held
            | Stage::Intending(_)
            | Stage::Performing { .. }
            | Stage::Repeating(_)
            | Stage::Ripening(_)
            | Stage::Asking(_)
            | Stage::Retrying(_)
            | Stage::Again(_)
            | Stage::Counting => Turn::Wait(Frame::Acting(acting)),
        }
    }

    /// A repetition is a change like any other: it needs leave, and while all are stopped it waits on.
    pub(super) fn repeat(&mut self, context: &mut Context<'_>, mut acting: Box<Acting>) -> Turn {
        if self.control.holds() {
            return self.repeat_later(context, acting);
        }
        match self.recount(context.program, acting.kind, &acting.targets) {
            Some(counting) => {
                acting.stage = Stage::Counting;
                Turn::Call(Frame::Acting(acting), counting)
            }
            None => self.ask_again(context, acting),
        }
    }

    pub(super) fn ask_again(&mut self, context: &mut Context<'_>, mut acting: Box<Acting>) -> Turn {
        // It may have been called off while the populations were listed.
        if self.is_called_off(&acting) {
            return self.stays_unknown(context, acting);
        }
        let (id, intent) = (self.fresh_id(), self.intent(&acting));
        context.actions.push(Action::Repeat { id, intent });
        acting.stage = Stage::Again(id);
        Turn::Wait(Frame::Acting(acting))
    }

    /// It is asked for once more after a while; called off, it stays unknown.
    pub(super) fn repeat_later(
        &mut self,
        context: &mut Context<'_>,
        mut acting: Box<Acting>,
    ) -> Turn {
        if self.is_called_off(&acting) {
            return self.stays_unknown(context, acting);
        }
        let settles = lines(context.program, acting.step).map(|(_, action)| action.settles);
        // Never at once again, however short an action takes to settle.
        let again = settles.unwrap_or_default().max(HELD);
        acting.stage = Stage::Repeating(self.wait(context, again));
        Turn::Wait(Frame::Acting(acting))
    }

    /// Deadline and settling time are over: the probe may be believed.
    pub(super) fn ask_probe(&mut self, context: &mut Context<'_>, mut acting: Box<Acting>) -> Turn {
        let probe = lines(context.program, acting.step).and_then(|(_, action)| action.settle_probe);
        let probe = probe.and_then(|probe| context.program.observables.get(probe.index()));
        let Some(probe) = probe else {
            return self.stays_unknown(context, acting);
        };
        let id = self.fresh_id();
        context.actions.push(Action::Settle {
            id,
            key: acting.key.clone(),
            call: Call {
                name: probe.name.as_str().into(),
                args: acting.call.args.clone(),
            },
            deadline: moment::after(context.now, probe.deadline),
        });
        acting.stage = Stage::Asking(id);
        Turn::Wait(Frame::Acting(acting))
    }

    pub(super) fn settled(
        &mut self,
        context: &mut Context<'_>,
        acting: Box<Acting>,
        outcome: Settled,
    ) -> Turn {
        match outcome {
            Settled::Applied => self.applied(context, *acting, Value::None),
            Settled::NotApplied => self.not_applied(context, acting, "its probe says so".into()),
            Settled::Nothing => self.stays_unknown(context, acting),
        }
    }

    /// Only a human can tell. Nothing is undone behind an unknown change.
    pub(super) fn stays_unknown(&mut self, context: &mut Context<'_>, acting: Box<Acting>) -> Turn {
        let step = context.program.steps.get(acting.step.index());
        self.ends.blame(step.map(|step| step.place));
        match acting.kind {
            // Whoever undoes lists what is undone, left and unknown.
            IntentKind::Undo => {
                self.touched(context.now);
                Turn::failed(Fault::Refused(Reason::Unknown))
            }
            IntentKind::Do | IntentKind::Release => {
                self.touched(context.now);
                if acting.kind == IntentKind::Release {
                    self.not_released();
                }
                self.keep_change(context, *acting, Value::None, Fate::Unknown);
                self.failed(context, Fault::Refused(Reason::Unknown));
                Turn::Finish(self.handed(Reason::Unknown))
            }
        }
    }
}
