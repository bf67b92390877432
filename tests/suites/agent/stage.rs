//! What a trial stands on: a package, settings, a world to look at, people to tell, and the agent.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::harness::server::{Server, respond};
use crate::harness::{net, wait};

const PACKAGE: &str = include_str!("../../agent/service.rbk");

/// What the fake Prometheus answers.
#[derive(Clone, Debug)]
pub enum Prom {
    /// Down until the program was started, up from then on.
    Honest,
    Says(&'static str, String),
}

/// Everything ends when it is dropped.
pub struct Stage {
    pub port: u16,
    pub world: Server,
    pub people: Server,
    pub prom: Arc<Mutex<Prom>>,
    /// The variables that the agent is given.
    pub variables: Vec<(String, String)>,
    /// How many descriptors the agent may have, if not as many as this process.
    pub descriptors: Option<u32>,
    agent: Option<Child>,
    pub folder: TempDir,
}

impl Stage {
    /// Nothing runs yet; whoever is told says that it was received.
    pub fn new() -> Stage {
        Stage::with(Server::plain(200, "application/json", "{}"))
    }

    /// With these people.
    pub fn with(people: Server) -> Stage {
        let folder = tempfile::tempdir().unwrap();
        let prom = Arc::new(Mutex::new(Prom::Honest));
        let world = world(folder.path().join("started"), prom.clone());
        let stage = Stage {
            port: net::free_port(),
            world,
            people,
            prom,
            variables: Vec::new(),
            descriptors: None,
            agent: None,
            folder,
        };
        stage.lay_out();
        stage
    }

    fn lay_out(&self) {
        let package = self.path("package");
        fs::create_dir_all(&package).unwrap();
        fs::create_dir_all(self.path("store")).unwrap();
        let manifest = "name = \"service\"\nversion = \"1.0.0\"\nedition = \"2026\"\n";
        fs::write(package.join("rbk.toml"), manifest).unwrap();
        let text = PACKAGE.replace("20001", &self.world.port.to_string());
        fs::write(package.join("service.rbk"), text).unwrap();
        self.control(&format!(": > {}", self.path("started").display()));
        let control = self.path("control");
        let settings = format!(
            r#"listen = "127.0.0.1:{agent}"
store = "store/agent.db"

[prometheus]
url = "http://127.0.0.1:{world}"

[hosts."box-1"]
address = "127.0.0.1"
role = "box"
here = true

[programs]
control = "{control}"

[contacts."pager:first"]
webhook = "http://127.0.0.1:{people}/first"

[contacts."pager:second"]
webhook = "http://127.0.0.1:{people}/second"

[pages]
gather = "1ms"
every = "1ms"

[grants]
"prom.query" = true
"host.read" = ["box-*"]
"tcp.connect" = ["box-*"]
"http.get" = ["http://127.0.0.1:{world}/*"]
"exec.apply" = [["control", "restart"]]
"#,
            agent = self.port,
            world = self.world.port,
            people = self.people.port,
            control = control.display(),
        );
        fs::write(self.path("agent.toml"), settings).unwrap();
    }

