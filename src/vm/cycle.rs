//! Loops: going through lists and ranges, collecting, bounds.

use std::sync::Arc;

use super::execute::{Cursor, Flow, failed, unexpected};
use crate::effect::Fault;
use crate::program::{Address, Op, Register};
use crate::value::{Failure, Kind, LIST_LENGTH, Value};

impl Cursor<'_> {
    /// Puts the next element into `to`, or goes to `exit`.
    pub(super) fn next(
        &mut self,
        iterator: Register,
        to: Register,
        exit: Address,
    ) -> Result<Flow, Box<Fault>> {
        let counter = Register(iterator.0.saturating_add(1));
        let Value::Int(index) = *self.read(counter)? else {
            return Err(unexpected("Int"));
        };
        let element = match self.read(iterator)? {
            Value::List(items) => usize::try_from(index)
                .ok()
                .and_then(|at| items.get(at))
                .cloned(),
            Value::Range(range) => match (&range.start, &range.end) {
                (Value::Int(start), Value::Int(end)) => {
                    let element = start.checked_add(index);
                    let inside = |value: &i64| value < end || (range.inclusive && value == end);
                    element.filter(inside).map(Value::Int)
                }
                _ => return Err(unexpected("a range of Int")),
            },
            _ => return Err(unexpected("a list or a range")),
        };
        let Some(element) = element else {
            return Ok(Flow::Jump(exit));
        };
        self.write(to, element)?;
        self.write_int(counter, index.saturating_add(1))?;
        Ok(Flow::Took)
    }

    /// Adds an element to a list that is being made.
    pub(super) fn append(&mut self, list: Register, value: Register) -> Result<Flow, Box<Fault>> {
        let value = self.read(value)?.clone();
        self.meter.takes_in(&value)?;
        let Some(Value::List(items)) = self.registers.get_mut(list.index()) else {
            return Err(unexpected("a list"));
        };
        if items.len() >= LIST_LENGTH {
            return Err(failed(Failure::TooLong {
                what: Kind::List,
                limit: LIST_LENGTH as u32,
            }));
        }
        Arc::make_mut(items).push(value);
        Ok(Flow::Next)
    }

    pub(super) fn bound(&self, list: Register, at_most: u32) -> Result<Flow, Box<Fault>> {
        let count = self.count(list)?;
        if count > u64::from(at_most) {
            let what = format!("{count} elements where at most {at_most} may be");
            return Err(Box::new(Fault::OverBound(what)));
        }
        Ok(Flow::Next)
    }

    pub(super) fn not_empty(&self, list: Register) -> Result<Flow, Box<Fault>> {
        match self.count(list)? {
            0 => Err(Box::new(Fault::Empty)),
            _ => Ok(Flow::Next),
        }
    }

    /// How often a loop runs, if the instruction takes its elements.
    pub(super) fn rounds(&self, op: Op) -> Option<u64> {
        match op {
            Op::Next { iterator, .. } => self.count(iterator).ok(),
            _ => None,
        }
    }

    /// How often a loop over it would run.
    fn count(&self, list: Register) -> Result<u64, Box<Fault>> {
        match self.read(list)? {
            Value::List(items) => Ok(items.len() as u64),
            Value::Range(range) => match (&range.start, &range.end) {
                (Value::Int(start), Value::Int(end)) => {
                    let last = if range.inclusive {
                        end.saturating_add(1)
                    } else {
                        *end
                    };
                    Ok(u64::try_from(last.saturating_sub(*start)).unwrap_or(0))
                }
                _ => Err(unexpected("a range of Int")),
            },
            _ => Err(unexpected("a list or a range")),
        }
    }
}
