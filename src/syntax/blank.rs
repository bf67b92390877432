//! Blanks of one kind: what says nothing between the words of an item becomes spaces.
//!
//! In: the text of an item. Out: a text of the same length, so that all places stay, with spaces for tabs, carriage
//! returns and comments, which spares the grammar several tries wherever a blank may stand. Strings and
//! documentation stay as they are.

use std::borrow::Cow;

use super::skim::{Piece, PieceKind, Skim};
use super::split;

/// A text as the grammar reads it.
#[derive(Debug)]
pub(super) struct Plain<'t>(Cow<'t, str>);

impl<'t> Plain<'t> {
    /// The plain form of a text. Linear; copies only if there is something to blank.
    pub fn of(text: &'t str) -> Self {
        let bytes = text.as_bytes();
        if memchr::memchr2(b'\t', b'\r', bytes).is_none()
            && memchr::memmem::find(bytes, b"//").is_none()
        {
            return Plain(Cow::Borrowed(text));
        }
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
        assert!(matches!(Plain::of("a = b").0, Cow::Borrowed(_)));
    }
}
