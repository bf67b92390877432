//! Faults: which handler takes what, through how many calls.

use super::*;
use crate::effect::Limit;

/// Fails with what the driver says, inside a call; the caller handles it with `filter`.
fn handled(filter: Filter) -> Program {
    let mut main = function(
        0,
        vec![
            Op::Call {
                to: r(0),
                function: FunctionIndex(1),
                arguments: OperandsIndex(0),
            },
            Op::Return { from: r(0) },
            Op::Integer {
                to: r(0),
                value: 42,
            },
            Op::Return { from: r(0) },
        ],
    );
    main.operands = vec![vec![]];
    main.handlers = vec![HandlerRange {
        from: at(0),
        to: at(1),
        target: at(2),
        filter,
    }];
    let mut callee = function(
        0,
        vec![
            Op::Effect {
                effect: EffectIndex(0),
            },
            Op::Return { from: r(0) },
        ],
    );
    callee.effects = vec![Effect::Wait(Duration::from_seconds(1))];
    program(vec![main, callee])
}

fn outcome(filter: Filter, fault: Fault) -> bool {
    let step = drive(&handled(filter), vec![], |_| Reply::Failed(fault.clone()));
    match step {
        Step::Done(value) => value == Value::Int(42),
        Step::Fault(thrown) => {
            assert_eq!(thrown, fault);
            false
        }
        Step::Need(_) | Step::Yield => panic!("neither is an end"),
    }
}

#[test]
fn each_handler_takes_what_it_says() {
    let no_data = Fault::Value(Failure::no_data("x"));
    let failed = Fault::Value(Failure::Failed("x".into()));
    let not_owned = Fault::Value(Failure::NotOwned("x".into()));
    let not_applied = Fault::NotApplied("x".to_owned());
    let limit = Fault::Limit(Limit::Memory);
    let rows = [
        (
            Filter::NoData,
            [true, false, false, false, false, false, false],
        ),
        (
            Filter::Failed,
            [false, true, false, false, false, false, false],
        ),
        (Filter::Any, [true, true, false, false, false, false, false]),
        (
            Filter::NotApplied,
            [false, false, false, true, false, false, false],
        ),
        (Filter::Piece, [true, true, false, true, true, false, false]),
        (Filter::Every, [true; 7]),
    ];
    for (filter, expected) in rows {
        let faults = [
            no_data.clone(),
            failed.clone(),
            not_owned.clone(),
            not_applied.clone(),
            Fault::NotVerified,
            Fault::Guard,
            limit.clone(),
        ];
        let taken = faults.map(|fault| outcome(filter, fault));
        assert_eq!(taken, expected, "{filter:?}");
    }
}

#[test]
fn the_inner_handler_comes_first_and_the_fault_is_thrown_again() {
    let mut main = function(
        0,
        vec![
            Op::Fail {
                text: ConstantIndex(0),
            },
            Op::Effect {
                effect: EffectIndex(0),
            },
            Op::Rethrow,
            Op::Integer { to: r(0), value: 1 },
            Op::Return { from: r(0) },
        ],
    );
    main.effects = vec![Effect::Unwind];
    main.handlers = vec![
        HandlerRange {
            from: at(0),
            to: at(1),
            target: at(1),
            filter: Filter::Every,
        },
        HandlerRange {
            from: at(0),
            to: at(3),
            target: at(3),
            filter: Filter::Every,
        },
    ];
    let mut program = program(vec![main]);
    program.constants = vec![Value::text("no")];
    let fault = Fault::Value(Failure::conversion("no"));
    let step = drive(&program, vec![], |request| {
        assert_eq!(request, Request::Unwind(fault.clone()));
        Reply::Done
    });
    assert_eq!(step, Step::Done(Value::Int(1)));
}
