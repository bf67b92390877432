//! Random programs: what the checker accepts keeps its promises in every world.

use libtest_mimic::Trial;
use rbk::facade::trust;

use super::generate::{self, Generated};
use super::oracle;
use crate::harness::fixture::{root, trial};

/// How many programs are tried; `RBK_TRUST_RUNS` says another number, for a run by hand.
const PROGRAMS: u64 = 1_000;

/// How many lines of what is broken come with the programs.
const SHOWN: usize = 8;

/// The trials are dealt out, so that they run side by side.
const HANDS: u64 = 4;

pub fn trials() -> Vec<Trial> {
    let seed = std::env::var("RBK_TRUST_SEED").ok();
    if let Some(seed) = seed.and_then(|seed| seed.parse().ok()) {
        let name = format!("trust/programs/seed {seed}");
        return vec![trial(name, move || keeps_its_promises(seed))];
    }
    let hand = |hand: u64| {
        let name = format!("trust/programs/{hand} of {HANDS}");
        trial(name, move || keep_their_promises(hand))
    };
    (0..HANDS).map(hand).collect()
}

/// How many programs are tried until one breaks a promise.
#[cfg(feature = "harness")]
const PATIENCE: u64 = 4_000;

/// With the rules taken out, some program that is then accepted breaks a promise.
#[cfg(feature = "harness")]
pub fn notices_without(rules: &[&str]) {
    let shop = shop();
    // What is accepted either way keeps its promises either way, if the rule only refuses.
    let known = trust::rules();
    let refuses = rules.iter().all(|rule| !known.contains(rule));
    let noticed = (0..PATIENCE).any(|seed| {
        let generated = generate::program(seed);
        if refuses && trust::subject(&files(&shop, &generated)).is_ok() {
            return false;
        }
        let wrong = trust::without(rules, || {
            let subject = trust::subject(&files(&shop, &generated)).ok()?;
            Some(oracle::broken(&generated, &subject))
        });
        let wrong = wrong.unwrap_or_else(|unknown| panic!("no such rule: {unknown:?}"));
        wrong.is_some_and(|wrong| !wrong.is_empty())
    });
    assert!(noticed, "nothing notices that {rules:?} is missing");
}

/// One program, which `RBK_TRUST_SEED` names: what it breaks, and what happened in those worlds.
fn keeps_its_promises(seed: u64) {
    let shop = shop();
    let generated = generate::program(seed);
    let Ok(subject) = trust::subject(&files(&shop, &generated)) else {
        panic!("the checker refuses it:\n{}", generated.text);
    };
    let wrong = oracle::broken_where(&generated, &subject);
    let told = wrong.iter().map(|(wrong, place)| match place {
        Some(place) => {
            let outcome = trust::live(&subject, place);
            format!("{wrong}\nin {place:#?}\n{outcome:#?}")
        }
        None => wrong.clone(),
    });
    let told: Vec<String> = told.collect();
    assert!(told.is_empty(), "{}\n{}", generated.text, told.join("\n\n"));
}

fn programs() -> u64 {
    let said = std::env::var("RBK_TRUST_RUNS").ok();
    said.and_then(|said| said.parse().ok()).unwrap_or(PROGRAMS)
}

fn keep_their_promises(hand: u64) {
    let shop = shop();
    let mut accepted = 0;
    let mut tried = 0;
    let mut broken = Vec::new();
    for seed in (hand..programs()).step_by(HANDS as usize) {
        tried += 1;
        let generated = generate::program(seed);
        let Ok(subject) = trust::subject(&files(&shop, &generated)) else {
            continue;
        };
        accepted += 1;
        let wrong = oracle::broken(&generated, &subject);
        if !wrong.is_empty() && broken.len() < SHOWN {
            broken.push(format!("\n{}", generated.text));
        }
        broken.extend(
            wrong
                .into_iter()
                .map(|wrong| format!("seed {seed}: {wrong}")),
        );
    }
    let shown = broken
        .iter()
        .take(20)
        .cloned()
        .collect::<Vec<_>>()
        .join("\n");
    assert!(
        broken.is_empty(),
        "{} broken promises:\n{shown}",
        broken.len()
    );
    assert!(
        accepted * 5 >= tried,
        "only {accepted} of {tried} programs are accepted"
    );
}

fn shop() -> Vec<u8> {
    let path = root().join("grammar/reference/shop.rbk");
    std::fs::read(path).unwrap()
}

fn files<'a>(shop: &'a [u8], generated: &'a Generated) -> [(&'a str, &'a [u8]); 2] {
    [("shop.rbk", shop), ("main.rbk", generated.text.as_bytes())]
}
