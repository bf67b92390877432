//! Records that cannot be read when an agent begins: each is given up alone, and somebody hears of it.

use rusqlite::Connection;
use serde_json::Value;

use super::Case;
use super::stage::{ALERTS, Prom, Stage, notification, number};

pub const CASES: &[Case] = &[
    ("an incident is made anew and keeps what it holds", incident),
    (
        "one whose run sleeps is made anew once it is needed",
        asleep,
    ),
    (
        "an alert of one whose run sleeps is told of once",
        alert_asleep,
    ),
    ("one that nobody has needed yet is shown", untouched),
    ("what else cannot be read is told once", others),
    ("its runbook is not loaded: its owner has it", unloaded),
    ("nothing tells whose it was: the platform has it", nobodys),
    ("alerts that stood are told of, each", standing),
    ("one that is over is in nobody's way", over),
    ("who stopped changes: they stay stopped", stopped),
    ("what arrived: its letter says so, alone", arrived),
    ("what a version did: it changes nothing", version),
];

/// Does something to the store of an agent that has ended.
fn behind(stage: &Stage, sql: &str) {
    let connection = Connection::open(stage.path("store/agent.db")).unwrap();
    let changed = connection.execute(sql, []).unwrap();
    assert_eq!(changed, 1, "{sql}");
}

