//! Each operation, as it goes well and as it is refused, with what the cluster saw.

use rbk::facade::connect::{Arg, Came, Found};
use serde_json::{Value as Json, json};

use super::Case;
use super::shop::{Shop, deployment, template};
use crate::harness::wait;
use crate::suites::connect::shapes::has_declared_shape;
use crate::suites::connect::words;

pub const CASES: &[Case] = &[
    ("a namespace is found", namespace_is_found),
    ("a deployment is found", deployment_is_found),
    ("pods are found with their deployment", pods_are_found),
    ("what is not there is no data", absent_is_no_data),
    ("a pod is restarted", pod_is_restarted),
    ("a bare pod is not restarted", bare_pod_is_not_restarted),
    (
        "what has ended, or is a node's own, is left alone",
        ended_and_static,
    ),
    ("a pod of the same name is another", pod_of_the_same_name),
    ("a deployment is restarted once for a key", restarted_once),
    ("a paused deployment is not restarted", paused_is_refused),
    ("a deployment is scaled", deployment_is_scaled),
    ("an autoscaler keeps its number", autoscaler_keeps),
    ("a deployment is rolled back", deployment_is_rolled_back),
    ("what an operator keeps is left alone", operators_keep),
    ("a deployment made again is another", deployment_made_again),
];

fn field(found: &Found, name: &str) -> String {
    let value = found.field(name);
    value.map_or_else(|| "nothing".into(), |value| value.plain())
}

fn namespace_is_found() {
    let shop = Shop::open();
    let args = vec![("name", Arg::Text(shop.namespace.clone()))];
    has_declared_shape(&shop.look("k8s.namespace", args), "k8s.Namespace");
}

fn deployment_is_found() {
    let shop = Shop::open();
    shop.deploy("web", "web:ok", 2);
    let args = vec![
        ("namespace", Arg::Text(shop.namespace.clone())),
        ("name", Arg::Text("web".into())),
    ];
    has_declared_shape(&shop.look("k8s.deployment", args), "k8s.Deployment");
    let web = shop.find("k8s.deployment", "web");
    for (name, value) in [("replicas", "2"), ("ready", "2"), ("revision", "1")] {
        assert_eq!(field(&web, name), value, "{name}");
    }
    assert_ne!(field(&web, "updated"), "nothing");
    let came = shop.look("k8s.replicas", vec![("of", Arg::Found(web))]);
    assert_eq!(came, Came::Value("2".into(), Vec::new()));
}

fn pods_are_found() {
    let shop = Shop::open();
    shop.deploy("web", "web:ok", 2);
    let args = vec![("namespace", Arg::Text(shop.namespace.clone()))];
    let pods = shop.find_by(shop.ask("k8s.pods", args)).unwrap();
    let pods = pods.items();
    assert_eq!(pods.len(), 2);
    for pod in pods {
        let name = field(&pod, "name");
        assert_eq!(field(&pod, "ready"), "true");
        assert_eq!(field(&pod, "restarts"), "0");
        let same = shop.find("k8s.pod", &name);
        assert_eq!(same.uid(), pod.uid());
        for pod in [&pod, &same] {
            let web = pod.field("deployment").unwrap();
            assert_eq!(web.uid(), shop.find("k8s.deployment", "web").uid());
        }
    }
    let name = shop.pods("web")[0]["metadata"]["name"].to_string();
    let args = vec![
        ("namespace", Arg::Text(shop.namespace.clone())),
        ("name", Arg::Text(name.trim_matches('"').into())),
    ];
    has_declared_shape(&shop.look("k8s.pod", args), "k8s.Pod");
}

fn absent_is_no_data() {
    let shop = Shop::open();
    for call in ["k8s.pod", "k8s.deployment"] {
        let args = |name: &str| {
            vec![
                ("namespace", Arg::Text(shop.namespace.clone())),
                ("name", Arg::Text(name.into())),
            ]
        };
        let came = shop.look(call, args("nobody"));
        assert!(
            matches!(&came, Came::NoData(why) if why.contains("404")),
            "{came:?}"
        );
        let came = shop.look(call, args("../../secrets/x"));
        assert!(words(&came).contains("can be called"), "{came:?}");
    }
    // Where the agent has no rights, it is not told what is there.
    let args = vec![("namespace", Arg::Text("kube-system".into()))];
    let came = shop.look("k8s.pods", args);
    assert!(
        matches!(&came, Came::Failed(why) if why.contains("403")),
        "{came:?}"
    );
}

