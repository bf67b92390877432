//! By chance: the same batches to the store in memory and to the one on disk give the same answers.

use libtest_mimic::Trial;
use rbk::facade::store::{Ask, Batch, Kept};

use super::Bench;
use crate::harness::fixture::trial;
use crate::harness::random::Random;

/// How many histories there are.
const SEEDS: u64 = 12;

/// How many batches a history has.
const BATCHES: usize = 60;

pub fn trials() -> Vec<Trial> {
    let seeds = 0..SEEDS;
    seeds
        .map(|seed| trial(format!("store/alike/{seed}"), move || alike(seed)))
        .collect()
}

fn alike(seed: u64) {
    let mut random = Random::new(seed);
    let (mut memory, mut disk) = (Bench::memory(), Bench::disk());
    let mut entries = 0;
    for round in 0..BATCHES {
        let batch = Batch::random(&mut |most| random.below(most), &mut entries);
        memory.commit(batch.clone());
        disk.commit(batch);
        if random.one_in(4) {
            let old = |random: &mut Random| random.below(15) as i64;
            let recurs = [("a", old(&mut random))];
            let kept = Kept {
                incidents: old(&mut random),
                arrivals: old(&mut random),
                letters: old(&mut random),
                recurs: &recurs[..random.below(2)],
                programs: &[0, 2],
            };
            let most = 1 + random.below(6);
            let (expected, found) = (memory.retire(kept, most), disk.retire(kept, most));
            assert_eq!(expected, found, "seed {seed}, batch {round}, {kept:?}");
        }
        if random.one_in(10) {
            disk.reopen();
        }
        if random.one_in(5) || round + 1 == BATCHES {
            compare(&memory, &disk, seed, round);
        }
    }
}

fn compare(memory: &Bench, disk: &Bench, seed: u64, round: usize) {
    for question in questions() {
        let (expected, found) = (memory.ask(question), disk.ask(question));
        assert!(
            expected == found,
            "seed {seed}, batch {round}, {question:?}:\n{expected:#?}\n{found:#?}"
        );
    }
}

/// Everything that can be asked of the few numbers that the batches are made of.
fn questions() -> Vec<Ask<'static>> {
    let mut questions = vec![
        Ask::Name,
        Ask::Newest,
        Ask::Keys,
        Ask::Clock,
        Ask::Together(&[0, 1, 2, 3, 5, 7, 9, 13], &[("a", 0), ("a", 9), ("", 0)]),
        Ask::LiveRuns,
        Ask::Loud,
        Ask::OpenIntents,
        Ask::DeadLetters(5),
        Ask::DeadLetters(usize::MAX),
        Ask::Dwells,
        Ask::Outbox,
        Ask::Debts,
        Ask::Freeze,
        Ask::AtWork,
        Ask::Schedules,
        Ask::Facts(0, 1000),
        Ask::Facts(3, 2),
    ];
    for before in [None, Some(3)] {
        questions.push(Ask::LetterPage { before, most: 4 });
        for open in [true, false] {
            questions.push(Ask::IncidentPage {
                open,
                before,
                most: 4,
            });
        }
    }
    questions.extend((0..4).map(Ask::Letter));
    for open in [true, false] {
        questions.extend([3, 1000].map(|most| Ask::Incidents { open, most }));
    }
    for id in 0..14 {
        questions.extend([Ask::Event(id), Ask::Incident(id), Ask::Timeline(id, 0)]);
        questions.push(Ask::Timeline(id, id * 10));
        for ordinal in 0..3 {
            questions.extend([Ask::Run(id, ordinal), Ask::DebtRun(id, ordinal)]);
        }
    }
    questions.extend((0..5).map(Ask::Program));
    for &name in Batch::texts() {
        questions.extend([0, 9].map(|since| Ask::AttemptsSince(name, since)));
        questions.extend([0, 9].map(|since| Ask::ChangedSince(name, since)));
        questions.extend([0, 9].map(|since| Ask::Events(name, since)));
    }
    questions
}
