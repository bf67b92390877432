//! Dead letters: who hears of them, how they are listed, and another try.

use serde_json::{Value, json};

use super::Case;
use super::stage::{ALERTS, Stage, alert, notification};

pub const CASES: &[Case] = &[
    ("of each kind somebody hears once an hour", told_once),
    (
        "whoever is named for the platform hears of the rest",
        platform,
    ),
    ("many kinds do not drown anybody", many_kinds),
    ("each address is spared by itself", each_spared),
    ("what was left out is told", truncated),
    ("they are listed in pages", pages),
    ("they can be tried again", replayed),
    ("following tells only what changes", followed),
    ("following leaves nothing out", followed_late),
];

/// An alert of any name about this service.
fn other(name: &str, labels: &Value) -> String {
    alert(labels).replace("ServiceDown", name)
}

fn send(stage: &Stage, alerts: &[String]) -> Value {
    let body = notification(alerts);
    let (status, answer) = stage.post(ALERTS, body.as_bytes()).unwrap();
    assert_eq!(status, 200, "{answer}");
    answer
}

/// Those who were told of a dead letter, by their path, with its title.
fn heard(stage: &Stage) -> Vec<(String, String)> {
    let told = stage.told().into_iter();
    let told =
        told.map(|(path, body)| (path, body["title"].as_str().unwrap_or_default().to_owned()));
    let mut heard: Vec<_> = told
        .filter(|(_, title)| title.contains("dead letter"))
        .collect();
    heard.sort();
    heard
}

fn told_once() {
    let mut stage = Stage::new();
    stage.start();
    for number in 0..5 {
        let service = json!({"instance": format!("i{number}")});
        send(&stage, &[alert(&service), other("Unheard", &service)]);
    }
    stage.post(ALERTS, b"{").unwrap();
    stage.post(ALERTS, b"[").unwrap();
    assert_eq!(stage.dead_letters().len(), 12);
    let all = || (heard(&stage).len() >= 3).then_some(());
    crate::harness::wait::until("all are told", all, || format!("{:?}", stage.told()));
    let titles = [
        "a dead letter (A1206)",
        "a dead letter (A1208): ServiceDown",
        "a dead letter (A1208): Unheard",
    ];
    let first = |title: &str| ("/first".to_owned(), title.to_owned());
    assert_eq!(heard(&stage), titles.map(first));
    // A mistake of whoever asks is answered, and told to nobody.
    let (status, answer) = stage.post("/v1/requests/nothing", b"{}").unwrap();
    assert_eq!((status, &answer["code"]), (422, &json!("A1208")));
    assert_eq!(heard(&stage).len(), 3);
    stage.wait_for_log("dead letter: no runbook takes the alert `Unheard`");
    // Nor after another start.
    stage.terminate();
    stage.start();
    let service = json!({"service": "a"});
    send(&stage, &[other("Unheard", &service)]);
    send(&stage, &[other("Later", &service)]);
    stage.wait_for_told("another kind", |_, body| {
        body["title"] == "a dead letter (A1208): Later"
    });
    let all = heard(&stage);
    assert_eq!(all.len(), 4, "{all:?}");
    assert_eq!(times(&stage, "a dead letter (A1208): Unheard"), 1);
}

fn times(stage: &Stage, title: &str) -> usize {
    let heard = heard(stage).into_iter();
    heard.filter(|(_, one)| one == title).count()
}

fn platform() {
    let mut stage = Stage::new();
    stage.change(
        "agent.toml",
        "store =",
        "platform = \"pager:second\"\nstore =",
    );
    stage.start();
    send(&stage, &[other("Unheard", &json!({"service": "a"}))]);
    send(&stage, &[alert(&json!({"instance": "a"}))]);
    let all = || (heard(&stage).len() >= 2).then_some(());
    crate::harness::wait::until("both are told", all, || format!("{:?}", stage.told()));
    let expected = [
        ("/first", "a dead letter (A1208): ServiceDown"),
        ("/second", "a dead letter (A1208): Unheard"),
    ];
    let expected = expected.map(|(path, title)| (path.to_owned(), title.to_owned()));
    assert_eq!(heard(&stage), expected);
}

fn many_kinds() {
    let mut stage = Stage::new();
    stage.start();
    let service = json!({"service": "a"});
    let alerts: Vec<String> = (0..60)
        .map(|number| other(&format!("Unheard{number}"), &service))
        .collect();
    send(&stage, &alerts);
    assert_eq!(stage.get("/v1/dead-letters?limit=1")["total"], 60);
    let is = |_: &str, body: &Value| body["title"] == "many kinds of dead letters";
    stage.wait_for_told("that there are many", is);
    let all = || (heard(&stage).len() >= 21).then_some(());
    crate::harness::wait::until("all are told", all, || format!("{:?}", stage.told()));
    assert_eq!(heard(&stage).len(), 21);
    // Nor after another start.
    stage.terminate();
    stage.start();
    send(&stage, &[other("Unheard60", &service)]);
    // Whoever is spared them hears of what a runbook names.
    send(&stage, &[alert(&json!({"instance": "a"}))]);
    stage.wait_for_told("what a runbook names", |_, body| {
        body["title"] == "a dead letter (A1208): ServiceDown"
    });
    assert_eq!(heard(&stage).len(), 22);
    // Nor do they hide that alerts were left out, which may be of any name.
    let left = notification(&[]).replace("\"alerts\"", "\"truncatedAlerts\": 3, \"alerts\"");
    assert_eq!(stage.post(ALERTS, left.as_bytes()).unwrap().0, 200);
    stage.wait_for_told("what was left out", |_, body| {
        body["title"] == "a dead letter (A1207)"
    });
}

