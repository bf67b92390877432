//! The machine alone on programs made by hand, for benches: what costs what, without a checker.

use crate::library::Builtin;
use crate::program::{
    Address, Arithmetic, Comparison, ConstantIndex, Effect, EffectIndex, Function, FunctionIndex,
    Op, OperandsIndex, Program, Register, TemplateIndex,
};
use crate::value::{Duration, HolePosition, Segment, Tag, Template, Value};
use crate::vm::{Step, Vm};

/// A program and what its first function is called with.
#[derive(Clone, Debug)]
pub struct Machine {
    program: Program,
    arguments: Vec<Value>,
}

/// A machine that waits, and its bytes.
#[derive(Clone, Debug)]
pub struct Sleeping {
    program: Program,
    vm: Vm,
    bytes: Vec<u8>,
}

impl Machine {
    /// `team == "checkout" and severity == "critical" and not starts_with(pod, "canary-")`
    pub fn predicate() -> Machine {
        let no = Address(6);
        let different = Comparison::NotEqual;
        let code = vec![
            Op::JumpConstant {
                op: different,
                left: r(0),
                right: ConstantIndex(0),
                target: no,
            },
            Op::JumpConstant {
                op: different,
                left: r(1),
                right: ConstantIndex(1),
                target: no,
            },
            Op::Constant {
                to: r(3),
                constant: ConstantIndex(2),
            },
            starts_with(r(4)),
            Op::Unary {
                op: crate::value::UnaryOp::Not,
                to: r(4),
                from: r(4),
            },
            Op::Return { from: r(4) },
            Op::Bool {
                to: r(4),
                value: false,
            },
            Op::Return { from: r(4) },
        ];
        let constants = ["checkout", "critical", "canary-"];
        let labels = ["checkout", "critical", "web-7f9c-xkq2v"];
        Machine::new(
            function(3, 5, code, vec![vec![r(2), r(3)]]),
            &constants,
            &labels,
        )
    }

    /// Adds up the numbers below a million.
    pub fn loop_million() -> Machine {
        let code = vec![
            Op::Integer { to: r(0), value: 0 },
            Op::Integer { to: r(1), value: 0 },
            Op::Integer {
                to: r(2),
                value: 1_000_000,
            },
            Op::Int {
                op: Arithmetic::Add,
                to: r(0),
                left: r(0),
                right: r(1),
            },
            Op::IntImmediate {
                op: Arithmetic::Add,
                to: r(1),
                left: r(1),
                right: 1,
            },
            Op::JumpInt {
                op: Comparison::Less,
                left: r(1),
                right: r(2),
                target: Address(3),
            },
            Op::Return { from: r(0) },
        ];
        Machine::new(function(0, 3, code, Vec::new()), &[], &[])
    }

    /// Makes a hundred thousand texts with a number in each.
    pub fn strings() -> Machine {
        let code = vec![
            Op::Integer { to: r(0), value: 0 },
            Op::Integer {
                to: r(1),
                value: 100_000,
            },
            Op::Fill {
                to: r(2),
                template: TemplateIndex(0),
                holes: OperandsIndex(0),
            },
            Op::IntImmediate {
                op: Arithmetic::Add,
                to: r(0),
                left: r(0),
                right: 1,
            },
            Op::JumpInt {
                op: Comparison::Less,
                left: r(0),
                right: r(1),
                target: Address(2),
            },
            Op::Return { from: r(2) },
        ];
        Machine::new(function(0, 3, code, vec![vec![r(0)]]), &[], &[])
    }

    /// The naive Fibonacci number, by calls alone.
    pub fn fibonacci(number: i64) -> Machine {
        let small = Comparison::GreaterOrEqual;
        let less = Arithmetic::Subtract;
        let call = |to, list| Op::Call {
            to,
            function: FunctionIndex(0),
            arguments: OperandsIndex(list),
        };
        let code = vec![
            Op::JumpIntImmediate {
                op: small,
                left: r(0),
                right: 2,
                target: Address(2),
            },
            Op::Return { from: r(0) },
            Op::IntImmediate {
                op: less,
                to: r(1),
                left: r(0),
                right: 1,
            },
            call(r(1), 0),
            Op::IntImmediate {
                op: less,
                to: r(2),
                left: r(0),
                right: 2,
            },
            call(r(2), 1),
            Op::Int {
                op: Arithmetic::Add,
                to: r(0),
                left: r(1),
                right: r(2),
            },
            Op::Return { from: r(0) },
        ];
        let fibonacci = function(1, 3, code, vec![vec![r(1)], vec![r(2)]]);
        let machine = Machine::new(fibonacci, &[], &[]);
        Machine {
            arguments: vec![Value::Int(number)],
            ..machine
        }
    }

