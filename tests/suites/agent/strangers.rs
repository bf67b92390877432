//! Calls that nobody asked for: of other pages and other hosts, with wrong tokens, of the wrong kind.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

use serde_json::{Value, json};

use super::Case;
use super::stage::{ALERTS, Stage, alert, notification};
use crate::harness::wait;

pub const CASES: &[Case] = &[
    ("a page of another origin is refused", other_origin),
    ("a name that was rebound is refused", rebound),
    ("a body has to be said to be JSON", json_only),
    ("a caller may do what its kinds say", kinds),
    ("callers are taken anew", callers_anew),
    ("every error has one form", one_form),
    ("a call is refused in the agent's own words", own_words),
    ("the log says which calls were refused", refusals),
];

/// One call with headers of one's own: the status, the headers, and the body.
fn call(stage: &Stage, line: &str, headers: &[&str], body: &str) -> (u16, String, Value) {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, stage.port)).unwrap();
    let patience = Some(Duration::from_secs(30));
    stream.set_read_timeout(patience).unwrap();
    let mut text = format!("{line} HTTP/1.1\r\nConnection: close\r\n");
    for header in headers {
        text += &format!("{header}\r\n");
    }
    if !body.is_empty() {
        text += &format!("Content-Length: {}\r\n", body.len());
    }
    text += &format!("\r\n{body}");
    stream.write_all(text.as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let body = serde_json::from_str(body).unwrap_or(Value::Null);
    (status, head.to_ascii_lowercase(), body)
}

const HOST: &str = "Host: 127.0.0.1:7117";
const JSON: &str = "Content-Type: application/json";

fn hold(stage: &Stage, headers: &[&str]) -> (u16, Value) {
    let (status, _, body) = call(
        stage,
        "POST /v1/hold",
        headers,
        "{\"by\":\"eve\",\"why\":\"x\"}",
    );
    (status, body)
}

fn is_held(stage: &Stage) -> bool {
    !stage.get("/v1/hold")["hold"].is_null()
}

fn other_origin() {
    let mut stage = Stage::new();
    stage.start();
    for page in [
        "Origin: https://evil.example.com",
        "Origin: http://127.0.0.1:3000",
        "Origin: http://localhost:7117",
        "Origin: null",
        "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: same-site",
    ] {
        let (status, body) = hold(&stage, &[HOST, JSON, page]);
        assert_eq!((status, &body["code"]), (403, &json!("A1232")), "{page}");
        let (status, ..) = call(&stage, "GET /v1/incidents", &[HOST, page], "");
        assert_eq!(status, 403, "{page}");
        let (status, ..) = call(&stage, "DELETE /v1/hold", &[HOST, page], "");
        assert_eq!(status, 403, "{page}");
    }
    // What a browser asks before it sends anything else is not granted either.
    let asks = [
        HOST,
        "Origin: https://evil.example.com",
        "Access-Control-Request-Method: DELETE",
    ];
    let (status, head, _) = call(&stage, "OPTIONS /v1/hold", &asks, "");
    assert_eq!(status, 403);
    assert!(!head.contains("access-control-allow"), "{head}");
    assert!(!is_held(&stage));
    stage.wait_for_log("calls were refused");
    let own = [HOST, JSON, "Origin: http://127.0.0.1:7117"];
    assert_eq!(hold(&stage, &own).0, 200);
    assert!(is_held(&stage));
}

fn rebound() {
    let mut stage = Stage::new();
    let listen = format!("listen = \"127.0.0.1:{}\"", stage.port);
    let named = format!("{listen}\nnames = [\"rbk.shop.svc\"]");
    stage.change("agent.toml", &listen, &named);
    stage.start();
    for host in [
        "Host: evil.example.com",
        "Host: evil.example.com:7117",
        "Host: localhost.evil.example.com",
        "Host: 127.0.0.1.evil.example.com",
        "Host: user@127.0.0.1",
        "Host: ",
    ] {
        let (status, body) = hold(&stage, &[host, JSON]);
        assert!(status == 421 || status == 400, "{host}: {status} {body}");
        let (status, ..) = call(&stage, "GET /v1/health", &[host], "");
        assert!(status == 421 || status == 400, "{host}: {status}");
    }
    // No host, two hosts, and one in the target that the header does not tell of.
    assert_eq!(hold(&stage, &[JSON]).0, 400);
    let two = [HOST, "Host: evil.example.com", JSON];
    assert_eq!(hold(&stage, &two).0, 400);
    let target = "GET http://evil.example.com/v1/incidents";
    assert_eq!(call(&stage, target, &[HOST], "").0, 421);
    assert!(!is_held(&stage));
    for host in ["Host: localhost:1", "Host: [::1]", "Host: RBK.shop.svc:80"] {
        let (status, ..) = call(&stage, "GET /v1/incidents", &[host], "");
        assert_eq!(status, 200, "{host}");
    }
}

