//! A cheap way to reach the thread that drives the agent: what is asked of it, and how the answer comes back.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};

use smol_str::SmolStr;
use tokio::sync::oneshot;

use super::answer::Reply;
use super::{Gone, NotTaken, Status};
use crate::engine::{
    self, Accepted, Arriving, Engine, Leaving, Refusal, Runbooks, Settling, Taken, Taker,
};
use crate::journal::{DeadLetter, IncidentId, MessageId, RunId, Scope};
use crate::settings::{Bounds, Grants};

/// The most events that wait to be taken.
const WAITING: usize = 100_000;

/// Something for the thread to do.
pub enum Order {
    Input(engine::Input),
    /// With what came beside them and could not be decoded: both are durable, or neither.
    Accept(Vec<Arriving>, Vec<Undecoded>, Reply<Vec<Accepted>>),
    /// One that lay with the dead letters.
    Replay(Box<Arriving>, engine::Replay, Reply<Accepted>),
    Acknowledge(IncidentId, Taker, Reply<Result<(), Refusal>>),
    Resolve(IncidentId, String, String, Reply<Result<(), Refusal>>),
    Settle(IncidentId, Settling, Reply<Result<(), Refusal>>),
    StopChanges(Scope, String, String, Reply<Result<(), Refusal>>),
    ReleaseChanges(Scope, Option<SmolStr>, Option<String>, Reply<bool>),
    AckPage(MessageId, Taker, Reply<Taken>),
    AckStorm(Scope, Taker, Reply<Result<(), Refusal>>),
    /// A change that waited for a place is sent out; or the answer is why not.
    Leave(RunId, Leaving, Reply<Option<String>>),
    Drain(Reply<()>),
    Load(Box<Runbooks>, Grants, Bounds, Reply<()>),
    Look(Look),
    /// Ends the loop once what came before is done.
    Stop,
}

/// Something that came in and could not be decoded.
#[derive(Debug)]
pub struct Undecoded {
    pub letter: DeadLetter,
    /// As its sender calls it.
    pub name: SmolStr,
    /// How many more of its kind came with it, and are not kept.
    pub more: u64,
}

/// A question that is answered between two batches.
type Look = Box<dyn FnOnce(&Engine) + Send>;

/// A cheap way to reach the thread.
#[derive(Clone, Debug)]
pub struct Handle {
    orders: Sender<Order>,
    pub(super) status: Arc<Status>,
    /// Events that were handed over and not taken yet.
    pub(super) waiting: Arc<AtomicUsize>,
}

/// What comes over a handle, for the thread that is yet to be started.
pub struct Orders {
    pub(super) incoming: Receiver<Order>,
    pub(super) own: Handle,
}

impl Handle {
    /// A way to a thread that is yet to be started: what is asked meanwhile waits for it.
    pub fn begin() -> (Handle, Orders) {
        let (orders, incoming) = mpsc::channel();
        let handle = Handle {
            orders,
            status: Arc::default(),
            waiting: Arc::default(),
        };
        let own = handle.clone();
        (handle, Orders { incoming, own })
    }

    /// Hands an input over; when the thread is gone, nobody needs it.
    pub fn input(&self, input: engine::Input) {
        let _ = self.orders.send(Order::Input(input));
    }

    /// How the thread is.
    pub fn status(&self) -> &Status {
        &self.status
    }

    /// How many events wait to be taken.
    pub fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Accepts events; on return they are durable. Takes none of them while too many wait.
    pub async fn accept(&self, arriving: Vec<Arriving>) -> Result<Vec<Accepted>, NotTaken> {
        self.accept_with(arriving, Vec::new()).await
    }

    /// Accepts events, and keeps what came with them and could not be decoded: all of it, or nothing.
    pub async fn accept_with(
        &self,
        arriving: Vec<Arriving>,
        undecoded: Vec<Undecoded>,
    ) -> Result<Vec<Accepted>, NotTaken> {
        let count = arriving.len() + undecoded.len();
        let before = self.waiting.fetch_add(count, Ordering::Relaxed);
        if before > 0 && before.saturating_add(count) > WAITING {
            self.waiting.fetch_sub(count, Ordering::Relaxed);
            return Err(NotTaken::Busy);
        }
        let accepted = self.ask(|reply| Order::Accept(arriving, undecoded, reply));
        accepted.await.map_err(|Gone| NotTaken::Gone)
    }

    /// Accepts what lay with the dead letters.
    pub async fn replay(
        &self,
        arriving: Arriving,
        replay: engine::Replay,
    ) -> Result<Accepted, Gone> {
        self.ask(|reply| Order::Replay(Box::new(arriving), replay, reply))
            .await
    }

