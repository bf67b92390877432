//! What comes in: broken, enormous, and meant to do harm.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::Case;
use super::stage::{ALERTS, Stage, alert, notification};
use crate::harness::net;

pub const CASES: &[Case] = &[
    ("what is broken is a dead letter", broken),
    ("an enormous body is a dead letter", enormous),
    (
        "what says that it is enormous is refused at once",
        said_enormous,
    ),
    ("who sent an alert is known after a kill", grafana_stands),
    ("a broken event is a dead letter", broken_event),
    ("one enormous label spoils one alert", enormous_label),
    ("a long notification is taken alert by alert", long),
    ("an alert that never ends is a dead letter", endless),
    (
        "much that is broken is kept together, and bounded",
        much_broken,
    ),
    ("what is sent again is kept once", broken_again),
    ("an annotation never costs an alert", annotations),
    ("Grafana is understood", grafana),
    ("what may be left out may be null", nulls),
    ("a label that is missing is named", missing_label),
    ("the end of an earlier firing ends no later one", late_end),
];

fn broken() {
    let mut stage = Stage::new();
    stage.start();
    let twice =
        r#"{"status":"firing","labels":{"alertname":"ServiceDown","service":"a","service":"b"}}"#;
    let nameless = r#"{"status":"firing","labels":{"service":"a"}}"#;
    let wrong = r#"{"version":"3","alerts":[]}"#;
    let cases = [
        ("{\"version\": \"4\", ".to_owned(), 400),
        (wrong.to_owned(), 400),
        (notification(&[twice.to_owned()]), 200),
        (notification(&[nameless.to_owned()]), 200),
        (notification(&["7".to_owned()]), 200),
    ];
    for (number, (body, expected)) in cases.into_iter().enumerate() {
        let (status, answer) = stage.post(ALERTS, body.as_bytes()).unwrap();
        assert_eq!(status, expected, "{body}: {answer}");
        assert!(answer.to_string().contains("A1206"), "{answer}");
        let letters = stage.dead_letters();
        assert_eq!(letters.len(), number + 1, "{letters:#?}");
    }
    // What it should have been is said in words of its sender.
    let letters = stage.dead_letters();
    let said = |words: &str| {
        letters
            .iter()
            .any(|one| one["why"].to_string().contains(words))
    };
    assert!(
        said("expected an alert, which is an object with `labels`"),
        "{letters:#?}"
    );
    assert!(!said("struct"), "{letters:#?}");
    let whole = notification(&[alert(&json!({"service": "a"}))]);
    // Whoever breaks off gets an answer if it still listens; what came is kept in any case.
    let cut = &whole.as_bytes()[..whole.len() / 2];
    if let Some((status, answer)) = stage.post_as(ALERTS, cut, whole.len()) {
        assert_eq!(status, 400, "{answer}");
    }
    let found = || (stage.dead_letters().len() == 6).then_some(());
    crate::harness::wait::until("the sixth letter", found, || stage.log());
    for letter in stage.dead_letters() {
        assert_eq!(letter["code"], "A1206", "{letter}");
        assert!(!letter["body"].as_str().unwrap().is_empty(), "{letter}");
    }
    assert_eq!(stage.get("/v1/health")["status"], "alive");
    let incidents = stage.get("/v1/incidents");
    assert_eq!(incidents["incidents"], json!([]));
    stage.incident("a");
}

fn enormous() {
    let mut stage = Stage::new();
    stage.start();
    let body = vec![b'x'; 64 * 1024 * 1024 + 1];
    let (status, answer) = stage.post(ALERTS, &body).unwrap();
    assert_eq!(status, 413, "{answer}");
    assert_eq!(answer["error"]["code"], "A1207");
    let letters = stage.dead_letters();
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0]["code"], "A1207");
    assert_eq!(letters[0]["body"], "", "its head says how long it is");
    // Where its head does not, so much of it is read, and its beginning kept.
    let mut stream = connection(&stage);
    let head =
        format!("POST {ALERTS} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n");
    let head = head + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    for _ in 0..64 {
        stream.write_all(b"100000\r\n").unwrap();
        stream.write_all(&vec![b'x'; 1024 * 1024]).unwrap();
        stream.write_all(b"\r\n").unwrap();
    }
    stream.write_all(b"1\r\nx\r\n").unwrap();
    let answer = read(&mut stream);
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    let letters = stage.dead_letters();
    assert_eq!(letters.len(), 2);
    let kept = letters[0]["body"].as_str().unwrap().len();
    assert!((1..=64 * 1024).contains(&kept), "{kept} bytes are kept");
    stage.incident("a");
}

