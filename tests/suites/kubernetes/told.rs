//! What a pod and a roll-out say of themselves, and what others have written about them: events and logs, which are words of
//! whoever may write them.

use rbk::facade::connect::{Arg, Came, Found};
use serde_json::json;

use super::Case;
use super::shop::{Shop, template};
use crate::harness::wait;
use crate::suites::connect::words;

pub const CASES: &[Case] = &[
    ("a pod says what is wrong with it", reasons),
    ("a pod says whose it is", owners),
    ("a roll-out says how far it is", rollouts),
    ("events are told", events),
    ("the end of a log is told", logs),
    ("a log of long lines is bounded", long_lines),
    ("the log before the last start is told", logs_before),
    ("a node without an address has no logs", no_address),
];

fn field(found: &Found, name: &str) -> String {
    found.field(name).unwrap().plain()
}

/// The first pod of a deployment, as the connector finds it.
fn pod(shop: &Shop, name: &str) -> Found {
    let there = || shop.pods(name).first().cloned();
    let pod = wait::until("a pod is there", there, String::new);
    shop.find("k8s.pod", pod["metadata"]["name"].as_str().unwrap())
}

fn reasons() {
    let shop = Shop::open();
    for (tag, reason) in [
        ("ok", ""),
        ("crash", "CrashLoopBackOff"),
        ("oom", "OOMKilled"),
        ("noimage", "ImagePullBackOff"),
    ] {
        shop.deploy(tag, &format!("web:{tag}"), 1);
        let says = || (field(&pod(&shop, tag), "reason") == reason).then_some(());
        let state = || format!("{:#?}", shop.pods(tag));
        wait::until(&format!("{tag} says {reason}"), says, state);
    }
    let args = vec![("namespace", Arg::Text(shop.namespace.clone()))];
    let all = shop.find_by(shop.ask("k8s.pods", args)).unwrap().items();
    let mut reasons: Vec<String> = all.iter().map(|pod| field(pod, "reason")).collect();
    reasons.sort();
    assert_eq!(
        reasons,
        ["", "CrashLoopBackOff", "ImagePullBackOff", "OOMKilled"]
    );
}

fn owners() {
    let shop = Shop::open();
    shop.deploy("web", "web:ok", 1);
    let web = pod(&shop, "web");
    assert_eq!(field(&web, "owner_kind"), "ReplicaSet");
    assert!(field(&web, "owner").starts_with("web-"));
    assert!(
        field(&web, "labels").contains("\"app\": \"web\""),
        "{}",
        field(&web, "labels")
    );
    let mut bare = template("bare", "bare:ok");
    bare["metadata"]["name"] = "bare".into();
    shop.cluster.hands.make(&shop.core("pods"), &bare);
    let bare = shop.find("k8s.pod", "bare");
    assert_eq!(
        (
            field(&bare, "owner").as_str(),
            field(&bare, "owner_kind").as_str()
        ),
        ("", "")
    );
}

fn rollouts() {
    let shop = Shop::open();
    shop.deploy("web", "web:ok", 1);
    let is = |state: &str| {
        let says = || {
            let web = shop.find("k8s.deployment", "web");
            (field(&web, "rollout") == state).then_some(())
        };
        let found = || {
            format!(
                "{:#}",
                shop.cluster.hands.see(&shop.apps("deployments/web"))
            )
        };
        wait::until(&format!("it is {state}"), says, found);
    };
    is("done");
    shop.set_image("web", "web:slow");
    is("progressing");
    // It is given up after eight seconds.
    is("failed");
    let path = shop.apps("deployments/web");
    let pause = |paused: bool| {
        shop.cluster
            .hands
            .merge(&path, &json!({"spec": {"paused": paused}}))
    };
    pause(true);
    is("paused");
    pause(false);
    shop.set_image("web", "web:ok");
    is("done");
}

