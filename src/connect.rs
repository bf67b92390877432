//! Connectors: each translates calls of one module of the library to one protocol and back, or
//! carries words to people.
//!
//! In: a call that was granted, with its deadline. Out: what came of it. A connector only
//! translates: grants, deadlines, retries, records and masking are the business of whoever calls
//! it, once for all. It never decides whether something may be done, and never does it twice.

#![expect(
    clippy::disallowed_methods,
    reason = "this room and host/ are where I/O happens"
)]

mod answer;
mod arguments;
mod client;
mod dns;
mod exec;
mod host;
mod http;
mod inventory;
#[cfg(feature = "kubernetes")]
mod k8s;
mod lack;
mod late;
mod operation;
mod own;
mod people;
mod prom;
mod secret;
mod tcp;

use std::future::Future;
use std::pin::Pin;

use crate::effect::{Call, ChangeOutcome, Observed};
use crate::journal::{Message, Retry};
use crate::value::Time;

pub use client::{Answer, Client};
pub use exec::{ExecOptions, running};
pub use inventory::{Inventory, Machine};
#[cfg(feature = "kubernetes")]
pub use k8s::{Missing, Reach, Reviewed, Right, Wanted, is_cluster_name, review, wanted};
pub use lack::is_own_lack;
pub use late::in_time;
pub use operation::{Connector, OperationKind, Parts, SpeaksTo};
pub use people::{PagerDuty, Slack, Terminal, Webhook};
pub use prom::PromOptions;
pub use secret::{SecretText, Secrets};

/// Every connector: what is not listed here nobody speaks to.
pub const ALL: &[Connector] = &[
    dns::CONNECTOR,
    exec::CONNECTOR,
    host::CONNECTOR,
    http::CONNECTOR,
    #[cfg(feature = "kubernetes")]
    k8s::CONNECTOR,
    own::CONNECTOR,
    prom::CONNECTOR,
    tcp::CONNECTOR,
];

/// What a connector gives once it is done.
pub type Pending<'a, Outcome> = Pin<Box<dyn Future<Output = Outcome> + Send + 'a>>;

/// A granted call.
#[derive(Clone, Debug)]
pub struct Granted {
    pub call: Call,
    /// When it was asked.
    pub now: Time,
    /// When nobody waits for it any more; whoever calls drops the future then.
    pub deadline: Time,
    /// For an observation: what was measured before this does not count.
    pub newer_than: Option<Time>,
    /// For a change: sent to the target where it takes one.
    pub key: String,
}

impl Granted {
    /// How long whoever asked waits.
    fn patience(&self) -> std::time::Duration {
        let millis = self.deadline.millis().saturating_sub(self.now.millis());
        std::time::Duration::from_millis(u64::try_from(millis).unwrap_or_default())
    }
}

/// The other side of one module of the library.
pub trait Provider: Send + Sync {
    /// The module's name: `prom`.
    fn module(&self) -> &'static str;

    /// What a call keeps busy, beside the agent itself.
    fn endpoint(&self, call: &Call) -> Endpoint {
        // Most modules speak to one server.
        let _ = call;
        Endpoint::Named(self.module().to_owned())
    }

    /// Before a change is sent out: ends what is left of earlier starts of it, or says that this cannot be done. It
    /// takes none of the time that the change has.
    fn clears<'a>(&'a self, key: &'a str) -> Pending<'a, Result<(), String>> {
        let _ = key;
        Box::pin(async { Ok(()) })
    }

    /// Looks. Changes nothing, whatever happens.
    fn observe(&self, granted: Granted) -> Pending<'_, Observed>;

    /// Why a change would certainly not be made, as far as the settings alone say it: asked before each change, and of
    /// each that a dry run plans.
    fn refuses(&self, call: &Call) -> Option<String>;

    /// Changes the world. When the future is dropped, the outcome is unknown.
    fn perform(&self, granted: Granted) -> Pending<'_, ChangeOutcome>;
}

/// What a call keeps busy: so much of it at once is enough.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// A server, by its name or address.
    Named(String),
    /// A processor of this machine.
    Program,
}

/// A way to reach people.
pub trait Messenger: Send + Sync {
    /// How it is called in settings: `pagerduty`.
    fn kind(&self) -> &'static str;

    /// Delivers a message. `Ok` means that the other side has taken it over.
    fn deliver<'a>(&'a self, message: &'a Message) -> Pending<'a, Result<(), Undelivered>>;
}

/// Why a message did not arrive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undelivered {
    pub why: String,
    pub retry: Retry,
}