/// Whoever says that more comes than is taken hears so at once: nothing of it has to come.
fn said_enormous() {
    let mut stage = Stage::new();
    stage.start();
    for path in [ALERTS, "/v1/alerts/grafana", "/v1/events/deploy"] {
        let mut stream = connection(&stage);
        let length = 64 * 1024 * 1024 + 1;
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n\
             Content-Length: {length}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        let mut first = [0; 512];
        let before = Instant::now();
        let many = stream.read(&mut first).unwrap();
        let answer = String::from_utf8_lossy(&first[..many]).into_owned();
        assert!(answer.starts_with("HTTP/1.1 413 "), "{path}: {answer}");
        assert!(before.elapsed() < Duration::from_secs(5), "{path}");
    }
    let letters = stage.dead_letters();
    let said = letters.iter().filter(|one| {
        let why = one["why"].as_str().unwrap();
        one["code"] == "A1207" && why.contains("67108865 bytes, says its `Content-Length`")
    });
    assert_eq!(said.count(), 3, "{letters:#?}");
    stage.incident("a");
}

fn connection(stage: &Stage) -> TcpStream {
    let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, stage.port)).unwrap();
    let patience = Some(Duration::from_secs(30));
    stream.set_read_timeout(patience).unwrap();
    stream
}

fn read(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

/// An alert of Grafana stands while the agent is killed, and its runbook is gone then: its letter says who sent it.
fn grafana_stands() {
    let mut stage = Stage::new();
    let on = "on alert \"ServiceDown\" { with service }";
    let holding = "on alert \"ServiceDown\" {\n    holding 10m\n    with service\n  }";
    stage.change("package/service.rbk", on, holding);
    stage.start();
    for (path, service) in [(ALERTS, "a"), ("/v1/alerts/grafana", "b")] {
        let body = notification(&[alert(&json!({"service": service}))]);
        let (status, answer) = stage.post(path, body.as_bytes()).unwrap();
        assert_eq!(status, 200, "{answer}");
    }
    stage.kill();
    stage.change("package/service.rbk", "\"ServiceDown\"", "\"OtherDown\"");
    stage.change("package/service.rbk", "version 1.0.0", "version 2.0.0");
    stage.start();
    let letters = stage.dead_letters();
    let sources: Vec<&str> = letters
        .iter()
        .map(|one| one["source"].as_str().unwrap())
        .collect();
    assert_eq!(sources, ["grafana", "alertmanager"], "{letters:#?}");
}

fn long() {
    let mut stage = Stage::new();
    stage.start();
    let text = "y".repeat(15_000);
    let one = |number: usize| {
        let mut one: Value = serde_json::from_str(&alert(&json!({"service": "a"}))).unwrap();
        one["annotations"] = json!({"text": text, "number": number.to_string()});
        one["fingerprint"] = format!("f{number}").into();
        one.to_string()
    };
    let alerts: Vec<String> = (0..2_000).map(one).collect();
    // The version comes last, as Alertmanager has it.
    let body = format!(
        "{{\"receiver\": \"rbk\", \"alerts\": [{}], \"version\": \"4\"}}",
        alerts.join(",")
    );
    assert!(body.len() > 30_000_000);
    let (status, answer) = stage.post(ALERTS, body.as_bytes()).unwrap();
    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["accepted"], 2_000, "{answer}");
    assert_eq!(answer["incidents"].as_array().unwrap().len(), 1, "{answer}");
    // Of one that breaks what came whole is kept, and its beginning is a dead letter.
    let cut = &body.as_bytes()[..body.len() - 100];
    let (status, answer) = stage.post(ALERTS, cut).unwrap();
    assert_eq!(
        (status, &answer["code"]),
        (400, &json!("A1206")),
        "{answer}"
    );
    assert_eq!(stage.dead_letters().len(), 1);
    let incident = stage.show(1);
    assert!(incident["events"].as_u64().unwrap() >= 3_998, "{incident}");
}

/// How many commits the store has seen.
fn commits(stage: &Stage) -> u64 {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_rbk"));
    command.args(["store", "show", "--format", "json"]);
    let output = command.arg(stage.path("store/agent.db")).output().unwrap();
    let shown: Value = serde_json::from_slice(&output.stdout).unwrap();
    shown["tables"]["batch"].as_u64().unwrap()
}

