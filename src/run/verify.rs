//! Verifying: polls until the condition has held long enough, time is over, or the waiting is
//! aborted.

use serde::{Deserialize, Serialize};

use super::change::Fate;
use super::code::Purpose;
use super::frame::{Frame, Outcome, Signal, Turn};
use super::{Action, Context, Event, NotVerified, Run, State, moment};
use crate::effect::{Fault, Reason};
use crate::program::{Verify, VerifyElse, VerifyIndex};
use crate::value::{Duration, Time, Value};
use crate::vm::Reply;

/// A verify under way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verifying {
    verify: VerifyIndex,
    captures: Vec<Value>,
    order: Order,
    started: Time,
    /// The newest poll; while it is waited for, when it is due.
    polled: Time,
    /// Since when every poll was true.
    held_since: Option<Time>,
    stage: Stage,
}

/// What it is run for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Order {
    /// The code has come to it.
    Reached,
    /// Whether it holds already, for as long as it has to: over at the first reading that says no.
    Look,
    /// It is owed for a change that nothing has proven.
    Owed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Stage {
    Waiting(u64),
    /// `abort if` is being read.
    Aborting,
    /// The condition is being read.
    Reading,
}

impl Verifying {
    /// So much of the time since it held first nobody looked.
    pub fn unseen(&mut self, by: Duration) {
        if let Some(since) = &mut self.held_since {
            *since = moment::after(*since, by);
        }
    }

    /// The clock was set.
    pub fn shift(&mut self, by: Duration) {
        let times = [&mut self.started, &mut self.polled];
        for time in times.into_iter().chain(&mut self.held_since) {
            *time = moment::after(*time, by);
        }
    }

    /// A verify that the code has come to.
    pub fn new(verify: VerifyIndex, captures: Vec<Value>) -> Verifying {
        Verifying {
            verify,
            captures,
            order: Order::Reached,
            started: Time::default(),
            polled: Time::default(),
            held_since: None,
            stage: Stage::Waiting(0),
        }
    }

    /// Whether it holds already: gives a Bool.
    pub fn look(verify: VerifyIndex, captures: Vec<Value>) -> Verifying {
        Verifying {
            order: Order::Look,
            ..Verifying::new(verify, captures)
        }
    }

    /// One that is owed.
    pub fn owed(verify: VerifyIndex, captures: Vec<Value>) -> Verifying {
        Verifying {
            order: Order::Owed,
            ..Verifying::new(verify, captures)
        }
    }

    pub fn awaits(&self, id: u64) -> bool {
        self.stage == Stage::Waiting(id)
    }

    pub fn id_mut(&mut self) -> Option<&mut u64> {
        match &mut self.stage {
            Stage::Waiting(id) => Some(id),
            Stage::Aborting | Stage::Reading => None,
        }
    }
}

impl Run {
    pub(super) fn verifying(
        &mut self,
        context: &mut Context<'_>,
        mut verifying: Verifying,
        signal: Signal,
    ) -> Turn {
        let Some(verify) = context.program.verifies.get(verifying.verify.index()) else {
            return Turn::failed(Fault::NotVerified);
        };
        match (signal, verifying.stage) {
            (Signal::Enter, _) => {
                verifying.started = context.now;
                verifying.polled = context.now;
                match verifying.order {
                    // `abort if` is asked behind it.
                    Order::Look => return self.read(context, verify, verifying, Stage::Reading),
                    Order::Reached => self.now_waits_for(verifying.verify, &verifying.captures),
                    Order::Owed => {}
                }
                self.enter(context, State::Verifying);
                self.next_poll(context, verify, verifying)
            }
            (Signal::Input(_), _) => {
                // The agent was not at work: what it missed speaks neither for the condition nor against it.
                let late = moment::since(verifying.polled, context.now);
                if late >= verify.every {
                    verifying.started = moment::after(verifying.started, late);
                    if let Some(since) = &mut verifying.held_since {
                        *since = moment::after(*since, late);
                    }
                }
                verifying.polled = context.now;
                let aborts = verify.abort_if.is_some() && verifying.order != Order::Look;
                let stage = if aborts {
                    Stage::Aborting
                } else {
                    Stage::Reading
                };
                self.read(context, verify, verifying, stage)
            }
            (Signal::Reply(outcome), Stage::Aborting) => match context.read(outcome) {
                Ok(true) => self.not_verified(context, verify, &verifying, NotVerified::Aborted),
                Err(fault) => Turn::failed(fault),
                Ok(false) => self.read(context, verify, verifying, Stage::Reading),
            },
            (Signal::Reply(outcome), Stage::Reading | Stage::Waiting(_)) => {
                self.polled(context, verify, verifying, outcome)
            }
        }
    }

