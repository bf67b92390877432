//! The colours of a text: one for each lexeme that an editor cannot tell by itself.
//!
//! In: a text. Out: stretches with their colours, in order, none over another. A string of several lines is one stretch.

use std::ops::Range;

use crate::syntax::{LexemeKind, lexemes};

/// What a stretch is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    Comment,
    Keyword,
    Type,
    Function,
    Property,
    Parameter,
    Variable,
    Number,
    Text,
    /// The tag of a string.
    Tag,
}

impl Colour {
    /// All, in the order of their numbers.
    pub const ALL: [Colour; 10] = [
        Colour::Comment,
        Colour::Keyword,
        Colour::Type,
        Colour::Function,
        Colour::Property,
        Colour::Parameter,
        Colour::Variable,
        Colour::Number,
        Colour::Text,
        Colour::Tag,
    ];

    /// As editors call it.
    pub fn name(self) -> &'static str {
        match self {
            Colour::Comment => "comment",
            Colour::Keyword => "keyword",
            Colour::Type => "type",
            Colour::Function => "function",
            Colour::Property => "property",
            Colour::Parameter => "parameter",
            Colour::Variable => "variable",
            Colour::Number => "number",
            Colour::Text => "string",
            Colour::Tag => "macro",
        }
    }
}

/// One stretch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Painted {
    pub colour: Colour,
    /// Whether it is documentation.
    pub is_doc: bool,
    pub range: Range<usize>,
}

/// The colours of a text.
pub fn paint(text: &str) -> Vec<Painted> {
    let all = lexemes(text).into_iter();
    all.filter_map(|lexeme| {
        let colour = match lexeme.kind {
            LexemeKind::Comment | LexemeKind::Doc => Colour::Comment,
            LexemeKind::Keyword => Colour::Keyword,
            LexemeKind::Type => Colour::Type,
            LexemeKind::Function => Colour::Function,
            LexemeKind::Property => Colour::Property,
            LexemeKind::Parameter => Colour::Parameter,
            LexemeKind::Name => Colour::Variable,
            LexemeKind::Number => Colour::Number,
            LexemeKind::Text => Colour::Text,
            LexemeKind::Tag => Colour::Tag,
            LexemeKind::Open | LexemeKind::Close | LexemeKind::Mark => return None,
        };
        Some(Painted {
            colour,
            is_doc: lexeme.kind == LexemeKind::Doc,
            range: lexeme.range,
        })
    })
    .collect()
}
