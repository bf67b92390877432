//! The stated time: no change begins later than that after its run, and looks have an end.
//!
//! It counts from the opening of the run, over all the runs that `again` makes follow it; a run
//! that begins because an incident came back has the whole of it anew. Time in which no agent was
//! there is left out, and that of a storm.

use super::frame::Frame;
use super::{Action, Context, Input, Run, moment};
use crate::program::{FunctionIndex, Program};
use crate::rule::Rule;
use crate::value::{Duration, Time};

/// An answer that is so much later than its look has lain there while the agent stood still.
const STOOD_STILL: Duration = Duration::from_millis(5_000);

impl Run {
    /// Where the stated time of this run counts from; a run that `again` begins goes on with it.
    pub fn began(&self) -> Time {
        self.input.began
    }

    /// Whether it is this one, by what it knows of itself: of which incident, and its how manieth run.
    pub fn is(&self, incident: impl std::fmt::Display, ordinal: u32) -> bool {
        let own = self.input.incident.rsplit('/').next();
        self.input.ordinal == ordinal && own == Some(incident.to_string().as_str())
    }

    /// Whether it is too late to begin a change.
    pub(super) fn is_late(&self, context: &Context<'_>) -> bool {
        let passed = moment::since(self.input.began, context.now);
        passed > context.program.metadata.stated && Rule::StatedTime.holds()
    }

    /// An agent takes the run up again, with what it waits for. What it could not go on with
    /// meanwhile is no time of its own.
    pub fn taken_up(&mut self, pending: &[Action], now: Time) {
        let due = pending.iter().map(|action| match action {
            // With no answer on its way there was nothing to do before.
            Action::Wait { until, .. } => *until,
            // Asked and waited for anew.
            Action::Observe(_)
            | Action::Perform(_)
            | Action::Settle { .. }
            | Action::Intend { .. }
            | Action::Repeat { .. }
            | Action::Tell(_)
            | Action::Attach(_)
            | Action::Record(_)
            | Action::End(_) => self.seen,
        });
        let Some(due) = due.min() else { return };
        let missed = moment::since(due.max(self.seen), now);
        if missed <= Duration::ZERO {
            return;
        }
        self.seen = now;
        self.leave_out(missed);
    }

    /// What a look waits for is about to be told. At work an agent has it when the look is over, at the latest: what is
    /// later, it stood still, and the look has the time again that it had when it was asked.
    pub fn told_late(&mut self, input: &Input, now: Time) {
        let Some(frame) = self.frames.last().filter(|frame| frame.awaits(input)) else {
            return;
        };
        let Some(until) = frame.look_ends() else {
            return;
        };
        let late = moment::since(until, now);
        if late < STOOD_STILL {
            return;
        }
        self.leave_out(late);
        // When in the look it began to stand still, nobody knows.
        let left = moment::since(self.seen, until);
        self.put_off_looks(left);
        for frame in &mut self.frames {
            if let Frame::Verifying(verifying) = frame {
                verifying.unseen(left);
            }
        }
    }

    /// So much of what has passed is no time of its own.
    pub(super) fn leave_out(&mut self, missed: Duration) {
        self.input.began = moment::after(self.input.began, missed);
        self.put_off_looks(missed);
        for frame in &mut self.frames {
            // It looks again, or goes on with the look that was under way.
            if let Frame::Verifying(verifying) = frame {
                verifying.shift(missed);
            }
        }
    }

    /// What is asked of the world, and waited for, may take so much longer.
    fn put_off_looks(&mut self, by: Duration) {
        for frame in &mut self.frames {
            match frame {
                Frame::Code(code) => code.put_off(by),
                Frame::Observing(observing) => observing.put_off(by),
                Frame::Course(_)
                | Frame::Planning(_)
                | Frame::Guarding(_)
                | Frame::Acting(_)
                | Frame::Verifying(_)
                | Frame::Undoing(_)
                | Frame::Pausing(_)
                | Frame::Counting(_)
                | Frame::Rating(_) => {}
            }
        }
    }
}

impl Run {
    /// The clock was set: what the run has noted down of it moves along. Times that came from the world
    /// stay as they are.
    pub fn shift(&mut self, by: Duration) {
        let moved = |time: &mut Time| *time = moment::after(*time, by);
        moved(&mut self.input.incident_opened);
        moved(&mut self.input.began);
        moved(&mut self.seen);
        self.plan.shift(by);
        self.dirt.newest.iter_mut().for_each(moved);
        for frame in &mut self.frames {
            match frame {
                Frame::Code(code) => code.put_off(by),
                Frame::Observing(observing) => observing.put_off(by),
                Frame::Acting(acting) => acting.shift(by),
                Frame::Verifying(verifying) => verifying.shift(by),
                Frame::Course(_)
                | Frame::Planning(_)
                | Frame::Guarding(_)
                | Frame::Undoing(_)
                | Frame::Pausing(_)
                | Frame::Counting(_)
                | Frame::Rating(_) => {}
            }
        }
    }
}

/// When a look that begins now is over, if the code is one.
pub fn look_ends(program: &Program, function: FunctionIndex, now: Time) -> Option<Time> {
    let look = program.functions.get(function.index())?.look?;
    Rule::LooksEnd.holds().then(|| moment::after(now, look))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::CodeHash;
    use crate::run::{Dirt, Leave, RunInput, Start};

    fn at(seconds: i64) -> Time {
        Time::from_millis(seconds * 1000).unwrap()
    }

    fn run() -> Run {
        let input = RunInput {
            incident: "1".into(),
            ordinal: 0,
            incident_opened: at(0),
            began: at(100),
            bindings: Vec::new(),
            start: Start::Diagnose,
            leave: Leave::Mend,
            dirt: Dirt::default(),
            offer: false,
        };
        Run::open(CodeHash([0; 32]), input, at(100))
    }

    fn wait(until: i64) -> Action {
        Action::Wait {
            id: 1,
            until: at(until),
        }
    }

    #[test]
    fn time_without_an_agent_is_left_out() {
        let mut run = run();
        run.taken_up(&[wait(150), wait(900)], at(400));
        assert_eq!(run.began(), at(350));
        // An agent that dies again right away has lost nothing more.
        run.taken_up(&[wait(150), wait(900)], at(400));
        assert_eq!(run.began(), at(350));
    }

    #[test]
    fn a_wait_that_is_not_over_loses_nothing() {
        let mut run = run();
        run.taken_up(&[wait(900)], at(400));
        assert_eq!(run.began(), at(100));
    }

    #[test]
    fn a_run_that_waits_for_nothing_is_as_it_was() {
        let mut run = run();
        run.taken_up(&[], at(400));
        assert_eq!(run.began(), at(100));
    }
}
