//! The little of a network that the suite needs: free ports, one question, one answer.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(5);

/// Ports are given from here on, below those that the kernel gives to connections: a server may be down
/// for a while, and nobody may take its port in the meantime.
const FIRST: u32 = 20_000;
const MANY: u32 = 10_000;

static GIVEN: AtomicU32 = AtomicU32::new(0);

/// A port of the loopback that nobody listens on, and that no other trial is given.
pub fn free_port() -> u16 {
    // Two runs of the suite on one machine begin at different places.
    let start = process::id().wrapping_mul(97);
    for _ in 0..MANY {
        let next = start.wrapping_add(GIVEN.fetch_add(1, Ordering::Relaxed));
        let port = u16::try_from(FIRST + next % MANY).unwrap();
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return port;
        }
    }
    panic!("no port of the loopback is free");
}

/// Sends a text over a new connection and reads until the other side has closed it, or is silent.
pub fn ask(port: u16, text: &str) -> Option<String> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).ok()?;
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.write_all(text.as_bytes()).ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    Some(String::from_utf8_lossy(&answer).into_owned())
}

/// GET: the body of an answer with status 200.
pub fn get(port: u16, path: &str) -> Option<String> {
    // With 1.0 the answer is not cut into chunks, and ends with the connection.
    let answer = ask(
        port,
        &format!("GET {path} HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n"),
    )?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?;
    (status == "200").then(|| body.into())
}

/// The time that a question to Prometheus asks for, in seconds.
pub fn time_asked(request: &str) -> f64 {
    let time = request.split_once("&time=").map(|(_, rest)| rest);
    let time = time.and_then(|rest| rest.split('&').next());
    time.map_or(0.0, |time| time.trim().parse().unwrap())
}
