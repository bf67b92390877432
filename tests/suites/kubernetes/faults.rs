//! What networks and servers do to each change and to looks: nothing is done twice, nothing is told that was not so, and
//! what nobody knows is said to be unknown.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rbk::facade::connect::{Arg, Ask, Came};
use serde_json::{Value as Json, json};

use super::Case;
use super::proxy::{Fault, Proxy};
use super::shop::Shop;
use crate::suites::connect::words;

pub const CASES: &[Case] = &[
    ("a change that is cut off is unknown and done once", cut_off),
    ("a change that is answered 504 is unknown", gateway_gives_up),
    ("a change that hangs is unknown in time", hangs),
    ("a change that never arrived is unknown", never_arrived),
    ("a refusal is certain", refusal_is_certain),
    ("a conflict is planned anew a few times", conflict),
    ("a change that was dropped is told", dropped),
    ("somebody else is faster", somebody_is_faster),
    ("a pod that was made again is left alone", made_again),
    ("a yes that says nothing is unknown", empty_yes),
    ("a busy server is asked again", busy),
    ("a server that does not know a kind is told", unserved),
    ("credentials are read again once", credentials),
    ("an expired list is begun again once", expired),
    ("a pod that never ends is deleted once", never_ends),
];

/// A shop behind a proxy, with a deployment that has two revisions.
fn behind() -> (Proxy, Shop) {
    let proxy = Proxy::start();
    let shop = Shop::behind(&proxy.url());
    shop.deploy("web", "web:ok", 1);
    (proxy, shop)
}

/// A change in a shop, as it is asked for.
type Change = fn(&Shop) -> Ask;

/// Each change that there is, with the method by which it is sent.
const CHANGES: [(&str, Change); 4] = [
    ("DELETE", restart),
    ("PATCH", rollout_restart),
    ("PATCH", scale),
    ("PATCH", rollback),
];

fn restart(shop: &Shop) -> Ask {
    let pods = shop.pods("web");
    let pod = pods[0]["metadata"]["name"].as_str().unwrap();
    let pod = Arg::Found(shop.find("k8s.pod", pod));
    shop.ask("k8s.restart", vec![("what", pod)])
}

fn rollout_restart(shop: &Shop) -> Ask {
    let web = Arg::Found(shop.find("k8s.deployment", "web"));
    shop.ask("k8s.rollout_restart", vec![("what", web)])
}

fn scale(shop: &Shop) -> Ask {
    let web = Arg::Found(shop.find("k8s.deployment", "web"));
    shop.ask("k8s.scale", vec![("what", web), ("to", Arg::Int(2))])
}

/// Back to the first of two revisions.
fn rollback(shop: &Shop) -> Ask {
    let web = shop.find("k8s.deployment", "web");
    let args = vec![("of", Arg::Found(web.clone())), ("number", Arg::Int(1))];
    let back = shop.find_by(shop.ask("k8s.revision", args)).unwrap();
    let args = vec![("what", Arg::Found(web)), ("to", Arg::Found(back))];
    shop.ask("k8s.rollback", args)
}

/// Each change alone in a shop of its own: it is sent once under this fault, and what came of it.
fn each(fault: &Fault, check: impl Fn(&str, Came, &Shop, &Proxy, Ask)) {
    for (method, change) in CHANGES {
        let (proxy, shop) = behind();
        let ask = change(&shop);
        if ask.call == "k8s.rollback" {
            // So that there is something to roll back.
            shop.set_image("web", "web:second");
            shop.rolled_out("web");
        }
        proxy.fault(method, "web", fault.clone(), 1);
        let came = shop.perform(ask.clone());
        assert_eq!(proxy.count(method, "web"), 1, "{}", ask.call);
        check(method, came, &shop, &proxy, ask);
    }
}

