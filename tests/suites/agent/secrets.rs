//! Secrets stay inside: each is a canary of its own, the world sends it back in every way it can, and
//! it is looked for in all that anybody reads and in all that is kept.

use std::fs;

use serde_json::Value;

use super::Case;
use super::stage::{Prom, Stage, TIME_ASKED};
use crate::harness::wait;

pub const CASES: &[Case] = &[
    ("a value that names one", in_a_value),
    ("a failure that names one", in_a_failure),
    ("an answer that is none", in_garbage),
];

/// Sent as it is, and as it stands in a URL and in Base64.
const CANARIES: &[&str] = &[
    "c4n4ry+prom/0123456789",
    "c4n4ry%2Bprom%2F0123456789",
    "YzRuNHJ5K3Byb20vMDEyMzQ1Njc4OQ",
    "c4n4ry+http/9876543210",
    "c4n4ry%2Bhttp%2F9876543210",
];

/// An agent whose Prometheus and whose own requests carry a secret, and whose page says what came back.
fn stage(answer: Prom) -> Stage {
    let mut stage = Stage::new();
    let url = format!("url = \"http://127.0.0.1:{}\"", stage.world.port);
    stage.change(
        "agent.toml",
        &url,
        &format!("{url}\ntoken = {{ env = \"PROM_TOKEN\" }}"),
    );
    stage.change(
        "agent.toml",
        "[grants]",
        "[secrets]\ntoken = { env = \"HTTP_TOKEN\" }\n\n[grants]",
    );
    let package = "package/service.rbk";
    let secret = "secret token = vault \"shop/token\"\n\nproduct shop {";
    stage.change(package, "product shop {", secret);
    stage.change(package, "/health\")", "/echo\", auth: token)");
    let url = format!("http://127.0.0.1:{}/echo", stage.world.port);
    let words = "page builder \"nobody can tell how ${service} is\"";
    let block = format!("{{\n  attach http.get(url\"{url}\", auth: token), up()\n  {words}\n}}");
    stage.change(package, words, &block);
    stage.variables.extend([
        ("PROM_TOKEN".to_owned(), CANARIES[0].to_owned()),
        ("HTTP_TOKEN".to_owned(), CANARIES[3].to_owned()),
    ]);
    stage.say(answer);
    stage.start();
    stage
}

/// Waits until somebody was paged, and looks everywhere.
fn keeps(stage: &Stage, service: &str) {
    let id = stage.incident(service);
    let told = || Some(stage.told()).filter(|told| !told.is_empty());
    let told = wait::until("a page", told, || stage.log());
    let asked = stage.world.asked().join("\n");
    assert!(asked.contains(CANARIES[0]), "it is sent: {asked}");
    assert!(asked.contains(CANARIES[3]), "it is sent: {asked}");
    let told: Vec<Value> = told.into_iter().map(|(_, body)| body).collect();
    let read = [
        stage.log(),
        stage.show(id).to_string(),
        stage.get("/v1/incidents").to_string(),
        stage.get("/v1/dead-letters").to_string(),
        Value::from(told).to_string(),
    ];
    let kept = fs::read_dir(stage.path("store")).unwrap();
    let kept = kept.map(|entry| fs::read(entry.unwrap().path()).unwrap());
    let kept = kept.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    for text in read.into_iter().chain(kept) {
        for canary in CANARIES {
            assert!(!text.contains(canary), "{canary} stands in {text}");
        }
    }
}

fn all() -> String {
    CANARIES.join(" ")
}

fn in_a_value() {
    let body = serde_json::json!({
        "status": "success",
        "data": {"resultType": "vector", "result": [
            {"metric": {"echo": all()}, "value": [TIME_ASKED, "7"]},
        ]},
    });
    keeps(
        &stage(Prom::Says("application/json", body.to_string())),
        "a",
    );
}

fn in_a_failure() {
    let body = serde_json::json!({
        "status": "error",
        "errorType": "bad_data",
        "error": format!("no such token: {}", all()),
    });
    keeps(
        &stage(Prom::Says("application/json", body.to_string())),
        "b",
    );
}

fn in_garbage() {
    let body = format!("<html>{}</html>", all());
    keeps(&stage(Prom::Says("text/html", body)), "c");
}