/// A letter of an event that is damaged is shown as that; it takes no other along.
fn arrived() {
    let mut stage = Stage::new();
    stage.start();
    for name in ["First", "Second", "Third"] {
        let alert = format!(r#"{{"status":"firing","labels":{{"alertname":"{name}"}}}}"#);
        let (status, answer) = stage
            .post(ALERTS, notification(&[alert]).as_bytes())
            .unwrap();
        assert_eq!(status, 200, "{answer}");
    }
    assert_eq!(stage.dead_letters().len(), 3);
    stage.kill();
    behind(&stage, "UPDATE event SET record = x'02ff' WHERE id = 1");
    behind(&stage, "UPDATE event SET disposition = x'' WHERE id = 2");
    stage.start();
    let listed = stage.rbk(&["dead", "list"]);
    let damaged = "the record of what arrived is damaged (A1215)";
    assert_eq!(listed.matches(damaged).count(), 2, "{listed}");
    let is_damaged = |letter: &Value| letter["why"].as_str().unwrap().contains(damaged);
    let letters: Vec<bool> = stage.dead_letters().iter().map(is_damaged).collect();
    assert_eq!(letters, [false, true, true]);
    for id in ["1", "2"] {
        let shown = stage.rbk(&["dead", "show", id]);
        assert!(shown.contains(damaged), "{shown}");
        let path = format!("/v1/dead-letters/{id}/replay");
        let (status, answer) = stage.post(&path, b"").unwrap();
        assert_eq!(status, 409, "{answer}");
        assert!(answer.to_string().contains(damaged), "{answer}");
    }
}

/// Nobody knows what the version stands for, and so no text is at work under it before it has another one.
fn version() {
    let mut stage = Stage::new();
    stage.start();
    assert_eq!(stage.terminate(), Some(0));
    behind(&stage, "UPDATE version SET record = x'02ff'");
    stage.change("package/service.rbk", "nobody can tell", "nobody knows");
    let words = "what `service_down` 1.0.0 did here cannot be read any more (A1215): give it another version";
    stage.start();
    stage.wait_for_log(words);
    let found = letters(&stage);
    let letter =
        "the record of what version 1.0.0 of the runbook `service_down` did here is damaged";
    assert!(
        found.len() == 1 && found[0].starts_with(letter),
        "{found:?}"
    );
    stage.wait_for_told("its owner hears of it", |_, body| {
        let text = body["text"].as_str().unwrap_or_default();
        text.contains(words) && text.contains("changes nothing")
    });
    let first = stage.incident("a");
    stage.wait_for(first, "handed");
    assert!(stage.shown(first).contains(words));
    // The text that was there before is no better known.
    assert_eq!(stage.terminate(), Some(0));
    stage.change("package/service.rbk", "nobody knows", "nobody can tell");
    stage.start();
    let second = stage.incident("b");
    stage.wait_for(second, "handed");
    assert!(!stage.path("started").exists(), "it changed something");
    stage.change("package/service.rbk", "version 1.0.0", "version 1.0.1");
    stage.wait_for_loads(1);
    let third = stage.incident("c");
    stage.wait_for(third, "resolved");
}

fn letters(stage: &Stage) -> Vec<String> {
    let letters = stage.dead_letters().into_iter();
    let mut letters: Vec<String> = letters
        .filter(|letter| letter["code"] == "A1215")
        .map(|letter| letter["why"].as_str().unwrap().to_owned())
        .collect();
    letters.sort();
    letters
}

fn stopped() {
    let mut stage = Stage::new();
    stage.start();
    stage.rbk(&["hold", "--why", "looks wrong", "--as", "ada"]);
    stage.rbk(&[
        "hold",
        "--product",
        "shop",
        "--why",
        "looks wrong",
        "--as",
        "ada",
    ]);
    stage.kill();
    behind(&stage, "UPDATE meta SET hold = x'ff'");
    behind(&stage, "UPDATE control SET record = x'ff' WHERE kind = 0");
    stage.start();
    let said = stage.rbk(&["hold", "status"]);
    assert_eq!(said.matches("is damaged (A1215)").count(), 2, "{said}");
    stage.rbk(&["hold", "release", "--why", "looked at", "--as", "bob"]);
    let said = stage.rbk(&[
        "hold",
        "release",
        "--product",
        "shop",
        "--why",
        "looked at",
        "--as",
        "bob",
    ]);
    assert!(said.contains("Changes may be made"), "{said}");
    stage.kill();
    stage.start();
    let said = stage.rbk(&["hold", "status"]);
    assert!(said.contains("Changes may be made"), "{said}");
}

fn incident() {
    let mut stage = Stage::new();
    stage.say(Prom::Says("application/json", number("0")));
    stage.control("sleep 5");
    stage.start();
    let id = stage.incident("a");
    stage.wait_for_shown(id, "do exec.apply");
    stage.kill();
    let sql = format!("UPDATE incident SET record = x'0202' WHERE id = {id}");
    behind(&stage, &sql);
    stage.start();
    let words = "the record of this incident is damaged (A1215)";
    stage.wait_for_shown(id, words);
    stage.wait_for(id, "handed");
    let shown = stage.shown(id);
    assert!(
        shown.contains("do exec.apply"),
        "what was before is gone: {shown}"
    );
    let told = |_: &str, body: &Value| body["text"].as_str().unwrap().contains(words);
    stage.wait_for_told("the owner", told);
    // What it has hold of stays out of the reach of others.
    let other = stage.incident("b");
    stage.wait_for_shown(other, "waits");
    assert_eq!(letters(&stage), [""; 0]);
    // The next start finds nothing damaged.
    stage.terminate();
    stage.start();
    let shown = stage.shown(id);
    assert_eq!(shown.matches("damaged (A1215): what").count(), 1, "{shown}");
}

fn asleep() {
    let mut stage = Stage::new();
    let before = "    cleared if";
    stage.change("package/service.rbk", before, "    wait 6s\n    cleared if");
    stage.start();
    let id = stage.incident("a");
    // Written down together with what the run does next: it sleeps.
    stage.wait_for_shown(id, "saw http.get");
    stage.kill();
    let sql = format!("UPDATE incident SET record = x'0202' WHERE id = {id} AND loud = 0");
    behind(&stage, &sql);
    stage.start();
    let words = "the record of this incident is damaged (A1215)";
    stage.wait_for_told("the owner", |_, body| {
        body["text"].as_str().unwrap().contains(words)
    });
    stage.wait_for(id, "handed");
    assert_eq!(pages_of(&stage, id), 1);
    assert_eq!(letters(&stage), [""; 0]);
    // Others are looked after as before.
    let other = stage.incident("b");
    stage.wait_for(other, "resolved");
    let numbers = stage.rbk(&["incident", "list"]);
    assert!(numbers.contains("handed"), "{numbers}");
}

/// An alert of an incident whose run sleeps cannot be read: its owner hears of that, once.
fn alert_asleep() {
    let mut stage = Stage::new();
    let before = "    cleared if";
    stage.change(
        "package/service.rbk",
        before,
        "    wait 60s\n    cleared if",
    );
    stage.start();
    let id = stage.incident("a");
    // Written down together with what the run does next: it sleeps.
    stage.wait_for_shown(id, "saw http.get");
    stage.kill();
    behind(
        &stage,
        &format!("UPDATE alert SET record = x'0202' WHERE incident = {id}"),
    );
    stage.start();
    // It is listed and counted as what it was, until it is needed.
    let listed = stage.get("/v1/incidents?open=true");
    assert_eq!(listed["total"], 1, "{listed}");
    stage.alert("a");
    stage.wait_for(id, "handed");
    stage.wait_for_told("the owner", |_, body| {
        body["text"]
            .as_str()
            .unwrap()
            .contains("is damaged (A1215)")
    });
    stage.terminate();
    stage.start();
    stage.wait_for(id, "handed");
    assert_eq!(pages_of(&stage, id), 1);
    assert_eq!(letters(&stage), [""; 0]);
}

/// One whose run sleeps and that nobody has needed yet is shown as far as it is known.
fn untouched() {
    let mut stage = Stage::new();
    let before = "    cleared if";
    stage.change(
        "package/service.rbk",
        before,
        "    wait 60s\n    cleared if",
    );
    stage.start();
    let id = stage.incident("a");
    // Written down together with what the run does next: it sleeps.
    stage.wait_for_shown(id, "saw http.get");
    stage.kill();
    behind(
        &stage,
        &format!("UPDATE incident SET record = x'0202' WHERE id = {id}"),
    );
    stage.start();
    let shown = stage.show(id);
    assert_eq!(
        (&shown["state"], &shown["damaged"]),
        (&"open".into(), &Value::Bool(true))
    );
    let listed = stage.get("/v1/incidents?open=true");
    assert_eq!(
        (&listed["total"], &listed["incidents"][0]["id"]),
        (&1.into(), &id.into())
    );
    let words = stage.rbk(&["incident", "list"]);
    assert!(words.contains("its record is damaged (A1215)"), "{words}");
}

/// How often somebody was paged for an incident.
fn pages_of(stage: &Stage, id: u64) -> usize {
    let told = stage.told().into_iter();
    let pages = told.filter(|(path, body)| {
        path == "/first" && body["kind"] == "page" && body["incident"] == id
    });
    pages.count()
}

fn others() {
    let mut stage = Stage::new();
    stage.start();
    let id = stage.incident("a");
    stage.wait_for(id, "resolved");
    stage.terminate();
    behind(
        &stage,
        "INSERT INTO message (id, due, record) VALUES (9001, 1, x'00')",
    );
    behind(
        &stage,
        "INSERT INTO debt (id, owed, record) VALUES (9002, 1, x'')",
    );
    behind(
        &stage,
        "INSERT INTO holding (event, runbook, trigger, record) VALUES (9003, 'gone', 0, x'02')",
    );
    behind(
        &stage,
        "INSERT INTO intent (id, kind, owner, ordinal, state, record) VALUES (9004, 0, 1, 0, 3, x'0203')",
    );
    stage.start();
    let lost = [
        "the record of change 9004 of run",
        "the record of debt 9002",
        "the record of event 9003",
        "the record of message 9001",
    ];
    let found = letters(&stage);
    assert_eq!(found.len(), lost.len(), "{found:?}");
    for (found, start) in found.iter().zip(lost) {
        assert!(found.starts_with(start), "{found}");
    }
    let told = |_: &str, body: &Value| body["title"] == "4 dead letters (A1215)";
    stage.wait_for_told("who hears of them", told);
    let id = stage.incident("b");
    stage.wait_for(id, "resolved");
    stage.terminate();
    stage.start();
    assert_eq!(letters(&stage).len(), lost.len(), "told again");
}

/// Two incidents wait; their records are damaged, and their runbook has another name.
fn renamed() -> (Stage, [u64; 2]) {
    let mut stage = Stage::new();
    stage.start();
    stage.rbk(&["hold", "--why", "looks wrong", "--as", "ada"]);
    let ids = ["a", "b"].map(|service| stage.incident(service));
    for id in ids {
        stage.wait_for_shown(id, "waits");
    }
    stage.kill();
    for id in ids {
        let sql = format!("UPDATE incident SET record = x'0202' WHERE id = {id}");
        behind(&stage, &sql);
    }
    let name = "runbook service_down";
    stage.change("package/service.rbk", name, "runbook service_gone");
    (stage, ids)
}

/// Waits until somebody was paged for each: alone, or with others on one page.
fn wait_for_pages(stage: &Stage, to: &str, ids: [u64; 2]) {
    stage.wait_for_told("somebody is paged", |path, body| {
        path == to && body["kind"] == "page"
    });
    for id in ids {
        stage.wait_for(id, "handed");
        stage.wait_for_shown(id, "the record of this incident is damaged (A1215)");
        stage.wait_for_shown(id, "Its runbook `service_down` is not loaded");
        stage.wait_for_shown(id, "It has changed nothing");
        let paged = || {
            let told = stage.told().into_iter();
            let mut pages = told.filter(|(path, body)| path == to && body["kind"] == "page");
            let many = |body: &Value| body["title"] == "2 incidents need somebody";
            let is_told = pages.any(|(_, body)| body["incident"] == id || many(&body));
            is_told.then_some(())
        };
        let told = || format!("{:#?}", stage.told());
        crate::harness::wait::until("each is paged", paged, told);
    }
}

fn unloaded() {
    let (mut stage, ids) = renamed();
    stage.start();
    wait_for_pages(&stage, "/first", ids);
    stage.rbk(&["incident", "ack", &ids[0].to_string(), "--as", "ada"]);
    stage.wait_for(ids[0], "acknowledged");
}

fn nobodys() {
    let (mut stage, ids) = renamed();
    behind(&stage, "DELETE FROM program");
    let platform = "platform = \"pager:second\"\nstore =";
    stage.change("agent.toml", "store =", platform);
    stage.start();
    wait_for_pages(&stage, "/second", ids);
    let first = |(path, body): &(String, Value)| path == "/first" && body["kind"] == "page";
    assert!(!stage.told().iter().any(first), "{:#?}", stage.told());
}

fn standing() {
    let mut stage = Stage::new();
    stage.change(
        "package/service.rbk",
        "{ with service }",
        "{\n    with service\n    holding 10m\n  }",
    );
    let platform = "platform = \"pager:second\"\nstore =";
    stage.change("agent.toml", "store =", platform);
    stage.start();
    for service in ["a", "b", "c"] {
        let (status, answer) = stage.alert(service).unwrap();
        assert_eq!(status, 200, "{answer}");
    }
    stage.kill();
    for event in 1..=3 {
        let sql = format!("UPDATE holding SET record = x'0202' WHERE event = {event}");
        behind(&stage, &sql);
    }
    stage.start();
    let words = |event: u64| format!("the record of event {event}, an alert that stood for");
    stage.wait_for_told("its owner hears of each", |path, body| {
        let text = body["text"].as_str().unwrap_or_default();
        path == "/first"
            && body["title"] == "3 dead letters (A1215)"
            && (1..=3).all(|event| text.contains(&words(event)))
    });
    assert_eq!(letters(&stage).len(), 3);
}

fn over() {
    let mut stage = Stage::new();
    stage.start();
    let first = stage.incident("a");
    stage.wait_for(first, "resolved");
    stage.terminate();
    behind(
        &stage,
        &format!("UPDATE incident SET record = x'' WHERE id = {first}"),
    );
    stage.start();
    let next = stage.incident("a");
    assert_ne!(next, first);
    stage.wait_for(next, "resolved");
    // It takes no other off the list, is listed and shown as far as it is known, and counts.
    let listed = stage.get("/v1/incidents");
    let shown = listed["incidents"].as_array().unwrap();
    let shown: Vec<_> = shown.iter().map(|one| one["id"].as_u64()).collect();
    assert_eq!(
        (shown, &listed["total"]),
        (vec![Some(next), Some(first)], &Value::from(2))
    );
    let shown = stage.show(first);
    assert_eq!(
        (&shown["state"], &shown["damaged"]),
        (&"resolved".into(), &Value::Bool(true))
    );
    let words = stage.shown(first);
    assert!(words.contains("its record is damaged (A1215)"), "{words}");
    assert!(words.contains("verified"), "its timeline is gone: {words}");
}
