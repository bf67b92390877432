//! Keys of events: two of different keys are never one incident, and those of one key join.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use libtest_mimic::Trial;
use rbk::facade::engine::Scripted;

use crate::harness::fixture::trial;
use crate::harness::random::Random;

/// How many scripts are played, and how many events come in each.
const SCRIPTS: u64 = 40;
const EVENTS: usize = 40;

const PACKAGE: &str = "use std.prom

role builder = rota \"pagerduty:shop\"

product shop {
  owner builder
  chain builder until acknowledged
}

enum Kind { planned, sudden }

record Maintenance {
  node: String
  rack: String?
  number: Int
  hot: Bool
  kind: Kind
}

runbook by_node for shop {
  version 1.0.0
  severity sev3
  on event Maintenance as m
  incident per (m.node, m.rack, m.number, m.hot, m.kind)
  diagnose {
    if prom.value(promql\"sum(up == 0)\") > 0 { found lost }
  }
  remedy lost { page builder \"lost\" }
}
";

/// Near each other, as text that is put together would have it.
const WORDS: &[&str] = &[
    "a",
    "A",
    "a,",
    "a, b",
    "a,b",
    "\\\"a\\\"",
    "a\\\"",
    "none",
    "true",
    "1",
    "a/b",
    "a\\\\",
    " a",
    "b",
    "a\\u0000b",
    "\\u00e4",
    "a\\u0308",
    "(a)",
    "planned",
];

pub fn trials() -> Vec<Trial> {
    vec![trial(
        "trust/keys tell incidents apart",
        tell_incidents_apart,
    )]
}

fn tell_incidents_apart() {
    let mut joined = 0;
    for seed in 0..SCRIPTS {
        let mut random = Random::new(seed);
        let mut script = String::from("grant all\nanswer prom.value 50\n");
        let mut keys = Vec::new();
        for minute in 1..=EVENTS {
            let rack = match random.one_in(3) {
                true => String::new(),
                false => format!(", \"rack\": \"{}\"", random.pick(WORDS)),
            };
            let few = &WORDS[..1 + random.below(WORDS.len())];
            let key = format!(
                "{{\"node\": \"{}\"{rack}, \"number\": {}, \"hot\": {}, \"kind\": \"{}\"}}",
                random.pick(few),
                random.below(2),
                random.one_in(2),
                random.pick(&["planned", "sudden"]),
            );
            writeln!(script, "at {minute}m event Maintenance {key}").unwrap();
            keys.push(key);
        }
        joined += plays(&script, &keys);
    }
    assert!(joined > 0, "no two events had the same key");
}

/// How many events joined an incident.
fn plays(script: &str, keys: &[String]) -> usize {
    let scripted = Scripted::read(&[("main.rbk", PACKAGE.as_bytes())], &[], script).unwrap();
    let told = scripted.run(false, None).unwrap();
    let mut incidents: BTreeMap<&str, &str> = BTreeMap::new();
    let mut known: BTreeMap<&str, &str> = BTreeMap::new();
    let mut joined = 0;
    let taken = told
        .trace
        .lines()
        .filter_map(|line| line.split_once("taken by incident "));
    let taken: Vec<&str> = taken.map(|(_, incident)| incident).collect();
    assert_eq!(
        taken.len(),
        keys.len(),
        "each event is taken\n{}",
        told.trace
    );
    for (key, incident) in keys.iter().zip(taken) {
        match known.insert(key, incident) {
            Some(before) => {
                joined += 1;
                assert_eq!(before, incident, "{key} is two incidents\n{}", told.trace);
            }
            None => {
                let other = incidents.insert(incident, key);
                assert_eq!(
                    other, None,
                    "{key} is one incident with another\n{}",
                    told.trace
                );
            }
        }
    }
    joined
}
