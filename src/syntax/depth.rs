//! How deeply a text is nested: open brackets and chains of operators, counted while it is skimmed.
//!
//! In: the pieces of an item, one after the other. Out: whether brackets match, and whether the tree would
//! be too deep for the recursive walks that follow. Every walk relies on this limit.

use super::lexical;
use super::skim::{Piece, PieceKind};
use crate::diag::{Code, Diagnostic};
use crate::text::Span;

/// The open brackets at one place of a text.
#[derive(Debug)]
pub(super) struct Depth {
    frames: Vec<Frame>,
    /// How deep the chains in all open brackets are.
    links: usize,
    /// The last piece that said something does not end a statement.
    continues: bool,
    too_deep: bool,
}

/// An open bracket, or the text outside of all brackets.
#[derive(Debug)]
struct Frame {
    bracket: u8,
    at: usize,
    chain: Chain,
}

/// Operators, fields and calls since the last comma or statement: they nest the tree as brackets do. What binds
/// tighter lies within one operand of what binds looser, and beside the other operands, not below them.
#[derive(Clone, Copy, Debug, Default)]
struct Chain {
    /// How many of each binding there are in what is open, the loosest first.
    counts: [usize; BINDINGS],
    /// How deep the finished operands of each binding are.
    beside: [usize; BINDINGS],
    /// What stands in no such order: each may be around all else.
    other: usize,
}

/// How many bindings are told apart.
const BINDINGS: usize = 6;

/// A field, a call, an index, a sign.
const TIGHTEST: usize = BINDINGS - 1;

impl Chain {
    /// One more operator that binds so.
    fn link(&mut self, binding: Option<usize>) {
        let Some(binding) = binding else {
            self.other += 1;
            return;
        };
        let finished = self.depth(binding + 1);
        if let Some(beside) = self.beside.get_mut(binding) {
            *beside = finished.max(*beside);
        }
        for tighter in binding + 1..BINDINGS {
            self.counts[tighter] = 0;
            self.beside[tighter] = 0;
        }
        self.counts[binding] += 1;
    }

    fn whole(&self) -> usize {
        self.other + self.depth(0)
    }

    /// How deep the tree is of all that binds so tightly or tighter.
    fn depth(&self, binding: usize) -> usize {
        (binding..BINDINGS)
            .rev()
            .fold(0, |below, at| self.counts[at] + below.max(self.beside[at]))
    }
}

/// How tightly a word or a mark binds, if it is an operator between operands; before one it is a sign.
fn binding(text: &str, before: bool) -> Option<usize> {
    match text.as_bytes() {
        b"or" => Some(0),
        b"and" => Some(1),
        // Marks come letter by letter.
        b"=" | b"!" | b"<" | b">" | b"in" | b"is" => Some(2),
        b"-" if before => Some(TIGHTEST),
        b"+" | b"-" => Some(3),
        b"*" | b"/" => Some(4),
        b"." | b"as" => Some(TIGHTEST),
        _ => None,
    }
}

/// What a piece does to the nesting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Nesting {
    Fine,
    Unbalanced,
    /// Given once for an item.
    TooDeep,
}

impl Default for Depth {
    fn default() -> Self {
        Depth {
            frames: vec![Frame {
                bracket: 0,
                at: 0,
                chain: Chain::default(),
            }],
            links: 0,
            continues: false,
            too_deep: false,
        }
    }
}

impl Depth {
    /// The deepest nesting that is read.
    pub const LIMIT: usize = 200;

    /// Whether no bracket is open.
    pub fn is_flat(&self) -> bool {
        self.frames.len() <= 1
    }

    /// Whether the innermost bracket holds elements, not lines.
    pub fn in_list(&self) -> bool {
        self.frames
            .last()
            .is_some_and(|frame| matches!(frame.bracket, b'(' | b'['))
    }

    /// Whether a bracket that was opened at this offset or behind it is still open.
    pub fn opened_since(&self, offset: usize) -> bool {
        self.frames
            .last()
            .is_some_and(|frame| frame.bracket != 0 && frame.at >= offset)
    }

