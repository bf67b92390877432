//! What an account may do, as the cluster itself says it: which of the rights that runbooks need it lacks, and which it has
//! that none of them needs.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value as Json, json};
use smol_str::SmolStr;
use tokio::time::Instant;

use super::account;
use super::answer::Refusal;
use super::client::{Cluster, Until};
use super::rights::Right;
use super::wanted::{Reach, Wanted};
use crate::settings::Account;

/// Where the cluster is asked about rights.
const GROUP: &str = "authorization.k8s.io/v1";

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reviewed {
    pub missing: Vec<Missing>,
    /// What no runbook of any package needs: `secrets (get, list) in shop`.
    pub wide: BTreeSet<String>,
    /// Why not all of it is known.
    pub unknown: Option<String>,
}

/// A right that the cluster does not give.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Missing {
    pub runbooks: BTreeSet<SmolStr>,
    pub reach: Reach,
    pub right: Right,
}

impl fmt::Display for Reach {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reach::Namespace(name) => write!(out, "in the namespace `{name}`"),
            Reach::Everywhere => out.write_str("in all namespaces"),
        }
    }
}

/// Asks the cluster, for so long.
pub async fn review(account: &Account, wanted: &Wanted, patience: Duration) -> Reviewed {
    let mut reviewed = Reviewed::default();
    let cluster = match account::read(account) {
        Ok(known) => Cluster::new(known),
        Err(why) => {
            reviewed.unknown = Some(why);
            return reviewed;
        }
    };
    let until = cluster.until(Instant::now() + patience);
    if let Err(refusal) = ask(&until, wanted, &mut reviewed).await {
        reviewed.unknown = Some(refusal.to_string());
    }
    reviewed
}

async fn ask(until: &Until<'_>, wanted: &Wanted, reviewed: &mut Reviewed) -> Result<(), Refusal> {
    for (reach, rights) in &wanted.rights {
        for (right, runbooks) in rights {
            if !is_allowed(until, reach, right).await? {
                reviewed.missing.push(Missing {
                    runbooks: runbooks.clone(),
                    reach: reach.clone(),
                    right: *right,
                });
            }
        }
    }
    let named = wanted.rights.keys().filter_map(|reach| match reach {
        Reach::Namespace(name) => Some(name.clone()),
        Reach::Everywhere => None,
    });
    let mut named: BTreeSet<SmolStr> = named.collect();
    if named.is_empty() && !wanted.rights.is_empty() {
        // The rules for the whole cluster are among those of each namespace.
        named.insert("default".into());
    }
    for namespace in named {
        let spec = json!({ "namespace": namespace.as_str() });
        let found: Rules = until
            .review(
                "selfsubjectrulesreviews",
                &body("SelfSubjectRulesReview", spec),
            )
            .await?;
        let status = found.status;
        let wide = status.resource_rules.iter().flat_map(Rule::too_wide);
        reviewed
            .wide
            .extend(wide.map(|what| format!("{what} in `{namespace}`")));
        if status.incomplete {
            let why = "the cluster does not know all rules for this account";
            reviewed.unknown = Some(why.into());
        }
    }
    Ok(())
}

async fn is_allowed(until: &Until<'_>, reach: &Reach, right: &Right) -> Result<bool, Refusal> {
    let (resource, part) = right
        .resource
        .split_once('/')
        .unwrap_or((right.resource, ""));
    let namespace = match reach {
        Reach::Namespace(name) => name.as_str(),
        Reach::Everywhere => "",
    };
    let spec = json!({ "resourceAttributes": {
        "namespace": namespace,
        "verb": right.verb.word(),
        "group": right.group,
        "resource": resource,
        "subresource": part,
    } });
    let found: Access = until
        .review(
            "selfsubjectaccessreviews",
            &body("SelfSubjectAccessReview", spec),
        )
        .await?;
    Ok(found.status.allowed)
}

fn body(kind: &str, spec: Json) -> Json {
    json!({ "apiVersion": GROUP, "kind": kind, "spec": spec })
}

#[derive(Deserialize)]
struct Access {
    status: Allowed,
}

#[derive(Deserialize)]
struct Allowed {
    allowed: bool,
}

#[derive(Deserialize)]
struct Rules {
    status: Ruled,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Ruled {
    resource_rules: Vec<Rule>,
    incomplete: bool,
}

/// What may be done with things of some kinds.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Rule {
    verbs: Vec<String>,
    resources: Vec<String>,
}

/// Verbs with which an account can give itself any right.
const RAISING: [&str; 3] = ["escalate", "bind", "impersonate"];

impl Rule {
    /// What of it no runbook can need.
    fn too_wide(&self) -> Vec<String> {
        let has = |verb: &str| self.verbs.iter().any(|known| known == verb);
        let all = |what: &str| self.resources.iter().any(|known| known == what);
        let verbs = match has("*") {
            true => "every verb".to_owned(),
            false => self.verbs.join(", "),
        };
        if all("*") {
            return vec![format!("{verbs} on every resource")];
        }
        if has("*") {
            return vec![format!("every verb on {}", self.resources.join(", "))];
        }
        let is_secret = |what: &&String| what.split('/').next() == Some("secrets");
        let secrets = self.resources.iter().filter(is_secret);
        let mut wide: Vec<String> = secrets.map(|what| format!("{verbs} on {what}")).collect();
        let raising = RAISING.into_iter().filter(|verb| has(verb));
        wide.extend(raising.map(|verb| format!("{verb} on {}", self.resources.join(", "))));
        wide
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_runbook_needs_is_too_wide() {
        let wide = |verbs: &[&str], resources: &[&str]| {
            let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
            let rule = Rule {
                verbs: owned(verbs),
                resources: owned(resources),
            };
            rule.too_wide().join("; ")
        };
        assert_eq!(wide(&["get", "list"], &["pods"]), "");
        assert_eq!(wide(&["create"], &["selfsubjectaccessreviews"]), "");
        assert_eq!(wide(&["*"], &["*"]), "every verb on every resource");
        assert_eq!(wide(&["get"], &["*"]), "get on every resource");
        assert_eq!(wide(&["*"], &["pods"]), "every verb on pods");
        assert_eq!(
            wide(&["get", "list"], &["pods", "secrets"]),
            "get, list on secrets"
        );
        assert_eq!(wide(&["bind", "get"], &["roles"]), "bind on roles");
        assert_eq!(wide(&["impersonate"], &["users"]), "impersonate on users");
    }
}