/// Each address is spared by itself, and hears of it.
fn each_spared() {
    let mut stage = Stage::new();
    let named = |number: usize| format!("on alert \"Known{number}\" {{ with service }}");
    let all: Vec<String> = (0..30).map(named).collect();
    let before = "on alert \"ServiceDown\" { with service }";
    stage.change("package/service.rbk", before, &all.join("\n  "));
    let platform = "platform = \"pager:second\"\nstore =";
    stage.change("agent.toml", "store =", platform);
    stage.start();
    let service = json!({"service": "a"});
    let junk: Vec<String> = (0..30)
        .map(|number| other(&format!("Unheard{number}"), &service))
        .collect();
    send(&stage, &junk);
    let instance = json!({"instance": "a"});
    let known: Vec<String> = (0..30)
        .map(|number| other(&format!("Known{number}"), &instance))
        .collect();
    send(&stage, &known);
    for path in ["/first", "/second"] {
        let many = "many kinds of dead letters";
        let is = |to: &str, body: &Value| to == path && body["title"] == many;
        stage.wait_for_told("that there are many", is);
    }
    let all = || (heard(&stage).len() >= 42).then_some(());
    crate::harness::wait::until("all are told", all, || format!("{:?}", stage.told()));
    let heard = heard(&stage);
    let first = heard.iter().filter(|(path, _)| path == "/first");
    assert_eq!((first.count(), heard.len()), (21, 42));
}

fn truncated() {
    let mut stage = Stage::new();
    stage.start();
    let one = alert(&json!({"service": "a"}));
    let body = format!("{{\"version\":\"4\",\"truncatedAlerts\":3,\"alerts\":[{one}]}}");
    let (status, answer) = stage.post(ALERTS, body.as_bytes()).unwrap();
    assert_eq!(
        (status, &answer["incidents"]),
        (200, &json!([1])),
        "{answer}"
    );
    let is = |_: &str, body: &Value| {
        body["text"]
            .as_str()
            .is_some_and(|text| text.contains("3 alerts"))
    };
    stage.wait_for_told("the alerts that were left out", is);
}

fn pages() {
    let mut stage = Stage::new();
    stage.start();
    for number in 0..7 {
        send(
            &stage,
            &[other(&format!("Unheard{number}"), &json!({"service": "a"}))],
        );
        stage.incident(&format!("s{number}"));
    }
    for (path, list) in [
        ("/v1/dead-letters", "dead_letters"),
        ("/v1/incidents", "incidents"),
    ] {
        let ids = |query: &str| {
            let answer = stage.get(&format!("{path}?{query}"));
            assert_eq!(answer["total"], 7, "{answer}");
            let found = answer[list].as_array().unwrap().iter();
            found
                .map(|one| one["id"].as_u64().unwrap())
                .collect::<Vec<_>>()
        };
        assert_eq!(ids(""), [7, 6, 5, 4, 3, 2, 1]);
        assert_eq!(ids("limit=3"), [7, 6, 5]);
        assert_eq!(ids("limit=3&before=5"), [4, 3, 2]);
        assert_eq!(ids("before=1"), [0; 0]);
        for wrong in ["limit=0", "limit=501", "limit=-1", "before=x", "from=3"] {
            let (status, _) = get(&stage, &format!("{path}?{wrong}"));
            assert_eq!(status, 400, "{path} {wrong}");
        }
    }
    let shown = stage.rbk(&["dead", "list", "--limit", "2"]);
    assert!(shown.contains("Unheard6"), "{shown}");
    assert!(
        shown.ends_with("2 of 7; --before 6 shows older ones.\n"),
        "{shown}"
    );
    let shown = stage.rbk(&["incident", "list", "--all", "--limit", "4", "--before", "3"]);
    assert!(
        shown.ends_with("2 of 7.\n") || shown.ends_with("2 of 7; --before 1 shows older ones.\n"),
        "{shown}"
    );
}

fn get(stage: &Stage, path: &str) -> (u16, String) {
    let text = format!("GET {path} HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n");
    let answer = crate::harness::net::ask(stage.port, &text).unwrap();
    let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
    (status, answer)
}

