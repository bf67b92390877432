//! Whoever reads the log: one that stalls or goes away holds nothing up.

use std::io::{PipeReader, pipe};

use serde_json::json;

use super::Case;
use super::stage::{ALERTS, Stage, notification};
use crate::harness::net;

pub const CASES: &[Case] = &[
    ("a reader that stalls holds nothing up", stalls),
    ("a reader that goes away holds nothing up", goes_away),
];

/// An agent whose log goes into a pipe.
fn piped() -> (Stage, PipeReader) {
    let mut stage = Stage::new();
    let (reader, writer) = pipe().unwrap();
    let errors = writer.try_clone().unwrap();
    stage.begin_into(writer.into(), errors.into());
    stage.wait_until_ready();
    (stage, reader)
}

/// As many lines of the log as fill a pipe several times.
fn fill(stage: &Stage) {
    let name = |number: usize| format!("Nothing{number}{}", "x".repeat(500));
    let alerts: Vec<String> = (0..900)
        .map(|number| json!({"labels": {"alertname": name(number)}}).to_string())
        .collect();
    let (status, answer) = stage
        .post(ALERTS, notification(&alerts).as_bytes())
        .unwrap();
    assert_eq!(status, 200, "{answer}");
}

fn lost(stage: &Stage) -> u64 {
    let metrics = net::get(stage.port, "/metrics").unwrap();
    let name = "rbk_log_lines_lost_total ";
    let line = metrics.lines().find_map(|line| line.strip_prefix(name));
    line.unwrap().parse().unwrap()
}

fn stalls() {
    let (mut stage, reader) = piped();
    fill(&stage);
    let id = stage.incident("a");
    stage.wait_for(id, "resolved");
    // All of it waits.
    assert_eq!(lost(&stage), 0);
    assert_eq!(stage.terminate(), Some(0));
    drop(reader);
}

fn goes_away() {
    let (mut stage, reader) = piped();
    drop(reader);
    fill(&stage);
    let id = stage.incident("a");
    stage.wait_for(id, "resolved");
    assert!(lost(&stage) >= 900, "{}", lost(&stage));
    assert_eq!(stage.terminate(), Some(0));
}
