//! The dispatch loop: runs the newest frame until it calls, returns, asks, fails or has used its
//! slice up.

use super::frame::Frame;
use super::meter::Meter;
use super::trace::{Passing, Trace};
use super::{Vm, arithmetic, broken, builtins};
use crate::effect::{Fault, Limit};
use crate::program::points::Passed;
use crate::program::{
    Address, Comparison, ConstantIndex, Function, FunctionIndex, Op, OperandsIndex, Program,
    Register,
};
use crate::value::{Failure, Value, convert, unary};

/// Why the loop was left.
pub(super) enum Exit {
    Return(Value),
    Call {
        to: Register,
        function: FunctionIndex,
        arguments: OperandsIndex,
    },
    /// The instruction that the frame stands at needs an answer.
    Ask,
    Yield,
    /// So much was allocated that somebody should look at what is live.
    Measure,
    Fail(Box<Fault>),
}

/// Where an instruction leads.
pub(super) enum Flow {
    Next,
    Jump(Address),
    /// To the next one, with an element of a loop.
    Took,
    /// To the next one, when it has been paid for and done by [`Cursor::make`].
    Make,
    /// To what a comparison says, when it has been paid for and done by [`Cursor::weigh`].
    Weigh,
    /// Out of the loop, by this same instruction.
    Leave,
}

/// What an instruction sees: its frame and the tables.
pub(super) struct Cursor<'a> {
    pub(super) program: &'a Program,
    pub(super) function: &'a Function,
    pub(super) registers: &'a mut [Value],
    pub(super) refreshed: &'a [Value],
    pub(super) caught: &'a Option<Fault>,
    pub(super) meter: &'a mut Meter,
}

impl Vm {
    pub(super) fn run(&mut self, program: &Program, stop: u64, trace: Option<&mut Trace>) -> Exit {
        if self.meter.should_measure()
            && let Err(fault) = self.measure()
        {
            return Exit::Fail(fault);
        }
        let Some(frame) = self.frames.last_mut() else {
            return Exit::Fail(Box::new(broken("no frame is left")));
        };
        let function = match frame.function(program) {
            Ok(function) => function,
            Err(fault) => return Exit::Fail(fault),
        };
        let mut cursor = Cursor {
            program,
            function,
            registers: self
                .registers
                .get_mut(frame.base as usize..)
                .unwrap_or_default(),
            refreshed: &self.refreshed,
            caught: &self.caught,
            meter: &mut self.meter,
        };
        let passing = trace.and_then(|trace| trace.of(frame.function));
        cursor.run(frame, stop, passing)
    }

    fn measure(&mut self) -> Result<(), Box<Fault>> {
        let live = self.registers.iter().chain(&self.refreshed);
        self.meter.measure(live)
    }
}

