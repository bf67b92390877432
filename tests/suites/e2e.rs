//! The whole way with real servers: Redis breaks, Prometheus sees it, Alertmanager calls, the agent acts.
//!
//! Each trial starts its own Redis, exporter, Prometheus and Alertmanager on loopback ports, in a folder
//! of its own, and ends them, also when it fails. The package that runs is `examples/redis` with its
//! `agent.toml`; only ports, paths and the time until the next one is paged are other ones. Where the
//! servers are not installed the trials fail, and say which Debian packages have them.

mod agent;
mod capture;
mod package;
mod recorder;
mod redis;
mod scenarios;
mod servers;
mod stage;

use libtest_mimic::Trial;

use crate::harness::fixture::trial;

/// A trial's name and what it does.
type Row = (&'static str, fn());

const TRIALS: &[Row] = &[
    ("packages are right as they are run", package::both_check),
    ("alertmanager speaks version 4", capture::speaks_version_4),
    ("a frozen Redis is restarted", scenarios::frozen),
    ("a dead Redis is started", scenarios::down),
    ("an unknown fault is for a human", scenarios::unknown_fault),
    (
        "an agent that dies in a repeatable change does it again",
        scenarios::killed_while_applying,
    ),
    (
        "an agent that dies in a change that is not repeatable asks",
        scenarios::killed_while_running,
    ),
];

pub fn trials() -> Vec<Trial> {
    let rows = TRIALS.iter();
    rows.map(|&(name, run)| trial(format!("e2e/{name}"), run))
        .collect()
}
