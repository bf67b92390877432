//! A program and all that came of it: its group, and whoever left the group, who is known by its mark.

use std::time::Duration;

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions};
use tokio::signal::unix::{SignalKind, signal};

use super::mark::marked;

/// Between two looks at processes that were asked to end.
const LOOK: Duration = Duration::from_millis(50);

/// How often is looked for processes that left, as each may have started another meanwhile.
const ROUNDS: usize = 20;

/// Ends what is left of earlier starts of the same change: of an agent that was killed, say. Asked
/// to end first, and killed a little later. True when none is left.
pub async fn end_earlier(key: &str, grace: Duration) -> bool {
    if key.is_empty() {
        return true;
    }
    let of_key = format!("{key}/");
    let rounds = (grace.as_millis() / LOOK.as_millis()).max(1);
    for round in 0..=rounds + ROUNDS as u128 {
        let signal = match round {
            0 => Some(Signal::TERM),
            round if round >= rounds => Some(Signal::KILL),
            _ => None,
        };
        let of_key = of_key.clone();
        let found = tokio::task::spawn_blocking(move || marked(&of_key, signal)).await;
        match found {
            Ok(found) if found.is_empty() => return true,
            Ok(_) | Err(_) => tokio::time::sleep(LOOK).await,
        }
    }
    false
}

/// The processes that are left of starts of a change, of whatever agent.
pub fn running(key: &str) -> Vec<i32> {
    match key.is_empty() {
        true => Vec::new(),
        false => marked(&format!("{key}/"), None),
    }
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
            let kill = Some(Signal::KILL);
            let found = tokio::task::spawn_blocking(move || marked(&mark, kill)).await;
            match found {
                Ok(found) if found.is_empty() => {
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
            if marked(&self.mark, Some(Signal::KILL)).is_empty() {
                return;
            }
        }
    }
}
