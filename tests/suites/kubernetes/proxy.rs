//! What stands between the agent and the API server, and does to a request what networks and servers do.

use std::io::Write as _;
use std::net::TcpStream;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use super::cluster::cluster;
use crate::harness::server::{Server, respond};

/// What happens to a request.
#[derive(Clone)]
pub enum Fault {
    /// The server gets it; the connection is cut before its answer is through.
    CutBehind,
    /// The server never gets it.
    CutBefore,
    /// The server gets it; somebody between says this.
    SaysBehind(u16),
    /// The server never gets it; this is said in its name.
    Says(u16, String),
    /// The server gets it, and nothing is ever heard of it.
    Hangs,
    /// Somebody else is faster: this happens first, and then the server gets it.
    Meanwhile(Arc<dyn Fn() + Send + Sync>),
}

/// A fault for requests of this method whose path contains this text, so many times.
struct Planned {
    method: &'static str,
    path: &'static str,
    fault: Fault,
    times: usize,
}

/// A proxy without TLS, on a port of its own.
pub struct Proxy {
    server: Server,
    planned: Arc<Mutex<Vec<Planned>>>,
}

impl Proxy {
    pub fn start() -> Proxy {
        let planned = Arc::new(Mutex::new(Vec::new()));
        let faults = Arc::clone(&planned);
        let server = Server::new(move |request, stream| pass(&faults, request, stream));
        Proxy { server, planned }
    }

    pub fn url(&self) -> String {
        self.server.url()
    }

    /// Plans a fault.
    pub fn fault(&self, method: &'static str, path: &'static str, fault: Fault, times: usize) {
        let plan = Planned {
            method,
            path,
            fault,
            times,
        };
        self.planned.lock().unwrap().push(plan);
    }

    /// How often a request of this method came whose path contains this text.
    pub fn count(&self, method: &str, path: &str) -> usize {
        let asked = self.server.asked();
        let is_one = |request: &&String| is_of(request, method, path);
        asked.iter().filter(is_one).count()
    }
}

fn is_of(request: &str, method: &str, path: &str) -> bool {
    let line = request.lines().next().unwrap_or_default();
    line.starts_with(&format!("{method} ")) && line.contains(path)
}

fn pass(faults: &Mutex<Vec<Planned>>, request: &str, stream: &mut TcpStream) {
    let fault = {
        let mut faults = faults.lock().unwrap();
        let mut faults = faults.iter_mut();
        let fault = faults.find(|plan| plan.times > 0 && is_of(request, plan.method, plan.path));
        fault.map(|plan| {
            plan.times -= 1;
            plan.fault.clone()
        })
    };
    match fault {
        None => {
            let (status, body) = forward(request);
            respond(stream, status, "application/json", &body);
        }
        Some(Fault::Meanwhile(happens)) => {
            happens();
            let (status, body) = forward(request);
            respond(stream, status, "application/json", &body);
        }
        Some(Fault::CutBehind) => drop(forward(request)),
        Some(Fault::CutBefore) => {}
        Some(Fault::SaysBehind(status)) => {
            forward(request);
            respond(stream, status, "text/html", "<html>not now</html>");
        }
        Some(Fault::Says(status, body)) => respond(stream, status, "text/plain", &body),
        Some(Fault::Hangs) => {
            forward(request);
            thread::sleep(Duration::from_secs(40));
            drop(stream.flush());
        }
    }
}

/// What the API server says to it.
fn forward(request: &str) -> (u16, String) {
    let (head, body) = request.split_once("\r\n\r\n").unwrap_or((request, ""));
    let mut lines = head.lines();
    let mut words = lines.next().unwrap_or_default().split(' ');
    let (method, path) = (words.next().unwrap(), words.next().unwrap());
    let header = |name: &str| {
        let found = head.lines().find_map(|line| {
            let (found, value) = line.split_once(": ")?;
            found.eq_ignore_ascii_case(name).then_some(value)
        });
        found.unwrap_or_default()
    };
    let token = header("authorization").trim_start_matches("Bearer ");
    let content = header("content-type");
    let hands = &cluster().hands;
    hands.raw(method, path, token, content, body.into())
}