fn much_broken() {
    let mut stage = Stage::new();
    stage.start();
    let before = commits(&stage);
    let mut alerts = vec!["{}".to_owned(); 3_000];
    alerts.push(alert(&json!({"service": "a"})));
    let body = notification(&alerts);
    let (status, answer) = stage.post(ALERTS, body.as_bytes()).unwrap();
    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["accepted"], 1, "{answer}");
    let dead = answer["dead_letters"].as_array().unwrap();
    assert_eq!(dead.len(), 1_000);
    let (first, last) = (dead[0].to_string(), dead[999].to_string());
    assert!(!first.contains("are not kept"), "{first}");
    let more = "; 2000 more of its kind in this notification cannot be dealt with either, and are not kept";
    assert!(last.contains(more), "{last}");
    assert_eq!(stage.get("/v1/dead-letters?limit=1")["total"], 1_000);
    // Not one for each: those of the notes and of the run among them.
    let made = commits(&stage) - before;
    assert!(made < 100, "{made}");
}

/// The first time it does not come to its end: what was accepted joins the second time, and what is broken is kept then.
fn broken_again() {
    let mut stage = Stage::new();
    stage.start();
    let mut alerts = vec!["{}".to_owned(); 3];
    alerts.resize(2_500, alert(&json!({"service": "a"})));
    let body = notification(&alerts);
    let cut = &body.as_bytes()[..body.len() - 10];
    let (status, answer) = stage.post_slowly(ALERTS, cut, body.len());
    assert_eq!(status, 408, "{answer}");
    assert!(answer.to_string().contains("accepted before"), "{answer}");
    assert_eq!(stage.dead_letters().len(), 0);
    let (status, answer) = stage.post(ALERTS, body.as_bytes()).unwrap();
    assert_eq!(
        (status, &answer["accepted"]),
        (200, &json!(2_497)),
        "{answer}"
    );
    assert_eq!(answer["dead_letters"].as_array().unwrap().len(), 3);
    assert_eq!(stage.dead_letters().len(), 3);
}

fn endless() {
    let mut stage = Stage::new();
    stage.start();
    let mut body = notification(&[alert(&json!({"service": "a"}))]).into_bytes();
    body.truncate(body.len() - 2);
    body.extend(b",{\"labels\": {\"x\": \"");
    body.resize(body.len() + 10 * 1024 * 1024, b'y');
    let (status, answer) = stage.post(ALERTS, &body).unwrap();
    assert_eq!(
        (status, &answer["code"]),
        (400, &json!("A1207")),
        "{answer}"
    );
    assert_eq!(stage.dead_letters().len(), 1);
    stage.incident("a");
}

fn annotations() {
    let mut stage = Stage::new();
    stage.start();
    let odd = [
        r#"{"summary": 7, "b": null, "c": {"d": [1]}, "e": true}"#,
        r#"{"summary": "\ud800"}"#,
        r#"{"summary": "a", "summary": "b"}"#,
        r#"{"\udfff": "a"}"#,
        "[]",
        "\"text\"",
        "7",
        "null",
    ];
    for (number, annotations) in odd.iter().enumerate() {
        let mut body = alert(&json!({"service": format!("s{number}")}));
        body = body.replace(
            "\"annotations\":{}",
            &format!("\"annotations\":{annotations}"),
        );
        let (status, answer) = stage
            .post(ALERTS, notification(&[body]).as_bytes())
            .unwrap();
        assert_eq!(status, 200, "{annotations}: {answer}");
        assert_eq!(
            answer["incidents"].as_array().unwrap().len(),
            1,
            "{annotations}: {answer}"
        );
    }
    assert!(stage.dead_letters().is_empty());
}

/// As Grafana sends it, with the fields that Alertmanager does not have.
const GRAFANA: &str = include_str!("../../agent/grafana.json");

fn grafana() {
    let mut stage = Stage::new();
    stage.start();
    for path in [ALERTS, "/v1/alerts/grafana"] {
        let (status, answer) = stage.post(path, GRAFANA.as_bytes()).unwrap();
        assert_eq!(status, 200, "{answer}");
        assert_eq!(answer["incidents"], json!([1]), "{answer}");
        assert_eq!(answer["dead_letters"], json!([]), "{answer}");
    }
    stage.wait_for(1, "resolved");
    // What is dead says where it came from, by the address: what no runbook takes, and what cannot be read;
    // and so does another try of it.
    let nobody = GRAFANA.replace("\"service\"", "\"nothing\"");
    assert_ne!(nobody, GRAFANA);
    let broken = r#"{"version": "1", "orgId": 1, "alerts": [{"labels": {"instance": "a"}}]}"#;
    for body in [nobody.as_str(), broken, "{"] {
        stage.post("/v1/alerts/grafana", body.as_bytes()).unwrap();
    }
    stage.post(ALERTS, nobody.as_bytes()).unwrap();
    let letters = stage.dead_letters();
    let ids: Vec<u64> = letters
        .iter()
        .map(|one| one["id"].as_u64().unwrap())
        .collect();
    for id in ids {
        stage.post(
            &format!("/v1/dead-letters/{id}/replay"),
            b"{\"by\": \"ada\"}",
        );
    }
    let sources: Vec<String> = stage
        .dead_letters()
        .iter()
        .map(|one| one["source"].as_str().unwrap().to_owned())
        .collect();
    let of = |name: &str| sources.iter().filter(|source| *source == name).count();
    assert_eq!((of("grafana"), of("alertmanager")), (4, 2), "{sources:?}");
    let metrics = net::get(stage.port, "/metrics").unwrap();
    let dead = "rbk_events_accepted_total{source=\"grafana\",became=\"dead\"} ";
    assert!(
        metrics.contains(dead) && !metrics.contains(&format!("{dead}0\n")),
        "{metrics}"
    );
}

