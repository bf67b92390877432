//! A text without its comments.
//!
//! In: a piece of a source. Out: the same with blanks in the place of comments, tabs and carriage returns. Strings and
//! documentation stay as they are.

use super::skim::{Piece, PieceKind, Skim};
use super::split;

/// The text with blanks in place of its comments, of the same length.
pub(super) fn blanked(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for piece in Skim::new(text, 0) {
        if is_blank(piece, text) {
            out.extend(std::iter::repeat_n(' ', piece.end - piece.start));
        } else {
            out.push_str(piece.text(text));
        }
    }
    out
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
        let plain = blanked(text);
        assert_eq!(plain, "/// f\t\na =  \n \"b\t//\"        \n     ");
        assert_eq!(plain.len(), text.len());
    }
}
