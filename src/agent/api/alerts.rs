//! Notifications: read alert by alert, and accepted a batch at a time, so that their size costs nothing.
//!
//! A notification of one batch is taken as a whole or not at all. Of a longer one the alerts that were
//! accepted before it broke stay accepted: its sender tries again, and they join what they opened. What cannot be dealt
//! with joins nothing: it is kept with the last alerts, in one commit with them, so that nothing of it is kept twice.

use std::io::{self, Read};
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value as Json, json};
use tokio::sync::mpsc::{self, Receiver};

use super::super::alertmanager::{self, Bad, Broken, Item, KEPT_BYTES, cut};
use super::asked::{BODY_BYTES, Unread, bounded, piece};
use super::ingest::{answer, refuse, undecoded, unreadable};
use super::spoilt::{Kept, Spoilt};
use super::{Failed, Shared};
use crate::engine::{Accepted, Arriving};
use crate::host::Undecoded;
use crate::journal::{Alert, Sender};

/// What may come before a place is taken.
const FIRST_BYTES: usize = 256 * 1024;
/// The alerts of one batch: so many, or of so many bytes.
const BATCH: usize = 1_000;
const BATCH_BYTES: usize = 4 * 1024 * 1024;
/// Pieces of a body, and alerts, that wait for whoever goes on with them.
const WAITING: usize = 16;
/// The notifications that are longer than their beginning and are read at the same time.
pub const AT_ONCE: usize = 32;

/// `POST /v1/alerts/alertmanager`
pub async fn alertmanager(
    State(shared): State<Arc<Shared>>,
    body: Body,
) -> Result<Response, Failed> {
    in_own_task(shared, Sender::Alertmanager, body).await
}

/// `POST /v1/alerts/grafana`
pub async fn grafana(State(shared): State<Arc<Shared>>, body: Body) -> Result<Response, Failed> {
    in_own_task(shared, Sender::Grafana, body).await
}

/// Whoever sent it and went away does not end what came of it.
async fn in_own_task(shared: Arc<Shared>, sender: Sender, body: Body) -> Result<Response, Failed> {
    let taking = tokio::spawn(async move { alerts(&shared, sender, body).await });
    taking.await.unwrap_or_else(|_| {
        let why = "whoever takes notifications broke down";
        Err(Failed::of(StatusCode::INTERNAL_SERVER_ERROR, why))
    })
}

/// Either address takes what the other does: it says only where the alerts come from.
async fn alerts(shared: &Shared, sender: Sender, body: Body) -> Result<Response, Failed> {
    let source = sender.source();
    let mut body = match bounded(body) {
        Ok(body) => body,
        Err(unread) => return Err(unreadable(shared, unread, &[], &source).await?),
    };
    let first = first(&mut body).await;
    // Only who sends much waits for a place, so that nobody who sends slowly keeps others waiting.
    let _place = match first.rest {
        Rest::None | Rest::Unread(_) => None,
        // It is never closed.
        Rest::Comes => shared.notifications.acquire().await.ok(),
    };
    let (pieces, incoming) = mpsc::channel(WAITING);
    let (items, mut found) = mpsc::channel(WAITING);
    let pieces_read = Pieces {
        incoming,
        piece: Bytes::new(),
    };
    let reading = tokio::task::spawn_blocking(move || {
        alertmanager::read(pieces_read, |item, size| {
            items.blocking_send((item, size)).is_ok()
        })
    });
    let mut batch = Batch::of(sender);
    let ((sent, begin), taken) = tokio::join!(send(first, body, pieces), async {
        let taken = take(shared, &mut batch, &mut found).await;
        // Whoever still reads has nobody to read for.
        found.close();
        taken
    });
    let read = reading.await;
    taken?;
    if let Err(unread) = sent {
        // What came whole of a long one is as good as what was accepted before.
        match (batch.is_long, &unread) {
            (false, _) => {}
            // It is sent again, with what cannot be dealt with.
            (true, Unread::TooSlow) => batch.accept(shared).await?,
            (
                true,
                Unread::TooLarge { .. }
                | Unread::SaysTooLarge { .. }
                | Unread::BrokeOff { .. }
                | Unread::Packed(_),
            ) => batch.finish(shared).await?,
        }
        let failed = unreadable(shared, unread, &begin, &source).await?;
        return Err(batch.says_before(failed));
    }
    let broken = match read {
        Ok(Ok(())) => None,
        Ok(Err(broken)) => Some(broken),
        Err(_) => {
            let why = "whoever reads notifications broke down";
            return Err(Failed::of(StatusCode::INTERNAL_SERVER_ERROR, why));
        }
    };
    if broken.is_none() || batch.is_long {
        batch.finish(shared).await?;
    }
    match broken {
        None => Ok(axum::Json(answer(&batch.accepted, batch.dead)).into_response()),
        Some(Broken { code, why }) => {
            let bad = Bad {
                code,
                why,
                name: Default::default(),
                body: cut(&String::from_utf8_lossy(&begin), KEPT_BYTES).to_owned(),
            };
            let failed = refuse(shared, bad, source, StatusCode::BAD_REQUEST).await?;
            Err(batch.says_before(failed))
        }
    }
}

/// What was read and not accepted yet, and what was.
struct Batch {
    sender: Sender,
    alerts: Vec<Arriving>,
    bytes: usize,
    bad: Spoilt,
    /// Whether one was accepted already, with more to come.
    is_long: bool,
    accepted: Vec<Accepted>,
    dead: Vec<Json>,
}

