//! What went wrong and what came of it, for people and as JSON.

use std::fmt::Write;

use serde_json::{Value, json};

use super::{Broken, Faulted};
use crate::diag::in_a_line;
use crate::testing::report::when;

/// How many broken promises are shown whole.
const SHOWN: usize = 5;

/// For people; with the timeline of each run where that is wanted.
pub fn human(faulted: &Faulted, timelines: bool) -> String {
    let mut text = String::new();
    let Faulted {
        tests,
        runs,
        wanted,
        ends,
        skipped,
        unscripted,
        broken,
        timelines: shown,
        missed: _,
    } = faulted;
    let cut = match wanted > runs {
        true => format!(" of {wanted}"),
        false => String::new(),
    };
    line(
        &mut text,
        format_args!(
            "{}{cut} in {}, {} broken",
            count(*runs, "fault"),
            count(*tests, "test"),
            count(broken.len(), "promise")
        ),
    );
    let mut by_count: Vec<(&String, &usize)> = ends.iter().collect();
    by_count.sort_by_key(|(end, count)| (std::cmp::Reverse(**count), (*end).clone()));
    for (end, count) in by_count {
        let end = if end.is_empty() { "no end" } else { end };
        line(&mut text, format_args!("  {count:>6}  {end}"));
    }
    for moment in shown.iter().flatten().filter(|_| timelines) {
        line(
            &mut text,
            format_args!("      {:>8}  {}", when(moment), moment.text),
        );
    }
    for name in skipped {
        line(
            &mut text,
            format_args!(
                "left out, since it says too little to run by itself: {}",
                in_a_line(name)
            ),
        );
    }
    for (asked, tests) in unscripted {
        line(
            &mut text,
            format_args!(
                "failed, since no `given` line of {} says it: {asked}",
                count(*tests, "test")
            ),
        );
    }
    for one in broken.iter().take(SHOWN) {
        let _ = one.human(&mut text);
    }
    if broken.len() > SHOWN {
        line(
            &mut text,
            format_args!("and {} more; `--format json` has all", broken.len() - SHOWN),
        );
    }
    text
}

/// The same as one object.
pub fn json(faulted: &Faulted) -> Value {
    let broken = faulted.broken.iter().map(|one| {
        let timeline = one.timeline.iter();
        let timeline = timeline.map(|moment| json!({ "at_ms": moment.at, "text": moment.text }));
        json!({
            "test": one.test,
            "faults": one.faults.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "promise": one.promise,
            "repeat": one.command(),
            "timeline": timeline.collect::<Vec<_>>(),
        })
    });
    json!({
        "tests": faulted.tests,
        "runs": faulted.runs,
        "wanted": faulted.wanted,
        "ends": faulted.ends,
        "left_out": faulted.skipped,
        "unscripted": faulted.unscripted,
        "broken": broken.collect::<Vec<_>>(),
    })
}

impl Broken {
    /// What shows it again.
    fn command(&self) -> String {
        let test = self.test.replace('\'', r"'\''");
        let faults = self.faults.iter().map(|fault| format!(" --fault {fault}"));
        format!("rbk test --exact '{test}'{}", faults.collect::<String>())
    }

    fn human(&self, text: &mut String) -> std::fmt::Result {
        let test = in_a_line(&self.test);
        writeln!(text, "\nBROKEN  {test}: {}", self.promise)?;
        writeln!(text, "  {}", self.command())?;
        for moment in &self.timeline {
            writeln!(text, "      {:>8}  {}", when(moment), moment.text)?;
        }
        Ok(())
    }
}

/// `1 fault`, `2 faults`
fn count(number: usize, what: &str) -> String {
    match number {
        1 => format!("1 {what}"),
        _ => format!("{number} {what}s"),
    }
}

fn line(text: &mut String, line: std::fmt::Arguments<'_>) {
    // Writing into a text cannot fail.
    let _ = writeln!(text, "{line}");
}
