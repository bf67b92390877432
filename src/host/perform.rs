//! Performs what the engine wants: asks connectors, carries messages. Deadlines are kept here, once
//! for all connectors, and what comes back goes to the engine.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use smol_str::SmolStr;
use tokio::runtime;
use tokio::time::Instant;
use tracing::{debug, info, warn};

use super::limits::{Busy, Limits, Place};
use super::under_way::UnderWay;
use super::{Clock, Handle};
use crate::connect::{Granted, Messenger, Provider, Undelivered, in_time};
use crate::diag::Code;
use crate::effect::{Call, ChangeOutcome, Observed, Settled};
use crate::engine::{Action, Input, Leaving};
use crate::journal::{Error, Message, MessageKind, Notes, Outbox, Retry, RunId};
use crate::run::{How, Observe, Perform};
use crate::value::{Failure, Time, Value};

/// How long a message is carried before that counts as a failed try.
const DELIVERY: Duration = Duration::from_secs(30);
/// What has its place within this time begins by the leave that it has.
const AT_ONCE: Duration = Duration::from_millis(10);
/// How long the last words of a dying agent are waited for.
const LAST_WORDS: Duration = Duration::from_secs(10);

/// Everything that an agent can reach.
#[derive(Clone)]
pub struct Performer {
    runtime: runtime::Handle,
    /// By the name of their module.
    providers: Arc<BTreeMap<&'static str, Arc<dyn Provider>>>,
    /// By the address of a role.
    contacts: Arc<BTreeMap<String, Arc<dyn Messenger>>>,
    limits: Arc<Limits>,
    under_way: Arc<UnderWay>,
    deliveries: Arc<UnderWay>,
    /// How people reach the agent, where the command line does not know it by itself.
    agent: Option<Arc<str>>,
}

impl Performer {
    pub fn new(
        runtime: runtime::Handle,
        providers: Vec<Arc<dyn Provider>>,
        contacts: BTreeMap<String, Arc<dyn Messenger>>,
        agent: Option<String>,
    ) -> Performer {
        let by_module = providers
            .into_iter()
            .map(|provider| (provider.module(), provider));
        Performer {
            runtime,
            providers: Arc::new(by_module.collect()),
            contacts: Arc::new(contacts),
            limits: Arc::new(Limits::of_this_process()),
            under_way: Arc::default(),
            deliveries: Arc::default(),
            agent: agent.map(Arc::from),
        }
    }

    /// People reach the agent here.
    pub fn is_reached_at(&mut self, agent: Option<String>) {
        self.agent = agent.map(Arc::from);
    }

    /// How people reach the agent, where the command line does not know it by itself.
    pub fn agent(&self) -> Option<&str> {
        self.agent.as_deref()
    }

    /// The changes that have begun and not ended.
    pub fn under_way(&self) -> Arc<UnderWay> {
        self.under_way.clone()
    }

    /// The deliveries that have begun and not ended.
    pub fn deliveries(&self) -> Arc<UnderWay> {
        self.deliveries.clone()
    }

    /// How many connections others may have to the agent.
    pub fn connections(&self) -> usize {
        self.limits.connections
    }

    /// Begins one action; what comes of it reaches the engine through `handle`.
    pub fn perform(&self, action: Action, handle: &Handle, clock: &Arc<Clock>) {
        let (handle, now) = (handle.clone(), clock.now());
        match action {
            Action::Observe { run, observe } => self.observe(run, observe, handle, now),
            Action::Perform { run, perform } => {
                self.change(run, perform, handle, clock.clone());
            }
            Action::Settle {
                run,
                id,
                call,
                deadline,
            } => self.settle(run, id, call, deadline, handle, now),
            Action::Send(outbox) => self.send(*outbox, handle),
            Action::Note { incident, text } => info!(%incident, "{text}"),
        }
    }

    fn observe(&self, run: RunId, observe: Observe, handle: Handle, now: Time) {
        let Observe {
            id,
            call,
            deadline,
            newer_than,
            evaluable: _,
        } = observe;
        let asked = self.ask(call, now, deadline, newer_than);
        self.runtime.spawn(async move {
            let outcome = asked.await;
            handle.input(Input::Observed { run, id, outcome });
        });
    }

    /// Why a change would certainly not be made, whatever the world is like.
    pub fn refuses(&self, call: &Call) -> Option<String> {
        match self.provider(call) {
            Some(provider) => provider.refuses(call),
            None => Some(no_connector(call)),
        }
    }