    /// What the program does that the remedy starts.
    pub fn control(&self, line: &str) {
        let script = format!("#!/bin/sh\n{line}\n");
        // Written by a child: a file that this process has open for writing cannot be started.
        let mut copy = Command::new("install");
        copy.args(["-m", "755", "/dev/stdin"])
            .arg(self.path("control"));
        let mut copy = copy.stdin(Stdio::piped()).spawn().unwrap();
        let mut input = copy.stdin.take().unwrap();
        input.write_all(script.as_bytes()).unwrap();
        drop(input);
        assert!(copy.wait().unwrap().success());
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Puts one thing in the place of another, which has to be there.
    pub fn change(&self, file: &str, from: &str, to: &str) {
        let text = fs::read_to_string(self.path(file)).unwrap();
        assert!(text.contains(from), "`{from}` does not stand in {text}");
        fs::write(self.path(file), text.replace(from, to)).unwrap();
    }

    pub fn say(&self, prom: Prom) {
        *self.prom.lock().unwrap() = prom;
    }

    /// The agent, not yet started.
    pub fn command(&self) -> Command {
        let binary = env!("CARGO_BIN_EXE_rbk");
        let mut command = match self.descriptors {
            None => Command::new(binary),
            Some(most) => {
                let mut shell = Command::new("sh");
                let line = format!("ulimit -n {most}; exec \"$0\" \"$@\"");
                shell.args(["-c", &line, binary]);
                shell
            }
        };
        command.arg("agent").arg(self.path("package"));
        command.arg("--config").arg(self.path("agent.toml"));
        command.envs(self.variables.clone()).stdin(Stdio::null());
        command
    }

    /// Starts the agent, and waits until it takes alerts.
    pub fn start(&mut self) {
        self.begin();
        self.wait_until_ready();
    }

    /// Starts the agent, and waits for nothing.
    pub fn begin(&mut self) {
        let log = fs::OpenOptions::new().create(true).append(true).to_owned();
        let log = log.open(self.path("log")).unwrap();
        self.begin_into(log.try_clone().unwrap().into(), log.into());
    }

    /// Starts the agent with these outputs, and waits for nothing.
    pub fn begin_into(&mut self, out: Stdio, errors: Stdio) {
        let mut command = self.command();
        command.stdout(out).stderr(errors);
        self.agent = Some(command.spawn().unwrap());
    }

    pub fn wait_until_ready(&mut self) {
        self.wait_for_answer("/v1/ready");
    }

    /// Waits until the agent answers this well.
    pub fn wait_for_answer(&mut self, path: &str) {
        let port = self.port;
        let mut agent = self.agent.take().unwrap();
        let answer = || {
            let ended = agent.try_wait().unwrap();
            assert!(ended.is_none(), "it ended: {ended:?}\n{}", self.log());
            net::get(port, path)
        };
        wait::until(path, answer, || self.log());
        self.agent = Some(agent);
    }

    /// Starts an agent that must not start: its exit code and all that it said.
    pub fn refused(&self) -> (Option<i32>, String) {
        let mut command = self.command();
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let ended = ended(&mut child);
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        (
            ended.code(),
            said + &String::from_utf8_lossy(&output.stdout),
        )
    }

    /// Asks the agent to end, and waits until it has.
    pub fn terminate(&mut self) -> Option<i32> {
        self.signal(rustix::process::Signal::TERM);
        self.wait_for_end()
    }

    /// Sends the agent a signal.
    pub fn signal(&self, signal: rustix::process::Signal) {
        let agent = self.agent.as_ref().unwrap();
        let id = rustix::process::Pid::from_child(agent);
        rustix::process::kill_process(id, signal).unwrap();
    }

    /// Kills the agent: it can say and write nothing more.
    pub fn kill(&mut self) {
        let mut agent = self.agent.take().unwrap();
        agent.kill().unwrap();
        agent.wait().unwrap();
    }

    /// Waits until the file is there.
    pub fn wait_for_file(&self, name: &str) {
        let path = self.path(name);
        let is_there = || path.exists().then_some(());
        wait::until("the file", is_there, || self.log());
    }

    pub fn wait_for_end(&mut self) -> Option<i32> {
        ended(&mut self.agent.take().unwrap()).code()
    }

    pub fn log(&self) -> String {
        String::from_utf8_lossy(&fs::read(self.path("log")).unwrap_or_default()).into_owned()
    }

    pub fn wait_for_log(&self, words: &str) {
        let said = || self.log().contains(words).then_some(());
        wait::until(&format!("the log says {words}"), said, || self.log());
    }

    /// Waits until so many changes of files were taken, since the first start.
    pub fn wait_for_loads(&self, many: usize) {
        let loads = || self.log().matches("reloaded").count();
        let done = || (loads() >= many).then_some(());
        wait::until(&format!("{many} loads"), done, || self.log());
    }

    /// Waits until the world was asked this.
    pub fn wait_for_asked(&self, start: &str) {
        let asked = || {
            let asked = self.world.asked();
            asked
                .iter()
                .any(|text| text.starts_with(start))
                .then_some(())
        };
        wait::until(start, asked, || self.log());
    }

    /// Posts something: the status of the answer, and its body. None if there is no answer.
    pub fn post(&self, path: &str, body: &[u8]) -> Option<(u16, Value)> {
        self.post_as(path, body, body.len())
    }

    /// Posts, saying that the body is so long.
    pub fn post_as(&self, path: &str, body: &[u8], length: usize) -> Option<(u16, Value)> {
        let is_cut = body.len() < length;
        self.send(path, body, length, is_cut)
    }

    /// The beginning of a body that is said to be so long, and then nothing.
    pub fn post_slowly(&self, path: &str, body: &[u8], length: usize) -> (u16, Value) {
        let answer = self.send(path, body, length, false);
        answer.expect("it is answered that it takes too long")
    }

    fn send(&self, path: &str, body: &[u8], length: usize, is_cut: bool) -> Option<(u16, Value)> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).ok()?;
        stream
            .set_read_timeout(Some(Duration::from_secs(30)))
            .unwrap();
        let head = format!(
            "POST {path} HTTP/1.0\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).ok()?;
        stream.write_all(body).ok()?;
        if is_cut {
            stream.shutdown(std::net::Shutdown::Write).ok()?;
        }
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).ok()?;
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = answer.split_once("\r\n\r\n")?;
        let status = head.split(' ').nth(1)?.parse().ok()?;
        Some((status, serde_json::from_str(body).unwrap_or(Value::Null)))
    }

