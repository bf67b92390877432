//! The difference as lines for a terminal: a line for each change, its place behind it.

use std::fmt::Write;

use super::{Change, Diff, Field, Order, Piece, RunbookChange, RunbookDiff, Verdict, Words};
use crate::text::{Sources, Span};
use crate::value::escape_text;

/// The longest piece of the user's text that is shown, in characters.
const SHOWN: usize = 160;
/// The least width of the sentences, so that places stand below each other.
const WIDTH: usize = 72;

/// The whole difference, ending in a newline; with `all` also what is the same or narrower.
pub fn terminal(diff: &Diff, sources: &Sources, all: bool) -> String {
    let mut out = String::new();
    let (mut wider, mut look) = (0, 0);
    for runbook in &diff.runbooks {
        wider += count(runbook, Order::Wider);
        look += count(runbook, Order::Other);
        if runbook.change != RunbookChange::Same || all || runbook.verdict != Verdict::Enough {
            // Writing into a string never fails.
            let _ = write_runbook(runbook, sources, all, &mut out);
        }
    }
    for of in &diff.dependencies {
        let pin = |pin: &Option<String>| pin.clone().unwrap_or_else(|| "none".to_owned());
        let (before, after) = (pin(&of.before), pin(&of.after));
        let _ = writeln!(out, "dependency {}: {before} -> {after}", of.name);
    }
    for of in &diff.allows {
        let sign = if of.is_new { '+' } else { '-' };
        let what = escape_text(&of.what, SHOWN);
        let _ = writeln!(out, "  look      allow    {sign} {what}");
        look += 1;
    }
    if let Some(needs) = diff.package_needs {
        let _ = writeln!(
            out,
            "the package needs version {}: {}",
            needs.version, needs.why
        );
    }
    if out.is_empty() {
        let (from, to) = (escape_text(&diff.from, SHOWN), escape_text(&diff.to, SHOWN));
        return format!("no difference between {from} and {to}\n");
    }
    let rights = super::super::count(wider, "right is", "rights are");
    let looks = super::super::count(look, "change", "changes");
    let hint = match all {
        true => "",
        false => "; `rbk diff --all` shows the rest",
    };
    let _ = writeln!(out, "{rights} wider, {looks} to look at{hint}");
    out
}

fn count(runbook: &RunbookDiff, order: Order) -> usize {
    let changes = runbook.changes.iter();
    changes.filter(|change| change.order == order).count()
}

fn write_runbook(
    runbook: &RunbookDiff,
    sources: &Sources,
    all: bool,
    out: &mut String,
) -> std::fmt::Result {
    writeln!(out, "{}", heading(runbook))?;
    let mut hidden = 0;
    for change in &runbook.changes {
        if change.order == Order::Narrower && !all {
            hidden += 1;
            continue;
        }
        let place = change.place.map(|span| place(span, sources));
        let line = line(change);
        let place = place.unwrap_or_default();
        writeln!(out, "{}", format!("  {line:<WIDTH$}  {place}").trim_end())?;
    }
    if hidden > 0 {
        writeln!(
            out,
            "  {} narrower",
            super::super::count(hidden, "right is", "rights are")
        )?;
    }
    Ok(())
}

/// `rollback 1.0.0 -> 1.1.0: needs 2.0.0`
pub fn heading(runbook: &RunbookDiff) -> String {
    let version = |version: Option<crate::program::manifest::Version>| {
        version.map_or_else(
            || "without a version".to_owned(),
            |version| version.to_string(),
        )
    };
    let name = &runbook.name;
    match &runbook.change {
        RunbookChange::Added => format!("{name} {}: new", version(runbook.to)),
        RunbookChange::Removed => format!("{name} {}: removed", version(runbook.from)),
        RunbookChange::Renamed(old) => format!("{old} -> {name}: {}", renamed(runbook)),
        RunbookChange::Changed | RunbookChange::Same => {
            let (from, to) = (version(runbook.from), version(runbook.to));
            let versions = match from == to {
                true => from,
                false => format!("{from} -> {to}"),
            };
            format!("{name} {versions}: {}", verdict(runbook))
        }
    }
}

/// What is said of one that has another name and is else the same.
pub fn renamed(runbook: &RunbookDiff) -> String {
    let same = "renamed, it does the same";
    match (runbook.verdict, runbook.from, runbook.to) {
        (Verdict::Fell, Some(from), Some(to)) => {
            format!("{same}, and its version fell from {from} to {to}")
        }
        (Verdict::Enough | Verdict::TooSmall | Verdict::Fell, _, _) => same.to_owned(),
    }
}

/// Whether the version says so.
pub fn verdict(runbook: &RunbookDiff) -> String {
    let needs = runbook
        .needs
        .map_or_else(String::new, |needs| needs.to_string());
    match (runbook.verdict, &runbook.change) {
        (Verdict::Fell, _) => "the version fell".to_owned(),
        (Verdict::TooSmall, _) => format!("needs {needs}"),
        (Verdict::Enough, RunbookChange::Same) => "the same".to_owned(),
        (Verdict::Enough, _) => "the version says so".to_owned(),
    }
}

/// `wider     guard    gitops.pause no longer waits for ...`
fn line(change: &Change) -> String {
    let order = match change.order {
        Order::Wider => "wider",
        Order::Other => "look",
        Order::Narrower => "narrower",
    };
    format!("{order:<9} {:<8} {}", change.field.word(), sentence(change))
}

/// `k8s.Pod: 3 per 1h -> 9 per 1h`
pub fn sentence(change: &Change) -> String {
    let what = plain(&change.what);
    let (before, after) = (plain(&change.before), plain(&change.after));
    // What the sentence says already is not said twice.
    let is_said = change.field == Field::Guard || before == "no" || after == "no";
    match is_said || before.is_empty() && after.is_empty() {
        true => what,
        false => format!("{what}: {before} -> {after}"),
    }
}

/// The words on one line; what is the user's and no name stands in backticks.
pub fn plain(words: &Words) -> String {
    let pieces = words.0.iter().map(|piece| match piece {
        Piece::Text(text) => text.clone(),
        Piece::Code(text) => {
            let name = |c: char| c.is_alphanumeric() || "._-/*%".contains(c);
            match text.chars().all(name) {
                true => text.clone(),
                false => format!("`{}`", escape_text(text, SHOWN)),
            }
        }
    });
    pieces.collect()
}

/// `rollback.rbk:66`
pub fn place(span: Span, sources: &Sources) -> String {
    let source = sources.source(span.source);
    let name = escape_text(&source.name, SHOWN);
    format!("{name}:{}", source.position(span.start).line)
}
