//! The agent of every trial may do what `rbk export rbac` prints for its calls, and nothing else: a right that is not
//! printed fails the trial that needs it.

use std::fs;
use std::process::Command;

use rbk::facade::connect::{Arg, Came, operations};
use serde_json::Value as Json;

use super::Case;
use super::cluster::{Cluster, cluster};
use super::shop::Shop;
use crate::harness::fixture::root;

pub const CASES: &[Case] = &[
    ("every call is in the package", every_call_is_there),
    ("a pod is restarted with the rights for that", restarts),
    ("pods are listed with the rights for that", lists),
    (
        "a deployment is restarted with the rights for that",
        restarts_all,
    ),
    ("a deployment is scaled with the rights for that", scales),
    (
        "a deployment is rolled back with the rights for that",
        rolls_back,
    ),
];

/// A package whose runbooks make every call that there is.
pub fn package() -> String {
    fs::read_to_string(root().join("tests/kubernetes/calls/calls.rbk")).unwrap()
}

/// The same with one of its runbooks alone.
pub fn only(runbook: &str) -> String {
    let text = package();
    let mut parts = text.split("\n/// ");
    let head = parts.next().unwrap().to_owned();
    let named = format!("\nrunbook {runbook} for ");
    let part = parts.find(|part| part.contains(&named)).unwrap();
    format!("{head}\n/// {part}")
}

/// What `rbk export rbac` prints for a package.
fn exported(package: &str) -> Vec<Json> {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("calls.rbk"), package).unwrap();
    let manifest = root().join("tests/kubernetes/calls/rbk.toml");
    fs::copy(manifest, folder.path().join("rbk.toml")).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_rbk"));
    command.args(["export", "rbac", "--format", "json"]);
    let output = command.arg(folder.path()).output().unwrap();
    let wrong = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{wrong}");
    let list: Json = serde_json::from_slice(&output.stdout).unwrap();
    list["items"].as_array().unwrap().clone()
}

/// Grants the agent what the package needs.
pub fn grant(cluster: &Cluster, package: &str) {
    let items = exported(package);
    assert!(!items.is_empty());
    for item in items {
        cluster.hands.make(&folder_of(&item), &item);
    }
}

/// Where such a thing is made.
pub fn folder_of(item: &Json) -> String {
    let plural = format!("{}s", item["kind"].as_str().unwrap().to_lowercase());
    let group = item["apiVersion"].as_str().unwrap();
    let group = match group.contains('/') {
        true => format!("/apis/{group}"),
        false => format!("/api/{group}"),
    };
    match item["metadata"]["namespace"].as_str() {
        Some(namespace) => format!("{group}/namespaces/{namespace}/{plural}"),
        None => format!("{group}/{plural}"),
    }
}

fn every_call_is_there() {
    let text = package();
    let calls = operations().into_iter().filter(|row| row.module == "k8s");
    let missing: Vec<&str> = calls
        .map(|row| row.name)
        .filter(|name| !text.contains(&format!("{name}(")))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// A shop in which the agent may do what one runbook needs.
fn shop(runbook: &str) -> Shop {
    let shop = Shop::allowing(&only(runbook), &cluster().address());
    shop.deploy("web", "web:ok", 1);
    shop
}

fn restarts() {
    let shop = shop("restarts");
    let name = shop.pods("web")[0]["metadata"]["name"].clone();
    let pod = shop.find("k8s.pod", name.as_str().unwrap());
    assert!(pod.field("deployment").is_some());
    let came = shop.change("k8s.restart", vec![("what", Arg::Found(pod))]);
    assert_eq!(came, Came::Applied);
}

fn lists() {
    let shop = shop("pods");
    let args = vec![("namespace", Arg::Text(shop.namespace.clone()))];
    let pods = shop.find_by(shop.ask("k8s.pods", args)).unwrap().items();
    assert!(pods[0].field("deployment").is_some());
    // A look is all that it may take.
    let came = shop.change("k8s.restart", vec![("what", Arg::Found(pods[0].clone()))]);
    assert!(
        matches!(&came, Came::NotApplied(why) if why.contains("403")),
        "{came:?}"
    );
}

fn restarts_all() {
    let shop = shop("restarts_all");
    let web = shop.find("k8s.deployment", "web");
    let came = shop.change("k8s.rollout_restart", vec![("what", Arg::Found(web))]);
    assert_eq!(came, Came::Applied);
}

fn scales() {
    let shop = shop("scales");
    let web = shop.find("k8s.deployment", "web");
    let came = shop.look("k8s.replicas", vec![("of", Arg::Found(web.clone()))]);
    assert!(matches!(came, Came::Value(..)), "{came:?}");
    let args = vec![("what", Arg::Found(web)), ("to", Arg::Int(2))];
    assert_eq!(shop.change("k8s.scale", args), Came::Applied);
}

fn rolls_back() {
    let shop = shop("rolls_back");
    let web = shop.find("k8s.deployment", "web");
    let args = vec![("of", Arg::Found(web.clone())), ("number", Arg::Int(1))];
    let back = shop.find_by(shop.ask("k8s.revision", args)).unwrap();
    shop.set_image("web", "web:crash");
    let args = || {
        vec![
            ("what", Arg::Found(web.clone())),
            ("to", Arg::Found(back.clone())),
        ]
    };
    assert_eq!(shop.change("k8s.rollback", args()), Came::Applied);
    let done = shop.look("k8s.rolled_back", args());
    assert_eq!(done, Came::Value("true".into(), Vec::new()));
}
