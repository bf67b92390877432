//! The module `http`: what counts as an answer, and what a change is known to have done.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use rbk::facade::connect::{Arg, Ask, Came};

use super::{Case, SECRET, ask, connectors, field, run, words};
use crate::harness::server::{Server, closed_port};

pub const CASES: &[Case] = &[
    ("any status is an answer", any_status_is_an_answer),
    ("a redirect is not followed", a_redirect_is_not_followed),
    (
        "a body is cut where one sees it",
        a_body_is_cut_where_one_sees_it,
    ),
    (
        "an answer that breaks off is none",
        an_answer_that_breaks_off_is_none,
    ),
    (
        "a secret goes out and not back",
        a_secret_goes_out_and_not_back,
    ),
    (
        "an unknown secret sends nothing",
        an_unknown_secret_sends_nothing,
    ),
    (
        "a status decides about a change",
        a_status_decides_about_a_change,
    ),
    (
        "silence leaves a change unknown",
        silence_leaves_a_change_unknown,
    ),
    ("refused means not sent", refused_means_not_sent),
    ("looks keep their connection", looks_keep_their_connection),
    (
        "a kept connection that is dead costs no look",
        a_dead_connection_costs_no_look,
    ),
    ("json is written by the host", json_is_written_by_the_host),
    ("what is no json is not sent", what_is_no_json_is_not_sent),
];

fn get(url: String, auth: Arg) -> Ask {
    ask("http.get", vec![("url", Arg::Url(url)), ("auth", auth)])
}

fn post(url: String, body: &str, auth: Arg) -> Ask {
    let args = vec![
        ("url", Arg::Url(url)),
        ("body", Arg::Text(body.into())),
        ("auth", auth),
    ];
    ask("http.post", args)
}

fn any_status_is_an_answer() {
    for status in [200, 404, 503] {
        let server = Server::plain(status, "text/plain", "as it is\n\u{7}");
        let came = run(connectors("").observe(get(server.url(), Arg::None)));
        assert_eq!(field(&came, "status"), status.to_string());
        assert_eq!(field(&came, "body"), "as it is\n\u{7}");
    }
}

/// A server that answers so many requests of a connection and closes it when the next one comes; how
/// many connections there were.
fn keeping(most: usize) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let connections = Arc::new(AtomicUsize::new(0));
    let count = connections.clone();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            count.fetch_add(1, Ordering::SeqCst);
            thread::spawn(move || {
                let mut request = [0; 4096];
                let mut answered = 0;
                while matches!(stream.read(&mut request), Ok(1..)) && answered < most {
                    let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
                    stream.write_all(answer).unwrap();
                    answered += 1;
                }
            });
        }
    });
    (url, connections)
}

fn looks_keep_their_connection() {
    let (url, connections) = keeping(usize::MAX);
    run(async {
        let connectors = connectors("");
        for _ in 0..5 {
            let came = connectors.observe(get(url.clone(), Arg::None)).await;
            assert_eq!(field(&came, "body"), "ok");
        }
        // One is free again a moment after its answer: on a busy machine the next look may miss that.
        let kept = connections.load(Ordering::SeqCst);
        assert!(kept < 5, "{kept}");
        // Whatever changes something has one of its own.
        for _ in 0..2 {
            connectors.perform(post(url.clone(), "", Arg::None)).await;
        }
        assert_eq!(connections.load(Ordering::SeqCst), kept + 2);
    });
}

fn a_dead_connection_costs_no_look() {
    let (url, connections) = keeping(1);
    run(async {
        let connectors = connectors("");
        for _ in 0..5 {
            let came = connectors.observe(get(url.clone(), Arg::None)).await;
            assert_eq!(field(&came, "body"), "ok");
        }
    });
    assert!(connections.load(Ordering::SeqCst) >= 5);
}

fn a_redirect_is_not_followed() {
    let server = Server::plain(302, "text/plain", "");
    let came = run(connectors("").observe(get(server.url(), Arg::None)));
    assert_eq!(field(&came, "status"), "302");
    assert_eq!(server.asked().len(), 1);
}

fn a_body_is_cut_where_one_sees_it() {
    let server = Server::plain(200, "text/plain", "é".repeat(1024 * 1024));
    let came = run(connectors("").observe(get(server.url(), Arg::None)));
    let body = field(&came, "body");
    assert!(body.len() <= 1024 * 1024 && body.len() > 1024 * 1024 - 100);
    assert!(body.ends_with("\n[cut: there was more than 1 MiB]"));
}

fn an_answer_that_breaks_off_is_none() {
    let half = |stream: &mut TcpStream| {
        let head = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\nConnection: close\r\n\r\nhalf";
        drop(stream.write_all(head.as_bytes()));
    };
    let server = Server::new(move |_, stream| half(stream));
    let came = run(connectors("").observe(get(server.url(), Arg::None)));
    assert!(words(&came).contains("broke off"), "{came:?}");
    // What the status said holds for a change: it was read and answered.
    let came = run(connectors("").perform(post(server.url(), "x", Arg::None)));
    assert_eq!(came, Came::Applied);
}

fn a_secret_goes_out_and_not_back() {
    let server = Server::new(|request, stream| {
        crate::harness::server::respond(stream, 200, "text/plain", &format!("you sent {request}"));
    });
    let came = run(connectors("").observe(get(server.url(), Arg::Secret("token".into()))));
    assert!(server.asked()[0].contains(&format!("Bearer {SECRET}")));
    let body = field(&came, "body");
    assert!(body.contains("Bearer [secret token]"), "{body}");
}