fn replayed() {
    let mut stage = Stage::new();
    stage.start();
    send(
        &stage,
        &[other("Mended", &json!({"service": "a", "\u{1b}[2J": "x"}))],
    );
    let whole = alert(&json!({"service": "b"}));
    let cut = whole.replace("\"annotations\"", "\"annotations");
    stage.post(ALERTS, notification(&[cut]).as_bytes()).unwrap();
    let (status, answer) = stage.post("/v1/dead-letters/1/replay", b"").unwrap();
    assert_eq!(
        (status, &answer["code"]),
        (422, &json!("A1208")),
        "{answer}"
    );
    // Nothing takes it again: that is a letter of its own, and says why.
    let letters = stage.dead_letters();
    assert_eq!(letters.len(), 3, "{letters:?}");
    assert_eq!(letters[0]["why"], answer["detail"]);
    let (status, _) = stage.post("/v1/dead-letters/2/replay", b"").unwrap();
    assert_eq!(status, 409);
    let (status, _) = stage.post("/v1/dead-letters/77/replay", b"").unwrap();
    assert_eq!(status, 404);
    let shown = stage.rbk(&["dead", "show", "1"]);
    assert!(
        shown.contains("no runbook takes the alert `Mended`"),
        "{shown}"
    );
    assert!(!shown.contains('\u{1b}'), "{shown}");
    stage.change("package/service.rbk", "\"ServiceDown\"", "\"Mended\"");
    stage.change("package/service.rbk", "version 1.0.0", "version 2.0.0");
    stage.wait_for_log("reloaded");
    let shown = stage.rbk(&["dead", "replay", "1"]);
    assert_eq!(shown, "Dead letter 1 is taken: incident 1.\n");
    let shown = stage.rbk(&["dead", "list"]);
    assert!(
        shown.contains("replayed, incident 1: no runbook"),
        "{shown}"
    );
    let shown = stage.rbk(&["dead", "show", "1"]);
    assert!(shown.contains("replayed, incident 1: "), "{shown}");
    let (status, answer) = stage.post("/v1/dead-letters/1/replay", b"").unwrap();
    assert_eq!(status, 409, "{answer}");
    assert!(answer.to_string().contains("before, and taken"), "{answer}");
    stage.wait_for(1, "resolved");
}

fn followed() {
    let mut stage = Stage::new();
    stage.start();
    for service in ["old1", "old2"] {
        let id = stage.incident(service);
        stage.wait_for(id, "resolved");
    }
    let path = stage.path("followed");
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_rbk"));
    command.args(["incident", "list", "--follow", "--agent"]);
    command.arg(format!("http://127.0.0.1:{}", stage.port));
    let mut child = command
        .stdout(std::fs::File::create(&path).unwrap())
        .spawn()
        .unwrap();
    // When it has begun to follow nobody can tell: whatever is new then is news.
    let mut number = 0;
    let told = || {
        number += 1;
        let id = stage.incident(&format!("new{number}"));
        stage.wait_for(id, "resolved");
        let text = std::fs::read_to_string(&path).unwrap();
        text.contains("resolved").then_some(text)
    };
    let text = crate::harness::wait::until("news", told, || stage.log());
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(!text.contains("old"), "{text}");
    assert!(text.contains("new"), "{text}");
}

/// More comes and goes between two looks than a page of the list holds.
fn followed_late() {
    let mut stage = Stage::new();
    stage.start();
    let first = stage.incident("first");
    stage.wait_for(first, "resolved");
    let path = stage.path("followed");
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_rbk"));
    command.args([
        "incident", "list", "--follow", "--format", "json", "--agent",
    ]);
    command.arg(format!("http://127.0.0.1:{}", stage.port));
    let mut child = command
        .stdout(std::fs::File::create(&path).unwrap())
        .spawn()
        .unwrap();
    let text = || std::fs::read_to_string(&path).unwrap();
    let mut number = 0;
    let follows = || {
        number += 1;
        stage.incident(&format!("begin{number}"));
        (!text().is_empty()).then_some(())
    };
    crate::harness::wait::until("it follows", follows, || stage.log());
    let id = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(id, rustix::process::Signal::STOP).unwrap();
    let alerts: Vec<String> = (0..600)
        .map(|number| alert(&json!({"service": format!("many{number}")})))
        .collect();
    let (status, answer) = stage
        .post(ALERTS, notification(&alerts).as_bytes())
        .unwrap();
    assert_eq!(status, 200, "{answer}");
    let over = || {
        let open = stage.get("/v1/incidents?open=true");
        (open["total"] == 0).then_some(())
    };
    crate::harness::wait::until("all are over", over, || stage.log());
    rustix::process::kill_process(id, rustix::process::Signal::CONT).unwrap();
    let missing = || {
        let text = text();
        let is_told = |number: &u32| text.contains(&format!("service=many{number}\""));
        (0..600).filter(|number| !is_told(number)).count()
    };
    let told = || (missing() == 0).then_some(());
    crate::harness::wait::until("it tells of all", told, || {
        format!("{} are left out", missing())
    });
    child.kill().unwrap();
    child.wait().unwrap();
}
