//! How severe an incident is: asked when a run begins, and before a human hears of what it comes to. It only rises.
//!
//! In: the severities that depend on what is seen. Out: the first whose condition holds, if one does. What cannot be read
//! leaves the severity as it is.

use serde::{Deserialize, Serialize};

use super::code::Purpose;
use super::frame::{Frame, Signal, Turn};
use super::{Context, Event, Run, Start};
use crate::effect::End;
use crate::program::{FunctionIndex, Program};
use crate::vm::Reply;

/// The severities from this one on are asked about, in order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rating {
    next: usize,
}

impl Run {
    /// What is to be asked, if anything of it depends on what is seen.
    pub(super) fn rates(&self, program: &Program) -> Option<Frame> {
        let mut cases = program.metadata.severity.iter();
        let depends = cases.any(|case| case.when.is_some());
        // Whether a debt is paid changes nothing about how severe it was.
        let is_about_debt = matches!(self.input.start, Start::Condition(..));
        (depends && !is_about_debt).then_some(Frame::Rating(Rating { next: 0 }))
    }

    /// The same before an end of which a human hears, unless somebody has called the run off.
    pub(super) fn rates_before(&self, program: &Program, end: &End) -> Option<Frame> {
        let is_heard = matches!(end, End::Handed { .. }) && !self.control.stops();
        self.rates(program).filter(|_| is_heard)
    }

    pub(super) fn rating(
        &mut self,
        context: &mut Context<'_>,
        mut rating: Rating,
        signal: Signal,
    ) -> Turn {
        if let Signal::Reply(outcome) = signal {
            let level = context.program.metadata.severity.get(rating.next);
            let level = level.map(|case| case.level);
            match context.read(outcome) {
                Ok(false) => {}
                Ok(true) => {
                    if let Some(severity) = level {
                        context.record(Event::Rated { severity });
                    }
                    return Turn::reply(Reply::Done);
                }
                Err(fault) => context.record(Event::Unread { fault }),
            }
            rating.next += 1;
        }
        let Some((at, when)) = next(context.program, rating.next) else {
            return Turn::reply(Reply::Done);
        };
        rating.next = at;
        let bindings = self.input.bindings.clone();
        let code = self.start_code(context, when, bindings, Purpose::Condition);
        Turn::Call(Frame::Rating(rating), code)
    }
}

/// The next severity that has a condition.
fn next(program: &Program, from: usize) -> Option<(usize, FunctionIndex)> {
    let cases = program.metadata.severity.iter().enumerate().skip(from);
    cases.filter_map(|(at, case)| Some((at, case.when?))).next()
}
