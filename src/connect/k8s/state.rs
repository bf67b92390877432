//! What a pod and a roll-out are said to be, out of what the cluster has written down of them.

use std::sync::Arc;

use super::object::{Container, Deployment, PodStatus};
use crate::value::{EnumMember, Value};

/// How far a deployment has come, as the library has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rollout {
    Unseen,
    Progressing,
    Failed,
    Paused,
    Done,
}

impl Rollout {
    pub fn value(self) -> Value {
        // By hand is the fifth, and no deployment is that.
        let (member, index) = match self {
            Rollout::Unseen => ("unseen", 0),
            Rollout::Progressing => ("progressing", 1),
            Rollout::Failed => ("failed", 2),
            Rollout::Paused => ("paused", 3),
            Rollout::Done => ("done", 5),
        };
        Value::Enum(Arc::new(EnumMember {
            enumeration: "k8s.Rollout".into(),
            member: member.into(),
            index,
        }))
    }
}

impl Deployment {
    /// In the order in which `kubectl rollout status` asks, but for one that is paused: that waits for it for ever.
    pub fn rollout(&self) -> Rollout {
        let status = &self.status;
        let asked = self.spec.replicas.unwrap_or(1);
        let gave_up = self
            .progress()
            .is_some_and(|progress| progress.reason == "ProgressDeadlineExceeded");
        let comes = status.updated_replicas < asked
            || status.replicas > status.updated_replicas
            || status.available_replicas < status.updated_replicas;
        match () {
            () if self.metadata.generation > status.observed_generation => Rollout::Unseen,
            () if self.spec.paused => Rollout::Paused,
            () if gave_up => Rollout::Failed,
            () if comes => Rollout::Progressing,
            () => Rollout::Done,
        }
    }
}

/// What is only on its way.
const COMING: [&str; 2] = ["ContainerCreating", "PodInitializing"];
/// What says that it ends again and again, and not why.
const AGAIN: &str = "CrashLoopBackOff";
/// What says of an end no more than that there was one.
const PLAIN: [&str; 2] = ["Error", "Completed"];

/// Why a pod does not run, or a container of it ended last; empty where nothing is wrong.
pub fn reason(status: &PodStatus) -> &str {
    if !status.reason.is_empty() {
        return &status.reason;
    }
    let containers = status.init_container_statuses.iter();
    let mut containers = containers.chain(&status.container_statuses);
    containers.find_map(reason_of).unwrap_or_default()
}

fn reason_of(container: &Container) -> Option<&str> {
    let ended = [&container.state, &container.last_state];
    let mut ended = ended
        .into_iter()
        .filter_map(|state| state.terminated.as_ref());
    let ended = ended
        .find(|ended| ended.exit_code != 0)
        .map(|ended| ended.reason.as_str())
        .filter(|reason| !reason.is_empty());
    let waits = container.state.waiting.as_ref();
    let waits = waits
        .map(|waiting| waiting.reason.as_str())
        .filter(|reason| !reason.is_empty() && !COMING.contains(reason));
    match (waits, ended) {
        (Some(AGAIN), Some(ended)) if !PLAIN.contains(&ended) => Some(ended),
        (Some(waits), _) => Some(waits),
        (None, ended) => ended,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;

    fn pod(containers: Json) -> String {
        let status = json!({ "containerStatuses": containers });
        let status: PodStatus = serde_json::from_value(status).unwrap();
        reason(&status).to_owned()
    }

    #[test]
    fn a_pod_says_why_it_ended_where_that_says_more() {
        let ended =
            |reason: &str, code: i64| json!({"terminated": {"reason": reason, "exitCode": code}});
        let waits = |reason: &str| json!({"waiting": {"reason": reason}});
        let one = |state: Json, last: Json| pod(json!([{"state": state, "lastState": last}]));
        let runs = json!({"running": {}});
        assert_eq!(one(runs.clone(), json!({})), "");
        assert_eq!(one(waits("ContainerCreating"), json!({})), "");
        assert_eq!(
            one(waits("ImagePullBackOff"), json!({})),
            "ImagePullBackOff"
        );
        let again = waits("CrashLoopBackOff");
        assert_eq!(one(again.clone(), ended("Error", 1)), "CrashLoopBackOff");
        assert_eq!(one(again, ended("OOMKilled", 137)), "OOMKilled");
        assert_eq!(one(runs.clone(), ended("OOMKilled", 137)), "OOMKilled");
        assert_eq!(one(runs, ended("Completed", 0)), "");
        assert_eq!(
            pod(json!([{}, {"state": {"waiting": {"reason": "ErrImagePull"}}}])),
            "ErrImagePull"
        );
        let evicted = PodStatus {
            reason: "Evicted".into(),
            ..PodStatus::default()
        };
        assert_eq!(reason(&evicted), "Evicted");
    }

    #[test]
    fn a_roll_out_is_one_of_five() {
        let of = |paused: bool, seen: i64, counts: [i64; 3], progress: &str| {
            let [updated, all, available] = counts;
            let found: Deployment = serde_json::from_value(json!({
                "metadata": {"generation": 2},
                "spec": {"replicas": 2, "paused": paused},
                "status": {
                    "observedGeneration": seen, "updatedReplicas": updated, "replicas": all,
                    "availableReplicas": available,
                    "conditions": [{"type": "Progressing", "status": "True", "reason": progress}],
                },
            }))
            .unwrap();
            found.rollout()
        };
        assert_eq!(of(false, 1, [2, 2, 2], ""), Rollout::Unseen);
        assert_eq!(of(false, 2, [1, 2, 1], ""), Rollout::Progressing);
        assert_eq!(of(false, 2, [2, 3, 2], ""), Rollout::Progressing);
        assert_eq!(of(false, 2, [2, 2, 1], ""), Rollout::Progressing);
        assert_eq!(
            of(false, 2, [1, 3, 1], "ProgressDeadlineExceeded"),
            Rollout::Failed
        );
        assert_eq!(of(true, 2, [0, 2, 0], "DeploymentPaused"), Rollout::Paused);
        assert_eq!(
            of(false, 2, [2, 2, 2], "NewReplicaSetAvailable"),
            Rollout::Done
        );
    }

    /// The numbers are the places in the declaration.
    #[test]
    fn the_library_has_them_in_this_order() {
        let text = include_str!("../../../stdlib/k8s.rbk");
        let (_, body) = text.split_once("enum Rollout {\n").unwrap();
        let (body, _) = body.split_once("\n}").unwrap();
        let members = body.lines().map(str::trim);
        let members: Vec<&str> = members.filter(|line| !line.starts_with("//")).collect();
        for rollout in [
            Rollout::Unseen,
            Rollout::Progressing,
            Rollout::Failed,
            Rollout::Paused,
            Rollout::Done,
        ] {
            let Value::Enum(member) = rollout.value() else {
                panic!("no enum");
            };
            assert_eq!(members[usize::from(member.index)], member.member);
        }
    }
}
