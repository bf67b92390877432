//! Blanks of one kind: what says nothing between the words of an item becomes spaces.
//!
//! In: the text of an item. Out: a text of the same length, so that all places stay, with spaces for tabs, carriage
//! returns and comments, which spares the grammar several tries wherever a blank may stand. Strings and
//! documentation stay as they are.

use std::borrow::Cow;
use std::ops::Range;

use super::skim::{Piece, PieceKind, Skim};
use super::split;

/// A text as the grammar reads it.
#[derive(Debug)]
pub(super) struct Plain<'t>(Cow<'t, str>);

impl<'t> Plain<'t> {
    /// The plain form of a text that may have comments: linear.
    pub fn of(text: &'t str) -> Self {
        if has_other_blanks(text) || memchr::memmem::find(text.as_bytes(), b"//").is_some() {
            Plain::blanked(text)
        } else {
            Plain(Cow::Borrowed(text))
        }
    }

    /// The same for a text that begins at `start` of its source and whose comments are known.
    pub fn without(text: &'t str, start: usize, comments: &[Range<usize>]) -> Self {
        if has_other_blanks(text) {
            return Plain::blanked(text);
        }
        if comments.is_empty() {
            return Plain(Cow::Borrowed(text));
        }
        let mut out = String::with_capacity(text.len());
        for comment in comments {
            let end = comment.end.saturating_sub(start);
            let before = out.len()..comment.start.saturating_sub(start);
            out.push_str(text.get(before).unwrap_or_default());
            out.extend(std::iter::repeat_n(' ', end.saturating_sub(out.len())));
        }
        out.push_str(text.get(out.len()..).unwrap_or_default());
        Plain(Cow::Owned(out))
    }

    fn blanked(text: &str) -> Self {
        let mut out = String::with_capacity(text.len());
        for piece in Skim::new(text, 0) {
            if is_blank(piece, text) {
                out.extend(std::iter::repeat_n(' ', piece.end - piece.start));
            } else {
                out.push_str(piece.text(text));
            }
        }
        Plain(Cow::Owned(out))
    }

    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn has_other_blanks(text: &str) -> bool {
    memchr::memchr2(b'\t', b'\r', text.as_bytes()).is_some()
}

fn is_blank(piece: Piece, text: &str) -> bool {
    match piece.kind {
        PieceKind::Blank => true,
        PieceKind::Comment => !split::is_doc(piece.text(text)),
        PieceKind::Newline
        | PieceKind::BlockComment
        | PieceKind::Word
        | PieceKind::Text
        | PieceKind::OpenText
        | PieceKind::Block
        | PieceKind::OpenBlock
        | PieceKind::Open
        | PieceKind::Close
        | PieceKind::Mark
        | PieceKind::Foreign => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_and_documentation_stay() {
        let text = "/// f\t\na\t= \r\n\t\"b\t//\"\t// dé\r\n////\t";
        let plain = Plain::of(text);
        assert_eq!(plain.as_str(), "/// f\t\na =  \n \"b\t//\"        \n     ");
        assert_eq!(plain.as_str().len(), text.len());
        let known = "a // b\n  c // d";
        let comments = [12..16, 21..25];
        assert_eq!(
            Plain::without(known, 10, &comments).as_str(),
            Plain::of(known).as_str()
        );
        assert!(matches!(Plain::of("a = b").0, Cow::Borrowed(_)));
    }
}
