//! The whole agent over HTTP: the binary, alerts over kept connections, and what people would feel.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::{less, more};

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(600);

/// Alerts joined and opened, by the size of a notification.
pub fn measure(folder: &Path, package: &str) {
    for each in [1_000, 100] {
        let rounds = 30_000 / each;
        accepted(folder, package, each, rounds, 1_000);
        accepted(folder, package, each, rounds, usize::MAX);
    }
}

/// So many alerts in each notification, over so many keys.
fn accepted(folder: &Path, package: &str, each: usize, rounds: usize, keys: usize) {
    let what = if keys == usize::MAX { "new" } else { "join" };
    let agent = Agent::start(&folder.join(format!("http-{what}-{each}")), package);
    let mut connection = Connection::open(agent.port);
    if keys != usize::MAX {
        connection.alerts("QueueStuck", (0..keys).collect());
    }
    let (start, cpu) = (Instant::now(), agent.cpu());
    for round in 0..rounds {
        let pods = (0..each).map(|at| (round * each + at) % keys);
        connection.alerts("QueueStuck", pods.collect());
    }
    let (wall, cpu) = (start.elapsed().as_secs_f64(), agent.cpu() - cpu);
    let alerts = (each * rounds) as f64;
    let aim = if what == "new" { 50_000.0 } else { 100_000.0 };
    let name = format!("http: {what}, {each} a commit");
    more(&name, alerts / wall, "alerts/s", aim);
    let aim = if what == "new" { 15.0 } else { 5.0 };
    less(
        "  CPU of the agent",
        cpu * 1e6 / alerts,
        "CPU-us/alert",
        aim,
    );
}

/// An agent in a folder of its own, and the world that it looks at.
pub struct Agent {
    pub port: u16,
    folder: PathBuf,
    child: Option<Child>,
}

impl Agent {
    pub fn start(folder: &Path, package: &str) -> Agent {
        let world = world();
        let port = free_port();
        fs::create_dir_all(folder.join("package")).unwrap();
        let manifest = "name = \"measured\"\nversion = \"1.0.0\"\nedition = \"2026\"\n";
        fs::write(folder.join("package/rbk.toml"), manifest).unwrap();
        let package = package.replace("20001", &world.to_string());
        fs::write(folder.join("package/main.rbk"), package).unwrap();
        let settings = format!(
            "listen = \"127.0.0.1:{port}\"\nstore = \"agent.db\"\n\n[prometheus]\n\
             url = \"http://127.0.0.1:{world}\"\n\n[contacts.\"pagerduty:shop\"]\n\
             webhook = \"http://127.0.0.1:{world}/page\"\n\n[storm]\nthreshold = 1000000\n\n[limits]\nper_target = 1000000\n\n\
             [hosts.\"box-1\"]\naddress = \"127.0.0.1\"\nrole = \"box\"\nhere = true\n\n\
             [grants]\n\"prom.query\" = true\n\"host.read\" = [\"box-*\"]\n\
             \"http.post\" = [\"http://127.0.0.1:{world}/change\"]\n"
        );
        fs::write(folder.join("agent.toml"), settings).unwrap();
        let mut agent = Agent {
            port,
            folder: folder.to_owned(),
            child: None,
        };
        agent.begin();
        agent
    }

    pub fn begin(&mut self) {
        let log = fs::File::create(self.folder.join("log")).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_rbk"));
        command.arg("agent").arg(self.folder.join("package"));
        command.arg("--config").arg(self.folder.join("agent.toml"));
        command
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap());
        self.child = Some(command.stderr(log).spawn().unwrap());
        let pause = Duration::from_millis(2);
        self.wait_for("it is ready", pause, |agent| {
            Connection::try_get(agent.port, "/v1/ready").map(drop)
        });
    }

    /// Waits until there is something, and asks this often.
    pub fn wait_for<T>(&self, what: &str, pause: Duration, ask: impl Fn(&Agent) -> Option<T>) -> T {
        let start = Instant::now();
        loop {
            if let Some(found) = ask(self) {
                return found;
            }
            let log = || fs::read_to_string(self.folder.join("log")).unwrap_or_default();
            assert!(start.elapsed() < PATIENCE, "not so: {what}\n{}", log());
            thread::sleep(pause);
        }
    }

    /// One of the numbers that it tells of itself.
    pub fn metric(&self, name: &str) -> f64 {
        let page = Connection::open(self.port).get("/metrics");
        let mut lines = page.lines();
        let line = lines.find_map(|line| line.strip_prefix(name)).unwrap();
        line.trim().parse().unwrap()
    }

    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            // What has ended already needs no killing.
            child.kill().ok();
            child.wait().ok();
        }
    }

    /// Seconds of CPU that it has used so far, of all its threads.
    pub fn cpu(&self) -> f64 {
        let stat = self.proc("stat");
        let (_, rest) = stat.rsplit_once(')').unwrap();
        let mut fields = rest.split_whitespace().skip(11);
        let mut ticks = || fields.next().unwrap().parse::<f64>().unwrap();
        (ticks() + ticks()) / rustix::param::clock_ticks_per_second() as f64
    }

    /// The bytes that it has in memory.
    pub fn resident(&self) -> f64 {
        let statm = self.proc("statm");
        let pages = statm.split(' ').nth(1).unwrap().parse::<f64>().unwrap();
        pages * rustix::param::page_size() as f64
    }

    fn proc(&self, file: &str) -> String {
        let id = self.child.as_ref().unwrap().id();
        fs::read_to_string(format!("/proc/{id}/{file}")).unwrap()
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A port that nobody listens on any more.
fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.local_addr().unwrap().port()
}

