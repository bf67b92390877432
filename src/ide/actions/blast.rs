//! The bound that a change lacks: a `blast`, or a line of one.
//!
//! In: the finding, which names the limits that would do. Out: the change that adds them.

use crate::diag::Diagnostic;
use crate::syntax::tree::{BlastLine, Clause, ClauseKind, File};
use crate::text::Source;

use super::Change;
use super::place::{before_end, clause_start, insert, runbook_at};

/// `blast { .. }`, before the first clause that looks or acts.
pub(super) fn blast(
    tree: &File,
    source: &Source,
    at: usize,
    found: &Diagnostic,
) -> Option<(String, Change)> {
    let (item, runbook) = runbook_at(tree, at)?;
    let limits = limits(found);
    let lines: String = limits
        .iter()
        .map(|limit| format!("    {limit}\n"))
        .collect();
    let text = format!("blast {{\n{lines}  }}");
    let begins = |clause: &&Clause| {
        matches!(
            clause.kind,
            ClauseKind::Watch(_)
                | ClauseKind::Diagnose(_)
                | ClauseKind::Steps(_)
                | ClauseKind::Remedy(_)
        )
    };
    let change = match runbook.clauses.iter().find(begins) {
        Some(clause) => insert(
            source,
            clause_start(source, clause),
            format!("{text}\n\n  "),
        ),
        None => before_end(source, item, &format!("\n  {text}\n"))?,
    };
    (!limits.is_empty()).then(|| (String::from("add the blast that it needs"), change))
}

/// A line at the end of the blast.
pub(super) fn blast_line(
    tree: &File,
    source: &Source,
    at: usize,
    found: &Diagnostic,
) -> Option<(String, Change)> {
    let (_, runbook) = runbook_at(tree, at)?;
    let limit = limits(found).into_iter().next()?;
    let lines: &[BlastLine] = runbook
        .clauses
        .iter()
        .find_map(|clause| match &clause.kind {
            ClauseKind::Blast(lines) => Some(lines.as_slice()),
            _ => None,
        })?;
    let last = lines.last()?.span.range();
    let end = last.start + source.text.get(last)?.trim_end().len();
    let title = format!("add `{limit}` to the blast");
    Some((title, insert(source, end, format!("\n    {limit}"))))
}

/// The limits that a finding names in its help: `at most 1 k8s.Pod`.
fn limits(found: &Diagnostic) -> Vec<String> {
    let help = found.help.as_deref().unwrap_or_default();
    let quoted = help.split('`').skip(1).step_by(2);
    let lines = quoted.flat_map(|quoted| {
        let inside = quoted.trim_start_matches("blast {").trim_end_matches('}');
        inside
            .split(", ")
            .map(|line| line.trim().to_owned())
            .collect::<Vec<_>>()
    });
    lines.filter(|line| line.starts_with("at most ")).collect()
}
