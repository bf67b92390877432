//! A dry run: what the run would be refused it is refused, it knows what the journal does, and it writes nothing.

use std::fs;
use std::process::Command;

use serde_json::json;

use super::Case;
use super::stage::{ALERTS, Stage, alert, notification};

pub const CASES: &[Case] = &[
    ("what a connector would refuse is said", not_here),
    ("what a gate holds back is said", locked),
    ("what would have to wait is said", frozen),
    ("what an agent lacks is said", lacking),
    ("what was reported is known", reported),
    ("nothing is written", nothing_is_written),
];

/// A dry run on an alert of this service: exit code and all that it says.
fn dry_run(stage: &Stage, service: &str) -> (Option<i32>, String) {
    let notified = notification(&[alert(&json!({"service": service}))]);
    fs::write(stage.path("alert.json"), notified).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_rbk"));
    command.args(["run", "package", "--alert", "alert.json", "--dry-run"]);
    command.args(["--config", "agent.toml"]);
    let output = command.current_dir(stage.folder.path()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    (
        output.status.code(),
        said + &String::from_utf8_lossy(&output.stderr),
    )
}

/// The dry run has a plan, and something against it.
fn planned_but(stage: &Stage, words: &str) {
    let (code, said) = dry_run(stage, "b");
    assert!(said.contains("  1. exec.apply("), "{said}");
    assert!(said.contains(words), "no {words} in {said}");
    assert_eq!(code, Some(1), "{said}");
}

fn not_here() {
    let stage = Stage::new();
    // The one that the runbook names is not the one that the agent runs on.
    let other = "[hosts.\"box-2\"]\naddress = \"127.0.0.1\"\nhere = true\n\n[programs]";
    stage.change("agent.toml", "here = true\n", "");
    stage.change("agent.toml", "[programs]", other);
    let words = "It would be refused: programs are run on the agent's own machine alone, and `box-1` is another";
    planned_but(&stage, words);
}

fn locked() {
    let mut stage = Stage::new();
    let (code, said) = dry_run(&stage, "b");
    assert_eq!(code, Some(0), "{said}");
    // It is done, and does not help yet.
    stage.control("exit 0");
    stage.start();
    let id = stage.incident("a");
    stage.wait_for_shown(id, ": applied");
    stage.terminate();
    let words = format!("It would wait: host.Host box-1 is being changed by incident {id}");
    planned_but(&stage, &words);
}

/// Beside an agent at work.
fn frozen() {
    let mut stage = Stage::new();
    stage.start();
    stage.rbk(&["freeze", "--why", "a look at it"]);
    planned_but(&stage, "It would wait: all changes are stopped by ");
    let id = stage.incident("b");
    let words = format!("It would wait: incident {id} is about this");
    planned_but(&stage, &words);
    assert_eq!(stage.terminate(), Some(0));
}

fn lacking() {
    let stage = Stage::new();
    let grant = "\"exec.apply\" = [[\"control\", \"restart\"]]\n";
    stage.change("agent.toml", grant, "");
    let (code, said) = dry_run(&stage, "b");
    let words = "add below `[grants]` of agent.toml:\n    \"exec.apply\" = ";
    assert!(said.contains(words), "{said}");
    assert_eq!(code, Some(1), "{said}");
}

fn reported() {
    let mut stage = Stage::new();
    let package = "package/service.rbk";
    let record = "/// Something was rolled out.\nrecord Deploy {\n  revision: Int\n}\n\n/// The service starts again.";
    stage.change(package, "/// The service starts again.", record);
    stage.change(package, "use std.{exec,", "use std.{events, exec,");
    let counted = "let deploys = events.number(Deploy, within: 1h)\n    cleared if deploys > 1 \"it was rolled out\"\n    let machine = host.named(\"box-1\")";
    stage.change(package, "let machine = host.named(\"box-1\")", counted);
    stage.change(
        "agent.toml",
        "[grants]\n",
        "[grants]\n\"events.read\" = true\n",
    );
    let (_, said) = dry_run(&stage, "b");
    assert!(
        said.contains("saw events.number(\"Deploy\", within: 1h) -> 0"),
        "{said}"
    );
    stage.start();
    for revision in [41, 42] {
        let body = format!("{{\"revision\": {revision}}}");
        let (status, answer) = stage.post("/v1/events/Deploy", body.as_bytes()).unwrap();
        assert_eq!(status, 200, "{answer}");
    }
    let (_, said) = dry_run(&stage, "b");
    assert!(said.contains("-> 2"), "{said}");
    assert!(!said.contains("It would change"), "{said}");
    assert_eq!(stage.terminate(), Some(0));
}

fn nothing_is_written() {
    let mut stage = Stage::new();
    let (code, said) = dry_run(&stage, "a");
    assert_eq!(code, Some(0), "{said}");
    assert!(!stage.path("store/agent.db").exists());
    stage.start();
    let id = stage.incident("a");
    stage.wait_for(id, "resolved");
    stage.terminate();
    let before = fs::read(stage.path("store/agent.db")).unwrap();
    dry_run(&stage, "b");
    assert_eq!(fs::read(stage.path("store/agent.db")).unwrap(), before);
    // Nobody was told, and the next one begins as if nothing had been.
    stage.start();
    let notified = notification(&[alert(&json!({"service": "b"}))]);
    let (_, answer) = stage.post(ALERTS, notified.as_bytes()).unwrap();
    assert_eq!(answer["incidents"][0], 2, "{answer}");
}