fn uid(thing: &Json) -> String {
    thing["metadata"]["uid"].as_str().unwrap_or_default().into()
}

/// The one pod of a deployment, as the connector finds it.
fn only_pod(shop: &Shop, name: &str) -> Found {
    let pods = shop.pods(name);
    assert_eq!(pods.len(), 1, "{pods:#?}");
    shop.find("k8s.pod", pods[0]["metadata"]["name"].as_str().unwrap())
}

fn pod_is_restarted() {
    let shop = Shop::open();
    shop.deploy("web", "web:ok", 1);
    let pod = only_pod(&shop, "web");
    let restart = || shop.change("k8s.restart", vec![("what", Arg::Found(pod.clone()))]);
    assert_eq!(restart(), Came::Applied);
    let replaced = || {
        let pods = shop.pods("web");
        (pods.len() == 1 && Some(uid(&pods[0])) != pod.uid()).then(|| uid(&pods[0]))
    };
    let next = wait::until("another pod is there", replaced, String::new);
    shop.rolled_out("web");
    // Once more it is done already.
    assert_eq!(restart(), Came::Applied);
    assert_eq!(uid(&shop.pods("web")[0]), next);
}

fn bare_pod_is_not_restarted() {
    let shop = Shop::open();
    let mut pod = template("bare", "bare:ok");
    pod["metadata"]["name"] = "bare".into();
    shop.cluster.hands.make(&shop.core("pods"), &pod);
    let bare = shop.find("k8s.pod", "bare");
    let came = shop.change("k8s.restart", vec![("what", Arg::Found(bare))]);
    assert!(
        words(&came).contains("nobody would start it again"),
        "{came:?}"
    );
    let pod = shop.cluster.hands.see(&shop.core("pods/bare"));
    assert!(pod["metadata"]["deletionTimestamp"].is_null());
}

/// The second pod of a stateful set has the name of the first.
fn pod_of_the_same_name() {
    let shop = Shop::open();
    stateful(&shop, "db");
    let first = shop.find("k8s.pod", "db-0");
    let restart = || shop.change("k8s.restart", vec![("what", Arg::Found(first.clone()))]);
    assert_eq!(restart(), Came::Applied);
    let path = shop.core("pods/db-0");
    let replaced = || {
        let pod = shop.cluster.hands.see(&path);
        (!pod.is_null() && Some(uid(&pod)) != first.uid()).then(|| uid(&pod))
    };
    let second = wait::until("a pod of that name is there", replaced, String::new);
    assert_eq!(restart(), Came::Applied);
    let pod = shop.cluster.hands.see(&path);
    assert_eq!(uid(&pod), second);
    assert!(pod["metadata"]["deletionTimestamp"].is_null());
}

/// A stateful set of one pod.
pub fn stateful(shop: &Shop, name: &str) {
    let set = json!({"metadata": {"name": name}, "spec": {
        "replicas": 1, "serviceName": name,
        "selector": {"matchLabels": {"app": name}}, "template": template(name, "db:ok"),
    }});
    shop.cluster.hands.make(&shop.apps("statefulsets"), &set);
    let path = shop.core(&format!("pods/{name}-0"));
    let runs = || {
        shop.cluster.hands.see(&path)["status"]["podIP"]
            .is_string()
            .then_some(())
    };
    wait::until("its pod runs", runs, String::new);
}

fn restarted_once() {
    let shop = Shop::open();
    shop.deploy("web", "web:ok", 1);
    let web = shop.find("k8s.deployment", "web");
    let before = uid(&shop.pods("web")[0]);
    let ask = shop.ask("k8s.rollout_restart", vec![("what", Arg::Found(web))]);
    let path = shop.apps("deployments/web");
    for _ in 0..2 {
        let came = shop.perform(ask.clone());
        assert_eq!(came, Came::Applied);
        shop.rolled_out("web");
        assert_eq!(shop.cluster.hands.see(&path)["metadata"]["generation"], 2);
    }
    assert_ne!(uid(&shop.pods("web")[0]), before);
}