    fn new(function: Function, constants: &[&str], arguments: &[&str]) -> Machine {
        let segments = vec![
            Segment::Text("pod-".into()),
            Segment::Hole(HolePosition::Plain),
        ];
        let program = Program {
            functions: vec![function],
            constants: constants.iter().map(Value::text).collect(),
            templates: vec![Template {
                tag: Tag::Text,
                segments,
            }],
            ..Program::default()
        };
        Machine {
            program,
            arguments: arguments.iter().map(Value::text).collect(),
        }
    }

    /// Runs to the end; the result as text.
    pub fn run(&self) -> String {
        self.finish().to_string()
    }

    /// Runs to the end; whether the result is true.
    pub fn holds(&self) -> bool {
        self.finish() == Value::Bool(true)
    }

    fn finish(&self) -> Value {
        let mut vm = Vm::start(&self.program, FunctionIndex(0), self.arguments.clone());
        match vm.step(&self.program, u64::MAX) {
            Step::Done(value) => value,
            Step::Need(_) | Step::Yield | Step::Fault(_) => Value::None,
        }
    }
}

impl Sleeping {
    /// Three frames that wait, with twenty live values: the labels of an alert, and numbers.
    pub fn new() -> Sleeping {
        let labels = [
            "checkout",
            "critical",
            "shop",
            "web-7f9c-xkq2v",
            "QueueStuck",
        ];
        let mut outer = function(5, 7, Vec::new(), vec![(0..5).map(Register).collect()]);
        for (to, value) in [(5, 40), (6, 2)] {
            outer.code.push(Op::Integer { to: r(to), value });
        }
        let call = |function| Op::Call {
            to: r(5),
            function: FunctionIndex(function),
            arguments: OperandsIndex(0),
        };
        outer.code.extend([call(1), Op::Return { from: r(5) }]);
        let mut middle = outer.clone();
        middle.code[2] = call(2);
        let mut inner = function(5, 6, Vec::new(), Vec::new());
        inner.code = vec![
            Op::Effect {
                effect: EffectIndex(0),
            },
            Op::Return { from: r(0) },
        ];
        inner.effects = vec![Effect::Wait(Duration::from_seconds(60))];
        let program = Program {
            functions: vec![outer, middle, inner],
            ..Program::default()
        };
        let arguments = labels.iter().map(Value::text).collect();
        let mut vm = Vm::start(&program, FunctionIndex(0), arguments);
        let step = vm.step(&program, u64::MAX);
        debug_assert!(matches!(step, Step::Need(_)));
        let bytes = vm.encode();
        Sleeping { program, vm, bytes }
    }

    /// The size of its state.
    pub fn bytes(&self) -> usize {
        self.bytes.len()
    }

    /// To bytes.
    pub fn encode(&self) -> Vec<u8> {
        self.vm.encode()
    }

    /// And back; whether it is the same.
    pub fn decode(&self) -> bool {
        Vm::decode(&self.program, &self.bytes).is_ok()
    }
}

impl Default for Sleeping {
    fn default() -> Self {
        Sleeping::new()
    }
}

fn r(number: u16) -> Register {
    Register(number)
}

fn starts_with(to: Register) -> Op {
    Op::Builtin {
        builtin: Builtin::StartsWith,
        to,
        arguments: OperandsIndex(0),
    }
}

fn function(params: u16, registers: u16, code: Vec<Op>, operands: Vec<Vec<Register>>) -> Function {
    Function {
        params,
        registers,
        code,
        operands,
        ..Function::default()
    }
}
