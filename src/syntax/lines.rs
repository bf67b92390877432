//! A balanced item as lines: what the grammar would take as one statement, clause or element.
//!
//! In: the text of an item. Out: its tokens, the partner of each bracket, and the lines between two tokens.
//! Used only where an item could not be read as a whole, to find out which of its lines are at fault.

use std::ops::Range;

use super::skim::{Piece, PieceKind, Skim};
use super::split;
use super::words;

/// A piece that says something, and what stands before it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub kind: PieceKind,
    pub start: usize,
    pub end: usize,
    pub newline_before: bool,
    pub comment_before: bool,
    /// The first `///` comment between the token before and this one.
    pub doc_before: Option<usize>,
}

/// The tokens of an item.
pub(super) struct Tokens<'t> {
    pub text: &'t str,
    all: Vec<Token>,
    /// For each bracket the index of its partner; for all others their own index.
    partner: Vec<usize>,
}

/// How the lines of a body are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Separation {
    /// A comma ends a line, as in a list.
    pub commas: bool,
    /// Words that cannot begin a line: it goes on with the line above.
    pub continuations: &'static [&'static str],
    /// Words that begin a line, whatever is missing at the end of the one above.
    pub begins: &'static [&'static str],
}

/// Lines and the tokens at which one was continued although it should not have been.
#[derive(Debug, Default)]
pub(super) struct Lines {
    pub lines: Vec<Range<usize>>,
    pub joints: Vec<usize>,
}

impl<'t> Tokens<'t> {
    /// All tokens of a text whose brackets are balanced.
    pub fn of(text: &'t str) -> Self {
        let mut all = Vec::new();
        let mut newline_before = false;
        let mut comment_before = false;
        let mut doc_before = None;
        for piece in Skim::new(text, 0) {
            let Piece { kind, start, end } = piece;
            match kind {
                PieceKind::Newline => newline_before = true,
                PieceKind::Comment => {
                    comment_before = true;
                    if doc_before.is_none() && split::is_doc(piece.text(text)) {
                        doc_before = Some(start);
                    }
                }
                _ if piece.is_trivia() => {}
                _ => {
                    all.push(Token {
                        kind,
                        start,
                        end,
                        newline_before,
                        comment_before,
                        doc_before,
                    });
                    newline_before = false;
                    comment_before = false;
                    doc_before = None;
                }
            }
        }
        let partner = partners(&all);
        Tokens { text, all, partner }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// The token at an index.
    pub fn at(&self, index: usize) -> Option<Token> {
        self.all.get(index).copied()
    }

    /// The text of the token at an index; empty behind the last one.
    pub fn word(&self, index: usize) -> &'t str {
        self.at(index)
            .and_then(|token| self.text.get(token.start..token.end))
            .unwrap_or_default()
    }

    /// The index of a bracket's partner.
    pub fn partner(&self, index: usize) -> usize {
        self.partner.get(index).copied().unwrap_or(index)
    }

    /// The index of the token behind this one, behind the partner of an opener.
    pub fn skip(&self, index: usize) -> usize {
        self.partner(index).max(index) + 1
    }

    /// Whether two tokens stand side by side without a blank.
    pub fn glued(&self, index: usize) -> bool {
        match (self.at(index), self.at(index + 1)) {
            (Some(left), Some(right)) => left.end == right.start,
            _ => false,
        }
    }

    /// The bytes from the first to the last token of a range.
    pub fn bytes(&self, range: &Range<usize>) -> Range<usize> {
        let start = self
            .at(range.start)
            .map_or(self.text.len(), |token| token.start);
        let last = range.end.checked_sub(1).and_then(|last| self.at(last));
        start..last.map_or(start, |token| token.end).max(start)
    }

    /// Whether conditions are joined here: a `not` before them would be of the first one alone.
    pub fn joins_conditions(&self, range: Range<usize>) -> bool {
        let mut flat = self.flat(range);
        flat.any(|index| matches!(self.word(index), "and" | "or" | "&" | "|"))
    }

