//! What the agent looks at, when it is broken, and what the agent may not do.

use super::Case;
use super::stage::{Prom, Stage, inner, number};
use crate::harness::server::closed_port;

pub const CASES: &[Case] = &[
    ("a service that is down is restarted", restarted),
    ("no Prometheus is inconclusive", no_prometheus),
    ("a page instead of an answer is inconclusive", html),
    ("not a number is inconclusive", not_a_number),
    ("no series is inconclusive", empty),
    ("what is not granted is handed over", not_granted),
];

fn restarted() {
    let mut stage = Stage::new();
    stage.start();
    let id = stage.incident("a");
    let shown = stage.wait_for(id, "resolved");
    assert_eq!(inner(&shown)["how"], "verified", "{shown:#}");
    assert_eq!(stage.told(), []);
}

/// The incident is handed over as inconclusive, and the evidence of the page says this.
fn inconclusive(stage: &mut Stage, because: &str) {
    stage.start();
    let id = stage.incident("a");
    let (path, page) = stage.wait_for_told("a page", |_, body| body["kind"] == "page");
    assert_eq!(path, "/first");
    assert_eq!(page["reason"], "inconclusive", "{page:#}");
    assert!(page["evidence"].to_string().contains(because), "{page:#}");
    let shown = stage.wait_for(id, "handed");
    assert_eq!(inner(&shown)["reason"], "inconclusive", "{shown:#}");
    assert!(!stage.path("started").exists(), "something was done");
}

fn no_prometheus() {
    let mut stage = Stage::new();
    let world = format!("url = \"http://127.0.0.1:{}\"", stage.world.port);
    let closed = format!("url = \"http://127.0.0.1:{}\"", closed_port());
    stage.change("agent.toml", &world, &closed);
    inconclusive(&mut stage, "refused");
}

fn html() {
    let mut stage = Stage::new();
    stage.say(Prom::Says("text/html", "<html>log in first</html>".into()));
    inconclusive(&mut stage, "log in first");
}

fn not_a_number() {
    let mut stage = Stage::new();
    stage.say(Prom::Says("application/json", number("NaN")));
    inconclusive(&mut stage, "not a number");
}

fn empty() {
    let none = r#"{"status":"success","data":{"resultType":"vector","result":[]}}"#;
    let mut stage = Stage::new();
    stage.say(Prom::Says("application/json", none.into()));
    inconclusive(&mut stage, "no series");
}

fn not_granted() {
    let mut stage = Stage::new();
    stage.start();
    stage.change(
        "agent.toml",
        "\"exec.apply\" = [[\"control\", \"restart\"]]\n",
        "",
    );
    stage.wait_for_loads(1);
    let id = stage.incident("a");
    let shown = stage.wait_for(id, "handed");
    assert_eq!(inner(&shown)["reason"], "grant", "{shown:#}");
    let timeline = shown.to_string();
    assert!(timeline.contains("exec.apply"), "{shown:#}");
    assert!(
        timeline.contains("[[\\\"control\\\", \\\"restart\\\"]]"),
        "{shown:#}"
    );
    let (_, page) = stage.wait_for_told("a page", |_, body| body["kind"] == "page");
    assert_eq!(page["reason"], "grant", "{page:#}");
    assert!(!stage.path("started").exists(), "something was done");
}
