//! The runbook that the README begins with, by a real agent on the real control plane; and the agent killed in the middle.

use std::fs;

use serde_json::{Value as Json, json};

use super::Case;
use super::cluster::Cluster;
use super::measured::prometheus;
use super::operations::stateful;
use super::proxy::{Fault, Proxy};
use super::shop::Shop;
use crate::harness::fixture::root;
use crate::harness::server::Server;
use crate::harness::{markdown, wait};
use crate::suites::agent::stage::{ALERTS, Stage, inner, notification};

pub const CASES: &[Case] = &[
    ("a stuck worker is restarted", stuck_worker),
    (
        "an agent that dies in a restart repeats it",
        dies_in_a_restart,
    ),
    ("without a cluster it says what to add", no_cluster),
];

/// Who owns what the README's runbook works on.
const OWNER: &str = r#"use std.k8s

role builder = rota "pager:first"
role second = rota "pager:second"

product checkout {
  owner builder
  chain builder for 5m, second until acknowledged
  owns k8s.namespace("shop")
}
"#;

/// The README's runbook in a namespace of its own, and an agent that is not yet started.
pub fn stage(shop: &Shop, address: &str, prometheus: &Server) -> Stage {
    let stage = Stage::new();
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let blocks = markdown::blocks(&readme);
    let runbook = blocks.iter().find(|block| block.tag == "rbk").unwrap();
    let named = |text: &str| text.replace("\"shop\"", &format!("\"{}\"", shop.namespace));
    fs::remove_file(stage.path("package/service.rbk")).unwrap();
    fs::write(stage.path("package/checkout.rbk"), named(OWNER)).unwrap();
    let runbook = named(&runbook.text).replace("holding 1m", "holding 1s");
    // What was measured before the change counts no more after half of it.
    let runbook = runbook.replace("[2m]", "[10s]");
    fs::write(stage.path("package/worker.rbk"), runbook).unwrap();
    let file = shop.cluster.kubeconfig(stage.folder.path(), address);
    let settings = format!(
        "listen = \"127.0.0.1:{}\"\nstore = \"store/agent.db\"\n\n[prometheus]\nurl = \"{}\"\n\n\
         [kubernetes]\nkubeconfig = \"{}\"\n\n[contacts.\"pager:first\"]\nwebhook = \"{}/first\"\n\n\
         [contacts.\"pager:second\"]\nwebhook = \"{}/second\"\n\n[grants]\n\"prom.query\" = true\n\
         \"k8s.get\" = [\"{ns}\"]\n\"k8s.delete\" = [\"{ns}/*\"]\n",
        stage.port,
        prometheus.url(),
        file.display(),
        stage.people.url(),
        stage.people.url(),
        ns = shop.namespace,
    );
    fs::write(stage.path("agent.toml"), settings).unwrap();
    stage
}

/// How much the worker moves: nothing as long as it is this pod, and while there is none.
pub fn moved(shop: &Shop) -> Server {
    let (before, path) = (uid(shop), shop.core("pods/w-0"));
    let cluster = shop.cluster;
    prometheus(move |_| {
        let now = uid_at(cluster, &path);
        let moves = now.is_some() && now != before;
        if moves { "12" } else { "0" }.to_owned()
    })
}

/// What Alertmanager posts.
pub fn notified(shop: &Shop) -> String {
    let labels = json!({"alertname": "QueueStuck", "namespace": shop.namespace, "pod": "w-0"});
    let now = jiff::Timestamp::now().to_string();
    let alert = json!({"status": "firing", "labels": labels, "annotations": {}, "startsAt": now});
    notification(&[alert.to_string()])
}

/// The same is posted: the number of the incident.
pub fn alert(stage: &Stage, shop: &Shop) -> u64 {
    let body = notified(shop);
    let (status, answer) = stage.post(ALERTS, body.as_bytes()).unwrap();
    assert_eq!(status, 200, "{answer}");
    answer["incidents"][0].as_u64().unwrap()
}

pub fn uid(shop: &Shop) -> Option<String> {
    uid_at(shop.cluster, &shop.core("pods/w-0"))
}

/// Of the pod there, unless it is on its way out.
fn uid_at(cluster: &Cluster, path: &str) -> Option<String> {
    let pod = cluster.hands.see(path);
    let stays = pod["metadata"]["deletionTimestamp"].is_null();
    let uid = pod["metadata"]["uid"].as_str().filter(|_| stays);
    uid.map(str::to_owned)
}

/// Waits until another pod has the name.
pub fn is_replaced(stage: &Stage, shop: &Shop, before: &str) -> String {
    let other = || uid(shop).filter(|uid| uid != before);
    wait::until("another pod is there", other, || stage.log())
}

pub fn nobody_was_paged(stage: &Stage) {
    let told = stage.told();
    let pages: Vec<&(String, Json)> = told
        .iter()
        .filter(|(_, body)| body["kind"] == "page")
        .collect();
    assert!(pages.is_empty(), "{pages:#?}");
}

fn stuck_worker() {
    let shop = Shop::open();
    stateful(&shop, "w");
    let prometheus = moved(&shop);
    let mut stage = stage(&shop, &shop.cluster.address(), &prometheus);
    stage.start();
    let before = uid(&shop).unwrap();
    let incident = alert(&stage, &shop);
    let after = is_replaced(&stage, &shop, &before);
    let shown = stage.wait_for(incident, "resolved");
    assert_eq!(inner(&shown)["how"], "verified", "{shown:#}");
    assert_eq!(uid(&shop).as_ref(), Some(&after));
    nobody_was_paged(&stage);
}

/// The server took the deletion, and the agent was gone before it heard of that.
fn dies_in_a_restart() {
    let proxy = Proxy::start();
    let shop = Shop::open();
    stateful(&shop, "w");
    proxy.fault("DELETE", "pods/w-0", Fault::Hangs, 1);
    let prometheus = moved(&shop);
    let mut stage = stage(&shop, &proxy.url(), &prometheus);
    stage.start();
    let before = uid(&shop).unwrap();
    let incident = alert(&stage, &shop);
    let after = is_replaced(&stage, &shop, &before);
    stage.kill();
    stage.start();
    let shown = stage.wait_for(incident, "resolved");
    assert_eq!(inner(&shown)["how"], "verified", "{shown:#}");
    // It was looked for, and not done a second time.
    assert_eq!(uid(&shop).as_ref(), Some(&after));
    assert_eq!(proxy.count("DELETE", "pods/w-0"), 1);
    nobody_was_paged(&stage);
}

fn no_cluster() {
    let shop = Shop::open();
    let prometheus = moved(&shop);
    let stage = stage(&shop, "https://127.0.0.1:1", &prometheus);
    let text = fs::read_to_string(stage.path("agent.toml")).unwrap();
    let (before, rest) = text.split_once("[kubernetes]\n").unwrap();
    let (_, after) = rest.split_once("\n\n").unwrap();
    fs::write(stage.path("agent.toml"), format!("{before}{after}")).unwrap();
    let (code, said) = stage.refused();
    assert_ne!(code, Some(0));
    for words in ["[kubernetes]", "kubeconfig = \"/path/to/kubeconfig\""] {
        assert!(said.contains(words), "{said}");
    }
}
