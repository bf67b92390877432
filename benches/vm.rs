//! How long the machine takes for what other machines were measured with, and how large it sleeps.
//!
//! Prints CPU time of this thread, the best of several rounds.

#![expect(clippy::print_stdout, reason = "a bench says what it measured")]

mod clock;

use rbk::facade::machine::{Machine, Sleeping};

fn main() {
    let predicate = Machine::predicate();
    assert!(predicate.holds(), "the alert fits");
    let each = 10_000;
    let nanos = clock::best(50, || (0..each).filter(|_| predicate.holds()).count());
    report("predicate over an alert", nanos / each, "ns");

    let number = Machine::loop_million();
    assert_eq!(number.run(), "499999500000");
    micros("loop of 1,000,000", clock::best(20, || number.run()));
    let texts = Machine::strings();
    assert_eq!(texts.run(), "\"pod-99999\"");
    micros("100,000 texts", clock::best(20, || texts.run()));
    let calls = Machine::fibonacci(25);
    assert_eq!(calls.run(), "75025");
    micros("fibonacci 25, by calls", clock::best(20, || calls.run()));

    let sleeping = Sleeping::new();
    assert!(sleeping.decode(), "its own bytes");
    report(
        "sleeping: 3 frames, 20 values",
        sleeping.bytes() as u64,
        "bytes",
    );
    let nanos = clock::best(50, || {
        (0..each).map(|_| sleeping.encode().len()).sum::<usize>()
    });
    report("  to bytes", nanos / each, "ns");
    let nanos = clock::best(50, || (0..each).filter(|_| sleeping.decode()).count());
    report("  and back", nanos / each, "ns");
}

fn micros(what: &str, nanos: u64) {
    report(what, nanos / 1000, "us");
}

fn report(what: &str, figure: u64, unit: &str) {
    println!("{what:<32} {figure:>10} {unit}");
}
