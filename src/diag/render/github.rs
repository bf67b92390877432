//! Workflow commands: annotations of a pull request on GitHub, and the summary of a step.
//!
//! Form: `::error file=,line=,endLine=,col=,endColumn=,title=::message`, of GitHub's documentation of workflow commands.
//! Columns are said where a finding is on one line, since others are refused.

use std::fmt::Write;

use super::{Findings, Unit, range, rank, words};
use crate::diag::{Diagnostic, Kind};
use crate::text::Sources;

/// The most rows of a summary.
const ROWS: usize = 200;

/// One line for each finding.
pub fn github(findings: &Findings<'_>) -> String {
    let mut out = String::new();
    for (found, sources) in findings.all() {
        let source = sources.source(found.primary.span.source);
        let (start, end) = range(sources, found.primary.span, Unit::Utf16);
        let path = property(&findings.path(&source.name));
        let mut place = format!("file={path},line={},endLine={}", start.line, end.line);
        if start.line == end.line {
            // Writing into a string never fails.
            let _ = write!(place, ",col={},endColumn={}", start.column, end.column);
        }
        let title = property(&format!("{} {}", found.code.as_str(), found.code.title()));
        let command = command(found.kind());
        let _ = writeln!(
            out,
            "::{command} {place},title={title}::{}",
            data(&words(found))
        );
    }
    out
}

fn command(kind: Kind) -> &'static str {
    match kind {
        Kind::Error | Kind::Fault => "error",
        Kind::Warning => "warning",
        Kind::Note => "notice",
    }
}

/// The words behind the second `::`.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// A value in front of it.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// The findings as a table in Markdown, since only a few of each kind are annotated; empty without any.
pub fn summary(findings: &Findings<'_>) -> String {
    let mut all: Vec<(&Diagnostic, &Sources)> = findings.all().collect();
    if all.is_empty() {
        return String::new();
    }
    all.sort_by_key(|(found, _)| rank(found.kind()));
    let mut out = String::from("### rbk\n\n| | where | what |\n|---|---|---|\n");
    for (found, sources) in all.iter().take(ROWS) {
        let source = sources.source(found.primary.span.source);
        let line = source.position(found.primary.span.start).line;
        let place = format!("{}:{line}", findings.path(&source.name));
        let code = found.code.as_str();
        let kind = found.kind().as_str();
        let (place, message) = (cell(&place), cell(&found.message));
        let _ = writeln!(out, "| {kind} {code} | {place} | {message} |");
    }
    if let Some(more) = all.len().checked_sub(ROWS).filter(|more| *more > 0) {
        let _ = writeln!(out, "\nand {more} more");
    }
    out
}

/// Words of the user's in a code span of one cell.
fn cell(text: &str) -> String {
    let plain = crate::diag::in_a_line(text).replace('|', "\\|");
    let longest = plain.split(|c| c != '`').map(str::len).max();
    let fence = "`".repeat(longest.unwrap_or_default() + 1);
    match fence.len() {
        1 => format!("`{plain}`"),
        _ => format!("{fence} {plain} {fence}"),
    }
}
