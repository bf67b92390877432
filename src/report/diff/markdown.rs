//! The difference as a comment on a pull request: one screen, what is wider first, the rest folded.
//!
//! Words of the user's stand in code spans alone, in which nothing is marked up.

use std::fmt::Write;

use super::{Change, Diff, Order, Piece, RunbookChange, RunbookDiff, Verdict, Words, terminal};
use crate::value::escape_text;

/// The most rows that are not folded.
const ROWS: usize = 24;
/// The longest piece of the user's text that is shown, in characters.
const SHOWN: usize = 120;

/// The whole comment, ending in a newline.
pub fn markdown(diff: &Diff) -> String {
    let changed = diff.runbooks.iter().filter(|runbook| {
        runbook.change != RunbookChange::Same || runbook.verdict != Verdict::Enough
    });
    let changed: Vec<&RunbookDiff> = changed.collect();
    let mut out = mark(diff);
    if changed.is_empty()
        && diff.dependencies.is_empty()
        && diff.allows.is_empty()
        && diff.package_needs.is_none()
    {
        out.push_str("No runbook does anything that it did not do before.\n");
        return out;
    }
    let shown = shown(&changed);
    for (runbook, shown) in changed.into_iter().zip(shown) {
        // Writing into a string never fails.
        let _ = write_runbook(runbook, shown, &mut out);
    }
    for of in &diff.dependencies {
        let pin = |pin: &Option<String>| pin.as_deref().map_or("none".to_owned(), span);
        let (before, after) = (pin(&of.before), pin(&of.after));
        let _ = writeln!(out, "\nDependency {}: {before} → {after}", span(&of.name));
    }
    for of in &diff.allows {
        let verb = if of.is_new {
            "newly allows"
        } else {
            "no longer allows"
        };
        let _ = writeln!(out, "\nlook: a comment {verb} {}", span(&of.what));
    }
    if let Some(needs) = diff.package_needs {
        let _ = writeln!(
            out,
            "\nThe package needs version **{}**: {}.",
            needs.version, needs.why
        );
    }
    out
}

/// The first line, by which the comment is found again: of the package alone, whatever changes in it.
fn mark(diff: &Diff) -> String {
    let plain = |c: char| c.is_alphanumeric() || c == '_' || c == '-' || c == '.';
    match &diff.package {
        // It ends the comment of HTML nowhere.
        Some(name) => {
            let name: String = name.chars().filter(|c| plain(*c)).take(SHOWN).collect();
            format!("<!-- rbk diff: {} -->\n", name.replace("--", "-"))
        }
        None => "<!-- rbk diff -->\n".to_owned(),
    }
}

/// How many rows of each runbook are not folded: what is wider in any of them comes before whatever else changed.
fn shown(changed: &[&RunbookDiff]) -> Vec<usize> {
    let mut rows = ROWS;
    let mut shown = vec![0; changed.len()];
    for order in [Order::Wider, Order::Other] {
        for (count, runbook) in shown.iter_mut().zip(changed) {
            let all = runbook.changes.iter();
            let more = all.filter(|change| change.order == order).count().min(rows);
            *count += more;
            rows -= more;
        }
    }
    shown
}

fn write_runbook(runbook: &RunbookDiff, shown: usize, out: &mut String) -> std::fmt::Result {
    writeln!(out, "### {}", heading(runbook))?;
    let (told, rest): (Vec<&Change>, Vec<&Change>) = runbook
        .changes
        .iter()
        .partition(|change| change.order != Order::Narrower);
    let (first, more) = told.split_at(shown.min(told.len()));
    table(first, out)?;
    let folded: Vec<&Change> = more.iter().copied().chain(rest).collect();
    if folded.is_empty() {
        return Ok(());
    }
    let narrower = folded
        .iter()
        .filter(|one| one.order == Order::Narrower)
        .count();
    let wider = folded
        .iter()
        .filter(|one| one.order == Order::Wider)
        .count();
    let more = folded.len() - narrower;
    let said = match (more, narrower) {
        (more, 0) if wider > 0 => format!("More ({more}, {wider} of them wider)"),
        (more, narrower) if wider > 0 => {
            format!("More ({more}, {wider} of them wider) and narrower ({narrower})")
        }
        (0, narrower) => format!("Narrower ({narrower})"),
        (more, 0) => format!("More ({more})"),
        (more, narrower) => format!("More ({more}) and narrower ({narrower})"),
    };
    writeln!(out, "<details><summary>{said}</summary>\n")?;
    table(&folded, out)?;
    writeln!(out, "\n</details>\n")
}

fn heading(runbook: &RunbookDiff) -> String {
    let version = |version: Option<crate::program::manifest::Version>| {
        version.map_or_else(|| "no version".to_owned(), |version| version.to_string())
    };
    // A name of the language has letters, digits and `_`, which would be emphasis.
    let name = span(&runbook.name);
    match &runbook.change {
        RunbookChange::Added => format!("{name} {} · new", version(runbook.to)),
        RunbookChange::Removed => format!("{name} {} · removed", version(runbook.from)),
        RunbookChange::Renamed(old) => {
            format!("{} → {name} · renamed, it does the same", span(old))
        }
        RunbookChange::Changed | RunbookChange::Same => {
            let (from, to) = (version(runbook.from), version(runbook.to));
            let said = terminal::verdict(runbook);
            let said = match runbook.verdict {
                Verdict::Enough => said,
                Verdict::TooSmall | Verdict::Fell => format!("**{said}**"),
            };
            match from == to {
                true => format!("{name} {from} · {said}"),
                false => format!("{name} {from} → {to} · {said}"),
            }
        }
    }
}

fn table(changes: &[&Change], out: &mut String) -> std::fmt::Result {
    if changes.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "| | what it may newly do to production | before | after |"
    )?;
    writeln!(out, "|---|---|---|---|")?;
    for change in changes {
        let order = match change.order {
            Order::Wider => "**wider**",
            Order::Other => "look",
            Order::Narrower => "narrower",
        };
        let field = change.field.word();
        let (what, before, after) = (
            marked(&change.what),
            marked(&change.before),
            marked(&change.after),
        );
        writeln!(out, "| {order} | {field}: {what} | {before} | {after} |")?;
    }
    Ok(())
}

fn marked(words: &Words) -> String {
    let pieces = words.0.iter().map(|piece| match piece {
        Piece::Text(text) => text.clone(),
        Piece::Code(text) => span(text),
    });
    pieces.collect()
}

/// A code span that nothing inside can end: its fence is longer than any run of backticks in it. In
/// a table a pipe would end the cell.
fn span(text: &str) -> String {
    let text = escape_text(text, SHOWN).replace('|', "\\|");
    let runs = text.split(|c| c != '`').map(str::len);
    let fence = "`".repeat(runs.max().unwrap_or(0) + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') || text.is_empty() {
        " "
    } else {
        ""
    };
    format!("{fence}{pad}{text}{pad}{fence}")
}
