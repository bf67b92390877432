//! `/metrics`, as Prometheus reads it.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::{Command, Stdio};

use rbk::facade::store::{Batch, Store};
use serde_json::json;

use super::Case;
use super::stage::{ALERTS, Stage, alert, notification};
use crate::harness::{net, wait};

pub const CASES: &[Case] = &[
    ("what happens is counted", counted),
    ("Prometheus finds nothing to complain about", conventions),
    ("what is older than is kept goes", retired),
];

/// Each sample by its name with the labels.
fn samples(stage: &Stage) -> BTreeMap<String, f64> {
    let text = net::get(stage.port, "/metrics").unwrap();
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let sample = |line: &str| {
        let (name, value) = line.rsplit_once(' ').unwrap();
        (name.to_owned(), value.parse().unwrap())
    };
    lines.map(sample).collect()
}

fn counted() {
    let mut stage = Stage::new();
    stage.start();
    let before = samples(&stage);
    assert_eq!(before["rbk_runbooks"], 1.0);
    assert_eq!(before["rbk_frozen"], 0.0);
    assert_eq!(before["rbk_incidents{state=\"open\"}"], 0.0);
    let id = stage.incident("a");
    stage.wait_for(id, "resolved");
    let body = notification(&[alert(&json!({"instance": "a"}))]);
    stage.post(ALERTS, body.as_bytes()).unwrap();
    stage
        .post("/v1/hold", b"{\"by\": \"ada\", \"why\": \"x\"}")
        .unwrap();
    let after = samples(&stage);
    for (name, expected) in [
        (
            "rbk_events_accepted_total{source=\"alertmanager\",became=\"taken\"}",
            1.0,
        ),
        (
            "rbk_events_accepted_total{source=\"alertmanager\",became=\"dead\"}",
            1.0,
        ),
        ("rbk_dead_letters_total{code=\"A1208\"}", 1.0),
        ("rbk_incidents_opened_total", 1.0),
        ("rbk_incidents_closed_total{how=\"verified\"}", 1.0),
        ("rbk_incidents{state=\"open\"}", 0.0),
        ("rbk_runs_ended_total{end=\"resolved\",reason=\"\"}", 1.0),
        ("rbk_runs{state=\"looks\"}", 0.0),
        ("rbk_queue_events", 0.0),
        ("rbk_changes_unsettled", 0.0),
        ("rbk_frozen", 1.0),
    ] {
        assert_eq!(after.get(name), Some(&expected), "{name}: {after:#?}");
    }
    assert!(after["rbk_frozen_since_timestamp_seconds"] > 1.7e9);
    let commits = after["rbk_store_commit_duration_seconds_count"];
    assert!(commits > 0.0);
    assert_eq!(
        after["rbk_store_commit_duration_seconds_bucket{le=\"+Inf\"}"],
        commits
    );
    // What is there, and not what happened, is known again after a start.
    stage.kill();
    stage.start();
    let again = samples(&stage);
    assert_eq!(again["rbk_frozen"], 1.0);
    assert_eq!(again["rbk_incidents_opened_total"], 0.0);
}

/// Records of 1970, and one of now.
fn retired() {
    let mut stage = Stage::new();
    let (mut store, _) = Store::open(&stage.path("store/agent.db"), "old").unwrap();
    let mut old = Batch::new()
        .event(1, 1, "Old")
        .dead(1)
        .message(1, "delivered");
    for id in 1..=1_200 {
        old = old.incident(id, "service_down", &format!("k{id}"), 1, true);
    }
    // Not over, so that it stays whatever its age.
    let old = old.incident(5, "service_down", "k5", 1, false).entry(5, 0);
    store.commit(&old.event(2, 1, "Old").dead(2)).unwrap();
    drop(store);
    stage.start();
    let gone = || {
        let samples = samples(&stage);
        let gone = |kind: &str| samples[&format!("rbk_retired_total{{kind=\"{kind}\"}}")];
        // The newest of each kind stays.
        (gone("incidents") == 1_198.0 && gone("letters") == 1.0).then_some(samples.len())
    };
    wait::until("what is old is gone", gone, || stage.log());
    stage.wait_for_log("was taken out of the store");
    let listed = stage.get("/v1/incidents");
    assert_eq!(listed["total"], 2, "{listed:#}");
    assert!(
        net::get(stage.port, "/v1/incidents/6").is_none(),
        "it is still there"
    );
    assert_eq!(stage.dead_letters().len(), 1);
    let id = stage.incident("a");
    assert_eq!(id, 1_201, "a number was given twice");
}

fn conventions() {
    let mut stage = Stage::new();
    stage.start();
    let text = net::get(stage.port, "/metrics").unwrap();
    let mut names = std::collections::BTreeSet::new();
    for line in text.lines().filter_map(|line| line.strip_prefix("# TYPE ")) {
        let (name, kind) = line.split_once(' ').unwrap();
        assert!(names.insert(name), "{name} stands twice");
        assert_eq!(name.ends_with("_total"), kind == "counter", "{line}");
    }
    // It is there where Prometheus is; the suite does not need it.
    let mut tool = Command::new("promtool");
    tool.args(["check", "metrics"]).stdin(Stdio::piped());
    tool.stdout(Stdio::piped()).stderr(Stdio::piped());
    let Ok(mut child) = tool.spawn() else { return };
    child
        .stdin
        .take()
        .unwrap()
        .write_all(text.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}\n{text}");
}
