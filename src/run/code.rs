//! Runs code, and answers or hands on what it asks for.

use serde::{Deserialize, Serialize};

use super::frame::{Ending, Frame, Outcome, Signal, Turn};
use super::guard::Guarding;
use super::observe::Observing;
use super::plan::Planning;
use super::time::look_ends;
use super::verify::Verifying;
use super::{Action, Context, IntentKind, Run, moment};
use crate::effect::Reason;
use crate::program::FunctionIndex;
use crate::value::{Duration, Time, Value};
use crate::vm::{Meter, Reply, Request, Step, Vm};

/// Instructions between two looks at the limits of a run; the machine counts the run's own fuel.
const SLICE: u64 = 100_000;

/// Code in the middle of its work.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Code {
    vm: Vm,
    purpose: Purpose,
    /// Of a look: when it is over.
    until: Option<Time>,
}

impl Code {
    /// Counts from the start what it may use.
    pub fn fill_meter(&mut self) {
        self.vm.fill_meter();
    }

    /// It was left alone for so long.
    pub fn put_off(&mut self, missed: Duration) {
        self.until = self.until.map(|until| moment::after(until, missed));
    }
}

/// What code is run for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Purpose {
    Diagnose,
    /// A remedy, or routine steps.
    Remedy,
    /// A guard, a verify: gives a Bool.
    Condition,
    /// Takes a change back.
    Undo,
    /// An `otherwise` of this reason.
    Notify(Reason),
}

/// `wait 30s`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pausing {
    duration: Duration,
    id: u64,
}

impl Pausing {
    pub fn awaits(&self, id: u64) -> bool {
        self.id == id
    }

    pub fn id_mut(&mut self) -> &mut u64 {
        &mut self.id
    }
}

/// Why code was left.
enum Left {
    Done(Turn),
    Waiting(Frame),
}

/// What becomes of a request.
enum Asked {
    Answer(Reply),
    Call(Frame),
    Return(Ending),
}

impl Run {
    pub(super) fn start_code(
        &self,
        context: &Context<'_>,
        function: FunctionIndex,
        args: Vec<Value>,
        purpose: Purpose,
    ) -> Frame {
        let vm = Vm::start(context.program, function, args);
        let until = look_ends(context.program, function, context.now);
        Frame::Code(Box::new(Code { vm, purpose, until }))
    }

    pub(super) fn code(
        &mut self,
        context: &mut Context<'_>,
        mut code: Box<Code>,
        signal: Signal,
    ) -> Turn {
        code.vm = code.vm.with_meter(self.meter_for(code.purpose));
        match signal {
            Signal::Reply(Outcome::Reply(reply)) => code.vm.resume(context.program, reply),
            Signal::Enter | Signal::Input(_) | Signal::Reply(Outcome::Ended(_)) => {}
        }
        let turn = self.run_code(context, &mut code);
        self.keep_meter(code.purpose, code.vm.meter().clone());
        match turn {
            Left::Done(turn) => turn,
            Left::Waiting(frame) => Turn::Call(Frame::Code(code), frame),
        }
    }

    /// Lets the code work until it ends or something else has to be waited for.
    fn run_code(&mut self, context: &mut Context<'_>, code: &mut Code) -> Left {
        loop {
            let trace = context.trace.as_deref_mut();
            match code.vm.step_traced(context.program, SLICE, trace) {
                Step::Yield => {}
                Step::Done(value) => return Left::Done(Turn::reply(Reply::Value(value))),
                Step::Fault(fault) => return Left::Done(Turn::failed(fault)),
                Step::Need(request) => match self.request(context, code, request) {
                    Asked::Answer(reply) => code.vm.resume(context.program, reply),
                    Asked::Call(frame) => return Left::Waiting(frame),
                    Asked::Return(ending) => {
                        return Left::Done(Turn::Return(Outcome::Ended(ending)));
                    }
                },
            }
        }
    }

