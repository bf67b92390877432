//! The agent of a trial, from outside: the process, and what its command line says about incidents.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::servers::Server;

/// A running agent. It may be killed and started again on what it has written down.
pub struct Agent {
    port: u16,
    package: PathBuf,
    settings: PathBuf,
    folder: PathBuf,
    server: Server,
}

impl Agent {
    /// Starts it, and waits until it takes alerts.
    pub fn start(port: u16, folder: &Path, package: &Path, settings: &Path) -> Agent {
        let help = rbk(&["agent", "--help"]);
        assert!(help.is_ok(), "this `rbk` has no agent: {help:?}");
        Agent {
            port,
            package: package.into(),
            settings: settings.into(),
            folder: folder.into(),
            server: run(port, folder, package, settings),
        }
    }

    /// Ends it in the middle of whatever it does.
    pub fn kill(&mut self) {
        self.server.kill();
    }

    /// Starts it once more with the same store.
    pub fn start_again(&mut self) {
        self.server = run(self.port, &self.folder, &self.package, &self.settings);
    }

    /// All incidents, also those that are over.
    pub fn incidents(&self) -> Vec<Value> {
        let found = self.ask(&["list"]);
        let list = found.get("incidents").unwrap_or(&found);
        list.as_array().unwrap().clone()
    }

    /// One incident with its timeline.
    pub fn show(&self, id: &str) -> Value {
        self.ask(&["show", id])
    }

    /// Somebody takes it on.
    pub fn acknowledge(&self, id: &str) {
        self.ask(&["ack", id, "--as", "ada"]);
    }

    /// Somebody says that it is over.
    pub fn resolve(&self, id: &str) {
        self.ask(&["resolve", id, "--as", "ada", "--why", "seen"]);
    }

    fn ask(&self, words: &[&str]) -> Value {
        let address = format!("http://127.0.0.1:{}", self.port);
        let words = [
            &["incident"],
            words,
            &["--agent", &address, "--format", "json"],
        ];
        let text = rbk(&words.concat()).unwrap_or_else(|why| panic!("{why}\n{}", self.said()));
        serde_json::from_str(&text).unwrap_or_else(|why| panic!("{why}: {text}"))
    }

    pub fn said(&self) -> String {
        self.server.said()
    }
}

fn run(port: u16, folder: &Path, package: &Path, settings: &Path) -> Server {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rbk"));
    command.arg("agent").arg(package);
    command.arg("--config").arg(settings);
    let mut server = Server::start("agent", folder, &mut command);
    server.wait_for(port, "/v1/ready");
    server
}

/// Runs `rbk` to its end: what it says, or why it failed.
fn rbk(words: &[&str]) -> Result<String, String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rbk"));
    let output = command.args(words).output().unwrap();
    let out = String::from_utf8_lossy(&output.stdout).into_owned();
    let wrong = String::from_utf8_lossy(&output.stderr);
    match output.status.success() {
        true => Ok(out),
        false => Err(format!("rbk {}: {out}{wrong}", words.join(" "))),
    }
}
