//! Random scripts over one package: whatever happens to an agent, and in whatever order, what must
//! always hold does.
//!
//! `RBK_SIM_SEEDS=100000` runs so many; `RBK_SIM_SEED=17` runs that one. One that fails prints its
//! script.

use std::fmt::Write as _;
use std::fs;

use libtest_mimic::Trial;
use rbk::facade::engine::{Crash, Scripted};

use crate::harness::fixture::{root, trial};
use crate::harness::random::Random;

/// How many CI runs.
const SEEDS: u64 = 300;
/// How many a trial runs.
const CHUNK: u64 = 100;

pub fn trials() -> Vec<Trial> {
    let number = |name: &str| {
        std::env::var(name)
            .ok()
            .map(|text| text.parse::<u64>().unwrap())
    };
    let (from, to) = match number("RBK_SIM_SEED") {
        Some(seed) => (seed, seed + 1),
        None => (0, number("RBK_SIM_SEEDS").unwrap_or(SEEDS)),
    };
    let chunks = (from..to).step_by(CHUNK as usize);
    let chunk = |first: u64| {
        let last = to.min(first + CHUNK);
        let of = |what: &str, holds: fn(u64)| {
            trial(format!("engine/random {what} from {first}"), move || {
                (first..last).for_each(holds);
            })
        };
        [
            of("scripts", |seed| {
                let script = script(seed);
                holds(seed, &script, &scripted(&script));
            }),
            of("populations", |seed| {
                let script = populations(seed);
                holds(seed, &script, &of_pods(&script));
            }),
        ]
    };
    chunks.flat_map(chunk).collect()
}

/// Runs the script of a seed straight and batched, and once with a death after one of its commits.
fn holds(seed: u64, script: &str, scripted: &Scripted) {
    let mut random = Random::new(seed ^ 0xdead);
    let mut commits = 1;
    for run in 0..3 {
        let crash = (run == 2).then(|| Crash {
            after: 1 + random.below(commits),
            performed: random.one_in(2),
            times: 1 + random.below(2),
        });
        let told = scripted.run(run == 1, crash);
        let told = told.unwrap_or_else(|why| panic!("seed {seed}: {why}\n{script}"));
        let broken = told.broken.join("\n");
        let trace = &told.trace;
        assert!(
            broken.is_empty(),
            "seed {seed}, {crash:?}, batched: {}\n{script}\n{trace}\n{broken}",
            run == 1
        );
        commits = told.commits.max(1);
    }
}

/// The package of all random scripts, under one.
pub fn scripted(script: &str) -> Scripted {
    let folder = root().join("tests/engine");
    let package = fs::read(folder.join("shop.rbk")).unwrap();
    let later = ["other", "again"].map(|name| {
        let text = fs::read(folder.join(format!("shop.{name}"))).unwrap();
        (name.to_owned(), text)
    });
    Scripted::read(&[("main.rbk", &package)], &later, script).unwrap()
}

/// The package whose runbooks share populations and failure domains.
fn of_pods(script: &str) -> Scripted {
    let package = fs::read(root().join("tests/engine/population_many.rbk")).unwrap();
    Scripted::read(&[("main.rbk", &package)], &[], script).unwrap()
}

/// Pods that fall ill, go, come and are changed, by agents that die, with outcomes that nobody knows.
fn populations(seed: u64) -> String {
    let mut random = Random::new(seed);
    let mut script = String::from("grant all\nanswer k8s.pod pod\n");
    let mut at = 10_000;
    let _ = writeln!(script, "answer prom.value 500 after k8s.restart[same] 5");
    let _ = writeln!(script, "answer k8s.pods {}", pods(&mut random));
    for _ in 0..10 + random.below(30) {
        at += random.below(20_000);
        let pod = pod(&mut random);
        let line = match random.below(16) {
            0..=7 => {
                let name = random.pick(&["Stuck", "Slow"]);
                format!("alert {name} pod={pod} fingerprint {name}/{pod}")
            }
            8 | 9 => format!("answer k8s.pods {}", pods(&mut random)),
            10 => format!(
                "answer k8s.pods {}",
                random.pick(&["fails", "pods:", "pods:other-1"])
            ),
            11 | 12 => {
                let ends = ["applied", "not_applied", "breaks", "unknown", "hangs"];
                format!("perform k8s.restart {}", random.pick(&ends))
            }
            13 => random.pick(&["kill", "kill performed"]).to_owned(),
            14 => format!("resolve {} bob", 1 + random.below(6)),
            _ => format!("clock {}", random.pick(&["+2h", "-2h", "+10s"])),
        };
        let _ = writeln!(script, "at {at}ms {line}");
    }
    let _ = writeln!(script, "at {}ms end", at + 3 * 3_600_000);
    script
}

