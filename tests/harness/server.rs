//! A server that answers what it is told to, and remembers what it was asked.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use tokio::net::TcpSocket;

/// A server on a port of its own, until the test ends.
pub struct Server {
    pub port: u16,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Answers each connection by what this makes of the request; the connection is closed then.
    pub fn new(answer: impl Fn(&str, &mut TcpStream) + Send + Sync + 'static) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let kept = asked.clone();
        let answer = Arc::new(answer);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (Ok(mut stream), answer, kept) = (stream, answer.clone(), kept.clone()) else {
                    return;
                };
                thread::spawn(move || {
                    let request = request(&mut stream);
                    kept.lock().unwrap().push(request.clone());
                    answer(&request, &mut stream);
                });
            }
        });
        Server { port, asked }
    }

    /// Answers every request with this status, type and body.
    pub fn plain(status: u16, kind: &'static str, body: impl Into<String>) -> Server {
        let body = body.into();
        Server::new(move |_, stream| respond(stream, status, kind, &body))
    }

    /// Takes connections and never says anything.
    pub fn silent() -> Server {
        Server::new(|_, _| thread::sleep(Duration::from_secs(30)))
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The requests so far, whole.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

/// Writes a whole answer.
pub fn respond(stream: &mut TcpStream, status: u16, kind: &str, body: &str) {
    let head = format!(
        "HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nLocation: /elsewhere\r\nRetry-After: 7\r\nConnection: close\r\n\r\n",
        body.len()
    );
    drop(stream.write_all(head.as_bytes()));
    drop(stream.write_all(body.as_bytes()));
}

/// A port on which nobody listens. It is taken for as long as the tests run: a server beside this
/// test that was given it would answer for whoever is meant not to be there.
pub fn closed_port() -> u16 {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
    let port = socket.local_addr().unwrap().port();
    std::mem::forget(socket);
    port
}

/// Reads a request with its body, or what there is until it is quiet.
fn request(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut part = [0; 65536];
    drop(stream.set_read_timeout(Some(Duration::from_millis(500))));
    while let Ok(count @ 1..) = stream.read(&mut part) {
        bytes.extend(&part[..count]);
        let text = String::from_utf8_lossy(&bytes);
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            let is_length = name.eq_ignore_ascii_case("content-length");
            is_length.then(|| value.trim().parse::<usize>().unwrap())
        });
        if body.len() >= length.unwrap_or_default() {
            break;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
