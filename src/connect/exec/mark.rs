//! How the processes of a call are known again, also by another start of the agent: by what they inherit.
//!
//! The mark is a variable of their environment, and the name of what they read as input. With them is found who is in
//! the group that one of them leads. Not found: a process that cleared its environment and reads something else, after
//! the one that led its group has ended; one of another user, whose environment may not be read.

use std::collections::BTreeSet;
use std::process::Stdio;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use rustix::process::Signal;

/// The variable that carries the mark.
pub const VARIABLE: &str = "RBK_CALL";

/// What the name of the input begins with.
#[cfg(target_os = "linux")]
const INPUT: &str = "rbk:";

/// A number for each mark of this agent.
static NEXT: AtomicU64 = AtomicU64::new(0);

/// A text that no other start has, of whatever agent. It begins with the key of the change, so that
/// an earlier start of the same change is found by it.
pub fn mark(key: &str) -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let nanos = since.unwrap_or_default().as_nanos();
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("{key}/{}-{nanos}-{number}", std::process::id())
}

/// An input in which nothing stands, under the name of the mark; that of nobody where it cannot be made.
#[cfg(target_os = "linux")]
pub fn input(mark: &str) -> Stdio {
    use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create};

    let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
    let Ok(input) = memfd_create(format!("{INPUT}{mark}"), flags) else {
        return Stdio::null();
    };
    let seals = SealFlags::GROW | SealFlags::SHRINK | SealFlags::WRITE | SealFlags::SEAL;
    match fcntl_add_seals(&input, seals) {
        Ok(()) => Stdio::from(input),
        Err(_) => Stdio::null(),
    }
}

/// Elsewhere inputs have no names.
#[cfg(not(target_os = "linux"))]
pub fn input(_: &str) -> Stdio {
    Stdio::null()
}

/// Sends the signal to every process whose mark begins so, and to the groups that one of them leads; which ones
/// there are.
#[cfg(target_os = "linux")]
pub fn marked(mark: &str, signal: Option<Signal>) -> Vec<i32> {
    let Ok(processes) = std::fs::read_dir("/proc") else {
        return Vec::new();
    };
    let numbers = processes.flatten().filter_map(|entry| {
        let name = entry.file_name();
        name.to_str()?.parse::<i32>().ok()
    });
    let all: Vec<i32> = numbers.collect();
    let own = std::process::id();
    let led = all
        .iter()
        .filter(|pid| is_marked(**pid, mark) && group(**pid) == Some(**pid));
    let groups: BTreeSet<i32> = led
        .copied()
        .filter(|pid| pid.cast_unsigned() != own)
        .collect();
    let is_of =
        |pid: i32| is_marked(pid, mark) || group(pid).is_some_and(|group| groups.contains(&group));
    let found = all
        .into_iter()
        .filter(|pid| is_of(*pid) && reached(*pid, signal, &is_of));
    found.collect()
}

/// Sends the signal to a process that is one of those wanted; whether it is there.
#[cfg(target_os = "linux")]
fn reached(pid: i32, signal: Option<Signal>, is_of: &dyn Fn(i32) -> bool) -> bool {
    use rustix::process::{Pid, PidfdFlags, pidfd_open, pidfd_send_signal};

    let Some(process) = Pid::from_raw(pid) else {
        return false;
    };
    // Held first, then looked at again: the number may belong to another process by now.
    let Ok(process) = pidfd_open(process, PidfdFlags::empty()) else {
        return false;
    };
    if !is_of(pid) {
        return false;
    }
    let is_there = signal.is_none_or(|signal| pidfd_send_signal(&process, signal).is_ok());
    if signal == Some(Signal::TERM) {
        // A stopped process sees no signal but this one.
        let _ = pidfd_send_signal(&process, Signal::CONT);
    }
    is_there
}

/// Whether a process carries a mark that begins so.
#[cfg(target_os = "linux")]
fn is_marked(pid: i32, mark: &str) -> bool {
    let variables = std::fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
    let wanted = format!("{VARIABLE}={mark}");
    let mut variables = variables.split(|byte| *byte == 0);
    if variables.any(|variable| variable.starts_with(wanted.as_bytes())) {
        return true;
    }
    let input = std::fs::read_link(format!("/proc/{pid}/fd/0"));
    let name = input
        .ok()
        .and_then(|input| input.into_os_string().into_string().ok());
    name.is_some_and(|name| name.starts_with(&format!("/memfd:{INPUT}{mark}")))
}

/// The group of a process that has not ended.
#[cfg(target_os = "linux")]
fn group(pid: i32) -> Option<i32> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name of the program may have blanks and brackets in it.
    let (_, behind) = status.rsplit_once(')')?;
    let mut words = behind.split_whitespace();
    let state = words.next()?;
    let group = words.nth(1)?.parse().ok()?;
    (state != "Z").then_some(group)
}

/// Elsewhere environments cannot be read: the group alone ends with the call.
#[cfg(not(target_os = "linux"))]
pub fn marked(_: &str, _: Option<Signal>) -> Vec<i32> {
    Vec::new()
}
