//! Blanks of one kind: tabs and carriage returns between the words of an item become spaces.
//!
//! In: the text of an item. Out: a text of the same length, so that all places stay, which spares the grammar
//! two tries wherever a blank may stand. Strings and comments stay as they are.

use std::borrow::Cow;

use super::skim::{PieceKind, Skim};

pub(super) fn plain(text: &str) -> Cow<'_, str> {
    if memchr::memchr2(b'\t', b'\r', text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for piece in Skim::new(text, 0) {
        match piece.kind {
            PieceKind::Blank => out.extend(std::iter::repeat_n(' ', piece.end - piece.start)),
            _ => out.push_str(piece.text(text)),
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_and_comments_stay() {
        let text = "a\t= \r\n\t\"b\tc\"\t// d\te\r\n\t";
        assert_eq!(plain(text), "a =  \n \"b\tc\" // d\te\r\n ");
        assert_eq!(plain(text).len(), text.len());
        assert!(matches!(plain("a = b"), Cow::Borrowed(_)));
    }
}
