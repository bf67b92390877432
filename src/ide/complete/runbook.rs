//! What a runbook names: its findings with and without a remedy, its labels, its watches.
//!
//! In: the tree of a runbook. Out: names.

use crate::effect::Severity;
use crate::syntax;
use crate::syntax::tree::{Clause, ClauseKind, Runbook, TriggerClauseKind};
use crate::text::Source;

/// What a runbook may say of itself; it always has one.
pub(super) const SEVERITIES: [Severity; 4] = [
    Severity::Sev1,
    Severity::Sev2,
    Severity::Sev3,
    Severity::Sev4,
];

/// The findings that have a remedy.
pub(super) fn remedies(runbook: &Runbook) -> Vec<String> {
    let clauses = runbook.clauses.iter();
    let names = clauses.filter_map(|clause| match &clause.kind {
        ClauseKind::Remedy(remedy) => Some(remedy.name.text.to_string()),
        _ => None,
    });
    names.collect()
}

/// The findings that have none.
pub(super) fn unanswered(runbook: &Runbook, source: &Source) -> Vec<String> {
    let answered = remedies(runbook);
    let mut names = Vec::new();
    for clause in &runbook.clauses {
        let ClauseKind::Diagnose(block) = &clause.kind else {
            continue;
        };
        let lexemes = syntax::lexemes(source.slice(block.span));
        for pair in lexemes.windows(2) {
            let text = |index: usize| {
                let lexeme = pair.get(index).map(|lexeme| lexeme.range.clone());
                lexeme
                    .and_then(|range| source.slice(block.span).get(range))
                    .unwrap_or_default()
            };
            let name = String::from(text(1));
            if text(0) == "found" && !answered.contains(&name) && !names.contains(&name) {
                names.push(name);
            }
        }
    }
    names
}

/// The labels that a trigger takes.
pub(super) fn labels_of(clause: &Clause) -> Vec<String> {
    let ClauseKind::On(trigger) = &clause.kind else {
        return Vec::new();
    };
    let lines = trigger.clauses.iter();
    let labels = lines.filter_map(|line| match &line.kind {
        TriggerClauseKind::With(labels) => Some(labels),
        TriggerClauseKind::Missing
        | TriggerClauseKind::Where(_)
        | TriggerClauseKind::Holding(_) => None,
    });
    labels
        .flatten()
        .map(|label| label.label.text.to_string())
        .collect()
}

/// The watches.
pub(super) fn watches(runbook: &Runbook) -> Vec<String> {
    let clauses = runbook.clauses.iter();
    let names = clauses.filter_map(|clause| match &clause.kind {
        ClauseKind::Watch(watch) => Some(watch.name.text.to_string()),
        _ => None,
    });
    names.collect()
}
