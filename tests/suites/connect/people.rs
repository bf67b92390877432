//! Reaching people: a message that did not arrive is known not to have arrived, and nothing that an
//! attacker writes keeps one from arriving.

use std::fs;
use std::time::{Duration, Instant};

use rbk::facade::connect::people::{Letter, deliver, on_terminal};
use serde_json::Value;

use super::{Case, SECRET, run};
use crate::harness::fixture::root;
use crate::harness::server::{Server, closed_port};

pub const CASES: &[Case] = &[
    ("a status decides", a_status_decides),
    (
        "who does not answer is tried again",
        who_does_not_answer_is_tried_again,
    ),
    (
        "nobody else is taken for them",
        nobody_else_is_taken_for_them,
    ),
    ("a webhook gets all of it", a_webhook_gets_all_of_it),
    ("pagerduty knows one thread", pagerduty_knows_one_thread),
    ("pagerduty takes any text", pagerduty_takes_any_text),
    ("slack shows text as text", slack_shows_text_as_text),
    ("a terminal shows a page", a_terminal_shows_a_page),
    ("no secret goes to people", no_secret_goes_to_people),
];

const KINDS: [&str; 3] = ["webhook", "pagerduty", "slack"];

fn letter() -> Letter {
    Letter {
        kind: "page",
        severity: "sev2",
        thread: "store-1/7".into(),
        title: "QueueStuck in shop".into(),
        text: "The worker did not recover.".into(),
        evidence: vec!["moved() was 0".into(), "did k8s.restart".into()],
        notes: vec![("summary", "nothing moves".into())],
        links: vec![("runbook_url", "https://wiki.example/stuck".into())],
    }
}

fn send(kind: &str, url: &str, letter: &Letter) -> Result<(), (String, bool)> {
    run(deliver(kind, url, SECRET, letter))
}

/// What arrives at such a server.
fn arrived(kind: &str, letter: &Letter) -> Value {
    let server = match kind {
        "slack" => Server::plain(200, "text/plain", "ok"),
        _ => Server::plain(202, "application/json", "{\"status\":\"success\"}"),
    };
    send(kind, &server.url(), letter).unwrap();
    let asked = server.asked();
    assert_eq!(asked.len(), 1);
    serde_json::from_str(asked[0].split_once("\r\n\r\n").unwrap().1).unwrap()
}

fn a_status_decides() {
    for kind in KINDS {
        for (status, again) in [
            (302, false),
            (400, false),
            (404, false),
            (410, false),
            (429, true),
            (500, true),
            (503, true),
        ] {
            let server = Server::plain(status, "text/plain", "no_service\u{1b}");
            let (why, said) = send(kind, &server.url(), &letter()).unwrap_err();
            assert_eq!(said, again, "{kind}: {status}");
            let words =
                format!("answered with status {status}, try after 7: `no_service\\u{{1b}}`");
            assert!(why.contains(&words), "{why}");
            assert_eq!(server.asked().len(), 1, "{kind}: nothing is sent twice");
        }
    }
}

fn who_does_not_answer_is_tried_again() {
    let start = Instant::now();
    let silent = Server::silent();
    let (why, again) = send("webhook", &silent.url(), &letter()).unwrap_err();
    assert!(again && why.contains("no answer within 10 s"), "{why}");
    assert!(start.elapsed() < Duration::from_secs(20));
    for kind in KINDS {
        let url = format!("http://127.0.0.1:{}/hook", closed_port());
        let (why, again) = send(kind, &url, &letter()).unwrap_err();
        assert!(again && why.contains("refused"), "{kind}: {why}");
        assert!(!why.contains("/hook"), "{kind}: {why}");
        let closes = Server::new(|_, _| {});
        assert!(
            send(kind, &closes.url(), &letter()).unwrap_err().1,
            "{kind}"
        );
    }
}

fn nobody_else_is_taken_for_them() {
    let portal = Server::plain(200, "text/html", "<html>please log in");
    let (why, again) = send("slack", &portal.url(), &letter()).unwrap_err();
    assert!(again && why.contains("instead of `ok`"), "{why}");
    let (why, again) = send("pagerduty", &portal.url(), &letter()).unwrap_err();
    assert!(again && why.contains("instead of 202"), "{why}");
}

fn a_webhook_gets_all_of_it() {
    let body = arrived("webhook", &letter());
    // The example of the reference is what is sent.
    let page = fs::read_to_string(root().join("grammar/reference/settings.md")).unwrap();
    let (_, example) = page.split_once("```json\n").unwrap();
    let (example, _) = example.split_once("```").unwrap();
    let expected: serde_json::Value = serde_json::from_str(example).unwrap();
    assert_eq!(body, expected);
}

