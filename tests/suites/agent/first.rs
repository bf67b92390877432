//! The first steps: what `init` writes is right, is planned, and runs.

use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

use super::Case;
use super::stage::{ALERTS, Stage, alert, notification};
use crate::harness::net;

pub const CASES: &[Case] = &[
    ("what is begun with runs", begun_with),
    ("one run leaves alone what stands for others", left_alone),
];

fn rbk(folder: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rbk"));
    let output = command
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    said
}

fn begun_with() {
    let mut stage = Stage::new();
    let folder = stage.folder.path().to_owned();
    std::fs::remove_dir_all(stage.path("package")).unwrap();
    let said = rbk(&folder, &["init", "package", "--name", "shop-eu"]);
    let next = "`rbk run package --alert package/alert.json --dry-run`";
    assert!(said.contains(next), "{said}");
    rbk(&folder, &["check", "package"]);
    rbk(&folder, &["fmt", "--check", "package"]);
    let said = rbk(&folder, &["test", "package"]);
    assert!(said.contains("4 passed, 0 failed"), "{said}");
    // Where the service of this trial is to listen; nobody does yet.
    let service = net::free_port();
    stage.change("package/shop_eu.rbk", "8080", &service.to_string());
    let said = rbk(
        &folder,
        &[
            "run",
            "package",
            "--alert",
            "package/alert.json",
            "--dry-run",
        ],
    );
    assert!(said.contains("found down"), "{said}");
    assert!(said.contains("1. exec.apply"), "{said}");
    // What the run would refuse, the dry run does.
    let settings = std::fs::read_to_string(stage.path("package/agent.toml")).unwrap();
    assert!(settings.contains("here = true"), "{settings}");
    let other = "here = true\n\n[hosts.\"shop_eu-1\"]\naddress = \"127.0.0.1\"\nrole = \"web\"\nhere = false";
    let elsewhere = settings.replace("[hosts.\"shop_eu-1\"]", "[hosts.\"shop_eu-2\"]");
    let elsewhere = elsewhere.replace("here = true", other);
    std::fs::write(stage.path("package/agent.toml"), elsewhere).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_rbk"))
        .args([
            "run",
            "package",
            "--alert",
            "package/alert.json",
            "--dry-run",
        ])
        .current_dir(&folder)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let refused = "It would be refused: programs are run on the agent's own machine alone";
    assert!(said.contains(refused), "{said}");
    assert_eq!(output.status.code(), Some(1), "{said}");
    std::fs::write(stage.path("package/agent.toml"), &settings).unwrap();
    // The settings that were written, but for the port.
    let settings = std::fs::read_to_string(stage.path("package/agent.toml")).unwrap();
    let own = settings.replace("7117", &stage.port.to_string());
    assert_ne!(own, settings);
    std::fs::write(stage.path("agent.toml"), own).unwrap();
    stage.start();
    let alert = std::fs::read(stage.path("package/alert.json")).unwrap();
    let (status, answer) = stage.post(ALERTS, &alert).unwrap();
    assert_eq!(status, 200, "{answer}");
    stage.wait_for_shown(1, ": applied");
    let _service = TcpListener::bind(("127.0.0.1", service)).unwrap();
    stage.wait_for(1, "resolved");
}

/// A runbook whose alerts have to stand for a while.
const PATIENT: &str = "
/// Hands it over once it has stood.
runbook slow for shop {
  version 1.0.0
  severity sev3
  on alert \"Slow\" {
    with service
    holding 1h
  }
  incident per service
  diagnose { cleared if service == \"never\" \"fine\" }
  otherwise page builder \"${service} is slow\"
}
";

fn left_alone() {
    let mut stage = Stage::new();
    let path = stage.path("package/service.rbk");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, format!("{text}{PATIENT}")).unwrap();
    stage.start();
    let labels = serde_json::json!({"service": "a"});
    let slow = notification(&[alert(&labels).replace("ServiceDown", "Slow")]);
    assert_eq!(stage.post(ALERTS, slow.as_bytes()).unwrap().0, 200);
    assert_eq!(stage.terminate(), Some(0));
    let file = "{\"labels\": {\"alertname\": \"ServiceDown\", \"service\": \"b\"}}";
    std::fs::write(stage.path("alert.json"), file).unwrap();
    let folder = stage.folder.path().to_owned();
    let run = [
        "run",
        "package",
        "--config",
        "agent.toml",
        "--alert",
        "alert.json",
    ];
    let said = rbk(&folder, &run);
    assert!(said.contains("resolved"), "{said}");
    stage.start();
    assert_eq!(stage.dead_letters(), Vec::<serde_json::Value>::new());
    assert_eq!(stage.terminate(), Some(0));
}