fn callers_anew() {
    const ADA: &str = "Authorization: Bearer token-of-ada";
    const BOB: &str = "Authorization: Bearer token-of-bob";
    let mut stage = Stage::new();
    std::fs::write(stage.path("ada"), "token-of-ada").unwrap();
    std::fs::write(stage.path("bob"), "token-of-bob").unwrap();
    let named = |name: &str| {
        format!(
            "[[callers]]\nname = \"{name}\"\ntoken = {{ file = \"{name}\" }}\nroles = [\"builder\"]\n\n"
        )
    };
    stage.start();
    let asked = |stage: &Stage, headers: &[&str]| call(stage, "GET /v1/incidents", headers, "").0;
    let becomes = |stage: &Stage, status: u16, headers: &[&str]| {
        let now = || (asked(stage, headers) == status).then_some(());
        wait::until(&format!("{status} of {headers:?}"), now, || stage.log());
    };
    assert_eq!(asked(&stage, &[HOST]), 200);
    stage.change("agent.toml", "[grants]", &(named("ada") + "[grants]"));
    becomes(&stage, 401, &[HOST]);
    assert_eq!(asked(&stage, &[HOST, ADA]), 200);
    stage.change("agent.toml", &named("ada"), &named("bob"));
    becomes(&stage, 401, &[HOST, ADA]);
    assert_eq!(asked(&stage, &[HOST, BOB]), 200);
    // A token that cannot be read leaves those who are known.
    stage.change("agent.toml", "file = \"bob\"", "file = \"nobody\"");
    stage.wait_for_log("not loaded, the last good package goes on");
    assert_eq!(asked(&stage, &[HOST, BOB]), 200);
    assert_eq!(asked(&stage, &[HOST]), 401);
}

fn json_only() {
    let mut stage = Stage::new();
    stage.start();
    let alerts = notification(&[alert(&json!({"service": "a"}))]);
    for kind in [
        "Content-Type: text/plain",
        "Content-Type: application/x-www-form-urlencoded",
        "Content-Type: application/jsonp",
        "X-Nothing: 1",
    ] {
        let (status, _, body) = call(&stage, &format!("POST {ALERTS}"), &[HOST, kind], &alerts);
        assert_eq!(status, 415, "{kind}: {body}");
        assert_eq!(hold(&stage, &[HOST, kind]).0, 415, "{kind}");
        let release = "{\"by\":\"eve\",\"why\":\"x\"}";
        let (status, _, body) = call(&stage, "DELETE /v1/hold", &[HOST, kind], release);
        assert_eq!(status, 415, "{kind}: {body}");
    }
    // Also where nothing is sent along.
    let (status, _, body) = call(&stage, "POST /v1/incidents/1/ack", &[HOST], "");
    assert_eq!(status, 415, "{body}");
    assert_eq!(stage.get("/v1/incidents")["incidents"], json!([]));
    let kind = "Content-Type: Application/JSON; charset=utf-8";
    let (status, _, body) = call(&stage, &format!("POST {ALERTS}"), &[HOST, kind], &alerts);
    assert_eq!(status, 200, "{body}");
}

const CALLERS: &str = r#"
[[callers]]
name = "ada"
token = { env = "ADA" }
roles = ["first"]

[[callers]]
name = "alertmanager"
token = { env = "SENDER" }
kinds = ["send"]

[[callers]]
name = "prometheus"
token = { env = "VIEWER" }
kinds = ["view"]

[grants]"#;

