//! Coverage for people and as JSON: a line a runbook, and what no test has seen.

use std::fmt::Write;

use serde_json::{Value, json};

use super::group::Group;
use super::{Coverage, Covered};
use crate::program::points::Point;
use crate::text::{Sources, Span};

/// How many tests are named that add nothing.
const NAMED: usize = 5;

/// What is asked of the package: the least percents, if it says any.
pub fn human(coverage: &Coverage, sources: &Sources, least: Option<usize>) -> String {
    let mut text = String::new();
    let width = coverage.runbooks.iter().map(|one| one.name.len()).max();
    let width = width.unwrap_or(0);
    for runbook in &coverage.runbooks {
        let counts: Vec<String> = counts(runbook)
            .into_iter()
            .map(|(name, (reached, all))| format!("{name} {reached}/{all}"))
            .collect();
        line(
            &mut text,
            format_args!("{:width$}  {}", runbook.name, counts.join("   ")),
        );
        for (place, what, missing) in unseen(runbook) {
            let place = place_of(place, sources);
            let missing = missing.join(", ");
            line(
                &mut text,
                format_args!("  {place}  {what}  never seen: {missing}"),
            );
        }
    }
    line(
        &mut text,
        format_args!("tests that add nothing: {}", idle(coverage)),
    );
    let (reached, all) = coverage.total();
    let percent = coverage.percent();
    let asked = match least {
        Some(least) => format!("; `[test] coverage` asks for {least}%"),
        None => String::new(),
    };
    line(
        &mut text,
        format_args!("coverage {percent}%: {reached} of {all}{asked}"),
    );
    text
}

/// The tests that reach nothing that no other test reaches, the first of them by name.
fn idle(coverage: &Coverage) -> String {
    if coverage.idle.is_empty() {
        return String::from("none");
    }
    let named = coverage.idle.iter().take(NAMED);
    let names = named.map(String::as_str).collect::<Vec<_>>().join("; ");
    match coverage.idle.len().saturating_sub(NAMED) {
        0 => names,
        more => format!("{names}; and {more} more"),
    }
}

/// The same as one object.
pub fn json(coverage: &Coverage, sources: &Sources) -> Value {
    let runbooks = coverage.runbooks.iter().map(|runbook| {
        let counts = counts(runbook).into_iter().map(|(name, (reached, all))| {
            (name.to_owned(), json!({ "reached": reached, "all": all }))
        });
        let unseen = unseen(runbook).into_iter().map(|(place, what, missing)| {
            let source = sources.source(place.source);
            json!({
                "file": source.name.as_ref(),
                "line": source.position(place.start).line,
                "what": what,
                "never": missing,
            })
        });
        json!({
            "runbook": runbook.name,
            "counts": counts.collect::<serde_json::Map<String, Value>>(),
            "unseen": unseen.collect::<Vec<Value>>(),
        })
    });
    let (reached, all) = coverage.total();
    json!({
        "reached": reached,
        "all": all,
        "percent": coverage.percent(),
        "runbooks": runbooks.collect::<Vec<Value>>(),
        "tests_that_add_nothing": coverage.idle,
    })
}

/// Of each group that has points: how many are reached, how many there are.
fn counts(runbook: &Covered) -> Vec<(&'static str, (usize, usize))> {
    let of = |group: Group| {
        let own = runbook.points.iter();
        let own = own.filter(|(point, _)| Group::of(point.kind) == Some(group));
        let hits: Vec<usize> = own.map(|(_, hits)| *hits).collect();
        (group.name(), count(&hits))
    };
    let ends: Vec<usize> = runbook.ends.values().copied().collect();
    let mut counts: Vec<_> = Group::ALL.into_iter().map(of).collect();
    counts.push(("ends", count(&ends)));
    counts.retain(|(_, (_, all))| *all > 0);
    counts
}

fn count(hits: &[usize]) -> (usize, usize) {
    let reached = hits.iter().filter(|hits| **hits > 0).count();
    (reached, hits.len())
}

/// What no test has reached, by place.
pub(super) fn unseen(runbook: &Covered) -> Vec<(Span, String, Vec<String>)> {
    let mut lines: Vec<(Span, String, Vec<String>)> = Vec::new();
    let missing = runbook.points.iter().filter(|(_, hits)| *hits == 0);
    for (Point { kind, place, what }, _) in missing {
        let word = kind.word();
        match lines.last_mut() {
            Some((at, of, words)) if *at == *place && *of == **what => words.push(word),
            Some(_) | None => lines.push((*place, what.to_string(), vec![word])),
        }
    }
    let ends = runbook.ends.iter().filter(|(_, hits)| **hits == 0);
    let ends: Vec<String> = ends.map(|(end, _)| end.words()).collect();
    if !ends.is_empty() {
        lines.push((runbook.place, "ends".to_owned(), ends));
    }
    lines
}

fn place_of(place: Span, sources: &Sources) -> String {
    let source = sources.source(place.source);
    format!("{}:{}", source.name, source.position(place.start).line)
}

fn line(text: &mut String, line: std::fmt::Arguments<'_>) {
    // Writing into a text cannot fail.
    let _ = writeln!(text, "{line}");
}