impl Cursor<'_> {
    fn run(&mut self, frame: &mut Frame, stop: u64, mut passing: Option<Passing<'_>>) -> Exit {
        let code = self.function.code.as_slice();
        let mut at = frame.at;
        // Where the straight code begins that is being run.
        let mut entered = at;
        // What the slice may still use is counted here and given back where something else pays.
        let mut left = self.meter.take_above(stop);
        let exit = loop {
            let Some(op) = code.get(at.index()) else {
                break Exit::Fail(Box::new(broken("the code runs off its end")));
            };
            if left == 0 {
                break match stop {
                    0 => Exit::Fail(Box::new(Fault::Limit(Limit::Fuel))),
                    _ => Exit::Yield,
                };
            }
            left -= 1;
            let flow = match self.execute(*op) {
                Ok(Flow::Weigh) => {
                    self.meter.give_back(left);
                    let flow = self.weigh(*op);
                    left = self.meter.take_above(stop);
                    flow
                }
                flow => flow,
            };
            match flow {
                Ok(Flow::Next) => at = Address(at.0.saturating_add(1)),
                Ok(Flow::Jump(target)) => {
                    if let Some(passing) = &mut passing {
                        passing.straight(entered, at);
                        passing.at(at, Passed::Taken);
                        passing.rounds(at, self.rounds(*op));
                        entered = target;
                    }
                    at = target;
                }
                Ok(Flow::Took) => {
                    if let Some(passing) = &mut passing {
                        passing.rounds(at, self.rounds(*op));
                    }
                    at = Address(at.0.saturating_add(1));
                }
                Ok(Flow::Make) => {
                    self.meter.give_back(left);
                    let made = self.make(*op);
                    left = self.meter.take_above(stop);
                    if let Err(fault) = made {
                        break Exit::Fail(fault);
                    }
                    at = Address(at.0.saturating_add(1));
                    if self.meter.should_measure() {
                        break Exit::Measure;
                    }
                }
                Ok(Flow::Leave) => break self.leave(*op),
                Ok(Flow::Weigh) => {
                    break Exit::Fail(Box::new(broken("a comparison without an end")));
                }
                Err(fault) => break Exit::Fail(fault),
            }
        };
        self.meter.give_back(left);
        if let Some(passing) = &mut passing {
            passing.straight(entered, at);
            if matches!(exit, Exit::Fail(_)) {
                passing.at(at, Passed::Failed);
            }
        }
        frame.at = at;
        exit
    }

    /// What an instruction that leaves the loop wants.
    fn leave(&mut self, op: Op) -> Exit {
        match op {
            Op::Call {
                to,
                function,
                arguments,
            } => Exit::Call {
                to,
                function,
                arguments,
            },
            Op::Return { from } => match self.registers.get_mut(from.index()) {
                Some(value) => Exit::Return(std::mem::replace(value, Value::None)),
                None => Exit::Fail(Box::new(broken("a register outside of the frame"))),
            },
            _ => Exit::Ask,
        }
    }

    #[inline(always)]
    #[rustfmt::skip]
    fn execute(&mut self, op: Op) -> Result<Flow, Box<Fault>> {
        match op {
            Op::Constant { to, constant } => { let value = self.constant(constant)?.clone(); self.write(to, value) }
            Op::Integer { to, value } => self.write_int(to, i64::from(value)),
            Op::Bool { to, value } => self.write_bool(to, value),
            Op::None { to } => self.write(to, Value::None),
            Op::Move { to, from } => { let value = self.read(from)?.clone(); self.write(to, value) }

            Op::Int { op, to, left, right } => { let value = arithmetic::int(op, self.int(left)?, self.int(right)?)?; self.write_int(to, value) }
            Op::IntImmediate { op, to, left, right } => { let value = arithmetic::int(op, self.int(left)?, i64::from(right))?; self.write_int(to, value) }
            Op::Float { op, to, left, right } => { let value = arithmetic::float(op, self.float(left)?, self.float(right)?)?; self.write(to, Value::Float(value)) }
            Op::Arithmetic { op, to, left, right } => { let value = arithmetic::any(op, self.read(left)?, self.read(right)?)?; self.write(to, value) }
            Op::Unary { op, to, from } => { let value = unary(op, self.read(from)?).map_err(failed)?; self.write(to, value) }
            Op::Convert { unit, to, from } => { let value = convert(self.read(from)?, unit).map_err(failed)?; self.write(to, value) }

            Op::Compare { left, .. } | Op::JumpCompare { left, .. } | Op::JumpConstant { left, .. } if is_large(self.read(left)?) => Ok(Flow::Weigh),
            Op::In { whole, .. } if is_large(self.read(whole)?) => Ok(Flow::Weigh),
            Op::Compare { op, to, left, right } => { let holds = arithmetic::compare(op, self.read(left)?, self.read(right)?)?; self.write_bool(to, holds) }
            Op::In { to, value, whole } => { let holds = self.contains(value, whole)?; self.write_bool(to, holds) }
            Op::IsNone { to, from } => { let holds = self.read(from)?.is_none(); self.write_bool(to, holds) }
            Op::IsEmpty { to, from } => { let holds = self.is_empty(from)?; self.write_bool(to, holds) }

            Op::Jump { target } => Ok(Flow::Jump(target)),
            Op::JumpIf { expected, value, target } => { let holds = self.bool(value)? == expected; jump(holds, target) }
            Op::JumpCompare { op, left, right, target } => jump(arithmetic::compare(op, self.read(left)?, self.read(right)?)?, target),
            Op::JumpConstant { op, left, right, target } => jump(arithmetic::compare(op, self.read(left)?, self.constant(right)?)?, target),
            Op::JumpInt { op, left, right, target } => jump(arithmetic::compare_int(op, self.int(left)?, self.int(right)?), target),
            Op::JumpIntImmediate { op, left, right, target } => jump(arithmetic::compare_int(op, self.int(left)?, i64::from(right)), target),
            Op::JumpNone { expected, value, target } => { let holds = self.read(value)?.is_none() == expected; jump(holds, target) }

            Op::Field { to, base, field } => { let value = self.field(base, field)?; self.write(to, value) }
            Op::LiveField { to, base, field } => match self.live(base)? { Some(fresh) => { let value = self.live_field(fresh, field)?; self.write(to, value) } None => Ok(Flow::Leave) },
            Op::Index { to, base, index } => { let value = self.index(base, index)?; self.write(to, value) }
            Op::Range { inclusive, to, start, end } => { let value = self.range(inclusive, start, end)?; self.write(to, value) }

            Op::Next { iterator, to, exit } => self.next(iterator, to, exit),
            Op::Bound { list, at_most } => self.bound(list, at_most),
            Op::NotEmpty { list } => self.not_empty(list),

            Op::List { .. } | Op::Map { .. } | Op::Record { .. } | Op::Fill { .. } | Op::Append { .. } | Op::Builtin { .. } => Ok(Flow::Make),
            Op::Call { .. } | Op::Return { .. } | Op::Effect { .. } => Ok(Flow::Leave),
            Op::Fail { text } => Err(failed(Failure::conversion(self.constant(text)?.to_plain()))),
            Op::Rethrow => Err(Box::new(self.caught.clone().unwrap_or_else(|| broken("nothing to throw again")))),
        }
    }

    #[inline(always)]
    pub(super) fn read(&self, register: Register) -> Result<&Value, Box<Fault>> {
        match self.registers.get(register.index()) {
            Some(value) => Ok(value),
            None => Err(outside()),
        }
    }

    #[inline(always)]
    pub(super) fn write(&mut self, register: Register, value: Value) -> Result<Flow, Box<Fault>> {
        match self.registers.get_mut(register.index()) {
            Some(slot) => *slot = value,
            None => return Err(outside()),
        }
        Ok(Flow::Next)
    }

    /// Scalars are written in place: most often the register holds one already.
    #[inline(always)]
    pub(super) fn write_int(&mut self, register: Register, value: i64) -> Result<Flow, Box<Fault>> {
        match self.registers.get_mut(register.index()) {
            Some(Value::Int(slot)) => *slot = value,
            Some(slot) => *slot = Value::Int(value),
            None => return Err(outside()),
        }
        Ok(Flow::Next)
    }

    #[inline(always)]
    fn write_bool(&mut self, register: Register, value: bool) -> Result<Flow, Box<Fault>> {
        match self.registers.get_mut(register.index()) {
            Some(Value::Bool(slot)) => *slot = value,
            Some(slot) => *slot = Value::Bool(value),
            None => return Err(outside()),
        }
        Ok(Flow::Next)
    }

    /// The comparisons of what is large, which are paid for by its size.
    fn weigh(&mut self, op: Op) -> Result<Flow, Box<Fault>> {
        match op {
            Op::Compare {
                op,
                to,
                left,
                right,
            } => {
                let (left, right) = (self.read(left)?.clone(), self.read(right)?.clone());
                let holds = compare_large(self.meter, op, &left, &right)?;
                self.write_bool(to, holds)
            }
            Op::JumpCompare {
                op,
                left,
                right,
                target,
            } => {
                let (left, right) = (self.read(left)?.clone(), self.read(right)?.clone());
                jump(compare_large(self.meter, op, &left, &right)?, target)
            }
            Op::JumpConstant {
                op,
                left,
                right,
                target,
            } => {
                let (left, right) = (self.read(left)?.clone(), self.constant(right)?.clone());
                jump(compare_large(self.meter, op, &left, &right)?, target)
            }
            Op::In { to, value, whole } => {
                let all = self.read(whole)?.clone();
                self.meter.goes_through(&all)?;
                let holds = self.contains(value, whole)?;
                self.write_bool(to, holds)
            }
            _ => Err(Box::new(broken("an instruction that compares nothing"))),
        }
    }

    /// The instructions that allocate or go through something, which is paid for by its size.
    fn make(&mut self, op: Op) -> Result<Flow, Box<Fault>> {
        let (to, value) = match op {
            Op::List { to, items } => (to, self.list(items)?),
            Op::Map { to, entries } => (to, self.map(entries)?),
            Op::Record { to, shape, fields } => (to, self.record(shape, fields)?),
            Op::Fill {
                to,
                template,
                holes,
            } => (to, self.fill(template, holes)?),
            Op::Builtin {
                builtin,
                to,
                arguments,
            } => (to, builtins::call(builtin, self, arguments)?),
            Op::Append { list, value } => return self.append(list, value),
            _ => return Err(Box::new(broken("an instruction that makes nothing"))),
        };
        self.write(to, value)
    }

    pub(super) fn operands(&self, operands: OperandsIndex) -> Result<&[Register], Box<Fault>> {
        match self.function.operands.get(operands.index()) {
            Some(operands) => Ok(operands),
            None => Err(Box::new(broken("operands that are not there"))),
        }
    }

    #[inline(always)]
    fn constant(&self, constant: ConstantIndex) -> Result<&Value, Box<Fault>> {
        match self.program.constants.get(constant.index()) {
            Some(value) => Ok(value),
            None => Err(Box::new(broken("a constant that is not there"))),
        }
    }

    #[inline(always)]
    fn int(&self, register: Register) -> Result<i64, Box<Fault>> {
        match self.read(register)? {
            Value::Int(value) => Ok(*value),
            _ => Err(unexpected("Int")),
        }
    }

    #[inline(always)]
    fn float(&self, register: Register) -> Result<f64, Box<Fault>> {
        match self.read(register)? {
            Value::Float(value) => Ok(*value),
            _ => Err(unexpected("Float")),
        }
    }

    #[inline(always)]
    fn bool(&self, register: Register) -> Result<bool, Box<Fault>> {
        match self.read(register)? {
            Value::Bool(value) => Ok(*value),
            _ => Err(unexpected("Bool")),
        }
    }
}

