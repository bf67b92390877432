//! The service that the demo breaks, and its supervisor: what a service manager does elsewhere.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

/// How often the supervisor looks after the service.
const LOOK: Duration = Duration::from_millis(50);
/// How long one question waits.
const PATIENCE: Duration = Duration::from_millis(500);

/// A file in the demo's folder that puts the books out of balance.
const BROKEN: &str = "broken";
/// The number of the service's process.
const PID: &str = "pid";

/// Answers HEALTH with OK, until its books are out of balance. Never returns while it lives.
pub fn serve(port: u16, folder: &Path) -> io::Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", port))?;
    for connection in listener.incoming() {
        // Whoever hangs up early is no reason to stop.
        let _ = connection.and_then(|connection| answer(&connection, folder));
    }
    Ok(())
}

fn answer(mut connection: &TcpStream, folder: &Path) -> io::Result<()> {
    connection.set_read_timeout(Some(PATIENCE))?;
    let mut line = String::new();
    BufReader::new(connection).read_line(&mut line)?;
    let answer = match (line.trim(), folder.join(BROKEN).exists()) {
        ("HEALTH", false) => "OK\r\n",
        ("HEALTH", true) => "ERR 77 the books are out of balance\r\n",
        _ => "ERR 1 what?\r\n",
    };
    connection.write_all(answer.as_bytes())
}

/// Keeps the service running until it is dropped.
pub struct Supervisor {
    folder: PathBuf,
    port: u16,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Supervisor {
    /// Starts the service, and starts it again whenever it ends.
    pub fn start(port: u16, folder: &Path) -> io::Result<Supervisor> {
        let program = std::env::current_exe()?;
        let mut child = spawn(&program, port, folder)?;
        let stop = Arc::new(AtomicBool::new(false));
        let (stops, place) = (stop.clone(), folder.to_path_buf());
        let thread = thread::spawn(move || {
            while !stops.load(Ordering::Relaxed) {
                if let Ok(Some(_)) = child.try_wait()
                    && let Ok(next) = spawn(&program, port, &place)
                {
                    child = next;
                }
                thread::sleep(LOOK);
            }
            // It may be gone already; what counts is that it is.
            let _ = child.kill();
            let _ = child.wait();
        });
        Ok(Supervisor {
            folder: folder.to_path_buf(),
            port,
            stop,
            thread: Some(thread),
        })
    }

    /// Freezes the process: connections are still accepted, by the kernel, and never answered.
    pub fn freeze(&self) -> io::Result<()> {
        let pid = std::fs::read_to_string(self.folder.join(PID))?;
        let pid = pid.trim().parse().ok().and_then(Pid::from_raw);
        match pid {
            Some(pid) => Ok(kill_process(pid, Signal::STOP)?),
            None => Err(io::Error::other("the service has no process")),
        }
    }

    /// Puts the books out of balance.
    pub fn unbalance(&self) -> io::Result<()> {
        std::fs::write(self.folder.join(BROKEN), "")
    }

    /// Whether it answers as one that is well.
    pub fn is_well(&self) -> bool {
        ask(self.port).is_ok_and(|answer| answer.trim() == "OK")
    }
}

impl Drop for Supervisor {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            // A thread that broke down has nothing left to end.
            let _ = thread.join();
        }
    }
}

fn ask(port: u16) -> io::Result<String> {
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    let connection = TcpStream::connect_timeout(&address, PATIENCE)?;
    connection.set_read_timeout(Some(PATIENCE))?;
    (&connection).write_all(b"HEALTH\r\n")?;
    let mut line = String::new();
    BufReader::new(&connection).read_line(&mut line)?;
    Ok(line)
}

fn spawn(program: &Path, port: u16, folder: &Path) -> io::Result<Child> {
    let child = Command::new(program)
        .arg("demo")
        .arg("--as-service")
        .arg(port.to_string())
        .arg("--folder")
        .arg(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    // At once or not at all: whoever reads it must not see half a number.
    let new = folder.join("pid.new");
    std::fs::write(&new, child.id().to_string())?;
    std::fs::rename(new, folder.join(PID))?;
    Ok(child)
}