    fn read(
        &mut self,
        context: &Context<'_>,
        verify: &Verify,
        mut verifying: Verifying,
        stage: Stage,
    ) -> Turn {
        let condition = match (stage, verify.abort_if) {
            (Stage::Aborting, Some(condition)) => condition,
            (Stage::Aborting | Stage::Reading | Stage::Waiting(_), _) => verify.condition,
        };
        verifying.stage = stage;
        let captures = verifying.captures.clone();
        let code = self.start_code(context, condition, captures, Purpose::Condition);
        Turn::Call(Frame::Verifying(verifying), code)
    }

    fn polled(
        &mut self,
        context: &mut Context<'_>,
        verify: &Verify,
        mut verifying: Verifying,
        outcome: Outcome,
    ) -> Turn {
        // A reading that failed is not true, and no failure of the run.
        let held = match context.read(outcome) {
            Ok(held) => held,
            Err(fault) => return Turn::failed(fault),
        };
        if verifying.order != Order::Look {
            let verify = verifying.verify;
            context.record(Event::Polled { verify, held });
        }
        verifying.held_since = match (held, verifying.order) {
            (true, _) => Some(verifying.held_since.unwrap_or(verifying.polled)),
            (false, Order::Look) => return Turn::reply(Reply::Value(Value::Bool(false))),
            (false, Order::Reached | Order::Owed) => {
                self.ends.fell_short = true;
                None
            }
        };
        let long_enough = verifying.held_since.is_some_and(|since| {
            moment::since(since, verifying.polled) >= verify.holding.unwrap_or(Duration::ZERO)
        });
        match long_enough {
            true => self.verified(context, &verifying),
            false => self.next_poll(context, verify, verifying),
        }
    }

    /// Waits for the next point of the grid; one that was missed is skipped, and its time does not count.
    fn next_poll(
        &mut self,
        context: &mut Context<'_>,
        verify: &Verify,
        mut verifying: Verifying,
    ) -> Turn {
        let passed = moment::since(verifying.started, context.now).millis();
        let every = verify.every.millis().max(1);
        let within = verify.within.millis();
        if passed >= within {
            return self.not_verified(context, verify, &verifying, NotVerified::OutOfTime);
        }
        let next = ((passed / every + 1) * every).min(within);
        let until = moment::after(verifying.started, Duration::from_millis(next));
        let id = self.fresh_id();
        context.actions.push(Action::Wait { id, until });
        verifying.stage = Stage::Waiting(id);
        verifying.polled = until;
        Turn::Wait(Frame::Verifying(verifying))
    }

    /// It passed: what was done so far is never undone by a later failure.
    fn verified(&mut self, context: &mut Context<'_>, verifying: &Verifying) -> Turn {
        match verifying.order {
            Order::Look => return Turn::reply(Reply::Value(Value::Bool(true))),
            // Whoever runs them waits for all of them.
            Order::Owed => return Turn::reply(Reply::Done),
            Order::Reached => {}
        }
        context.record(Event::Verified {
            verify: verifying.verify,
        });
        self.commit();
        Turn::reply(Reply::Done)
    }

    /// Everything so far is proven.
    pub(super) fn commit(&mut self) {
        self.settle_standing(0, Fate::Committed);
        self.dirt.stands.clear();
        self.plan.waits = None;
        self.plan.skipped = false;
        self.blast.recovered();
    }

    fn not_verified(
        &mut self,
        context: &mut Context<'_>,
        verify: &Verify,
        verifying: &Verifying,
        why: NotVerified,
    ) -> Turn {
        if verifying.order == Order::Look {
            return Turn::reply(Reply::Value(Value::Bool(false)));
        }
        context.record(Event::NotVerified {
            verify: verifying.verify,
            why,
        });
        self.ends.blame(Some(verify.place));
        if verifying.order == Order::Owed {
            return Turn::failed(Fault::NotVerified);
        }
        match verify.otherwise {
            VerifyElse::Undo => Turn::failed(Fault::NotVerified),
            VerifyElse::Keep => {
                self.keep_piece();
                Turn::failed(Fault::NotVerified)
            }
            VerifyElse::Again => {
                self.settle_standing(0, Fate::Kept);
                // The last allowed run ends with a human.
                self.ends.again = self.input.ordinal < context.program.metadata.again;
                Turn::failed(Fault::Refused(Reason::NotVerified))
            }
        }
    }
}
