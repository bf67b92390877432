//! What limits count of changes.

use rbk::facade::store::{Ask, Batch};

use super::Bench;

/// As many as were granted.
pub fn attempts(mut bench: Bench) {
    bench.commit(
        Batch::new()
            .intent(1, 1, "do", 10, &["k8s.Pod", "k8s.Pod", "k8s.Node"])
            .intent(2, 1, "do", 20, &["k8s.Pod"])
            .settled(2, "not applied")
            .intent(3, 1, "undo", 30, &["k8s.Pod"])
            .intent(4, 1, "release", 30, &["k8s.Pod"])
            .intent(5, 1, "do", 30, &[]),
    );
    bench.reopen();
    for (target, since, count) in [
        ("k8s.Pod", 0, "3"),
        ("k8s.Pod", 10, "3"),
        ("k8s.Pod", 11, "1"),
        ("k8s.Pod", 21, "0"),
        ("k8s.Node", 0, "1"),
        ("k8s", 0, "0"),
    ] {
        assert_eq!(bench.ask(Ask::AttemptsSince(target, since)), [count]);
    }
}

/// Each time that it is sent out is one more for its targets.
pub fn again(mut bench: Bench) {
    bench.commit(
        Batch::new()
            .intent(1, 1, "do", 10, &["k8s.Pod", "k8s.Node"])
            .again(20)
            .again(30)
            .intent(2, 1, "undo", 10, &["k8s.Pod"])
            .again(20)
            .intent(3, 1, "do", 25, &["k8s.Pod"]),
    );
    bench.commit(Batch::new().settled(1, "unknown"));
    bench.reopen();
    for (target, since, count) in [
        ("k8s.Pod", 0, "4"),
        ("k8s.Pod", 11, "3"),
        ("k8s.Pod", 30, "1"),
        ("k8s.Node", 20, "2"),
        ("k8s.Pod", 31, "0"),
    ] {
        assert_eq!(bench.ask(Ask::ChangedSince(target, since)), [count]);
    }
    // It is one attempt all the same.
    assert_eq!(bench.ask(Ask::AttemptsSince("k8s.Pod", 0)), ["2"]);
    assert_eq!(bench.ask(Ask::AttemptsSince("k8s.Pod", 11)), ["1"]);
}