    /// Code that undoes uses what is set aside for it, and only that.
    fn meter_for(&self, purpose: Purpose) -> Meter {
        match purpose {
            Purpose::Undo => self
                .reserve
                .clone()
                .unwrap_or_else(|| self.meter.for_undo()),
            Purpose::Diagnose | Purpose::Remedy | Purpose::Condition | Purpose::Notify(_) => {
                self.meter.clone()
            }
        }
    }

    fn keep_meter(&mut self, purpose: Purpose, meter: Meter) {
        match purpose {
            Purpose::Undo => self.reserve = Some(meter),
            Purpose::Diagnose | Purpose::Remedy | Purpose::Condition | Purpose::Notify(_) => {
                self.meter = meter;
            }
        }
    }

    fn request(&mut self, context: &mut Context<'_>, code: &Code, request: Request) -> Asked {
        let Code { purpose, until, .. } = *code;
        match request {
            Request::Observe(observations) => {
                Asked::Call(Frame::Observing(Observing::new(observations, until)))
            }
            Request::Refresh(target) => self.refresh(context, &target, until).into(),
            Request::PlanReady {
                phase,
                values,
                precheck,
                follows,
            } => {
                let planning = Planning::new(phase, values, precheck, follows);
                Asked::Call(Frame::Planning(planning))
            }
            Request::GuardOpen { guard, captures } => {
                let opened = self.open_guard(guard, captures);
                Asked::Call(Frame::Guarding(Guarding::from(opened)))
            }
            Request::GuardClose { count } => {
                self.close_guards(usize::from(count));
                Asked::Answer(Reply::Done)
            }
            Request::Do {
                step,
                args,
                captures,
            } => {
                let release = context
                    .program
                    .steps
                    .get(step.index())
                    .is_some_and(|step| step.release);
                let kind = match purpose {
                    Purpose::Undo => IntentKind::Undo,
                    _ if release => IntentKind::Release,
                    _ => IntentKind::Do,
                };
                self.act(context, kind, step, args, captures).into()
            }
            Request::Verify { verify, captures } => {
                Asked::Call(Frame::Verifying(Verifying::new(verify, captures)))
            }
            Request::Begin(piece) => {
                self.begin(context, piece);
                Asked::Answer(Reply::Done)
            }
            Request::End => {
                self.end_piece();
                Asked::Answer(Reply::Done)
            }
            Request::Unwind(fault) => Asked::Call(self.unwind(context, fault)),
            Request::Waive => {
                self.waived();
                Asked::Answer(Reply::Done)
            }
            Request::Wait(duration) => Asked::Call(Frame::Pausing(Pausing { duration, id: 0 })),
            Request::Tell(message) => {
                self.tell(context, message, purpose);
                Asked::Answer(Reply::Done)
            }
            Request::Attach(values) => {
                context.actions.push(Action::Attach(values));
                Asked::Answer(Reply::Done)
            }
            Request::Found { finding, args } => Asked::Return(Ending::Found(finding, args)),
            Request::Novel { text } => Asked::Return(Ending::Novel(text)),
            Request::Inconclusive { text } => Asked::Return(Ending::Inconclusive(text)),
            Request::Cleared { why } => Asked::Return(Ending::Cleared(why)),
            Request::Mitigated {
                mitigation,
                text,
                captures,
            } => Asked::Return(Ending::Mitigated(mitigation, text, captures)),
        }
    }

    pub(super) fn pausing(
        &mut self,
        context: &mut Context<'_>,
        mut pausing: Pausing,
        signal: Signal,
    ) -> Turn {
        match signal {
            Signal::Enter => {
                pausing.id = self.wait(context, pausing.duration);
                Turn::Wait(Frame::Pausing(pausing))
            }
            Signal::Input(_) | Signal::Reply(_) => Turn::reply(Reply::Done),
        }
    }
}

/// A frame to wait for, or the answer at once.
impl From<Result<Frame, Reply>> for Asked {
    fn from(asked: Result<Frame, Reply>) -> Asked {
        match asked {
            Ok(frame) => Asked::Call(frame),
            Err(reply) => Asked::Answer(reply),
        }
    }
}
