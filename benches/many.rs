//! A whole agent that holds much: what it costs, how soon it answers meanwhile, and whether all is there.
//!
//! `cargo bench --features facade --bench agent -- many`; after it a number, of incidents, in place of those below.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::http::{Agent, Connection};
use crate::{asked, less};

/// A runbook whose changes all want one machine, beside those of the other benches.
const TURNS: &str = r#"
runbook turns for shop {
  version 1.0.0
  severity sev3
  on alert "Turns" { with pod }
  incident per pod
  patience 6d
  ends within 7d
  blast { at most 1 host.Host }
  diagnose {
    let machine = host.named("box-1")
    if prom.value(promql"stuck{pod=${pod}}") > 0 { found stuck(machine) }
  }
  remedy stuck(machine) {
    do http.post(url"http://127.0.0.1:20001/change", body: "on", touching: machine) waive undo "it stays on"
    waive verify "whoever measures counts what was sent"
  }
}
"#;

/// Whoever asks for numbers of the agent costs it something, too.
const PAUSE: Duration = Duration::from_millis(200);

/// Waiting, open, back again, and all at once.
pub fn measure(folder: &Path, package: &str) {
    let head = "use std.prom\n";
    assert!(package.contains(head));
    let product = "chain builder for 5m, builder until acknowledged\n";
    assert!(package.contains(product));
    let package = package
        .replace(head, "use std.{host, http, prom}\n")
        .replace(product, &format!("{product}  owns host.named(\"box-*\")\n"))
        + TURNS;
    let asked = asked();
    let or = |many: usize| asked.unwrap_or(many);
    for many in [or(10_000) / 5, or(10_000)] {
        waiting(folder, &package, many);
    }
    open(folder, &package, or(20_000));
    for many in [3_000, or(10_000)] {
        back(folder, &package, many);
    }
    storm(folder, &package, or(5_000), Duration::from_secs(2));
}

/// So many changes wait until they may, and then for one machine.
fn waiting(folder: &Path, package: &str, many: usize) {
    let agent = Agent::start(&folder.join(format!("many-waiting-{many}")), package);
    let before = agent.resident();
    let mut connection = Connection::open(agent.port);
    let held = connection
        .ask("POST /v1/hold", "{\"by\": \"ada\"}")
        .unwrap();
    assert_eq!(held.0, 200, "{}", held.1);
    let watch = Watch::begin(agent.port);
    let (start, cpu) = (Instant::now(), agent.cpu());
    fill(&mut connection, "Turns", many);
    agent.wait_for("all wait", PAUSE, |agent| {
        (agent.metric("rbk_runs{state=\"looks\"}") == 0.0).then_some(())
    });
    let seconds = start.elapsed().as_secs_f64();
    less(&format!("many: {many} come to wait"), seconds, "s", 0.0);
    let each = (agent.cpu() - cpu) * 1e6 / many as f64;
    less("  CPU of the agent", each, "CPU-us/each", 0.0);
    let grown = (agent.resident() - before) / many as f64;
    less("  memory", grown, "bytes/each", 0.0);
    watch.end();
    let watch = Watch::begin(agent.port);
    let (start, cpu) = (Instant::now(), agent.cpu());
    let freed = connection
        .ask("DELETE /v1/hold", "{\"by\": \"ada\"}")
        .unwrap();
    assert_eq!(freed.0, 200, "{}", freed.1);
    agent.wait_for("all have had their turn", PAUSE, |agent| {
        let closed = agent.metric("rbk_runs_ended_total{end=\"resolved\",reason=\"\"}");
        (closed >= many as f64).then_some(())
    });
    let seconds = start.elapsed().as_secs_f64();
    less("  and have their turns", seconds, "s", 0.0);
    let each = (agent.cpu() - cpu) * 1e6 / many as f64;
    less("  CPU of the agent", each, "CPU-us/each", 0.0);
    watch.end();
    nothing_is_lost(&agent, many, many);
}

/// What it holds with so many open incidents.
fn open(folder: &Path, package: &str, many: usize) {
    let agent = Agent::start(&folder.join("many-open"), package);
    let before = agent.resident();
    let mut connection = Connection::open(agent.port);
    let watch = Watch::begin(agent.port);
    let cpu = agent.cpu();
    fill(&mut connection, "QueueStuck", many);
    // Half of them once more, and some that nobody takes.
    fill(&mut connection, "QueueStuck", many / 2);
    fill(&mut connection, "Unheard", many / 10);
    let each = (agent.cpu() - cpu) * 1e6 / (many + many / 2 + many / 10) as f64;
    less(
        &format!("many: {many} open, CPU"),
        each,
        "CPU-us/alert",
        0.0,
    );
    let grown = (agent.resident() - before) / 1e6;
    less("  memory", grown, "MB", 25.0 * many as f64 / 20_000.0);
    let start = Instant::now();
    let page = connection.get("/v1/incidents");
    let took = start.elapsed().as_secs_f64() * 1e3;
    assert!(!page.is_empty());
    less("  list of incidents", took, "ms", 100.0);
    watch.end();
    nothing_is_lost(&agent, many + many / 2 + many / 10, many);
}

