//! People who are hard to reach.

use std::process::{Child, Command};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::json;

use super::Case;
use super::stage::{Prom, Stage, inner, number};
use crate::harness::server::{Server, closed_port, respond};
use crate::harness::wait;

pub const CASES: &[Case] = &[
    ("who fails twice is told in the end", fails_twice),
    ("who hangs does not hold up others", hangs),
    (
        "the second is told when the first cannot be reached",
        second_link,
    ),
    ("whoever follows incidents outlives the agent", followed),
    ("what waits is shown with what it waits for", waits),
    ("whoever follows incidents bears that one is gone", gone),
];

/// Pages somebody: what is seen fits nothing that the runbook knows.
fn puzzled(mut stage: Stage) -> Stage {
    stage.say(Prom::Says("application/json", number("7")));
    stage.start();
    stage
}

fn fails_twice() {
    let tries = AtomicUsize::new(0);
    let people = Server::new(move |_, stream| {
        let status = match tries.fetch_add(1, Ordering::Relaxed) {
            0 | 1 => 500,
            _ => 200,
        };
        respond(stream, status, "application/json", "{}");
    });
    let stage = puzzled(Stage::with(people));
    let id = stage.incident("a");
    let delivered = || {
        let shown = stage.show(id).to_string();
        shown
            .contains("pager:first")
            .then_some(())
            .filter(|()| stage.told().len() >= 3)
    };
    wait::until("the third try", delivered, || stage.log());
    let told = stage.told();
    for (path, page) in &told {
        assert_eq!((path.as_str(), &page["kind"]), ("/first", &"page".into()));
        assert_eq!(page["thread"], told[0].1["thread"]);
    }
}

fn hangs() {
    let people = Server::new(|request, stream| {
        if request.starts_with("POST /first") {
            thread::sleep(Duration::from_secs(60));
        }
        respond(stream, 200, "application/json", "{}");
    });
    let stage = Stage::with(people);
    stage.change(
        "package/service.rbk",
        "chain builder for 5m",
        "chain builder for 2s",
    );
    let stage = puzzled(stage);
    let id = stage.incident("a");
    stage.wait_for_told("the first is called", |path, _| path == "/first");
    // In the meantime everything else goes on.
    assert_eq!(stage.get("/v1/health")["status"], "alive");
    let (_, page) = stage.wait_for_told("the second is told", |path, _| path == "/second");
    assert_eq!(page["incident"], id);
}

fn second_link() {
    let stage = Stage::new();
    let first = format!("127.0.0.1:{}/first", stage.people.port);
    let closed = format!("127.0.0.1:{}/first", closed_port());
    stage.change("agent.toml", &first, &closed);
    let stage = puzzled(stage);
    let id = stage.incident("a");
    let (path, page) = stage.wait_for_told("the second is told", |_, _| true);
    assert_eq!((path.as_str(), &page["kind"]), ("/second", &"page".into()));
    let shown = stage.show(id).to_string();
    assert!(shown.contains("refused"), "{shown}");
}

