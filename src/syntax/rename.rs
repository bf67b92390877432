//! A name in the wrong case is renamed with its mentions: else the edit would leave them without a declaration.
//!
//! In: what was said of a file, its items and its text. Out: the same, with the mentions in the edits.

use super::skim::{Piece, PieceKind, Skim};
use super::tree::{File, ItemKind};
use crate::diag::{Code, Diagnostic, Edit};
use crate::text::Span;

/// Adds the mentions to the edits of names that are not in lower_snake case.
pub(super) fn mentions(text: &str, file: &File, diagnostics: &mut [Diagnostic]) {
    for found in diagnostics {
        let Some(fix) = found
            .fixes
            .first_mut()
            .filter(|_| found.code == Code::NameCase)
        else {
            continue;
        };
        let Some(better) = fix.edits.first().map(|edit| edit.text.clone()) else {
            continue;
        };
        let name = found.primary.span;
        if !better.starts_with(|first: char| first.is_ascii_lowercase()) {
            continue;
        }
        let edits = places(text, file, name).into_iter().map(|span| Edit {
            span,
            text: better.clone(),
        });
        fix.edits.extend(edits);
    }
}

/// Where a name is mentioned: a runbook's by its tests, others in their item and behind `found`.
fn places(text: &str, file: &File, name: Span) -> Vec<Span> {
    let Some(written) = text.get(name.range()) else {
        return Vec::new();
    };
    let item = file
        .items
        .iter()
        .find(|item| item.span.start <= name.start && name.end <= item.span.end);
    let Some(item) = item else {
        return Vec::new();
    };
    let is_runbook = matches!(&item.kind, ItemKind::Runbook(found) if found.name.span == name);
    let mut places = Vec::new();
    let mut before: Option<Piece> = None;
    for piece in Skim::new(text, 0).filter(|piece| !piece.is_trivia()) {
        let above = before.replace(piece).map_or("", |before| before.text(text));
        let mentioned = match above {
            "." => false,
            "test" if is_runbook => true,
            "found" if !is_runbook => true,
            _ => !is_runbook && item.span.range().contains(&piece.start),
        };
        let same = piece.kind == PieceKind::Word && piece.text(text) == written;
        if mentioned && same && piece.start != name.range().start {
            places.push(Span::new(name.source, piece.start, piece.end));
        }
    }
    places
}
