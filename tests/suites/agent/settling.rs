//! What humans say, and who said it: outcomes of which nobody knew, and requests.

use serde_json::json;

use super::Case;
use super::stage::{ALERTS, Stage, notification};
use crate::harness::{net, wait};

pub const CASES: &[Case] = &[
    ("a human settles what nobody knows", settled),
    (
        "what nobody knows stays on page and list until it is settled",
        stays,
    ),
    ("nobody settles what is still at work", at_work),
    (
        "nobody settles what is at work without its environment",
        at_work_without_environment,
    ),
    ("who asked for what stands in the timeline", requested),
];

/// The remedy sends a request that nobody answers: whether it took effect nobody knows.
fn unanswered() -> Stage {
    let stage = Stage::new();
    let port = stage.world.port;
    let change =
        "exec.apply(\n    machine,\n    [\"control\", \"restart\"],\n    touching: machine,\n  )";
    let post = format!("http.post(url\"http://127.0.0.1:{port}/restart\", touching: machine)");
    stage.change("package/service.rbk", change, &post);
    stage.change(
        "package/service.rbk",
        "use std.{exec, host",
        "use std.{host",
    );
    let grant = format!("[grants]\n\"http.post\" = [\"http://127.0.0.1:{port}/restart\"]");
    stage.change("agent.toml", "[grants]", &grant);
    stage
}

fn unsettled(stage: &Stage) -> bool {
    let text = net::get(stage.port, "/metrics").unwrap();
    text.contains("\nrbk_changes_unsettled 1\n")
}

fn settled() {
    let mut stage = unanswered();
    stage.start();
    let id = stage.incident("a");
    let shown = stage.wait_for(id, "handed");
    assert_eq!(shown["reason"], "unknown", "{shown}");
    assert!(unsettled(&stage));
    // The same machine: it waits for whoever knows.
    let other = stage.incident("b");
    stage.wait_for_shown(other, "waits");
    let path = format!("/v1/incidents/{id}/settle");
    for (body, expected) in [
        (json!({}), 400),
        (json!({"outcome": "perhaps", "why": "x", "by": "ada"}), 400),
        (
            json!({"outcome": "applied", "why": "x", "by": "ada", "chnage": 1}),
            400,
        ),
        (json!(["applied", 1, "ada", "x"]), 400),
        (json!({"outcome": "applied", "by": "ada"}), 400),
        (json!({"outcome": "applied", "why": " ", "by": "ada"}), 400),
        // Nobody can see it.
        (
            json!({"outcome": "applied", "why": "\u{200b}", "by": "ada"}),
            400,
        ),
        (
            json!({"outcome": "applied", "why": "x", "by": "\u{200b}\u{feff}"}),
            400,
        ),
        (json!({"outcome": "applied", "why": "x"}), 400),
        (
            json!({"outcome": "applied", "why": "x", "by": "ada", "change": 77}),
            409,
        ),
    ] {
        let (status, answer) = stage.post(&path, body.to_string().as_bytes()).unwrap();
        assert_eq!(status, expected, "{body}: {answer}");
    }
    assert!(unsettled(&stage));
    // What is shown can be pasted, once the outcome is chosen.
    let agent = format!("--agent http://127.0.0.1:{}", stage.port);
    let command = format!("`rbk incident settle {agent} {id} OUTCOME --why \"…\"`");
    for said in [stage.rbk(&["incident", "list"]), stage.shown(id)] {
        assert!(said.contains(&command), "{said}");
    }
    stage.kill();
    stage.start();
    let number = id.to_string();
    let why = "its log has no restart";
    stage.rbk(&[
        "incident",
        "settle",
        &number,
        "not-applied",
        "--why",
        why,
        "--as",
        "ada",
    ]);
    stage.wait_for_shown(id, "not applied, says ada: its log has no restart");
    shows_who_settled(&stage, id);
    // The other one goes its way, which ends the same.
    let shown = stage.wait_for(other, "handed");
    assert_eq!(shown["reason"], "unknown", "{shown}");
    let said = json!({"outcome": "applied", "why": "x", "by": "ada"}).to_string();
    let (status, answer) = stage.post(&path, said.as_bytes()).unwrap();
    assert_eq!(status, 409, "{answer}");
    let (status, _) = stage
        .post("/v1/incidents/77/settle", said.as_bytes())
        .unwrap();
    assert_eq!(status, 404);
    let path = format!("/v1/incidents/{other}/settle");
    let (status, answer) = stage.post(&path, said.as_bytes()).unwrap();
    assert_eq!(status, 200, "{answer}");
    assert!(!unsettled(&stage));
}

