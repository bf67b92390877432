//! One program from its start to its end, with everything that it started.
//!
//! The program is looked after by a task of its own, so that it is ended in order also when nobody
//! waits for it any more: asked to end, and killed a little later.

use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::Signal;
use tokio::process::{Child, Command};
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::super::lack::{self, LOOK_AGAIN, is_own_lack};
use super::family::{self, Family};
use super::mark;
use super::output::Stream;

/// Between being asked to end and being killed.
const GRACE: Duration = Duration::from_secs(2);

/// How long the end of the output is waited for after all processes have ended.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// All that a program finds in its environment, but for the mark of its call.
const ENVIRONMENT: [(&str, &str); 2] = [
    ("PATH", "/usr/sbin:/usr/bin:/sbin:/bin"),
    ("LANG", "C.UTF-8"),
];

/// How a program ended, and what it said.
pub struct Ran {
    pub ended: Ended,
    /// What came on its output, then what came as errors.
    pub out: Vec<u8>,
    /// Whether there was more.
    pub more: bool,
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    Exited(i32),
    Killed(i32),
    TooLong,
    /// It ended, and nobody can say how.
    Lost,
}

/// What becomes of processes that have left the group when the program ends in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strays {
    /// A service that was started anew is meant to stay.
    Stay,
    End,
}

/// Ends what is left of earlier starts of a change; fails where that is not possible.
pub async fn end_earlier(key: &str) -> Result<(), String> {
    match family::end_earlier(key, GRACE).await {
        true => Ok(()),
        false => Err("an earlier start of it cannot be ended".to_owned()),
    }
}

/// What is started.
#[derive(Clone, Copy)]
pub struct Line<'l> {
    pub path: &'l Path,
    pub argv: &'l [String],
    /// What it finds in its environment besides what all find there.
    pub environment: &'l [(String, String)],
}

/// Runs a program; fails if it cannot be started.
pub async fn run(
    line: Line<'_>,
    key: &str,
    patience: Duration,
    (most, strays): (usize, Strays),
) -> Result<Ran, String> {
    let deadline = Instant::now() + patience;
    let mark = mark::mark(key);
    let mut command = Command::new(line.path);
    command
        .args(line.argv)
        .env_clear()
        .envs(ENVIRONMENT)
        .envs(line.environment.iter().cloned())
        .env(mark::VARIABLE, &mark)
        .current_dir("/")
        .stdin(mark::input(&mark))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0);
    let child = start(&mut command, lack::as_long(patience)).await?;
    let family = child.id().and_then(|leader| Family::new(leader, mark));
    let family = family.ok_or("it has no number")?;
    // Dropped together with this future: that is how the task learns of it.
    let (_waiting, dropped) = oneshot::channel::<()>();
    let task = tokio::spawn(look_after(child, family, deadline, dropped, (most, strays)));
    let lost = |_| Ran {
        ended: Ended::Lost,
        out: Vec::new(),
        more: false,
    };
    Ok(task.await.unwrap_or_else(lost))
}

/// Starts it, and tries again where the agent itself has run out of something.
async fn start(command: &mut Command, patience: Duration) -> Result<Child, String> {
    let until = Instant::now() + patience;
    loop {
        match command.spawn() {
            Err(error) if is_own_lack(&error) && Instant::now() < until => {
                sleep(LOOK_AGAIN).await;
            }
            Err(error) if is_own_lack(&error) => return Err(lack::too_busy(&error)),
            started => return started.map_err(|error| error.to_string()),
        }
    }
}

async fn look_after(
    mut child: Child,
    family: Family,
    deadline: Instant,
    dropped: oneshot::Receiver<()>,
    (most, strays): (usize, Strays),
) -> Ran {
    let mut out = Stream::read(child.stdout.take(), most);
    let mut errors = Stream::read(child.stderr.take(), most);
    let in_time = tokio::select! {
        // Where both are so, the agent itself had stood still: what has ended is looked at first.
        biased;
        () = family.leader_ends() => true,
        () = tokio::time::sleep_until(deadline) => false,
        _ = dropped => false,
    };
    let status = match in_time {
        true => {
            // Whoever stayed in the group ends with it; its leader still holds the number.
            family.signal(Signal::KILL);
            child.wait().await
        }
        false => end(&mut child, &family).await,
    };
    match (in_time, strays) {
        (true, Strays::Stay) => family.let_go(),
        (true, Strays::End) | (false, _) => family.gather().await,
    }
    let last_words = async {
        out.ended().await;
        errors.ended().await;
    };
    // Somebody out of reach may still hold the pipes.
    let complete = timeout(LAST_WORDS, last_words).await.is_ok();
    let ((mut said, more_said), (complained, more_complained)) = (out.take(), errors.take());
    let room = most.saturating_sub(said.len());
    let more = more_said || more_complained || complained.len() > room || !complete;
    said.extend(complained.into_iter().take(room));
    Ran {
        ended: match in_time {
            true => ended(status),
            false => Ended::TooLong,
        },
        out: said,
        more,
    }
}

/// Asks the group to end, and kills what is left of it a little later.
async fn end(child: &mut Child, family: &Family) -> std::io::Result<ExitStatus> {
    let until = Instant::now() + GRACE;
    family.signal(Signal::TERM);
    // A stopped process sees no signal but this one.
    family.signal(Signal::CONT);
    if timeout_at(until, family.leader_ends()).await.is_err() {
        family.signal(Signal::KILL);
        return child.wait().await;
    }
    let status = child.wait().await;
    // The leader may be gone before those who still tidy up.
    while !family.is_gone() {
        if Instant::now() >= until {
            family.signal(Signal::KILL);
            break;
        }
        sleep(Duration::from_millis(20)).await;
    }
    status
}

fn ended(status: std::io::Result<ExitStatus>) -> Ended {
    let Ok(status) = status else {
        return Ended::Lost;
    };
    match (status.code(), status.signal()) {
        (Some(code), _) => Ended::Exited(code),
        (None, Some(signal)) => Ended::Killed(signal),
        (None, None) => Ended::Lost,
    }
}
