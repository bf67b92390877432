//! Notifications that break off: what of them is taken.

use serde_json::json;

use super::Case;
use super::stage::{ALERTS, Prom, Stage, alert, notification, number};
use crate::harness::{net, wait};

pub const CASES: &[Case] = &[(
    "what came whole of a long notification stays accepted",
    long_cut,
)];

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
        let alerts: Vec<String> = (0..many)
            .map(|pod| alert(&json!({"service": "a", "pod": format!("{many}-{pod}")})))
            .collect();
        let body = notification(&alerts);
        // In the middle of the tenth from the end.
        let behind: usize = alerts[many - 9..].iter().map(|one| one.len() + 1).sum();
        let cut = body.len() - behind - alerts[0].len() / 2;
        let answer = stage.post_as(ALERTS, &body.as_bytes()[..cut], body.len());
        if let Some((status, answer)) = answer {
            assert_eq!(status, 400, "{answer}");
        }
        let all = || (taken() == before + whole).then_some(());
        let said = || format!("{} of {whole} after {before}\n{}", taken(), stage.log());
        wait::until("what came whole", all, said);
    }
}