    /// One observation, with its deadline.
    pub fn ask(
        &self,
        call: Call,
        now: Time,
        deadline: Time,
        newer_than: Option<Time>,
    ) -> impl Future<Output = Observed> + Send + use<> {
        let provider = self.provider(&call);
        let limits = self.limits.clone();
        async move {
            let Some(provider) = provider else {
                return Observed::Failed(Failure::Failed(no_connector(&call).into()));
            };
            let patience = patience(now, deadline);
            let name = call.name.clone();
            let queued = Instant::now();
            let endpoint = provider.endpoint(&call);
            let Ok(_place) = limits.look(&endpoint, most_of(patience)).await else {
                return Observed::Failed(Failure::Failed(too_busy(&name).into()));
            };
            let now = later(now, queued.elapsed());
            let granted = Granted {
                call,
                now,
                deadline,
                newer_than,
                key: String::new(),
            };
            let left = patience.saturating_sub(queued.elapsed());
            match in_time(Instant::now() + left, provider.observe(granted)).await {
                Some(outcome) => outcome,
                None => {
                    let why = format!("{name} did not answer within {}s", patience.as_secs());
                    Observed::Failed(Failure::Failed(why.into()))
                }
            }
        }
    }

    fn change(&self, run: RunId, perform: Perform, handle: Handle, clock: Arc<Clock>) {
        let provider = self.provider(&perform.call);
        let limits = self.limits.clone();
        let begun = self.under_way.begin(&perform.call.name);
        self.runtime.spawn(async move {
            let id = perform.id;
            let outcome = match (provider, perform.how.clone()) {
                (None, _) => ChangeOutcome::NotApplied(no_connector(&perform.call)),
                (Some(_), How::Restore { .. } | How::RestoreAgain { .. }) => {
                    ChangeOutcome::NotApplied("this connector records nothing to put back".into())
                }
                (Some(provider), How::Do | How::DoAgain) => match provider.refuses(&perform.call) {
                    Some(why) => ChangeOutcome::NotApplied(why),
                    None => {
                        let crowd = Crowd {
                            limits: &limits,
                            handle: &handle,
                            run,
                        };
                        performed(provider, crowd, perform, clock.now()).await
                    }
                },
            };
            handle.input(Input::Performed { run, id, outcome });
            drop(begun);
        });
    }

    fn settle(&self, run: RunId, id: u64, call: Call, deadline: Time, handle: Handle, now: Time) {
        let asked = self.ask(call, now, deadline, None);
        self.runtime.spawn(async move {
            let outcome = match asked.await {
                Observed::Value(Value::Bool(true)) => Settled::Applied,
                Observed::Value(Value::Bool(false)) => Settled::NotApplied,
                Observed::Value(_) | Observed::Failed(_) | Observed::Evaluate => Settled::Nothing,
            };
            handle.input(Input::Settled { run, id, outcome });
        });
    }

    fn send(&self, outbox: Outbox, handle: Handle) {
        let Outbox {
            id: message,
            to,
            message: words,
            ..
        } = outbox;
        let contact = self.contacts.get(to.as_str()).cloned();
        let (limits, deliveries) = (self.limits.clone(), self.deliveries.clone());
        self.runtime.spawn(async move {
            let _place = limits.delivery(&to).await;
            // An agent that stops leaves it in its outbox: the next one sends it.
            let Some(begun) = deliveries.begin(&format!("what is said to {to}")) else {
                return;
            };
            let delivered = match contact {
                Some(contact) => deliver(contact.as_ref(), &words).await,
                None => Err(Undelivered {
                    why: format!("no contact stands for `{to}` in agent.toml"),
                    retry: Retry::REFUSED,
                }),
            };
            match delivered {
                Ok(()) => {
                    debug!(%to, kind = words.kind.word(), "delivered");
                    handle.input(Input::Delivered { message });
                }
                Err(Undelivered { why, retry }) => {
                    warn!(code = Code::NotDelivered.as_str(), %to, kind = words.kind.word(), "not delivered: {why}");
                    handle.input(Input::Undelivered {
                        message,
                        why,
                        retry,
                    });
                }
            }
            // The driver hears of it before it is told to end.
            drop(begun);
        });
    }

    /// The store has failed: everybody who can be reached without it is told, once.
    pub fn last_words(&self, failure: &Error) {
        let message = Message {
            kind: MessageKind::Page,
            incident: None,
            thread: "agent".into(),
            at: Clock::default().now(),
            package: "".into(),
            runbook: "agent".into(),
            severity: crate::effect::Severity::Sev1,
            title: "the ops agent has stopped".to_owned(),
            text: format!(
                "its store failed ({}): {failure}. Nothing is healed until it runs again.",
                failure.kind.word()
            ),
            reason: Some("limit".into()),
            roles: Vec::new(),
            evidence: Vec::new(),
            answer: "see `rbk explain A1203`".to_owned(),
            notes: Notes::default(),
        };
        let message = Arc::new(message);
        let telling: Vec<_> = self
            .contacts
            .iter()
            .map(|(to, contact)| {
                let (to, contact, message) = (to.clone(), contact.clone(), message.clone());
                self.runtime.spawn(async move {
                    let told = contact.deliver(&message);
                    let told = tokio::time::timeout(LAST_WORDS, told).await;
                    if !matches!(told, Ok(Ok(()))) {
                        let code = Code::NotDelivered.as_str();
                        warn!(code, %to, "could not be told that the agent stops");
                    }
                })
            })
            .collect();
        // All at once: somebody who hangs must not keep the others waiting, nor the end.
        self.runtime.block_on(async {
            for told in telling {
                let _ = told.await;
            }
        });
    }