    /// A piece that is an operand: a statement may end behind it.
    pub fn operand(&mut self) {
        self.continues = false;
    }

    /// The end of a line.
    pub fn newline(&mut self) {
        if !self.continues
            && self
                .frames
                .last()
                .is_some_and(|frame| matches!(frame.bracket, 0 | b'{'))
        {
            self.end_chain();
        }
    }

    /// A word, a mark or a bracket.
    pub fn token(&mut self, piece: Piece, text: &str) -> Nesting {
        match piece.kind {
            PieceKind::Open => self.open(piece, text),
            PieceKind::Close => return self.close(text),
            PieceKind::Mark if text.as_bytes() == b"," => {
                self.end_chain();
                self.continues = true;
            }
            PieceKind::Mark => {
                self.link(binding(text, self.continues));
                self.continues = text != "?";
            }
            _ => {
                let word = text.as_bytes();
                self.continues = matches!(word, b"and" | b"or" | b"not" | b"in");
                if self.continues || matches!(word, b"is" | b"as" | b"of" | b"else") {
                    self.link(binding(text, false));
                }
            }
        }
        self.checked()
    }

    fn open(&mut self, piece: Piece, text: &str) {
        self.continues = true;
        if self.too_deep {
            return;
        }
        self.frames.push(Frame {
            bracket: text.bytes().next().unwrap_or_default(),
            at: piece.start,
            chain: Chain::default(),
        });
    }

    fn close(&mut self, text: &str) -> Nesting {
        self.continues = false;
        if self.too_deep {
            return Nesting::Fine;
        }
        let opener = match text {
            ")" => b'(',
            "]" => b'[',
            _ => b'{',
        };
        match self.frames.pop() {
            Some(frame) if frame.bracket == opener => {
                self.links -= frame.chain.whole();
                self.link(Some(TIGHTEST));
                self.checked()
            }
            Some(frame) if frame.bracket == 0 => {
                self.frames.push(frame);
                Nesting::Unbalanced
            }
            other => {
                self.links -= other.map_or(0, |frame| frame.chain.whole());
                Nesting::Unbalanced
            }
        }
    }

    fn link(&mut self, binding: Option<usize>) {
        if let Some(frame) = self.frames.last_mut() {
            let before = frame.chain.whole();
            frame.chain.link(binding);
            self.links = self.links - before + frame.chain.whole();
        }
    }

    fn end_chain(&mut self) {
        if let Some(frame) = self.frames.last_mut() {
            self.links -= frame.chain.whole();
            frame.chain = Chain::default();
        }
    }

    fn checked(&mut self) -> Nesting {
        if !self.too_deep && self.frames.len() - 1 + self.links > Self::LIMIT {
            self.too_deep = true;
            return Nesting::TooDeep;
        }
        Nesting::Fine
    }

    /// What is said where it becomes too deep: of operators in a row, or of brackets in each other.
    pub fn too_deep(&self, span: Span) -> Diagnostic {
        let limit = Self::LIMIT;
        let label = "here it becomes too much";
        match self.links >= self.frames.len() {
            true => Diagnostic::new(
                Code::TooDeep,
                format!("a chain of more than {limit} operators, fields and brackets"),
                span,
                label,
            )
            .help("a list says it without a chain: `x in [a, b]`, `sum([a, b])`, and the conditions of a `verify` each have a line of their own; or give a name to a part of it, with `let`, or as a `fn` or a `probe`"),
            false => Diagnostic::new(
                Code::TooDeep,
                format!("nested more than {limit} deep"),
                span,
                label,
            )
            .help("give a name to a part of it: with `let`, or as a `fn`, a `probe` or an `action`"),
        }
    }

    /// Where an unclosed string is taken to end: before the brackets that close what its line has opened.
    pub fn text_end(&self, text: &str, piece: Piece, line_start: usize) -> usize {
        let on_line = self
            .frames
            .iter()
            .rev()
            .take_while(|frame| frame.bracket != 0 && frame.at >= line_start);
        let open: Vec<u8> = on_line.map(|frame| frame.bracket).collect();
        lexical::text_end(text, piece, &open)
    }
}
