//! Text to tree: cuts it into items, balances brackets, parses each item by pest, lowers to the tree.
//!
//! In: one source. Out: its [`tree::File`] and diagnostics; never fails, never reads a file.

pub mod dump;
pub mod same;
pub mod tree;

mod allowed;
mod balance;
mod blank;
mod climb;
mod code;
mod days;
mod depth;
mod expected;
mod kinds;
mod lexemes;
mod lexical;
mod lines;
mod lower;
mod patch;
mod pieces;
mod read;
mod recover;
mod rename;
mod repair;
mod rules;
mod skim;
mod split;
mod teach;
mod tokens;
mod words;

pub use allowed::allowed;
pub use days::{DAYS, day_of};
pub use lexemes::{Lexeme, LexemeKind, is_keyword, lexemes, roughly};
pub use pieces::pieces;
pub use teach::NO_NAME;
pub use words::is_nobody;

use crate::diag::Diagnostic;
use crate::text::Source;

/// What came of a source: always a tree, and what was wrong with the text.
#[derive(Clone, Debug)]
pub struct Parsed {
    pub file: tree::File,
    pub diagnostics: Vec<Diagnostic>,
}

/// A piece of a source with blanks in place of its comments; what stands in strings stays.
pub fn without_comments(text: &str) -> String {
    blank::blanked(text)
}

/// Reads one source. Never fails; what cannot be read becomes a `Missing` node with a diagnostic.
pub fn parse(source: &Source) -> Parsed {
    let mut lowering = lower::Lowering::new(source.id, &source.text);
    let mut items = Vec::new();
    let split = split::split(source.id, &source.text, &mut |item| {
        items.push(read::item(&mut lowering, &source.text, &item));
    });
    let file = tree::File {
        source: source.id,
        doc: split.doc,
        items,
        comments: split.comments,
    };
    let mut diagnostics = split.diagnostics;
    diagnostics.append(&mut lowering.diagnostics);
    rename::mentions(&source.text, &file, &mut diagnostics);
    diagnostics.sort_by_key(|diagnostic| diagnostic.primary.span.start);
    Parsed { file, diagnostics }
}
