//! The connector to Kubernetes against a real control plane: each of its calls, each answer that a server gives, and
//! whole runs of an agent.
//!
//! `.ci/kubernetes` builds the control plane once, outside the repository. Where it was not, the trials fail.

mod allowed;
mod cluster;
mod example;
mod faults;
mod hands;
mod kubelet;
mod logs;
mod measured;
mod operations;
mod population;
mod proxy;
mod rights;
mod rollback;
mod shop;
mod stuck;
mod told;

use libtest_mimic::Trial;

pub use cluster::{kubeconfig, stop};

use crate::harness::fixture::trial;

/// A trial's name and what it does.
type Case = (&'static str, fn());

pub fn trials() -> Vec<Trial> {
    let groups: [(&str, &[Case]); 9] = [
        ("operations", operations::CASES),
        ("rights", rights::CASES),
        ("allowed", allowed::CASES),
        ("told", told::CASES),
        ("example", example::CASES),
        ("faults", faults::CASES),
        ("rollback", rollback::CASES),
        ("stuck", stuck::CASES),
        ("population", population::CASES),
    ];
    let cases = groups.into_iter().flat_map(|(group, cases)| {
        let cases = cases.iter();
        cases.map(move |&(name, run)| trial(format!("kubernetes/{group}/{name}"), run))
    });
    cases.collect()
}
