//! The first steps in `README.md`: what a newcomer types, run as it is written there, but for the ports.

use std::fs;
use std::process::{Child, Command, Output, Stdio};

use libtest_mimic::Trial;
use tempfile::TempDir;

use crate::harness::fixture::{root, trial};
use crate::harness::markdown;
use crate::harness::{net, wait};

pub fn trials() -> Vec<Trial> {
    vec![trial(
        "readme/from nothing to a healed service",
        from_nothing_to_a_healed_service,
    )]
}

/// The commands of the first block below a heading.
fn commands(heading: &str) -> Vec<String> {
    let text = fs::read_to_string(root().join("README.md")).unwrap();
    let (_, below) = text.split_once(&format!("\n## {heading}\n")).unwrap();
    let blocks = markdown::blocks(below);
    let block = blocks.iter().find(|block| block.tag == "console").unwrap();
    let lines = block.text.lines();
    let commands = lines.map(|line| line.strip_prefix("$ ").unwrap());
    commands
        .map(|line| line.split("  # ").next().unwrap().trim().to_owned())
        .collect()
}

/// Where a newcomer sits, and the agent that is left running there.
struct Desk {
    folder: TempDir,
    agent: Option<Child>,
    /// Instead of 7117 and 8080, which others may have.
    ports: (u16, u16),
}

impl Desk {
    fn line(&self, line: &str) -> Command {
        let (agent, service) = self.ports;
        let line = line.replace("7117", &agent.to_string());
        let line = line.replace("8080", &service.to_string());
        let binary = std::path::Path::new(env!("CARGO_BIN_EXE_rbk"));
        let path = std::env::var("PATH").unwrap();
        let path = format!("{}:{path}", binary.parent().unwrap().display());
        let mut command = Command::new("bash");
        command.args(["-c", &line]).current_dir(self.folder.path());
        command.env("PATH", path).stdin(Stdio::null());
        command.env("RBK_AGENT", format!("http://127.0.0.1:{agent}"));
        command
    }

    fn types(&self, line: &str) -> (Output, String) {
        let output = self.line(line).output().unwrap();
        let said = [&output.stdout[..], &output.stderr[..]].concat();
        let said = String::from_utf8(said).unwrap();
        (output, said)
    }

    /// What was written has the usual ports; this trial has its own.
    fn moves(&self) {
        let (agent, service) = self.ports;
        for (file, from, to) in [
            ("shop/agent.toml", "7117", agent),
            ("shop/shop.rbk", "8080", service),
        ] {
            let path = self.folder.path().join(file);
            let text = fs::read_to_string(&path).unwrap();
            assert!(text.contains(from), "{text}");
            fs::write(&path, text.replace(from, &to.to_string())).unwrap();
        }
    }

    fn starts_agent(&mut self, line: &str) {
        let log = fs::File::create(self.folder.path().join("log")).unwrap();
        let mut command = self.line(&format!("exec {line}"));
        command.stdout(log.try_clone().unwrap()).stderr(log);
        self.agent = Some(command.spawn().unwrap());
        let port = self.ports.0;
        wait::until(
            "the agent",
            || net::get(port, "/v1/ready"),
            || fs::read_to_string(self.folder.path().join("log")).unwrap(),
        );
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        if let Some(agent) = &mut self.agent {
            agent.kill().ok();
            agent.wait().ok();
        }
        // What the newcomer's script has started is nobody's child.
        let server = format!("http.server {}", self.ports.1);
        let pids = Command::new("pgrep").args(["-f", &server]).output();
        let pids = pids.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
        for pid in pids.unwrap_or_default().lines() {
            Command::new("kill").arg(pid).status().ok();
        }
    }
}

fn from_nothing_to_a_healed_service() {
    let mut desk = Desk {
        folder: tempfile::tempdir().unwrap(),
        agent: None,
        ports: (net::free_port(), net::free_port()),
    };
    let typed = commands("From nothing to a healed service");
    assert!(typed.len() > 5, "{typed:?}");
    for line in &typed {
        if line.starts_with("rbk agent ") {
            desk.starts_agent(line);
            continue;
        }
        let (output, said) = desk.types(line);
        assert!(output.status.success(), "$ {line}\n{said}");
        if line.starts_with("rbk init ") {
            desk.moves();
        }
    }
    let last = typed.last().unwrap();
    let resolved = || {
        let (_, said) = desk.types(last);
        said.contains("resolved").then_some(said)
    };
    let said = wait::until("resolved", resolved, || desk.types(last).1);
    for words in ["found down", "do exec.apply", "applied", "verified"] {
        assert!(said.contains(words), "no {words} in {said}");
    }
    // The rest is understood, whether there is something to say or not.
    for line in commands("Run an agent") {
        let (output, said) = desk.types(&line);
        assert_ne!(output.status.code(), Some(2), "$ {line}\n{said}");
    }
}
