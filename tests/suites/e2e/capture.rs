//! What Alertmanager really sends: the bodies that the agent's decoder is tested with are its own.

use std::fs;

use serde_json::{Map, Value};

use super::recorder::{Posted, Recorder};
use super::servers::World;
use crate::harness::fixture::root;
use crate::harness::wait;

/// A frozen Redis is told as firing, and as resolved when it answers again, in the shape of the kept
/// bodies.
pub fn speaks_version_4() {
    let world = World::start();
    let agent = Recorder::on(world.agent);
    world.redis.freeze();
    let firing = wait_for(&world, &agent, "firing");
    world.redis.restart();
    let resolved = wait_for(&world, &agent, "resolved");
    for posted in [&firing, &resolved] {
        is_json_for_the_agent(posted);
        says_what_version_4_says(&posted.body);
    }
    let open = &firing.body["alerts"][0];
    let over = &resolved.body["alerts"][0];
    assert_eq!(open["endsAt"], "0001-01-01T00:00:00Z");
    assert_ne!(over["endsAt"], open["endsAt"]);
    for kept in ["fingerprint", "startsAt", "labels"] {
        assert_eq!(open[kept], over[kept], "{kept}");
    }
    is_as_kept("webhook_firing.json", &firing.body);
    is_as_kept("webhook_resolved.json", &resolved.body);
}

fn wait_for(world: &World, agent: &Recorder, status: &str) -> Posted {
    let find = || {
        let mut posted = agent.posted().into_iter();
        posted.find(|posted| posted.body["alerts"][0]["status"] == status)
    };
    let state = || format!("{:#?}\n{}", agent.posted(), world.said());
    wait::until(&format!("Alertmanager says {status}"), find, state)
}

fn is_json_for_the_agent(posted: &Posted) {
    assert_eq!(posted.path, "/v1/alerts/alertmanager");
    let head = posted.head.to_ascii_lowercase();
    assert!(
        head.contains("\ncontent-type: application/json"),
        "{}",
        posted.head
    );
}

fn says_what_version_4_says(body: &Value) {
    assert_eq!(body["version"], "4");
    assert_eq!(body["truncatedAlerts"], 0);
    assert_eq!(body["receiver"], "agent");
    let alerts = body["alerts"].as_array().unwrap();
    assert_eq!(alerts.len(), 1);
    assert_eq!(body["status"], alerts[0]["status"]);
    let labels = &alerts[0]["labels"];
    assert_eq!(labels["alertname"], "RedisDown");
    assert_eq!(labels["instance"], "cache-1");
    assert_eq!(alerts[0]["fingerprint"].as_str().unwrap().len(), 16);
}

/// Whether it has all that the kept body has, of the same kinds. `INSTA_UPDATE=always` keeps a new one.
fn is_as_kept(name: &str, found: &Value) {
    let path = root().join("tests/e2e").join(name);
    let text = fs::read_to_string(&path).unwrap_or_default();
    let kept = serde_json::from_str(&text).unwrap_or(Value::Null);
    let lacks = lacking(&kept, found);
    if lacks.is_none() && !kept.is_null() {
        return;
    }
    if std::env::var("INSTA_UPDATE").is_ok_and(|word| word == "always") {
        let text = serde_json::to_string_pretty(found).unwrap() + "\n";
        return fs::write(path, text).unwrap();
    }
    panic!("{name}: {lacks:?} of {kept:#} is not in\n{found:#}");
}

/// The first place of the one that the other does not have, or has with another kind of value.
fn lacking(kept: &Value, found: &Value) -> Option<String> {
    let empty = Map::new();
    match (kept, found) {
        (Value::Object(kept), Value::Object(found)) => kept.iter().find_map(|(name, value)| {
            let Some(other) = found.get(name) else {
                return Some(name.clone());
            };
            lacking(value, other).map(|place| format!("{name}.{place}"))
        }),
        (Value::Array(kept), found) => {
            let kept = kept.first().unwrap_or(&Value::Null);
            let first = found.get(0).unwrap_or(&Value::Null);
            lacking(kept, first).map(|place| format!("0.{place}"))
        }
        (Value::Object(_), _) => lacking(kept, &Value::Object(empty)),
        (Value::String(_), Value::String(_))
        | (Value::Number(_), Value::Number(_))
        | (Value::Null, _) => None,
        (kept, _) => Some(kept.to_string()),
    }
}
