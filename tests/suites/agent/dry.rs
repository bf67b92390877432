//! A dry run: what the run would be refused it is refused, it knows what the journal does, and changes nothing there.

use std::fs;
use std::process::Command;

use serde_json::json;

use super::Case;
use super::stage::{ALERTS, Stage, alert, notification};

pub const CASES: &[Case] = &[
    ("what a connector would refuse is said", not_here),
    ("what a gate holds back is said", locked),
    ("what would have to wait is said", frozen),
    ("a window that is closed is said, and obeyed", windows),
    ("what an agent lacks is said", lacking),
    ("what was reported is known", reported),
    ("nothing is written", nothing_is_written),
    ("a store that cannot be looked at is refused", not_looked_at),
    ("a store that nobody has used is empty", not_used),
    ("another name of the store is refused", other_name),
    ("a store of an earlier version is read as it is", earlier),
];

/// A dry run on an alert of this service: exit code and all that it says.
fn dry_run(stage: &Stage, service: &str) -> (Option<i32>, String) {
    dry_run_with(stage, "agent.toml", service)
}

/// The same with these settings.
fn dry_run_with(stage: &Stage, settings: &str, service: &str) -> (Option<i32>, String) {
    let notified = notification(&[alert(&json!({"service": service}))]);
    fs::write(stage.path("alert.json"), notified).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_rbk"));
    command.args(["run", "package", "--alert", "alert.json", "--dry-run"]);
    command.args(["--config", settings]);
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

/// Only changes are held up: the incident is opened, looked into and handed over.
fn windows() {
    let mut stage = Stage::new();
    let package = "package/service.rbk";
    let window = "window past = 2020-01-01T00:00 .. 2020-02-01T00:00 in \"UTC\"\n\nrole builder";
    stage.change(package, "role builder", window);
    let limits = "blast {\n    at most 1 host.Host\n    pause during past\n  }";
    stage.change(package, "blast { at most 1 host.Host }", limits);
    let (code, said) = dry_run(&stage, "b");
    assert_eq!(code, Some(0), "{said}");
    stage.change(package, "pause during past", "only during past");
    planned_but(
        &stage,
        "It would be refused: no change may begin now that may take ",
    );
    stage.start();
    let id = stage.incident("b");
    stage.wait_for_shown(id, "no window for it opens within a year");
    stage.wait_for_shown(id, "a window forbids changes now");
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

/// Settings beside those of the agent, with another store.
fn with_store(stage: &Stage, store: &str) {
    let settings = fs::read_to_string(stage.path("agent.toml")).unwrap();
    let settings = settings.replace("store/agent.db", store);
    fs::write(stage.path("other.toml"), settings).unwrap();
}

/// It may hold what stops changes: whoever cannot look does not know.
fn not_looked_at() {
    let stage = Stage::new();
    fs::write(stage.path("store/file"), "x").unwrap();
    for store in ["nosuch/agent.db", "store/file/agent.db", "store"] {
        with_store(&stage, store);
        let (code, said) = dry_run_with(&stage, "other.toml", "a");
        assert_eq!(code, Some(1), "{store}: {said}");
        assert!(said.contains("error[A1203]"), "{store}: {said}");
        let path = format!("/{store}");
        assert_eq!(said.matches(&path).count(), 1, "{said}");
        assert!(!said.contains("exec.apply("), "{said}");
    }
}

/// As an agent leaves it that ends before it has made anything.
fn not_used() {
    let stage = Stage::new();
    fs::write(stage.path("store/agent.db"), "").unwrap();
    let (code, said) = dry_run(&stage, "a");
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("  1. exec.apply("), "{said}");
    assert_eq!(fs::read(stage.path("store/agent.db")).unwrap(), b"");
}

/// What the agent has written lately is found by the name that it was given alone.
fn other_name() {
    let mut stage = Stage::new();
    stage.start();
    stage.rbk(&["hold", "--why", "a look at it"]);
    fs::hard_link(stage.path("store/agent.db"), stage.path("store/hard.db")).unwrap();
    with_store(&stage, "store/hard.db");
    let (code, said) = dry_run_with(&stage, "other.toml", "a");
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("error[A1204]"), "{said}");
    assert!(said.contains("by another name of the file"), "{said}");
    let show = |name: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rbk"));
        command.args(["store", "show"]).arg(stage.path(name));
        let output = command.output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.success(), said)
    };
    let (is_well, said) = show("store/hard.db");
    assert!(!is_well && said.contains("another name"), "{said}");
    assert!(show("store/agent.db").0);
    planned_but(&stage, "It would wait: all changes are stopped by ");
    // Once no agent works, all of it is in the file.
    assert_eq!(stage.terminate(), Some(0));
    let (_, said) = dry_run_with(&stage, "other.toml", "a");
    assert!(
        said.contains("It would wait: all changes are stopped by "),
        "{said}"
    );
}

fn earlier() {
    let mut stage = Stage::new();
    stage.start();
    stage.rbk(&["hold", "--why", "a look at it"]);
    stage.terminate();
    let version = |version: u32| {
        let store = rusqlite::Connection::open(stage.path("store/agent.db")).unwrap();
        // Schema 11 has added a table, and changed none.
        let sql = format!("DROP TABLE IF EXISTS schedule; PRAGMA user_version = {version}");
        store.execute_batch(&sql).unwrap();
    };
    version(9);
    planned_but(&stage, "It would wait: all changes are stopped by ");
    // Its tables were others: only a start brings them up to date.
    version(8);
    let (code, said) = dry_run(&stage, "a");
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("start the agent once"), "{said}");
}
