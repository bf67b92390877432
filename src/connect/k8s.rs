//! The module `k8s`: namespaces, deployments with their revisions, and pods of one cluster.
//!
//! A thing is named by its uid, not by its name alone: what was deleted and made again is another thing, and nothing is
//! done to it. Each change carries a precondition that fails when somebody else was faster, and is sent again only when the
//! cluster has refused it; whether it took effect is known, or said to be unknown.

mod account;
mod answer;
mod client;
mod deployment;
mod login;
mod object;
mod pace;
mod place;
mod pod;
mod review;
mod revision;
mod rights;
mod rollback;
mod rounds;
mod scale;
mod state;
mod target;
mod told;
mod wanted;

use std::sync::Arc;

use tokio::time::Instant;

use super::answer::{failed, no_data, said};
use super::operation::{Connector, Made, Parts, SpeaksTo, not_offered, operations};
use super::{Granted, Pending, Provider, Secrets, arguments};
use crate::effect::{Call, ChangeOutcome, Observed};
use crate::value::Value;
use answer::{Done, Refusal};
use client::{Cluster, Until};
use told::Which;

pub use review::{Missing, Reviewed, review};
pub use rights::Right;
pub use wanted::{Reach, Wanted, wanted};

/// Whether a thing in a cluster can be called so.
pub fn is_cluster_name(text: &str) -> bool {
    place::Name::new(text).is_ok()
}

operations! {
    Namespace = Probe "k8s.namespace" ("name: String") -> "Namespace";
    Deployment = Probe "k8s.deployment" ("namespace: String", "name: String") -> "Deployment";
    Revision = Probe "k8s.revision" ("of: Deployment", "number: Int") -> "Revision";
    Pod = Probe "k8s.pod" ("namespace: String", "name: String") -> "Pod";
    Pods = Probe "k8s.pods" ("namespace: String") -> "List[Pod]";
    PodEvents = Probe "k8s.pod_events" ("of: Pod") -> "List[Event]";
    Events = Probe "k8s.events" ("of: Deployment") -> "List[Event]";
    Log = Probe "k8s.log" ("of: Pod", "lines: Int") -> "List[String]";
    LogBefore = Probe "k8s.log_before" ("of: Pod", "lines: Int") -> "List[String]";
    Replicas = Probe "k8s.replicas" ("of: Deployment") -> "Int";
    RolledBack = Probe "k8s.rolled_back" ("what: Deployment", "to: Revision") -> "Bool";
    Restart = Action "k8s.restart" ("what: Pod");
    RolloutRestart = Action "k8s.rollout_restart" ("what: Deployment");
    Scale = Action "k8s.scale" ("what: Deployment", "to: Int");
    Rollback = Action "k8s.rollback" ("what: Deployment", "to: Revision");
}

/// The module as a row.
pub const CONNECTOR: Connector = Connector {
    module: "k8s",
    operations: OPERATIONS,
    speaks_to: SpeaksTo::Kubernetes,
    make,
};

fn make(parts: &Parts) -> Made {
    let Some(account) = &parts.kubernetes else {
        return Ok(None);
    };
    let known = account::read(account)?;
    let secrets = parts.secrets.and("kubernetes", known.token.as_ref());
    Ok(Some(Arc::new(Kubernetes {
        cluster: Cluster::new(known),
        secrets: Arc::new(secrets),
    })))
}

/// Calls to one cluster.
struct Kubernetes {
    cluster: Cluster,
    secrets: Arc<Secrets>,
}

/// Why there is nothing to see.
enum Nothing {
    /// Answered, nothing there.
    NoData(String),
    Failed(String),
}

/// Why a change did not take effect, or may have.
enum Undone {
    /// It certainly did not: this agent did not send it, or it was refused.
    NotApplied(String),
    Unknown,
}

impl Kubernetes {
    async fn look(&self, granted: &Granted) -> Result<Value, Nothing> {
        let call = &granted.call;
        let until = self.until(granted);
        let newer_than = granted.newer_than;
        match Offered::of(call) {
            Some(Offered::Namespace) => target::namespace(&until, call).await,
            Some(Offered::Deployment) => deployment::look(&until, call, newer_than).await,
            Some(Offered::Revision) => revision::look(&until, call).await,
            Some(Offered::Pod) => pod::look(&until, call).await,
            Some(Offered::Pods) => pod::all(&until, call).await,
            Some(Offered::PodEvents) => {
                told::events(&until, &place::pod(call, "of")?, &self.secrets).await
            }
            Some(Offered::Events) => {
                told::events(&until, &place::deployment(call, "of")?, &self.secrets).await
            }
            Some(Offered::Log) => told::log(&until, call, Which::Now, &self.secrets).await,
            Some(Offered::LogBefore) => told::log(&until, call, Which::Before, &self.secrets).await,
            Some(Offered::Replicas) => deployment::replicas(&until, call).await,
            Some(Offered::RolledBack) => rollback::is_done(&until, call).await,
            Some(
                Offered::Restart | Offered::RolloutRestart | Offered::Scale | Offered::Rollback,
            )
            | None => Err(Nothing::Failed(not_offered(call))),
        }
    }

