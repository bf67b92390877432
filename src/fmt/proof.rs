//! The proof that a printed text says what the tree says: it is read again and compared.
//!
//! In: the tree and what was printed for it. Out: whether both say the same, every comment in its
//! order included. Mends nothing. A text that was printed byte for byte as it stood needs no second
//! reading: it is what the tree was read from.

use std::borrow::Cow;

use crate::diag::Kind;
use crate::syntax::parse;
use crate::syntax::same::same;
use crate::syntax::tree::{ClauseKind, File, ItemKind, TriggerClause, TriggerClauseKind};
use crate::text::{Source, Sources};

/// Whether the printed text is read without errors, as the same tree with the same comments.
pub(super) fn holds(source: &Source, file: &File, printed: &str) -> bool {
    if *source.text == *printed {
        return true;
    }
    let mut sources = Sources::default();
    let id = sources.add(&source.name, printed);
    let printed = sources.source(id);
    let again = parse(printed);
    let mut kinds = again.diagnostics.iter().map(|found| found.code.kind());
    kinds.all(|kind| kind != Kind::Error)
        && same((&canonical(file), source), (&again.file, printed))
}

/// The tree that the canonical layout has: a `with` of several labels, one of them with a
/// condition, is a `with` for each.
fn canonical(file: &File) -> Cow<'_, File> {
    let mut file = Cow::Borrowed(file);
    if triggers(&file).any(|clauses| clauses.iter().any(is_split)) {
        for item in &mut file.to_mut().items {
            let ItemKind::Runbook(runbook) = &mut item.kind else {
                continue;
            };
            for clause in &mut runbook.clauses {
                if let ClauseKind::On(trigger) = &mut clause.kind {
                    let clauses = std::mem::take(&mut trigger.clauses);
                    trigger.clauses = clauses.into_iter().flat_map(split).collect();
                }
            }
        }
    }
    file
}

fn triggers(file: &File) -> impl Iterator<Item = &[TriggerClause]> {
    let runbooks = file.items.iter().filter_map(|item| match &item.kind {
        ItemKind::Runbook(runbook) => Some(runbook),
        _ => None,
    });
    let clauses = runbooks.flat_map(|runbook| &runbook.clauses);
    clauses.filter_map(|clause| match &clause.kind {
        ClauseKind::On(trigger) => Some(trigger.clauses.as_slice()),
        _ => None,
    })
}

/// Whether a `with` is printed as several.
fn is_split(clause: &TriggerClause) -> bool {
    match &clause.kind {
        TriggerClauseKind::With(labels) => {
            labels.len() > 1 && labels.iter().any(|label| label.condition.is_some())
        }
        TriggerClauseKind::Missing
        | TriggerClauseKind::Where(_)
        | TriggerClauseKind::Holding(_) => false,
    }
}

fn split(clause: TriggerClause) -> Vec<TriggerClause> {
    let splits = is_split(&clause);
    match clause.kind {
        TriggerClauseKind::With(labels) if splits => labels
            .into_iter()
            .map(|label| TriggerClause {
                span: label.label.span,
                kind: TriggerClauseKind::With(vec![label]),
            })
            .collect(),
        _ => vec![clause],
    }
}
