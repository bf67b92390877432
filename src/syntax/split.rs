//! Text to items: an item begins at column 0 with a letter or a documentation comment.
//!
//! In: a text. Out: the ranges of its items, its comments and the lines of its own documentation.
//! Reads nothing twice; what an item contains is the grammar's affair.

use std::ops::Range;

use smol_str::SmolStr;

use super::skim::{Piece, PieceKind, Skim};
use super::tree::Comment;
use crate::text::{SourceId, Span};

/// A source, cut into items.
#[derive(Debug, Default)]
pub(super) struct Split {
    /// The `//!` lines, without the mark and one blank.
    pub doc: Vec<SmolStr>,
    /// From the start of each item to the start of the next.
    pub items: Vec<Range<usize>>,
    pub comments: Vec<FoundComment>,
}

/// A comment by its offsets.
#[derive(Debug)]
pub(super) struct FoundComment {
    start: usize,
    end: usize,
    own_line: bool,
}

impl FoundComment {
    /// As the tree keeps it.
    pub fn in_source(&self, source: SourceId) -> Comment {
        Comment {
            span: Span::new(source, self.start, self.end),
            own_line: self.own_line,
        }
    }
}

/// Cuts a text into items in one pass.
pub(super) fn split(text: &str) -> Split {
    let mut split = Split::default();
    let mut starts: Vec<usize> = Vec::new();
    let start = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let mut line_start = true;
    let mut own_line = true;
    let mut in_doc = false;
    for piece in Skim::new(text, start) {
        let column_zero = line_start;
        line_start = piece.kind == PieceKind::Newline;
        match piece.kind {
            PieceKind::Comment => {
                let comment = piece.text(text);
                if is_doc(comment) {
                    if column_zero && !in_doc {
                        starts.push(piece.start);
                    }
                    in_doc |= column_zero;
                } else if starts.is_empty() && comment.starts_with("//!") {
                    split.doc.push(doc_line(comment));
                } else {
                    split.comments.push(found(piece, text, own_line));
                }
            }
            PieceKind::Word if column_zero && !in_doc => starts.push(piece.start),
            PieceKind::Word => in_doc &= !column_zero,
            _ => {}
        }
        own_line = line_start || own_line && piece.kind == PieceKind::Blank;
    }
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    split.items = starts
        .iter()
        .copied()
        .zip(ends)
        .map(|(start, end)| start..end)
        .collect();
    split
}

fn found(piece: Piece, text: &str, own_line: bool) -> FoundComment {
    FoundComment {
        start: piece.start,
        end: piece.start + piece.text(text).trim_end().len(),
        own_line,
    }
}

/// Whether a comment documents what follows: three slashes and no fourth.
pub(super) fn is_doc(comment: &str) -> bool {
    comment.starts_with("///") && !comment.starts_with("////")
}

/// A documentation line without its mark and one blank.
pub(super) fn doc_line(comment: &str) -> SmolStr {
    let text = comment.get(3..).unwrap_or_default();
    text.strip_prefix(' ').unwrap_or(text).trim_end().into()
}
