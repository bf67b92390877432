//! The example as it is run here: its own text and settings, with the ports and paths of a trial.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::servers::World;
use crate::harness::fixture::root;

/// How the cache is restarted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Restart {
    /// As the example says: it may be repeated.
    Apply,
    /// As something that nobody may repeat without looking.
    Run,
}

/// How long the first one on the chain is waited for, in seconds; five minutes in the example.
pub const FIRST_LINK: u64 = 15;

/// Where the words for each role go, below the webhook's port.
pub const FIRST_PATH: &str = "/cache";

/// Writes the package into the folder of a trial.
pub fn lay_out(folder: &Path, redis: u16, restart: Restart) -> PathBuf {
    let package = folder.join("package");
    fs::create_dir_all(&package).unwrap();
    let manifest = example("rbk.toml");
    fs::write(package.join("rbk.toml"), manifest).unwrap();
    let mut text = example("redis.rbk");
    set(
        &mut text,
        "const port = 6379",
        &format!("const port = {redis}"),
    );
    set(
        &mut text,
        "builder for 5m,",
        &format!("builder for {FIRST_LINK}s,"),
    );
    if restart == Restart::Run {
        set(&mut text, "exec.apply(", "exec.run(");
    }
    fs::write(package.join("redis.rbk"), text).unwrap();
    package
}

/// Writes the agent's settings into the folder of a trial: the example's, with people behind this port.
pub fn settings(world: &World, people: u16, restart: Restart) -> PathBuf {
    let mut text = example("agent.toml");
    let folder = world.folder.path();
    let store = folder.join("store");
    let control = world.redis.control();
    set(&mut text, ":9797\"", &format!(":{}\"", world.agent));
    set(&mut text, ":9090\"", &format!(":{}\"", world.prometheus));
    set(&mut text, ":9798/cache", &format!(":{people}{FIRST_PATH}"));
    set(&mut text, ":9798/sre", &format!(":{people}/sre"));
    set(&mut text, "/var/lib/rbk/cache", store.to_str().unwrap());
    set(
        &mut text,
        "/usr/local/sbin/redis-control",
        control.to_str().unwrap(),
    );
    if restart == Restart::Run {
        set(&mut text, "exec.apply", "exec.run");
    }
    let path = folder.join("agent.toml");
    fs::write(&path, text).unwrap();
    path
}

/// What is run is what the checker lets pass, in both forms.
pub fn both_check() {
    for restart in [Restart::Apply, Restart::Run] {
        let folder = tempfile::tempdir().unwrap();
        let package = lay_out(folder.path(), 20_001, restart);
        let mut command = Command::new(env!("CARGO_BIN_EXE_rbk"));
        let output = command.arg("check").arg(package).output().unwrap();
        let shown =
            String::from_utf8_lossy(&output.stderr) + String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{restart:?}\n{shown}");
    }
}

fn example(name: &str) -> String {
    fs::read_to_string(root().join("examples/redis").join(name)).unwrap()
}

/// Puts one thing in the place of another, which has to be there exactly once.
fn set(text: &mut String, from: &str, to: &str) {
    let found = text.matches(from).count();
    assert_eq!(found, 1, "`{from}` stands in the example {found} times");
    *text = text.replace(from, to);
}
