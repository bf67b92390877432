//! The first steps: what `init` writes is right, is planned, and runs.

use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

use super::Case;
use super::stage::{ALERTS, Stage};
use crate::harness::net;

pub const CASES: &[Case] = &[("what is begun with runs", begun_with)];

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
    assert!(said.contains("3 passed, 0 failed"), "{said}");
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
    let other = "here = true\n\n[hosts.\"shop_eu-1\"]\naddress = \"127.0.0.1\"\nhere = false";
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