/// What a human said stands in all that is shown; the reason stays what it was.
fn shows_who_settled(stage: &Stage, id: u64) {
    let shown = stage.show(id);
    assert_eq!(shown["reason"], "unknown", "{shown}");
    assert_eq!(shown["settled"]["outcome"], "not applied", "{shown}");
    assert_eq!(shown["settled"]["by"], "ada", "{shown}");
    assert!(shown["settled"]["at"].is_string(), "{shown}");
    let listed = stage.rbk(&["incident", "list"]);
    assert!(
        listed.contains("handed (was unknown; not applied, says ada)"),
        "{listed}"
    );
    let said = stage.rbk(&["incident", "show", &id.to_string()]);
    assert!(
        said.contains("\nada said at 20")
            && said.contains(" that http.post of host.Host box-1 was not applied\n"),
        "{said}"
    );
}

/// Its alert ends and fires again, and it is paged for that: nobody knows any more than before.
fn stays() {
    let mut stage = unanswered();
    stage.start();
    let since = |seconds: i64| {
        let now = jiff::Timestamp::now().as_second();
        jiff::Timestamp::from_second(now + seconds)
            .unwrap()
            .to_string()
    };
    let first = since(-600);
    let says = |status: &str, since: &str| {
        let labels = json!({"alertname": "ServiceDown", "service": "a"});
        let alert = json!({
            "status": status, "labels": labels, "annotations": {}, "startsAt": since, "fingerprint": "f"
        });
        let (status, answer) = stage
            .post(ALERTS, notification(&[alert.to_string()]).as_bytes())
            .unwrap();
        assert_eq!(status, 200, "{answer}");
        answer["incidents"][0].as_u64()
    };
    let id = says("firing", &first).unwrap();
    stage.wait_for(id, "handed");
    let number = id.to_string();
    let lost = "nobody knows what became of http.post of host.Host box-1";
    let is_said = || {
        let (listed, shown) = (
            stage.rbk(&["incident", "list"]),
            stage.rbk(&["incident", "show", &number]),
        );
        (listed.contains(lost), shown.contains(lost))
    };
    assert_eq!(is_said(), (true, true));
    let other = json!({"outcome": "applied", "why": "x", "by": "ada", "change": 77});
    let path = format!("/v1/incidents/{id}/settle");
    let (_, answer) = stage.post(&path, other.to_string().as_bytes()).unwrap();
    let words = "77 is not a change of the incident with an unknown outcome: 1 (http.post) is";
    assert_eq!(answer["detail"], words, "{answer}");
    stage.rbk(&["incident", "ack", &number, "--as", "ada"]);
    says("resolved", &first);
    says("firing", &since(-1));
    stage.wait_for_told("it is told again, with what is to be settled", |_, body| {
        let words = "came back after all its alerts had ended; nobody knows yet what became of http.post of host.Host box-1";
        body["kind"] == "page" && body["text"].to_string().contains(words)
    });
    assert_eq!(is_said(), (true, true), "{}", stage.log());
    stage.rbk(&[
        "incident",
        "settle",
        &number,
        "applied",
        "--why",
        "its log says so",
        "--as",
        "ada",
    ]);
    assert_eq!(is_said(), (false, false));
}

