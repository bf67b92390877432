//! Whoever reads the log: one that stalls or goes away holds nothing up.

use std::io::{PipeReader, Read as _, Write as _, pipe};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::json;

use super::Case;
use super::stage::{ALERTS, Stage, alert, notification};
use crate::harness::net;

pub const CASES: &[Case] = &[
    ("a reader that stalls holds nothing up", stalls),
    ("what a reader is too slow for is counted", too_slow),
    ("a reader that goes away holds nothing up", goes_away),
    ("the log of a dry run is written to its end", dry_run),
];

/// So often it is filled at most before something is lost.
const MOST: usize = 40;

/// What a pipe holds.
const FULL: usize = 64 * 1024;

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

/// More than waits for a reader is lost: the metrics say so at once, and the log does when it is read again.
fn too_slow() {
    let (mut stage, mut reader) = piped();
    for _ in 0..MOST {
        if lost(&stage) > 0 {
            break;
        }
        fill(&stage);
    }
    assert!(lost(&stage) > 0, "nothing is lost");
    let reading = std::thread::spawn(move || {
        let mut log = String::new();
        reader.read_to_string(&mut log).unwrap();
        log
    });
    let id = stage.incident("a");
    stage.wait_for(id, "resolved");
    let counted = lost(&stage);
    assert_eq!(stage.terminate(), Some(0));
    let log = reading.join().unwrap();
    let words = " lines of this log were lost: nobody read them in time";
    let told: u64 = log
        .lines()
        .filter_map(|line| {
            line.split_once(words)?
                .0
                .rsplit(' ')
                .next()?
                .parse::<u64>()
                .ok()
        })
        .sum();
    assert_eq!(told, counted, "{}", log.len());
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

/// It waits for whoever reads it a little later.
fn dry_run() {
    let stage = Stage::new();
    let url = |port: u16| format!("url = \"http://127.0.0.1:{port}\"");
    let nobody = net::free_port();
    stage.change("agent.toml", &url(stage.world.port), &url(nobody));
    let labels = json!({"service": "a"});
    std::fs::write(stage.path("alert.json"), notification(&[alert(&labels)])).unwrap();
    let (mut reader, mut writer) = pipe().unwrap();
    let errors = writer.try_clone().unwrap();
    // Nothing more goes in until it is read.
    let filling = std::thread::spawn(move || writer.write_all(&[b'.'; FULL]).unwrap());
    let later = Duration::from_millis(200);
    std::thread::sleep(later);
    let mut running = Command::new(env!("CARGO_BIN_EXE_rbk"))
        .arg("run")
        .arg(stage.path("package"))
        .arg("--config")
        .arg(stage.path("agent.toml"))
        .arg("--alert")
        .arg(stage.path("alert.json"))
        .arg("--dry-run")
        .env("RUST_LOG", "trace")
        .stdout(Stdio::null())
        .stderr(errors)
        .spawn()
        .unwrap();
    std::thread::sleep(later);
    let mut log = String::new();
    reader.read_to_string(&mut log).unwrap();
    running.wait().unwrap();
    filling.join().unwrap();
    // What the client says last of an address that it cannot reach.
    let last = format!("checkout dropped for (\"http\", 127.0.0.1:{nobody})");
    assert!(log.contains(&last), "{}", log.trim_start_matches('.'));
}
