//! What must hold of every run, judged by the world alone.

use std::collections::{BTreeMap, BTreeSet};

use rbk::facade::trust::{self, Change, Outcome, Place, Subject};

use super::generate::{Generated, Phase, Truth};
use super::{shadow, worlds};

/// Everything that a program breaks, in words; empty when it keeps its promises.
pub fn broken(generated: &Generated, subject: &Subject) -> Vec<String> {
    let mut wrong = shadow::broken(subject);
    let mut changed = false;
    let inputs = trust::live(subject, &worlds::dying()).inputs;
    let crashing = worlds::crashing(generated.seed, inputs);
    for place in worlds::living().into_iter().chain(crashing) {
        let outcome = trust::live(subject, &place);
        changed |= outcome.changes.iter().any(|change| change.is_do);
        wrong.extend(well_and_dirty(generated, &outcome));
        wrong.extend(everywhere(generated, subject, &place, &outcome));
    }
    for place in worlds::hopeless() {
        let outcome = trust::live(subject, &place);
        if outcome.is_good
            && !generated.waives_proof
            && outcome.changes.iter().any(|change| change.is_do)
        {
            let blind = match place.blind {
                Some((_, true)) => ", and nothing answered",
                Some((_, false)) => ", and there was no data",
                None => "",
            };
            wrong.push(format!("{} where nothing helped{blind}", outcome.end));
        }
        wrong.extend(everywhere(generated, subject, &place, &outcome));
    }
    if changed && worlds::every_measurement().all(|place| changes_something(subject, &place)) {
        wrong.push("words alone bring a change about: it happens whatever is measured".to_owned());
    }
    wrong.sort();
    wrong.dedup();
    wrong
}

fn changes_something(subject: &Subject, place: &Place) -> bool {
    let outcome = trust::live(subject, place);
    outcome.changes.iter().any(|change| change.is_do)
}

/// At a good end every change is back, or the condition that it waited for holds now.
fn well_and_dirty(generated: &Generated, outcome: &Outcome) -> Vec<String> {
    if !outcome.is_good {
        return Vec::new();
    }
    let dirty = outcome
        .changes
        .iter()
        .filter(|change| change.is_do && !change.is_back);
    dirty
        .filter(|change| change.name != "gitops.pause")
        .filter(|change| !is_proven(&generated.phases, change, outcome))
        .map(|change| format!("{} with an unproven {}", outcome.end, change.name))
        .collect()
}

fn is_proven(phases: &[Phase], change: &Change, outcome: &Outcome) -> bool {
    let key = change
        .targets
        .first()
        .map_or("", |target| target.1.as_str());
    let has = |phase: &Phase| {
        let mut changes = phase.changes.iter();
        changes.any(|(name, target)| *name == change.name && *target == key)
    };
    // A verify that passes behind a change proves it, be it another attempt's.
    let behind = phases.iter().skip_while(|phase| !has(phase));
    let mut proofs = behind.map(|phase| phase.proof.as_deref());
    proofs.any(|proof| match proof {
        None => true,
        Some(truths) if change.name == "k8s.restart" && truths.len() > 1 => {
            outcome.ready.iter().any(|ready| ready == key)
        }
        Some(truths) => truths.iter().all(|truth| holds(*truth, outcome)),
    })
}

fn holds(truth: Truth, outcome: &Outcome) -> bool {
    match truth {
        Truth::Below(metric, most) => {
            let value = outcome.metrics.get(metric);
            value.is_some_and(|value| *value < most as f64)
        }
        Truth::Ready(pod) => outcome.ready.iter().any(|ready| ready == pod),
        Truth::AllReady(name) => {
            let mut all = outcome.deployments.iter();
            all.any(|(found, replicas, ready)| found == name && replicas == ready)
        }
        Truth::Nothing => false,
    }
}

/// What holds in every world.
fn everywhere(
    generated: &Generated,
    subject: &Subject,
    place: &Place,
    outcome: &Outcome,
) -> Vec<String> {
    let mut wrong = Vec::new();
    if outcome.end.is_empty() {
        wrong.push("it never ends".to_owned());
    }
    if outcome.end == "handed" && !outcome.told {
        wrong.push("handed, and nobody was told".to_owned());
    }
    if outcome.end == "cancelled" && outcome.changes.iter().any(|change| change.is_do) {
        wrong.push("called off after a change, and nobody hears of it".to_owned());
    }
    // Time without an agent is left out.
    let away = if place.crash.is_some() { 1_000 } else { 0 };
    if outcome.took > subject.stated + away {
        wrong.push(format!(
            "took {} ms, stated {}",
            outcome.took, subject.stated
        ));
    }
    let mut touched: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (kind, key) in outcome.changes.iter().flat_map(|change| &change.targets) {
        touched.entry(kind).or_default().insert(key);
    }
    for (kind, keys) in touched {
        let most = subject.touched.get(kind).copied().unwrap_or_default();
        if keys.len() > most as usize {
            wrong.push(format!("touched {} {kind}, stated {most}", keys.len()));
        }
    }
    let held = !outcome.paused.is_empty() && !generated.waives_pause;
    if outcome.is_good && outcome.end != "mitigated" && held {
        wrong.push(format!("{} with the sync paused", outcome.end));
    }
    let mut scales = outcome
        .changes
        .iter()
        .filter(|change| change.name == "k8s.scale");
    let went_back = scales.next_back().is_some_and(|change| !change.is_do);
    let says_so = outcome.undone.iter().any(|name| name == "k8s.scale");
    if says_so && went_back && !place.frozen && !scales.any(|change| change.is_do && change.is_back)
    {
        wrong.push("said to be undone, and the world is not as before".to_owned());
    }
    let note = place.words.iter().find(|(name, _)| name == "note");
    let note = note.map_or("", |(_, word)| word.as_str());
    let mut args = outcome.changes.iter().flat_map(|change| &change.args);
    if args.any(|arg| arg.contains(&format!("\"{note}\""))) {
        wrong.push("a label became an argument".to_owned());
    }
    wrong
}
