//! A server that writes down what is posted to it: it stands for people, and once for the agent.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::harness::net;

/// What was posted.
#[derive(Clone, Debug)]
pub struct Posted {
    pub path: String,
    /// The lines of the head, as they came.
    pub head: String,
    pub body: Value,
}

/// It listens until the tests are over.
pub struct Recorder {
    pub port: u16,
    posted: Arc<Mutex<Vec<Posted>>>,
}

impl Recorder {
    /// Listens on a port that was chosen before.
    pub fn on(port: u16) -> Recorder {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).unwrap();
        let posted = Arc::new(Mutex::new(Vec::new()));
        let shelf = Arc::clone(&posted);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shelf = Arc::clone(&shelf);
                thread::spawn(move || answer(&stream, &shelf));
            }
        });
        Recorder { port, posted }
    }

    pub fn start() -> Recorder {
        Recorder::on(net::free_port())
    }

    /// All that was posted so far, oldest first.
    pub fn posted(&self) -> Vec<Posted> {
        self.posted.lock().unwrap().clone()
    }
}

/// Reads one request, writes it down, and then says that it did.
fn answer(stream: &TcpStream, shelf: &Mutex<Vec<Posted>>) {
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    let Some(posted) = read(&mut BufReader::new(stream)) else {
        return;
    };
    shelf.lock().unwrap().push(posted);
    let mut stream = stream;
    let answer = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}";
    // Who does not wait for the answer asks again, and that is written down as well.
    stream.write_all(answer.as_bytes()).ok();
}

fn read(input: &mut BufReader<&TcpStream>) -> Option<Posted> {
    let mut head = String::new();
    let mut length = 0;
    loop {
        let mut line = String::new();
        if input.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if line.trim().is_empty() {
            break;
        }
        let small = line.to_ascii_lowercase();
        if let Some(number) = small.strip_prefix("content-length:") {
            length = number.trim().parse().ok()?;
        }
        head.push_str(&line);
    }
    let mut body = vec![0; length];
    input.read_exact(&mut body).ok()?;
    let path = head.split(' ').nth(1)?.to_owned();
    let text = String::from_utf8_lossy(&body).into_owned();
    // What is no JSON is shown as it is.
    let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
    Some(Posted { path, head, body })
}
