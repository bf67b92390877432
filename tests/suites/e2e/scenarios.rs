//! What happens to a cache, and what has to come of it.

use std::time::Duration;

use rustix::process::{Signal, kill_process};

use super::package::{FIRST_LINK, FIRST_PATH, Restart};
use super::stage::{Stage, word};
use crate::harness::wait;

/// It accepts connections and says nothing.
pub fn frozen() {
    let stage = Stage::set(Restart::Apply);
    stage.world.redis.freeze();
    let id = stage.wait_for("resolved");
    assert_eq!(stage.world.redis.restarts(), 1);
    stage.was_resolved_unnoticed(&id, "frozen");
}

/// It is not there at all.
pub fn down() {
    let stage = Stage::set(Restart::Apply);
    stage.world.redis.kill();
    let id = stage.wait_for("resolved");
    assert_eq!(stage.world.redis.restarts(), 1);
    stage.was_resolved_unnoticed(&id, "down");
}

/// It answers that it wants a password: one page with the evidence, until somebody has it.
pub fn unknown_fault() {
    let stage = Stage::set(Restart::Apply);
    stage.world.redis.lock();
    let page = stage.wait_for_page();
    let body = &page.body;
    assert_eq!(page.path, FIRST_PATH, "the first of the chain: {body:#}");
    for (name, value) in [
        ("runbook", "cache_silent"),
        ("severity", "sev2"),
        ("reason", "novel"),
    ] {
        assert_eq!(body[name], value, "{body:#}");
    }
    for name in ["version", "incident"] {
        assert!(!body[name].is_null(), "no {name}: {body:#}");
    }
    for name in ["title", "text"] {
        let text = body[name].as_str().unwrap_or_default();
        assert!(text.contains("cache-1"), "{name}: {body:#}");
    }
    assert_eq!(body["roles"], serde_json::json!(["builder"]), "{body:#}");
    let evidence = body["evidence"].as_array().unwrap();
    assert!(
        evidence.iter().all(|line| line["at"].is_string()),
        "{body:#}"
    );
    let mut texts = evidence.iter().filter_map(|line| line["text"].as_str());
    assert!(texts.any(|text| text.contains("NOAUTH")), "{body:#}");

    let id = stage.wait_for("handed");
    assert_eq!(word(body, "incident"), id);
    stage.agent.acknowledge(&id);
    stage.wait_for("acknowledged");
    // Nobody answering, the next one would be paged in this time.
    stage.stays_quiet(Duration::from_secs(FIRST_LINK + 5), 0, 1);
    stage.agent.resolve(&id);
    stage.wait_for("resolved");
    assert_eq!(word(&stage.agent.show(&id), "how"), "human");
}

/// Nobody knows whether Redis was restarted. To do it again does no harm, so it is done again.
pub fn killed_while_applying() {
    let mut stage = Stage::set(Restart::Apply);
    killed_in_a_restart(&mut stage);
    let id = stage.wait_for("resolved");
    assert_eq!(stage.world.redis.restarts(), 2);
    stage.was_resolved_unnoticed(&id, "unknown");
}

/// Nobody knows whether Redis was restarted, and nobody may try: a human is asked, and nothing is done.
pub fn killed_while_running() {
    let mut stage = Stage::set(Restart::Run);
    killed_in_a_restart(&mut stage);
    let page = stage.wait_for_page();
    assert_eq!(page.body["reason"], "unknown", "{:#}", page.body);
    let id = stage.wait_for("handed");
    assert_eq!(word(&page.body, "incident"), id);
    stage.agent.acknowledge(&id);
    // The time that a restart has to take effect is over by then.
    stage.stays_quiet(Duration::from_secs(12), 1, 1);
    assert!(!stage.world.redis.answers(), "somebody restarted Redis");
}

/// Redis freezes. The agent and the program that it runs die between the intent and the outcome, and
/// the agent comes back.
fn killed_in_a_restart(stage: &mut Stage) {
    stage.world.redis.halt_next_restart();
    stage.world.redis.freeze();
    let halted = || stage.world.redis.halted();
    let state = || stage.agent.said() + &stage.world.said();
    let program = wait::until("the restart stands still", halted, state);
    stage.agent.kill();
    // The agent may have taken it along.
    kill_process(program, Signal::KILL).ok();
    assert_eq!(stage.world.redis.restarts(), 1);
    stage.agent.start_again();
}
