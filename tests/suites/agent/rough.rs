//! An agent that is killed, stopped and loaded anew again and again while alerts come in: nothing that
//! it accepted is lost, and nothing is done twice that may not be repeated.
//!
//! `RBK_ROUGH=160` is so rough: of 16 blows 10 kill it, 3 ask it to stop, 3 load it anew.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rustix::process::Signal;
use serde_json::{Value, json};

use super::Case;
use super::stage::{ALERTS, Stage, inner, notification, number, posted};
use crate::harness::random::Random;
use crate::harness::server::{Server, respond};
use crate::harness::{net, wait};

pub const CASES: &[Case] = &[("nothing is lost and nothing is done twice", rough)];

/// How many blows CI deals.
const BLOWS: usize = 8;
/// How many machines there are, each with an alert of its own.
const MACHINES: u64 = 5_000;

const PACKAGE: &str = include_str!("../../agent/once.rbk");

#[derive(Clone, Copy)]
enum Blow {
    Kill,
    Stop,
    Load,
}

const ORDER: [Blow; 16] = {
    use Blow::{Kill, Load, Stop};
    [
        Kill, Kill, Stop, Kill, Load, Kill, Kill, Stop, Kill, Load, Kill, Kill, Stop, Kill, Load,
        Kill,
    ]
};

/// The incidents of the machines whose alerts were accepted.
type Accepted = Arc<Mutex<BTreeMap<u64, u64>>>;
/// The incidents that somebody was told of.
type Told = Arc<Mutex<BTreeSet<u64>>>;

fn rough() {
    let blows = std::env::var("RBK_ROUGH").ok();
    let blows = blows.map_or(BLOWS, |blows| blows.parse().unwrap());
    let accepted = Accepted::default();
    let told = Told::default();
    let mut stage = Stage::with(people(told.clone()));
    let record = stage.path("record");
    fs::write(&record, "").unwrap();
    lay_out(&stage, &prometheus(&record));
    stage.start();
    let over = Arc::new(AtomicBool::new(false));
    let sender = sender(stage.port, accepted.clone(), over.clone());
    let helped = Arc::new(AtomicBool::new(false));
    let human = human(stage.port, told.clone(), helped.clone());
    let mut random = Random::new(blows as u64);
    for blow in ORDER.iter().cycle().take(blows) {
        thread::sleep(Duration::from_millis(random.below(700) as u64));
        match blow {
            Blow::Kill => {
                stage.kill();
                stage.start();
            }
            Blow::Stop => {
                assert_eq!(stage.terminate(), Some(0), "{}", stage.log());
                stage.start();
            }
            Blow::Load => stage.signal(Signal::HUP),
        }
    }
    over.store(true, Ordering::Relaxed);
    sender.join().unwrap();
    let accepted = accepted.lock().unwrap().clone();
    let ends: BTreeMap<u64, String> = accepted
        .values()
        .map(|incident| (*incident, end(&stage, *incident)))
        .collect();
    helped.store(true, Ordering::Relaxed);
    human.join().unwrap();
    is_right(&stage, &accepted, &ends, &told.lock().unwrap());
}

/// How an incident is resolved.
fn end(stage: &Stage, incident: u64) -> String {
    let ended = || {
        let shown = net::get(stage.port, &format!("/v1/incidents/{incident}"))?;
        let shown: Value = serde_json::from_str(&shown).unwrap();
        let shown = inner(&shown);
        (shown["state"] == "resolved").then(|| shown["how"].as_str().unwrap().to_owned())
    };
    wait::until(&format!("incident {incident} ends"), ended, || {
        format!("{:#}\n{}", stage.show(incident), stage.log())
    })
}

fn is_right(
    stage: &Stage,
    accepted: &BTreeMap<u64, u64>,
    ends: &BTreeMap<u64, String>,
    told: &BTreeSet<u64>,
) {
    assert_eq!(
        accepted.len(),
        ends.len(),
        "each machine is a matter of its own"
    );
    let record = fs::read_to_string(stage.path("record")).unwrap();
    let mut begun: BTreeMap<&str, usize> = BTreeMap::new();
    for machine in record
        .lines()
        .filter_map(|line| line.strip_prefix("begins "))
    {
        *begun.entry(machine).or_default() += 1;
    }
    let twice: Vec<_> = begun.iter().filter(|(_, times)| **times > 1).collect();
    assert!(twice.is_empty(), "done twice: {twice:?}\n{record}");
    let resolved = ends.values().filter(|how| *how == "verified").count();
    for (machine, incident) in accepted {
        match ends[incident].as_str() {
            "verified" => assert!(
                is_done(&record, *machine),
                "{incident} is resolved, and nothing was done\n{:#}",
                stage.show(*incident)
            ),
            _ => assert!(
                told.contains(incident),
                "{incident} is resolved by nobody who was told\n{:#}",
                stage.show(*incident)
            ),
        }
    }
    assert!(resolved > 0, "all is left to humans\n{}", stage.log());
    let (all, begun) = (ends.len(), begun.len());
    eprintln!("rough: {all} accepted, {begun} begun, {resolved} resolved, the others with humans");
}

