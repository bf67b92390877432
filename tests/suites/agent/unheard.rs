//! What no route hears of: half a request, what is no HTTP, what is too long to be read.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

use serde_json::Value;

use super::Case;
use super::stage::{ALERTS, Stage};
use crate::harness::net;

pub const CASES: &[Case] = &[
    ("half a request is not waited for", half_requests),
    ("what is no HTTP is refused like everything else", no_http),
];

const HOST: &str = "Host: 127.0.0.1:7117";
const JSON: &str = "Content-Type: application/json";

fn half_requests() {
    let mut stage = Stage::new();
    stage.start();
    let connect = |text: &str| {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, stage.port)).unwrap();
        let patience = Some(Duration::from_secs(30));
        stream.set_read_timeout(patience).unwrap();
        stream.write_all(text.as_bytes()).unwrap();
        stream
    };
    let silent = connect("");
    let head = connect("GET /v1/incidents HTTP/1.1\r\nHost: 127.0.0.1\r\n");
    let bodies = [ALERTS, "/v1/events/deploy", "/v1/hold"].map(|path| {
        connect(&format!(
            "POST {path} HTTP/1.1\r\n{HOST}\r\n{JSON}\r\nContent-Length: 99\r\n\r\n{{"
        ))
    });
    let rest = |mut stream: TcpStream| {
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        String::from_utf8(answer).unwrap()
    };
    for stream in bodies {
        let answer = rest(stream);
        assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
        assert!(answer.contains("application/problem+json"), "{answer}");
    }
    let answer = rest(head);
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(answer.contains("application/problem+json"), "{answer}");
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    let body: Value = serde_json::from_str(body).unwrap();
    assert_eq!(body["status"], 408, "{body}");
    // One that said nothing has asked for nothing.
    assert_eq!(rest(silent), "");
    // What came so far is nothing yet: its sender tries again.
    assert!(stage.dead_letters().is_empty());
    stage.incident("a");
}

/// How many calls were refused for this, by the agent's own count.
fn refused(port: u16, reason: &str) -> u64 {
    let metrics = net::get(port, "/metrics").unwrap();
    let line = format!("rbk_calls_refused_total{{reason=\"{reason}\"}} ");
    let line = metrics.lines().find_map(|one| one.strip_prefix(&line));
    line.unwrap().parse().unwrap()
}

/// What no route hears of is answered in the one form, counted and said.
fn no_http() {
    let mut stage = Stage::new();
    stage.start();
    let long = format!("X-Long: {}", "x".repeat(600_000));
    let many: Vec<String> = (0..200).map(|n| format!("X-{n}: y")).collect();
    let sent = [
        (400, "malformed", "no HTTP at all\r\n\r\n".to_owned()),
        (
            400,
            "malformed",
            format!("GET /v1/incidents HTTP/9.9\r\n{HOST}\r\n\r\n"),
        ),
        (
            400,
            "malformed",
            format!("GET /v1/incidents HTTP/1.1\r\n{HOST}\r\nX y z\r\n\r\n"),
        ),
        // A greeting of TLS, and one of HTTP/2.
        (
            400,
            "malformed",
            "\u{16}\u{3}\u{1}\0\u{5}\u{1}\0\0\r\n".to_owned(),
        ),
        (
            400,
            "malformed",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(),
        ),
        (
            431,
            "too_large",
            format!("GET / HTTP/1.1\r\n{HOST}\r\n{}\r\n\r\n", many.join("\r\n")),
        ),
        (
            431,
            "too_large",
            format!("GET / HTTP/1.1\r\n{HOST}\r\n{long}\r\n\r\n"),
        ),
        (
            414,
            "too_large",
            format!("GET /{} HTTP/1.1\r\n{HOST}\r\n\r\n", "x".repeat(70_000)),
        ),
    ];
    let counted = |reason: &str| refused(stage.port, reason);
    for (expected, reason, text) in sent {
        let (shown, before) = (text.chars().take(60).collect::<String>(), counted(reason));
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, stage.port)).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(30)))
            .unwrap();
        // One that is too long is not read to its end.
        let _ = stream.write_all(text.as_bytes());
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        let answer = String::from_utf8(answer).unwrap();
        let status = format!("HTTP/1.1 {expected} ");
        assert!(answer.starts_with(&status), "{shown}: {answer}");
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.contains("application/problem+json"), "{shown}: {head}");
        let body: Value = serde_json::from_str(body).unwrap();
        assert_eq!(body["status"], expected, "{shown}: {body}");
        assert_eq!(counted(reason), before + 1, "{shown}");
    }
    // Behind a call that is answered, it is refused all the same.
    let before = counted("malformed");
    let call = format!("GET /v1/health HTTP/1.1\r\n{HOST}\r\n\r\n");
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, stage.port)).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(30)))
        .unwrap();
    stream
        .write_all(format!("{call}and no HTTP\r\n\r\n").as_bytes())
        .unwrap();
    let mut answers = String::new();
    stream.read_to_string(&mut answers).unwrap();
    assert!(answers.starts_with("HTTP/1.1 200 "), "{answers}");
    assert!(answers.contains("HTTP/1.1 400 "), "{answers}");
    assert_eq!(counted("malformed"), before + 1);
    stage.wait_for_log("malformed");
    stage.incident("a");
}
