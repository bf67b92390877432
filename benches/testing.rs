//! How many tests of runbooks run in a second of CPU time, the looks at what no test misses among them.
//!
//! Loading and checking the package is not in it: `front` says what that costs.

#![expect(clippy::print_stdout, reason = "a bench says what it measured")]

mod clock;

use rbk::facade::measure::Tested;

/// A runbook of many ends, and its tests.
const RUNBOOK: &str = include_str!("../examples/rollback/rollback.rbk");
const TESTS: &str = include_str!("../examples/rollback/rollback_test.rbk");

fn main() {
    let tested = Tested::new(&[RUNBOOK, &many(TESTS, 80)]);
    let passed = tested.run();
    let nanos = clock::best(5, || tested.run());
    println!(
        "{passed} tests in {} ms of CPU time: {} a second",
        nanos / 1_000_000,
        passed as u64 * 1_000_000_000 / nanos.max(1)
    );
}

/// The tests so many times over, each under a title of its own; what stands above them, once.
fn many(tests: &str, times: usize) -> String {
    let (head, tests) = tests.split_at(tests.find("\ntest ").unwrap_or_default());
    let copies = (0..times).map(|copy| {
        let lines = tests.lines().map(|line| match line.starts_with("test ") {
            true => format!("{}\n", line.replacen('"', &format!("\"{copy} "), 1)),
            false => format!("{line}\n"),
        });
        lines.collect::<String>()
    });
    let copies: String = copies.collect();
    format!("{head}{copies}")
}
