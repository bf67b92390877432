//! `examples/rollback` by a real agent on the real control plane, without what it does to the tool that keeps the deployment:
//! a bad revision is rolled out, its pods end again and again, and the agent goes back to the one before.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value as Json, json};

use super::Case;
use super::measured::prometheus;
use super::shop::Shop;
use super::stuck::nobody_was_paged;
use crate::harness::fixture::root;
use crate::harness::server::Server;
use crate::harness::wait;
use crate::suites::agent::stage::{ALERTS, Stage, inner, notification};

pub const CASES: &[Case] = &[("a bad revision is rolled back", bad_revision)];

/// Errors as they are measured: many while the bad revision is there, few before that.
fn errors(is_bad: &Arc<AtomicBool>, deployed: f64) -> Server {
    let is_bad = Arc::clone(is_bad);
    prometheus(move |asked| {
        let many = asked >= deployed && is_bad.load(Ordering::SeqCst);
        if many { "0.12" } else { "0.001" }.to_owned()
    })
}

/// The example in a namespace of its own.
fn package(shop: &Shop) -> String {
    let mut text = fs::read_to_string(root().join("examples/rollback/rollback.rbk")).unwrap();
    let pause = text.find("    do gitops.pause").unwrap();
    let end = pause + text[pause..].find('\n').unwrap() + 1;
    text.replace_range(pause..end, "");
    let mitigated = text.find("    mitigated").unwrap();
    let end = mitigated + text[mitigated..].find("    }\n").unwrap() + "    }\n".len();
    text.replace_range(mitigated..end, "");
    for (from, to) in [
        ("gitops, ", ""),
        ("\"shop\"", &format!("\"{}\"", shop.namespace)),
        ("pagerduty:checkout", "pager:first"),
        ("okta:sre", "pager:second"),
        ("    holding 1m\n", "    holding 1s\n"),
        ("holding 3m", "holding 1s"),
        // What was measured before the change counts no more after half of it.
        ("[2m]", "[10s]"),
        ("within 4m undo", "within 5s undo"),
    ] {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    text
}

/// The bad revision is there, the agent runs and has heard of it: with the number of the incident.
fn broken(shop: &Shop, address: &str, prometheus: &Server) -> (Stage, u64) {
    let mut stage = Stage::new();
    fs::write(stage.path("package/service.rbk"), package(shop)).unwrap();
    let file = shop.cluster.kubeconfig(stage.folder.path(), address);
    let settings = format!(
        "listen = \"127.0.0.1:{}\"\nstore = \"store/agent.db\"\n\n[prometheus]\nurl = \"{}\"\n\n\
         [kubernetes]\nkubeconfig = \"{}\"\n\n[contacts.\"pager:first\"]\nwebhook = \"{people}/first\"\n\n\
         [contacts.\"pager:second\"]\nwebhook = \"{people}/second\"\n\n[grants]\n\"prom.query\" = true\n\
         \"events.read\" = true\n\"k8s.get\" = [\"{ns}\", \"{ns}/*\"]\n\"k8s.list\" = [\"{ns}\"]\n\"k8s.patch\" = [\"{ns}/*\"]\n",
        stage.port,
        prometheus.url(),
        file.display(),
        people = stage.people.url(),
        ns = shop.namespace,
    );
    fs::write(stage.path("agent.toml"), settings).unwrap();
    stage.start();
    let now = jiff::Timestamp::now().to_string();
    let deploy =
        json!({"service": "web", "revision": 2, "previous": 1, "migrations": false, "at": now});
    let (status, answer) = stage
        .post("/v1/events/Deploy", deploy.to_string().as_bytes())
        .unwrap();
    assert!(matches!(status, 200..=299), "{answer}");
    let labels = json!({"alertname": "ErrorRateHigh", "service": "web"});
    let alert = json!({"status": "firing", "labels": labels, "annotations": {}, "startsAt": now});
    let (status, answer) = stage
        .post(ALERTS, notification(&[alert.to_string()]).as_bytes())
        .unwrap();
    assert_eq!(status, 200, "{answer}");
    let opened = || {
        let list = stage.get("/v1/incidents");
        list["incidents"][0]["id"].as_u64()
    };
    let incident = wait::until("an incident is there", opened, || stage.log());
    (stage, incident)
}

fn image(shop: &Shop) -> Json {
    let found = shop.cluster.hands.see(&shop.apps("deployments/web"));
    found["spec"]["template"]["spec"]["containers"][0]["image"].clone()
}

/// A shop whose second revision is a bad one.
fn shop() -> (Shop, f64) {
    let shop = Shop::open();
    shop.deploy("web", "web:ok", 2);
    let deployed = jiff::Timestamp::now().as_second();
    shop.set_image("web", "web:crash");
    let second = || {
        let found = shop.cluster.hands.see(&shop.apps("deployments/web"));
        let revision = &found["metadata"]["annotations"]["deployment.kubernetes.io/revision"];
        (revision == "2").then_some(())
    };
    wait::until("the bad one is on its way", second, String::new);
    (shop, deployed as f64 - 1.0)
}

fn bad_revision() {
    let (shop, deployed) = shop();
    let is_bad = Arc::new(AtomicBool::new(true));
    let prometheus = errors(&is_bad, deployed);
    let (stage, incident) = broken(&shop, &shop.cluster.address(), &prometheus);
    let back = || (image(&shop) == "web:ok").then_some(());
    let state = || format!("{}\n{}", stage.shown(incident), stage.log());
    wait::until("the template is the one before", back, state);
    shop.rolled_out("web");
    is_bad.store(false, Ordering::SeqCst);
    let shown = stage.wait_for(incident, "resolved");
    assert_eq!(inner(&shown)["how"], "verified", "{shown:#}");
    nobody_was_paged(&stage);
}