fn requested() {
    let mut stage = Stage::new();
    let trigger = "on alert \"ServiceDown\" { with service }";
    let asked = "on request(service: String) by builder";
    stage.change("package/service.rbk", trigger, asked);
    let caller =
        "[[callers]]\nname = \"ada\"\ntoken = { env = \"ADA\" }\nroles = [\"builder\"]\n\n[grants]";
    stage.change("agent.toml", "[grants]", caller);
    stage.variables = vec![("ADA".to_owned(), "token-of-ada".to_owned())];
    stage.start();
    let body = "{\"service\": \"a\\u001b[2J\"}";
    let text = format!(
        "POST /v1/requests/service_down HTTP/1.0\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n\
         Authorization: Bearer token-of-ada\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let answer = net::ask(stage.port, &text).unwrap();
    assert!(answer.contains(" 202 "), "{answer}");
    let says = ["\"incident\":1", "\"joined\":false"];
    assert!(says.iter().all(|word| answer.contains(word)), "{answer}");
    let text = "GET /v1/incidents/1 HTTP/1.0\r\nHost: 127.0.0.1\r\nAuthorization: Bearer token-of-ada\r\n\r\n";
    let shown = net::ask(stage.port, text).unwrap();
    assert!(shown.contains("ada asked for it as `builder`: "), "{shown}");
    assert!(shown.contains("service"), "{shown}");
    assert!(!shown.contains('\u{1b}'), "{shown}");
    // Also where it is the one that is missing.
    for body in [
        "{\"service\": \"b\", \"servcie\": \"c\"}",
        "{\"servcie\": \"c\"}",
    ] {
        let text = format!(
            "POST /v1/requests/service_down HTTP/1.0\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n\
             Authorization: Bearer token-of-ada\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let answer = net::ask(stage.port, &text).unwrap();
        assert!(answer.contains(" 422 "), "{answer}");
        let words = "there is no parameter `servcie`; this runbook takes `service`";
        assert!(answer.contains(words), "{answer}");
    }
}

/// The agent is killed while its program is at work: the page names the process, and so does whoever
/// refuses to take a human's word before it has ended.
fn at_work() {
    still_runs("exec sleep 60");
}

/// The same where the program has cleared its environment, as some do before they become another user.
fn at_work_without_environment() {
    still_runs("exec env -i sleep 60");
}

fn still_runs(work: &str) {
    let mut stage = Stage::new();
    let file = stage.path("process");
    stage.control(&format!("echo $$ > {}\n{work}", file.display()));
    stage.start();
    let id = stage.incident("a");
    let process = || {
        let text = std::fs::read_to_string(&file).ok()?;
        text.trim().parse::<i32>().ok()
    };
    let process = wait::until("it is at work", process, || stage.log());
    stage.kill();
    // It may not be done again, which would end the first one.
    stage.change(
        "agent.toml",
        "[grants]",
        "[limits]\nper_target = 1\n\n[grants]",
    );
    stage.start();
    let shown = stage.wait_for(id, "handed");
    assert_eq!(shown["reason"], "unknown", "{shown}");
    let still = format!("exec.apply still runs, as process {process}");
    let (_, page) = stage.wait_for_told("a page", |_, body| body["kind"] == "page");
    assert!(page["evidence"].to_string().contains(&still), "{page:#}");
    let path = format!("/v1/incidents/{id}/settle");
    let said = json!({"outcome": "applied", "why": "x", "by": "ada"}).to_string();
    let (status, answer) = stage.post(&path, said.as_bytes()).unwrap();
    assert_eq!(status, 409, "{answer}");
    assert!(answer["detail"].to_string().contains(&still), "{answer}");
    let over = format!("/v1/incidents/{id}/resolve");
    let said_over = json!({"by": "ada", "why": "it is well"}).to_string();
    let (status, answer) = stage.post(&over, said_over.as_bytes()).unwrap();
    assert_eq!(status, 409, "its targets would be free: {answer}");
    let group = rustix::process::Pid::from_raw(process).unwrap();
    rustix::process::kill_process(group, rustix::process::Signal::KILL).unwrap();
    let settled = || {
        let (status, _) = stage.post(&path, said.as_bytes()).unwrap();
        (status == 200).then_some(())
    };
    wait::until("it is settled", settled, || stage.log());
}
