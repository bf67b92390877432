//! A share and a floor of the pods that a real control plane lists.

use std::fs;
use std::process::Command;

use super::Case;
use super::operations::stateful;
use super::shop::Shop;
use super::stuck::{alert, is_replaced, moved, nobody_was_paged, notified, stage, uid};
use crate::harness::server::Server;
use crate::suites::agent::stage::{Stage, inner};

pub const CASES: &[Case] = &[
    ("half of one pod is none", too_few),
    ("one of three pods may be restarted", enough),
    ("a dry run says what the lines come to", dry_run),
];

/// The README's runbook, held to half of the pods and to one that stays.
fn limited(shop: &Shop, prometheus: &Server) -> Stage {
    let stage = stage(shop, &shop.cluster.address(), prometheus);
    let path = stage.path("package/worker.rbk");
    let runbook = fs::read_to_string(&path).unwrap();
    let pods = format!("k8s.pods(\"{}\")", shop.namespace);
    let lines =
        format!("blast {{\n    at most 50% of {pods}\n    keep at least 1 ready of {pods}\n    ");
    let limited = runbook.replacen("blast {", &lines, 1);
    assert_ne!(limited, runbook);
    fs::write(path, limited).unwrap();
    let get = format!("\"k8s.get\" = [\"{}\"]\n", shop.namespace);
    let list = get.replace("k8s.get", "k8s.list");
    stage.change("agent.toml", &get, &format!("{get}{list}"));
    stage
}

fn too_few() {
    let shop = Shop::open();
    stateful(&shop, "w");
    let prometheus = moved(&shop);
    let mut stage = limited(&shop, &prometheus);
    stage.start();
    let before = uid(&shop).unwrap();
    let incident = alert(&stage, &shop);
    let shown = stage.wait_for(incident, "handed");
    assert_eq!(inner(&shown)["reason"], "over_bound", "{shown:#}");
    assert!(shown.to_string().contains("is 0 of 1"), "{shown:#}");
    assert_eq!(uid(&shop), Some(before));
}

fn enough() {
    let shop = Shop::open();
    stateful(&shop, "w");
    shop.deploy("other", "other:ok", 2);
    let prometheus = moved(&shop);
    let mut stage = limited(&shop, &prometheus);
    stage.start();
    let before = uid(&shop).unwrap();
    let incident = alert(&stage, &shop);
    is_replaced(&stage, &shop, &before);
    let shown = stage.wait_for(incident, "resolved");
    assert_eq!(inner(&shown)["how"], "verified", "{shown:#}");
    assert!(shown.to_string().contains("counts 3 of them"), "{shown:#}");
    nobody_was_paged(&stage);
}

fn dry_run() {
    let shop = Shop::open();
    stateful(&shop, "w");
    shop.deploy("other", "other:ok", 2);
    let prometheus = moved(&shop);
    let stage = limited(&shop, &prometheus);
    fs::write(stage.path("alert.json"), notified(&shop)).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_rbk"));
    command.args(["run", "package", "--alert", "alert.json", "--dry-run"]);
    command.args(["--config", "agent.toml"]);
    let output = command.current_dir(stage.folder.path()).output().unwrap();
    let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    for words in [
        format!(
            "`at most 50% of k8s.pods(\"{}\")` is 1 of 3",
            shop.namespace
        ),
        format!(
            "`keep at least 1 ready of k8s.pods(\"{}\")` is 1 of 3",
            shop.namespace
        ),
        "1. k8s.restart(".to_owned(),
    ] {
        assert!(said.contains(&words), "no {words} in {said}");
    }
}
