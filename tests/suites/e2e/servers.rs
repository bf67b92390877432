//! The servers around an agent: Redis, its exporter, Prometheus, Alertmanager.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use super::redis::Redis;
use crate::harness::fixture::root;
use crate::harness::{net, wait};

/// Each program with the Debian package that has it.
const PACKAGES: &[(&str, &str)] = &[
    ("redis-server", "redis-server"),
    ("redis-cli", "redis-tools"),
    ("prometheus-redis-exporter", "prometheus-redis-exporter"),
    ("prometheus", "prometheus"),
    ("prometheus-alertmanager", "prometheus-alertmanager"),
];
const FOLDERS: &[&str] = &["/usr/local/bin", "/usr/bin", "/usr/sbin"];

/// Where a program is. Where one is missing, says what has to be installed for all that are.
pub fn program(name: &str) -> PathBuf {
    let missing = PACKAGES.iter().filter(|(name, _)| find(name).is_none());
    let missing: Vec<_> = missing.map(|(_, package)| *package).collect();
    assert!(
        missing.is_empty(),
        "real servers are missing: apt-get install --no-install-recommends {}",
        missing.join(" ")
    );
    find(name).unwrap()
}

fn find(name: &str) -> Option<PathBuf> {
    let places = FOLDERS.iter().map(|folder| Path::new(folder).join(name));
    places.into_iter().find(|place| place.is_file())
}

/// A file of `tests/e2e/`.
pub fn template(name: &str) -> String {
    fs::read_to_string(root().join("tests/e2e").join(name)).unwrap()
}

/// A server that runs until it is dropped.
pub struct Server {
    name: String,
    pub child: Child,
    /// What it says.
    log: PathBuf,
}

impl Server {
    /// Starts a program in the folder, with its words going to a file there.
    pub fn start(name: &str, folder: &Path, command: &mut Command) -> Server {
        let log = folder.join(format!("{name}.log"));
        let mut options = fs::OpenOptions::new();
        let out = options.create(true).append(true).open(&log).unwrap();
        command.current_dir(folder).stdin(Stdio::null());
        command.stdout(out.try_clone().unwrap()).stderr(out);
        Server {
            name: name.into(),
            child: command.spawn().unwrap(),
            log,
        }
    }

    /// Waits until this path of its port answers; fails at once where it has ended.
    pub fn wait_for(&mut self, port: u16, path: &str) {
        let ready = || {
            let ended = self.child.try_wait().unwrap();
            assert!(ended.is_none(), "it ended: {ended:?}\n{}", said(&self.log));
            net::get(port, path).map(|_| ())
        };
        let what = format!("{} answers {path}", self.name);
        let log = self.log.clone();
        wait::until(&what, ready, || said(&log));
    }

    /// The end of what it said.
    pub fn said(&self) -> String {
        format!("--- {}\n{}", self.name, said(&self.log))
    }

    /// Ends it in the middle of whatever it does.
    pub fn kill(&mut self) {
        // What has ended already needs no killing.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

fn said(log: &Path) -> String {
    let text = String::from_utf8_lossy(&fs::read(log).unwrap_or_default()).into_owned();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(25)..].join("\n")
}

/// A Redis that is watched. Everything ends when it is dropped, the folder last.
pub struct World {
    pub prometheus: u16,
    /// Where Alertmanager calls the agent.
    pub agent: u16,
    servers: Vec<Server>,
    pub redis: Redis,
    pub folder: TempDir,
}

impl World {
    /// Starts all of them, and waits until Prometheus has seen that Redis is up.
    pub fn start() -> World {
        let folder = tempfile::tempdir().unwrap();
        let [redis, exporter, prometheus, alertmanager, agent] = [(); 5].map(|()| net::free_port());
        let fill = |name: &&str| {
            let text = template(name)
                .replace("@REDIS@", &redis.to_string())
                .replace("@EXPORTER@", &exporter.to_string())
                .replace("@ALERTMANAGER@", &alertmanager.to_string())
                .replace("@AGENT@", &agent.to_string());
            fs::write(folder.path().join(name), text).unwrap();
        };
        ["prometheus.yml", "rules.yml", "alertmanager.yml"]
            .iter()
            .for_each(fill);
        let redis = Redis::start(folder.path(), redis);
        let mut world = World {
            prometheus,
            agent,
            servers: Vec::new(),
            redis,
            folder,
        };
        world.start_alertmanager(alertmanager);
        world.start_exporter(exporter);
        world.start_prometheus(prometheus);
        let seen = || world.measured("redis_up").filter(|value| value == "1");
        wait::until("Prometheus sees Redis", seen, || world.said());
        world
    }

    fn start_alertmanager(&mut self, port: u16) {
        let arguments = [
            "--config.file=alertmanager.yml".into(),
            "--storage.path=alertmanager".into(),
            format!("--web.listen-address=127.0.0.1:{port}"),
            format!("--web.external-url=http://127.0.0.1:{port}"),
            // Empty: it is alone, and looks for no others.
            "--cluster.listen-address=".into(),
        ];
        self.add("prometheus-alertmanager", arguments, port, "/-/ready");
    }

    fn start_exporter(&mut self, port: u16) {
        let arguments = [
            format!("-web.listen-address=127.0.0.1:{port}"),
            // Shorter than a scrape: a frozen Redis is one that is down, not one that is not measured.
            "-connection-timeout=500ms".into(),
            "-redis.addr=".into(),
        ];
        self.add("prometheus-redis-exporter", arguments, port, "/health");
    }

    fn start_prometheus(&mut self, port: u16) {
        let arguments = [
            "--config.file=prometheus.yml".into(),
            "--storage.tsdb.path=prometheus".into(),
            format!("--web.listen-address=127.0.0.1:{port}"),
            format!("--web.external-url=http://127.0.0.1:{port}"),
        ];
        self.add("prometheus", arguments, port, "/-/ready");
    }

    fn add(
        &mut self,
        name: &str,
        arguments: impl IntoIterator<Item = impl AsRef<OsStr>>,
        port: u16,
        path: &str,
    ) {
        let mut command = Command::new(program(name));
        let mut server = Server::start(name, self.folder.path(), command.args(arguments));
        server.wait_for(port, path);
        self.servers.push(server);
    }

    /// The value of a metric as Prometheus has it now.
    pub fn measured(&self, metric: &str) -> Option<String> {
        let answer = net::get(self.prometheus, &format!("/api/v1/query?query={metric}"))?;
        let answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
        let value = answer.pointer("/data/result/0/value/1")?;
        value.as_str().map(str::to_owned)
    }

    /// What all of them said, for a trial that failed.
    pub fn said(&self) -> String {
        let said: Vec<String> = self.servers.iter().map(Server::said).collect();
        said.join("\n")
    }
}