    fn provider(&self, call: &Call) -> Option<Arc<dyn Provider>> {
        let module = call.name.split('.').next().unwrap_or_default();
        self.providers.get(module).cloned()
    }
}

/// Where the change of a run may have to wait for a place.
struct Crowd<'a> {
    limits: &'a Limits,
    handle: &'a Handle,
    run: RunId,
}

impl Crowd<'_> {
    /// A place. That a change has to wait for it is put on record: if the agent ends meanwhile, it was never sent.
    async fn place(
        &self,
        provider: &dyn Provider,
        call: &Call,
        key: &SmolStr,
        patience: Duration,
    ) -> Result<Place, Busy> {
        let endpoint = provider.endpoint(call);
        let place = self.limits.change(provider.module(), &endpoint, patience);
        tokio::pin!(place);
        match tokio::time::timeout(AT_ONCE, &mut place).await {
            Ok(place) => place,
            Err(_) => {
                let (run, key) = (self.run, key.clone());
                self.handle.input(Input::Queued { run, key });
                place.await
            }
        }
    }

    /// Whether a change that had to wait for a place may still begin, or why not. That it does is durable then.
    async fn leave(&self, leaving: Leaving) -> Result<(), String> {
        match self.handle.leave(self.run, leaving).await {
            Ok(None) => Ok(()),
            Ok(Some(why)) => Err(why),
            Err(_) => Err("the agent ends".to_owned()),
        }
    }
}

/// One change, with its deadline. What found no place in time has not begun.
async fn performed(
    provider: Arc<dyn Provider>,
    crowd: Crowd<'_>,
    perform: Perform,
    now: Time,
) -> ChangeOutcome {
    let Perform {
        id,
        call,
        deadline,
        key,
        ..
    } = perform;
    let patience = patience(now, deadline);
    let name = call.name.clone();
    let queued = Instant::now();
    let waits = most_of(patience);
    let Ok(_place) = crowd.place(provider.as_ref(), &call, &key, waits).await else {
        return ChangeOutcome::NotApplied(too_busy(&name));
    };
    let waited = queued.elapsed();
    // What is left of an earlier start is ended first: the time of this one begins when it is sent out.
    if let Err(why) = provider.clears(&key).await {
        return ChangeOutcome::NotApplied(why);
    }
    let cleared = queued.elapsed().saturating_sub(waited);
    // Leave was given at once before this; whoever waits for a place may wait past it.
    let deadline = later(deadline, cleared);
    if queued.elapsed() >= AT_ONCE {
        let leaving = Leaving {
            start: id,
            key: key.clone(),
            deadline,
        };
        if let Err(why) = crowd.leave(leaving).await {
            return ChangeOutcome::NotBegun(why);
        }
    }
    let granted = Granted {
        call,
        now: later(now, queued.elapsed()),
        deadline,
        newer_than: None,
        key: key.to_string(),
    };
    let left = patience.saturating_sub(queued.elapsed().saturating_sub(cleared));
    let performed = in_time(Instant::now() + left, provider.perform(granted)).await;
    performed.unwrap_or(ChangeOutcome::Unknown)
}

async fn deliver(contact: &dyn Messenger, message: &Message) -> Result<(), Undelivered> {
    match in_time(Instant::now() + DELIVERY, contact.deliver(message)).await {
        Some(delivered) => delivered,
        None => Err(Undelivered {
            why: format!("{} did not answer in time", contact.kind()),
            retry: Retry::SOON,
        }),
    }
}

fn no_connector(call: &Call) -> String {
    format!(
        "no connector offers `{}` yet ({})",
        call.name,
        Code::NoConnector.as_str()
    )
}

fn too_busy(name: &str) -> String {
    format!("the agent was too busy to begin {name} in time")
}

/// How long a place is waited for: what begins with no time left to speak of would only seem to say
/// something about the other side.
fn most_of(patience: Duration) -> Duration {
    patience * 3 / 4
}

/// The time after a while.
fn later(now: Time, passed: Duration) -> Time {
    let millis = i64::try_from(passed.as_millis()).unwrap_or(i64::MAX);
    Time::from_millis(now.millis().saturating_add(millis)).unwrap_or(now)
}

fn patience(now: Time, deadline: Time) -> Duration {
    let millis = deadline.millis().saturating_sub(now.millis());
    Duration::from_millis(u64::try_from(millis).unwrap_or_default())
}
