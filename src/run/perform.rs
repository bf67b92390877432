//! Carrying a change out: what comes of it, what is remembered, when it is tried again.

use super::act::{Acting, Stage};
use super::call::lines;
use super::change::{Change, Fate};
use super::frame::{Frame, Turn};
use super::{Action, Context, How, IntentKind, Perform, Run, State, moment};
use crate::effect::{ChangeOutcome, Fault, Reason};
use crate::program::Undo;
use crate::value::Value;
use crate::vm::Reply;

impl Run {
    /// Carries it out; also when it is repeated after an unknown outcome.
    pub(super) fn perform(&mut self, context: &mut Context<'_>, mut acting: Box<Acting>) -> Turn {
        match acting.kind {
            IntentKind::Undo => self.enter(context, State::Undoing),
            IntentKind::Release => self.enter(context, State::Acting),
            IntentKind::Do => {
                self.enter(context, State::Acting);
                self.soil(&acting.key, &acting.call);
            }
        }
        let within = lines(context.program, acting.step)
            .map(|(step, action)| step.within.unwrap_or(action.deadline))
            .unwrap_or_default();
        let id = self.fresh_id();
        let deadline = moment::after(context.now, within);
        context.actions.push(Action::Perform(Perform {
            id,
            kind: acting.kind,
            how: match acting.is_again() {
                true => acting.how.again(),
                false => acting.how.clone(),
            },
            call: acting.call.clone(),
            deadline,
            key: acting.key.clone(),
        }));
        acting.stage = Stage::Performing { id, deadline };
        Turn::Wait(Frame::Acting(acting))
    }

    pub(super) fn performed(
        &mut self,
        context: &mut Context<'_>,
        acting: Box<Acting>,
        outcome: ChangeOutcome,
    ) -> Turn {
        match outcome {
            ChangeOutcome::Applied(value) => self.applied(context, *acting, value),
            // That it was not done once more says nothing of the earlier try.
            ChangeOutcome::NotApplied(_) if acting.is_again() => self.unknown(context, acting),
            ChangeOutcome::NotApplied(why) => self.not_applied(context, acting, why),
            ChangeOutcome::Unknown => self.unknown(context, acting),
            ChangeOutcome::Broke(why) => self.broke(context, acting, why),
            ChangeOutcome::NotBegun(_) => self.not_begun(context, acting),
        }
    }

    pub(super) fn applied(
        &mut self,
        context: &mut Context<'_>,
        acting: Acting,
        value: Value,
    ) -> Turn {
        self.touched(context.now);
        match acting.kind {
            IntentKind::Do => {
                self.give_back(&acting.call);
                let result = value.clone();
                self.keep_change(context, acting, result, Fate::Standing);
            }
            IntentKind::Release => self.released(),
            IntentKind::Undo => {
                self.give_back(&acting.call);
                // What gave something back may be taken back itself.
                if acting.how == How::Do {
                    let step = lines(context.program, acting.step).map(|(step, _)| step);
                    self.now_holds(step, &acting.key, &acting.call);
                }
                self.changed_back(&acting.targets);
                return Turn::reply(Reply::Value(value));
            }
        }
        match self.cancelled() {
            Some(end) => Turn::Finish(end),
            None => Turn::reply(Reply::Value(value)),
        }
    }

    /// Remembers a change with what it takes to undo it.
    pub(super) fn keep_change(
        &mut self,
        context: &Context<'_>,
        acting: Acting,
        result: Value,
        fate: Fate,
    ) {
        let mut captures = acting.captures;
        captures.push(result);
        let step = lines(context.program, acting.step).map(|(step, _)| step);
        self.now_holds(step, &acting.key, &acting.call);
        let undo = step.map(|step| step.undo.clone());
        self.changes.push(Change {
            key: acting.key,
            call: acting.call,
            step: acting.step,
            undo: undo.unwrap_or(Undo::Nothing),
            captures,
            fate,
        });
    }