/// A connection that is kept.
pub struct Connection {
    stream: BufReader<TcpStream>,
}

impl Connection {
    pub fn open(port: u16) -> Connection {
        Connection::try_open(port).unwrap()
    }

    fn try_open(port: u16) -> Option<Connection> {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).ok()?;
        stream.set_read_timeout(Some(PATIENCE)).ok()?;
        stream.set_nodelay(true).ok()?;
        Some(Connection {
            stream: BufReader::new(stream),
        })
    }

    /// The body, if the answer is good.
    pub fn try_get(port: u16, path: &str) -> Option<String> {
        let mut connection = Connection::try_open(port)?;
        let (status, body) = connection.ask(&format!("GET {path}"), "")?;
        (status == 200).then_some(body)
    }

    pub fn get(&mut self, path: &str) -> String {
        self.ask(&format!("GET {path}"), "").unwrap().1
    }

    /// One notification, accepted when this is back.
    pub fn alerts(&mut self, name: &str, pods: Vec<usize>) {
        let alert = |pod: usize| {
            format!(
                "{{\"status\":\"firing\",\"labels\":{{\"alertname\":\"{name}\",\"cluster\":\
                 \"eu-north-1\",\"namespace\":\"shop\",\"pod\":\"web-7f9c-{pod}\",\"severity\":\
                 \"critical\",\"team\":\"checkout\"}},\"annotations\":{{\"summary\":\"the queue does \
                 not move any more\"}},\"startsAt\":\"2026-11-01T12:00:00Z\",\"fingerprint\":\
                 \"{pod:016x}\"}}"
            )
        };
        let alerts: Vec<String> = pods.into_iter().map(alert).collect();
        let body = format!("{{\"version\":\"4\",\"alerts\":[{}]}}", alerts.join(","));
        loop {
            let (status, answer) = self.ask("POST /v1/alerts/alertmanager", &body).unwrap();
            match status {
                200 => return,
                429 => thread::sleep(Duration::from_millis(100)),
                _ => panic!("{status}: {answer}"),
            }
        }
    }

    /// The status of the answer, and its body.
    pub fn ask(&mut self, line: &str, body: &str) -> Option<(u16, String)> {
        let length = body.len();
        let head = format!(
            "{line} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n\
             Content-Length: {length}\r\n\r\n"
        );
        let stream = self.stream.get_mut();
        stream.write_all(head.as_bytes()).ok()?;
        stream.write_all(body.as_bytes()).ok()?;
        let (first, body) = message(&mut self.stream)?;
        Some((first.split(' ').nth(1)?.parse().ok()?, body))
    }
}

/// The first line of a message and its body; none at the end.
fn message(stream: &mut BufReader<TcpStream>) -> Option<(String, String)> {
    let mut first = String::new();
    stream.read_line(&mut first).ok().filter(|read| *read > 0)?;
    let (mut length, mut chunked) = (0, false);
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).ok().filter(|read| *read > 0)?;
        let line = line.trim().to_ascii_lowercase();
        match line.split_once(':') {
            Some(("content-length", value)) => length = value.trim().parse().ok()?,
            Some(("transfer-encoding", value)) => chunked = value.contains("chunked"),
            Some(_) => {}
            None if line.is_empty() => break,
            None => return None,
        }
    }
    let mut body = Vec::new();
    loop {
        if chunked {
            let mut size = String::new();
            stream.read_line(&mut size).ok()?;
            length = usize::from_str_radix(size.trim(), 16).ok()?;
        }
        let from = body.len();
        body.resize(from + length, 0);
        stream.read_exact(body.get_mut(from..)?).ok()?;
        if chunked {
            stream.read_line(&mut String::new()).ok()?;
        }
        if !chunked || length == 0 {
            return Some((first, String::from_utf8_lossy(&body).into_owned()));
        }
    }
}

/// A Prometheus that says that all is well, and people who take every page.
fn world() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(stream) = stream else { return };
            thread::spawn(move || {
                let mut stream = BufReader::new(stream);
                while message(&mut stream).is_some() {
                    let now = std::time::SystemTime::now();
                    let now = now.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
                    // Whoever asks for the newest sample wants to know its time.
                    let body = format!(
                        "{{\"status\":\"success\",\"data\":{{\"resultType\":\"vector\",\"result\":\
                         [{{\"metric\":{{\"rbk_selector\":\"0\"}},\"value\":[{now},\"{now}\"]}}]}}}}"
                    );
                    let length = body.len();
                    let answer = format!(
                        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\
                         Content-Length: {length}\r\n\r\n{body}"
                    );
                    if stream.get_mut().write_all(answer.as_bytes()).is_err() {
                        return;
                    }
                }
            });
        }
    });
    port
}
