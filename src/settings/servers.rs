//! `[prometheus]` and `[kubernetes]`: the servers that the agent speaks to, and how.
//!
//! Nothing is found out by itself: which account acts on a cluster is said, never taken from where the agent happens
//! to run.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::key::{Table, key};
use super::parts::{at_value, each};
use super::reader::{Reader, Section};
use super::{Account, Prometheus, value};

/// `[prometheus]`
pub const PROMETHEUS: Table = Table {
    heading: "prometheus",
    keys: &[
        key(
            "url",
            "needed",
            "the address of a Prometheus, or of what speaks as one, without a query",
        ),
        key(
            "token",
            "none",
            "[a secret](#a-secret), sent as a bearer token",
        ),
    ],
};
/// `[kubernetes]`
pub const KUBERNETES: Table = Table {
    heading: "kubernetes",
    keys: &[
        key(
            "in_cluster",
            "`false`",
            "`true`: the agent runs in the cluster, and acts there with the account of its pod",
        ),
        key(
            "kubeconfig",
            "none",
            "the file that says where the cluster is and who the agent is there, relative to the folder of this file; one of `in_cluster` and `kubeconfig` is needed",
        ),
        key(
            "context",
            "the file's current one",
            "beside `kubeconfig`: which of its contexts is meant",
        ),
        key(
            "exec",
            "none",
            "beside `kubeconfig`: the commands that may be started for credentials, as the file has them; another is refused",
        ),
    ],
};

pub fn prometheus(reader: &mut Reader<'_>, file: &Section<'_>) -> Option<Prometheus> {
    let found = file.value("prometheus")?;
    let table = reader.table("prometheus", found)?;
    let at = reader.span(found.span());
    let section = reader.section(table, at, &PROMETHEUS);
    let token = reader.secret(&section, "token");
    if section.value("url").is_none() {
        reader.missing(&section, "url", "\"http://127.0.0.1:9090\"");
    }
    let url = reader.url(&section, "url", value::base_url)?;
    Some(Prometheus { url, token })
}

pub fn kubernetes(reader: &mut Reader<'_>, file: &Section<'_>) -> Option<Account> {
    let found = file.value("kubernetes")?;
    let table = reader.table("kubernetes", found)?;
    let at = reader.span(found.span());
    let section = reader.section(table, at, &KUBERNETES);
    let in_cluster = reader.flag(&section, "in_cluster");
    let kubeconfig = reader.text(&section, "kubeconfig", value::path);
    let context = reader.text(&section, "context", value::any);
    let label = "a list of commands belongs here";
    let exec = each(reader, &section, "exec", label, value::path);
    match (in_cluster, kubeconfig) {
        (Some(true), None) => {
            for key in ["context", "exec"] {
                reader.misplaced(&section, key, "means nothing beside `in_cluster`");
            }
            Some(Account::OfPod)
        }
        (Some(true), Some(_)) => {
            let label = "`in_cluster` is said too, and only one of them can be meant";
            at_value(reader, &section, "kubeconfig", label);
            None
        }
        (Some(false) | None, Some(path)) => Some(Account::Kubeconfig {
            path: PathBuf::from(path),
            context,
            exec: exec
                .unwrap_or_default()
                .into_iter()
                .collect::<BTreeSet<_>>(),
        }),
        (Some(false) | None, None) => {
            // What stands there and cannot be was told.
            if section.value("kubeconfig").is_none() {
                reader.missing(
                    &section,
                    "kubeconfig",
                    "\"kubeconfig\"` or `in_cluster = true",
                );
            }
            None
        }
    }
}