fn an_unknown_secret_sends_nothing() {
    let server = Server::plain(200, "text/plain", "");
    let came = run(connectors("").observe(get(server.url(), Arg::Secret("other".into()))));
    assert!(words(&came).contains("no secret `other`"));
    let came = run(connectors("").perform(post(server.url(), "", Arg::Secret("other".into()))));
    assert!(matches!(came, Came::NotApplied(_)));
    assert_eq!(server.asked().len(), 0);
}

fn a_status_decides_about_a_change() {
    let words = |status: u16| format!("answered with status {status}: `<h1>no\\u{{202e}}`");
    let not_applied = |status: u16| (status, Came::NotApplied(words(status)));
    let of = |came: Came| move |status: u16| (status, came.clone());
    let applied = [200, 201, 202, 204].map(of(Came::Applied));
    let unknown = [408, 409, 425, 429, 500, 502, 503, 504, 599].map(of(Came::Unknown));
    let refused = [300, 302, 307, 400, 401, 404, 410, 422, 499].map(not_applied);
    for (status, expected) in applied.into_iter().chain(unknown).chain(refused) {
        let server = Server::plain(status, "text/html", "<h1>no\u{202e}\n");
        let mut call = post(server.url(), "{\"on\":false}", Arg::None);
        call.key = "incident-1/run-1/step-1".into();
        let came = run(connectors("").perform(call));
        assert_eq!(came, expected, "{status}");
        let asked = server.asked();
        assert_eq!(asked.len(), 1, "nothing is sent twice");
        let keys = asked[0].to_lowercase().matches("idempotency-key:").count();
        assert_eq!(keys, 1, "there is one key");
        assert!(asked[0].contains("content-type: application/json"));
        assert!(asked[0].contains("idempotency-key: incident-1/run-1/step-1"));
        assert!(asked[0].ends_with("\r\n\r\n{\"on\":false}"));
    }
}

fn silence_leaves_a_change_unknown() {
    let server = Server::silent();
    let mut call = post(server.url(), "x", Arg::None);
    call.patience = 1_000;
    assert_eq!(run(connectors("").perform(call)), Came::Unknown);
    // Closed without a word, after the request was read.
    let server = Server::new(|_, _| {});
    let came = run(connectors("").perform(post(server.url(), "x", Arg::None)));
    assert_eq!(came, Came::Unknown);
}

fn post_json(url: String, json: Arg) -> Ask {
    let args = vec![
        ("url", Arg::Url(url)),
        ("body", Arg::Text(String::new())),
        ("json", json),
        ("auth", Arg::None),
    ];
    ask("http.post", args)
}

fn json_is_written_by_the_host() {
    let json = || {
        Arg::Map(vec![
            ("note", Arg::Text("\"},{\"limit\":\"all\\\n".into())),
            ("limit", Arg::Text("db-1".into())),
            (
                "times",
                Arg::Map(vec![("b", Arg::Int(2)), ("a", Arg::None)]),
            ),
            ("for", Arg::Duration(90_000)),
        ])
    };
    let server = Server::plain(200, "text/plain", "");
    for _ in 0..2 {
        let came = run(connectors("").perform(post_json(server.url(), json())));
        assert_eq!(came, Came::Applied);
    }
    let sent = r#"{"for":"1m30s","limit":"db-1","note":"\"},{\"limit\":\"all\\\n","times":{"a":null,"b":2}}"#;
    for asked in server.asked() {
        assert!(
            asked.contains("content-type: application/json\r\n"),
            "{asked}"
        );
        assert!(asked.ends_with(&format!("\r\n\r\n{sent}")), "{asked}");
    }
    // None of both is an empty body.
    let came = run(connectors("").perform(post_json(server.url(), Arg::None)));
    assert_eq!(came, Came::Applied);
    assert!(server.asked()[2].ends_with("\r\n\r\n"));
}

fn what_is_no_json_is_not_sent() {
    let server = Server::plain(200, "text/plain", "");
    let mut deep = Arg::Int(1);
    for _ in 0..100 {
        deep = Arg::Map(vec![("a", deep)]);
    }
    let long = "x".repeat(1024 * 1024);
    for (json, why) in [
        (
            Arg::Map(vec![("a", Arg::Host("web-1".into()))]),
            "not written",
        ),
        (
            Arg::Map(vec![("a", Arg::Secret("token".into()))]),
            "not written",
        ),
        (deep, "nested deeper"),
        (Arg::Map(vec![("a", Arg::Text(long))]), "longer than 1 MiB"),
    ] {
        let came = run(connectors("").perform(post_json(server.url(), json)));
        assert!(matches!(came, Came::NotApplied(_)));
        assert!(words(&came).contains(why), "{came:?}");
    }
    assert_eq!(server.asked().len(), 0);
}

fn refused_means_not_sent() {
    let url = format!("http://127.0.0.1:{}/", closed_port());
    let came = run(connectors("").perform(post(url.clone(), "x", Arg::None)));
    assert!(words(&came).contains("refused"), "{came:?}");
    assert!(matches!(came, Came::NotApplied(_)));
    let came = run(connectors("").observe(get(url, Arg::None)));
    assert!(words(&came).contains("refused"), "{came:?}");
}
