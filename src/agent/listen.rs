//! Connections: how many there may be, and how long each may take to say what it wants.
//!
//! A sender that stalls costs a place for a few seconds, never the agent. When all places are taken
//! the one that has said nothing for longest makes room, so that whoever has something to say is
//! heard. What no route hears of, because it is no HTTP, is answered and counted here.

mod kept;

use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::http::StatusCode;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tracing::{debug, warn};

use self::kept::Kept;
use super::api::{Failed, Refusals, Refused};
use crate::connect::is_own_lack;

/// How long the head of a request may take, and a kept connection may be idle.
const HEAD: Duration = Duration::from_secs(10);
/// How long nobody loses a place.
const SAFE: Duration = Duration::from_secs(1);
/// How long is waited when the agent itself cannot take another connection.
const LACK: Duration = Duration::from_millis(50);

/// Serves until `ending` says so; what is under way then is answered first.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    most: usize,
    mut ending: watch::Receiver<bool>,
    refusals: Arc<Refusals>,
) {
    let places = Arc::new(Places::new(most));
    let graceful = GracefulShutdown::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            // An end that nobody can announce any more is an end.
            _ = ending.wait_for(|ends| *ends) => break,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                refused(&error, &places).await;
                continue;
            }
        };
        if places.is_full() && !places.make_room() {
            // Dropped: its sender tries again.
            continue;
        }
        let place = places.take();
        let kept = Kept::of(stream);
        let connection = graceful.watch(connection(kept.clone(), router.clone(), place.clone()));
        let refusals = refusals.clone();
        let serving = tokio::spawn(async move {
            if let Err(error) = connection.await {
                debug!("a connection ended: {error}");
                refuse(&error, &kept, &refusals);
            }
        });
        place.held_by(serving.abort_handle());
        let places = places.clone();
        tokio::spawn(async move {
            // It ended, or was ended to make room.
            let _ = serving.await;
            places.give_back(place.number);
        });
    }
    drop(listener);
    graceful.shutdown().await;
}

/// Tells whoever said something that no route heard of why, and counts it.
fn refuse(error: &hyper::Error, kept: &Kept, refusals: &Refusals) {
    let (refused, status, why) = if error.is_timeout() {
        let seconds = HEAD.as_secs();
        let why = format!("the head of the call did not come within {seconds} s");
        (Refused::Slow, StatusCode::REQUEST_TIMEOUT, why)
    } else if error.is_parse_too_large() {
        let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
        let why = format!("the head of the call is larger than what is taken: {error}");
        (Refused::TooLarge, kept.refused().unwrap_or(status), why)
    } else if error.is_parse() {
        let status = kept.refused().unwrap_or(StatusCode::BAD_REQUEST);
        let why = format!("this is not HTTP/1.1 without TLS, which the agent speaks: {error}");
        (Refused::Malformed, status, why)
    } else {
        // The other side has gone away.
        return;
    };
    if kept.answer(&answer(status, &why)) {
        refusals.unread(refused, &why);
    }
}

/// An answer that no route gives, in the API's one form.
fn answer(status: StatusCode, why: &str) -> String {
    let body = Failed::of(status, why).form().to_string();
    let reason = status.canonical_reason().unwrap_or("Error");
    format!(
        "HTTP/1.1 {} {reason}\r\nContent-Type: {}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        status.as_u16(),
        Failed::KIND,
        body.len()
    )
}

fn connection(
    stream: Kept,
    router: Router,
    place: Arc<Place>,
) -> impl hyper_util::server::graceful::GracefulConnection<Error = hyper::Error> {
    let inner = TowerToHyperService::new(router);
    let service = service_fn(move |request| {
        place.heard();
        inner.call(request)
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD);
    http.serve_connection(TokioIo::new(stream), service)
}

async fn refused(error: &io::Error, places: &Places) {
    if is_own_lack(error) {
        warn!("no further connection can be taken: {error}");
        places.make_room();
        tokio::time::sleep(LACK).await;
    } else {
        // The other side went away before it was taken.
        debug!("a connection was not made: {error}");
    }
}

/// Who is connected.
struct Places {
    most: usize,
    start: Instant,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    next: u64,
    by: BTreeMap<u64, Arc<Place>>,
}

/// One connection.
struct Place {
    number: u64,
    start: Instant,
    /// When it was heard last, in milliseconds from the start.
    heard: AtomicU64,
    task: Mutex<Option<AbortHandle>>,
}

impl Places {
    fn new(most: usize) -> Places {
        Places {
            most,
            start: Instant::now(),
            taken: Mutex::default(),
        }
    }

    fn is_full(&self) -> bool {
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.by.len() >= self.most
    }

    fn take(&self) -> Arc<Place> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let place = Arc::new(Place {
            number: taken.next,
            start: self.start,
            heard: AtomicU64::new(0),
            task: Mutex::new(None),
        });
        place.heard();
        taken.next += 1;
        taken.by.insert(place.number, place.clone());
        place
    }

    fn give_back(&self, number: u64) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.by.remove(&number);
    }

    /// Ends the connection that has said nothing for longest. False if all have said something
    /// just now.
    fn make_room(&self) -> bool {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let quietest = taken
            .by
            .values()
            .min_by_key(|place| place.heard.load(Ordering::Relaxed));
        let Some(place) = quietest.filter(|place| place.quiet_for() >= SAFE).cloned() else {
            return false;
        };
        taken.by.remove(&place.number);
        let task = place.task.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(task) = task.as_ref() {
            task.abort();
        }
        true
    }
}

impl Place {
    /// A request has begun.
    fn heard(&self) {
        self.heard.store(self.elapsed(), Ordering::Relaxed);
    }

    fn quiet_for(&self) -> Duration {
        let heard = self.heard.load(Ordering::Relaxed);
        Duration::from_millis(self.elapsed().saturating_sub(heard))
    }

    fn elapsed(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn held_by(&self, task: AbortHandle) {
        *self.task.lock().unwrap_or_else(PoisonError::into_inner) = Some(task);
    }
}
