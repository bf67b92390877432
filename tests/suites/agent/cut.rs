//! Notifications that break off: what of them is taken.

use serde_json::json;

use super::Case;
use super::stage::{ALERTS, Prom, Stage, alert, notification, number};
use crate::harness::{net, wait};

pub const CASES: &[Case] = &[
    (
        "what came whole of a long notification stays accepted",
        long_cut,
    ),
    ("one that never ends is told what was accepted", never_ends),
];

/// So many of them, and so many bytes of what they are sent as: to the middle of one near the end.
fn cut_off(many: usize) -> (String, usize) {
    let alerts: Vec<String> = (0..many)
        .map(|pod| alert(&json!({"service": "a", "pod": format!("{many}-{pod}")})))
        .collect();
    let body = notification(&alerts);
    // In the middle of the tenth from the end.
    let behind: usize = alerts[many - 9..].iter().map(|one| one.len() + 1).sum();
    let cut = body.len() - behind - alerts[0].len() / 2;
    (body, cut)
}

/// Whoever sends and stops hears that it took too long, and what was accepted all the same.
fn never_ends() {
    let mut stage = Stage::new();
    stage.say(Prom::Says("application/json", number("0")));
    stage.start();
    for (many, accepted) in [
        (900, None),
        (1_500, Some("1490 alerts were accepted before")),
    ] {
        let (body, cut) = cut_off(many);
        let (status, answer) = stage.post_slowly(ALERTS, &body.as_bytes()[..cut], body.len());
        assert_eq!(status, 408, "{answer}");
        let why = answer["detail"].as_str().unwrap();
        let end = accepted.unwrap_or("it did not come within 10 s");
        assert!(why.ends_with(end), "{why}");
    }
}

/// Of up to 1,000 alerts that break off none is taken, of more all that came whole.
fn long_cut() {
    let mut stage = Stage::new();
    // Nothing is over meanwhile.
    stage.say(Prom::Says("application/json", number("0")));
    stage.start();
    let taken = || {
        let metrics = net::get(stage.port, "/metrics").unwrap();
        let name = "rbk_events_accepted_total{source=\"alertmanager\",became=\"taken\"} ";
        let line = metrics.lines().find_map(|line| line.strip_prefix(name));
        line.map_or(0, |count| count.parse::<usize>().unwrap())
    };
    for (many, whole, before) in [(900, 0, 0), (1_500, 1_490, 0), (5_000, 4_990, 1_490)] {
        let (body, cut) = cut_off(many);
        let answer = stage.post_as(ALERTS, &body.as_bytes()[..cut], body.len());
        if let Some((status, answer)) = answer {
            assert_eq!(status, 400, "{answer}");
        }
        let all = || (taken() == before + whole).then_some(());
        let said = || format!("{} of {whole} after {before}\n{}", taken(), stage.log());
        wait::until("what came whole", all, said);
    }
}
