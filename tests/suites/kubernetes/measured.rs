//! A Prometheus that says what a trial means, measured just now.

use std::time::SystemTime;

use crate::harness::net;
use crate::harness::server::{Server, respond};
use crate::suites::agent::stage::{TIME_ASKED, number};

/// One number for each moment that is asked for, in seconds since 1970.
pub fn prometheus(says: impl Fn(f64) -> String + Send + Sync + 'static) -> Server {
    Server::new(move |request, stream| {
        let asked = net::time_asked(request);
        let said = match request.contains("rbk_selector") {
            true => {
                let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
                now.unwrap().as_secs_f64().to_string()
            }
            false => says(asked),
        };
        let body = number(&said).replace(&format!("\"{TIME_ASKED}\""), &asked.to_string());
        respond(stream, 200, "application/json", &body);
    })
}
