//! A doc comment for what has none: an item, a watch or a remedy.
//!
//! In: a range in the line that names it. Out: the action that adds a line above, which names what is to be said.

use std::ops::Range;

use crate::syntax::tree::{Clause, ClauseKind, File, Ident, ItemKind};
use crate::text::{Source, Span};

use super::super::Desk;
use super::place::{indent, insert, laid_out, touches};
use super::{Action, Change, Why};

/// The line for what is named in a range of a file.
pub(super) fn document(desk: &Desk, file: usize, range: &Range<usize>) -> Option<Action> {
    let (source, tree) = (desk.source(file)?, desk.tree(file)?);
    let (title, change) = desk.is_sound().then(|| line(tree, source, range))??;
    Some(Action {
        title,
        why: Why::Missing,
        about: None,
        changes: vec![change],
    })
}

/// The same as a title and a change.
pub(super) fn line(tree: &File, source: &Source, range: &Range<usize>) -> Option<(String, Change)> {
    let item = tree.items.iter().find(|item| touches(item.span, range))?;
    let is_head = |whole: Span, name: &Ident| {
        let head = Span::new(source.id, whole.range().start, name.span.range().end);
        !name.text.is_empty() && touches(head, range)
    };
    let of_item = item.name().filter(|name| is_head(item.span, name));
    let clauses: &[Clause] = match &item.kind {
        ItemKind::Runbook(runbook) => &runbook.clauses,
        _ => &[],
    };
    let mut of_clauses = clauses.iter().filter_map(|clause| {
        let name = named(clause).filter(|name| is_head(clause.span, name))?;
        Some((clause.span, &clause.doc, name))
    });
    let (whole, doc, name) = match of_item {
        Some(name) => (item.span, &item.doc, name),
        None => of_clauses.next()?,
    };
    if !doc.is_empty() {
        return None;
    }
    let start = whole.range().start;
    let blanks = indent(source, start);
    let name = name.as_str();
    Some((
        format!("add a doc comment to `{name}`"),
        laid_out(
            source,
            insert(
                source,
                start,
                format!("/// What `{name}` is for.\n{blanks}"),
            ),
        ),
    ))
}

/// The name of a part of a runbook that has a page of its own.
fn named(clause: &Clause) -> Option<&Ident> {
    match &clause.kind {
        ClauseKind::Watch(watch) => Some(&watch.name),
        ClauseKind::Remedy(remedy) => Some(&remedy.name),
        ClauseKind::Missing
        | ClauseKind::Version(_)
        | ClauseKind::Severity(_)
        | ClauseKind::On(_)
        | ClauseKind::IncidentPer(_)
        | ClauseKind::Again(_)
        | ClauseKind::Recurs { .. }
        | ClauseKind::Clears(_)
        | ClauseKind::Fresh(_)
        | ClauseKind::Patience(_)
        | ClauseKind::EndsWithin(_)
        | ClauseKind::Tell(_)
        | ClauseKind::Blast(_)
        | ClauseKind::Diagnose(_)
        | ClauseKind::Steps(_)
        | ClauseKind::Otherwise(_) => None,
    }
}
