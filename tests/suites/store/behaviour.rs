//! What a store does: one list for all kinds of stores.

use libtest_mimic::Trial;
use rbk::facade::store::{Ask, Batch};

use super::Bench;
use super::counts::{again, attempts};
use crate::harness::fixture::trial;

type Behaviour = fn(Bench);

const BEHAVIOURS: &[(&str, Behaviour)] = &[
    ("a fresh store is empty", fresh),
    ("a refused batch leaves nothing", refused),
    ("numbers are never lower", newest),
    ("records replace each other", replaced),
    ("incidents by key", incidents_by_key),
    ("incidents newest first", incidents),
    ("timelines are dense and kept", timelines),
    ("an entry is never rewritten", entries),
    ("runs with and without state", runs),
    ("a program stays as it was", programs),
    ("open intents", open_intents),
    ("attempts by type of target", attempts),
    ("what is sent out again changes its target again", again),
    ("events by name", events),
    ("what became of an event", disposed),
    ("dead letters last first", dead_letters),
    ("lists in pages", pages),
    ("holdings come and go", holdings),
    ("the outbox holds what is due", outbox),
    ("debts until they are paid", debts),
    ("a hold and its end", hold),
    ("the clock as it was set last", clock),
    ("what is needed comes at once", together),
    ("a batch is in order", order),
    ("what has happened is in order", facts),
];

pub fn trials() -> Vec<Trial> {
    let mut trials = Vec::new();
    for &(name, behaviour) in BEHAVIOURS {
        trials.push(trial(format!("store/memory/{name}"), move || {
            behaviour(Bench::memory());
        }));
        trials.push(trial(format!("store/disk/{name}"), move || {
            behaviour(Bench::disk());
        }));
    }
    trials
}

fn fresh(bench: Bench) {
    assert_eq!(bench.ask(Ask::Name), ["fresh"]);
    assert_eq!(
        bench.ask(Ask::Newest),
        ["Newest { event: 0, incident: 0, intent: 0, message: 0, debt: 0, letter: 0 }"]
    );
    for question in [
        Ask::Incident(1),
        Ask::Keys,
        Ask::Timeline(1, 0),
        Ask::Run(1, 0),
        Ask::LiveRuns,
        Ask::Program(1),
        Ask::OpenIntents,
        Ask::Event(1),
        Ask::DeadLetters(9),
        Ask::Dwells,
        Ask::Outbox,
        Ask::Debts,
        Ask::Freeze,
    ] {
        assert!(bench.ask(question).is_empty(), "{question:?}");
    }
}

fn refused(mut bench: Bench) {
    bench.commit(Batch::new().event(1, 1, "a"));
    for batch in [
        Batch::new().event(2, 1, "a").disposed(3),
        Batch::new()
            .incident(1, "r", "k", 0, false)
            .settled(9, "applied"),
        Batch::new().hold(Some("ann")).entry(1, 0).entry(1, 0),
    ] {
        assert_eq!(bench.refused(batch).kind, "failed");
        bench.reopen();
        assert_eq!(bench.numbers(Ask::Events("a", 0)), "1");
        assert!(bench.ask(Ask::Incident(1)).is_empty());
        assert!(bench.ask(Ask::Freeze).is_empty());
        assert!(bench.ask(Ask::Timeline(1, 0)).is_empty());
    }
    bench.commit(Batch::new().event(2, 1, "a"));
    assert_eq!(bench.numbers(Ask::Events("a", 0)), "2 1");
}

fn newest(mut bench: Bench) {
    bench.commit(
        Batch::new()
            .event(5, 1, "a")
            .incident(4, "r", "k", 1, true)
            .intent(3, 4, "do", 1, &["k8s.Pod"])
            .message(2, "delivered")
            .debt(1, true),
    );
    bench.commit(Batch::new().event(2, 1, "a"));
    bench.reopen();
    assert_eq!(
        bench.ask(Ask::Newest),
        ["Newest { event: 5, incident: 4, intent: 3, message: 2, debt: 1, letter: 0 }"]
    );
}

fn replaced(mut bench: Bench) {
    bench.commit(
        Batch::new()
            .incident(1, "r", "k", 1, false)
            .event(1, 1, "a")
            .intent(1, 1, "do", 5, &["A", "B"])
            .message(1, "due")
            .debt(1, false),
    );
    bench.commit(
        Batch::new()
            .incident(1, "r2", "k2", 2, true)
            .event(1, 2, "b")
            .intent(1, 1, "do", 6, &["B", "C"])
            .message(1, "given up")
            .debt(1, true),
    );
    bench.reopen();
    let keys = bench.ask(Ask::Keys);
    assert_eq!(keys.len(), 1);
    assert!(
        keys[0].contains("\"r2\"") && keys[0].contains("\"k2\""),
        "{keys:?}"
    );
    assert_eq!(
        bench.numbers(Ask::Incidents {
            open: true,
            most: 9
        }),
        ""
    );
    assert!(bench.ask(Ask::Events("a", 0)).is_empty());
    assert_eq!(bench.numbers(Ask::Events("b", 0)), "1");
    for (target, count) in [("A", "0"), ("B", "1"), ("C", "1")] {
        assert_eq!(bench.ask(Ask::AttemptsSince(target, 6)), [count]);
    }
    assert_eq!(bench.numbers(Ask::Outbox), "");
    assert_eq!(bench.numbers(Ask::Debts), "");
}

