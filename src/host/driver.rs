//! The loop around an engine: inputs in, a batch made durable, actions performed.
//!
//! One thread owns engine and store. It takes as many inputs as are there, commits once, and only
//! then answers whoever waits and performs what is to be done. When the store fails it stops: what
//! was not acknowledged has not happened.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;
use tracing::{error, warn};

use super::answer::{Later, later};
use super::handle::{Order, Orders, Undecoded};
use super::render::reaching;
use super::tidings::Tidings;
use super::{Clock, Handle, Performer, Retiring, Tally, render};
use crate::diag::Code;
use crate::engine::{self, Accepted, Engine};
use crate::journal::{Batch, Error, Records, StoppedHow, Write};
use crate::settings::Retention;
use crate::value::{SHOWN_CHARACTERS, Time, escape_text};

/// The most inputs that one commit takes.
const BATCH: usize = 4_096;
/// How long the thread sleeps at most: it looks at the clock that often.
const IDLE: Duration = Duration::from_secs(1);

/// Why the loop ended.
#[derive(Debug)]
pub enum Stopped {
    /// It was asked to.
    Asked,
    /// The store failed; nothing is known of the last batch.
    Store(Error),
}

/// The thread, once it runs.
#[derive(Debug)]
pub struct Driver {
    thread: JoinHandle<Stopped>,
}

impl Driver {
    /// Starts the thread. `stopped` is told when it ends. Without a retention everything stays.
    pub fn start(
        orders: Orders,
        journal: Box<dyn Records + Send>,
        engine: Engine,
        performer: Performer,
        clock: Arc<Clock>,
        retention: Option<Retention>,
        stopped: oneshot::Sender<()>,
    ) -> Driver {
        let Orders { incoming, own } = orders;
        let status = own.status.clone();
        status.rests(engine.runbooks().all().len());
        // Whoever asks from now on sees what is there.
        let held = Tally::of(journal.as_ref()).map(|tally| status.holds(tally));
        let thread = thread::spawn(move || {
            let mut work = Work {
                journal,
                engine,
                performer,
                clock,
                retiring: retention.map(Retiring::new),
                tidings: Tidings::default(),
                own,
            };
            let end = match held {
                Ok(()) => work.run(&incoming),
                Err(failure) => Stopped::Store(failure),
            };
            status.ends();
            if let Stopped::Store(failure) = &end {
                work.performer.last_words(failure);
            }
            // Whoever waits for this may be gone already.
            let _ = stopped.send(());
            end
        });
        Driver { thread }
    }

    /// Waits for the end of the thread.
    pub fn join(self) -> Stopped {
        self.thread.join().unwrap_or_else(|_| {
            Stopped::Store(Error {
                kind: crate::journal::ErrorKind::Failed,
                why: "the thread that drives the agent broke down".to_owned(),
            })
        })
    }
}

struct Work {
    journal: Box<dyn Records + Send>,
    engine: Engine,
    performer: Performer,
    clock: Arc<Clock>,
    /// None where somebody else cleans the store.
    retiring: Option<Retiring>,
    tidings: Tidings,
    own: Handle,
}

impl Work {
    fn run(&mut self, incoming: &Receiver<Order>) -> Stopped {
        // What recovery has to say comes first.
        let (version, epoch) = (env!("CARGO_PKG_VERSION"), self.journal.epoch());
        self.engine.begun(version, epoch, self.clock.now());
        if let Err(failure) = self.settle(Vec::new()) {
            return Stopped::Store(failure);
        }
        loop {
            let first = match incoming.recv_timeout(self.patience()) {
                Ok(order) => Some(order),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => return Stopped::Asked,
            };
            self.own.status.begins();
            let round = self.round(first, incoming);
            self.own.status.rests(self.engine.runbooks().all().len());
            match round {
                Ok(true) => {}
                Ok(false) => return Stopped::Asked,
                Err(failure) => {
                    error!(
                        code = Code::StoreFailed.as_str(),
                        kind = failure.kind.word(),
                        "the store failed: {failure}"
                    );
                    return Stopped::Store(failure);
                }
            }
        }
    }

    /// One batch. False when it was the last one.
    fn round(&mut self, first: Option<Order>, incoming: &Receiver<Order>) -> Result<bool, Error> {
        let step = self.clock.look();
        // What is decided together has one time.
        let now = self.clock.now();
        if let Some(by) = step {
            warn!("the clock was set by {by}");
            self.engine.clock_stepped(self.journal.as_ref(), by, now)?;
        }
        let mut later = Vec::new();
        let mut goes_on = true;
        let mut none_waits = false;
        let more = std::iter::from_fn(|| {
            let next = incoming.try_recv().ok();
            none_waits = next.is_none();
            next
        });
        for order in first.into_iter().chain(more).take(BATCH) {
            match order {
                Order::Stop => goes_on = false,
                Order::Look(look) => {
                    // What was asked before has to be seen.
                    self.settle(std::mem::take(&mut later))?;
                    look(&self.engine);
                }
                other => later.extend(self.take(other, now)?),
            }
        }
        self.engine
            .handle(self.journal.as_ref(), engine::Input::Tick, now)?;
        if !goes_on {
            self.engine.stopped(StoppedHow::Asked, now);
        }
        self.settle(later)?;
        // Also while nothing is written: what cannot be found again is as good as lost.
        self.journal.is_in_place()?;
        if none_waits
            && goes_on
            && let Some(retiring) = &mut self.retiring
        {
            let journal = self.journal.as_mut();
            retiring.step(journal, &self.engine, &self.own.status, now)?;
        }
        Ok(goes_on)
    }