/// Each change of a deployment, under a fault that knows the shop.
fn each_with(fault: impl Fn(&Shop) -> Fault, check: impl Fn(&str, Came, &Shop, &Proxy)) {
    for (method, change) in CHANGES {
        if method == "DELETE" {
            continue;
        }
        let (proxy, shop) = behind();
        let ask = change(&shop);
        if ask.call == "k8s.rollback" {
            shop.set_image("web", "web:second");
            shop.rolled_out("web");
        }
        proxy.fault(method, "web", fault(&shop), 1);
        let call = ask.call.clone();
        check(&call, shop.perform(ask), &shop, &proxy);
    }
}

fn deployment(shop: &Shop) -> Json {
    shop.cluster.hands.see(&shop.apps("deployments/web"))
}

/// The server did it; repeated with the same key it is not done a second time.
fn unknown_and_done_once(fault: &Fault) {
    each(fault, |method, came, shop, proxy, ask| {
        assert_eq!(came, Came::Unknown, "{}", ask.call);
        let generation = deployment(shop)["metadata"]["generation"].clone();
        let call = ask.call.clone();
        assert_eq!(shop.perform(ask), Came::Applied, "{call}");
        assert_eq!(proxy.count(method, "web"), 1, "{call}");
        assert_eq!(deployment(shop)["metadata"]["generation"], generation);
    });
}

fn cut_off() {
    unknown_and_done_once(&Fault::CutBehind);
}

fn gateway_gives_up() {
    unknown_and_done_once(&Fault::SaysBehind(504));
}

fn hangs() {
    let begun = Instant::now();
    let (proxy, shop) = behind();
    let ask = scale(&shop);
    proxy.fault("PATCH", "web", Fault::Hangs, 1);
    let ask = Ask {
        patience: 1_500,
        ..ask
    };
    assert_eq!(shop.perform(ask), Came::Unknown);
    assert!(begun.elapsed() < Duration::from_secs(20));
    assert_eq!(proxy.count("PATCH", "web"), 1);
    assert_eq!(deployment(&shop)["spec"]["replicas"], 2);
}

fn never_arrived() {
    each(&Fault::CutBefore, |_, came, shop, _, ask| {
        assert_eq!(came, Came::Unknown, "{}", ask.call);
        // By itself nothing happened, and whoever is told to do it again does it.
        assert_eq!(shop.perform(ask), Came::Applied);
    });
}

fn refusal_is_certain() {
    let status = |code: u16, reason: &str, message: &str| {
        json!({"kind": "Status", "code": code, "reason": reason, "message": message}).to_string()
    };
    for (code, body, said) in [
        (
            429,
            "Too many requests, please try again later.".into(),
            "429",
        ),
        (
            403,
            status(403, "Forbidden", "quota is used up"),
            "quota is used up",
        ),
        (
            400,
            status(400, "BadRequest", "what is this"),
            "what is this",
        ),
        (413, String::new(), "413"),
    ] {
        let (proxy, shop) = behind();
        let ask = scale(&shop);
        proxy.fault("PATCH", "web", Fault::Says(code, body), 1);
        let came = shop.perform(ask);
        assert!(
            matches!(&came, Came::NotApplied(why) if why.contains(said)),
            "{came:?}"
        );
        assert_eq!(proxy.count("PATCH", "web"), 1);
        assert_eq!(deployment(&shop)["spec"]["replicas"], 1);
    }
}

/// A status that is written in between spoils nothing; somebody else's change does.
fn conflict() {
    let body = json!({"reason": "Conflict", "message": "the object has been modified"});
    let conflict = || Fault::Says(409, body.to_string());
    let (proxy, shop) = behind();
    let ask = scale(&shop);
    proxy.fault("PATCH", "web", conflict(), 2);
    assert_eq!(shop.perform(ask), Came::Applied);
    assert_eq!(proxy.count("PATCH", "web"), 3);

    let (proxy, shop) = behind();
    let ask = scale(&shop);
    proxy.fault("PATCH", "web", conflict(), 100);
    let came = shop.perform(ask);
    assert!(
        words(&came).contains("somebody changed it meanwhile"),
        "{came:?}"
    );
    assert_eq!(proxy.count("PATCH", "web"), 5);

    // A pod that is still there was not taken away, whatever is said of it.
    let (proxy, shop) = behind();
    let ask = restart(&shop);
    proxy.fault("DELETE", "web", conflict(), 1);
    let came = shop.perform(ask);
    assert!(
        matches!(&came, Came::NotApplied(why) if why.contains("has been modified")),
        "{came:?}"
    );
}