    /// One alert about this service.
    pub fn alert(&self, service: &str) -> Option<(u16, Value)> {
        let body = notification(&[alert(&json!({"service": service}))]);
        self.post(ALERTS, body.as_bytes())
    }

    /// An alert that has to be taken: the number of its incident.
    pub fn incident(&self, service: &str) -> u64 {
        let (status, answer) = self.alert(service).unwrap();
        assert_eq!(status, 200, "{answer}");
        answer["incidents"][0].as_u64().unwrap()
    }

    pub fn get(&self, path: &str) -> Value {
        let text = net::get(self.port, path);
        let text = text.unwrap_or_else(|| panic!("no answer to {path}\n{}", self.log()));
        serde_json::from_str(&text).unwrap()
    }

    pub fn dead_letters(&self) -> Vec<Value> {
        let found = self.get("/v1/dead-letters");
        found["dead_letters"].as_array().unwrap().clone()
    }

    /// An incident with its timeline.
    pub fn show(&self, id: u64) -> Value {
        self.get(&format!("/v1/incidents/{id}"))
    }

    /// Waits until an incident is in this state; gives it.
    pub fn wait_for(&self, id: u64, state: &str) -> Value {
        let found = || {
            let shown = self.show(id);
            (inner(&shown)["state"] == state).then_some(shown)
        };
        let what = format!("incident {id} is {state}");
        wait::until(&what, found, || {
            format!("{:#}\n{}", self.show(id), self.log())
        })
    }

    /// Waits until an incident's timeline says this.
    pub fn wait_for_shown(&self, id: u64, words: &str) {
        let said = || self.shown(id).contains(words).then_some(());
        let what = format!("incident {id} says {words}");
        wait::until(&what, said, || {
            format!("{}\n{}", self.shown(id), self.log())
        });
    }