fn events() {
    let shop = Shop::open();
    shop.deploy("web", "web:ok", 1);
    let web = shop.find("k8s.deployment", "web");
    let scaled = || {
        let found = shop.find_by(shop.ask("k8s.events", vec![("of", Arg::Found(web.clone()))]));
        let came = format!("{found:?}");
        came.contains("ScalingReplicaSet").then_some(())
    };
    wait::until("the controller has noted it", scaled, String::new);
    // Whoever may write there writes what it wants.
    let pod = pod(&shop, "web");
    let uid = pod.uid().unwrap();
    for number in 0..25 {
        let at = format!("2026-01-01T00:00:{number:02}Z");
        let event = json!({
            "metadata": {"name": format!("note-{number}")},
            "involvedObject": {"kind": "Pod", "namespace": shop.namespace, "uid": uid},
            "type": "Warning", "reason": "Noted", "count": 3, "lastTimestamp": at,
            "message": format!("note {number} \u{1b}[2J{}", "x".repeat(900)),
        });
        shop.cluster.hands.make(&shop.core("events"), &event);
    }
    let args = vec![("of", Arg::Found(pod))];
    let found = shop.look("k8s.pod_events", args);
    let Came::Value(shown, _) = found else {
        panic!("{found:?}");
    };
    assert!(
        !shown.contains('\u{1b}') && shown.contains("\\u{1b}[2J"),
        "{shown}"
    );
    // The newest twenty, and so much of each.
    assert!(
        !shown.contains("note 0 ") && shown.contains("note 24 "),
        "{shown}"
    );
    assert!(!shown.contains(&"x".repeat(501)), "{shown}");
}

fn log(shop: &Shop, call: &str, of: Found, lines: i64) -> Came {
    shop.look(
        call,
        vec![("of", Arg::Found(of)), ("lines", Arg::Int(lines))],
    )
}

fn logs() {
    let shop = Shop::open();
    shop.deploy("web", "web:ok", 1);
    let came = log(&shop, "k8s.log", pod(&shop, "web"), 3);
    let Came::Value(shown, _) = came else {
        panic!("{came:?}");
    };
    for line in ["line 997", "line 998", "u{1b}[2Jgone"] {
        assert!(shown.contains(line), "{line}: {shown}");
    }
    assert!(
        !shown.contains("line 996") && !shown.contains('\u{1b}'),
        "{shown}"
    );
    let came = log(&shop, "k8s.log_before", pod(&shop, "web"), 3);
    assert!(words(&came).contains("has not ended before"), "{came:?}");
    assert!(matches!(came, Came::NoData(_)), "{came:?}");
}

fn long_lines() {
    let shop = Shop::open();
    shop.deploy("huge", "web:ok", 1);
    let came = log(&shop, "k8s.log", pod(&shop, "huge"), 200);
    let Came::Value(shown, _) = came else {
        panic!("{came:?}");
    };
    assert!(shown.len() < 200 * 600, "{}", shown.len());
    assert!(shown.contains("line 800x"), "{shown}");
}

fn logs_before() {
    let shop = Shop::open();
    shop.deploy("crash", "web:crash", 1);
    let came = log(&shop, "k8s.log_before", pod(&shop, "crash"), 5);
    assert!(
        matches!(&came, Came::Value(text, _) if text.contains("out of luck")),
        "{came:?}"
    );
}

fn no_address() {
    let shop = Shop::open();
    let hands = &shop.cluster.hands;
    hands.try_make("/api/v1/nodes", &json!({"metadata": {"name": "nowhere"}}));
    let mut lost = template("lost", "web:ok");
    lost["metadata"]["name"] = "lost".into();
    lost["spec"]["nodeName"] = "nowhere".into();
    hands.make(&shop.core("pods"), &lost);
    let came = log(&shop, "k8s.log", shop.find("k8s.pod", "lost"), 5);
    assert!(
        matches!(&came, Came::Failed(why) if why.contains("knows no address of its node")),
        "{came:?}"
    );
}