fn incidents_by_key(mut bench: Bench) {
    bench.commit(
        Batch::new()
            .incident(1, "r", "k", 30, true)
            .incident(2, "r", "k", 10, true)
            .incident(3, "r", "other", 40, false)
            .incident(4, "other", "k", 40, false),
    );
    // The clock was set back between the first two: the order is that of the numbers.
    assert_eq!(bench.numbers(Ask::Keys), "1 2 3 4");
    let keys = bench.ask(Ask::Keys);
    for (line, (key, opened)) in keys.iter().zip([("k", 30), ("k", 10), ("other", 40)]) {
        let opened = format!("Time({opened})");
        assert!(
            line.contains(&format!("key: \"{key}\"")) && line.contains(&opened),
            "{line}"
        );
    }
}

fn incidents(mut bench: Bench) {
    bench.commit(
        Batch::new()
            .incident(1, "r", "a", 1, false)
            .incident(2, "r", "b", 1, true)
            .incident(3, "r", "c", 1, false),
    );
    let asked = |open, most| bench.numbers(Ask::Incidents { open, most });
    assert_eq!(asked(true, 9), "3 1");
    assert_eq!(asked(true, 1), "3");
    assert_eq!(asked(false, 9), "3 2 1");
    assert_eq!(asked(false, 2), "3 2");
    assert_eq!(asked(false, 0), "");
    assert_eq!(asked(false, usize::MAX), "3 2 1");
}

fn timelines(mut bench: Bench) {
    bench.commit(Batch::new().entry(1, 0).entry(2, 0).entry(1, 1));
    bench.commit(Batch::new().entry(1, 2));
    bench.reopen();
    assert_eq!(bench.numbers(Ask::Timeline(1, 0)), "0 1 2");
    assert_eq!(bench.numbers(Ask::Timeline(1, 2)), "2");
    assert_eq!(bench.numbers(Ask::Timeline(1, 3)), "");
    assert_eq!(bench.numbers(Ask::Timeline(1, u64::MAX)), "");
    assert_eq!(bench.numbers(Ask::Timeline(2, 0)), "0");
}

fn entries(mut bench: Bench) {
    bench.commit(Batch::new().entry(1, 0));
    let refusal = bench.refused(Batch::new().entry(1, 1).entry(1, 0));
    assert_eq!(
        refusal.why, "entry 0 of incident 1 is written already",
        "the refusal says which"
    );
    bench.reopen();
    assert_eq!(bench.numbers(Ask::Timeline(1, 0)), "0");
}

fn runs(mut bench: Bench) {
    let large = vec![5; 100_000];
    bench.commit(
        Batch::new()
            .debt_run(1, 0, b"debt", false)
            .run(2, 1, &large, false)
            .run(2, 0, b"ended", true)
            .run(1, 0, b"", false),
    );
    bench.reopen();
    assert_eq!(bench.numbers(Ask::LiveRuns), "1.0 2.1 debt-1.0");
    for line in bench.ask(Ask::LiveRuns) {
        assert!(line.contains("Sleeping {"), "{line}");
    }
    let line = bench.ask(Ask::Run(2, 1)).remove(0);
    assert_eq!(line.matches("5, ").count(), 99_999);
    let line = bench.ask(Ask::Run(2, 0)).remove(0);
    assert!(line.contains("pending: [], ended: true"), "{line}");
    assert!(bench.ask(Ask::Run(2, 2)).is_empty());
    assert!(bench.ask(Ask::DebtRun(2, 0)).is_empty());
    bench.commit(Batch::new().run(2, 1, b"", true).debt_run(1, 0, b"", true));
    assert_eq!(bench.numbers(Ask::LiveRuns), "1.0");
}

fn programs(mut bench: Bench) {
    bench.commit(Batch::new().program(1, b"one").program(2, b""));
    bench.commit(Batch::new().program(1, b"another"));
    bench.reopen();
    assert_eq!(bench.ask(Ask::Program(1)), ["1 [111, 110, 101]"]);
    assert_eq!(bench.ask(Ask::Program(2)), ["2 []"]);
    assert!(bench.ask(Ask::Program(3)).is_empty());
}

