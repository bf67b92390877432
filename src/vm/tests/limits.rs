//! Limits: fuel, slices, memory, depth; and how small a sleeping machine is.

use super::numbers::fibonacci;
use super::*;
use crate::effect::Limit;
use crate::program::{Comparison, TemplateIndex};
use crate::value::{HolePosition, Segment, Tag, Template};

/// Turns round and round.
fn endless() -> Program {
    program(vec![function(0, vec![Op::Jump { target: at(0) }])])
}

#[test]
fn a_slice_ends_without_harm() {
    let program = endless();
    let mut vm = Vm::start(&program, FunctionIndex(0), vec![]);
    let before = vm.meter().fuel();
    assert_eq!(vm.step(&program, 100), Step::Yield);
    assert_eq!(vm.step(&program, 100), Step::Yield);
    assert_eq!(before - vm.meter().fuel(), 200);
}

#[test]
fn the_fuel_of_a_run_ends_it() {
    let program = endless();
    let mut vm = Vm::start(&program, FunctionIndex(0), vec![]);
    assert_eq!(
        vm.step(&program, u64::MAX),
        Step::Fault(Fault::Limit(Limit::Fuel))
    );
}

#[test]
fn what_must_be_released_is_released_from_the_reserve() {
    let mut main = function(
        0,
        vec![
            Op::Jump { target: at(0) },
            Op::Integer { to: r(0), value: 1 },
            Op::Return { from: r(0) },
        ],
    );
    main.handlers = vec![HandlerRange {
        from: at(0),
        to: at(1),
        target: at(1),
        filter: Filter::Every,
    }];
    let program = program(vec![main]);
    let mut vm = Vm::start(&program, FunctionIndex(0), vec![]);
    let reserve = vm.meter().for_undo().fuel();
    assert_eq!(vm.step(&program, u64::MAX), Step::Done(Value::Int(1)));
    assert_eq!(vm.meter().fuel(), reserve - 2);
}

#[test]
fn calls_do_not_nest_for_ever() {
    let mut main = function(
        0,
        vec![
            Op::Call {
                to: r(0),
                function: FunctionIndex(0),
                arguments: OperandsIndex(0),
            },
            Op::Return { from: r(0) },
        ],
    );
    main.operands = vec![vec![]];
    assert_eq!(
        run(&program(vec![main]), vec![]),
        Step::Fault(Fault::Limit(Limit::Depth))
    );
}

#[test]
fn live_memory_is_limited() {
    let mut main = function(
        1,
        vec![
            Op::List {
                to: r(1),
                items: OperandsIndex(0),
            },
            Op::Fill {
                to: r(2),
                template: TemplateIndex(0),
                holes: OperandsIndex(1),
            },
            Op::Append {
                list: r(1),
                value: r(2),
            },
            Op::Jump { target: at(1) },
        ],
    );
    main.operands = vec![vec![], vec![r(0)]];
    let mut program = program(vec![main]);
    let segments = vec![Segment::Hole(HolePosition::Plain)];
    program.templates = vec![Template {
        tag: Tag::Text,
        segments,
    }];
    let mut vm = Vm::start(
        &program,
        FunctionIndex(0),
        vec![Value::text("x".repeat(1_000_000))],
    );
    let step = loop {
        match vm.step(&program, 10_000) {
            Step::Yield => {}
            other => break other,
        }
    };
    assert_eq!(step, Step::Fault(Fault::Limit(Limit::Memory)));
}

#[test]
fn a_sleeping_machine_is_small() {
    let program = fibonacci();
    let mut vm = Vm::start(&program, FunctionIndex(0), vec![Value::Int(12)]);
    let step = vm.step(&program, 25);
    assert_eq!(step, Step::Yield);
    let bytes = vm.encode().len();
    assert!(bytes <= 100, "{bytes} bytes for a few frames of numbers");
}

/// A list that has itself before twice in it, round after round, takes no memory to speak of, and twice as long to go
/// through each time.
#[test]
fn a_list_that_doubles_is_limited() {
    let mut main = function(
        1,
        vec![
            Op::List {
                to: r(0),
                items: OperandsIndex(0),
            },
            Op::Jump { target: at(0) },
        ],
    );
    main.operands = vec![vec![r(0), r(0)]];
    let one = Value::list(vec![Value::Int(1)]);
    assert_eq!(
        run(&program(vec![main]), vec![one]),
        Step::Fault(Fault::Limit(Limit::Memory))
    );
}

#[test]
fn to_compare_is_paid_for_by_what_is_gone_through() {
    let doubled = |times: u32| {
        let one = Value::list(vec![Value::Int(1)]);
        (0..times).fold(one, |list, _| Value::list(vec![list.clone(), list]))
    };
    let compare = [
        Op::Compare {
            op: Comparison::Equal,
            to: r(1),
            left: r(0),
            right: r(0),
        },
        Op::JumpCompare {
            op: Comparison::NotEqual,
            left: r(0),
            right: r(0),
            target: at(0),
        },
        Op::In {
            to: r(1),
            value: r(0),
            whole: r(0),
        },
    ];
    for op in compare {
        let code = vec![
            op,
            Op::Integer { to: r(1), value: 1 },
            Op::Return { from: r(1) },
        ];
        let program = program(vec![function(1, code)]);
        let spent = |times: u32| {
            let mut vm = Vm::start(&program, FunctionIndex(0), vec![doubled(times)]);
            let before = vm.meter().fuel();
            assert_eq!(vm.step(&program, u64::MAX), Step::Done(Value::Int(1)));
            before - vm.meter().fuel()
        };
        assert!(spent(14) > 16_000, "{}", spent(14));
        assert!(spent(1) < 16, "{}", spent(1));
    }
}
