//! A text as an editor colours it: words, strings, numbers, comments, with what each word is.
//!
//! In: any text. Out: its lexemes in order. What the grammar can read says which words are names; elsewhere the pieces
//! around a word do. Never fails.

use std::collections::HashSet;
use std::ops::Range;

use super::rules::{self, Rule};
use super::skim::{Piece, PieceKind, Skim};
use super::split;
use super::tokens::WORDS;
use super::words;
use crate::text::SourceId;

/// A stretch of text that says something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lexeme {
    pub kind: LexemeKind,
    pub range: Range<usize>,
}

/// What a lexeme is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LexemeKind {
    Comment,
    /// `/// ...`
    Doc,
    Keyword,
    /// A word that begins with a capital letter.
    Type,
    /// A name in front of its arguments.
    Function,
    /// A name behind a dot, or of a field.
    Property,
    /// A name before a `:` in parentheses.
    Parameter,
    /// Any other name.
    Name,
    Number,
    Text,
    /// The tag of a string.
    Tag,
    Open,
    Close,
    Mark,
}

/// The lexemes of a text.
pub fn lexemes(text: &str) -> Vec<Lexeme> {
    known_by(text, &names(text))
}

/// The same, but for words: a name that is a word of the language somewhere counts as one. Costs a fifth.
pub fn roughly(text: &str) -> Vec<Lexeme> {
    let nothing = Names {
        starts: HashSet::new(),
        read: Vec::new(),
    };
    known_by(text, &nothing)
}

fn known_by(text: &str, names: &Names) -> Vec<Lexeme> {
    let pieces: Vec<Piece> = Skim::new(text, 0)
        .filter(|piece| !matches!(piece.kind, PieceKind::Blank | PieceKind::Newline))
        .collect();
    let mut open = Vec::new();
    let mut lexemes = Vec::with_capacity(pieces.len());
    for (index, piece) in pieces.iter().enumerate() {
        let around = Around {
            text,
            before: index.checked_sub(1).and_then(|before| pieces.get(before)),
            behind: pieces.get(index + 1),
            bracket: open.last().copied(),
        };
        let kind = match piece.kind {
            PieceKind::Blank | PieceKind::Newline => continue,
            PieceKind::Comment if split::is_doc(piece.text(text)) => LexemeKind::Doc,
            PieceKind::Comment | PieceKind::BlockComment => LexemeKind::Comment,
            PieceKind::Text | PieceKind::OpenText | PieceKind::Block | PieceKind::OpenBlock => {
                LexemeKind::Text
            }
            PieceKind::Open => {
                open.push(piece.text(text));
                LexemeKind::Open
            }
            PieceKind::Close => {
                open.pop();
                LexemeKind::Close
            }
            PieceKind::Mark | PieceKind::Foreign => LexemeKind::Mark,
            PieceKind::Word => word(*piece, &around, names),
        };
        lexemes.push(Lexeme {
            kind,
            range: piece.start..piece.end,
        });
    }
    lexemes
}

/// What the grammar says of the words of a text.
struct Names {
    /// Where the names begin.
    starts: HashSet<usize>,
    /// What was read.
    read: Vec<Range<usize>>,
}

impl Names {
    fn knows(&self, at: usize) -> bool {
        let behind = self.read.partition_point(|range| range.start <= at);
        let last = behind.checked_sub(1).and_then(|last| self.read.get(last));
        last.is_some_and(|range| at < range.end)
    }
}

fn names(text: &str) -> Names {
    let mut names = Names {
        starts: HashSet::new(),
        read: Vec::new(),
    };
    split::split(SourceId::default(), text, &mut |item| {
        if item.too_deep || item.unbalanced || !item.splices.is_empty() {
            return;
        }
        if let Ok(tree) = rules::read(Rule::item_entry, &item.coded) {
            names.starts.extend(tree.names());
            names.read.push(item.range);
        }
    });
    names
}

/// What stands beside a word.
struct Around<'t> {
    text: &'t str,
    before: Option<&'t Piece>,
    behind: Option<&'t Piece>,
    bracket: Option<&'t str>,
}

impl Around<'_> {
    /// Whether this stands directly before a place.
    fn is_before(&self, at: usize, mark: &str) -> bool {
        self.before
            .is_some_and(|piece| piece.end == at && piece.text(self.text) == mark)
    }

    /// Whether this stands directly behind a place.
    fn is_behind(&self, at: usize, mark: &str) -> bool {
        self.behind
            .is_some_and(|piece| piece.start == at && piece.text(self.text) == mark)
    }
}

fn word(piece: Piece, around: &Around<'_>, names: &Names) -> LexemeKind {
    let text = piece.text(around.text);
    if text.starts_with(|first: char| first.is_ascii_digit()) {
        return LexemeKind::Number;
    }
    let is_text = |behind: &&Piece| {
        let kind = matches!(behind.kind, PieceKind::Text | PieceKind::OpenText);
        kind && behind.start == piece.end
    };
    if around.behind.filter(is_text).is_some() {
        return LexemeKind::Tag;
    }
    let is_call = around.is_behind(piece.end, "(");
    let is_member = around.is_before(piece.start, ".");
    let is_key = around.is_behind(piece.end, ":");
    let is_name = match names.knows(piece.start) {
        true if words::is_reserved(text) => is_member || is_key,
        true => names.starts.contains(&piece.start) || is_member || is_key,
        false => is_member || is_key || !is_keyword(text),
    };
    match (
        is_name,
        text.starts_with(|first: char| first.is_ascii_uppercase()),
    ) {
        (false, _) => LexemeKind::Keyword,
        (true, true) => LexemeKind::Type,
        (true, false) if is_call => LexemeKind::Function,
        (true, false) if is_member => LexemeKind::Property,
        (true, false) if is_key && around.bracket == Some("(") => LexemeKind::Parameter,
        (true, false) if is_key => LexemeKind::Property,
        (true, false) => LexemeKind::Name,
    }
}

/// Whether a word is one of the language somewhere: in a text that cannot be read, it most likely is one.
pub fn is_keyword(text: &str) -> bool {
    words::is_reserved(text) || words::is_item_word(text) || WORDS.of(text.as_bytes()).is_known()
}