    /// The indices of a range that are not inside of brackets.
    pub fn flat(&self, range: Range<usize>) -> impl Iterator<Item = usize> + '_ {
        let first = Some(range.start).filter(|first| *first < range.end);
        std::iter::successors(first, move |index| {
            Some(self.skip(*index)).filter(|next| *next < range.end)
        })
    }

    /// Cuts a range of tokens into lines.
    pub fn lines(&self, range: Range<usize>, separation: Separation) -> Lines {
        let mut found = Lines::default();
        let mut start = range.start;
        let mut before: Option<usize> = None;
        for index in self.flat(range.clone()) {
            let comma = separation.commas && self.word(index) == ",";
            if let (Some(last), false) = (before, index == start) {
                if comma {
                    found.lines.push(start..index);
                    start = index + 1;
                } else if self.begins_line(index, last, separation) {
                    if self.continues_above(index, separation) {
                        found.joints.push(index);
                    } else {
                        found.lines.push(start..index);
                        start = index;
                    }
                }
            } else if comma {
                start = index + 1;
            }
            before = Some(self.skip(index) - 1);
        }
        if start < range.end {
            found.lines.push(start..range.end);
        }
        found
    }

    fn begins_line(&self, index: usize, before: usize, separation: Separation) -> bool {
        self.at(index).is_some_and(|token| token.newline_before)
            && (!self.is_open_ended(before) || self.is_first_word(index, separation))
    }

    /// Whether a line begins here by its word, which may name something elsewhere.
    fn is_first_word(&self, index: usize, separation: Separation) -> bool {
        let next = self.at(index + 1);
        let goes_on = next.is_some_and(|next| {
            matches!(next.kind, PieceKind::Mark) || self.word(index + 1) == "("
        });
        separation.begins.contains(&self.word(index)) && !goes_on
    }

    /// `- item`: a dash before what begins a line.
    fn is_dashed(&self, index: usize, separation: Separation) -> bool {
        let known = separation.begins.contains(&self.word(index + 1));
        self.word(index) == "-" && !self.glued(index) && (known || self.word(index + 2) == ":")
    }

    /// Whether a statement goes on behind this token: an operator, a comma, `=`, `->`.
    pub fn is_open_ended(&self, index: usize) -> bool {
        let word = self.word(index);
        match self.at(index).map(|token| token.kind) {
            Some(PieceKind::Mark) => matches!(
                word,
                "," | "+" | "-" | "*" | "/" | "<" | ">" | "=" | "&" | "|" | "." | ":" | "~"
            ),
            Some(PieceKind::Word) => matches!(word, "and" | "or" | "not" | "in"),
            _ => false,
        }
    }

    fn continues_above(&self, index: usize, separation: Separation) -> bool {
        let word = self.word(index);
        if self.is_dashed(index, separation) {
            return false;
        }
        let second = self.word(index + 1);
        // What comes of it, what is left for later, a comment of another language.
        let comes = word == "then" && words::EXPECT_WORDS.contains(&second);
        // `retry 3 { ... }`: a loop of another language.
        let block = word == "retry" && (index + 1..index + 3).any(|next| self.word(next) == "{");
        if comes || block || matches!((word, second), (".", ".") | ("<", "!")) {
            return false;
        }
        match self.at(index).map(|token| token.kind) {
            Some(PieceKind::Word) if word == "waive" => {
                separation.continuations.contains(&word) && self.word(index + 1) == "undo"
            }
            Some(PieceKind::Word) => separation.continuations.contains(&word),
            Some(PieceKind::Open) => word == "{",
            Some(PieceKind::Mark) => {
                matches!(
                    word,
                    "+" | "-" | "*" | "/" | "<" | ">" | "=" | "&" | "|" | "." | "?" | ":" | "%"
                ) || word == "!" && self.word(index + 1) == "="
            }
            _ => false,
        }
    }

    /// Whether a token is a word that begins statements.
    pub fn is_statement_word(&self, index: usize) -> bool {
        let word = self.word(index);
        words::STATEMENT_WORDS.contains(&word)
    }
}

fn partners(tokens: &[Token]) -> Vec<usize> {
    let mut partner: Vec<usize> = (0..tokens.len()).collect();
    let mut open = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        match token.kind {
            PieceKind::Open => open.push(index),
            PieceKind::Close => {
                if let Some(opener) = open.pop() {
                    if let Some(slot) = partner.get_mut(opener) {
                        *slot = index;
                    }
                    if let Some(slot) = partner.get_mut(index) {
                        *slot = opener;
                    }
                }
            }
            _ => {}
        }
    }
    partner
}