    /// A change that waited for a place is sent out: on return that is durable; or why it must not be.
    pub async fn leave(&self, run: RunId, leaving: Leaving) -> Result<Option<String>, Gone> {
        self.ask(|reply| Order::Leave(run, leaving, reply)).await
    }

    /// From here on no change begins; what is under way goes on.
    pub async fn drain(&self) -> Result<(), Gone> {
        self.ask(Order::Drain).await
    }

    /// Keeps what could not be decoded, however much waits; on return it is durable.
    pub async fn bury(&self, undecoded: Undecoded) -> Result<(), Gone> {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        let kept = self.ask(|reply| Order::Accept(Vec::new(), vec![undecoded], reply));
        kept.await.map(drop)
    }

    pub async fn acknowledge(
        &self,
        id: IncidentId,
        taker: Taker,
    ) -> Result<Result<(), Refusal>, Gone> {
        self.ask(|reply| Order::Acknowledge(id, taker, reply)).await
    }

    pub async fn resolve(
        &self,
        id: IncidentId,
        by: String,
        why: String,
    ) -> Result<Result<(), Refusal>, Gone> {
        self.ask(|reply| Order::Resolve(id, by, why, reply)).await
    }

    pub async fn settle(
        &self,
        id: IncidentId,
        said: Settling,
    ) -> Result<Result<(), Refusal>, Gone> {
        self.ask(|reply| Order::Settle(id, said, reply)).await
    }

    pub async fn stop_changes(
        &self,
        scope: Scope,
        by: String,
        why: String,
    ) -> Result<Result<(), Refusal>, Gone> {
        self.ask(|reply| Order::StopChanges(scope, by, why, reply))
            .await
    }

    pub async fn release_changes(
        &self,
        scope: Scope,
        by: Option<SmolStr>,
        why: Option<String>,
    ) -> Result<bool, Gone> {
        self.ask(|reply| Order::ReleaseChanges(scope, by, why, reply))
            .await
    }

    pub async fn acknowledge_page(&self, page: MessageId, taker: Taker) -> Result<Taken, Gone> {
        self.ask(|reply| Order::AckPage(page, taker, reply)).await
    }

    pub async fn acknowledge_storm(
        &self,
        scope: Scope,
        taker: Taker,
    ) -> Result<Result<(), Refusal>, Gone> {
        self.ask(|reply| Order::AckStorm(scope, taker, reply)).await
    }

    /// Takes new runbooks and grants.
    pub async fn load(
        &self,
        runbooks: Runbooks,
        grants: Grants,
        bounds: Bounds,
    ) -> Result<(), Gone> {
        self.ask(|reply| Order::Load(Box::new(runbooks), grants, bounds, reply))
            .await
    }

    /// Asks something of what the agent knows.
    pub async fn look<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Engine) -> T + Send + 'static,
    ) -> Result<T, Gone> {
        self.ask(|reply| {
            Order::Look(Box::new(move |engine| {
                // Whoever asked may be gone already.
                let _ = reply.send(question(engine));
            }))
        })
        .await
    }

    /// Ends the thread once what came before is done.
    pub fn stop(&self) {
        let _ = self.orders.send(Order::Stop);
    }

    async fn ask<T>(&self, order: impl FnOnce(Reply<T>) -> Order) -> Result<T, Gone> {
        let (reply, answer) = oneshot::channel();
        self.orders.send(order(reply)).map_err(|_| Gone)?;
        answer.await.map_err(|_| Gone)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering;

    use super::{Handle, Orders, Undecoded, WAITING};
    use crate::engine::Arriving;
    use crate::host::NotTaken;
    use crate::journal::{DeadLetter, Source};
    use crate::value::Time;

    /// Whoever is told to come again has left nothing behind: what cannot be decoded would be kept once more.
    #[test]
    fn what_is_not_taken_is_not_kept() {
        let (handle, orders) = Handle::begin();
        let Orders { incoming, .. } = &orders;
        handle.waiting.store(WAITING, Ordering::Relaxed);
        let arriving = vec![Arriving::Named {
            name: "deploy".into(),
            json: "{}".into(),
        }];
        let letter = DeadLetter {
            event: None,
            at: Time::default(),
            source: Source::Alertmanager,
            code: "A1206".into(),
            why: String::new(),
            body: String::new(),
        };
        let name = "Odd".into();
        let undecoded = vec![Undecoded {
            letter,
            name,
            more: 0,
        }];
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let taken = runtime.block_on(handle.accept_with(arriving, undecoded));
        assert!(matches!(taken, Err(NotTaken::Busy)));
        assert!(incoming.try_recv().is_err());
        assert_eq!(handle.waiting(), WAITING);
    }
}