fn kinds() {
    let mut stage = Stage::new();
    stage.change("agent.toml", "\n[grants]", CALLERS);
    let variables = [
        ("ADA", "token-of-ada"),
        ("SENDER", "token-of-sender"),
        ("VIEWER", "token-of-viewer"),
    ];
    stage.variables = variables
        .map(|(name, token)| (name.to_owned(), token.to_owned()))
        .to_vec();
    stage.start();
    let alerts = notification(&[alert(&json!({"service": "a"}))]);
    let calls = [
        ("send", format!("POST {ALERTS}"), alerts.as_str()),
        ("send", "POST /v1/events/deploy".to_owned(), "{}"),
        ("view", "GET /v1/incidents".to_owned(), ""),
        ("view", "GET /v1/incidents/1".to_owned(), ""),
        ("view", "GET /v1/dead-letters".to_owned(), ""),
        ("view", "GET /v1/freeze".to_owned(), ""),
        ("view", "GET /v1/hold".to_owned(), ""),
        ("operate", "POST /v1/incidents/1/ack".to_owned(), "{}"),
        ("operate", "POST /v1/incidents/1/resolve".to_owned(), "{}"),
        ("operate", "POST /v1/requests/nothing".to_owned(), "{}"),
        ("operate", "POST /v1/freeze".to_owned(), "{}"),
        ("operate", "DELETE /v1/freeze".to_owned(), ""),
        ("operate", "POST /v1/hold".to_owned(), "{}"),
        ("operate", "DELETE /v1/hold".to_owned(), ""),
    ];
    let tokens = [
        ("token-of-sender", &["send"] as &[_]),
        ("token-of-viewer", &["view"]),
        ("token-of-ada", &["send", "view", "operate"]),
    ];
    for (token, may) in tokens {
        let bearer = format!("Authorization: Bearer {token}");
        for (kind, line, body) in &calls {
            let (status, _, answer) = call(&stage, line, &[HOST, JSON, &bearer], body);
            let refused = status == 403 && answer["code"] == "A1230";
            assert_eq!(
                !refused,
                may.contains(kind),
                "{token} {line}: {status} {answer}"
            );
        }
    }
    let host = "Host: rbk.elsewhere.example.com";
    for wrong in [
        "X-Nothing: 1",
        "Authorization: Bearer token-of-adb",
        "Authorization: Bearer token-of-ad",
        "Authorization: Bearer ",
        "Authorization: Basic token-of-ada",
        "Authorization: token-of-ada",
    ] {
        for (_, line, body) in &calls {
            let (status, head, answer) = call(&stage, line, &[HOST, JSON, wrong], body);
            assert_eq!(
                (status, &answer["code"]),
                (401, &json!("A1220")),
                "{wrong} {line}"
            );
            assert!(head.contains("www-authenticate: bearer"), "{head}");
        }
        // Nothing says that the agent is called this.
        let (status, ..) = call(&stage, "GET /v1/health", &[host, wrong], "");
        assert_eq!(status, 421, "{wrong}");
    }
    // The token does.
    let ada = [host, "Authorization: bearer token-of-ada"];
    assert_eq!(call(&stage, "GET /v1/incidents", &ada, "").0, 200);
}