/// What is followed is told once, also of an agent that was killed meanwhile.
fn followed() {
    let mut stage = puzzled(Stage::new());
    let before = stage.incident("before");
    stage.wait_for(before, "handed");
    stage.wait_for_log(&format!("incident {before} is handed over (novel)"));
    let out = std::fs::File::create(stage.path("out")).unwrap();
    let errors = std::fs::File::create(stage.path("errors")).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_rbk"));
    command.args(["incident", "list", "--follow", "--format", "json"]);
    command.args(["--agent", &format!("http://127.0.0.1:{}", stage.port)]);
    let mut reader = Reader(command.stdout(out).stderr(errors).spawn().unwrap());
    let folder = stage.folder.path().to_path_buf();
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    // Until it is seen to follow, each of these may be the one that it begins with.
    let mut ids = Vec::new();
    let follows = || {
        ids.push(stage.incident(&format!("s{}", ids.len())));
        (!read("out").is_empty()).then_some(())
    };
    wait::until("it follows", follows, || read("errors"));
    stage.kill();
    let waits = || read("errors").contains("it is waited for").then_some(());
    wait::until("it waits", waits, || read("errors"));
    stage.start();
    let after = stage.incident("after");
    stage.wait_for(after, "handed");
    let again = || read("errors").contains("answers again").then_some(());
    wait::until("it goes on", again, || stage.log());
    let lines = |id: u64| -> Vec<String> {
        let text = read("out");
        let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
        let own = lines.filter(|line: &serde_json::Value| line["id"] == id);
        own.map(|line| line["state"].to_string()).collect()
    };
    let told = || {
        let states = lines(after);
        states
            .last()
            .is_some_and(|state| state.contains("handed"))
            .then_some(())
    };
    wait::until("it tells of the new one", told, || stage.log());
    assert_eq!(lines(before), [] as [String; 0]);
    for id in ids.into_iter().chain([after]) {
        let mut states = lines(id);
        states.dedup();
        assert_eq!(states.len(), lines(id).len(), "{id} is told twice");
    }
    assert!(reader.0.try_wait().unwrap().is_none(), "it has ended");
}

/// Ends with the trial.
struct Reader(Child);

impl Drop for Reader {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// An agent that starts, forgets an incident, and has another one.
fn gone() {
    let looks = AtomicUsize::new(0);
    let list = |ids: &[u64]| {
        let one = |id: &u64| {
            json!({"id": id, "runbook": "r", "key": "", "severity": "sev3", "title": "t", "state": "open",
                "how": null, "by": null, "opened": "2026-01-01T00:00:00Z", "since": "2026-01-01T00:00:00Z",
                "events": 1, "runs": 1, "reason": null, "at_work": false})
        };
        let all: Vec<_> = ids.iter().map(one).collect();
        json!({"version": 1, "incidents": all, "total": ids.len(), "held_by": null}).to_string()
    };
    let agent = Server::new(move |request, stream| {
        let (status, body) = match request.split(' ').nth(1).unwrap_or_default() {
            "/v1/incidents?limit=500" => match looks.fetch_add(1, Ordering::Relaxed) {
                0 => (503, json!({"detail": "the agent starts"}).to_string()),
                1 => (200, list(&[1])),
                2 => (200, list(&[])),
                _ => (200, list(&[2])),
            },
            "/v1/incidents/1" => (404, json!({"detail": "there is no incident 1"}).to_string()),
            _ => (200, list(&[])),
        };
        respond(stream, status, "application/json", &body);
    });
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| std::fs::File::create(folder.path().join(name)).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_rbk"));
    command.args(["incident", "list", "--follow", "--format", "json"]);
    command.args(["--agent", &agent.url()]);
    command.stdout(file("out")).stderr(file("errors"));
    let _reader = Reader(command.spawn().unwrap());
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    let told = || (read("out").lines().count() == 1).then_some(());
    wait::until("it tells of the new one", told, || read("errors"));
    assert!(read("out").contains("\"id\":2"), "{}", read("out"));
    assert_eq!(
        read("errors"),
        "the agent starts; it is waited for\nthe agent answers again\n"
    );
}

fn waits() {
    let mut stage = Stage::new();
    stage.start();
    stage
        .post("/v1/hold", br#"{"by": "ada", "why": "x"}"#)
        .unwrap();
    let id = stage.incident("a");
    stage.wait_for_shown(id, " waits: ");
    let words = "all changes to go on";
    assert_eq!(inner(&stage.show(id))["waits_for"], words);
    let listed = stage.rbk(&["incident", "list"]);
    assert!(
        listed.contains(&format!("open, waiting for {words}")),
        "{listed}"
    );
    stage.wait_for_log(&format!("incident {id} is opened"));
    let shown = stage.rbk(&["incident", "show", &id.to_string()]);
    assert!(
        shown.contains(&format!("open, waiting for {words}")),
        "{shown}"
    );
}