fn enormous_label() {
    let mut stage = Stage::new();
    stage.start();
    let long = "y".repeat(1_000_000);
    let alerts = ["a", &long, "b"].map(|service| alert(&json!({"service": service})));
    let (status, answer) = stage
        .post(ALERTS, notification(&alerts).as_bytes())
        .unwrap();
    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["incidents"].as_array().unwrap().len(), 2, "{answer}");
    assert_eq!(answer["dead_letters"][0]["code"], "A1207", "{answer}");
    assert_eq!(stage.dead_letters().len(), 1);
}

fn nulls() {
    let mut stage = Stage::new();
    stage.start();
    let nulls = r#"{"status":null,"labels":{"alertname":"ServiceDown","service":"a","team":null},
        "annotations":null,"startsAt":null,"endsAt":null,"fingerprint":null}"#;
    let body = notification(&[nulls.to_owned()]);
    let (status, answer) = stage.post(ALERTS, body.as_bytes()).unwrap();
    assert_eq!((status, &answer["dead_letters"]), (200, &json!([])));
    let id = answer["incidents"][0].as_u64().unwrap();
    stage.wait_for(id, "resolved");
}

fn missing_label() {
    let mut stage = Stage::new();
    stage.start();
    let body = notification(&[alert(&json!({"instance": "a"}))]);
    let (_, answer) = stage.post(ALERTS, body.as_bytes()).unwrap();
    let why = answer["dead_letters"][0]["why"].as_str().unwrap();
    let expected = "no runbook takes the alert `ServiceDown`: `service_down` asks for the label \
        `service`, which it lacks";
    assert_eq!(why, expected);
}

fn broken_event() {
    let mut stage = Stage::new();
    stage.start();
    let large = vec![b' '; 256 * 1024 + 1];
    let cases: [(&[u8], u16); 4] = [(b"{", 422), (b"[]", 422), (b"\xff", 400), (&large, 413)];
    for (number, (body, expected)) in cases.into_iter().enumerate() {
        let (status, answer) = stage.post("/v1/events/deploy", body).unwrap();
        assert_eq!(status, expected, "{answer}");
        let letters = stage.dead_letters();
        assert_eq!(letters.len(), number + 1, "{letters:#?}");
        let source = "event deploy";
        assert!(
            letters.iter().all(|letter| letter["source"] == source),
            "{letters:#?}"
        );
    }
}

/// Whoever sends alerts may be late: when a firing began and when it ended says which one is over.
fn late_end() {
    let mut stage = Stage::new();
    stage.start();
    let freeze = json!({"why": "a change of the network", "by": "ada"});
    stage.post("/v1/hold", freeze.to_string().as_bytes());
    let ago = |seconds: i64| {
        let moment = jiff::Timestamp::now().as_second() - seconds;
        jiff::Timestamp::from_second(moment).unwrap().to_string()
    };
    let says = |status: &str, began: &str, ended: Option<&str>| {
        let labels = json!({"alertname": "ServiceDown", "service": "a"});
        let ended = ended.unwrap_or("0001-01-01T00:00:00Z");
        let alert = json!({
            "status": status, "labels": labels, "startsAt": began, "endsAt": ended,
        });
        let body = notification(&[alert.to_string()]);
        let (status, answer) = stage.post(ALERTS, body.as_bytes()).unwrap();
        assert_eq!(status, 200, "{answer}");
        answer["incidents"][0].as_u64()
    };
    let (first, second) = (ago(50), ago(10));
    let id = says("firing", &second, None).unwrap();
    // It had ended before the one that fires began; a sender may leave out when.
    assert_eq!(says("resolved", &first, Some(&ago(20))), None);
    assert_eq!(says("resolved", &first, None), None);
    // Told after its end, it is over.
    assert_eq!(says("firing", &first, None), None);
    assert_eq!(says("resolved", &first, Some(&ago(20))), None);
    // Told with another beginning, it is the same one if it ended after that.
    assert_eq!(says("resolved", &first, Some(&ago(1))), Some(id));
    stage.wait_for_shown(id, "its alerts are resolved");
}
