//! What must hold of every run, judged by the world alone.

use std::collections::{BTreeMap, BTreeSet};

use rbk::facade::trust::{self, Change, Outcome, Place, Subject};

use super::generate::{Generated, Phase, Proof, Truth};
use super::{shadow, worlds};

/// A promise that a program breaks, in words, and the world in which it does, if it takes one.
pub type Broken = (String, Option<Place>);

/// Everything that a program breaks, in words; empty when it keeps its promises.
pub fn broken(generated: &Generated, subject: &Subject) -> Vec<String> {
    let wrong = broken_where(generated, subject);
    let mut wrong: Vec<String> = wrong.into_iter().map(|(wrong, _)| wrong).collect();
    wrong.sort();
    wrong.dedup();
    wrong
}

/// The same with the world of each.
pub fn broken_where(generated: &Generated, subject: &Subject) -> Vec<Broken> {
    let mut wrong: Vec<Broken> = Vec::new();
    wrong.extend(
        shadow::broken(subject)
            .into_iter()
            .map(|wrong| (wrong, None)),
    );
    let mut changed = false;
    let inputs = trust::live(subject, &worlds::dying()).inputs;
    let crashing = worlds::crashing(generated.seed, inputs);
    for place in worlds::living().into_iter().chain(crashing) {
        let outcome = trust::live(subject, &place);
        changed |= outcome.changes.iter().any(|change| change.is_do);
        let dirty = well_and_dirty(generated, &outcome).into_iter();
        let others = everywhere(generated, subject, &place, &outcome);
        wrong.extend(
            dirty
                .chain(others)
                .map(|wrong| (wrong, Some(place.clone()))),
        );
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
            let told = format!("{} where nothing helped{blind}", outcome.end);
            wrong.push((told, Some(place.clone())));
        }
        let others = everywhere(generated, subject, &place, &outcome).into_iter();
        wrong.extend(others.map(|wrong| (wrong, Some(place.clone()))));
    }
    let sees = !generated.tests_twice;
    if changed
        && sees
        && worlds::every_measurement().all(|place| changes_something(subject, &place))
    {
        let told = "words alone bring a change about: it happens whatever is measured";
        wrong.push((told.to_owned(), None));
    }
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
        .filter(|change| !is_proven(generated, change, outcome))
        .map(|change| format!("{} with an unproven {}", outcome.end, change.name))
        .collect()
}

fn is_proven(generated: &Generated, change: &Change, outcome: &Outcome) -> bool {
    let key = change
        .targets
        .first()
        .map_or("", |target| target.1.as_str());
    let pod_is_ready = |name: &str| outcome.ready.iter().any(|ready| ready == name);
    let any_holds = |truths: &[Truth]| truths.iter().any(|truth| holds(*truth, outcome));
    let has = |phase: &Phase| {
        let mut changes = phase.changes.iter();
        changes.any(|(name, target)| *name == change.name && *target == key)
    };
    let Some(first) = generated.phases.iter().position(has) else {
        return false;
    };
    let (before, behind) = generated.phases.split_at(first);
    // A verify that passes behind a change proves it, be it another attempt's.
    let mut behind = behind.iter();
    let mut again = before.iter().filter(|_| generated.goes_again);
    behind.any(|phase| match &phase.proof {
        Proof::Waived => true,
        Proof::Itself => pod_is_ready(key) || generated.goes_again && !outcome.ready.is_empty(),
        Proof::Any(truths) => any_holds(truths),
    }) || again.any(|phase| match &phase.proof {
        // The author answers for what is done above, and not for a run before.
        Proof::Waived => false,
        Proof::Itself => !outcome.ready.is_empty(),
        Proof::Any(truths) => any_holds(truths),
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
    let claims = !generated.undoes_wrongly && !place.frozen;
    let went_back = scales.next_back().is_some_and(|change| !change.is_do);
    let says_so = outcome.undone.iter().any(|name| name == "k8s.scale");
    if says_so && went_back && claims && !scales.any(|change| change.is_do && change.is_back) {
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