    fn take(&mut self, order: Order, now: Time) -> Result<Option<Later>, Error> {
        let journal = self.journal.as_ref();
        let engine = &mut self.engine;
        Ok(match order {
            Order::Input(input) => {
                engine.handle(journal, input, now)?;
                None
            }
            Order::Accept(arriving, undecoded, reply) => {
                let count = arriving.len() + undecoded.len();
                self.own.waiting.fetch_sub(count, Ordering::Relaxed);
                let accepted: Result<Vec<Accepted>, Error> = arriving
                    .into_iter()
                    .map(|one| engine.accept(journal, one, now))
                    .collect();
                let accepted = accepted?;
                for Undecoded { letter, name, more } in undecoded {
                    engine.bury(letter, &name, more);
                }
                Some(later(reply, accepted))
            }
            Order::Replay(arriving, replay, reply) => {
                let accepted = engine.replay(journal, *arriving, replay, now)?;
                Some(later(reply, accepted))
            }
            Order::Acknowledge(id, taker, reply) => {
                Some(later(reply, engine.acknowledge(journal, id, &taker, now)?))
            }
            Order::Resolve(id, by, why, reply) => {
                Some(later(reply, engine.resolve(journal, id, &by, &why, now)?))
            }
            Order::Settle(id, said, reply) => {
                Some(later(reply, engine.settle(journal, id, said, now)?))
            }
            Order::StopChanges(scope, by, why, reply) => {
                let stopped = engine.stop_changes(journal, scope, &by, &why, now)?;
                Some(later(reply, stopped))
            }
            Order::ReleaseChanges(scope, by, why, reply) => {
                let released = engine.release_changes(journal, &scope, by, why, now)?;
                Some(later(reply, released))
            }
            Order::AckPage(page, taker, reply) => Some(later(
                reply,
                engine.acknowledge_page(journal, page, &taker, now)?,
            )),
            Order::AckStorm(scope, taker, reply) => {
                let done = engine.acknowledge_storm(journal, &scope, &taker, now)?;
                Some(later(reply, done))
            }
            Order::Leave(run, leaving, reply) => {
                Some(later(reply, engine.leaves(run, &leaving, now)))
            }
            Order::Drain(reply) => {
                engine.drain();
                Some(later(reply, ()))
            }
            Order::Load(runbooks, grants, bounds, reply) => {
                engine.abides_by(journal, bounds, now)?;
                engine.load(journal, *runbooks, grants, now)?;
                Some(later(reply, ()))
            }
            Order::Look(_) | Order::Stop => None,
        })
    }

    /// Makes everything durable, then does what is to be done and answers whoever waits.
    fn settle(&mut self, later: Vec<Later>) -> Result<(), Error> {
        let engine::Batch {
            at,
            facts,
            writes,
            actions,
        } = self.engine.take();
        if !writes.is_empty() || !facts.is_empty() {
            let stamp = self.clock.stamp(at);
            let batch = Batch {
                stamp,
                facts,
                writes,
            };
            let begun = Instant::now();
            self.journal.append(&batch)?;
            self.own.status.commits(&batch, begun.elapsed());
            self.tidings.tell(&batch, self.engine.runbooks());
            for write in &batch.writes {
                if let Write::Dead(letter) = write {
                    let why = escape_text(&letter.why, SHOWN_CHARACTERS);
                    warn!(code = %letter.code, "dead letter: {why}");
                }
            }
        }
        self.tidings.catch_up();
        for answer in later {
            answer();
        }
        for mut action in actions {
            if let engine::Action::Send(outbox) = &mut action {
                render(self.journal.as_ref(), self.engine.model(), outbox);
                reaching(&mut outbox.message, self.performer.agent());
            }
            self.performer.perform(action, &self.own, &self.clock);
        }
        Ok(())
    }

    fn patience(&self) -> Duration {
        let Some(next) = self.engine.next_timer() else {
            return IDLE;
        };
        let millis = next.millis().saturating_sub(self.clock.now().millis());
        let millis = u64::try_from(millis).unwrap_or_default();
        Duration::from_millis(millis).min(IDLE)
    }
}
