//! Asking the world: observations, the package's own code for them, targets read as they are now.

use std::sync::Arc;

use super::*;
use crate::value::{Identity, Key, Record, Shape, Target};

fn observable(name: &str, function: Option<FunctionIndex>) -> Observable {
    Observable {
        name: name.into(),
        params: vec!["x".into()],
        needs: Vec::new(),
        deadline: Duration::from_seconds(5),
        function,
        finds: None,
        seen: Vec::new(),
    }
}

fn site(of: u16, argument: u16, to: u16) -> ObservationSite {
    ObservationSite {
        of: ObservableIndex(of),
        arguments: vec![r(argument)],
        equals: Vec::new(),
        code: None,
        captures: Vec::new(),
        must_own: false,
        retry: None,
        to: r(to),
    }
}

/// `a(x) + b(x)`, both asked at once.
fn pair() -> Program {
    let mut main = function(
        1,
        vec![
            Op::Effect {
                effect: EffectIndex(0),
            },
            Op::Int {
                op: Arithmetic::Add,
                to: r(3),
                left: r(1),
                right: r(2),
            },
            Op::Return { from: r(3) },
        ],
    );
    main.effects = vec![Effect::Observe(vec![site(0, 0, 1), site(1, 0, 2)])];
    Program {
        observables: vec![observable("a", None), observable("b", None)],
        ..program(vec![main])
    }
}

#[test]
fn a_group_is_asked_at_once() {
    let mut asked = Vec::new();
    let step = drive(&pair(), vec![Value::Int(7)], |request| {
        asked.push(request);
        Reply::Observed(vec![
            ObservedValue::Value(Value::Int(40)),
            ObservedValue::Value(Value::Int(2)),
        ])
    });
    assert_eq!(step, Step::Done(Value::Int(42)));
    let [Request::Observe(observations)] = asked.as_slice() else {
        panic!("one request for both: {asked:?}")
    };
    assert_eq!(observations.len(), 2);
    assert_eq!(observations[0].args, [Value::Int(7)]);
}

#[test]
fn of_several_failures_the_first_in_the_text_counts() {
    let step = drive(&pair(), vec![Value::Int(7)], |_| {
        Reply::Observed(vec![
            ObservedValue::Failed(Failure::no_data("a")),
            ObservedValue::Failed(Failure::no_data("b")),
        ])
    });
    assert_eq!(step, Step::Fault(Fault::Value(Failure::no_data("a"))));
}

#[test]
fn nobody_answers_for_a_watch_so_its_own_code_does() {
    let mut main = function(
        1,
        vec![
            Op::Effect {
                effect: EffectIndex(0),
            },
            Op::Return { from: r(1) },
        ],
    );
    let mut watched = site(0, 0, 1);
    watched.code = Some(FunctionIndex(1));
    watched.captures = vec![r(0)];
    main.effects = vec![Effect::Observe(vec![watched])];
    let watch = function(
        2,
        vec![
            Op::Int {
                op: Arithmetic::Add,
                to: r(2),
                left: r(0),
                right: r(1),
            },
            Op::Return { from: r(2) },
        ],
    );
    let program = Program {
        observables: vec![observable("lag", Some(FunctionIndex(1)))],
        ..program(vec![main, watch])
    };
    let step = drive(&program, vec![Value::Int(21)], |_| {
        Reply::Observed(vec![ObservedValue::Evaluate])
    });
    assert_eq!(step, Step::Done(Value::Int(42)));
}

fn pod(ready: bool) -> Value {
    let shape = Shape {
        name: "k8s.Pod".into(),
        fields: ["name", "ready"].map(Into::into).into(),
    };
    Value::Target(Arc::new(Target {
        identity: Identity(vec![Key {
            kind: "k8s.Pod".into(),
            key: "w-1".into(),
        }]),
        uid: None,
        snapshot: Record {
            shape: Arc::new(shape),
            fields: vec![Some(Value::text("w-1")), Some(Value::Bool(ready))],
        },
    }))
}

#[test]
fn a_target_is_looked_up_again_once_per_evaluation() {
    let code = vec![
        Op::LiveField {
            to: r(1),
            base: r(0),
            field: 1,
        },
        Op::LiveField {
            to: r(2),
            base: r(0),
            field: 1,
        },
        Op::Return { from: r(2) },
    ];
    let mut asked = 0;
    let step = drive(
        &program(vec![function(1, code)]),
        vec![pod(false)],
        |request| {
            asked += 1;
            assert_eq!(request, Request::Refresh(pod(false)));
            Reply::Observed(vec![ObservedValue::Value(pod(true))])
        },
    );
    assert_eq!((step, asked), (Step::Done(Value::Bool(true)), 1));
}

#[test]
fn a_field_that_was_not_said_is_no_data() {
    let shape = Arc::new(Shape {
        name: "Deploy".into(),
        fields: ["at"].map(Into::into).into(),
    });
    let deploy = Value::Record(Arc::new(Record {
        shape,
        fields: vec![None],
    }));
    let code = vec![
        Op::Field {
            to: r(1),
            base: r(0),
            field: 0,
        },
        Op::Return { from: r(1) },
    ];
    let step = run(&program(vec![function(1, code)]), vec![deploy]);
    assert_eq!(
        step,
        Step::Fault(Fault::Value(Failure::no_data("`at` of Deploy")))
    );
}

#[test]
fn an_answer_of_another_kind_is_refused() {
    let step = drive(&pair(), vec![Value::Int(7)], |_| Reply::Done);
    assert!(matches!(step, Step::Fault(Fault::Broken(_))), "{step:?}");
}
