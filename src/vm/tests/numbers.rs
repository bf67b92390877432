//! Computing: arithmetic, jumps, loops, calls, builtins.

use super::*;

/// `sum of 1..=n`
fn sum() -> Program {
    let mut main = function(
        1,
        vec![
            Op::Integer { to: r(1), value: 0 },
            Op::Integer { to: r(2), value: 1 },
            Op::JumpInt {
                op: Comparison::Greater,
                left: r(2),
                right: r(0),
                target: at(6),
            },
            Op::Int {
                op: Arithmetic::Add,
                to: r(1),
                left: r(1),
                right: r(2),
            },
            Op::IntImmediate {
                op: Arithmetic::Add,
                to: r(2),
                left: r(2),
                right: 1,
            },
            Op::Jump { target: at(2) },
            Op::Return { from: r(1) },
        ],
    );
    main.registers = 3;
    program(vec![main])
}

#[test]
fn loops_count() {
    assert_eq!(
        run(&sum(), vec![Value::Int(1000)]),
        Step::Done(Value::Int(500_500))
    );
}

#[test]
fn overflow_is_a_failure() {
    let code = vec![
        Op::IntImmediate {
            op: Arithmetic::Add,
            to: r(1),
            left: r(0),
            right: 1,
        },
        Op::Return { from: r(1) },
    ];
    let step = run(
        &program(vec![function(1, code)]),
        vec![Value::Int(i64::MAX)],
    );
    assert_eq!(step, Step::Fault(Fault::Value(Failure::Overflow)));
}

/// The naive Fibonacci function, which calls itself although no checked program may.
pub(super) fn fibonacci() -> Program {
    let code = vec![
        Op::JumpIntImmediate {
            op: Comparison::GreaterOrEqual,
            left: r(0),
            right: 2,
            target: at(2),
        },
        Op::Return { from: r(0) },
        Op::IntImmediate {
            op: Arithmetic::Subtract,
            to: r(1),
            left: r(0),
            right: 1,
        },
        Op::Call {
            to: r(1),
            function: FunctionIndex(0),
            arguments: OperandsIndex(0),
        },
        Op::IntImmediate {
            op: Arithmetic::Subtract,
            to: r(2),
            left: r(0),
            right: 2,
        },
        Op::Call {
            to: r(2),
            function: FunctionIndex(0),
            arguments: OperandsIndex(1),
        },
        Op::Int {
            op: Arithmetic::Add,
            to: r(0),
            left: r(1),
            right: r(2),
        },
        Op::Return { from: r(0) },
    ];
    let mut fib = function(1, code);
    fib.registers = 3;
    fib.operands = vec![vec![r(1)], vec![r(2)]];
    program(vec![fib])
}

#[test]
fn calls_nest() {
    assert_eq!(
        run(&fibonacci(), vec![Value::Int(12)]),
        Step::Done(Value::Int(144))
    );
}

#[test]
fn lists_are_gone_through_and_made() {
    let mut main = function(
        1,
        vec![
            Op::Move {
                to: r(1),
                from: r(0),
            },
            Op::Integer { to: r(2), value: 0 },
            Op::List {
                to: r(3),
                items: OperandsIndex(0),
            },
            Op::Next {
                iterator: r(1),
                to: r(4),
                exit: at(7),
            },
            Op::Int {
                op: Arithmetic::Multiply,
                to: r(4),
                left: r(4),
                right: r(4),
            },
            Op::Append {
                list: r(3),
                value: r(4),
            },
            Op::Jump { target: at(3) },
            Op::Builtin {
                builtin: Builtin::First,
                to: r(5),
                arguments: OperandsIndex(1),
            },
            Op::Return { from: r(5) },
        ],
    );
    main.operands = vec![vec![], vec![r(3), r(2)]];
    let numbers = |numbers: &[i64]| Value::list(numbers.iter().copied().map(Value::Int).collect());
    let step = run(&program(vec![main]), vec![numbers(&[1, 2, 3])]);
    assert_eq!(step, Step::Done(numbers(&[1, 4, 9])));
}

#[test]
fn units_are_computed_by_the_operators_of_the_values() {
    let code = vec![
        Op::Arithmetic {
            op: Arithmetic::Multiply,
            to: r(2),
            left: r(0),
            right: r(1),
        },
        Op::Return { from: r(2) },
    ];
    let arguments = vec![Value::Duration(Duration::from_seconds(90)), Value::Int(2)];
    let step = run(&program(vec![function(2, code)]), arguments);
    assert_eq!(
        step,
        Step::Done(Value::Duration(Duration::from_seconds(180)))
    );
}

#[test]
fn values_of_different_types_are_not_equal() {
    let code = vec![
        Op::JumpCompare {
            op: Comparison::Equal,
            left: r(0),
            right: r(1),
            target: at(3),
        },
        Op::Bool {
            to: r(2),
            value: false,
        },
        Op::Return { from: r(2) },
        Op::Bool {
            to: r(2),
            value: true,
        },
        Op::Return { from: r(2) },
    ];
    let step = run(
        &program(vec![function(2, code)]),
        vec![Value::None, Value::Int(0)],
    );
    assert_eq!(step, Step::Done(Value::Bool(false)));
}