#[inline(always)]
/// It goes through what both have, and so no further than the lighter one.
fn compare_large(
    meter: &mut Meter,
    op: Comparison,
    left: &Value,
    right: &Value,
) -> Result<bool, Box<Fault>> {
    meter.goes_through(if is_large(right) { left } else { right })?;
    arithmetic::compare(op, left, right)
}

/// Whether going through it takes longer than an instruction does.
#[inline(always)]
pub(super) fn is_large(value: &Value) -> bool {
    const LONG: usize = 1_024;
    match value {
        Value::List(_) | Value::Map(_) | Value::Record(_) => true,
        Value::Text(text) | Value::Secret(text) | Value::Role(text) => text.len() > LONG,
        Value::Query(query) => query.text.len() > LONG,
        Value::None
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Float(_)
        | Value::Percent(_)
        | Value::Duration(_)
        | Value::Size(_)
        | Value::Time(_)
        | Value::Handle(_)
        | Value::Enum(_)
        | Value::Target(_)
        | Value::Range(_) => false,
    }
}

fn jump(holds: bool, target: Address) -> Result<Flow, Box<Fault>> {
    Ok(if holds {
        Flow::Jump(target)
    } else {
        Flow::Next
    })
}

#[cold]
pub(super) fn failed(failure: Failure) -> Box<Fault> {
    Box::new(Fault::Value(failure))
}

#[cold]
fn outside() -> Box<Fault> {
    Box::new(broken("a register outside of the frame"))
}

#[cold]
pub(super) fn unexpected(wanted: &str) -> Box<Fault> {
    Box::new(broken(&format!("a register that should hold {wanted}")))
}