impl Batch {
    fn of(sender: Sender) -> Batch {
        Batch {
            sender,
            alerts: Vec::new(),
            bytes: 0,
            bad: Spoilt::default(),
            is_long: false,
            accepted: Vec::new(),
            dead: Vec::new(),
        }
    }

    fn is_full(&self) -> bool {
        self.alerts.len() >= BATCH || self.bytes >= BATCH_BYTES
    }

    /// Accepts the alerts that were read so far, with more to come.
    async fn accept(&mut self, shared: &Shared) -> Result<(), Failed> {
        self.hand_over(shared, Vec::new()).await
    }

    /// Accepts the last alerts, and keeps what cannot be dealt with.
    async fn finish(&mut self, shared: &Shared) -> Result<(), Failed> {
        let bad = std::mem::take(&mut self.bad).letters();
        let dead = bad.iter().map(|kept| &kept.bad);
        let dead = dead.map(|bad| json!({"code": bad.code.as_str(), "why": bad.why}));
        self.dead = dead.collect();
        self.hand_over(shared, bad).await
    }

    async fn hand_over(&mut self, shared: &Shared, bad: Vec<Kept>) -> Result<(), Failed> {
        self.bytes = 0;
        let alerts = std::mem::take(&mut self.alerts);
        let bad = bad.into_iter();
        let bad = bad.map(|Kept { bad, more }| Undecoded {
            more,
            ..undecoded(shared, bad, self.sender.source())
        });
        match shared.handle.accept_with(alerts, bad.collect()).await {
            Ok(accepted) => {
                self.accepted.extend(accepted);
                Ok(())
            }
            Err(not_taken) => {
                let failed = Failed::from(not_taken);
                Err(self.says_before(failed))
            }
        }
    }

    /// The answer with what was accepted all the same.
    fn says_before(&self, mut failed: Failed) -> Failed {
        let before = match self.accepted.len() {
            0 => return failed,
            1 => "1 alert was".to_owned(),
            before => format!("{before} alerts were"),
        };
        failed.why = format!("{}; {before} accepted before", failed.why);
        failed
    }
}

/// Accepts what is read, but for the last batch.
async fn take(
    shared: &Shared,
    batch: &mut Batch,
    found: &mut Receiver<(Item, usize)>,
) -> Result<(), Failed> {
    while let Some((item, size)) = found.recv().await {
        if batch.is_full() {
            batch.accept(shared).await?;
            batch.is_long = true;
        }
        match item {
            Item::Alert(alert) => {
                batch.bytes += size;
                let sender = batch.sender;
                batch
                    .alerts
                    .push(Arriving::Alert(Alert { sender, ..*alert }));
            }
            Item::Bad(bad) => batch.bad.add(bad),
        }
    }
    Ok(())
}

/// The beginning of a body.
struct First {
    pieces: Vec<Bytes>,
    rest: Rest,
}

/// What is behind the beginning of a body.
enum Rest {
    None,
    Comes,
    /// It broke off there.
    Unread(Unread),
}

async fn first(body: &mut Body) -> First {
    let (mut pieces, mut length) = (Vec::new(), 0);
    let mut rest = Rest::Comes;
    while length < FIRST_BYTES {
        match piece(body).await {
            Ok(Some(piece)) => {
                length += piece.len();
                pieces.push(piece);
                continue;
            }
            Ok(None) => rest = Rest::None,
            Err(unread) => rest = Rest::Unread(unread),
        }
        break;
    }
    First { pieces, rest }
}

/// Hands the body on, and keeps its beginning. When nobody wants it any more it is read to its end all
/// the same: an answer in the middle of it would not be heard.
async fn send(
    first: First,
    mut body: Body,
    pieces: mpsc::Sender<Bytes>,
) -> (Result<(), Unread>, Vec<u8>) {
    let (mut begin, mut length) = (Vec::new(), 0);
    let mut wanted = true;
    let First { pieces: came, rest } = first;
    let mut came = came.into_iter();
    loop {
        let next = match (came.next(), &rest) {
            (Some(piece), _) => Ok(Some(piece)),
            (None, Rest::None) => Ok(None),
            (None, Rest::Comes) => piece(&mut body).await,
            (None, Rest::Unread(unread)) => Err(unread.clone()),
        };
        let piece = match next {
            Ok(Some(piece)) => piece,
            Ok(None) => return (Ok(()), begin),
            Err(unread) => return (Err(unread), begin),
        };
        length += piece.len();
        if length > BODY_BYTES {
            return (Err(Unread::TooLarge { most: BODY_BYTES }), begin);
        }
        let room = KEPT_BYTES.saturating_sub(begin.len());
        begin.extend_from_slice(piece.get(..room.min(piece.len())).unwrap_or_default());
        if wanted {
            wanted = pieces.send(piece).await.is_ok();
        }
    }
}

/// The pieces of a body, for whoever reads and waits.
struct Pieces {
    incoming: Receiver<Bytes>,
    piece: Bytes,
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.piece.is_empty() {
            match self.incoming.blocking_recv() {
                Some(piece) => self.piece = piece,
                None => return Ok(0),
            }
        }
        let piece = self.piece.split_to(self.piece.len().min(buffer.len()));
        if let Some(to) = buffer.get_mut(..piece.len()) {
            to.copy_from_slice(&piece);
        }
        Ok(piece.len())
    }
}
