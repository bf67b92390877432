//! What joins an incident writes itself and nothing that was there before, however much that is.

use libtest_mimic::Trial;
use rbk::facade::agent::{Agent, Prepared};

use crate::harness::fixture::trial;

const PACKAGE: &str = r#"use std.prom

role builder = rota "pagerduty:shop"
product shop {
  owner builder
  chain builder for 5m, builder until acknowledged
}

runbook stuck for shop {
  version 1.0.0
  severity sev3
  on alert "QueueStuck" { with pod }
  incident per pod
  diagnose {
    wait 1h
    if prom.value(promql"up{pod=${pod}}") < 1 { found down }
  }
  remedy down { page builder "${pod} is down" }
}
"#;

pub fn trials() -> Vec<Trial> {
    vec![trial(
        "engine/the last to join costs what the first does",
        joins,
    )]
}

fn joins() {
    let folder = tempfile::tempdir().unwrap();
    let prepared = Prepared::new(PACKAGE).unwrap();
    let mut agent = Agent::open(&folder.path().join("rbk.db"), &prepared).unwrap();
    let mut join = |shards: std::ops::Range<usize>| {
        let many = shards.len();
        assert_eq!(agent.join("QueueStuck", shards).unwrap(), many);
        agent.written()
    };
    join(10_000..10_010);
    let early = join(10_010..10_011);
    join(10_011..20_000);
    let late = join(20_000..20_001);
    // Numbers have grown by some digits.
    assert!(late <= early + 64, "{early} and then {late}");
}