    pub(super) fn not_applied(
        &mut self,
        context: &mut Context<'_>,
        mut acting: Box<Acting>,
        why: String,
    ) -> Turn {
        if let Some(why) = acting.broke.take() {
            return self.broken_off(context, *acting, why);
        }
        self.cleaned(&acting.key);
        if let (Some(end), IntentKind::Do) = (self.cancelled(), acting.kind) {
            return Turn::Finish(end);
        }
        let step = context.program.steps.get(acting.step.index());
        let stops = self.is_called_off(&acting);
        match step.and_then(|step| step.retry) {
            Some((times, every)) if acting.attempt < times && acting.how == How::Do && !stops => {
                acting.attempt += 1;
                acting.stage = Stage::Retrying(self.wait(context, every));
                Turn::Wait(Frame::Acting(acting))
            }
            Some(_) | None => {
                self.ends.blame(step.map(|step| step.place));
                Turn::failed(match acting.kind {
                    // What is still held is for a human: no attempt goes on beside it.
                    IntentKind::Release => {
                        self.not_released();
                        Fault::Refused(Reason::NotApplied)
                    }
                    IntentKind::Do | IntentKind::Undo => Fault::NotApplied(why),
                })
            }
        }
    }

    /// It was granted, and changes were stopped before it began: it asks for leave anew, and counts as no try.
    fn not_begun(&mut self, context: &mut Context<'_>, acting: Box<Acting>) -> Turn {
        if acting.is_again() {
            return self.repeat_later(context, acting);
        }
        self.cleaned(&acting.key);
        if let (Some(end), IntentKind::Do) = (self.cancelled(), acting.kind) {
            return Turn::Finish(end);
        }
        self.guard_change(context, acting)
    }

    /// It failed after it had begun: tried again where the author says that this does no harm.
    fn broke(&mut self, context: &mut Context<'_>, mut acting: Box<Acting>, why: String) -> Turn {
        self.touched(context.now);
        let step = context.program.steps.get(acting.step.index());
        let stops = self.is_called_off(&acting);
        match step.and_then(|step| step.retry) {
            Some((times, every)) if acting.attempt < times && acting.how == How::Do && !stops => {
                acting.attempt += 1;
                acting.broke = Some(why);
                acting.stage = Stage::Retrying(self.wait(context, every));
                Turn::Wait(Frame::Acting(acting))
            }
            Some(_) | None => self.broken_off(context, *acting, why),
        }
    }

    /// What broke is undone like what was applied.
    fn broken_off(&mut self, context: &mut Context<'_>, acting: Acting, why: String) -> Turn {
        let step = context.program.steps.get(acting.step.index());
        self.ends.blame(step.map(|step| step.place));
        match acting.kind {
            IntentKind::Do => {
                self.keep_change(context, acting, Value::None, Fate::Standing);
                match self.cancelled() {
                    Some(end) => Turn::Finish(end),
                    None => Turn::failed(Fault::Broke(why)),
                }
            }
            IntentKind::Undo => Turn::failed(Fault::Broke(why)),
            IntentKind::Release => {
                self.not_released();
                Turn::failed(Fault::Refused(Reason::Broke))
            }
        }
    }

    pub(super) fn waited(&mut self, context: &mut Context<'_>, acting: Box<Acting>) -> Turn {
        match acting.stage {
            // The world may have moved on meanwhile: the guards are read again.
            Stage::Retrying(_) => self.guard_change(context, acting),
            Stage::Repeating(_) => self.repeat(context, acting),
            Stage::Ripening(_) => self.ask_probe(context, acting),
            Stage::Checking
            | Stage::Held
            | Stage::Intending(_)
            | Stage::Performing { .. }
            | Stage::Asking(_)
            | Stage::Again(_)
            | Stage::Counting => Turn::Wait(Frame::Acting(acting)),
        }
    }
}