    /// An incident as people see it.
    pub fn shown(&self, id: u64) -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rbk"));
        command.args(["incident", "show", &id.to_string(), "--agent"]);
        command.arg(format!("http://127.0.0.1:{}", self.port));
        let output = command.output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// What the command line says to this agent.
    pub fn rbk(&self, arguments: &[&str]) -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rbk"));
        command.args(arguments);
        command.args(["--agent", &format!("http://127.0.0.1:{}", self.port)]);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// What people were told so far, with the path at which.
    pub fn told(&self) -> Vec<(String, Value)> {
        self.people
            .asked()
            .iter()
            .map(|text| posted(text))
            .collect()
    }

    /// Waits until somebody was told something like this.
    pub fn wait_for_told(&self, what: &str, is: impl Fn(&str, &Value) -> bool) -> (String, Value) {
        let found = || self.told().into_iter().find(|(path, body)| is(path, body));
        wait::until(what, found, || {
            format!("{:#?}\n{}", self.told(), self.log())
        })
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        if let Some(agent) = &mut self.agent {
            // What has ended already needs no killing.
            agent.kill().ok();
            agent.wait().ok();
        }
    }
}

pub const ALERTS: &str = "/v1/alerts/alertmanager";

/// The incident in what `show` says.
pub fn inner(shown: &Value) -> &Value {
    shown
        .get("incident")
        .filter(|found| found.is_object())
        .unwrap_or(shown)
}

/// A firing alert "ServiceDown" with more labels.
pub fn alert(labels: &Value) -> String {
    let mut labels = labels.clone();
    labels["alertname"] = "ServiceDown".into();
    let now = jiff::Timestamp::now().to_string();
    json!({"status": "firing", "labels": labels, "annotations": {}, "startsAt": now}).to_string()
}

/// A notification of these alerts, each a text of its own.
pub fn notification(alerts: &[String]) -> String {
    format!("{{\"version\": \"4\", \"alerts\": [{}]}}", alerts.join(","))
}

/// The path and the body of a request.
pub fn posted(request: &str) -> (String, Value) {
    let (head, body) = request.split_once("\r\n\r\n").unwrap_or((request, ""));
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    (path, serde_json::from_str(body).unwrap_or(Value::Null))
}

/// Stands in an answer of Prometheus for the time that is asked for.
pub const TIME_ASKED: &str = "@time";

/// The answer of Prometheus with one number.
pub fn number(number: &str) -> String {
    let series = json!([{"metric": {"rbk_selector": "0"}, "value": [TIME_ASKED, number]}]);
    json!({"status": "success", "data": {"resultType": "vector", "result": series}}).to_string()
}

/// Prometheus, and the service with its address of health.
fn world(started: PathBuf, prom: Arc<Mutex<Prom>>) -> Server {
    let up = AtomicBool::new(false);
    Server::new(move |request, stream| {
        if request.starts_with("GET /health") {
            return respond(stream, 503, "text/plain", "down");
        }
        if request.starts_with("GET /echo") {
            return respond(stream, 503, "text/plain", request);
        }
        if !request.contains("/api/v1/query") {
            // Whoever only connects wants to know that it is open.
            return;
        }
        let said = prom.lock().unwrap().clone();
        let timed = |body: &str| {
            let time = net::time_asked(request).to_string();
            body.replace(&format!("\"{TIME_ASKED}\""), &time)
        };
        match said {
            Prom::Says(kind, body) => respond(stream, 200, kind, &timed(&body)),
            Prom::Honest if request.contains("rbk_selector") => {
                let now = SystemTime::now()
                    .duration_since(SystemTime::UNIX_EPOCH)
                    .unwrap();
                respond(
                    stream,
                    200,
                    "application/json",
                    &timed(&number(&now.as_secs_f64().to_string())),
                );
            }
            Prom::Honest => {
                up.fetch_or(started.exists(), Ordering::Relaxed);
                let value = if up.load(Ordering::Relaxed) { "1" } else { "0" };
                respond(stream, 200, "application/json", &timed(&number(value)));
            }
        }
    })
}

fn ended(child: &mut Child) -> ExitStatus {
    wait::until("the agent ends", || child.try_wait().unwrap(), String::new)
}
