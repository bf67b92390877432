//! What the cluster has to allow for each call: the one place that says it.
//!
//! `rbk export rbac` prints them, the start of an agent asks for them, and the trials on a real control plane have no
//! others.

use std::fmt;

use super::Offered;

/// What is done with things of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Right {
    /// Empty for the first one that there was.
    pub group: &'static str,
    /// `deployments`, `deployments/scale`
    pub resource: &'static str,
    pub verb: Verb,
}

/// As the cluster calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verb {
    Get,
    List,
    Patch,
    Delete,
}

impl Verb {
    pub fn word(self) -> &'static str {
        match self {
            Verb::Get => "get",
            Verb::List => "list",
            Verb::Patch => "patch",
            Verb::Delete => "delete",
        }
    }
}

impl fmt::Display for Right {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {}", self.verb.word(), self.resource)?;
        match self.group {
            "" => Ok(()),
            group => write!(out, ".{group}"),
        }
    }
}

const fn to(verb: Verb, resource: &'static str, group: &'static str) -> Right {
    Right {
        group,
        resource,
        verb,
    }
}

const SEES_NAMESPACE: Right = to(Verb::Get, "namespaces", "");
const SEES_POD: Right = to(Verb::Get, "pods", "");
const LISTS_PODS: Right = to(Verb::List, "pods", "");
const ENDS_POD: Right = to(Verb::Delete, "pods", "");
const READS_LOG: Right = to(Verb::Get, "pods/log", "");
const LISTS_EVENTS: Right = to(Verb::List, "events", "");
const SEES_DEPLOYMENT: Right = to(Verb::Get, "deployments", "apps");
const LISTS_DEPLOYMENTS: Right = to(Verb::List, "deployments", "apps");
const CHANGES_DEPLOYMENT: Right = to(Verb::Patch, "deployments", "apps");
const SCALES_DEPLOYMENT: Right = to(Verb::Patch, "deployments/scale", "apps");
const LISTS_SETS: Right = to(Verb::List, "replicasets", "apps");
const LISTS_SCALERS: Right = to(Verb::List, "horizontalpodautoscalers", "autoscaling");

impl Offered {
    fn rights(self) -> &'static [Right] {
        match self {
            Offered::Namespace => &[SEES_NAMESPACE],
            Offered::Deployment | Offered::Revision | Offered::RolledBack => {
                &[SEES_DEPLOYMENT, LISTS_SETS]
            }
            Offered::Pod => &[SEES_POD, LISTS_SETS, SEES_DEPLOYMENT],
            Offered::Pods => &[LISTS_PODS, LISTS_SETS, LISTS_DEPLOYMENTS],
            Offered::PodEvents | Offered::Events => &[LISTS_EVENTS],
            Offered::Log | Offered::LogBefore => &[SEES_POD, READS_LOG],
            Offered::Replicas => &[SEES_DEPLOYMENT],
            Offered::Restart => &[SEES_POD, ENDS_POD],
            Offered::RolloutRestart => &[SEES_DEPLOYMENT, CHANGES_DEPLOYMENT],
            Offered::Scale => &[SEES_DEPLOYMENT, LISTS_SCALERS, SCALES_DEPLOYMENT],
            Offered::Rollback => &[SEES_DEPLOYMENT, LISTS_SETS, CHANGES_DEPLOYMENT],
        }
    }
}

/// What a call of the library needs of the cluster; nothing where it asks no cluster.
pub fn of(call: &str) -> &'static [Right] {
    Offered::named(call).map_or(&[], Offered::rights)
}

#[cfg(test)]
mod tests {
    use super::super::OPERATIONS;
    use super::*;

    #[test]
    fn each_call_needs_something() {
        for operation in OPERATIONS {
            assert!(!of(operation.name).is_empty(), "{}", operation.name);
        }
        assert!(of("prom.value").is_empty());
    }
    /// As the reference has it: by verb.
    fn row(call: &str) -> String {
        let mut verbs: Vec<(&str, Vec<String>)> = Vec::new();
        for right in of(call) {
            let (verb, resource) = (right.verb.word(), format!("`{}`", right.resource));
            match verbs.iter_mut().find(|(known, _)| *known == verb) {
                Some((_, resources)) => resources.push(resource),
                None => verbs.push((verb, vec![resource])),
            }
        }
        let verbs = verbs.into_iter();
        let verbs = verbs.map(|(verb, resources)| format!("{verb} {}", resources.join(", ")));
        format!("| `{call}` | {} |", verbs.collect::<Vec<_>>().join("; "))
    }

    #[test]
    fn the_reference_says_what_each_call_needs() {
        let page = include_str!("../../../grammar/reference/settings.md");
        let rows: Vec<String> = OPERATIONS.iter().map(|one| row(one.name)).collect();
        let rows = rows.join("\n");
        assert!(page.contains(&rows), "it lacks\n{rows}");
    }
}
