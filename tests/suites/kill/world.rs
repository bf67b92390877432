//! What is around the agent: machines that are changed, a Prometheus that sees it, people who are told
//! and resolve what they are told of, and a clock that is set.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{load, put};
use crate::harness::net;
use crate::harness::server::{Server, respond};
use crate::suites::agent::stage::{Stage, posted};

const PACKAGE: &str = include_str!("../../kill/busy.rbk");

/// All around one agent.
pub struct World {
    pub clock: Arc<Clock>,
    pub record: Arc<Mutex<Record>>,
    pub told: Arc<Mutex<Told>>,
    prometheus: Server,
    target: Server,
    helper: Mutex<Option<JoinHandle<()>>>,
    rests: Arc<AtomicBool>,
}

/// What was done, as those saw it to whom it was done.
pub struct Record {
    /// What programs write to.
    path: PathBuf,
    read: u64,
    /// Each beginning, by its machine: the key that it came with.
    pub begun: BTreeMap<String, Vec<String>>,
    pub done: BTreeSet<String>,
}

/// What people heard.
#[derive(Default)]
pub struct Told {
    pub incidents: BTreeSet<u64>,
    /// Those of them that nobody has resolved since.
    open: BTreeSet<u64>,
    /// Pages with a list, which may be longer than what it shows, that nobody has answered yet.
    pages: BTreeSet<u64>,
    /// Of letters and the like.
    pub titles: BTreeSet<String>,
}

/// The wall clock that the agent sees: that of the machine, and so many seconds.
pub struct Clock {
    folder: TempDir,
    away: AtomicI64,
}

impl World {
    pub fn new() -> World {
        let clock = Arc::new(Clock::new());
        let record = Arc::new(Mutex::new(Record {
            path: clock.folder.path().join("record"),
            read: 0,
            begun: BTreeMap::new(),
            done: BTreeSet::new(),
        }));
        let target = {
            let record = record.clone();
            Server::new(move |request, stream| {
                let (_, body) = posted(request);
                let machine = body["machine"].as_str().unwrap_or_default().to_owned();
                let key = header(request, "idempotency-key").to_owned();
                let mut record = record.lock().unwrap();
                record.begun.entry(machine.clone()).or_default().push(key);
                record.done.insert(machine);
                drop(record);
                // Meanwhile whoever sent it may die.
                thread::sleep(Duration::from_millis(100));
                respond(stream, 200, "text/plain", "");
            })
        };
        World {
            prometheus: prometheus(record.clone(), clock.clone()),
            clock,
            record,
            told: Arc::default(),
            target,
            helper: Mutex::default(),
            rests: Arc::default(),
        }
    }

    /// People who take every page.
    pub fn people(&self) -> Server {
        let told = self.told.clone();
        Server::new(move |request, stream| {
            let (_, body) = posted(request);
            told.lock().unwrap().hear(&body);
            respond(stream, 200, "application/json", "{}");
        })
    }

    /// Resolves whatever somebody is told of, each time, until the world rests.
    pub fn help(&self, port: u16) {
        let (told, rests) = (self.told.clone(), self.rests.clone());
        let helper = thread::spawn(move || {
            while !rests.load(Ordering::Relaxed) {
                let (pages, incidents) = told.lock().unwrap().unanswered();
                for page in pages {
                    acknowledge(port, page, &told);
                }
                for incident in incidents {
                    // What nobody knows is said before it can be over; there may be nothing to say.
                    let path = format!("/v1/incidents/{incident}/settle");
                    let why =
                        "{\"outcome\": \"applied\", \"by\": \"ada\", \"why\": \"it is well\"}";
                    load::post(port, &path, why);
                    let path = format!("/v1/incidents/{incident}/resolve");
                    let why = "{\"by\": \"ada\", \"why\": \"it is well\"}";
                    let is_done = load::post(port, &path, why).is_some_and(|(status, answer)| {
                        let answer = answer.to_string();
                        let waits = answer.contains("still runs") || answer.contains("settle");
                        // Of two, one was quicker.
                        status == 200 || status == 409 && !waits
                    });
                    if !is_done {
                        told.lock().unwrap().open.insert(incident);
                    }
                }
                thread::sleep(Duration::from_millis(100));
            }
        });
        *self.helper.lock().unwrap() = Some(helper);
    }

    /// Nobody helps any more.
    pub fn rest(&self) {
        self.rests.store(true, Ordering::Relaxed);
        if let Some(helper) = self.helper.lock().unwrap().take() {
            helper.join().unwrap();
        }
    }

    /// The package, and settings with so many machines.
    pub fn lay_out(&self, stage: &mut Stage, machines: usize) {
        let package = PACKAGE.replace("20001", &self.target.port.to_string());
        put(&stage.path("package/service.rbk"), &package);
        let record = self.record.lock().unwrap().path.display().to_string();
        // Of the mark of a call only the key stays the same when it is repeated.
        stage.control(&format!(
            "echo \"begins $1 ${{RBK_CALL%%/*}}\" >> {record}; sleep 0.2; echo \"ends $1 -\" >> {record}"
        ));
        let of = |port| format!("url = \"http://127.0.0.1:{port}\"");
        stage.change(
            "agent.toml",
            &of(stage.world.port),
            &of(self.prometheus.port),
        );
        let machine = |number| {
            format!(
                "[hosts.\"box-{number}\"]\naddress = \"127.0.0.1\"\nrole = \"box\"\nhere = true\n\n"
            )
        };
        let hosts: String = (2..=machines).map(machine).collect();
        // All of them come at once, and each is to be mended.
        let hosts = format!("[storm]\nthreshold = 100000\n\n{hosts}");
        stage.change("agent.toml", "[programs]", &(hosts + "[programs]"));
        let grants = format!(
            "\"http.post\" = [\"http://127.0.0.1:{}/change\"]\n\
             \"exec.run\" = [[\"control\", \"*\"]]\n\
             \"exec.apply\" = [[\"control\", \"*\"]]",
            self.target.port
        );
        let narrow = "\"exec.apply\" = [[\"control\", \"restart\"]]";
        stage.change("agent.toml", narrow, &grants);
    }
}

