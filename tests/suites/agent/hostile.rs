//! What nobody who means well sends: broken HTTP, deep and huge bodies, names that are none. Each is refused
//! with words, or the connection is closed; nothing of it ends the agent, and nothing of it is acted upon.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, TcpStream};
use std::time::Duration;

use serde_json::{Value, json};

use super::Case;
use super::stage::{ALERTS, Stage, alert, notification};

pub const CASES: &[Case] = &[
    ("broken HTTP is refused", broken_http),
    ("two readings of one request are refused", smuggling),
    ("what is too large is refused", too_large),
    ("deep JSON is refused", deep),
    ("what is no text is refused", no_text),
    ("what is packed is refused", packed),
    ("odd names and numbers are refused", odd_names),
    ("one alert that is too long costs no other", too_long_alert),
    ("an annotation costs no alert", long_annotation),
    ("what was not UTF-8 is not tried again", spoilt_again),
];

/// Sends bytes and no more, and all that comes back: the status and the rest; nothing if it is only
/// closed.
fn raw(stage: &Stage, bytes: &[u8]) -> Option<(u16, String)> {
    send(stage, bytes, false)
}

fn send(stage: &Stage, bytes: &[u8], ends: bool) -> Option<(u16, String)> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, stage.port)).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(30)))
        .unwrap();
    // It may be closed before everything is sent.
    let _ = stream.write_all(bytes);
    if ends {
        let _ = stream.shutdown(Shutdown::Write);
    }
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let status = answer.strip_prefix("HTTP/1.")?.split(' ').nth(1)?;
    Some((status.parse().unwrap(), answer))
}

fn refused(stage: &Stage, what: &str, bytes: &[u8]) {
    if let Some((status, answer)) = send(stage, bytes, true) {
        assert!((400..500).contains(&status), "{what}: {answer}");
    }
    alive(stage, what);
}

fn alive(stage: &Stage, what: &str) {
    let health = stage.get("/v1/health");
    assert_eq!(health["status"], "alive", "{what}");
}

/// Nothing has come of all that, and the agent works as before.
fn nothing_happened(stage: &Stage) {
    assert_eq!(stage.get("/v1/incidents")["incidents"], json!([]));
    assert!(stage.get("/v1/hold")["hold"].is_null());
    let misspelt = br#"{"by": "ada", "why": "x", "scop": "runbook service_down"}"#;
    let (status, answer) = stage.post("/v1/hold", misspelt).unwrap();
    assert_eq!(status, 400, "{answer}");
    assert!(stage.get("/v1/hold")["hold"].is_null());
    let log = stage.log();
    assert!(!log.contains("panicked"), "{log}");
    stage.incident("a");
}

fn post(path: &str, more: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n\
         Connection: close\r\nContent-Length: {}\r\n{more}\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

fn broken_http() {
    let mut stage = Stage::new();
    stage.start();
    let long = "x".repeat(200_000);
    for (what, text) in [
        ("nothing", String::new()),
        ("a line end", "\r\n\r\n".to_owned()),
        ("no version", "GET /v1/health\r\n\r\n".to_owned()),
        (
            "another version",
            "GET /v1/hold HTTP/9.9\r\nHost: 127.0.0.1\r\n\r\n".to_owned(),
        ),
        (
            "no method",
            " /v1/hold HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".to_owned(),
        ),
        (
            "another protocol",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(),
        ),
        ("TLS", "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}".to_owned()),
        (
            "a long path",
            format!("GET /{long} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"),
        ),
        (
            "a long header",
            format!("GET /v1/incidents HTTP/1.1\r\nHost: 127.0.0.1\r\nX: {long}\r\n\r\n"),
        ),
        (
            "many headers",
            format!(
                "GET /v1/incidents HTTP/1.1\r\nHost: 127.0.0.1\r\n{}\r\n",
                "X: y\r\n".repeat(5_000)
            ),
        ),
        (
            "a folded header",
            "POST /v1/hold HTTP/1.1\r\nHost: 127.0.0.1\r\nX: a\r\n b\r\n\r\n".to_owned(),
        ),
        (
            "a nameless header",
            "POST /v1/hold HTTP/1.1\r\nHost: 127.0.0.1\r\n: a\r\n\r\n".to_owned(),
        ),
        (
            "a zero in it",
            "POST /v1/ho\0ld HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".to_owned(),
        ),
        (
            "a tunnel",
            "CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".to_owned(),
        ),
        (
            "an unknown method",
            "BREW /v1/hold HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".to_owned(),
        ),
        (
            "another path",
            "GET /v1/../../etc/passwd HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
                .to_owned(),
        ),
    ] {
        refused(&stage, what, text.as_bytes());
    }
    nothing_happened(&stage);
}

fn smuggling() {
    let mut stage = Stage::new();
    stage.start();
    let inner = "POST /v1/hold HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
    let head =
        "POST /v1/events/deploy HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n";
    for (what, headers) in [
        (
            "two lengths",
            "Content-Length: 0\r\nContent-Length: 130\r\n\r\n",
        ),
        ("a negative length", "Content-Length: -1\r\n\r\n"),
        (
            "a length that is too large",
            "Content-Length: 99999999999999999999999\r\n\r\n",
        ),
        ("a length with a sign", "Content-Length: +0\r\n\r\n"),
        (
            "an unknown coding",
            "Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n",
        ),
        ("a wrong chunk", "Transfer-Encoding: chunked\r\n\r\nzz\r\n"),
        (
            "a huge chunk",
            "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
        ),
        (
            "an endless chunk",
            "Transfer-Encoding: chunked\r\n\r\n5;x=\"\r\n",
        ),
    ] {
        refused(&stage, what, format!("{head}{headers}{inner}").as_bytes());
    }
    nothing_happened(&stage);
}

const PATHS: [&str; 8] = [
    ALERTS,
    "/v1/events/deploy",
    "/v1/requests/service_down",
    "/v1/incidents/1/ack",
    "/v1/incidents/1/resolve",
    "/v1/incidents/1/settle",
    "/v1/freeze",
    "/v1/hold",
];

fn too_large() {
    let mut stage = Stage::new();
    stage.start();
    let body = vec![b' '; 65 * 1024 * 1024];
    for path in PATHS {
        let (status, answer) = raw(&stage, &post(path, "", &body)).unwrap_or_default();
        assert!(
            status == 0 || (400..500).contains(&status),
            "{path}: {answer}"
        );
        // Said to be large, and never sent.
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 68157440\r\n\r\n"
        );
        refused(&stage, path, head.as_bytes());
    }
    nothing_happened(&stage);
}

