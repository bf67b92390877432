//! Another number of replicas, where nobody else keeps that number.

use serde_json::json;

use super::Undone;
use super::answer::Kind;
use super::client::{Form, Until};
use super::deployment::{ROUNDS, before, came_to, scaled_by};
use super::object::{Autoscaler, Deployment};
use super::place;
use crate::connect::arguments;
use crate::effect::Call;

/// `k8s.scale`
pub async fn scale(until: &Until<'_>, call: &Call) -> Result<(), Undone> {
    let place = place::deployment(call, "what")?;
    let to = arguments::int(call, "to")?;
    let mut seen = None;
    let mut refusal = None;
    for _ in 0..ROUNDS {
        let deployment = before(until, &place, seen).await?;
        if deployment.spec.replicas == Some(to) {
            return Ok(());
        }
        let scalers: Vec<Autoscaler> =
            until.list(&place.namespace).await.map_err(Undone::before)?;
        if let Some(scaler) = scaled_by(&deployment.metadata.name, &scalers) {
            let why = format!(
                "the autoscaler `{scaler}` keeps the number of replicas of `{place}`, and would undo it"
            );
            return Err(Undone::NotApplied(why));
        }
        seen = Some(deployment.metadata.generation);
        let body = json!({
            "metadata": { "resourceVersion": deployment.metadata.resource_version },
            "spec": { "replicas": to },
        });
        match until
            .patch::<Deployment>(&place, "/scale", Form::Merge, &body)
            .await
        {
            Ok(now) => {
                let replicas = now.pointer("/spec/replicas");
                let replicas = replicas.and_then(|replicas| replicas.as_i64());
                return match replicas == Some(to) {
                    true => Ok(()),
                    false => Err(came_to(&place, replicas == deployment.spec.replicas)),
                };
            }
            Err(conflict) if conflict.kind == Kind::Conflict => refusal = Some(conflict),
            Err(refusal) => return Err(Undone::of(refusal)),
        }
    }
    Err(refusal.map_or(Undone::Unknown, Undone::of))
}
