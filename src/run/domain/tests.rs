//! Pods by their namespace, their name, and the deployment that a field of them names.

use std::sync::Arc;

use super::*;
use crate::effect::{Argument, Call};
use crate::program::StepIndex;
use crate::program::lower::DomainPer;
use crate::run::{IntentKind, StepPath};
use crate::value::{Key, Record, Shape, Target};

fn key(kind: &str, key: &str) -> Key {
    Key {
        kind: kind.into(),
        key: key.into(),
    }
}

fn pod(name: &str) -> Identity {
    Identity(vec![key("k8s.Namespace", "shop"), key("k8s.Pod", name)])
}

fn deployment(name: &str) -> Identity {
    Identity(vec![
        key("k8s.Namespace", "shop"),
        key("k8s.Deployment", name),
    ])
}

fn target(identity: Identity, fields: Vec<Option<Value>>) -> Value {
    let names = fields.iter().map(|_| SmolStr::new_static("of")).collect();
    let shape = Arc::new(Shape {
        name: identity.kind().into(),
        fields: names,
    });
    Value::Target(Arc::new(Target {
        identity,
        uid: None,
        snapshot: Record { shape, fields },
    }))
}

/// Each pod with its deployment, if one is known: `("a", "web")`.
fn intent(pods: &[(&str, &str)]) -> Intent {
    let argument = |(name, of): &(&str, &str)| {
        let of = (!of.is_empty()).then(|| target(deployment(of), Vec::new()));
        Argument {
            name: "what".into(),
            value: target(pod(name), vec![of]),
        }
    };
    Intent {
        version: 1,
        incident: "1".into(),
        ordinal: 0,
        remedy: "stuck".into(),
        path: StepPath {
            within: Vec::new(),
            step: StepIndex(0),
            occurrence: 0,
        },
        kind: IntentKind::Do,
        undoes: None,
        attempt: 0,
        call: Call {
            name: "k8s.restart".into(),
            args: pods.iter().map(argument).collect(),
        },
        targets: pods.iter().map(|(name, _)| pod(name)).collect(),
        key: "k".into(),
    }
}

fn line(domain: &str, most: u32) -> DomainLine {
    DomainLine {
        words: "the line".into(),
        of: "k8s.Pod".into(),
        domain: domain.into(),
        most,
        per: DomainPer::AtOnce,
    }
}

fn asked_of(line: &DomainLine, disturbed: &[(&str, &str, Holder)], pods: &[(&str, &str)]) -> Room {
    let known: Vec<(Identity, Vec<Identity>, Holder)> = disturbed
        .iter()
        .map(|(name, of, holder)| {
            let named = (!of.is_empty()).then(|| deployment(of));
            (pod(name), named.into_iter().collect(), *holder)
        })
        .collect();
    let known = known.iter().map(|(target, named, holder)| Disturbed {
        target,
        named,
        holder: *holder,
    });
    at_once(line, &intent(pods), known, false)
}

#[test]
fn so_many_deployments_hold_a_disturbed_pod_at_once() {
    use Holder::{Other, Own};
    let one = line("k8s.Deployment", 1);
    assert_eq!(asked_of(&one, &[], &[("a", "web")]), Room::Go);
    assert_eq!(
        asked_of(&one, &[("b", "web", Other)], &[("a", "web")]),
        Room::Go
    );
    assert_eq!(
        asked_of(&one, &[("b", "web", Own)], &[("a", "web")]),
        Room::Go
    );
    let waits = |room| matches!(room, Room::Wait(_));
    let never = |room| matches!(room, Room::Never(_));
    assert!(waits(asked_of(
        &one,
        &[("b", "api", Other)],
        &[("a", "web")]
    )));
    assert!(never(asked_of(&one, &[("b", "api", Own)], &[("a", "web")])));
    assert!(never(asked_of(&one, &[], &[("a", "web"), ("b", "api")])));
    // Of which one nobody knows in what it lies: it may be another one.
    assert!(waits(asked_of(&one, &[("b", "", Other)], &[("a", "web")])));
    assert!(never(asked_of(&one, &[("b", "", Own)], &[("a", "web")])));
    assert!(never(asked_of(&one, &[], &[("a", "")])));
    // What is changed once more counts once.
    assert_eq!(
        asked_of(&one, &[("a", "api", Other)], &[("a", "web")]),
        Room::Go
    );
    let two = line("k8s.Deployment", 2);
    assert_eq!(
        asked_of(&two, &[("b", "api", Other)], &[("a", "web")]),
        Room::Go
    );
    let space = line("k8s.Namespace", 1);
    assert_eq!(
        asked_of(&space, &[("b", "", Other)], &[("a", "")]),
        Room::Go
    );
}

#[test]
fn attempts_are_counted_by_domain() {
    let three = line("k8s.Deployment", 3);
    let done = |all: u32, known: u32, here: u32| {
        move |what: &str| match what {
            "k8s.Pod" => all,
            "k8s.Pod in k8s.Deployment" => known,
            "k8s.Pod in k8s.Deployment shop/web" => here,
            other => panic!("{other}"),
        }
    };
    let one = intent(&[("a", "web")]);
    assert_eq!(too_often(&three, &one, done(0, 0, 0)), Ok(()));
    assert_eq!(too_often(&three, &one, done(9, 9, 2)), Ok(()));
    assert!(too_often(&three, &one, done(9, 9, 3)).is_err());
    // One of which nobody knows where it was may have been here.
    assert!(too_often(&three, &one, done(9, 8, 2)).is_err());
    let two = intent(&[("a", "web"), ("b", "web")]);
    assert_eq!(too_often(&three, &two, done(9, 9, 1)), Ok(()));
    assert!(too_often(&three, &two, done(9, 9, 2)).is_err());
    assert!(too_often(&three, &intent(&[("a", "")]), |_| 0).is_err());
}

#[test]
fn an_attempt_counts_for_all_that_its_target_lies_in() {
    assert_eq!(
        intent(&[("a", "web")]).counts_for(),
        [
            "k8s.Pod",
            "k8s.Pod in k8s.Namespace shop",
            "k8s.Pod in k8s.Deployment shop/web",
            "k8s.Pod in k8s.Deployment",
            "k8s.Pod in k8s.Namespace",
        ]
    );
}
