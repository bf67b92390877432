//! A hard pager: it refuses, sends elsewhere, asks for patience, gets much at once, or says nothing while
//! the agent is killed. Nothing is lost, and nothing is told twice without a reason.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use super::Case;
use super::stage::{ALERTS, Prom, Stage, alert, inner, notification, number};
use crate::harness::server::{Server, respond};
use crate::harness::wait;

pub const CASES: &[Case] = &[
    ("a pager that refuses is climbed over", refuses),
    (
        "a pager that asks for patience is asked again",
        asks_for_patience,
    ),
    ("what comes together is one page", together),
    ("a page outlives a kill", outlives_a_kill),
    ("a page that cannot be taken holds up no other", poisoned),
    ("a page says what the alert says of itself", annotated),
    (
        "a page that arrives late says what it was written for",
        late,
    ),
];

fn stage(people: Server) -> Stage {
    let stage = Stage::with(people);
    stage.say(Prom::Says("application/json", number("7")));
    stage
}

/// What was posted to the first on the chain, oldest first.
fn first(stage: &Stage) -> Vec<Value> {
    let told = stage.told().into_iter();
    let own = told.filter(|(path, _)| path == "/first");
    own.map(|(_, body)| body).collect()
}

/// The incidents that a page tells of: its own, or those of its list.
fn told_of(page: &Value) -> Vec<u64> {
    if let Some(id) = page["incident"].as_u64() {
        return vec![id];
    }
    let lines = page["evidence"].as_array().unwrap().iter();
    let text = |line: &Value| line["text"].as_str().unwrap().to_owned();
    let number = |line: &Value| text(line).split(' ').next().unwrap().parse().unwrap();
    lines.map(number).collect()
}

fn pages(stage: &Stage) -> Vec<Value> {
    let all = first(stage).into_iter();
    all.filter(|page| page["kind"] == "page").collect()
}

/// Waits until the first on the chain was told of all these.
fn wait_for_all(stage: &Stage, expected: &BTreeSet<u64>) {
    let found = || {
        let told: BTreeSet<u64> = pages(stage).iter().flat_map(told_of).collect();
        (told == *expected).then_some(())
    };
    let what = format!("{expected:?} are told of");
    wait::until(&what, found, || {
        format!("{:#?}\n{}", stage.told(), stage.log())
    });
}

/// So many alerts in one notification: the numbers of their incidents.
fn at_once(stage: &Stage, count: usize) -> BTreeSet<u64> {
    let alerts = (0..count).map(|number| alert(&json!({"service": format!("s{number}")})));
    let body = notification(&alerts.collect::<Vec<_>>());
    let (status, answer) = stage.post(ALERTS, body.as_bytes()).unwrap();
    assert_eq!(status, 200, "{answer}");
    let ids = answer["incidents"].as_array().unwrap().iter();
    ids.map(|id| id.as_u64().unwrap()).collect()
}

fn refuses() {
    for status in [302, 401, 404] {
        let people = Server::new(move |request, stream| {
            let own = request.starts_with("POST /first");
            respond(
                stream,
                if own { status } else { 200 },
                "application/json",
                "{}",
            );
        });
        let mut stage = stage(people);
        stage.start();
        let id = stage.incident("a");
        stage.wait_for_told("the second is told", |path, _| path == "/second");
        // The first is not tried again for minutes.
        assert_eq!(first(&stage).len(), 1, "{status}");
        let shown = stage.shown(id);
        assert!(shown.contains(&format!("status {status}")), "{shown}");
        assert!(shown.contains("nobody has been reached yet"), "{shown}");
        assert!(!shown.contains("nobody answered"), "{shown}");
    }
}

fn asks_for_patience() {
    let tries = AtomicUsize::new(0);
    let people = Server::new(move |request, stream| {
        let is_first_try =
            request.starts_with("POST /first") && tries.fetch_add(1, Ordering::Relaxed) == 0;
        // Its answers say `Retry-After: 7`.
        let status = if is_first_try { 429 } else { 200 };
        respond(stream, status, "application/json", "{}");
    });
    let mut stage = stage(people);
    stage.start();
    let id = stage.incident("a");
    let tried = || (first(&stage).len() == 2).then_some(());
    wait::until("it is asked again", tried, || stage.log());
    let delivered = || {
        stage
            .shown(id)
            .contains("delivered to pager:first")
            .then_some(())
    };
    wait::until("it has arrived", delivered, || stage.log());
    assert!(
        stage.shown(id).contains("try after 7"),
        "{}",
        stage.shown(id)
    );
    assert!(stage.told().iter().all(|(path, _)| path == "/first"));
}

fn together() {
    let mut stage = stage(Server::plain(200, "application/json", "{}"));
    let quick = "gather = \"1ms\"\nevery = \"1ms\"";
    stage.change("agent.toml", quick, "gather = \"3s\"\nevery = \"3s\"");
    stage.start();
    let ids = at_once(&stage, 12);
    wait_for_all(&stage, &ids);
    let pages = pages(&stage);
    let all: Vec<u64> = pages.iter().flat_map(told_of).collect();
    assert_eq!(all.len(), ids.len(), "somebody was told twice: {pages:#?}");
    assert!(pages.len() < ids.len(), "{pages:#?}");
    let list = pages.iter().find(|page| page["incident"].is_null());
    let list = list.expect("there is a page with a list");
    let answer = list["answer"].as_str().unwrap();
    // It is typed where nobody knows the address.
    let command = format!(
        "rbk incident ack --agent http://127.0.0.1:{} --page ",
        stage.port
    );
    let number = answer.strip_prefix(&command).unwrap();
    let said = stage.rbk(&["incident", "ack", "--page", number, "--as", "ada"]);
    assert!(said.starts_with("Acknowledged: incident"), "{said}");
    for id in told_of(list) {
        assert_eq!(inner(&stage.show(id))["state"], "acknowledged");
    }
    let thread = list["thread"].clone();
    stage.wait_for_told("the page is answered", |_, body| {
        body["thread"] == thread && body["kind"] == "acknowledged"
    });
}