fn paused_is_refused() {
    let shop = Shop::open();
    shop.deploy("web", "web:ok", 1);
    let web = shop.find("k8s.deployment", "web");
    let pause = json!({"spec": {"paused": true}});
    let path = shop.apps("deployments/web");
    shop.cluster.hands.merge(&path, &pause);
    let came = shop.change("k8s.rollout_restart", vec![("what", Arg::Found(web))]);
    assert!(words(&came).contains("is paused"), "{came:?}");
}

fn deployment_is_scaled() {
    let shop = Shop::open();
    shop.deploy("web", "web:ok", 1);
    let web = shop.find("k8s.deployment", "web");
    let to = |number: i64| {
        let args = vec![("what", Arg::Found(web.clone())), ("to", Arg::Int(number))];
        shop.change("k8s.scale", args)
    };
    assert_eq!(to(3), Came::Applied);
    shop.rolled_out("web");
    assert_eq!(shop.pods("web").len(), 3);
    assert_eq!(to(3), Came::Applied);
    assert_eq!(to(1), Came::Applied);
    shop.rolled_out("web");
    assert_eq!(shop.pods("web").len(), 1);
}

fn autoscaler_keeps() {
    let shop = Shop::open();
    shop.deploy("web", "web:ok", 2);
    let scaler = json!({"metadata": {"name": "by-load"}, "spec": {
        "minReplicas": 2, "maxReplicas": 4, "targetCPUUtilizationPercentage": 50,
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
    }});
    let folder = format!(
        "/apis/autoscaling/v1/namespaces/{}/horizontalpodautoscalers",
        shop.namespace
    );
    shop.cluster.hands.make(&folder, &scaler);
    let web = shop.find("k8s.deployment", "web");
    let args = vec![("what", Arg::Found(web)), ("to", Arg::Int(3))];
    let came = shop.change("k8s.scale", args);
    assert!(
        words(&came).contains("`by-load` keeps the number"),
        "{came:?}"
    );
}

fn deployment_is_rolled_back() {
    let shop = Shop::open();
    shop.deploy("web", "web:ok", 1);
    shop.set_image("web", "web:crash");
    let path = shop.apps("deployments/web");
    let second = || {
        let found = shop.cluster.hands.see(&path);
        let revision = &found["metadata"]["annotations"]["deployment.kubernetes.io/revision"];
        (revision == "2").then_some(())
    };
    wait::until("the bad one is on its way", second, String::new);
    // Whatever somebody else wrote there stays.
    let note = json!({"metadata": {"annotations": {"note": "mine"}}});
    shop.cluster.hands.merge(&path, &note);
    let web = shop.find("k8s.deployment", "web");
    let back = revision(&shop, &web, 1).unwrap();
    assert_eq!(field(&back, "image"), "web:ok");
    let args = || {
        vec![
            ("what", Arg::Found(web.clone())),
            ("to", Arg::Found(back.clone())),
        ]
    };
    let done = || shop.look("k8s.rolled_back", args());
    assert_eq!(done(), Came::Value("false".into(), Vec::new()));
    assert_eq!(shop.change("k8s.rollback", args()), Came::Applied);
    assert_eq!(done(), Came::Value("true".into(), Vec::new()));
    shop.rolled_out("web");
    assert_eq!(done(), Came::Value("true".into(), Vec::new()));
    let found = shop.cluster.hands.see(&path);
    assert_eq!(found["metadata"]["annotations"]["note"], "mine");
    let generation = &found["metadata"]["generation"];
    // Done already: nothing is sent.
    assert_eq!(shop.change("k8s.rollback", args()), Came::Applied);
    assert_eq!(
        &shop.cluster.hands.see(&path)["metadata"]["generation"],
        generation
    );
    // The same one has another number by now, and the old number names none.
    let web = shop.find("k8s.deployment", "web");
    assert_eq!(revision(&shop, &web, 3).unwrap().uid(), back.uid());
    let gone = revision(&shop, &web, 1).unwrap_err();
    assert!(matches!(&gone, Came::NoData(_)), "{gone:?}");
}

