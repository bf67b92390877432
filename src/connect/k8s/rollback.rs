//! An earlier template: nothing of the deployment is replaced but that, and only if nobody else was faster.

use serde_json::{Value as Json, json};

use super::client::{Form, Until};
use super::deployment::meant;
use super::rounds::{Change, Rounds};
use super::{Nothing, Undone, place, revision};
use crate::effect::Call;
use crate::value::Value;

/// `k8s.rolled_back`: whether the template is that of the revision.
pub async fn is_done(until: &Until<'_>, call: &Call) -> Result<Value, Nothing> {
    let place = place::deployment(call, "what")?;
    let to = place::revision(call, "to", &place)?;
    let deployment = meant(until, &place).await?;
    let sets = revision::sets(until, &place, &deployment.metadata.uid).await?;
    let set = sets.iter().find(|set| set.metadata.uid == to);
    let gone = || Nothing::NoData(format!("`{place}` has not kept that revision"));
    let template = set.ok_or_else(gone)?.template();
    if template == deployment.spec.template {
        return Ok(Value::Bool(true));
    }
    match has_all(&deployment.spec.template, &template) {
        // Something in the cluster may add that to whatever is asked for; then it is that revision.
        true => Err(Nothing::NoData(format!(
            "the template of `{place}` has all that the revision has, and more"
        ))),
        false => Ok(Value::Bool(false)),
    }
}

/// Whether one has all that another has, and at its places. As deep as the API lets a template be.
fn has_all(one: &Json, other: &Json) -> bool {
    match (one, other) {
        (Json::Object(one), Json::Object(other)) => other
            .iter()
            .all(|(key, value)| one.get(key).is_some_and(|own| has_all(own, value))),
        (Json::Array(one), Json::Array(other)) => {
            let mut pairs = one.iter().zip(other);
            one.len() >= other.len() && pairs.all(|(one, other)| has_all(one, other))
        }
        (one, other) => one == other,
    }
}

/// `k8s.rollback`
pub async fn roll_back(until: &Until<'_>, call: &Call) -> Result<(), Undone> {
    let place = place::deployment(call, "what")?;
    let to = place::revision(call, "to", &place)?;
    let mut rounds = Rounds::new(until, &place);
    loop {
        let deployment = rounds.next().await?;
        let metadata = &deployment.metadata;
        let sets = revision::sets(until, &place, &metadata.uid).await;
        let sets = sets.map_err(Undone::before)?;
        let set = sets.iter().find(|set| set.metadata.uid == to);
        let template = set.map(|set| set.template());
        let template = template.ok_or_else(|| format!("`{place}` has not kept that revision"))?;
        if template == deployment.spec.template {
            return Ok(());
        }
        if deployment.spec.paused {
            let why = format!("the roll-out of `{place}` is paused: nothing would be rolled back");
            return Err(Undone::NotApplied(why));
        }
        let body = json!([
            { "op": "test", "path": "/metadata/uid", "value": metadata.uid },
            { "op": "test", "path": "/metadata/resourceVersion", "value": metadata.resource_version },
            { "op": "replace", "path": "/spec/template", "value": template },
        ]);
        let change = Change {
            subresource: "",
            form: Form::Steps,
            body,
            wanted: ("/spec/template".into(), template),
            former: ("/spec/template", deployment.spec.template),
        };
        if rounds.ask(change).await? {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_added_is_told_apart_from_what_is_other() {
        let revision =
            json!({"metadata": {"labels": {"app": "web"}}, "containers": [{"image": "a"}]});
        let mut now = revision.clone();
        now["metadata"]["annotations"] = json!({"added": "by the cluster"});
        now["containers"][0]["env"] = json!([]);
        assert!(has_all(&now, &revision) && !has_all(&revision, &now));
        now["containers"][0]["image"] = json!("b");
        assert!(!has_all(&now, &revision));
    }
}