    async fn change(&self, granted: &Granted) -> Result<(), Undone> {
        let call = &granted.call;
        let until = self.until(granted);
        match Offered::of(call) {
            Some(Offered::Restart) => pod::restart(&until, call).await,
            Some(Offered::RolloutRestart) => deployment::restart(&until, call, &granted.key).await,
            Some(Offered::Scale) => scale::scale(&until, call).await,
            Some(Offered::Rollback) => rollback::roll_back(&until, call).await,
            Some(
                Offered::Namespace
                | Offered::Deployment
                | Offered::Revision
                | Offered::Pod
                | Offered::Pods
                | Offered::PodEvents
                | Offered::Events
                | Offered::Log
                | Offered::LogBefore
                | Offered::Replicas
                | Offered::RolledBack,
            )
            | None => Err(Undone::NotApplied(not_offered(call))),
        }
    }

    fn until(&self, granted: &Granted) -> Until<'_> {
        self.cluster.until(Instant::now() + granted.patience())
    }
}

/// What a change is made of, as the call says it: all that can be wrong of it without a look at the cluster.
fn read(call: &Call) -> Result<(), String> {
    match Offered::of(call) {
        Some(Offered::Restart) => place::pod(call, "what")?.known_uid().map(drop),
        Some(Offered::RolloutRestart) => place::deployment(call, "what")?.known_uid().map(drop),
        Some(Offered::Scale) => {
            place::deployment(call, "what")?.known_uid()?;
            arguments::int(call, "to").map(drop)
        }
        Some(Offered::Rollback) => {
            let of = place::deployment(call, "what")?;
            of.known_uid()?;
            place::revision(call, "to", &of).map(drop)
        }
        Some(
            Offered::Namespace
            | Offered::Deployment
            | Offered::Revision
            | Offered::Pod
            | Offered::Pods
            | Offered::PodEvents
            | Offered::Events
            | Offered::Log
            | Offered::LogBefore
            | Offered::Replicas
            | Offered::RolledBack,
        )
        | None => Err(not_offered(call)),
    }
}

impl Provider for Kubernetes {
    fn module(&self) -> &'static str {
        CONNECTOR.module
    }

    fn observe(&self, granted: Granted) -> Pending<'_, Observed> {
        Box::pin(async move {
            match self.look(&granted).await {
                Ok(value) => Observed::Value(value),
                Err(Nothing::NoData(what)) => no_data(&self.secrets, what),
                Err(Nothing::Failed(why)) => failed(&self.secrets, why),
            }
        })
    }

    fn refuses(&self, call: &Call) -> Option<String> {
        read(call).err().map(|why| said(&self.secrets, &why))
    }

    fn perform(&self, granted: Granted) -> Pending<'_, ChangeOutcome> {
        Box::pin(async move {
            if let Some(why) = self.refuses(&granted.call) {
                return ChangeOutcome::NotApplied(why);
            }
            match self.change(&granted).await {
                Ok(()) => ChangeOutcome::Applied(Value::None),
                Err(Undone::NotApplied(why)) => {
                    ChangeOutcome::NotApplied(said(&self.secrets, &why))
                }
                Err(Undone::Unknown) => ChangeOutcome::Unknown,
            }
        })
    }
}

impl From<String> for Nothing {
    fn from(why: String) -> Nothing {
        Nothing::Failed(why)
    }
}

impl From<Refusal> for Nothing {
    fn from(refusal: Refusal) -> Nothing {
        match refusal.is_absence() {
            true => Nothing::NoData(refusal.to_string()),
            false => Nothing::Failed(refusal.to_string()),
        }
    }
}

impl From<String> for Undone {
    fn from(why: String) -> Undone {
        Undone::NotApplied(why)
    }
}

impl Undone {
    /// What a refused look before the change means: nothing was sent.
    fn before(refusal: Refusal) -> Undone {
        Undone::NotApplied(refusal.to_string())
    }

    /// What an answer to the change itself means.
    fn of(refusal: Refusal) -> Undone {
        match refusal.done() {
            Done::No => Undone::NotApplied(refusal.to_string()),
            Done::Unknown => Undone::Unknown,
        }
    }
}
