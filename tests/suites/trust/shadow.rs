//! Where a value comes from, seen from outside: the same program in the same world, but for what
//! somebody sent, does the very same; and but for what was measured, it does the same with other
//! amounts.
//!
//! That is a shadow of each value which asks nothing of the analysis: what differs came from what
//! differed, by whatever way. The words are ones that no program knows, so that what they select is
//! the same; the measurements lie on the same side of every number in the programs. Whether words
//! alone bring a change about is the oracle of the counterfactual.

use rbk::facade::trust::{self, Change, Outcome, Place, Subject};

use super::worlds;

/// Words that stand in no program.
const WORDS: &[&str] = &["zq-81", "zq-93"];

/// What reached a sink, in words.
pub fn broken(subject: &Subject) -> Vec<String> {
    let mut wrong = Vec::new();
    for cure in ["k8s.restart", "nothing"] {
        let place = Place {
            cure: Some(cure.into()),
            ..worlds::ill()
        };
        let sent = WORDS.iter().map(|word| sends(&place, word));
        let runs: Vec<Outcome> = sent.map(|place| trust::live(subject, &place)).collect();
        if let Some(what) = differs(&runs[0], &runs[1], |change| change.args.clone()) {
            wrong.push(format!("words reached {what}"));
        }
        let runs = [50.0, 51.5].map(|value| trust::live(subject, &measures(&place, value)));
        if let Some(what) = differs(&runs[0], &runs[1], without_amounts) {
            wrong.push(format!("a measurement reached {what}"));
        }
    }
    wrong
}

/// The label and what a program answers.
fn sends(place: &Place, word: &str) -> Place {
    Place {
        words: vec![("pod".into(), "w-1".into()), ("note".into(), word.into())],
        answer: word.into(),
        ..place.clone()
    }
}

fn measures(place: &Place, value: f64) -> Place {
    let restarts = if value > 51.0 { 5 } else { 4 };
    Place {
        metrics: vec![("queue_lag".into(), value), ("http_errors".into(), value)],
        pods: vec![("w-1".into(), false, restarts), ("w-2".into(), false, 0)],
        ..place.clone()
    }
}

/// The arguments that may not be measured.
fn without_amounts(change: &Change) -> Vec<String> {
    let own = if change.name == "k8s.scale" {
        1
    } else {
        usize::MAX
    };
    change.args.iter().take(own).cloned().collect()
}

fn differs(one: &Outcome, other: &Outcome, args: fn(&Change) -> Vec<String>) -> Option<String> {
    if one.changes.len() != other.changes.len() {
        return Some("whether something is changed".to_owned());
    }
    let mut pairs = one.changes.iter().zip(&other.changes);
    let found = pairs.find(|(one, other)| {
        (&one.name, &one.targets, args(one)) != (&other.name, &other.targets, args(other))
    });
    found.map(|(one, other)| format!("{} of {:?} or {:?}", one.name, one.args, other.args))
}
