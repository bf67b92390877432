//! The machine on programs made by hand. What compiled runbooks do is shown elsewhere.

mod effects;
mod faults;
mod library;
mod limits;
mod numbers;
mod random;

use super::*;
use crate::library::Builtin;
use crate::program::{
    Address, Arithmetic, Comparison, ConstantIndex, Effect, EffectIndex, Filter, Function,
    HandlerRange, Observable, ObservableIndex, ObservationSite, Op, OperandsIndex, Register,
};
use crate::value::{Duration, Failure};

/// The register of that number.
fn r(number: u16) -> Register {
    Register(number)
}

/// The address of that number.
fn at(number: u16) -> Address {
    Address(number)
}

/// A function of that many parameters with eight registers.
fn function(params: u16, code: Vec<Op>) -> Function {
    Function {
        name: "f".into(),
        params,
        registers: 8,
        code,
        ..Function::default()
    }
}

fn program(functions: Vec<Function>) -> Program {
    Program {
        functions,
        ..Program::default()
    }
}

/// Runs function 0 to its end, in small slices, through bytes after every step.
fn run(program: &Program, arguments: Vec<Value>) -> Step {
    drive(program, arguments, |request| {
        panic!("nothing was to be asked: {request:?}")
    })
}

/// The same with somebody who answers.
fn drive(
    program: &Program,
    arguments: Vec<Value>,
    mut answer: impl FnMut(Request) -> Reply,
) -> Step {
    assert_eq!(program.validate(), Ok(()));
    let mut vm = Vm::start(program, FunctionIndex(0), arguments);
    for _ in 0..100_000 {
        let step = vm.step(program, 7);
        let restored = Vm::decode(program, &vm.encode()).expect("its own bytes");
        assert_eq!(restored, vm);
        vm = restored;
        match step {
            Step::Need(request) => {
                assert_eq!(
                    vm.step(program, 7),
                    Step::Need(request.clone()),
                    "asked again"
                );
                vm.resume(program, answer(request));
            }
            Step::Yield => {}
            Step::Done(_) | Step::Fault(_) => return step,
        }
    }
    panic!("it never ends");
}