fn open_intents(mut bench: Bench) {
    bench.commit(
        Batch::new()
            .run(1, 0, b"", false)
            .run(2, 0, b"", true)
            .intent(4, 1, "do", 1, &[])
            .intent(1, 1, "undo", 1, &["A"])
            .settled(1, "applied")
            .intent(2, 2, "do", 1, &["A"])
            .intent(3, 2, "do", 1, &["A"])
            .settled(3, "unknown")
            .intent(5, 1, "release", 1, &["A"])
            .settled(5, "unknown"),
    );
    bench.reopen();
    assert_eq!(bench.numbers(Ask::OpenIntents), "1 2 3 4 5");
    let states = bench.ask(Ask::OpenIntents);
    let known = ["Applied", "Open", "Unknown", "Open", "Unknown"];
    for (line, state) in states.iter().zip(known) {
        let state = format!("state: {state}, repeated: [] }}");
        assert!(line.ends_with(&state), "{line}");
    }
    bench.commit(Batch::new().run(1, 0, b"", true).settled(3, "not applied"));
    assert_eq!(bench.numbers(Ask::OpenIntents), "2 4 5");
    bench.commit(Batch::new().run(1, 0, b"", false));
    assert_eq!(bench.numbers(Ask::OpenIntents), "1 2 4 5");
}

fn events(mut bench: Bench) {
    bench.commit(
        Batch::new()
            .event(1, 30, "a")
            .event(2, 10, "a")
            .event(3, 20, "b")
            .event(4, 20, "a")
            .disposed(4),
    );
    assert_eq!(bench.numbers(Ask::Events("a", 0)), "4 2 1");
    assert_eq!(bench.numbers(Ask::Events("a", 20)), "4 1");
    assert_eq!(bench.numbers(Ask::Events("c", 0)), "");
}

fn disposed(mut bench: Bench) {
    bench.commit(Batch::new().event(2, 1, "a").event(1, 9, "b"));
    bench.commit(Batch::new().disposed(2));
    bench.reopen();
    for (id, word) in [(1, "Kept"), (2, "Dead")] {
        let event = bench.ask(Ask::Event(id)).remove(0);
        assert!(event.starts_with(&format!("{id} ")), "{event}");
        assert!(
            event.ends_with(&format!("disposition: {word} }}")),
            "{event}"
        );
    }
    assert!(bench.ask(Ask::Event(3)).is_empty());
    assert!(bench.ask(Ask::Event(u64::MAX)).is_empty());
}

fn dead_letters(mut bench: Bench) {
    bench.commit(Batch::new().dead(9).dead(1).dead(1));
    bench.commit(Batch::new().dead(5));
    bench.reopen();
    assert_eq!(bench.numbers(Ask::DeadLetters(9)), "5 1 1 9");
    assert_eq!(bench.numbers(Ask::DeadLetters(2)), "5 1");
    assert_eq!(bench.numbers(Ask::DeadLetters(0)), "");
}

fn pages(mut bench: Bench) {
    bench.commit(
        Batch::new()
            .incident(1, "r", "a", 1, false)
            .incident(2, "r", "b", 1, true)
            .incident(3, "r", "c", 1, false)
            .dead(9)
            .dead(7)
            .dead(8),
    );
    bench.reopen();
    let incidents = |open, before, most| bench.numbers(Ask::IncidentPage { open, before, most });
    assert_eq!(incidents(false, None, 2), "3 2 3");
    assert_eq!(incidents(false, Some(2), 2), "1 3");
    assert_eq!(incidents(false, Some(1), 2), "3");
    assert_eq!(incidents(true, None, 9), "3 1 2");
    assert_eq!(incidents(true, Some(3), 9), "1 2");
    assert_eq!(incidents(false, Some(u64::MAX), 0), "3");
    let letters = |before, most| bench.numbers(Ask::LetterPage { before, most });
    assert_eq!(letters(None, 2), "3 2 3");
    assert_eq!(letters(Some(2), 9), "1 3");
    let letter = bench.ask(Ask::Letter(2)).remove(0);
    assert!(letter.contains("7"), "{letter}");
    assert!(bench.ask(Ask::Letter(4)).is_empty());
}

fn holdings(mut bench: Bench) {
    bench.commit(
        Batch::new()
            .dwell(2, "b", 0)
            .dwell(1, "b", 1)
            .dwell(1, "b", 0)
            .dwell(1, "a", 5)
            .dwell(1, "a", 5),
    );
    assert_eq!(bench.numbers(Ask::Dwells), "1 1 1 2");
    bench.commit(
        Batch::new()
            .dwell_gone(1, "b", 0)
            .dwell_gone(1, "b", 7)
            .dwell_gone(9, "b", 0),
    );
    bench.reopen();
    let held = bench.ask(Ask::Dwells);
    let places = [("a", 5), ("b", 1), ("b", 0)];
    assert_eq!(held.len(), places.len());
    for (line, (runbook, trigger)) in held.iter().zip(places) {
        let place = [format!("\"{runbook}\""), format!("trigger: {trigger}")];
        assert!(place.iter().all(|part| line.contains(part)), "{line}");
    }
}

