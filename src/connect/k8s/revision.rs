//! Revisions: the sets of replicas that a deployment has made, each known by its uid. Its number moves when it is in use
//! again, so a number only names one for the moment.

use super::Nothing;
use super::answer::Refusal;
use super::client::Until;
use super::deployment::meant;
use super::object::{ReplicaSet, time};
use super::place::{self, Place};
use super::target::{DEPLOYMENT, Fields, REVISION, key, target, within};
use crate::connect::arguments;
use crate::effect::Call;
use crate::value::Value;

/// The sets that a deployment has made and kept.
pub async fn sets(
    until: &Until<'_>,
    place: &Place,
    deployment: &str,
) -> Result<Vec<ReplicaSet>, Refusal> {
    let mut sets: Vec<ReplicaSet> = until.list(&place.namespace).await?;
    sets.retain(|set| set.is_of(deployment));
    Ok(sets)
}

/// `k8s.revision`
pub async fn look(until: &Until<'_>, call: &Call) -> Result<Value, Nothing> {
    let place = place::deployment(call, "of")?;
    let number = arguments::int(call, "number")?;
    let deployment = meant(until, &place).await?;
    let sets = sets(until, &place, &deployment.metadata.uid).await?;
    let mut sets = sets.iter();
    let set = sets.find(|set| set.metadata.revision() == Some(number));
    let set =
        set.ok_or_else(|| Nothing::NoData(format!("`{place}` has kept no revision {number}")))?;
    let image = set.spec.template.pointer("/spec/containers/0/image");
    let fields: Fields = vec![
        ("number", Some(Value::Int(number))),
        ("created", time(set.metadata.creation_timestamp.as_ref())),
        (
            "image",
            image.and_then(|image| image.as_str()).map(Value::text),
        ),
    ];
    let mut path = within(DEPLOYMENT, &place);
    path.push(key(REVISION, number));
    Ok(target(path, &set.metadata.uid, fields))
}
