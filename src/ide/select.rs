//! What a selection grows to: the word, what is in its brackets, the brackets, the lines, the item, the file.
//!
//! In: a text and an offset. Out: ranges, each in the next. Works on brackets and lines, so on broken files as well.

use std::ops::Range;

use crate::syntax::{LexemeKind, lexemes, pieces};

/// The most ranges around an offset: each holds the one before in the protocol, and who reads that may go down as deep.
const MOST: usize = 100;

/// The ranges around an offset, the smallest first: the innermost of very many, and the whole.
pub fn selections(text: &str, at: usize) -> Vec<Range<usize>> {
    let whole = 0..text.len();
    let mut found: Vec<Range<usize>> = Vec::from([whole]);
    let mut open: Vec<Range<usize>> = Vec::new();
    let items = pieces(text).map(|pieces| pieces.items).unwrap_or_default();
    let items = items.into_iter();
    let items: Vec<Range<usize>> = items
        .filter(|item| item.start <= at && at <= item.end)
        .collect();
    // No bracket is closed in another item, and a file may have very many.
    let near = match (items.first(), items.last()) {
        (Some(first), Some(last)) => first.start..last.end,
        _ => 0..text.len(),
    };
    for lexeme in lexemes(text.get(near.clone()).unwrap_or_default()) {
        let range = near.start + lexeme.range.start..near.start + lexeme.range.end;
        match lexeme.kind {
            LexemeKind::Open => open.push(range),
            LexemeKind::Close => {
                let Some(opened) = open.pop() else { continue };
                if opened.start <= at && at <= range.end {
                    found.push(head(text, opened.start)..range.end);
                    found.push(opened.start..range.end);
                }
                if opened.end <= at && at <= range.start {
                    found.push(trimmed(text, opened.end..range.start));
                }
            }
            LexemeKind::Text if range.start < at && at < range.end => {
                let inside = range.len().min(2) / 2;
                found.push(range.start + inside..range.end - inside);
                found.push(range);
            }
            _ if range.start <= at && at <= range.end => found.push(range),
            _ => {}
        }
    }
    let line = head(text, at);
    let end = text.get(at..).and_then(|rest| rest.find('\n'));
    let end = end.map_or(text.len(), |end| at + end);
    found.push(trimmed(text, line..end));
    found.extend(items.into_iter().map(|item| trimmed(text, item)));
    found.retain(|range| range.start <= at && at <= range.end);
    found.sort_by_key(|range| (range.len(), range.start));
    nested(found)
}

/// Only those that hold the one before.
fn nested(found: Vec<Range<usize>>) -> Vec<Range<usize>> {
    let mut nested: Vec<Range<usize>> = Vec::new();
    for range in found {
        let holds = nested.last().is_none_or(|inner| {
            *inner != range && range.start <= inner.start && inner.end <= range.end
        });
        if holds {
            nested.push(range);
        }
    }
    if nested.len() > MOST {
        nested.drain(MOST - 1..nested.len() - 1);
    }
    nested
}

/// The first character that is no blank on the line of an offset, or the offset.
fn head(text: &str, at: usize) -> usize {
    let before = text.get(..at).unwrap_or_default();
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let line = text.get(start..at).unwrap_or_default();
    start + (line.len() - line.trim_start().len())
}

fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let inside = text.get(range.clone()).unwrap_or_default();
    let start = range.start + (inside.len() - inside.trim_start().len());
    let end = range.start + inside.trim_end().len();
    start.min(end)..end.max(start)
}