fn pagerduty_knows_one_thread() {
    let of = |kind: &'static str, severity: &'static str| {
        arrived(
            "pagerduty",
            &Letter {
                kind,
                severity,
                ..letter()
            },
        )
    };
    let page = of("page", "sev2");
    assert_eq!(page["routing_key"], SECRET);
    assert_eq!(page["event_action"], "trigger");
    assert_eq!(page["payload"]["severity"], "error");
    assert_eq!(page["payload"]["source"], "shop");
    let details = &page["payload"]["custom_details"];
    assert_eq!(details["answer"], "rbk incident ack 7");
    assert_eq!(details["annotations"]["summary"], "nothing moves");
    let link = serde_json::json!({"href": "https://wiki.example/stuck", "text": "runbook_url"});
    assert_eq!(page["links"], serde_json::json!([link]));
    for (kind, action) in [("acknowledged", "acknowledge"), ("resolved", "resolve")] {
        let event = of(kind, "sev2");
        assert_eq!(event["event_action"], action);
        assert_eq!(event["dedup_key"], page["dedup_key"]);
    }
    assert_ne!(of("note", "sev1")["dedup_key"], page["dedup_key"]);
    let severities = ["sev1", "sev3", "sev4"].map(|severity| of("page", severity));
    let severities = severities.map(|event| event["payload"]["severity"].clone());
    assert_eq!(severities, ["critical", "warning", "info"]);
    let long = |end: &str| {
        let thread = format!("{}{end}", "é".repeat(300));
        let event = arrived("pagerduty", &Letter { thread, ..letter() });
        event["dedup_key"].as_str().unwrap().to_owned()
    };
    assert!(long("a").len() <= 255);
    assert_eq!(long("a"), long("a"));
    assert_ne!(long("a"), long("b"));
}

fn pagerduty_takes_any_text() {
    // Each of these becomes eight characters when it is spelled out.
    let hidden = "\u{202e}".repeat(5_000);
    let event = arrived(
        "pagerduty",
        &Letter {
            title: hidden.clone(),
            text: hidden.clone(),
            evidence: vec![hidden.clone(); 2_000],
            notes: vec![("summary", hidden); 8],
            ..letter()
        },
    );
    let summary = event["payload"]["summary"].as_str().unwrap();
    assert_eq!(summary.chars().count(), 1_024);
    assert!(!event.to_string().contains('\u{202e}'));
    assert!(event.to_string().len() < 512 * 1024);
    let evidence = event["payload"]["custom_details"]["evidence"]
        .as_array()
        .unwrap();
    assert!(!evidence.is_empty());
}

fn slack_shows_text_as_text() {
    let body = arrived(
        "slack",
        &Letter {
            title: "<!channel> & <http://evil|good>".into(),
            text: "one\ntwo".into(),
            evidence: vec!["``` <@U1> \u{202e}".into()],
            notes: vec![("summary", "<!here>".into())],
            ..letter()
        },
    );
    let blocks = body["blocks"].as_array().unwrap();
    let text = |at: usize| blocks[at]["text"]["text"].as_str().unwrap();
    let title = "&lt;!channel&gt; &amp; &lt;http://evil|good&gt;";
    assert_eq!(
        text(0),
        format!("*Page* (sev2, stuck_worker): {title}\none\ntwo")
    );
    let notes = "summary: &lt;!here&gt;\nrunbook_url: https://wiki.example/stuck";
    assert_eq!(text(1), notes);
    assert_eq!(text(2), "```''' &lt;@U1&gt; \\u{202e}```");
    assert_eq!(text(3), "`rbk incident ack 7`");
    for filled in ["&", "x", "\u{202e}", "é"] {
        let long = filled.repeat(10_000);
        let body = arrived(
            "slack",
            &Letter {
                title: long.clone(),
                text: long.clone(),
                evidence: vec![long.clone(); 500],
                notes: vec![("summary", long); 8],
                ..letter()
            },
        );
        let blocks = body["blocks"].as_array().unwrap();
        assert!(blocks.len() <= 50);
        for block in blocks {
            let text = block["text"]["text"].as_str().unwrap();
            assert!(text.chars().count() <= 3_000, "{filled:?}");
            let whole = text.replace("&amp;", "");
            assert!(!whole.contains('&'), "cut in the middle: {whole}");
        }
    }
}

fn a_terminal_shows_a_page() {
    let page = run(on_terminal(&Letter {
        title: "bad \u{1b}[2J title".into(),
        ..letter()
    }));
    assert!(
        page.contains("PAGE for builder (sev2): bad \\u{1b}[2J title"),
        "{page}"
    );
    assert!(page.contains("did k8s.restart"));
    assert!(page.contains("summary: nothing moves"));
    assert!(page.contains("runbook_url: https://wiki.example/stuck"));
    assert!(page.contains("answer with: rbk incident ack 7"));
    assert!(!page.contains('\u{1b}'));
}

fn no_secret_goes_to_people() {
    for kind in KINDS {
        let body = arrived(
            kind,
            &Letter {
                title: format!("a {SECRET}"),
                text: format!("b {SECRET}"),
                evidence: vec![format!("c {SECRET}")],
                notes: vec![("summary", format!("d {SECRET}"))],
                links: vec![("runbook_url", format!("https://e/{SECRET}"))],
                ..letter()
            },
        );
        let mut body = body;
        // The one place where it belongs.
        body["routing_key"] = Value::Null;
        assert!(!body.to_string().contains(SECRET), "{kind}: {body}");
        assert!(body.to_string().contains("[secret "), "{kind}: {body}");
    }
}