fn pod(random: &mut Random) -> String {
    let of = random.pick(&["web", "api"]);
    format!("{of}-{}", 1 + random.below(4))
}

/// Some of eight pods, some of them not ready.
fn pods(random: &mut Random) -> String {
    let all = ["web", "api"]
        .into_iter()
        .flat_map(|of| (1..=4).map(move |at| format!("{of}-{at}")));
    let (mut ready, mut other) = (Vec::new(), Vec::new());
    for pod in all {
        match random.below(10) {
            0 => {}
            1 => other.push(pod),
            _ => ready.push(pod),
        }
    }
    format!("pods:{}/{}", ready.join(","), other.join(","))
}

/// Half an hour in which much happens, and some hours after it in which all that ends.
pub fn script(seed: u64) -> String {
    let mut random = Random::new(seed);
    let mut script = String::from(
        "grant all\nanswer host.named host\nanswer prom.value 500 after exec.apply 2\n",
    );
    let mut at = 10_000;
    for _ in 0..10 + random.below(40) {
        // Much at once, or nothing for a while.
        at += match random.below(4) {
            0 => 0,
            1 => random.below(1_000),
            2 => random.below(10_000),
            _ => random.below(90_000),
        };
        let line = line(&mut random);
        // Writing to a text cannot fail.
        let _ = writeln!(script, "at {at}ms {line}");
    }
    let quiet = at + 60_000;
    for line in [
        "release",
        "grants all",
        "deliver works pagerduty:shop",
        "deliver works pagerduty:platform",
        "kill",
    ] {
        let _ = writeln!(script, "at {quiet}ms {line}");
    }
    let _ = writeln!(script, "at {}ms end", quiet + 6 * 3_600_000);
    script
}

fn line(random: &mut Random) -> String {
    let host = format!("web-{}", random.below(4));
    let name = random.pick(&["Slow", "Late", "Stand", "Bad", "Other"]);
    let change = random.pick(&["exec.apply", "exec.run"]);
    let incident = 1 + random.below(6);
    let address = random.pick(&["pagerduty:shop", "pagerduty:platform"]);
    match random.below(26) {
        0..=7 => format!("alert {name} instance={host} fingerprint {name}/{host}"),
        8 | 9 => format!("resolved {name} instance={host} fingerprint {name}/{host}"),
        10 => format!("storm {} {name} every 10ms", 1 + random.below(5)),
        11 => {
            let revision = random.below(5);
            format!("event Deploy {{\"service\": \"{host}\", \"revision\": {revision}}}")
        }
        12 => format!("event Deploy {{\"service\": {}}}", random.below(5)),
        13 => {
            let value = random.pick(&["500", "2", "fails", "500 after exec.apply 2"]);
            format!("answer prom.value[{host}] {value}")
        }
        14 => format!(
            "answer host.named {}",
            random.pick(&["host", "host", "fails"])
        ),
        15 | 16 => {
            let ends = ["applied", "not_applied", "breaks", "unknown", "hangs"];
            format!("perform {change} {}", random.pick(&ends))
        }
        17 => format!("ack {incident} ada"),
        18 => format!("resolve {incident} bob"),
        19 => random.pick(&["hold ada", "release", "release"]).to_owned(),
        20 => format!("clock {}", random.pick(&["+2h", "-2h", "+10s", "-10s"])),
        21 => format!("load {}", random.pick(&["other", "again"])),
        22 => random.pick(&["kill", "kill performed", "drain"]).to_owned(),
        23 => format!("pause {}s", 1 + random.below(200)),
        24 => match random.below(2) {
            0 => format!("damage run {incident}"),
            _ => format!("grants {}", random.pick(&["all", "none"])),
        },
        _ => match random.below(4) {
            0 => format!("deliver fails {address}"),
            1 => format!("deliver refuses {address}"),
            2 => format!("deliver slow {address} {}s", 1 + random.below(100)),
            _ => format!("deliver works {address}"),
        },
    }
}
