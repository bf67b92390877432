//! Deployments: what is seen of them, and all their pods replaced by their own rules.

use serde_json::json;

use super::client::{Form, Until};
use super::object::{Autoscaler, Deployment, DeploymentSpec, ReplicaSet, time};
use super::place::{self, Place};
use super::revision;
use super::rounds::{Change, Rounds};
use super::target::{DEPLOYMENT, Fields, target, within};
use super::{Nothing, Undone};
use crate::effect::Call;
use crate::value::{Time, Value};

/// What a change leaves on what it changed: the mark of its intent.
const INTENT: &str = "rbk.dev/intent";

/// `k8s.deployment`
pub async fn look(
    until: &Until<'_>,
    call: &Call,
    newer_than: Option<Time>,
) -> Result<Value, Nothing> {
    let place = place::named(call)?;
    let deployment: Deployment = until.get(&place).await?;
    let behind = deployment.metadata.generation > deployment.status.observed_generation;
    if newer_than.is_some() && behind {
        let what = format!("the controller has not seen the last change to `{place}` yet");
        return Err(Nothing::NoData(what));
    }
    let sets = revision::sets(until, &place, &deployment.metadata.uid).await?;
    Ok(seen(&place, &deployment, &sets))
}

/// `k8s.replicas`
pub async fn replicas(until: &Until<'_>, call: &Call) -> Result<Value, Nothing> {
    let place = place::deployment(call, "of")?;
    let deployment = meant(until, &place).await?;
    let replicas = deployment.spec.replicas.unwrap_or(1);
    Ok(Value::Int(replicas))
}

/// The deployment that is meant, as it is now: not one that was made later under its name.
pub async fn meant(until: &Until<'_>, place: &Place) -> Result<Deployment, Nothing> {
    let deployment: Deployment = until.get(place).await?;
    match place.is_other(&deployment.metadata.uid) {
        true => Err(Nothing::NoData(format!(
            "`{place}` is another deployment by now"
        ))),
        false => Ok(deployment),
    }
}

/// A deployment as a target; `sets` are its own.
pub fn seen(place: &Place, deployment: &Deployment, sets: &[ReplicaSet]) -> Value {
    let revision = deployment.metadata.revision();
    let fields: Fields = vec![
        ("name", Some(Value::text(&deployment.metadata.name))),
        ("replicas", deployment.spec.replicas.map(Value::Int)),
        ("ready", Some(Value::Int(deployment.status.ready_replicas))),
        ("revision", revision.map(Value::Int)),
        ("updated", updated(deployment, sets)),
        ("rollout", Some(deployment.rollout().value())),
    ];
    target(within(DEPLOYMENT, place), &deployment.metadata.uid, fields)
}

/// When its template last changed: when its set was made, or, of a set that is in use again, when the controller last
/// got on with it.
fn updated(deployment: &Deployment, sets: &[ReplicaSet]) -> Option<Value> {
    let revision = deployment.metadata.revision()?;
    let current = |set: &&ReplicaSet| set.metadata.revision() == Some(revision);
    let set = sets.iter().find(current)?;
    let history = "deployment.kubernetes.io/revision-history";
    match set.metadata.annotations.contains_key(history) {
        false => time(set.metadata.creation_timestamp.as_ref()),
        true => time(deployment.progress()?.last_update_time.as_ref()),
    }
}

/// A deployment before a change: the one that is meant, kept by nobody else, and not changed since `seen`.
pub async fn before(
    until: &Until<'_>,
    place: &Place,
    seen: Option<&DeploymentSpec>,
) -> Result<Deployment, Undone> {
    place.known_uid()?;
    let deployment: Deployment = until.get(place).await.map_err(Undone::before)?;
    let metadata = &deployment.metadata;
    if place.is_other(&metadata.uid) {
        return Err(Undone::NotApplied(format!(
            "`{place}` is another deployment by now"
        )));
    }
    if metadata.deletion_timestamp.is_some() {
        return Err(Undone::NotApplied(format!("`{place}` is being deleted")));
    }
    if let Some(owner) = metadata.controller() {
        let why = format!(
            "`{place}` is kept by the {} `{}`, which would undo it",
            owner.kind, owner.name
        );
        return Err(Undone::NotApplied(why));
    }
    if seen.is_some_and(|seen| *seen != deployment.spec) {
        return Err(Undone::NotApplied(format!(
            "somebody changed `{place}` meanwhile"
        )));
    }
    Ok(deployment)
}

/// `k8s.rollout_restart`
pub async fn restart(until: &Until<'_>, call: &Call, key: &str) -> Result<(), Undone> {
    let place = place::deployment(call, "what")?;
    let mark = format!("/metadata/annotations/{}", INTENT.replace('/', "~1"));
    let mut rounds = Rounds::new(until, &place);
    loop {
        let deployment = rounds.next().await?;
        let marked = deployment.spec.template.pointer(&mark);
        if marked.and_then(|mark| mark.as_str()) == Some(key) {
            return Ok(());
        }
        if deployment.spec.paused {
            let why = format!("the roll-out of `{place}` is paused: nothing would be replaced");
            return Err(Undone::NotApplied(why));
        }
        if deployment.is_rolling_out() {
            let why = format!("`{place}` is being rolled out: its pods are replaced already");
            return Err(Undone::NotApplied(why));
        }
        let body = json!({
            "metadata": { "resourceVersion": deployment.metadata.resource_version },
            "spec": { "template": { "metadata": { "annotations": { INTENT: key } } } },
        });
        let change = Change {
            subresource: "",
            form: Form::Merge,
            body,
            wanted: (format!("/spec/template{mark}"), json!(key)),
            former: ("/spec/template", deployment.spec.template),
        };
        if rounds.ask(change).await? {
            return Ok(());
        }
    }
}

/// Who keeps the number of its replicas.
pub fn scaled_by<'s>(name: &str, scalers: &'s [Autoscaler]) -> Option<&'s str> {
    let scaler = scalers.iter().find(|scaler| {
        let scaled = &scaler.spec.scale_target_ref;
        let is_apps = scaled.api_version.is_empty() || scaled.api_version.starts_with("apps/");
        scaled.kind == "Deployment" && scaled.name == name && is_apps
    });
    scaler.map(|scaler| scaler.metadata.name.as_str())
}
