//! Where something is put: in which runbook, before which clause, above which comments.

use std::ops::Range;

use crate::front;
use crate::syntax::tree::{Clause, File, Item, ItemKind, Runbook};
use crate::text::{Source, Span, difference};

use super::super::outline::trimmed;
use super::Change;

/// Whether a place and a range have a byte or an edge in common.
pub(super) fn touches(span: Span, range: &Range<usize>) -> bool {
    let at = span.range();
    at.start <= range.end && range.start <= at.end
}

/// What is selected by a range, without the blanks around it; none where that is nothing.
pub(super) fn selected(source: &Source, range: &Range<usize>) -> Option<Range<usize>> {
    let text = source.text.get(range.clone())?;
    let start = range.start + (text.len() - text.trim_start().len());
    let end = range.start + text.trim_end().len();
    (start < end).then_some(start..end)
}

/// The runbook that a place is in.
pub(super) fn runbook_at(tree: &File, at: usize) -> Option<(&Item, &Runbook)> {
    let mut items = tree.items.iter();
    items.find_map(|item| match &item.kind {
        ItemKind::Runbook(runbook) if item.span.range().contains(&at) => Some((item, &**runbook)),
        _ => None,
    })
}

/// Puts a text in at a place.
pub(super) fn insert(source: &Source, at: usize, text: String) -> Change {
    Change {
        source: source.id,
        range: at..at,
        text,
    }
}

/// The change with what the layout asks for around it, where the text was laid out before.
pub(super) fn laid_out(source: &Source, change: Change) -> Change {
    let is_laid_out = front::format(source).is_ok_and(|text| *text == *source.text);
    let mut text = source.text.to_string();
    if !is_laid_out || text.get(change.range.clone()).is_none() {
        return change;
    }
    text.replace_range(change.range.clone(), &change.text);
    match front::format(&Source::new(source.id, &source.name, &text)) {
        Err(_) => change,
        Ok(text) => {
            let (range, with) = difference(&source.text, &text);
            Change {
                source: source.id,
                range,
                text: with.to_owned(),
            }
        }
    }
}

/// Where a clause begins: its documentation and comments above it are of it.
pub(super) fn clause_start(source: &Source, clause: &Clause) -> usize {
    above(source, clause.span.range().start)
}

/// The blanks before a place on its line.
pub(super) fn indent(source: &Source, at: usize) -> &str {
    let before = source.text.get(..at).unwrap_or_default();
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let line = before.get(start..).unwrap_or_default();
    let blanks = line.len() - line.trim_start_matches([' ', '\t']).len();
    line.get(..blanks).unwrap_or_default()
}

/// The place above the documentation and comments of what begins at a place.
pub(super) fn above(source: &Source, at: usize) -> usize {
    let mut start = at;
    while let Some(before) = source.text.get(..start) {
        let line = before.trim_end_matches([' ', '\t']);
        let Some(above) = line.strip_suffix('\n') else {
            break;
        };
        let begin = above.rfind('\n').map_or(0, |newline| newline + 1);
        let above = above.get(begin..).unwrap_or_default();
        let line = above.trim_start();
        // What a file says of itself stays at its head.
        if !line.starts_with("//") || line.starts_with("//!") {
            break;
        }
        start = begin + (above.len() - line.len());
    }
    start
}

/// Before the bracket that closes an item.
pub(super) fn before_end(source: &Source, item: &Item, text: &str) -> Option<Change> {
    let span = trimmed(item.span, source);
    let inside = source.slice(span).strip_suffix('}')?;
    Some(insert(
        source,
        span.range().start + inside.len(),
        String::from(text),
    ))
}
