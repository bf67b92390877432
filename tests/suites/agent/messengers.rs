//! PagerDuty and Slack as they answer: what arrives, what is tried again, what is given up.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use super::Case;
use super::stage::{Prom, Stage, inner, number};
use crate::harness::server::{Server, respond};
use crate::harness::wait;

pub const CASES: &[Case] = &[
    ("PagerDuty hears all of one incident", pagerduty),
    (
        "PagerDuty refuses, and the next one is told",
        pagerduty_refuses,
    ),
    ("Slack says ok", slack),
    ("Slack is gone, and the next one is told", slack_is_gone),
    ("what is not Slack is no delivery", not_slack),
    ("messages are never too long", never_too_long),
];

const KEY: &str = "R0UT1NGK3Y-0123456789abcdef";
const HOOK: &str = "/services/T000/B000/s3cr3tW3bh00k";

/// The first on the chain is reached in this way; answers come one after the other, the last one again
/// and again. The second always is told.
fn stage(way: &str, answers: &'static [(u16, &'static str)]) -> Stage {
    let tries = AtomicUsize::new(0);
    let people = Server::new(move |request, stream| {
        if request.starts_with("POST /second") {
            return respond(stream, 200, "application/json", "{}");
        }
        let place = tries.fetch_add(1, Ordering::Relaxed).min(answers.len() - 1);
        let (status, body) = answers[place];
        respond(stream, status, "application/json", body);
    });
    let mut stage = Stage::with(people);
    stage.say(Prom::Says("application/json", number("7")));
    let base = format!("http://127.0.0.1:{}", stage.people.port);
    let first = format!("webhook = \"{base}/first\"");
    stage.change("agent.toml", &first, &way.replace("BASE", &base));
    let secrets = [
        ("PD_KEY", KEY.to_owned()),
        ("SLACK_URL", format!("{base}{HOOK}")),
    ];
    let secrets = secrets.map(|(name, text)| (name.to_owned(), text));
    stage.variables.extend(secrets);
    stage.start();
    stage
}

const PAGERDUTY: &str = "pagerduty = { env = \"PD_KEY\" }\nurl = \"BASE/v2/enqueue\"";
const SLACK: &str = "slack = { env = \"SLACK_URL\" }";

/// What was posted here, oldest first.
fn posted(stage: &Stage, path: &str) -> Vec<Value> {
    let told = stage.told().into_iter();
    told.filter(|(at, _)| at == path)
        .map(|(_, body)| body)
        .collect()
}

fn wait_for(stage: &Stage, path: &str, count: usize) -> Vec<Value> {
    let enough = || Some(posted(stage, path)).filter(|found| found.len() >= count);
    let what = format!("{count} messages at {path}");
    wait::until(&what, enough, || {
        format!("{:#?}\n{}", stage.told(), stage.log())
    })
}

/// No secret is in the log, nor in what people may look at.
fn keeps_its_secrets(stage: &Stage, id: u64) {
    for said in [stage.log(), stage.show(id).to_string()] {
        assert!(
            !said.contains(KEY) && !said.contains("s3cr3tW3bh00k"),
            "{said}"
        );
    }
}

fn done(stage: &Stage, id: u64, what: &str) {
    let path = format!("/v1/incidents/{id}/{what}");
    let said = json!({"by": "ada", "why": "seen"}).to_string();
    let (status, answer) = stage.post(&path, said.as_bytes()).unwrap();
    assert_eq!(status, 200, "{answer}");
}

