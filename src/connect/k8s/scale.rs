//! Another number of replicas, where nobody else keeps that number.

use serde_json::json;

use super::Undone;
use super::client::{Form, Until};
use super::deployment::scaled_by;
use super::object::Autoscaler;
use super::place;
use super::rounds::{Change, Rounds};
use crate::connect::arguments;
use crate::effect::Call;

/// `k8s.scale`
pub async fn scale(until: &Until<'_>, call: &Call) -> Result<(), Undone> {
    let place = place::deployment(call, "what")?;
    let to = arguments::int(call, "to")?;
    let mut rounds = Rounds::new(until, &place);
    loop {
        let deployment = rounds.next().await?;
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
        let body = json!({
            "metadata": { "resourceVersion": deployment.metadata.resource_version },
            "spec": { "replicas": to },
        });
        let change = Change {
            subresource: "/scale",
            form: Form::Merge,
            body,
            wanted: ("/spec/replicas".into(), json!(to)),
            former: ("/spec/replicas", json!(deployment.spec.replicas)),
        };
        if rounds.ask(change).await? {
            return Ok(());
        }
    }
}
