//! The difference as a comment on a pull request: one screen, what is wider first, the rest folded.
//!
//! Words of the user's stand in code spans alone, in which nothing is marked up.

use std::fmt::Write;

use super::{Change, Diff, Order, Piece, RunbookChange, RunbookDiff, Verdict, Words, terminal};
use crate::value::escape_text;

/// The most rows that are not folded.
const ROWS: usize = 24;
/// The most bytes of a comment; GitHub takes 65,536 characters.
const COMMENT: usize = 60_000;
/// What is kept of that for the words about what is left out.
const LEFT_OUT: usize = 300;
/// How much of a cell is enough to begin no further piece of it, in bytes.
const CELL: usize = 400;
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
    let written = written(&changed);
    let mut tail = tail(diff);
    let room = COMMENT - LEFT_OUT - out.len();
    truncate(&mut tail, room / 4);
    let kept = kept(&written, room - tail.len());
    let (mut runbooks, mut rows) = (0, 0);
    for (written, kept) in written.iter().zip(kept) {
        match kept {
            Kept::Whole => out.extend([written.told.as_str(), &written.folded]),
            Kept::Told => {
                out.push_str(&written.told);
                rows += usize::from(!written.folded.is_empty());
            }
            Kept::Nothing => runbooks += 1,
        }
    }
    out.push_str(&tail);
    out.push_str(&left_out(runbooks, rows));
    out
}

/// What is said of one runbook.
struct Written {
    /// Whether some of it is wider.
    is_wider: bool,
    told: String,
    folded: String,
}

/// How much of what is said of a runbook has room.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kept {
    Whole,
    /// All but what is folded.
    Told,
    Nothing,
}

fn written(changed: &[&RunbookDiff]) -> Vec<Written> {
    let shown = shown(changed);
    let each = changed.iter().zip(shown).map(|(runbook, shown)| {
        let (mut told, mut folded) = (String::new(), String::new());
        // Writing into a string never fails.
        let _ = write_runbook(runbook, shown, &mut told, &mut folded);
        let mut changes = runbook.changes.iter();
        let is_wider = changes.any(|change| change.order == Order::Wider)
            || runbook.verdict != Verdict::Enough;
        Written {
            is_wider,
            told,
            folded,
        }
    });
    each.collect()
}

/// What has room: what is wider in any runbook comes before the others, and what is folded comes last.
fn kept(written: &[Written], mut room: usize) -> Vec<Kept> {
    let mut takes = |text: &str| match room.checked_sub(text.len()) {
        Some(left) => {
            room = left;
            true
        }
        None => false,
    };
    let mut kept = vec![Kept::Nothing; written.len()];
    for is_wider in [true, false] {
        for (kept, written) in kept.iter_mut().zip(written) {
            if written.is_wider == is_wider && takes(&written.told) {
                *kept = Kept::Told;
            }
        }
    }
    for is_wider in [true, false] {
        for (kept, written) in kept.iter_mut().zip(written) {
            let is_next = written.is_wider == is_wider && *kept == Kept::Told;
            if is_next && takes(&written.folded) {
                *kept = Kept::Whole;
            }
        }
    }
    kept
}

fn left_out(runbooks: usize, folded: usize) -> String {
    let counted = |count: usize, one: &str, more: &str| match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        count => Some(format!("{count} {more}")),
    };
    let what = [
        counted(runbooks, "runbook", "runbooks"),
        counted(folded, "table of the rest", "tables of the rest"),
    ];
    let what: Vec<String> = what.into_iter().flatten().collect();
    match what.as_slice() {
        [] => String::new(),
        what => format!(
            "\n**Left out, since a comment has no room for it: {}.** `rbk diff --all` shows everything.\n",
            what.join(", ")
        ),
    }
}

/// What is no runbook's: dependencies, comments that allow, the package's own version, which comes first.
fn tail(diff: &Diff) -> String {
    let mut out = String::new();
    if let Some(needs) = diff.package_needs {
        let _ = writeln!(
            out,
            "\nThe package needs version **{}**: {}.",
            needs.version, needs.why
        );
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
    out
}

/// Keeps whole lines, and says that there were more.
fn truncate(lines: &mut String, most: usize) {
    if lines.len() <= most {
        return;
    }
    let mut len = 0;
    for line in lines.split_inclusive('\n') {
        if len + line.len() > most {
            break;
        }
        len += line.len();
    }
    lines.truncate(len);
    lines.push_str("\nThere are more of these; `rbk diff --all` shows everything.\n");
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

fn write_runbook(
    runbook: &RunbookDiff,
    shown: usize,
    out: &mut String,
    out_folded: &mut String,
) -> std::fmt::Result {
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
    writeln!(out_folded, "<details><summary>{said}</summary>\n")?;
    table(&folded, out_folded)?;
    writeln!(out_folded, "\n</details>\n")
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
            format!("{} → {name} · {}", span(old), terminal::renamed(runbook))
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
    let mut out = String::new();
    for piece in &words.0 {
        if out.len() > CELL {
            out.push_str(" …");
            break;
        }
        match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Code(text) => out.push_str(&span(text)),
        }
    }
    out
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