/// People who take every page.
fn people(told: Told) -> Server {
    Server::new(move |request, stream| {
        let (_, body) = posted(request);
        told.lock().unwrap().extend(body["incident"].as_u64());
        respond(stream, 200, "application/json", "{}");
    })
}

/// Resolves whatever somebody was told of, until that has happened.
fn human(port: u16, told: Told, helped: Arc<AtomicBool>) -> JoinHandle<()> {
    let mut done = BTreeSet::new();
    thread::spawn(move || {
        while !helped.load(Ordering::Relaxed) {
            let open: Vec<u64> = told.lock().unwrap().difference(&done).copied().collect();
            for incident in open {
                let path = format!("/v1/incidents/{incident}/resolve");
                let answer = post(port, &path, "{\"by\": \"ada\", \"why\": \"it is well\"}");
                // Of two, one was quicker.
                if answer.is_some_and(|(status, _)| matches!(status, 200 | 409)) {
                    done.insert(incident);
                }
            }
            thread::sleep(Duration::from_millis(100));
        }
    })
}

/// Whether the change of a machine was made.
fn is_done(record: &str, machine: u64) -> bool {
    let end = format!("ends box-{machine}");
    record.lines().any(|line| line == end)
}

fn lay_out(stage: &Stage, prometheus: &Server) {
    fs::write(stage.path("package/service.rbk"), PACKAGE).unwrap();
    let record = stage.path("record");
    let record = record.display();
    stage.control(&format!(
        "echo \"begins $1\" >> {record}; sleep 0.2; echo \"ends $1\" >> {record}"
    ));
    let of = |port| format!("url = \"http://127.0.0.1:{port}\"");
    stage.change("agent.toml", &of(stage.world.port), &of(prometheus.port));
    let machine = |number| {
        format!(
            "[hosts.\"box-{number}\"]\naddress = \"127.0.0.1\"\nrole = \"box\"\nhere = true\n\n"
        )
    };
    let machines: String = (2..=MACHINES).map(machine).collect();
    // All of them come at once, and each is to be mended.
    let machines = format!("[storm]\nthreshold = 100000\n\n{machines}");
    stage.change("agent.toml", "[programs]", &(machines + "[programs]"));
    let grants = "\"exec.run\" = [[\"control\", \"*\"]]\n\"exec.apply\"";
    stage.change("agent.toml", "\"exec.apply\"", grants);
}

/// Says of a machine whether its change was made.
fn prometheus(record: &Path) -> Server {
    let record = record.to_owned();
    Server::new(move |request, stream| {
        let machine = request.split_once("box-").and_then(|(_, rest)| {
            let end = rest.find(|c: char| !c.is_ascii_digit())?;
            rest.get(..end)?.parse::<u64>().ok()
        });
        let record = fs::read_to_string(&record).unwrap();
        let value = match machine {
            Some(machine) if is_done(&record, machine) => "1".to_owned(),
            Some(_) => "0".to_owned(),
            // Whoever asks for no machine wants to know the time.
            None => jiff::Timestamp::now().as_second().to_string(),
        };
        respond(stream, 200, "application/json", &number(&value));
    })
}

/// Sends one alert after the other, each until it is accepted.
fn sender(port: u16, accepted: Accepted, over: Arc<AtomicBool>) -> JoinHandle<()> {
    thread::spawn(move || {
        for machine in 1..=MACHINES {
            let labels = json!({
                "alertname": "Once",
                "unit": format!("box-{machine}"),
            });
            let since = jiff::Timestamp::now().to_string();
            let alert = json!({
                "status": "firing", "labels": labels, "annotations": {}, "startsAt": since
            });
            let body = notification(&[alert.to_string()]);
            loop {
                if over.load(Ordering::Relaxed) {
                    return;
                }
                if let Some(incident) = send(port, &body) {
                    accepted.lock().unwrap().insert(machine, incident);
                    break;
                }
                thread::sleep(Duration::from_millis(20));
            }
            thread::sleep(Duration::from_millis(100));
        }
    })
}

/// The incident that has it, once it is accepted.
fn send(port: u16, body: &str) -> Option<u64> {
    let (status, answer) = post(port, ALERTS, body)?;
    let incident = answer["incidents"][0].as_u64();
    incident.filter(|_| status == 200)
}

/// The status of the answer, and its body; none if there is no answer.
fn post(port: u16, path: &str, body: &str) -> Option<(u16, Value)> {
    let length = body.len();
    let request = format!(
        "POST {path} HTTP/1.0\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    let answer = net::ask(port, &request)?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some((status, serde_json::from_str(body).ok()?))
}
