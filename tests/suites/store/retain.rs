//! What grows old goes, what is needed stays, and no number is given twice.

use libtest_mimic::Trial;
use rbk::facade::store::{Ask, Batch, Kept};

use super::Bench;
use crate::harness::fixture::trial;

type Behaviour = fn(Bench);

const BEHAVIOURS: &[(&str, Behaviour)] = &[
    ("what is old goes with all that is its", goes),
    ("what is needed stays, however old it is", stays),
    ("the newest of each kind stays", newest),
    ("a long timeline goes in parts", parts),
    (
        "what arrived stays while its incident does not rest",
        arrivals,
    ),
];

/// Everything before 100 is old.
const KEPT: Kept<'static> = Kept {
    incidents: 100,
    arrivals: 100,
    letters: 100,
    recurs: &[],
    programs: &[],
};

pub fn trials() -> Vec<Trial> {
    let mut trials = Vec::new();
    for &(name, behaviour) in BEHAVIOURS {
        trials.push(trial(format!("store/memory/retain/{name}"), move || {
            behaviour(Bench::memory());
        }));
        trials.push(trial(format!("store/disk/retain/{name}"), move || {
            behaviour(Bench::disk());
        }));
    }
    trials
}

/// The newest of each kind, all of them young.
fn young(batch: Batch) -> Batch {
    let batch = batch.event(90, 200, "a").dead(200).debt(90, false);
    let batch = batch.incident(90, "young", "k", 200, false);
    let batch = batch.message(90, "due").fact(0, 200);
    batch.intent(90, 90, "do", 200, &["k8s.Pod"])
}

fn goes(mut bench: Bench) {
    let old = Batch::new()
        .event(1, 1, "a")
        .dead(2)
        .fact(0, 3)
        .incident(2, "stuck", "k", 4, true)
        .entry(2, 0)
        .run(2, 0, b"state", true)
        .intent(5, 2, "do", 4, &["k8s.Pod"])
        .settled(5, "applied")
        .message(6, "delivered")
        .debt(7, true)
        .debt_run(7, 0, b"state", true)
        .program(4, b"code");
    bench.commit(old);
    bench.commit(young(Batch::new()));
    let went = bench.retire(KEPT, 500);
    let expected = [
        "1 incidents",
        "1 messages",
        "1 debts",
        "1 arrivals",
        "1 letters",
        "1 programs",
        "1 facts",
    ];
    assert_eq!(went, expected);
    bench.reopen();
    for question in [
        Ask::Event(1),
        Ask::Incident(2),
        Ask::Timeline(2, 0),
        Ask::Run(2, 0),
        Ask::DebtRun(7, 0),
        Ask::Letter(1),
        Ask::Program(4),
    ] {
        assert!(bench.ask(question).is_empty(), "{question:?}");
    }
    assert_eq!(bench.numbers(Ask::Facts(0, 9)), "2");
    assert_eq!(bench.ask(Ask::AttemptsSince("k8s.Pod", 0)), ["1"]);
    assert!(bench.retire(KEPT, 500).is_empty());
}

fn stays(mut bench: Bench) {
    let old = Batch::new()
        // Not over; and one that somebody asks how often it came.
        .incident(2, "stuck", "open", 4, false)
        .incident(3, "often", "k", 60, true)
        // At work, with a change that nobody knows of, and one that is told (always 1).
        .incident(4, "stuck", "run", 4, true)
        .run(4, 0, b"state", false)
        .incident(5, "stuck", "unknown", 4, true)
        .intent(5, 5, "do", 4, &["k8s.Pod"])
        .settled(5, "unknown")
        .incident(1, "stuck", "told", 4, true)
        .message(6, "due")
        .event(1, 1, "a")
        .dwell(1, "stuck", 0)
        .hold(Some("ann"))
        .program(0, b"stands")
        .program(1, b"open")
        .program(7, b"at work")
        .fact(0, 5);
    bench.commit(old);
    bench.commit(young(Batch::new()));
    let kept = Kept {
        recurs: &[("often", 50)],
        programs: &[7],
        ..KEPT
    };
    assert!(bench.retire(kept, 500).is_empty());
    // What it was kept for is over.
    let settled = Batch::new()
        .run(4, 0, b"state", true)
        .settled(5, "applied")
        .message(6, "delivered")
        .debt(90, true);
    bench.commit(settled);
    assert_eq!(bench.retire(kept, 500), ["2 incidents", "1 messages"]);
    assert_eq!(bench.retire(KEPT, 500), ["1 incidents", "1 programs"]);
    assert_eq!(
        bench.numbers(Ask::Incidents {
            open: false,
            most: 9
        }),
        "90 2 1"
    );
}

fn newest(mut bench: Bench) {
    let old = |id| {
        Batch::new()
            .event(id, 1, "a")
            .dead(2)
            .incident(id, "stuck", "k", 4, true)
            .intent(id, id, "do", 4, &["k8s.Pod"])
            .settled(id, "applied")
            .message(id, "delivered")
            .debt(id, true)
            .fact(0, 3)
    };
    bench.commit(old(1));
    bench.commit(old(2));
    let before = bench.ask(Ask::Newest);
    let went = bench.retire(KEPT, 500);
    assert_eq!(went.len(), 6, "{went:?}");
    assert_eq!(bench.ask(Ask::Newest), before);
    bench.commit(Batch::new().dead(300).fact(0, 300));
    assert_eq!(bench.numbers(Ask::Facts(0, 9)), "2 3");
    assert_eq!(
        bench.numbers(Ask::LetterPage {
            before: None,
            most: 9
        }),
        "3 2 2"
    );
}

fn parts(mut bench: Bench) {
    let mut old = Batch::new().incident(1, "stuck", "k", 4, true);
    for number in 0..25 {
        old = old.entry(1, number);
    }
    bench.commit(old);
    bench.commit(Batch::new().incident(2, "stuck", "l", 4, true));
    bench.commit(young(Batch::new()).debt(90, true).message(90, "delivered"));
    assert_eq!(bench.retire(KEPT, 10), ["2 incidents"]);
    assert!(bench.ask(Ask::Timeline(1, 0)).is_empty());
}

fn arrivals(mut bench: Bench) {
    let old = Batch::new()
        .incident(1, "stuck", "k", 4, false)
        .taken(1, 1)
        .event(2, 1, "a")
        .disposed(2)
        .event(3, 1, "a");
    bench.commit(old);
    bench.commit(young(Batch::new()));
    // What may be replayed stays as long as its letter.
    let kept = Kept { letters: 0, ..KEPT };
    assert_eq!(bench.retire(kept, 1), ["1 arrivals"]);
    assert_eq!(bench.retire(KEPT, 1), ["1 arrivals", "1 letters"][..1]);
    bench.commit(Batch::new().incident(1, "stuck", "k", 4, true));
    assert_eq!(
        bench.retire(
            Kept {
                incidents: 0,
                ..KEPT
            },
            1
        ),
        ["1 arrivals"]
    );
}