fn outlives_a_kill() {
    let answers = Arc::new(AtomicBool::new(false));
    let is_up = answers.clone();
    let people = Server::new(move |_, stream| {
        if !is_up.load(Ordering::Relaxed) {
            std::thread::sleep(Duration::from_secs(30));
        }
        respond(stream, 200, "application/json", "{}");
    });
    let mut stage = stage(people);
    stage.start();
    let ids = at_once(&stage, 4);
    for id in &ids {
        stage.wait_for(*id, "handed");
    }
    stage.kill();
    answers.store(true, Ordering::Relaxed);
    stage.start();
    wait_for_all(&stage, &ids);
    for id in &ids {
        let arrived = || {
            stage
                .shown(*id)
                .contains("delivered to pager:first")
                .then_some(())
        };
        wait::until("it has arrived", arrived, || stage.shown(*id));
    }
}

/// A pager that cannot digest one page takes all others.
fn poisoned() {
    let people = Server::new(|request, stream| {
        let status = if request.contains("poison") { 500 } else { 200 };
        respond(stream, status, "application/json", "{}");
    });
    let mut stage = stage(people);
    stage.start();
    stage.incident("poison");
    let tried = || (first(&stage).len() > 1).then_some(());
    wait::until("it is tried again", tried, || stage.log());
    let others: BTreeSet<u64> = ["a", "b"].map(|service| stage.incident(service)).into();
    let told = || {
        let fine = pages(&stage).into_iter();
        let fine = fine.filter(|page| !page.to_string().contains("poison"));
        let told: BTreeSet<u64> = fine.flat_map(|page| told_of(&page)).collect();
        (told == others).then_some(())
    };
    wait::until("the others are told", told, || stage.log());
}

/// Annotations, the runbook and the graph of the alert come with the page, and what was seen; nothing
/// in them reaches the reader that is no text.
fn annotated() {
    let people = Server::new(|_, stream| respond(stream, 200, "application/json", "{}"));
    let mut stage = stage(people);
    stage.start();
    let one = alert(&json!({"service": "a"}));
    let mut one: Value = serde_json::from_str(&one).unwrap();
    one["annotations"] = json!({
        "description": "it is slow\u{1b}[2J",
        "summary": "slow",
        "runbook_url": "https://wiki.example/slow",
        "dashboard": "javascript:alert(1)",
        "empty": "",
        "re\u{202e}d\u{1b}": "x",
    });
    one["generatorURL"] = json!("http://prometheus.example/graph?g0.expr=up");
    one["dashboardURL"] = json!(7);
    let (status, answer) = stage
        .post(ALERTS, notification(&[one.to_string()]).as_bytes())
        .unwrap();
    assert_eq!(status, 200, "{answer}");
    let page = wait::until(
        "it is told",
        || pages(&stage).into_iter().next(),
        || stage.log(),
    );
    let expected = json!({
        "dashboard": "javascript:alert(1)",
        "description": "it is slow\\u{1b}[2J",
        "summary": "slow",
        "re\\u{202e}d\\u{1b}": "x",
    });
    assert_eq!(page["annotations"], expected);
    let expected = json!({
        "generatorURL": "http://prometheus.example/graph?g0.expr=up",
        "runbook_url": "https://wiki.example/slow",
    });
    assert_eq!(page["links"], expected);
    let lines = page["evidence"].as_array().unwrap();
    assert!(!lines.is_empty(), "{page}");
}

/// What happens while a page is on its way is no evidence of it.
fn late() {
    let tries = AtomicUsize::new(0);
    let people = Server::new(move |_, stream| {
        let is_first = tries.fetch_add(1, Ordering::Relaxed) == 0;
        let status = if is_first { 500 } else { 200 };
        respond(stream, status, "application/json", "{}");
    });
    let mut stage = stage(people);
    stage.start();
    let firing = alert(&json!({"service": "a"}));
    let (_, answer) = stage
        .post(
            ALERTS,
            notification(std::slice::from_ref(&firing)).as_bytes(),
        )
        .unwrap();
    let id = answer["incidents"][0].as_u64().unwrap();
    stage.wait_for_shown(id, "not delivered to pager:first");
    let over = firing.replace("firing", "resolved");
    stage
        .post(ALERTS, notification(&[over]).as_bytes())
        .unwrap();
    stage.wait_for_shown(id, "its alerts are resolved");
    let both = || (pages(&stage).len() == 2).then(|| pages(&stage));
    let pages = wait::until("it is tried again", both, || stage.log());
    assert!(pages[0]["evidence"].to_string().contains("opened"));
    assert_eq!(pages[0]["evidence"], pages[1]["evidence"]);
}