fn revision(shop: &Shop, of: &Found, number: i64) -> Result<Found, Came> {
    let args = vec![("of", Arg::Found(of.clone())), ("number", Arg::Int(number))];
    shop.find_by(shop.ask("k8s.revision", args))
}

fn operators_keep() {
    let shop = Shop::open();
    let owner = json!({"apiVersion": "example.com/v1", "kind": "Stack", "name": "all", "uid": "u", "controller": true});
    let mut web = deployment("web", "web:ok", 1);
    web["metadata"]["ownerReferences"] = json!([owner]);
    shop.cluster.hands.make(&shop.apps("deployments"), &web);
    let web = shop.find("k8s.deployment", "web");
    for (call, more) in [
        ("k8s.rollout_restart", None),
        ("k8s.scale", Some(("to", Arg::Int(2)))),
    ] {
        let mut args = vec![("what", Arg::Found(web.clone()))];
        args.extend(more);
        let came = shop.change(call, args);
        assert!(
            words(&came).contains("is kept by the Stack `all`"),
            "{came:?}"
        );
    }
}

fn deployment_made_again() {
    let shop = Shop::open();
    shop.deploy("web", "web:ok", 1);
    let web = shop.find("k8s.deployment", "web");
    let path = shop.apps("deployments/web");
    let body = json!({"propagationPolicy": "Background"});
    assert_eq!(shop.cluster.hands.delete(&path, &body), 200);
    let gone = || (shop.cluster.hands.get(&path).0 == 404).then_some(());
    wait::until("it is gone", gone, String::new);
    let scale = || {
        let args = vec![("what", Arg::Found(web.clone())), ("to", Arg::Int(2))];
        shop.change("k8s.scale", args)
    };
    let came = scale();
    assert!(words(&came).contains("404"), "{came:?}");
    shop.deploy("web", "web:ok", 1);
    let came = scale();
    assert!(
        words(&came).contains("is another deployment by now"),
        "{came:?}"
    );
    assert_eq!(shop.cluster.hands.see(&path)["spec"]["replicas"], 1);
}

/// Pods that have ended are in no list, and no pod is deleted that its owner would not make again.
fn ended_and_static() {
    let shop = Shop::open();
    let hands = &shop.cluster.hands;
    let owner = hands.make(
        &shop.core("configmaps"),
        &json!({"metadata": {"name": "owner"}}),
    );
    let node = hands.see("/api/v1/nodes")["items"][0].clone();
    for (name, kind, owner) in [("ended", "ConfigMap", &owner), ("static", "Node", &node)] {
        let (of, uid) = (&owner["metadata"]["name"], &owner["metadata"]["uid"]);
        let by =
            json!([{"apiVersion": "v1", "kind": kind, "name": of, "uid": uid, "controller": true}]);
        let pod = json!({
            "metadata": {"name": name, "ownerReferences": by},
            "spec": {"schedulerName": "nobody", "containers": [{"name": "main", "image": "web:ok"}]},
        });
        hands.make(&shop.core("pods"), &pod);
    }
    let restart =
        |pod: Found| words(&shop.change("k8s.restart", vec![("what", Arg::Found(pod))])).to_owned();
    let told = restart(shop.find("k8s.pod", "static"));
    assert!(told.contains("its node has it from a file"), "{told}");
    let listed = || {
        let args = vec![("namespace", Arg::Text(shop.namespace.clone()))];
        let pods = shop.find_by(shop.ask("k8s.pods", args)).unwrap().items();
        let mut names: Vec<String> = pods.iter().map(|pod| field(pod, "name")).collect();
        names.sort();
        names
    };
    assert_eq!(listed(), ["ended", "static"]);
    let ended = shop.find("k8s.pod", "ended");
    let over = json!({"status": {"phase": "Succeeded"}});
    let path = shop.core("pods/ended/status");
    assert_eq!(hands.merge(&path, &over).0, 200);
    assert_eq!(listed(), ["static"]);
    let told = restart(ended);
    assert!(told.contains("it has ended"), "{told}");
    assert!(!hands.see(&shop.core("pods/ended")).is_null());
}
