//! The life of an agent: loaded anew, stopped, and started again in the middle of something.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::Case;
use super::stage::{Prom, Stage, inner, number};
use crate::harness::server::{Server, respond};
use crate::harness::{net, wait};

pub const CASES: &[Case] = &[
    ("a broken package leaves the last good one at work", reload),
    (
        "changes are stopped and let go on by the command line",
        freeze,
    ),
    ("a freeze is also called hold", hold),
    ("a secret in plain text is not in the log", plain_secret),
    ("what no connector offers is said", no_connector),
    ("a broken file that is new can be mended", new_file),
    ("a contact that is new needs a start", new_contact),
    ("an open connection does not keep it", open_connection),
    ("a page under way is sent after a stop", page_under_way),
    (
        "a page that is taken during a stop is told once",
        page_taken,
    ),
    ("a wait goes on after a stop", wait_goes_on),
    ("a change under way ends before the agent does", change_ends),
    (
        "after a kill no change is at work twice",
        never_twice_at_work,
    ),
    (
        "what is left of a change takes no time of the next start",
        whole_time,
    ),
    (
        "another behaviour under a version that was at work changes nothing",
        other_core,
    ),
    (
        "what ended while the agent stood still has ended",
        stood_still,
    ),
    ("half a request is closed", half_a_request),
    ("who says nothing makes room", silence_makes_room),
    ("it is alive while it reads its store", alive_at_once),
    (
        "told to stop while it starts, it begins nothing",
        stop_at_start,
    ),
];

fn stop_at_start() {
    let mut stage = Stage::new();
    stage.start();
    assert_eq!(stage.terminate(), Some(0));
    for signal in [Signal::TERM, Signal::INT] {
        let other = rusqlite::Connection::open(stage.path("store/agent.db")).unwrap();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        stage.begin();
        stage.wait_for_answer("/v1/health");
        let before = stage.log().matches("the agent is at work").count();
        stage.signal(signal);
        // The store is still not to be had when it ends.
        assert_eq!(stage.wait_for_end(), Some(0), "{}", stage.log());
        stage.wait_for_log("told to stop before it was at work");
        assert_eq!(stage.log().matches("the agent is at work").count(), before);
        other.execute_batch("ROLLBACK").unwrap();
    }
    stage.start();
    let id = stage.incident("a");
    stage.wait_for(id, "resolved");
}