/// Takes on all that a page tells of, which says what that is.
fn acknowledge(port: u16, page: u64, told: &Mutex<Told>) {
    let path = format!("/v1/pages/{page}/ack");
    let answer = load::post(port, &path, "{\"by\": \"ada\"}");
    let mut told = told.lock().unwrap();
    let Some((_, taken)) = answer else {
        told.pages.insert(page);
        return;
    };
    let taken = taken["incidents"].as_array().into_iter().flatten();
    for incident in taken.filter_map(Value::as_u64) {
        told.of(incident);
    }
}

impl Told {
    fn hear(&mut self, message: &Value) {
        self.titles
            .extend(message["title"].as_str().map(str::to_owned));
        if message["kind"] != "page" {
            return;
        }
        if let Some(incident) = message["incident"].as_u64() {
            return self.of(incident);
        }
        let thread = message["thread"].as_str().unwrap_or_default();
        if let Some((_, page)) = thread.split_once("/page/") {
            self.pages.extend(page.parse::<u64>().ok());
        }
        for line in message["evidence"].as_array().into_iter().flatten() {
            let text = line["text"].as_str().unwrap_or_default();
            if let Ok(incident) = text.split(' ').next().unwrap_or_default().parse() {
                self.of(incident);
            }
        }
    }

    fn of(&mut self, incident: u64) {
        self.incidents.insert(incident);
        self.open.insert(incident);
    }

    /// Pages and incidents that somebody is about to answer.
    fn unanswered(&mut self) -> (BTreeSet<u64>, BTreeSet<u64>) {
        let pages = std::mem::take(&mut self.pages);
        (pages, std::mem::take(&mut self.open))
    }
}

impl Record {
    /// Whether the change of a machine was made.
    pub fn is_done(&mut self, machine: &str) -> bool {
        self.read_on();
        self.done.contains(machine)
    }

    /// What programs have written since the last time.
    pub fn read_on(&mut self) {
        let Ok(mut file) = File::open(&self.path) else {
            return;
        };
        file.seek(SeekFrom::Start(self.read)).unwrap();
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        let whole = text.rfind('\n').map_or(0, |end| end + 1);
        self.read += whole as u64;
        for line in text[..whole].lines() {
            let words: Vec<_> = line.split(' ').collect();
            let [what, machine, key] = words[..] else {
                panic!("what is `{line}`?");
            };
            match what {
                "begins" => {
                    let begun = self.begun.entry(machine.to_owned()).or_default();
                    begun.push(key.to_owned());
                }
                _ => {
                    self.done.insert(machine.to_owned());
                }
            }
        }
    }
}

impl Clock {
    pub fn new() -> Clock {
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock {
            folder,
            away: AtomicI64::new(0),
        };
        clock.step(0);
        clock
    }

    /// What an agent is given that is to see this clock.
    pub fn variables(&self, library: &Path) -> Vec<(String, String)> {
        let file = self.folder.path().join("away").display().to_string();
        let given = [
            ("LD_PRELOAD", library.display().to_string()),
            ("FAKETIME_TIMESTAMP_FILE", file),
            ("FAKETIME_CACHE_DURATION", "1".to_owned()),
            // Lengths pass as ever.
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
            ("NO_FAKE_STAT", "1".to_owned()),
            // A process that is killed would leave it behind.
            ("FAKETIME_DISABLE_SHM", "1".to_owned()),
        ];
        given.map(|(name, value)| (name.to_owned(), value)).into()
    }

    pub fn step(&self, by: i64) {
        let away = self.away.fetch_add(by, Ordering::Relaxed) + by;
        put(&self.folder.path().join("away"), &format!("{away:+}\n"));
    }

    pub fn now(&self) -> jiff::Timestamp {
        let away = Duration::from_secs(self.away.load(Ordering::Relaxed).unsigned_abs());
        match self.away.load(Ordering::Relaxed) < 0 {
            true => jiff::Timestamp::now() - away,
            false => jiff::Timestamp::now() + away,
        }
    }
}

/// Says of a machine whether its change was made.
fn prometheus(record: Arc<Mutex<Record>>, clock: Arc<Clock>) -> Server {
    Server::new(move |request, stream| {
        let machine = request.split_once("box-").map(|(_, rest)| {
            let end = rest.find(|c: char| !c.is_ascii_digit());
            format!("box-{}", &rest[..end.unwrap_or(rest.len())])
        });
        let asked = net::time_asked(request);
        let value = match machine {
            // Whoever asks how old it is hears that it is of the time asked.
            _ if request.contains("rbk_selector") => asked.to_string(),
            Some(machine) => u8::from(record.lock().unwrap().is_done(&machine)).to_string(),
            // Whoever asks for no machine wants to know the time.
            None => clock.now().as_second().to_string(),
        };
        let series = json!([{"metric": {"rbk_selector": "0"}, "value": [asked, value]}]);
        let data = json!({"resultType": "vector", "result": series});
        let answer = json!({"status": "success", "data": data}).to_string();
        respond(stream, 200, "application/json", &answer);
    })
}

fn header<'a>(request: &'a str, name: &str) -> &'a str {
    let mut lines = request.lines().filter_map(|line| line.split_once(':'));
    let found = lines.find(|(found, _)| found.eq_ignore_ascii_case(name));
    found.map_or("", |(_, value)| value.trim())
}