fn deep() {
    let mut stage = Stage::new();
    stage.start();
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let deep = format!("{}1{}", open.repeat(30_000), close.repeat(30_000));
        for path in PATHS {
            refused(&stage, path, &post(path, "", deep.as_bytes()));
        }
        for inside in [
            format!("{{\"version\":\"4\",\"alerts\":[{deep}]}}"),
            format!("{{\"version\":\"4\",\"x\":{deep},\"alerts\":[]}}"),
            format!("{{\"version\":\"4\",\"alerts\":[{{\"labels\":{deep}}}]}}"),
            format!(
                "{{\"version\":\"4\",\"alerts\":[{{\"labels\":{{\"alertname\":\"X\",\"y\":{deep}}}}}]}}"
            ),
        ] {
            raw(&stage, &post(ALERTS, "", inside.as_bytes()));
            alive(&stage, "deep inside of a notification");
        }
    }
    // An annotation decides nothing, however deep it is.
    let deep = format!("{}1{}", "[".repeat(30_000), "]".repeat(30_000));
    let one = format!(
        "{{\"status\":\"firing\",\"labels\":{{\"alertname\":\"Deep\"}},\"annotations\":{{\"x\":{deep}}}}}"
    );
    let (status, answer) = stage.post(ALERTS, notification(&[one]).as_bytes()).unwrap();
    assert_eq!(status, 200, "{answer}");
    nothing_happened(&stage);
}

fn no_text() {
    let mut stage = Stage::new();
    stage.start();
    for bad in [
        b"\xff\xfe{}".as_slice(),
        b"{\"by\":\"\xc3\x28\"}",
        b"\xed\xa0\x80",
        b"{\"by\":\"\\ud800\"}",
    ] {
        for path in &PATHS[1..] {
            let (status, answer) = raw(&stage, &post(path, "", bad)).unwrap();
            assert!((400..500).contains(&status), "{path}: {answer}");
            assert!(
                answer.contains("application/problem+json"),
                "{path}: {answer}"
            );
        }
    }
    for path in [
        "/v1/events/%ff",
        "/v1/requests/%c3%28",
        "/v1/events/%00",
        "/v1/events/",
        "/v1/events/a%2fb",
    ] {
        refused(&stage, path, &post(path, "", b"{}"));
    }
    for more in [
        "Content-Encoding: gzip\r\n",
        "Content-Type: text/html\r\n",
        "Authorization: Bearer \u{1}\r\n",
    ] {
        refused(&stage, more, &post("/v1/hold", more, b"\x1f\x8b\x08"));
    }
    nothing_happened(&stage);
}

fn packed() {
    let mut stage = Stage::new();
    stage.start();
    let whole = notification(&[alert(&json!({"service": "a"}))]);
    let asked = |path: &str, how: &str, body: &str| {
        let how = format!("Content-Encoding: {how}\r\n");
        raw(&stage, &post(path, &how, body.as_bytes())).unwrap()
    };
    for path in [ALERTS, "/v1/events/deploy", "/v1/requests/service_down"] {
        let (status, answer) = asked(path, "gzip", &whole);
        assert_eq!(status, 415, "{path}: {answer}");
        let words = "it is packed (`Content-Encoding: gzip`): send it without `Content-Encoding`";
        assert!(answer.contains(words), "{path}: {answer}");
    }
    // Somebody hears of what was meant for a runbook.
    assert_eq!(stage.dead_letters().len(), 3);
    let hold = r#"{"by": "ada", "why": "x"}"#;
    let (status, answer) = asked("/v1/hold", "br", hold);
    assert_eq!(status, 415, "{answer}");
    nothing_happened(&stage);
    let other = notification(&[alert(&json!({"service": "b"}))]);
    let (status, answer) = asked(ALERTS, "identity", &other);
    assert_eq!(status, 200, "{answer}");
    assert!(answer.contains("\"accepted\":1"), "{answer}");
}

