//! Things of a cluster as its answers have them, as far as they are looked at.
//!
//! What is missing is as the API means it when it is left out, and what is not known here is passed over: a field or a
//! word of a newer server spoils no list. A template is kept as it came, whatever is in it.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use crate::value::{Time, Value};

/// A kind of things.
pub trait Object: DeserializeOwned {
    /// Where the API has them: `api/v1`.
    const GROUP: &'static str;
    /// `pods`
    const PLURAL: &'static str;

    /// Which one it is.
    fn metadata(&self) -> &Metadata;
}

macro_rules! objects {
    ($($kind:ident $group:literal $plural:literal;)+) => {
        $(impl Object for $kind {
            const GROUP: &'static str = $group;
            const PLURAL: &'static str = $plural;

            fn metadata(&self) -> &Metadata {
                &self.metadata
            }
        })+
    };
}

objects! {
    Namespace "api/v1" "namespaces";
    Pod "api/v1" "pods";
    Deployment "apis/apps/v1" "deployments";
    ReplicaSet "apis/apps/v1" "replicasets";
    Event "api/v1" "events";
    Autoscaler "apis/autoscaling/v1" "horizontalpodautoscalers";
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Metadata {
    pub name: String,
    pub uid: String,
    pub resource_version: String,
    pub generation: i64,
    pub creation_timestamp: Option<String>,
    pub deletion_timestamp: Option<String>,
    pub labels: BTreeMap<String, String>,
    pub annotations: BTreeMap<String, String>,
    pub owner_references: Vec<Owner>,
    /// Where a list goes on.
    #[serde(rename = "continue")]
    pub more: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Owner {
    pub kind: String,
    pub name: String,
    pub uid: String,
    pub controller: bool,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Namespace {
    pub metadata: Metadata,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Pod {
    pub metadata: Metadata,
    pub spec: Json,
    pub status: PodStatus,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PodStatus {
    pub phase: String,
    /// Why the whole pod ended: `Evicted`.
    pub reason: String,
    pub init_container_statuses: Vec<Container>,
    pub start_time: Option<String>,
    pub conditions: Vec<Condition>,
    pub container_statuses: Vec<Container>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Container {
    pub name: String,
    pub ready: bool,
    pub restart_count: i64,
    pub state: ContainerState,
    pub last_state: ContainerState,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct ContainerState {
    pub waiting: Option<Waiting>,
    pub terminated: Option<Terminated>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Waiting {
    pub reason: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Terminated {
    pub reason: String,
    pub exit_code: i64,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Condition {
    #[serde(rename = "type")]
    pub kind: String,
    pub status: String,
    pub reason: String,
    pub last_update_time: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Deployment {
    pub metadata: Metadata,
    pub spec: DeploymentSpec,
    pub status: DeploymentStatus,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct DeploymentSpec {
    pub replicas: Option<i64>,
    pub paused: bool,
    pub template: Json,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct DeploymentStatus {
    pub observed_generation: i64,
    pub replicas: i64,
    pub updated_replicas: i64,
    pub available_replicas: i64,
    pub ready_replicas: i64,
    pub conditions: Vec<Condition>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct ReplicaSet {
    pub metadata: Metadata,
    pub spec: ReplicaSetSpec,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct ReplicaSetSpec {
    pub template: Json,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Autoscaler {
    pub metadata: Metadata,
    pub spec: AutoscalerSpec,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct AutoscalerSpec {
    pub scale_target_ref: Scaled,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Scaled {
    pub api_version: String,
    pub kind: String,
    pub name: String,
}

/// What somebody noted about a thing. Times may be left out, and repetitions are one.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Event {
    pub metadata: Metadata,
    #[serde(rename = "type")]
    pub kind: String,
    pub reason: String,
    pub message: String,
    pub count: Option<i64>,
    pub last_timestamp: Option<String>,
    pub event_time: Option<String>,
    pub series: Option<Series>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Series {
    pub count: i64,
    pub last_observed_time: Option<String>,
}

impl Event {
    /// When it happened last, as far as that was noted.
    pub fn at(&self) -> Option<String> {
        let series = self.series.as_ref();
        series
            .and_then(|series| series.last_observed_time.clone())
            .or_else(|| self.last_timestamp.clone())
            .or_else(|| self.event_time.clone())
            .or_else(|| self.metadata.creation_timestamp.clone())
    }

    /// How often.
    pub fn times(&self) -> i64 {
        let series = self.series.as_ref().map(|series| series.count);
        series.or(self.count).unwrap_or(1).max(1)
    }
}

impl Metadata {
    /// Who keeps it in shape.
    pub fn controller(&self) -> Option<&Owner> {
        self.owner_references.iter().find(|owner| owner.controller)
    }

    /// The number of its revision, as the controller wrote it.
    pub fn revision(&self) -> Option<i64> {
        let text = self.annotations.get("deployment.kubernetes.io/revision")?;
        text.parse().ok()
    }
}

impl Condition {
    /// Whether one of this kind holds.
    pub fn holds(conditions: &[Condition], kind: &str) -> bool {
        let mut conditions = conditions.iter();
        conditions.any(|condition| condition.kind == kind && condition.status == "True")
    }
}

impl Pod {
    /// Whether all its work is done, or given up: it stays in lists for a while, and is none of those that serve.
    pub fn has_ended(&self) -> bool {
        matches!(self.status.phase.as_str(), "Succeeded" | "Failed")
    }

    /// Whether it takes traffic: one that is on its way out does not, whatever it says.
    pub fn is_ready(&self) -> bool {
        Condition::holds(&self.status.conditions, "Ready")
            && self.metadata.deletion_timestamp.is_none()
    }
}

impl Deployment {
    /// What the controller says of its roll-out.
    pub fn progress(&self) -> Option<&Condition> {
        let mut conditions = self.status.conditions.iter();
        conditions.find(|condition| condition.kind == "Progressing")
    }

    /// Whether the controller is still at work on what was asked for last. One that gave up is not.
    pub fn is_rolling_out(&self) -> bool {
        let status = &self.status;
        if self.metadata.generation > status.observed_generation {
            return true;
        }
        let gave_up = |progress: &Condition| progress.reason == "ProgressDeadlineExceeded";
        if self.progress().is_some_and(gave_up) {
            return false;
        }
        let asked = self.spec.replicas.unwrap_or(1);
        status.updated_replicas < asked || status.replicas > status.updated_replicas
    }
}

impl ReplicaSet {
    /// Whether it belongs to this deployment.
    pub fn is_of(&self, uid: &str) -> bool {
        let owner = self.metadata.controller();
        owner.is_some_and(|owner| owner.uid == uid && owner.kind == "Deployment")
    }

    /// The template of the deployment that it was made from.
    pub fn template(&self) -> Json {
        let mut template = self.spec.template.clone();
        let labels = template.pointer_mut("/metadata/labels");
        if let Some(labels) = labels.and_then(Json::as_object_mut) {
            labels.remove("pod-template-hash");
        }
        template
    }
}

/// A moment as the API writes it.
pub fn time(text: Option<&String>) -> Option<Value> {
    Time::parse(text?, None).map(Value::Time)
}
