//! Changes that were granted and wait for a place: what is stopped meanwhile does not begin.

use std::fs;
use std::time::Duration;

use super::Case;
use super::stage::Stage;

pub const CASES: &[Case] = &[
    (
        "what waits for a place does not begin while changes are stopped",
        held,
    ),
    (
        "what waits for a place does not begin once its grant is gone",
        not_granted,
    ),
    (
        "what waits for a place does not begin once it is called off",
        called_off,
    ),
    (
        "what waits for a place does not begin once the agent stops",
        stopped,
    ),
    (
        "what waits for a place was never sent when the agent is killed",
        killed,
    ),
];

/// How many programs the agent has at work at most.
fn places() -> usize {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    cores.max(2)
}

/// An agent with two changes more than it has places; those that have begun end once they [may](let_end).
fn crowded() -> (Stage, Vec<u64>) {
    let mut stage = Stage::new();
    let many = places() + 2;
    stage.change(
        "package/service.rbk",
        "host.named(\"box-1\")",
        "host.named(service)",
    );
    stage.change(
        "package/service.rbk",
        "blast { at most 1 host.Host }",
        "blast {\n    at most 1 host.Host\n    at most 1000 host.Host at once\n    at most 1000 host.Host per 1h\n  }",
    );
    let hosts = (2..=many).map(|host| {
        format!("[hosts.\"box-{host}\"]\naddress = \"127.0.0.1\"\nrole = \"box\"\nhere = true\n\n")
    });
    let hosts: String = hosts.collect();
    stage.change("agent.toml", "[programs]", &format!("{hosts}[programs]"));
    let path = |name| stage.path(name).display().to_string();
    stage.control(&format!(
        "echo begins >> {}; until [ -e {} ]; do sleep 0.1; done; : > {}",
        path("record"),
        path("may_end"),
        path("started")
    ));
    stage.start();
    let ids = (1..=many).map(|host| stage.incident(&format!("box-{host}")));
    let ids: Vec<u64> = ids.collect();
    let last = ids.last().copied().unwrap_or_default();
    stage.wait_for_shown(last, "do exec.apply");
    crate::harness::wait::until(
        "all places are taken",
        || (begun(&stage) == places()).then_some(()),
        || stage.log(),
    );
    (stage, ids)
}

/// How many programs have begun.
fn begun(stage: &Stage) -> usize {
    let record = fs::read_to_string(stage.path("record")).unwrap_or_default();
    record.lines().count()
}

/// Lets the programs that have begun, and all that come later, end.
fn let_end(stage: &Stage) {
    fs::write(stage.path("may_end"), "").unwrap();
}

/// Waits until two of them say this; which two had no place is for the machine to say.
fn wait_for_two(stage: &Stage, ids: &[u64], words: &str) {
    let all = || ids.iter().map(|id| stage.shown(*id)).collect::<Vec<_>>();
    crate::harness::wait::until(
        &format!("two incidents say {words}"),
        || (all().iter().filter(|said| said.contains(words)).count() == 2).then_some(()),
        || format!("{}\n{}", all().join("\n"), stage.log()),
    );
}

/// Nobody has to do anything.
fn no_page(stage: &Stage) {
    let told = stage.told();
    let pages = told.iter().filter(|(_, body)| body["kind"] == "page");
    assert_eq!(pages.count(), 0, "{told:?}");
}

fn held() {
    let (stage, ids) = crowded();
    stage.rbk(&["freeze", "--why", "looks wrong", "--as", "ada"]);
    let_end(&stage);
    wait_for_two(&stage, &ids, "not begun: all changes are stopped by ada");
    std::thread::sleep(Duration::from_secs(1));
    assert_eq!(begun(&stage), places(), "{}", stage.log());
    stage.rbk(&[
        "freeze",
        "release",
        "--why",
        "it was nothing",
        "--as",
        "ada",
    ]);
    for id in ids {
        stage.wait_for(id, "resolved");
    }
    no_page(&stage);
}

fn not_granted() {
    let (stage, ids) = crowded();
    stage.change(
        "agent.toml",
        "\"exec.apply\" = [[\"control\", \"restart\"]]\n",
        "",
    );
    stage.wait_for_loads(1);
    let_end(&stage);
    wait_for_two(&stage, &ids, "not begun: not granted: `exec.apply`");
    std::thread::sleep(Duration::from_secs(1));
    assert_eq!(begun(&stage), places(), "{}", stage.log());
}

fn called_off() {
    let (stage, ids) = crowded();
    for id in &ids {
        let id = id.to_string();
        stage.rbk(&["incident", "resolve", &id, "--why", "mine", "--as", "ada"]);
    }
    let_end(&stage);
    wait_for_two(&stage, &ids, "not begun: it was called off");
    std::thread::sleep(Duration::from_secs(1));
    assert_eq!(begun(&stage), places(), "{}", stage.log());
}

fn stopped() {
    let (mut stage, ids) = crowded();
    stage.signal(rustix::process::Signal::TERM);
    std::thread::sleep(Duration::from_secs(1));
    let_end(&stage);
    assert_eq!(stage.wait_for_end(), Some(0), "{}", stage.log());
    assert_eq!(begun(&stage), places(), "{}", stage.log());
    // The next start asks for them anew.
    stage.start();
    for id in ids {
        stage.wait_for(id, "resolved");
    }
    no_page(&stage);
}

fn killed() {
    let (mut stage, ids) = crowded();
    // That two wait is on record.
    std::thread::sleep(Duration::from_secs(1));
    stage.kill();
    let_end(&stage);
    stage.start();
    wait_for_two(
        &stage,
        &ids,
        "not begun: it waited for a place when the agent ended, and had not been sent out",
    );
    for id in ids {
        stage.wait_for(id, "resolved");
        let shown = stage.shown(id);
        let is_known = !shown.contains("unknown");
        assert!(is_known || !shown.contains("not begun"), "{shown}");
        // What was never sent leaves nothing open.
        let is_open = shown.contains("nobody knows whether it took effect");
        assert!(!is_open || !shown.contains("not begun"), "{shown}");
    }
    no_page(&stage);
}