fn one_form() {
    let mut stage = Stage::new();
    stage.start();
    let calls = [
        (404, "GET /v1/nothing", ""),
        (404, "GET /v1/incidents/77", ""),
        (404, "GET /v1/incidents/seven", ""),
        (400, "GET /v1/incidents/%ff", ""),
        (400, "GET /v1/incidents?open=perhaps", ""),
        (400, "GET /v1/incidents?opne=true", ""),
        (405, "PATCH /v1/incidents", ""),
        (405, "GET /v1/events/deploy", ""),
        (400, "POST /v1/hold", "{"),
        (400, "POST /v1/hold", "{}"),
        (400, "POST /v1/hold", r#"{"by": "ada"}"#),
        (400, "DELETE /v1/hold", ""),
        (400, "DELETE /v1/hold", r#"{"by": "ada"}"#),
        (409, "DELETE /v1/hold", r#"{"by": "ada", "why": "x"}"#),
        (400, "POST /v1/incidents/77/resolve", r#"{"by": "ada"}"#),
        (400, "POST /v1/alerts/alertmanager", "{}"),
        (413, "POST /v1/hold", &" ".repeat(64 * 1024 + 1)),
    ];
    for (expected, line, body) in calls {
        let (status, head, answer) = call(&stage, line, &[HOST, JSON], body);
        assert_eq!(status, expected, "{line}: {answer}");
        assert!(
            head.contains("content-type: application/problem+json"),
            "{line}: {head}"
        );
        assert_eq!(answer["status"], expected, "{line}: {answer}");
        for member in ["type", "title", "detail"] {
            assert!(answer[member].is_string(), "{line}: {answer}");
        }
        assert_eq!(answer["error"]["message"], answer["detail"], "{line}");
    }
}

fn own_words() {
    let mut stage = Stage::new();
    stage.start();
    for (line, expected) in [
        (
            "GET /v1/incidents?limit=abc",
            "`limit` is a number, and not `abc`",
        ),
        (
            "GET /v1/incidents?open=perhaps",
            "`open` is `true` or `false`, and not `perhaps`",
        ),
        (
            "GET /v1/incidents?before=7&before=8",
            "`before` is given twice",
        ),
        (
            "GET /v1/incidents?opne=true",
            "nothing is called `opne` here: known are `open`, `before`, `limit`",
        ),
        (
            "GET /v1/incidents/7?from=-1",
            "`from` is a number, and not `-1`",
        ),
        (
            "GET /v1/dead-letters?limit=1e9",
            "`limit` is a number, and not `1e9`",
        ),
        (
            "GET /v1/dead-letters/7?limit=1",
            "nothing is called `limit` here: this call takes no query",
        ),
        (
            "POST /v1/requests/mend?instance=web-1",
            "nothing is called `instance` here: this call takes no query",
        ),
        (
            "POST /v1/dead-letters/7/replay?by=ada",
            "nothing is called `by` here: this call takes no query",
        ),
        (
            "GET /v1/hold?scope=all",
            "nothing is called `scope` here: this call takes no query",
        ),
        (
            "GET /v1/storms?open=true",
            "nothing is called `open` here: this call takes no query",
        ),
        (
            "GET /v1/ready?now",
            "nothing is called `now` here: this call takes no query",
        ),
        (
            "GET /metrics?name=x",
            "nothing is called `name` here: this call takes no query",
        ),
        (
            "POST /v1/hold?scope=product%20shop",
            "nothing is called `scope` here: this call takes no query",
        ),
        (
            "DELETE /v1/hold?scope=product%20shop",
            "nothing is called `scope` here: this call takes no query",
        ),
        (
            "POST /v1/incidents/7/ack?by=ada",
            "nothing is called `by` here: this call takes no query",
        ),
        ("POST /v1/pages/abc/ack", "a page is named by its number"),
        (
            "POST /v1/incidents/abc/ack",
            "an incident is named by its number",
        ),
    ] {
        let (_, _, answer) = call(&stage, line, &[HOST, JSON], "");
        assert_eq!(answer["detail"], expected, "{line}");
    }
}

/// The route, who it was, and why; never the token.
fn refusals() {
    let mut stage = Stage::new();
    std::fs::write(stage.path("token"), "looking-glass\n").unwrap();
    let caller = format!(
        "\n[[callers]]\nname = \"viewer\"\ntoken = {{ file = {:?} }}\nkinds = [\"view\"]\n",
        stage.path("token")
    );
    let settings = std::fs::read_to_string(stage.path("agent.toml")).unwrap();
    std::fs::write(stage.path("agent.toml"), settings + &caller).unwrap();
    stage.start();
    let token = "Authorization: Bearer looking-glass";
    for (expected, line, headers) in [
        (401, "GET /v1/incidents", vec![HOST]),
        (403, "DELETE /v1/hold", vec![HOST, JSON, token]),
        (421, "GET /v1/storms", vec!["Host: evil.example.com"]),
    ] {
        let (status, _, answer) = call(&stage, line, &headers, "");
        assert_eq!(status, expected, "{line}: {answer}");
        stage.wait_for_log(line);
    }
    stage.wait_for_log("`viewer` may not do this");
    let log = stage.log();
    let line = log.lines().find(|line| line.contains("DELETE /v1/hold"));
    assert!(line.unwrap().contains("viewer"), "{log}");
    let line = log.lines().find(|line| line.contains("GET /v1/incidents"));
    assert!(line.unwrap().contains("nobody known"), "{log}");
    assert!(!log.contains("looking-glass"), "{log}");
}
