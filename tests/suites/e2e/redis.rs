//! The Redis of a trial: started, frozen, killed, locked, and asked; and what was done to it.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use super::servers::{program, template};
use crate::harness::{net, wait};

/// It is a daemon, since the agent's program starts it anew: the trial knows it by its file.
pub struct Redis {
    pub port: u16,
    folder: PathBuf,
}

impl Redis {
    /// Lays out the control program with what it has to know, and starts Redis with it.
    pub fn start(folder: &Path, port: u16) -> Redis {
        let redis = Redis {
            port,
            folder: folder.join("redis"),
        };
        fs::create_dir_all(&redis.folder).unwrap();
        let settings = format!(
            "server={}\nclient={}\nport={port}\nfolder={}\n",
            program("redis-server").display(),
            program("redis-cli").display(),
            redis.folder.display(),
        );
        fs::write(redis.folder.join("redis-control.conf"), settings).unwrap();
        fs::write(redis.control(), template("redis-control")).unwrap();
        fs::set_permissions(redis.control(), fs::Permissions::from_mode(0o755)).unwrap();
        redis.run("start");
        redis
    }

    /// The program that the agent is given.
    pub fn control(&self) -> PathBuf {
        self.folder.join("redis-control")
    }

    /// Restarts it as the agent would; this counts like any restart.
    pub fn restart(&self) {
        self.run("restart");
    }

    fn run(&self, what: &str) {
        // Through the shell: a file that was just written may still be open in a child that another trial
        // is about to start, and is then no program yet.
        let mut command = Command::new("/bin/sh");
        command.arg(self.control()).arg(what).env_clear();
        let output = command.stdin(Stdio::null()).output().unwrap();
        let shown = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "redis-control {what}: {shown}");
    }

    pub fn freeze(&self) {
        self.signal(Signal::STOP);
    }

    pub fn kill(&self) {
        self.signal(Signal::KILL);
        let dead = || {
            net::ask(self.port, "PING\r\nQUIT\r\n")
                .is_none()
                .then_some(())
        };
        wait::until("the killed Redis is gone", dead, String::new);
    }

    /// From now on it wants a password that nobody has.
    pub fn lock(&self) {
        let answer = net::ask(self.port, "CONFIG SET requirepass nobody-knows\r\nQUIT\r\n");
        let answer = answer.unwrap_or_default();
        assert!(answer.starts_with("+OK"), "{answer}");
    }

    pub fn answers(&self) -> bool {
        net::ask(self.port, "PING\r\nQUIT\r\n").is_some_and(|answer| answer.starts_with("+PONG"))
    }

    /// How often the control program was told to restart it.
    pub fn restarts(&self) -> usize {
        let lines = fs::read_to_string(self.folder.join("restarts"));
        lines.unwrap_or_default().lines().count()
    }

    /// Makes the next restart stand still before it changes anything.
    pub fn halt_next_restart(&self) {
        fs::write(self.folder.join("halt"), "").unwrap();
    }

    /// The process of the restart that stands still, once there is one.
    pub fn halted(&self) -> Option<Pid> {
        process_in(&self.folder.join("halted"))
    }

    fn signal(&self, signal: Signal) {
        let process = process_in(&self.folder.join("redis.pid")).unwrap();
        kill_process(process, signal).unwrap();
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        // What is gone already needs no killing; a restart that still stands would start another Redis.
        for file in ["halted", "redis.pid"] {
            if let Some(process) = process_in(&self.folder.join(file)) {
                kill_process(process, Signal::KILL).ok();
            }
        }
    }
}

/// The number of a process that a file holds.
fn process_in(file: &Path) -> Option<Pid> {
    let text = fs::read_to_string(file).ok()?;
    Pid::from_raw(text.trim().parse().ok()?)
}
