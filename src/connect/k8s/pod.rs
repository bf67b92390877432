//! Pods: what is seen of them, and one of them replaced by whoever owns it.

use std::sync::Arc;

use super::answer::Kind;
use super::client::Until;
use super::deployment;
use super::object::{Deployment, Pod, ReplicaSet, time};
use super::place::{self, Name, Place};
use super::state::reason;
use super::target::{Fields, POD, target, within};
use super::{Nothing, Undone};
use crate::connect::arguments;
use crate::effect::Call;
use crate::value::Value;

/// `k8s.pod`
pub async fn look(until: &Until<'_>, call: &Call) -> Result<Value, Nothing> {
    let place = place::named(call)?;
    let pod: Pod = until.get(&place).await?;
    let owner = pod.metadata.controller();
    let Some(owner) = owner.filter(|owner| owner.kind == "ReplicaSet") else {
        return Ok(seen(&place, &pod, None));
    };
    let sets: Vec<ReplicaSet> = until.list(&place.namespace).await?;
    let set = sets.iter().find(|set| set.metadata.uid == owner.uid);
    let owner = set.and_then(|set| set.metadata.controller());
    let Some(owner) = owner.filter(|owner| owner.kind == "Deployment") else {
        return Ok(seen(&place, &pod, None));
    };
    let of = Place {
        namespace: place.namespace.clone(),
        name: Name::new(&owner.name)?,
        uid: Some(owner.uid.as_str().into()),
    };
    let found: Result<Deployment, _> = until.get(&of).await;
    match found {
        Ok(found) => Ok(seen(&place, &pod, belongs(&of, &found, &sets))),
        Err(refusal) if refusal.is_absence() => Ok(seen(&place, &pod, None)),
        Err(refusal) => Err(refusal.into()),
    }
}

/// `k8s.pods`
pub async fn all(until: &Until<'_>, call: &Call) -> Result<Value, Nothing> {
    let namespace = Name::new(arguments::text(call, "namespace")?)?;
    let mut pods: Vec<Pod> = until.list(&namespace).await?;
    pods.retain(|pod| !pod.has_ended());
    pods.sort_by(|one, other| one.metadata.name.cmp(&other.metadata.name));
    let sets: Vec<ReplicaSet> = until.list(&namespace).await?;
    let deployments: Vec<Deployment> = until.list(&namespace).await?;
    let pods = pods.iter().map(|pod| {
        let place = Place {
            namespace: namespace.clone(),
            name: Name::new(&pod.metadata.name)?,
            uid: None,
        };
        Ok(seen(&place, pod, owner(&place, pod, &sets, &deployments)?))
    });
    Ok(Value::list(pods.collect::<Result<_, String>>()?))
}

/// The deployment that a pod belongs to, of those in its namespace.
fn owner(
    pod_at: &Place,
    pod: &Pod,
    sets: &[ReplicaSet],
    deployments: &[Deployment],
) -> Result<Option<Value>, String> {
    let set = pod.metadata.controller().and_then(|owner| {
        let mut sets = sets.iter();
        sets.find(|set| set.metadata.uid == owner.uid)
    });
    let Some(owner) = set.and_then(|set| set.metadata.controller()) else {
        return Ok(None);
    };
    let mut found = deployments.iter();
    let Some(found) = found.find(|found| found.metadata.uid == owner.uid) else {
        return Ok(None);
    };
    let of = Place {
        namespace: pod_at.namespace.clone(),
        name: Name::new(&found.metadata.name)?,
        uid: None,
    };
    Ok(belongs(&of, found, sets))
}

/// A deployment that a pod belongs to, unless it is another by now.
fn belongs(of: &Place, found: &Deployment, sets: &[ReplicaSet]) -> Option<Value> {
    let uid = &found.metadata.uid;
    let sets = sets.iter().filter(|set| set.is_of(uid)).cloned();
    let sets: Vec<ReplicaSet> = sets.collect();
    (!of.is_other(uid)).then(|| deployment::seen(of, found, &sets))
}

fn seen(place: &Place, pod: &Pod, deployment: Option<Value>) -> Value {
    let status = &pod.status;
    let counts = status.container_statuses.iter();
    let restarts = counts.map(|container| container.restart_count);
    let owner = pod.metadata.controller();
    let labels = pod.metadata.labels.iter();
    let labels = labels.map(|(name, value)| (Value::text(name), Value::text(value)));
    let fields: Fields = vec![
        ("name", Some(Value::text(&pod.metadata.name))),
        ("ready", Some(Value::Bool(pod.is_ready()))),
        (
            "restarts",
            Some(Value::Int(restarts.fold(0, i64::saturating_add))),
        ),
        ("started", time(status.start_time.as_ref())),
        ("deployment", deployment),
        (
            "owner",
            Some(Value::text(owner.map_or("", |owner| &owner.name))),
        ),
        (
            "owner_kind",
            Some(Value::text(owner.map_or("", |owner| &owner.kind))),
        ),
        ("reason", Some(Value::text(reason(&pod.status)))),
        (
            "labels",
            Some(Value::Map(Arc::new(labels.collect::<Vec<_>>().into()))),
        ),
    ];
    target(within(POD, place), &pod.metadata.uid, fields)
}

/// `k8s.restart`: a pod that is gone, or on its way, is one that was restarted.
pub async fn restart(until: &Until<'_>, call: &Call) -> Result<(), Undone> {
    let place = place::pod(call, "what")?;
    let uid = place.known_uid()?;
    let pod: Pod = match until.get(&place).await {
        Ok(pod) => pod,
        Err(refusal) if refusal.is_absence() => return Ok(()),
        Err(refusal) => return Err(Undone::before(refusal)),
    };
    if !stays(&place, &pod) {
        return Ok(());
    }
    let why = match pod.metadata.controller() {
        None => Some("nothing owns it, so nobody would start it again"),
        // What is deleted of it is only the picture that the cluster has.
        Some(owner) if owner.kind == "Node" => {
            Some("its node has it from a file, and it would go on")
        }
        Some(_) if pod.has_ended() => Some("it has ended, and takes no part any more"),
        Some(_) => None,
    };
    if let Some(why) = why {
        let why = format!("`{place}` cannot be restarted: {why}");
        return Err(Undone::NotApplied(why));
    }
    let undone = match until.delete::<Pod>(&place, uid).await {
        Ok(true) => return Ok(()),
        Ok(false) => Undone::Unknown,
        Err(refusal) if refusal.is_absence() => return Ok(()),
        // The precondition is the uid alone; still it is looked at whether that one is gone.
        Err(refusal) if refusal.kind == Kind::Conflict => Undone::of(refusal),
        Err(refusal) => return Err(Undone::of(refusal)),
    };
    match until.get::<Pod>(&place).await {
        Ok(pod) if stays(&place, &pod) => Err(undone),
        Ok(_) => Ok(()),
        Err(absent) if absent.is_absence() => Ok(()),
        Err(_) => Err(Undone::Unknown),
    }
}

/// Whether it is the pod that is meant, and not on its way out.
fn stays(place: &Place, pod: &Pod) -> bool {
    !place.is_other(&pod.metadata.uid) && pod.metadata.deletion_timestamp.is_none()
}
