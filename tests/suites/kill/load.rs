//! Alerts that open, join and clear, and some that nobody takes, each sent until it is answered.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use serde_json::{Value, json};

use super::world::Clock;
use crate::harness::net;
use crate::harness::random::Random;
use crate::suites::agent::stage::{ALERTS, notification};

/// The names of the alerts that runbooks take.
const NAMES: [&str; 3] = ["Once", "Again", "Sent"];
/// The names of those that no runbook takes.
const UNHEARD: [&str; 3] = ["Unheard", "Unseen", "Unknown"];

/// Whoever sends, while it does.
pub struct Load {
    over: Arc<AtomicBool>,
    sender: JoinHandle<Accepted>,
}

/// What was accepted.
#[derive(Default)]
pub struct Accepted {
    /// The alerts of each incident that an answer named, and its machine.
    pub incidents: BTreeMap<u64, Incident>,
    /// By the name of the alert: how often it became a dead letter.
    pub letters: BTreeMap<&'static str, usize>,
}

/// What an answer said that it was taken by.
pub struct Incident {
    pub machine: String,
    pub events: usize,
    /// That its alert was resolved was accepted.
    pub is_clear: bool,
}

impl Load {
    /// Sends about eight alerts a second, about so many matters.
    pub fn begin(port: u16, clock: Arc<Clock>, random: Random, matters: usize) -> Load {
        let over = Arc::new(AtomicBool::new(false));
        let mut sender = Sender {
            port,
            clock,
            random,
            over: over.clone(),
            accepted: Accepted::default(),
            next: 1,
            matters,
        };
        Load {
            over,
            sender: thread::spawn(move || {
                while !sender.over.load(Ordering::Relaxed) {
                    sender.one();
                    let pause = 40 + sender.random.below(160);
                    thread::sleep(Duration::from_millis(pause as u64));
                }
                sender.accepted
            }),
        }
    }

    /// Ends it: all that was accepted.
    pub fn end(self) -> Accepted {
        self.over.store(true, Ordering::Relaxed);
        self.sender.join().unwrap()
    }
}

struct Sender {
    port: u16,
    clock: Arc<Clock>,
    random: Random,
    over: Arc<AtomicBool>,
    accepted: Accepted,
    /// The number of the next machine that has an alert.
    next: usize,
    matters: usize,
}

impl Sender {
    fn one(&mut self) {
        let recent = (self.next - 1).min(20);
        match self.random.below(10) {
            0 => {
                let name = UNHEARD[self.random.below(UNHEARD.len())];
                let answer = self.send(name, "box-1", "firing");
                if answer.is_some_and(|answer| answer["dead_letters"][0].is_object()) {
                    *self.accepted.letters.entry(name).or_default() += 1;
                }
            }
            1..=5 if self.next <= self.matters => {
                self.next += 1;
                self.about(self.next - 1, "firing");
            }
            6 if recent > 0 => {
                let machine = self.next - 1 - self.random.below(recent);
                self.about(machine, "resolved");
            }
            _ if recent > 0 => {
                let machine = self.next - 1 - self.random.below(recent);
                self.about(machine, "firing");
            }
            _ => {}
        }
    }

    fn about(&mut self, number: usize, status: &str) {
        let machine = format!("box-{number}");
        let Some(answer) = self.send(NAMES[number % NAMES.len()], &machine, status) else {
            return;
        };
        if let Some(incident) = answer["incidents"][0].as_u64() {
            let known = self.accepted.incidents.entry(incident).or_insert(Incident {
                machine,
                events: 0,
                is_clear: false,
            });
            known.events += usize::from(status == "firing");
            known.is_clear |= status == "resolved";
        }
    }

    /// Sends one until it is answered, as Alertmanager does; none if that never comes.
    fn send(&self, name: &str, machine: &str, status: &str) -> Option<Value> {
        let labels = json!({"alertname": name, "unit": machine});
        let since = self.clock.now().to_string();
        let alert = json!({
            "status": status, "labels": labels, "annotations": {}, "startsAt": since
        });
        let body = notification(&[alert.to_string()]);
        while !self.over.load(Ordering::Relaxed) {
            if let Some((200, answer)) = post(self.port, ALERTS, &body) {
                return Some(answer);
            }
            thread::sleep(Duration::from_millis(20));
        }
        None
    }
}

/// The status of the answer, and its body; none if there is no answer.
pub fn post(port: u16, path: &str, body: &str) -> Option<(u16, Value)> {
    let length = body.len();
    let request = format!(
        "POST {path} HTTP/1.0\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    let answer = net::ask(port, &request)?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some((status, serde_json::from_str(body).ok()?))
}
