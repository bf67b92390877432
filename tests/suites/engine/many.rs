//! Many wait for the same thing: each is woken once, in the order in which they came.
//!
//! `RBK_SIM_WAITERS=100000` makes it so many.

use std::fs;

use libtest_mimic::Trial;
use rbk::facade::engine::Scripted;

use crate::harness::fixture::{root, trial};

/// As many as a debug build runs in a few seconds.
const WAITERS: usize = 500;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("engine/many take turns", turns),
        trial("engine/many go on in order after a freeze", held),
        trial("engine/many go on in order after a storm", released),
        trial("engine/many find that there were too many", refused),
    ]
}

fn waiters() -> usize {
    let asked = std::env::var("RBK_SIM_WAITERS").ok();
    asked.map_or(WAITERS, |asked| asked.parse().unwrap())
}

/// The package of `storm_turns` with another blast, under a script, and no storm; its trace.
fn trace(blast: &str, script: &str) -> String {
    stormy(
        blast,
        &format!("settings [storm]; threshold = 1000000\n{script}"),
    )
}

/// The same where so many are a storm.
fn stormy(blast: &str, script: &str) -> String {
    let package = fs::read_to_string(root().join("tests/engine/storm_turns.rbk")).unwrap();
    let lines = "  blast {\n    at most 1 host.Host\n    at most 3 host.Host per 1h\n  }\n";
    assert!(package.contains(lines));
    let package = package.replace(lines, blast);
    let scripted = Scripted::read(&[("main.rbk", package.as_bytes())], &[], script).unwrap();
    let told = scripted.run(false, None).unwrap();
    let broken: Vec<_> = told.broken.iter().take(20).collect();
    assert!(broken.is_empty(), "{broken:#?}");
    told.trace
}

/// The instances of the lines with these words, in their order.
fn instances(trace: &str, words: &str) -> Vec<usize> {
    let lines = trace.lines().filter(|line| line.contains(words));
    let instance = |line: &str| {
        let (_, rest) = line.split_once("web-")?;
        let end = rest.find(|c: char| !c.is_ascii_digit())?;
        rest.get(..end)?.parse().ok()
    };
    lines.map(|line| instance(line).unwrap()).collect()
}

/// All ask while one works, none is asked again before its turn, and nobody overtakes.
fn turns() {
    let many = waiters();
    // What is done, and what is seen of it, takes less in each turn.
    let end = 60 + 20 * many;
    let script = format!(
        "grant all\nanswer host.named host\nanswer prom.value 500 after exec.apply[same] 2\n\
         at 10s storm {many} Slow every 0ms\n\
         at {end}s end\n"
    );
    let blast = "  patience 30d\n  ends within 31d\n  blast { at most 1 host.Host }\n";
    let trace = trace(blast, &script);
    let begun = instances(&trace, "! exec.apply");
    assert_eq!(begun.len(), many, "each has its turn");
    assert!(begun.is_sorted(), "in the order in which they asked");
    let waited = instances(&trace, " waits: ");
    assert_eq!(waited.len(), many - 1, "each waits once, but for the first");
}

/// All wait while all changes are stopped, on targets of their own. A few at a time look again and act,
/// however long that takes all of them, and nobody is needed.
fn held() {
    // Longer than their patience.
    let many = waiters().min(400);
    let script = format!(
        "grant all\nanswer host.named host\nanswer prom.value 500 after exec.apply[same] 2\n\
         at 5s hold ada\nat 10s storm {many} Slow every 0ms\n\
         at 20s release\nat {}s end\n",
        900 + 5 * many
    );
    let blast = format!(
        "  patience 2m\n  ends within 31d\n  blast {{ at most {} host.Host }}\n",
        many + 1
    );
    let trace = trace(&blast, &script);
    go_on_in_order(&trace, many);
}

/// The same once a storm is over that has held them.
fn released() {
    let many = waiters().min(200);
    let script = format!(
        "grant all\nsettings [storm]; threshold = 20; cool_down = \"1m\"; patience = \"8m\"\n\
         answer host.named host\nanswer prom.value 500 after exec.apply[same] 2\n\
         at 10s storm {many} Slow every 0ms\nat {}s end\n",
        900 + 5 * many
    );
    let blast = format!(
        "  patience 30d\n  ends within 31d\n  blast {{ at most {} host.Host }}\n",
        many + 1
    );
    let trace = stormy(&blast, &script);
    go_on_in_order(&trace, many);
}

/// Each goes on in the order in which they asked, a few at a time, and is done.
fn go_on_in_order(trace: &str, many: usize) {
    let begun = instances(trace, "! exec.apply");
    assert_eq!(begun.len(), many, "each goes on");
    assert!(begun.is_sorted(), "in the order in which they asked");
    assert_eq!(trace.matches("is resolved (verified)").count(), many);
    assert!(!trace.contains("is handed"), "nobody is needed");
    let mut at_work = 0_usize;
    let mut most = 0;
    for line in trace.lines() {
        at_work += usize::from(line.contains("! exec.apply"));
        at_work -= usize::from(line.contains("intent") && line.contains("is applied"));
        most = most.max(at_work);
    }
    assert_eq!(most, 4, "a few at a time");
}

/// The rate is used up by the first three; the others wait for their turn to hear that.
fn refused() {
    // All within the hour that the rate is for.
    let many = waiters().min(800);
    let script = format!(
        "grant all\nanswer host.named host\nanswer prom.value 500 after exec.apply[same] 2\n\
         at 10s storm {many} Slow every 0ms\nat {}s end\n",
        60 + 4 * many
    );
    let blast =
        "  patience 1h\n  blast {\n    at most 1 host.Host\n    at most 3 host.Host per 1h\n  }\n";
    let trace = trace(blast, &script);
    assert_eq!(instances(&trace, "! exec.apply").len(), 3);
    assert_eq!(instances(&trace, "(over_bound)").len(), many - 3);
}
