//! How long the front end takes: parse, check, check with lints, format, one edit, for 1,000, 10,000 and 100,000 lines.
//!
//! Prints CPU time of this thread, the best of several rounds, and what a line costs, so that the
//! columns of one run can be compared: the same cost at every size means linear time.
//! `-- check 10000`, or `typing 10000` for a hundred edits, does that work once and times nothing, for a tool that counts instructions.

#![expect(clippy::print_stdout, reason = "a bench says what it measured")]

mod clock;

use rbk::facade::measure::{self, Typing};

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
        if what == "typing" {
            println!("{:?}", typed(&text));
            return;
        }
        let measured = WORK.iter().find(|(name, ..)| name == what);
        println!(
            "{:?}",
            measured.map(|(_, layout, work)| work(&laid_out(*layout, &text)))
        );
        return;
    }
    println!(
        "{:<9} {:>8} {:>12} {:>14}",
        "", "lines", "CPU ms", "ns per line"
    );
    for lines in [1_000, 10_000, 100_000] {
        let text = package(lines);
        let lines = text.lines().count();
        let rounds = (200_000 / lines).clamp(3, 50);
        for (what, layout, work) in WORK {
            let text = laid_out(layout, &text);
            report(what, lines, clock::best(rounds, || work(&text)));
        }
        let mut typing = Typing::new(&text, MARK);
        report("edit", lines, clock::best(rounds, || typing.edit(" ")) / 2);
    }
}

/// Work on a text, which gives the number of findings, and how the text is laid out for it.
type Measured = (&'static str, Layout, fn(&str) -> usize);

/// How a text stands before it is measured.
#[derive(Clone, Copy, PartialEq)]
enum Layout {
    /// In the one layout: what `fmt --check` finds in a repository that is kept.
    Formatted,
    /// Every line indented otherwise, so that nothing stands as it would be printed.
    Other,
}

/// What is measured.
const WORK: [Measured; 5] = [
    ("parse", Layout::Formatted, measure::parse),
    ("check", Layout::Formatted, measure::check),
    ("lint", Layout::Formatted, measure::lint),
    ("fmt", Layout::Formatted, measure::format),
    ("fmt-other", Layout::Other, measure::format),
];

/// Where an author types: in the diagnosis of the last runbook.
const MARK: &str = "diagnose {";

/// Types and takes back a character fifty times.
fn typed(text: &str) -> (usize, usize) {
    let mut typing = Typing::new(text, MARK);
    let all = (0..50).map(|_| typing.edit(" "));
    all.last().unwrap_or_default()
}

fn report(what: &str, lines: usize, nanos: u64) {
    let millis = nanos as f64 / 1e6;
    println!(
        "{what:<9} {lines:>8} {millis:>12.2} {:>14.0}",
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
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

/// The text in that layout.
fn laid_out(layout: Layout, text: &str) -> String {
    match layout {
        Layout::Formatted => text.to_owned(),
        Layout::Other => text.replace("\n  ", "\n   "),
    }
}
