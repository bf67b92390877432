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
    ) -> Result<(), Fault> {
        let Some(callee) = program.functions.get(function.index()) else {
            return Err(broken("a call of no function"));
        };
        if arguments.len() != usize::from(callee.params) {
            return Err(broken("a call with another number of arguments"));
        }
        self.registers = arguments;
        let to = Register(0);
        self.push(
            callee,
            Frame {
                function,
                at: Address(0),
                base: 0,
                to,
            },
        )
    }

    /// Calls a function with values of the newest frame.
    pub(super) fn enter(
        &mut self,
        program: &Program,
        function: FunctionIndex,
        arguments: OperandsIndex,
        to: Register,
    ) -> Result<(), Fault> {
        let newest = self.newest().map_err(|fault| *fault)?;
        let caller = newest.function(program).map_err(|fault| *fault)?;
        let Some(arguments) = caller.operands.get(arguments.index()) else {
            return Err(broken("operands that are not there"));
        };
        self.enter_with(program, function, arguments.iter().copied(), to)
    }

    /// The same, with the registers of the arguments.
    pub(super) fn enter_with(
        &mut self,
        program: &Program,
        function: FunctionIndex,
        arguments: impl Iterator<Item = Register>,
        to: Register,
    ) -> Result<(), Fault> {
        let Some(callee) = program.functions.get(function.index()) else {
            return Err(broken("a call of no function"));
        };
        if self.frames.len() >= DEPTH {
            return Err(Fault::Limit(Limit::Depth));
        }
        let fuel = u64::from(callee.registers);
        self.meter.spend(fuel).map_err(|fault| *fault)?;
        let caller = self.newest().map_err(|fault| *fault)?.base as usize;
        let base = self.registers.len();
        for argument in arguments {
            let Some(value) = self.registers.get(caller + argument.index()) else {
                return Err(broken("a register outside of the frame"));
            };
            self.registers.push(value.clone());
        }
        if self.registers.len() - base != usize::from(callee.params) {
            return Err(broken("a call with another number of arguments"));
        }
        // Two hundred frames of at most 65,536 registers lie far below the limit of the cast.
        let base = base as u32;
        self.push(
            callee,
            Frame {
                function,
                at: Address(0),
                base,
                to,
            },
        )
    }

    fn push(&mut self, callee: &Function, frame: Frame) -> Result<(), Fault> {
        let end = frame.base as usize + usize::from(callee.registers);
        if callee.params > callee.registers {
            return Err(broken("more parameters than registers"));
        }
        self.registers.resize(end, Value::None);
        self.frames.push(frame);
        Ok(())
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
