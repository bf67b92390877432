//! Whatever is decoded as code, state or answer: no panic, and an end.

use proptest::prelude::*;

use super::numbers::fibonacci;
use super::*;
use crate::value::Text;

/// Instructions out of any bytes: what cannot be read is skipped.
fn code(mut bytes: &[u8]) -> Vec<Op> {
    let mut code = Vec::new();
    while !bytes.is_empty() {
        match postcard::take_from_bytes::<Op>(bytes) {
            Ok((op, rest)) => {
                code.push(op);
                bytes = rest;
            }
            Err(_) => bytes = &bytes[1..],
        }
    }
    code
}

fn values() -> Vec<Value> {
    vec![
        Value::None,
        Value::Bool(true),
        Value::Int(3),
        Value::Float(0.5),
        Value::Text(Text::new("text")),
        Value::list(vec![Value::Int(1), Value::Int(2)]),
        Value::Duration(Duration::from_seconds(1)),
    ]
}

fn any_program(bytes: &[u8]) -> Program {
    let mut main = function(0, code(bytes));
    main.registers = 16;
    main.operands = vec![vec![], vec![r(1)], vec![r(2), r(3)], vec![r(40)]];
    main.effects = vec![
        Effect::Wait(Duration::ZERO),
        Effect::End,
        Effect::Attach(vec![r(1)]),
    ];
    main.handlers = vec![HandlerRange {
        from: at(1),
        to: at(3),
        target: at(4),
        filter: Filter::Any,
    }];
    let mut program = program(vec![main.clone(), main]);
    program.constants = values();
    program
}

proptest! {
    #[test]
    fn any_code_ends_without_a_panic(bytes in proptest::collection::vec(0u8..60, 0..200)) {
        let program = any_program(&bytes);
        let _ = program.validate();
        let mut vm = Vm::start(&program, FunctionIndex(0), vec![]);
        for index in 0..50 {
            match vm.step(&program, 1000) {
                Step::Need(_) => {
                    let reply = match index % 3 {
                        0 => Reply::Done,
                        1 => Reply::Value(Value::Int(1)),
                        _ => Reply::Failed(Fault::NotVerified),
                    };
                    vm.resume(&program, reply);
                }
                Step::Yield => {}
                Step::Done(_) | Step::Fault(_) => break,
            }
        }
    }

    #[test]
    fn any_bytes_are_a_state_or_corrupt(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let program = fibonacci();
        if let Ok(mut vm) = Vm::decode(&program, &bytes) {
            let _ = vm.step(&program, 1000);
        }
    }

    #[test]
    fn a_damaged_state_is_no_panic(place in 0usize..60, byte: u8) {
        let program = fibonacci();
        let mut vm = Vm::start(&program, FunctionIndex(0), vec![Value::Int(5)]);
        let _ = vm.step(&program, 20);
        let mut bytes = vm.encode();
        if let Some(slot) = bytes.get_mut(place) {
            *slot = byte;
        }
        if let Ok(mut vm) = Vm::decode(&program, &bytes) {
            let _ = vm.step(&program, 1000);
        }
    }
}