fn outbox(mut bench: Bench) {
    bench.commit(
        Batch::new()
            .message(3, "due")
            .message(1, "due")
            .message(2, "delivered")
            .message(4, "given up"),
    );
    assert_eq!(bench.numbers(Ask::Outbox), "1 3");
    bench.commit(Batch::new().message(1, "delivered"));
    bench.reopen();
    assert_eq!(bench.numbers(Ask::Outbox), "3");
}

fn debts(mut bench: Bench) {
    bench.commit(Batch::new().debt(2, false).debt(1, false).debt(3, true));
    assert_eq!(bench.numbers(Ask::Debts), "1 2");
    bench.commit(Batch::new().debt(1, true));
    bench.reopen();
    assert_eq!(bench.numbers(Ask::Debts), "2");
}

fn hold(mut bench: Bench) {
    bench.commit(Batch::new().hold(Some("ann")));
    bench.reopen();
    assert_eq!(bench.numbers(Ask::Freeze), "ann");
    bench.commit(Batch::new().hold(Some("bob")));
    assert_eq!(bench.numbers(Ask::Freeze), "bob");
    bench.commit(Batch::new().hold(None));
    bench.reopen();
    assert!(bench.ask(Ask::Freeze).is_empty());
}

fn clock(mut bench: Bench) {
    let set = |bench: &Bench| bench.ask(Ask::Clock).concat();
    assert_eq!(set(&bench), "Duration(0)");
    bench.commit(Batch::new().clock(7_200_000));
    bench.commit(Batch::new().clock(-3));
    bench.reopen();
    assert_eq!(set(&bench), "Duration(-3)");
}

fn together(mut bench: Bench) {
    bench.commit(
        Batch::new()
            .incident(1, "r", "k", 1, true)
            .incident(3, "r", "l", 1, false)
            .event(3, 1, "a")
            .event(4, 5, "a")
            .program(3, b"three")
            .run(1, 0, b"one", false)
            .run(3, 1, b"three", true),
    );
    let found = bench.ask(Ask::Together(&[1, 2, 3], &[("a", 0), ("a", 5), ("b", 0)]));
    let short: Vec<&str> = found
        .iter()
        .map(|line| line.split_once(": ").unwrap().0)
        .collect();
    let expected = [
        "incident 1 there",
        "incident 2 none",
        "incident 3 there",
        "run 1.0 there",
        "run 1.1 none",
        "run 2.0 none",
        "run 2.1 none",
        "run 3.0 none",
        "run 3.1 there",
        "event 1 none",
        "event 2 none",
        "event 3 there",
        "a since 0 there",
        "a since 5 there",
        "b since 0 none",
        "program none",
        "program none",
        "program there",
    ];
    let mut short: Vec<&str> = short.into_iter().collect();
    short[15..].sort_unstable();
    assert_eq!(short, expected);
}

fn order(mut bench: Bench) {
    bench.commit(
        Batch::new()
            .hold(Some("ann"))
            .hold(None)
            .hold(Some("bob"))
            .event(1, 1, "a")
            .disposed(1)
            .event(1, 2, "a")
            .dwell_gone(1, "a", 0)
            .dwell(1, "a", 0),
    );
    assert_eq!(bench.numbers(Ask::Freeze), "bob");
    let event = bench.ask(Ask::Event(1)).remove(0);
    assert!(event.ends_with("disposition: Kept }"), "{event}");
    assert_eq!(bench.numbers(Ask::Dwells), "1");
}

fn facts(mut bench: Bench) {
    assert!(bench.ask(Ask::Facts(0, 10)).is_empty());
    bench.commit(Batch::new().event(1, 1, "a").fact(0, 4).fact(3, 4));
    // One without facts has no number.
    bench.commit(Batch::new().event(2, 1, "a"));
    bench.commit(Batch::new().fact(7, 9));
    bench.commit(Batch::new().fact(1, 2));
    assert_eq!(bench.numbers(Ask::Facts(0, 10)), "1 2 3");
    assert_eq!(bench.numbers(Ask::Facts(1, 1)), "2");
    let before = bench.ask(Ask::Facts(0, 10));
    bench.reopen();
    assert_eq!(bench.ask(Ask::Facts(0, 10)), before);
    bench.commit(Batch::new().fact(2, 1));
    assert_eq!(bench.numbers(Ask::Facts(3, 10)), "4");
}