/// How soon it is back after a kill, with so many at work.
fn back(folder: &Path, package: &str, many: usize) {
    let mut agent = Agent::start(&folder.join(format!("many-back-{many}")), package);
    let mut connection = Connection::open(agent.port);
    fill(&mut connection, "Steps", many);
    drop(connection);
    agent.kill();
    let port = agent.port;
    let watch = Watch::begin(port);
    let start = Instant::now();
    let first = thread::spawn(move || {
        while Connection::try_get(port, "/v1/health").is_none() {
            thread::sleep(Duration::from_millis(1));
        }
        start.elapsed().as_secs_f64() * 1e3
    });
    agent.begin();
    let ready = start.elapsed().as_secs_f64() * 1e3;
    let first = first.join().unwrap();
    less(
        &format!("many: {many} at work, killed, alive"),
        first,
        "ms",
        100.0,
    );
    less("  ready", ready, "ms", 0.0);
    thread::sleep(Duration::from_secs(5));
    watch.end();
    assert_eq!(total(&agent, "incidents"), many);
}

/// So many incidents in this time, each with what it asks and whom it tells.
fn storm(folder: &Path, package: &str, many: usize, time: Duration) {
    let agent = Agent::start(&folder.join("many-storm"), package);
    let before = agent.resident();
    let watch = Watch::begin(agent.port);
    let mut connection = Connection::open(agent.port);
    let (start, cpu) = (Instant::now(), agent.cpu());
    let posts = many / 100;
    for post in 0..posts {
        connection.alerts("Steps", (post * 100..(post + 1) * 100).collect());
        let due = time * (post as u32 + 1) / posts as u32;
        thread::sleep(due.saturating_sub(start.elapsed()));
    }
    let accepted = start.elapsed().as_secs_f64();
    // The looks and waits of all of them go on meanwhile.
    thread::sleep(Duration::from_secs(10));
    let name = format!("many: {many} in {} s", time.as_secs());
    less(&name, accepted, "s", time.as_secs_f64());
    let each = (agent.cpu() - cpu) * 1e6 / many as f64;
    less("  CPU of the agent", each, "CPU-us/incident", 0.0);
    let grown = (agent.resident() - before) / 1e6;
    less("  memory", grown, "MB", 0.0);
    watch.end();
    nothing_is_lost(&agent, many, many);
}

fn fill(connection: &mut Connection, name: &str, many: usize) {
    for from in (0..many).step_by(1_000) {
        connection.alerts(name, (from..many.min(from + 1_000)).collect());
    }
}

/// What was accepted became incidents, joined them, or lies with the dead letters.
fn nothing_is_lost(agent: &Agent, alerts: usize, incidents: usize) {
    let of = |became: &str| {
        let name =
            format!("rbk_events_accepted_total{{source=\"alertmanager\",became=\"{became}\"}}");
        agent.metric(&name) as usize
    };
    let (taken, dead) = (of("taken"), of("dead"));
    assert_eq!(taken + dead, alerts);
    assert_eq!(total(agent, "incidents"), incidents);
    assert_eq!(total(agent, "dead-letters"), dead);
}

fn total(agent: &Agent, list: &str) -> usize {
    let page = Connection::open(agent.port).get(&format!("/v1/{list}?limit=1"));
    let page: serde_json::Value = serde_json::from_str(&page).unwrap();
    page["total"].as_u64().unwrap() as usize
}

/// Somebody who asks for the agent's health all the time, over connections of their own.
struct Watch {
    over: Arc<AtomicBool>,
    watching: JoinHandle<Vec<f64>>,
}

impl Watch {
    fn begin(port: u16) -> Watch {
        let over = Arc::new(AtomicBool::new(false));
        let ends = over.clone();
        let watching = thread::spawn(move || {
            let mut took = Vec::new();
            while !ends.load(Ordering::Relaxed) {
                let start = Instant::now();
                // One that does not listen yet is no answer.
                if Connection::try_get(port, "/v1/health").is_some() {
                    took.push(start.elapsed().as_secs_f64() * 1e3);
                }
                thread::sleep(Duration::from_millis(10));
            }
            took
        });
        Watch { over, watching }
    }

    fn end(self) {
        self.over.store(true, Ordering::Relaxed);
        let mut took = self.watching.join().unwrap();
        took.sort_by(f64::total_cmp);
        let at = |share: f64| took[((took.len() - 1) as f64 * share) as usize];
        less("  health, median", at(0.5), "ms", 0.0);
        less("  health, p99", at(0.99), "ms", 100.0);
        less("  health, worst", at(1.0), "ms", 0.0);
    }
}
