//! `examples/kubernetes`: its manifests are what the tools print, and the API server takes them as they stand.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::Case;
use super::cluster::cluster;
use super::rights::folder_of;
use crate::harness::fixture::root;

pub const CASES: &[Case] = &[
    ("the example has the roles that are printed", roles),
    ("the example has its package in the config map", config_map),
    ("the API server takes the example", taken),
];

const FOLDER: &str = "examples/kubernetes";
/// In the order in which they are applied.
const MANIFESTS: [&str; 4] = ["account.yaml", "roles.yaml", "package.yaml", "agent.yaml"];
/// What an agent of it reads.
const FILES: [&str; 4] = ["agent.toml", "rbk.lock", "rbk.toml", "worker.rbk"];

fn manifest(name: &str) -> String {
    fs::read_to_string(root().join(FOLDER).join("manifests").join(name)).unwrap()
}

fn roles() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rbk"));
    let command = command.args(["export", "rbac", FOLDER]).current_dir(root());
    let output = command.output().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    assert_eq!(printed, manifest("roles.yaml"));
}

fn config_map() {
    let mut expected = String::from(
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: package\n  namespace: rbk\ndata:\n",
    );
    for name in FILES {
        let text = fs::read_to_string(root().join(FOLDER).join(name)).unwrap();
        expected.push_str(&format!("  {name}: |\n"));
        for line in text.lines() {
            match line {
                "" => expected.push('\n'),
                line => expected.push_str(&format!("    {line}\n")),
            }
        }
    }
    assert_eq!(manifest("package.yaml"), expected);
}

/// Every document of every manifest is made, in a cluster that has the namespace of the shop.
fn taken() {
    let hands = &cluster().hands;
    hands.try_make(
        "/api/v1/namespaces",
        &serde_json::json!({"metadata": {"name": "shop"}}),
    );
    for name in MANIFESTS {
        let text = manifest(name);
        for document in text.split("---\n").filter(|text| text.contains("kind:")) {
            let (status, answer) = hands.yaml(&path_of(document), document);
            assert!(
                matches!(status, 200 | 201),
                "{name}: {status} {answer}\n{document}"
            );
        }
    }
    assert!(Path::new(&root().join(FOLDER).join("README.md")).exists());
}

/// Where a document is made, by its first lines of each name.
fn path_of(document: &str) -> String {
    let field = |name: &str| {
        let line = document.lines().find(|line| line.trim().starts_with(name));
        line.map(|line| {
            line.trim()[name.len()..]
                .trim()
                .trim_matches('"')
                .to_owned()
        })
    };
    let metadata = match field("namespace:") {
        Some(namespace) if field("kind:").as_deref() != Some("Namespace") => {
            serde_json::json!({ "namespace": namespace })
        }
        Some(_) | None => serde_json::json!({}),
    };
    folder_of(&serde_json::json!({
        "apiVersion": field("apiVersion:").unwrap(),
        "kind": field("kind:").unwrap(),
        "metadata": metadata,
    }))
}