/// A yes to a change that the server forgot.
fn dropped() {
    let (proxy, shop) = behind();
    let ask = rollout_restart(&shop);
    let before = deployment(&shop).to_string();
    proxy.fault("PATCH", "web", Fault::Says(200, before), 1);
    let came = shop.perform(ask);
    assert!(words(&came).contains("dropped what it says"), "{came:?}");
    // One that the cluster took, and made something else of.
    let ask = rollout_restart(&shop);
    let mut other = deployment(&shop);
    other["spec"]["template"]["metadata"]["annotations"] = json!({"added": "by the cluster"});
    proxy.fault("PATCH", "web", Fault::Says(200, other.to_string()), 1);
    assert_eq!(shop.perform(ask), Came::Unknown);
}

/// A write by somebody else between the look and the change, which the change rests on or not.
fn meanwhile(shop: &Shop, body: Json) -> Fault {
    let path = shop.apps("deployments/web");
    let hands = &shop.cluster.hands;
    Fault::Meanwhile(Arc::new(move || {
        let (status, answer) = hands.merge(&path, &body);
        assert_eq!(status, 200, "{answer:#}");
    }))
}

/// What somebody else writes is never written over: where it is nothing that the change rests on, that is planned anew.
fn somebody_is_faster() {
    let label = json!({"metadata": {"labels": {"somebody": "was-here"}}});
    each_with(
        |shop| meanwhile(shop, label.clone()),
        |call, came, shop, proxy| {
            assert_eq!(came, Came::Applied, "{call}");
            // The controllers, too, may be faster once they have seen it.
            assert!(proxy.count("PATCH", "web") >= 2, "{call}");
            let left = &deployment(shop)["metadata"]["labels"]["somebody"];
            assert_eq!(left, "was-here", "{call}");
        },
    );
    let replicas = json!({"spec": {"replicas": 3}});
    each_with(
        |shop| meanwhile(shop, replicas.clone()),
        |call, came, shop, proxy| {
            let is_told =
                matches!(&came, Came::NotApplied(why) if why.contains("somebody changed"));
            assert!(is_told, "{call}: {came:?}");
            assert_eq!(proxy.count("PATCH", "web"), 1, "{call}");
            assert_eq!(deployment(shop)["spec"]["replicas"], 3, "{call}");
        },
    );
}

/// A pod of the same name is not the pod that was meant.
fn made_again() {
    let (proxy, shop) = behind();
    let ask = restart(&shop);
    let pod = shop.pods("web")[0].clone();
    let name = pod["metadata"]["name"].as_str().unwrap().to_owned();
    let (path, all) = (shop.core(&format!("pods/{name}")), shop.core("pods"));
    let hands = &shop.cluster.hands;
    let another = json!({
        "metadata": {"name": name, "labels": {"made": "again"}},
        "spec": {"containers": [{"name": "main", "image": "web:ok"}]},
    });
    let again = move || {
        let at_once = json!({"gracePeriodSeconds": 0});
        assert_eq!(hands.delete(&path, &at_once), 200);
        hands.make(&all, &another);
    };
    proxy.fault("DELETE", "web", Fault::Meanwhile(Arc::new(again)), 1);
    assert_eq!(shop.perform(ask), Came::Applied);
    assert_eq!(proxy.count("DELETE", "web"), 1);
    let left = hands.see(&shop.core(&format!("pods/{name}")));
    assert_eq!(left["metadata"]["labels"]["made"], "again", "{left:#}");
    assert!(left["metadata"]["deletionTimestamp"].is_null(), "{left:#}");
}

/// An answer from which nothing can be seen.
fn empty_yes() {
    for body in [
        "{}",
        "",
        "null",
        "[]",
        r#"{"kind": "Status", "status": "Success"}"#,
    ] {
        each(&Fault::Says(200, body.into()), |_, came, _, _, ask| {
            assert_eq!(came, Came::Unknown, "{} {body}", ask.call);
        });
    }
}

