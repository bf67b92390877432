//! Frames: what a call remembers, and how an instruction sees its registers.

use serde::{Deserialize, Serialize};

use super::{Vm, broken};
use crate::effect::{Fault, Limit};
use crate::program::{Address, Function, FunctionIndex, OperandsIndex, Program, Register};
use crate::value::Value;

/// How many calls may be open at once.
const DEPTH: usize = 200;

/// A call in progress.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Frame {
    pub(super) function: FunctionIndex,
    /// The instruction that is next, or that is being answered.
    pub(super) at: Address,
    /// Where its registers begin.
    pub(super) base: u32,
    /// The register of the caller that takes the result.
    pub(super) to: Register,
}

impl Frame {
    pub(super) fn function<'p>(&self, program: &'p Program) -> Result<&'p Function, Box<Fault>> {
        let function = program.functions.get(self.function.index());
        function.ok_or_else(|| Box::new(broken("a frame of no function")))
    }
}

impl Vm {
    pub(super) fn enter_first(
        &mut self,
        program: &Program,
        function: FunctionIndex,
        arguments: Vec<Value>,
    ) -> Result<(), Box<Fault>> {
        let callee = callee(program, function, arguments.len())?;
        self.registers = arguments;
        self.push(callee, function, 0, Register(0));
        Ok(())
    }

    /// Calls a function with values of the newest frame.
    pub(super) fn enter(
        &mut self,
        program: &Program,
        function: FunctionIndex,
        arguments: OperandsIndex,
        to: Register,
    ) -> Result<(), Box<Fault>> {
        let caller = self.newest()?.function(program)?;
        match caller.operands.get(arguments.index()) {
            Some(arguments) => self.enter_with(program, function, [arguments, &[]], to),
            None => Err(Box::new(broken("operands that are not there"))),
        }
    }

    /// The same, with the registers of the arguments in two parts.
    pub(super) fn enter_with(
        &mut self,
        program: &Program,
        function: FunctionIndex,
        arguments: [&[Register]; 2],
        to: Register,
    ) -> Result<(), Box<Fault>> {
        let count = arguments.iter().map(|part| part.len()).sum();
        let callee = callee(program, function, count)?;
        if self.frames.len() >= DEPTH {
            return Err(Box::new(Fault::Limit(Limit::Depth)));
        }
        self.meter.spend(u64::from(callee.registers))?;
        let caller = self.newest()?.base as usize;
        let base = self.registers.len();
        self.registers.reserve(usize::from(callee.registers));
        for argument in arguments.into_iter().flatten() {
            match self.registers.get(caller + argument.index()) {
                Some(value) => self.registers.push(value.clone()),
                None => return Err(Box::new(broken("a register outside of the frame"))),
            }
        }
        self.push(callee, function, base, to);
        Ok(())
    }

    /// Makes the frame of a call whose arguments lie at the end of the registers.
    fn push(&mut self, callee: &Function, function: FunctionIndex, base: usize, to: Register) {
        let end = base + usize::from(callee.registers);
        self.registers.resize_with(end, || Value::None);
        self.frames.push(Frame {
            function,
            at: Address(0),
            // Two hundred frames of at most 65,535 registers lie far below the limit of the cast.
            base: base as u32,
            to,
        });
    }

    /// Ends the newest call. Gives the value back when it was the first one.
    pub(super) fn leave(&mut self, value: Value) -> Option<Value> {
        let Some(frame) = self.frames.pop() else {
            return Some(value);
        };
        self.registers.truncate(frame.base as usize);
        let Some(caller) = self.frames.last_mut() else {
            return Some(value);
        };
        caller.at = Address(caller.at.0.saturating_add(1));
        let slot = caller.base as usize + frame.to.index();
        match self.registers.get_mut(slot) {
            Some(slot) => *slot = value,
            None => self.state = super::State::Raised(broken("a register outside of the frame")),
        }
        None
    }

    pub(super) fn newest(&self) -> Result<&Frame, Box<Fault>> {
        let frame = self.frames.last();
        frame.ok_or_else(|| Box::new(broken("no frame is left")))
    }

    /// A value of the newest frame.
    pub(super) fn read(&self, register: Register) -> Result<&Value, Box<Fault>> {
        let slot = self.newest()?.base as usize + register.index();
        let value = self.registers.get(slot);
        value.ok_or_else(|| Box::new(broken("a register outside of the frame")))
    }

    pub(super) fn write(&mut self, register: Register, value: Value) -> Result<(), Box<Fault>> {
        let slot = self.newest()?.base as usize + register.index();
        match self.registers.get_mut(slot) {
            Some(slot) => *slot = value,
            None => return Err(Box::new(broken("a register outside of the frame"))),
        }
        Ok(())
    }

    /// The newest frame goes on behind the instruction that was answered.
    pub(super) fn advance(&mut self) {
        if let Some(frame) = self.frames.last_mut() {
            frame.at = Address(frame.at.0.saturating_add(1));
        }
    }
}

/// A function that takes so many arguments.
fn callee(
    program: &Program,
    function: FunctionIndex,
    count: usize,
) -> Result<&Function, Box<Fault>> {
    match program.functions.get(function.index()) {
        Some(callee)
            if usize::from(callee.params) == count && callee.params <= callee.registers =>
        {
            Ok(callee)
        }
        Some(_) => Err(Box::new(broken("a call with another number of arguments"))),
        None => Err(Box::new(broken("a call of no function"))),
    }
}
