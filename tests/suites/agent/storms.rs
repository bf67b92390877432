//! So much at once that it is one trouble: who is told how often, and who has it.

use serde_json::{Value, json};

use super::Case;
use super::stage::{ALERTS, Stage, inner, notification};
use crate::harness::wait;

pub const CASES: &[Case] = &[
    ("storms of three products are told of once", three_products),
    ("whoever names no storm hears which there are", which_storm),
    (
        "what somebody has is taken over by whoever says so",
        taken_over,
    ),
];

const PACKAGE: &str = include_str!("../../engine/storm_all.rbk");

/// Three products, each with a contact of its own, and one for all of them.
fn stage() -> Stage {
    let stage = Stage::new();
    std::fs::write(stage.path("package/service.rbk"), PACKAGE).unwrap();
    let port = stage.people.port;
    let contact = |name: &str| {
        format!("[contacts.\"pagerduty:{name}\"]\nwebhook = \"http://127.0.0.1:{port}/{name}\"\n")
    };
    let contacts: String = ["a", "b", "c", "platform", "all"].map(contact).concat();
    stage.change(
        "agent.toml",
        "store =",
        "platform = \"pagerduty:all\"\nstore =",
    );
    let storm = "[storm]\nthreshold = 4\n";
    stage.change(
        "agent.toml",
        "[pages]",
        &format!("{contacts}\n{storm}\n[pages]"),
    );
    stage
}

/// So many alerts of this name in one notification: the numbers of their incidents.
fn at_once(stage: &Stage, name: &str, count: usize) -> Vec<u64> {
    let now = jiff::Timestamp::now().to_string();
    let alert = |number: usize| {
        let labels = json!({"alertname": name, "instance": format!("{name}-{number}")});
        json!({"status": "firing", "labels": labels, "annotations": {}, "startsAt": now})
            .to_string()
    };
    let alerts: Vec<String> = (0..count).map(alert).collect();
    let (status, answer) = stage
        .post(ALERTS, notification(&alerts).as_bytes())
        .unwrap();
    assert_eq!(status, 200, "{answer}");
    let ids = answer["incidents"].as_array().unwrap().iter();
    ids.map(|id| id.as_u64().unwrap()).collect()
}

/// What was posted at this path, of this kind.
fn told(stage: &Stage, path: &str, kind: &str) -> Vec<Value> {
    let all = stage.told().into_iter();
    let own = all.filter(|(to, body)| to == path && body["kind"] == kind);
    own.map(|(_, body)| body).collect()
}

fn three_products() {
    let mut stage = stage();
    stage.start();
    let names = ["SlowA", "SlowB", "SlowC"];
    let ids: Vec<u64> = names
        .into_iter()
        .flat_map(|name| at_once(&stage, name, 5))
        .collect();
    stage.wait_for_told("the platform is told", |path, _| path == "/all");
    for id in &ids {
        stage.wait_for_shown(*id, "part of a storm");
        let shown = stage.wait_for(*id, "handed");
        assert_eq!(inner(&shown)["reason"], "systemic", "{shown:#}");
    }
    let listed = stage.rbk(&["storm", "list"]);
    let all = "Storm of all: 15 incidents since ";
    assert!(listed.contains(all), "{listed}");
    assert!(listed.contains("nobody has answered"), "{listed}");
    let listed = stage.rbk(&["storm", "ack", "all", "--as", "ada"]);
    assert_eq!(listed.matches("ada has it until ").count(), 4, "{listed}");
    stage.wait_for_told("it is answered", |path, body| {
        path == "/all" && body["kind"] == "acknowledged"
    });
    for id in &ids {
        assert_eq!(inner(&stage.show(*id))["by"], "ada");
    }
    // Who has it outlives the agent.
    stage.kill();
    stage.start();
    let listed = stage.rbk(&["storm", "list"]);
    assert_eq!(listed.matches("ada has it until ").count(), 4, "{listed}");
    assert_eq!(told(&stage, "/all", "page").len(), 1, "{:#?}", stage.told());
    for path in ["/a", "/b", "/c"] {
        let pages = told(&stage, path, "page");
        let storms = pages.iter().filter(|page| page["incident"].is_null());
        assert!(storms.count() <= 1, "{pages:#?}");
    }
    assert!(told(&stage, "/platform", "page").is_empty());
}

fn which_storm() {
    let mut stage = stage();
    stage.start();
    let ack = || {
        let body = br#"{"scope": "all", "by": "ada"}"#;
        let (status, answer) = stage.post("/v1/storms/ack", body).unwrap();
        assert_eq!(status, 404, "{answer}");
        answer["detail"].as_str().unwrap().to_owned()
    };
    assert_eq!(ack(), "there is no such storm");
    at_once(&stage, "SlowA", 5);
    let named =
        "there is no such storm; there is one of the product `a`: `rbk storm ack product a`";
    assert_eq!(ack(), named);
}

fn taken_over() {
    let mut stage = stage();
    stage.start();
    let id = at_once(&stage, "SlowA", 1)[0];
    stage.wait_for(id, "handed");
    let number = id.to_string();
    stage.rbk(&["incident", "ack", &number, "--as", "ann"]);
    let path = format!("/v1/incidents/{id}/ack");
    let (status, answer) = stage.post(&path, br#"{"by": "bob"}"#).unwrap();
    assert_eq!(status, 409, "{answer}");
    let why = answer["detail"].as_str().unwrap();
    assert!(why.contains("ann has it"), "{why}");
    assert!(why.contains("--take-over"), "{why}");
    stage.rbk(&["incident", "ack", &number, "--as", "bob", "--take-over"]);
    assert_eq!(inner(&stage.show(id))["by"], "bob");
    stage.wait_for_shown(id, "bob takes it over from ann");
    let heard = || {
        let told = told(&stage, "/a", "acknowledged");
        let words = "bob takes it over from ann";
        told.iter().any(|one| one["text"] == words).then_some(())
    };
    wait::until("she hears it", heard, || format!("{:#?}", stage.told()));
}