fn alive_at_once() {
    let mut stage = Stage::new();
    stage.start();
    assert_eq!(stage.terminate(), Some(0));
    // Somebody writes to the store with another tool, for which the agent waits a few seconds.
    let other = rusqlite::Connection::open(stage.path("store/agent.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    stage.begin();
    stage.wait_for_answer("/v1/health");
    for asked in ["GET /v1/ready", "GET /metrics", "GET /v1/incidents"] {
        let text = format!("{asked} HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n");
        let answer = net::ask(stage.port, &text).unwrap();
        assert!(answer.starts_with("HTTP/1.0 503"), "{answer}");
        assert!(answer.contains("the agent starts"), "{answer}");
    }
    assert_eq!(stage.alert("a").unwrap().0, 503, "its sender tries again");
    other.execute_batch("ROLLBACK").unwrap();
    stage.wait_until_ready();
    let id = stage.incident("a");
    stage.wait_for(id, "resolved");
}

fn other_core() {
    let mut stage = Stage::new();
    stage.start();
    assert_eq!(stage.terminate(), Some(0));
    // While no agent is at work nothing refuses it.
    stage.change("package/service.rbk", "nobody can tell", "nobody knows");
    stage.start();
    stage.wait_for_log("until then it runs as a shadow");
    stage.wait_for_told("its owner hears of it", |_, body| {
        let text = body["text"].as_str().unwrap_or_default();
        text.contains("does something else than the `service_down` 1.0.0")
            && text.contains("changes nothing. Runs that are under way go on with the code that they began with.")
    });
    let is_shadow = "`service_down` 1.0.0 runs as a shadow, and changes nothing: `service_down` 1.0.0 does something else";
    let listed = stage.rbk(&["incident", "list"]);
    assert!(listed.contains(is_shadow), "{listed}");
    let second = stage.incident("b");
    stage.wait_for(second, "handed");
    // It stays so through a start and a reload of the same, and ends with another version.
    assert_eq!(stage.terminate(), Some(0));
    stage.start();
    let third = stage.incident("c");
    stage.wait_for(third, "handed");
    assert!(!stage.path("started").exists(), "it changed something");
    let said = || {
        stage
            .log()
            .matches("until then it runs as a shadow")
            .count()
    };
    let before = said();
    stage.change("agent.toml", "every = \"1ms\"", "every = \"2ms\"");
    stage.wait_for_log("reloaded");
    assert_eq!(said(), before + 1, "it is one still: {}", stage.log());
    stage.change("package/service.rbk", "version 1.0.0", "version 1.0.1");
    stage.wait_for_loads(2);
    let listed = stage.rbk(&["incident", "list"]);
    assert!(!listed.contains("shadow"), "{listed}");
    let fourth = stage.incident("d");
    stage.wait_for(fourth, "resolved");
}

fn reload() {
    let mut stage = Stage::new();
    stage.say(Prom::Says("application/json", number("7")));
    stage.start();
    stage.change("package/service.rbk", "up() == 0", "upp() == 0");
    stage.wait_for_log("A1211");
    let first = stage.incident("a");
    stage.wait_for_told("the last good package pages", |_, body| {
        body["incident"] == first && body["text"] == "nobody can tell how a is; nothing was changed"
    });
    let path = stage.path("package/service.rbk");
    let text = fs::read_to_string(&path).unwrap().replace("upp()", "up()");
    let text = text.replace("nobody can tell", "nobody knows");
    // Another behaviour under the same version is refused as well.
    fs::write(&path, &text).unwrap();
    stage.wait_for_log("does something else than");
    let text = text.replace("version 1.0.0", "version 1.0.1");
    // In one step, so that no half of it is seen.
    fs::write(stage.path("mended"), text).unwrap();
    fs::rename(stage.path("mended"), path).unwrap();
    stage.wait_for_log("reloaded");
    let second = stage.incident("b");
    stage.wait_for_told("the mended package pages", |_, body| {
        body["incident"] == second && body["text"] == "nobody knows how b is; nothing was changed"
    });
}

fn freeze() {
    let mut stage = Stage::new();
    stage.start();
    let said = stage.rbk(&["freeze", "--why", "looks wrong", "--as", "ada"]);
    assert!(
        said.contains("All changes are stopped by ada") && said.contains("looks wrong"),
        "{said}"
    );
    let of = ["runbook", "service_down", "--as", "bob", "--why", "try"];
    let said = stage.rbk(&[&["freeze"], &of[..]].concat());
    assert!(
        said.contains("Changes of runbook service_down are stopped by bob"),
        "{said}"
    );
    let said = stage.rbk(&["freeze", "status"]);
    assert_eq!(said.lines().count(), 2, "{said}");
    let said = stage.rbk(&["freeze", "release", "--why", "it was nothing"]);
    assert!(!said.contains("All changes"), "{said}");
    let said = stage.rbk(&[&["freeze", "release"], &of[..]].concat());
    assert!(said.contains("Changes may be made"), "{said}");
}

/// The older name of it, with options for the scope.
fn hold() {
    let mut stage = Stage::new();
    stage.start();
    let of = ["--runbook", "service_down", "--as", "bob", "--why", "try"];
    let said = stage.rbk(&[&["hold"], &of[..]].concat());
    assert!(
        said.contains("Changes of runbook service_down are stopped by bob"),
        "{said}"
    );
    assert_eq!(stage.rbk(&["hold", "status"]), said);
    let [freeze, hold] = ["/v1/freeze", "/v1/hold"].map(|path| stage.get(path));
    assert_eq!(freeze, hold);
    assert_eq!(freeze["freezes"][0]["scope"], "runbook service_down");
    assert_eq!(freeze["freezes"], hold["holds"]);
    let said = stage.rbk(&[&["hold", "release"], &of[..]].concat());
    assert!(said.contains("Changes may be made"), "{said}");
}

fn wait_goes_on() {
    let mut stage = Stage::new();
    let before = "    cleared if";
    stage.change("package/service.rbk", before, "    wait 4s\n    cleared if");
    stage.start();
    let id = stage.incident("a");
    stage.wait_for_asked("GET /health");
    let shown = stage.show(id);
    assert_eq!(inner(&shown)["state"], "open", "{shown:#}");
    let start = Instant::now();
    assert_eq!(stage.terminate(), Some(0), "{}", stage.log());
    assert!(start.elapsed() < Duration::from_secs(8), "it stops slowly");
    stage.start();
    let shown = stage.wait_for(id, "resolved");
    assert_eq!(inner(&shown)["how"], "verified", "{shown:#}");
    let looked = stage.world.asked();
    let looked = looked.iter().filter(|text| text.starts_with("GET /health"));
    assert_eq!(looked.count(), 1, "it began from the start");
}

fn new_file() {
    let mut stage = Stage::new();
    stage.start();
    let path = stage.path("package/more.rbk");
    fs::write(&path, "const more = ").unwrap();
    stage.wait_for_log("A1211");
    fs::write(&path, "//! More.\n").unwrap();
    stage.wait_for_log("reloaded");
}

fn new_contact() {
    let mut stage = Stage::new();
    stage.say(Prom::Says("application/json", number("7")));
    stage.start();
    let third = format!(
        "\n[contacts.\"pager:third\"]\nwebhook = \"http://127.0.0.1:{}/third\"\n\n[grants]",
        stage.people.port
    );
    stage.change("agent.toml", "\n[grants]", &third);
    stage.change("package/service.rbk", "pager:first", "pager:third");
    stage.wait_for_log("pager:third");
    // The agent cannot reach the new one yet, so the old one is told.
    stage.incident("a");
    let (path, _) = stage.wait_for_told("a page", |_, _| true);
    assert_eq!(path, "/first", "{}", stage.log());
    stage.terminate();
    stage.start();
    let id = stage.incident("b");
    let (path, _) = stage.wait_for_told("a page", |_, body| body["incident"] == id);
    assert_eq!(path, "/third", "{}", stage.log());
}

fn open_connection() {
    let mut stage = Stage::new();
    stage.start();
    let mut idle = connection(&stage);
    idle.write_all(HALF).unwrap();
    stage.incident("a");
    let start = Instant::now();
    assert_eq!(stage.terminate(), Some(0), "{}", stage.log());
    assert!(start.elapsed() < Duration::from_secs(20), "it stops slowly");
}

fn page_under_way() {
    let is_first = AtomicBool::new(true);
    let people = Server::new(
        move |_, stream| match is_first.swap(false, Ordering::Relaxed) {
            true => std::thread::sleep(Duration::from_secs(60)),
            false => respond(stream, 200, "application/json", "{}"),
        },
    );
    let mut stage = Stage::with(people);
    stage.say(Prom::Says("application/json", number("7")));
    stage.start();
    let id = stage.incident("a");
    stage.wait_for_told("the first try", |_, _| true);
    assert_eq!(stage.terminate(), Some(0), "{}", stage.log());
    stage.start();
    let twice = || (stage.told().len() >= 2).then_some(());
    wait::until("the second try", twice, || stage.log());
    for (path, page) in stage.told() {
        assert_eq!((path.as_str(), &page["incident"]), ("/first", &id.into()));
    }
}

/// Whoever takes a page slowly has it: the next start tells it no more.
fn page_taken() {
    let is_first = AtomicBool::new(true);
    let people = Server::new(move |_, stream| {
        if is_first.swap(false, Ordering::Relaxed) {
            std::thread::sleep(Duration::from_secs(3));
        }
        respond(stream, 200, "application/json", "{}");
    });
    let mut stage = Stage::with(people);
    stage.say(Prom::Says("application/json", number("7")));
    stage.start();
    let id = stage.incident("a");
    stage.wait_for_told("the page", |_, _| true);
    assert_eq!(stage.terminate(), Some(0), "{}", stage.log());
    let log = stage.log();
    assert!(log.contains("what is said to pager:first"), "{log}");
    stage.start();
    stage.wait_for_shown(id, "page delivered to pager:first");
    // What is told next would come after it.
    let other = stage.incident("b");
    stage.wait_for_told("the other page", |_, page| page["incident"] == other);
    let told = stage.told().into_iter();
    let own = told.filter(|(_, page)| page["incident"] == id);
    assert_eq!(own.count(), 1, "{:?}", stage.told());
}

fn plain_secret() {
    let mut stage = Stage::new();
    stage.start();
    let secret = "/first\"\ntoken = \"hunter2-plain-0x7\"";
    stage.change("agent.toml", "/first\"", secret);
    stage.wait_for_log("A1211");
    assert!(!stage.log().contains("hunter2"), "{}", stage.log());
    stage.incident("a");
}

fn change_ends() {
    let mut stage = Stage::new();
    let (begun, started) = (stage.path("begun"), stage.path("started"));
    let (begun, started) = (begun.display(), started.display());
    stage.control(&format!(": > {begun}; sleep 3; : > {started}"));
    stage.start();
    let id = stage.incident("a");
    stage.wait_for_file("begun");
    assert_eq!(stage.terminate(), Some(0), "{}", stage.log());
    assert!(stage.path("started").exists(), "{}", stage.log());
    stage.wait_for_log("waiting for what is under way: exec.apply");
    stage.start();
    stage.wait_for(id, "resolved");
    assert_eq!(stage.told(), []);
}

fn stood_still() {
    let mut stage = Stage::new();
    let (record, started) = (stage.path("record"), stage.path("started"));
    let (record, started) = (record.display(), started.display());
    stage.control(&format!("echo begins >> {record}; sleep 1; : > {started}"));
    stage.change(
        "package/service.rbk",
        ") waive undo",
        ") within 3s waive undo",
    );
    stage.start();
    let id = stage.incident("a");
    stage.wait_for_file("record");
    stage.signal(Signal::STOP);
    std::thread::sleep(Duration::from_secs(5));
    stage.signal(Signal::CONT);
    stage.wait_for(id, "resolved");
    let record = fs::read_to_string(stage.path("record")).unwrap();
    assert_eq!(record, "begins\n", "{}", stage.log());
    let shown = stage.shown(id);
    assert!(!shown.contains("unknown"), "{shown}");
}

fn never_twice_at_work() {
    let mut stage = Stage::new();
    let (record, started) = (stage.path("record"), stage.path("started"));
    let (record, started) = (record.display(), started.display());
    stage.control(&format!(
        "echo begins >> {record}; sleep 9; echo ends >> {record}; : > {started}"
    ));
    stage.start();
    let id = stage.incident("a");
    stage.wait_for_file("record");
    stage.kill();
    stage.start();
    stage.wait_for(id, "resolved");
    // The first one would have ended before the second one.
    let record = fs::read_to_string(stage.path("record")).unwrap();
    assert_eq!(record, "begins\nbegins\nends\n", "{}", stage.log());
}

/// What is left of the first start takes none of the time of the second one, which has four seconds.
fn whole_time() {
    let mut stage = Stage::new();
    let line = "touching: machine,\n  )";
    stage.change("package/service.rbk", line, &format!("{line} within 4s"));
    let (record, started) = (stage.path("record"), stage.path("started"));
    let (record, started) = (record.display(), started.display());
    stage.control(&format!(
        "test -e {record} && {{ echo again >> {record}; sleep 3; : > {started}; exit 0; }}\n\
         trap '' TERM; echo begins >> {record}; sleep 60"
    ));
    stage.start();
    let id = stage.incident("a");
    stage.wait_for_file("record");
    stage.kill();
    stage.start();
    stage.wait_for(id, "resolved");
    let record = fs::read_to_string(stage.path("record")).unwrap();
    assert_eq!(record, "begins\nagain\n", "{}", stage.shown(id));
}

fn half_a_request() {
    let mut stage = Stage::new();
    stage.start();
    let mut half = connection(&stage);
    half.write_all(HALF).unwrap();
    let mut answer = String::new();
    half.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    let mut silent = connection(&stage);
    silent.write_all(b"GET /v1/hea").unwrap();
    let mut answer = String::new();
    silent.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    stage.wait_for_log("the head of the call did not come within 10 s");
    assert_eq!(stage.dead_letters(), Vec::<serde_json::Value>::new());
}

fn silence_makes_room() {
    let mut stage = Stage::new();
    // Of which 64 are kept, and half of the others are for connections.
    stage.descriptors = Some(128);
    stage.start();
    let mut silent: Vec<TcpStream> = Vec::new();
    for _ in 0..100 {
        let mut one = connection(&stage);
        one.write_all(HALF).unwrap();
        silent.push(one);
    }
    std::thread::sleep(Duration::from_millis(1_200));
    assert_eq!(
        stage.get("/v1/health")["status"],
        "alive",
        "{}",
        stage.log()
    );
    stage.say(Prom::Says("application/json", number("1")));
    stage.incident("a");
}

/// The head of a request, and the first byte of its body.
const HALF: &[u8] = b"POST /v1/alerts/alertmanager HTTP/1.1\r\nHost: 127.0.0.1\r\n\
    Content-Type: application/json\r\nContent-Length: 9\r\n\r\n{";

fn connection(stage: &Stage) -> TcpStream {
    let connection = TcpStream::connect((Ipv4Addr::LOCALHOST, stage.port)).unwrap();
    let patience = Some(Duration::from_secs(30));
    connection.set_read_timeout(patience).unwrap();
    connection
}

/// A package that asks for what nobody carries out is refused before it is needed.
fn no_connector() {
    let stage = Stage::new();
    let package = "package/service.rbk";
    stage.change(package, "use std.{exec, host,", "use std.{exec, host, k8s,");
    let words = "page builder \"nobody can tell";
    let block = format!(
        "{{\n  attach k8s.volume_claim(\"shop\", \"scratch\")\n  {words} how ${{service}} is\"\n}}"
    );
    stage.change(package, &format!("{words} how ${{service}} is\""), &block);
    let (code, said) = stage.refused();
    assert_eq!(code, Some(1), "{said}");
    for words in [
        "E0023",
        "no connector offers `k8s.volume_claim`, needed by `service_down`",
    ] {
        assert!(said.contains(words), "no {words} in {said}");
    }
}