fn odd_names() {
    let mut stage = Stage::new();
    stage.start();
    let long = "n".repeat(100_000);
    let mut labels = serde_json::Map::new();
    for number in 0..5_000 {
        labels.insert(format!("l{number}"), "x".into());
    }
    labels.insert("alertname".into(), "ServiceDown".into());
    for one in [
        alert(&json!({ (long.as_str()): "x", "service": "a" })),
        alert(&Value::Object(labels)),
        alert(&json!({"service": long})),
        alert(&json!({"service": {"a": 1}})),
        "{\"labels\":{\"alertname\":\"ServiceDown\",\"service\":\"a\"},\"startsAt\":\"99999999-01-01\"}".to_owned(),
        "{\"labels\":{\"alertname\":\"ServiceDown\",\"service\":\"a\"},\"status\":1e999}".to_owned(),
        "{\"labels\":[]}".to_owned(),
        "1e999999999".to_owned(),
        "null".to_owned(),
    ] {
        let (status, answer) = stage.post(ALERTS, notification(&[one]).as_bytes()).unwrap();
        assert_eq!((status, &answer["accepted"]), (200, &json!(0)), "{answer}");
        let letters = answer["dead_letters"].as_array().unwrap();
        assert_eq!(letters.len(), 1, "{answer}");
    }
    for path in [
        "/v1/incidents/-1",
        "/v1/incidents/99999999999999999999999",
        "/v1/incidents/1%00",
        "/v1/incidents?limit=-1",
        "/v1/incidents?limit=99999999999999999999",
        "/v1/incidents?before=x&before=y",
        "/v1/dead-letters/18446744073709551615",
        "/v1/dead-letters?limit=0",
    ] {
        let text = format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
        let (status, answer) = raw(&stage, text.as_bytes()).unwrap();
        assert!((400..500).contains(&status), "{path}: {answer}");
    }
    nothing_happened(&stage);
}

fn too_long_alert() {
    let mut stage = Stage::new();
    stage.start();
    let long = json!({
        "labels": {"alertname": "Long", "service": "b", "text": "y".repeat(9 * 1024 * 1024)},
    });
    let alerts = [
        alert(&json!({"service": "a"})),
        long.to_string(),
        alert(&json!({"service": "c"})),
    ];
    let (status, answer) = stage
        .post(ALERTS, notification(&alerts).as_bytes())
        .unwrap();
    assert_eq!((status, &answer["accepted"]), (200, &json!(2)), "{answer}");
    assert_eq!(answer["incidents"], json!([1, 2]));
    let letters = stage.dead_letters();
    assert_eq!(letters.len(), 1, "{letters:#?}");
    assert_eq!(letters[0]["code"], "A1207");
    let why = letters[0]["why"].as_str().unwrap();
    assert!(
        why.contains("bytes") && why.contains("first 65536"),
        "{why}"
    );
    let body = letters[0]["body"].as_str().unwrap();
    assert!((60_000..=65_536).contains(&body.len()), "{}", body.len());
    // Only its beginning is there.
    let (status, answer) = stage.post("/v1/dead-letters/1/replay", b"").unwrap();
    assert_eq!(status, 409, "{answer}");
    assert!(
        answer.to_string().contains("only its beginning"),
        "{answer}"
    );
}

/// What people read may be as long as it likes.
fn long_annotation() {
    let mut stage = Stage::new();
    stage.start();
    let mut long: Value = serde_json::from_str(&alert(&json!({"service": "a"}))).unwrap();
    long["annotations"] = json!({"text": "y".repeat(9 * 1024 * 1024), "summary": "it is down"});
    let (status, answer) = stage
        .post(ALERTS, notification(&[long.to_string()]).as_bytes())
        .unwrap();
    assert_eq!((status, &answer["accepted"]), (200, &json!(1)), "{answer}");
    assert_eq!(answer["incidents"], json!([1]));
    assert!(stage.dead_letters().is_empty());
    stage.wait_for(1, "resolved");
}

fn spoilt_again() {
    let mut stage = Stage::new();
    stage.start();
    let event = b"{\"service\": \"web\xff\"}";
    let (status, _) = stage.post("/v1/events/deploy", event).unwrap();
    assert_eq!(status, 400);
    let mut body = b"{\"version\":\"4\",\"alerts\":[{\"labels\":{\"alertname\":\"ServiceDown\",\"service\":\"a".to_vec();
    body.extend(b"\xff\"}}]}");
    stage.post(ALERTS, &body).unwrap();
    for id in [1, 2] {
        let path = format!("/v1/dead-letters/{id}/replay");
        let (status, answer) = stage.post(&path, b"").unwrap();
        assert_eq!(status, 409, "{answer}");
        assert!(answer.to_string().contains("it was not UTF-8"), "{answer}");
    }
    nothing_happened(&stage);
}
