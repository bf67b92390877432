//! How long the front end takes: parse, check, format, for 1,000, 10,000 and 100,000 lines.
//!
//! Prints CPU time of this thread, the best of several rounds, and what a line costs, so that the
//! columns of one run can be compared: the same cost at every size means linear time.
//! `-- check 10000` does that work once and times nothing, for a tool that counts instructions.

#![expect(clippy::print_stdout, reason = "a bench says what it measured")]

mod clock;

use rbk::facade::measure;

/// The program that is repeated.
const PROGRAM: &str = include_str!("../examples/quickstart/checkout.rbk");

#[expect(
    clippy::disallowed_methods,
    reason = "cargo hands a bench its arguments like this"
)]
fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if let [what, lines, ..] = args.as_slice()
        && let Ok(lines) = lines.parse()
    {
        let text = package(lines);
        let work = WORK.iter().find(|(name, _)| name == what);
        println!("{:?}", work.map(|(_, work)| work(&text)));
        return;
    }
    println!(
        "{:<8} {:>8} {:>12} {:>14}",
        "", "lines", "CPU ms", "ns per line"
    );
    for lines in [1_000, 10_000, 100_000] {
        let text = package(lines);
        let lines = text.lines().count();
        let rounds = (200_000 / lines).clamp(3, 50);
        for (what, work) in WORK {
            report(what, lines, clock::best(rounds, || work(&text)));
        }
    }
}

/// Work on a text, which gives the number of findings.
type Measured = (&'static str, fn(&str) -> usize);

/// What is measured.
const WORK: [Measured; 3] = [
    ("parse", measure::parse),
    ("check", measure::check),
    ("fmt", measure::format),
];

fn report(what: &str, lines: usize, nanos: u64) {
    let millis = nanos as f64 / 1e6;
    println!(
        "{what:<8} {lines:>8} {millis:>12.2} {:>14.0}",
        nanos as f64 / lines as f64
    );
}

/// A package of about so many lines: one product, many runbooks, each with its tests.
fn package(lines: usize) -> String {
    let (head, runbook) = PROGRAM.split_at(PROGRAM.find("/// A worker").unwrap_or_default());
    let mut text = String::from(head);
    let copies = lines / runbook.lines().count();
    for copy in 0..copies.max(1) {
        text.push_str(&runbook.replace("stuck_worker", &format!("stuck_worker_{copy}")));
        text.push('\n');
    }
    text
}