fn busy() {
    let (proxy, shop) = behind();
    let before = proxy.count("GET", "deployments/web");
    proxy.fault(
        "GET",
        "deployments/web",
        Fault::Says(429, "Too many requests".into()),
        1,
    );
    shop.find("k8s.deployment", "web");
    assert_eq!(proxy.count("GET", "deployments/web"), before + 2);
    // What breaks down is told at once: whoever asks knows when to ask again.
    for fault in [
        Fault::Says(500, "etcdserver: leader changed".into()),
        Fault::CutBefore,
    ] {
        proxy.fault("GET", "deployments/web", fault, 1);
        let args = vec![
            ("namespace", Arg::Text(shop.namespace.clone())),
            ("name", Arg::Text("web".into())),
        ];
        let came = shop.look("k8s.deployment", args);
        assert!(matches!(&came, Came::Failed(_)), "{came:?}");
    }
}

fn unserved() {
    let (proxy, shop) = behind();
    let ask = scale(&shop);
    let page = Fault::Says(404, "404 page not found".into());
    proxy.fault("GET", "horizontalpodautoscalers", page, 1);
    let came = shop.perform(ask);
    assert!(words(&came).contains("does not serve"), "{came:?}");
    assert_eq!(proxy.count("PATCH", "web"), 0);
}

fn credentials() {
    let (proxy, shop) = behind();
    let ask = scale(&shop);
    proxy.fault("PATCH", "web", Fault::Says(401, "Unauthorized".into()), 1);
    assert_eq!(shop.perform(ask), Came::Applied);
    assert_eq!(proxy.count("PATCH", "web"), 2);
    // Those that stay bad are told.
    shop.says_it_is("somebody-else-0123456789");
    proxy.fault(
        "GET",
        "deployments/web",
        Fault::Says(401, "Unauthorized".into()),
        1,
    );
    let args = || {
        vec![
            ("namespace", Arg::Text(shop.namespace.clone())),
            ("name", Arg::Text("web".into())),
        ]
    };
    let came = shop.look("k8s.deployment", args());
    assert!(words(&came).contains("401"), "{came:?}");
    // And good ones are taken up without a new start.
    shop.says_it_is(super::cluster::AGENT_TOKEN);
    let came = shop.look("k8s.deployment", args());
    assert!(matches!(came, Came::Value(..)), "{came:?}");
}

/// A list that was too long on its way is begun again, once.
fn expired() {
    let (proxy, shop) = behind();
    let body = json!({"reason": "Expired", "message": "the continue parameter is too old"});
    let args = || vec![("namespace", Arg::Text(shop.namespace.clone()))];
    let gone = || Fault::Says(410, body.to_string());
    proxy.fault("GET", "/pods?", gone(), 1);
    assert!(matches!(shop.look("k8s.pods", args()), Came::Value(..)));
    proxy.fault("GET", "/pods?", gone(), 2);
    let came = shop.look("k8s.pods", args());
    assert!(
        matches!(&came, Came::Failed(why) if why.contains("410")),
        "{came:?}"
    );
}

fn never_ends() {
    let proxy = Proxy::start();
    let shop = Shop::behind(&proxy.url());
    let mut web = super::shop::deployment("web", "web:ok", 1);
    web["spec"]["template"]["metadata"]["annotations"] = json!({"test/hangs": "yes"});
    shop.cluster.hands.make(&shop.apps("deployments"), &web);
    shop.rolled_out("web");
    let name = shop.pods("web")[0]["metadata"]["name"].clone();
    let name = name.as_str().unwrap();
    let pod = shop.find("k8s.pod", name);
    for _ in 0..2 {
        let args = vec![("what", Arg::Found(pod.clone()))];
        assert_eq!(shop.change("k8s.restart", args), Came::Applied);
    }
    assert_eq!(proxy.count("DELETE", name), 1);
    // It is there, and takes no traffic.
    let found = shop.find("k8s.pod", name);
    assert_eq!(found.uid(), pod.uid());
    assert_eq!(found.field("ready").unwrap().plain(), "false");
}
