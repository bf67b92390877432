//! A program and all that came of it: its group, and whoever left the group.
//!
//! Processes that leave the group are known by a mark in their environment, which children inherit.
//! Not found: one that left the group and also cleared its environment, or took another user, so
//! that its environment cannot be read.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions};
use tokio::signal::unix::{SignalKind, signal};

/// The variable that carries the mark.
pub const VARIABLE: &str = "RBK_CALL";

/// How often is looked for processes that left, as each may have started another meanwhile.
const ROUNDS: usize = 20;

/// A number for each mark of this agent.
static NEXT: AtomicU64 = AtomicU64::new(0);

/// A text that no other call has, of whatever agent.
pub fn mark() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let nanos = since.unwrap_or_default().as_nanos();
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("{}-{nanos}-{number}", std::process::id())
}

/// The processes of a call. Whatever is left of them when this is dropped is killed.
pub struct Family {
    group: Pid,
    mark: String,
    over: bool,
}

impl Family {
    /// The group that this process leads.
    pub fn new(leader: u32, mark: String) -> Option<Family> {
        let group = Pid::from_raw(i32::try_from(leader).ok()?)?;
        Some(Family {
            group,
            mark,
            over: false,
        })
    }

    /// Sends a signal to the group. Safe as long as the leader was not waited for, or somebody is
    /// left of the group: until then nobody else gets its number.
    pub fn signal(&self, signal: Signal) {
        // A group that is gone needs no signal.
        let _ = rustix::process::kill_process_group(self.group, signal);
    }

    /// Whether the group has no member left, not even one to be waited for.
    pub fn is_gone(&self) -> bool {
        rustix::process::test_kill_process_group(self.group).is_err()
    }

    /// Resolves once the leader has ended, and leaves it to be waited for.
    pub async fn leader_ends(&self) {
        // Without the signal it is found at the next look.
        let mut children = signal(SignalKind::child()).ok();
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT | WaitIdOptions::NOHANG;
        loop {
            match rustix::process::waitid(WaitId::Pid(self.group), options) {
                Ok(None) => {}
                Ok(Some(_)) | Err(_) => return,
            }
            let look_again = tokio::time::sleep(Duration::from_millis(200));
            match &mut children {
                Some(children) => {
                    tokio::select! { _ = children.recv() => {}, () = look_again => {} }
                }
                None => look_again.await,
            }
        }
    }

    /// Lets those live on who left the group.
    pub fn let_go(mut self) {
        self.over = true;
    }

    /// Kills whoever left the group. To be called after the group was killed.
    pub async fn gather(mut self) {
        for _ in 0..ROUNDS {
            let mark = self.mark.clone();
            let found = tokio::task::spawn_blocking(move || kill_marked(&mark)).await;
            match found {
                Ok(0) => {
                    self.over = true;
                    return;
                }
                Ok(_) | Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
            }
        }
    }
}

impl Drop for Family {
    fn drop(&mut self) {
        if self.over {
            return;
        }
        self.signal(Signal::KILL);
        for _ in 0..ROUNDS {
            if kill_marked(&self.mark) == 0 {
                return;
            }
        }
    }
}

/// Kills every process with the mark in its environment; how many there were.
#[cfg(target_os = "linux")]
fn kill_marked(mark: &str) -> usize {
    use rustix::process::{PidfdFlags, pidfd_open, pidfd_send_signal};

    let wanted = format!("{VARIABLE}={mark}");
    let Ok(processes) = std::fs::read_dir("/proc") else {
        return 0;
    };
    let mut killed = 0;
    for entry in processes.flatten() {
        let name = entry.file_name();
        let number = name.to_str().and_then(|name| name.parse().ok());
        let Some(pid) = number.and_then(Pid::from_raw) else {
            continue;
        };
        let environment = entry.path().join("environ");
        let is_marked = || {
            let variables = std::fs::read(&environment).unwrap_or_default();
            let mut variables = variables.split(|byte| *byte == 0);
            variables.any(|variable| variable == wanted.as_bytes())
        };
        if !is_marked() {
            continue;
        }
        // Held first, then looked at again: the number may belong to another process by now.
        let Ok(process) = pidfd_open(pid, PidfdFlags::empty()) else {
            continue;
        };
        if is_marked() && pidfd_send_signal(process, Signal::KILL).is_ok() {
            killed += 1;
        }
    }
    killed
}

/// Elsewhere environments cannot be read: the group alone ends with the call.
#[cfg(not(target_os = "linux"))]
fn kill_marked(_: &str) -> usize {
    0
}
