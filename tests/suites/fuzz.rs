//! Fuzz targets, each on its seeds and on what comes of changing them; libFuzzer goes on from there by hand.

use std::collections::BTreeSet;
use std::fs;

use libtest_mimic::Trial;
use rbk::facade::fuzz::{self, TARGETS, Target};

use crate::harness::fixture::{self, root, trial};
use crate::harness::random::Random;

/// How many changed inputs a target gets: those that check whole programs fewer.
const INPUTS: u64 = 2_000;
const PROGRAMS: u64 = 60;

/// The longest input; a checked program of that length takes a few milliseconds.
const BYTES: usize = 6_000;

pub fn trials() -> Vec<Trial> {
    let runs = TARGETS
        .iter()
        .map(|target| trial(format!("fuzz/{}", target.name), move || run(target)));
    runs.chain([trial(
        "fuzz/each target has its file",
        every_target_has_a_file,
    )])
    .collect()
}

fn run(target: &Target) {
    let seeds = seeds(target.name);
    assert!(!seeds.is_empty(), "no seeds");
    for seed in &seeds {
        (target.run)(seed);
    }
    let mut random = Random::new(1);
    let inputs = match target.name {
        "front" | "format" => PROGRAMS,
        _ => INPUTS,
    };
    for _ in 0..inputs {
        let seed = &seeds[random.below(seeds.len())];
        let other = &seeds[random.below(seeds.len())];
        (target.run)(&changed(seed, other, &mut random));
    }
}

/// What a target begins with.
fn seeds(target: &str) -> Vec<Vec<u8>> {
    let of = |folder: &str, ends: &[&str]| -> Vec<Vec<u8>> {
        let files = fixture::files(&root().join(folder)).into_iter();
        let files = files.filter(|path| {
            let name = path.to_string_lossy();
            ends.iter().any(|end| name.ends_with(end))
        });
        files.map(|path| fs::read(path).unwrap()).collect()
    };
    let mut seeds = fuzz::seeds(target);
    seeds.extend(match target {
        "front" => of("examples", &[".rbk"]),
        "format" => of("tests/fmt", &[".rbk"]),
        "settings" => of("tests/settings", &[".toml"]),
        "alerts" => of("tests", &["grafana.json", "webhook_firing.json"]),
        "literals" => LITERALS
            .map(|(tag, text)| [&[tag], text.as_bytes()].concat())
            .into(),
        _ => Vec::new(),
    });
    for seed in &mut seeds {
        seed.truncate(BYTES);
    }
    seeds
}

/// By the number of their tag: text, regular expression, address, query, schedule.
const LITERALS: [(u8, &str); 10] = [
    (0, "the pod ${worker.name} of ${namespace} is stuck"),
    (1, "^web-[0-9]+(\\.prod)?$"),
    (1, "(?i:a|b){2,5}[^x-z]\\d"),
    (2, "http://${host}:8080/api/v1/${path}?q=${query}"),
    (2, "https://example.org/a%20b"),
    (3, "sum(rate(jobs_done_total{pod=${pod}}[2m])) by (pod)"),
    (
        3,
        "histogram_quantile(0.99, sum by (le) (rate(x_bucket[5m] offset 1h))) > 1.5e3",
    ),
    (3, "a{b=~\"c.*\"} / on(d) group_left(e) f unless g"),
    (4, "*/5 9-17 * * mon-fri"),
    (4, "0 0 1 jan,jul ?"),
];

/// A seed with some bytes changed, taken out, doubled, or with a piece of another one.
fn changed(seed: &[u8], other: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..=random.below(4) {
        let length = bytes.len().max(1);
        let from = random.below(length).min(bytes.len());
        let to = (from + random.below(40)).min(bytes.len());
        match random.below(5) {
            0 => bytes[from..to]
                .iter_mut()
                .take(1)
                .for_each(|byte| *byte ^= 1 << random.below(8)),
            1 => drop(bytes.drain(from..to)),
            2 => {
                let piece = bytes[from..to].to_vec();
                bytes.splice(from..from, piece);
            }
            3 => {
                let start = random.below(other.len().max(1)).min(other.len());
                let end = (start + random.below(60)).min(other.len());
                bytes.splice(from..from, other[start..end].iter().copied());
            }
            _ => bytes.insert(from, MARKS[random.below(MARKS.len())]),
        }
    }
    bytes.truncate(2 * BYTES);
    bytes
}

/// Bytes that mean something to one of the targets.
const MARKS: &[u8] = b"{}()[]\"'\\/$#=:,.\n\r\t -+*?|^\x00\x7f\xff\xc3\xe2";

/// A target that has no file is never fuzzed, and a file without a row is never run here.
fn every_target_has_a_file() {
    let files = fixture::files(&root().join("tests/fuzz/targets")).into_iter();
    let files: BTreeSet<String> = files
        .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    let rows: BTreeSet<String> = TARGETS
        .iter()
        .map(|target| target.name.to_owned())
        .collect();
    assert_eq!(files, rows);
    let manifest = fs::read_to_string(root().join("tests/fuzz/Cargo.toml")).unwrap();
    for name in &rows {
        assert!(
            manifest.contains(&format!("path = \"targets/{name}.rs\"")),
            "{name}"
        );
    }
}
