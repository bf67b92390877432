//! One call of the system's `git`: never a prompt, never a hook, and an end in time.

use std::io::{Read, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

/// How long a question about what is here may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// Between two looks whether it has ended.
const LOOK_AGAIN: Duration = Duration::from_millis(5);
/// The most that is taken of what it says.
const MOST: u64 = 256 * 1024 * 1024;
/// What may be fetched over; no product is built with the last one.
const PROTOCOLS: &str = match cfg!(feature = "harness") {
    true => "https:ssh:file",
    false => "https:ssh",
};
/// Nothing of the user's repositories runs, and nothing runs behind our back.
const SETTINGS: [&str; 7] = [
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.symlinks=false",
    "fetch.recurseSubmodules=false",
    "submodule.recurse=false",
    "gc.auto=0",
    "maintenance.auto=false",
];
/// What a hook that calls us has set, of another repository, and what hides one.
const OF_ANOTHER: [&str; 8] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_PREFIX",
    "GIT_COMMON_DIR",
    "GIT_OBJECT_DIRECTORY",
    "GIT_NAMESPACE",
    // Where to look for a repository is not for others to say either.
    "GIT_CEILING_DIRECTORIES",
];

/// Whether a call may use the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    Here,
    Network,
}

/// Asks about what is here.
pub fn ask(folder: &Path, arguments: &[&str], input: &[u8]) -> Result<Vec<u8>, String> {
    let until = Instant::now() + PATIENCE;
    call(folder, arguments, input, Reach::Here, until)
}

/// Runs `git` and gives what it says; else why not, in its words.
pub fn call(
    folder: &Path,
    arguments: &[&str],
    input: &[u8],
    reach: Reach,
    until: Instant,
) -> Result<Vec<u8>, String> {
    let mut command = Command::new("git");
    command.arg("-C").arg(folder);
    for setting in SETTINGS {
        command.args(["-c", setting]);
    }
    command
        .args(arguments)
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_OPTIONAL_LOCKS", "0")
        // What was committed is looked at, whatever somebody put in its place here.
        .env("GIT_NO_REPLACE_OBJECTS", "1")
        .env("GIT_DISCOVERY_ACROSS_FILESYSTEM", "1")
        .env("LC_ALL", "C")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0);
    match reach {
        // What a partial clone has not, it has not: this never asks the network.
        Reach::Here => command
            .env("GIT_NO_LAZY_FETCH", "1")
            .env("GIT_ALLOW_PROTOCOL", ""),
        Reach::Network => command.env("GIT_ALLOW_PROTOCOL", PROTOCOLS),
    };
    for variable in OF_ANOTHER {
        command.env_remove(variable);
    }
    let cannot = |error: std::io::Error| format!("`git` cannot be run: {error}");
    let mut child = command.spawn().map_err(cannot)?;
    let (mut stdin, stdout, stderr) =
        (child.stdin.take(), child.stdout.take(), child.stderr.take());
    thread::scope(|scope| {
        // Written and read beside each other: every pipe may be full.
        scope.spawn(move || {
            // A `git` that ends early says why itself.
            stdin.as_mut().map(|stdin| stdin.write_all(input))
        });
        let out = scope.spawn(move || all(stdout));
        let errors = scope.spawn(move || all(stderr));
        let ended = wait(&mut child, until);
        let out = out.join().unwrap_or_default();
        let errors = errors.join().unwrap_or_default();
        match ended.map_err(cannot)? {
            None => Err("`git` took too long".to_owned()),
            Some(true) if out.len() as u64 > MOST => Err("`git` said too much".to_owned()),
            Some(true) => Ok(out),
            Some(false) => Err(reason(&errors)),
        }
    })
}

/// Waits for the end; none where it had to be killed, else whether it went well.
fn wait(child: &mut Child, until: Instant) -> std::io::Result<Option<bool>> {
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status.success()));
        }
        if Instant::now() >= until {
            // With all that it started: helpers hold the pipes open.
            if let Some(group) = Pid::from_raw(child.id() as i32) {
                let _ = kill_process_group(group, Signal::KILL);
            }
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(LOOK_AGAIN);
    }
}

fn all(from: Option<impl Read>) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Some(from) = from {
        // What was said before a pipe broke is what there is to tell.
        let _ = from.take(MOST + 1).read_to_end(&mut bytes);
    }
    bytes
}

/// The line that says why.
fn reason(errors: &[u8]) -> String {
    let said = String::from_utf8_lossy(errors);
    let fatal = said.lines().find(|line| line.starts_with("fatal: "));
    let line = fatal.or(said.lines().next()).unwrap_or_default();
    line.trim_start_matches("fatal: ").to_owned()
}
