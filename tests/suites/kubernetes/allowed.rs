//! What the cluster allows is asked before the first alert: what is missing keeps an agent from starting, with the command
//! that grants it; what is far too wide is said.

use std::process::Command;

use serde_json::json;

use super::Case;
use super::cluster::{AGENT_TOKEN, cluster};
use super::measured::prometheus;
use super::operations::stateful;
use super::rights::{folder_of, only};
use super::shop::Shop;
use super::stuck::stage;
use crate::harness::wait;

pub const CASES: &[Case] = &[
    ("what is not allowed is told before the start", missing),
    ("what is too wide is told once", wide),
    ("an agent starts without its cluster", unreached),
];

/// The agent may only look at pods.
fn missing() {
    let shop = Shop::allowing(&only("pods"), &cluster().address());
    let prometheus = prometheus(|_| "0".into());
    let stage = stage(&shop, &shop.cluster.address(), &prometheus);
    let what = format!(
        "the cluster does not allow `delete pods`, `get deployments.apps` in the namespace `{}`, needed by \
         `stuck_worker`",
        shop.namespace
    );
    let (code, said) = stage.refused();
    assert_ne!(code, Some(0));
    for words in [
        "error[E0023]",
        &what,
        "rbk export rbac ",
        " | kubectl apply -f -",
    ] {
        assert!(said.contains(words), "{words}\n{said}");
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_rbk"));
    command.args(["check", "--config"]);
    command.args([stage.path("agent.toml"), stage.path("package")]);
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let shown = String::from_utf8_lossy(&output.stdout);
    for words in ["E0023", &what, "`rbk export rbac"] {
        let plain = shown.replace('│', " ");
        let plain = plain.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(plain.contains(words), "{words}\n{shown}");
    }
}

fn wide() {
    let shop = Shop::open();
    stateful(&shop, "w");
    let role = json!({
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role",
        "metadata": {"name": "wide", "namespace": shop.namespace},
        "rules": [
            {"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"]},
            {"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["*"]},
        ],
    });
    let binding = json!({
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
        "metadata": {"name": "wide", "namespace": shop.namespace},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "wide"},
        "subjects": [{"kind": "ServiceAccount", "name": "rbk", "namespace": "rbk"}],
    });
    for item in [role, binding] {
        shop.cluster.hands.make(&folder_of(&item), &item);
    }
    let path = "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews";
    let asked = json!({"spec": {"namespace": shop.namespace}}).to_string();
    let known = || {
        let hands = &shop.cluster.hands;
        let (_, rules) = hands.raw("POST", path, AGENT_TOKEN, "application/json", asked.clone());
        rules.contains("secrets").then_some(())
    };
    wait::until("the server has taken the rules up", known, String::new);
    let prometheus = prometheus(|_| "0".into());
    let mut stage = stage(&shop, &shop.cluster.address(), &prometheus);
    stage.start();
    let log = stage.log();
    let words = format!(
        "what no runbook needs: every verb on deployments in `{ns}`; get on secrets in `{ns}`",
        ns = shop.namespace
    );
    assert_eq!(log.matches(&words).count(), 1, "{log}");
}

fn unreached() {
    let shop = Shop::open();
    let prometheus = prometheus(|_| "0".into());
    let mut stage = stage(&shop, "https://127.0.0.1:1", &prometheus);
    stage.start();
    stage.wait_for_log("what the cluster allows could not be asked in full");
}