fn pagerduty() {
    // The key in an answer must not come out either.
    let stage = stage(
        PAGERDUTY,
        &[
            (429, "R0UT1NGK3Y-0123456789abcdef is throttled"),
            (202, "{}"),
        ],
    );
    let id = stage.incident("a");
    let events = wait_for(&stage, "/v2/enqueue", 2);
    assert_eq!(events[0]["event_action"], "trigger");
    assert_eq!(events[1]["event_action"], "trigger");
    done(&stage, id, "ack");
    let events = wait_for(&stage, "/v2/enqueue", 3);
    assert_eq!(events[2]["event_action"], "acknowledge");
    done(&stage, id, "resolve");
    let events = wait_for(&stage, "/v2/enqueue", 4);
    assert_eq!(events[3]["event_action"], "resolve");
    for event in &events {
        assert_eq!(event["dedup_key"], events[0]["dedup_key"], "{event:#}");
        assert_eq!(event["routing_key"], KEY);
    }
    assert_eq!(posted(&stage, "/second"), Vec::<Value>::new());
    keeps_its_secrets(&stage, id);
}

fn pagerduty_refuses() {
    let stage = stage(PAGERDUTY, &[(400, "bad R0UT1NGK3Y-0123456789abcdef")]);
    let id = stage.incident("a");
    let pages = wait_for(&stage, "/second", 1);
    assert_eq!(pages[0]["incident"], id);
    assert_eq!(posted(&stage, "/v2/enqueue").len(), 1);
    let shown = stage.show(id);
    assert!(shown.to_string().contains("status 400"), "{shown:#}");
    keeps_its_secrets(&stage, id);
}

fn slack() {
    let stage = stage(SLACK, &[(429, "rate_limited"), (200, "ok")]);
    let id = stage.incident("a <!channel> & co");
    let pages = wait_for(&stage, HOOK, 2);
    let text = pages[1].to_string();
    assert!(!text.contains("<!channel>"), "everybody was called: {text}");
    assert!(text.contains("&lt;!channel&gt; &amp; co"), "{text}");
    done(&stage, id, "resolve");
    wait_for(&stage, HOOK, 3);
    assert_eq!(inner(&stage.show(id))["how"], "human");
    assert_eq!(posted(&stage, "/second"), Vec::<Value>::new());
    keeps_its_secrets(&stage, id);
}

fn slack_is_gone() {
    let stage = stage(SLACK, &[(404, "no_service")]);
    let id = stage.incident("a");
    wait_for(&stage, "/second", 1);
    assert_eq!(posted(&stage, HOOK).len(), 1);
    let shown = stage.show(id);
    assert!(shown.to_string().contains("no_service"), "{shown:#}");
    keeps_its_secrets(&stage, id);
}

fn not_slack() {
    let stage = stage(SLACK, &[(200, "<html>log in</html>")]);
    let id = stage.incident("a");
    wait_for(&stage, "/second", 1);
    // Something in between may be gone at the next try; after three the next one is told.
    assert_eq!(posted(&stage, HOOK).len(), 3);
    keeps_its_secrets(&stage, id);
}

fn never_too_long() {
    // What grows when it is escaped: for Slack, for JSON, and for eyes.
    let words = ["&", "\"", "\u{1}", "\u{202e}", "\u{1f525}", "```"];
    let pagerduty = stage(PAGERDUTY, &[(202, "{}")]);
    let slack = stage(SLACK, &[(200, "ok")]);
    for (place, word) in words.iter().enumerate() {
        let long = word.repeat(16_000 / word.len());
        pagerduty.incident(&long);
        slack.incident(&long);
        let events = wait_for(&pagerduty, "/v2/enqueue", place + 1);
        let event = &events[place];
        assert!(event.to_string().len() < 512_000, "{word:?}");
        let summary = event["payload"]["summary"].as_str().unwrap();
        assert!(summary.chars().count() <= 1_024, "{word:?}");
        let messages = wait_for(&slack, HOOK, place + 1);
        for block in messages[place]["blocks"].as_array().unwrap() {
            let text = block["text"]["text"].as_str().unwrap();
            assert!(text.chars().count() <= 3_000, "{word:?}");
        }
        let text = messages[place]["text"].as_str().unwrap();
        assert!(text.chars().count() <= 4_000, "{word:?}");
        for said in [summary, text] {
            assert!(!said.contains(['\u{1}', '\u{202e}']), "{said:?}");
        }
    }
}
