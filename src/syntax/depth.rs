//! How deeply a text is nested: open brackets and chains of operators, counted while it is skimmed.
//!
//! In: the pieces of an item, one after the other. Out: whether brackets match, and whether the tree would
//! be too deep for the recursive walks that follow. Every walk relies on this limit.

use super::lexical;
use super::skim::{Piece, PieceKind};

/// The open brackets at one place of a text.
#[derive(Debug)]
pub(super) struct Depth {
    frames: Vec<Frame>,
    /// Links of chains in all open brackets.
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
    /// Operators, fields and calls since the last comma or statement: they nest the tree as brackets do.
    links: usize,
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
                links: 0,
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
            PieceKind::Mark if text == "," => {
                self.end_chain();
                self.continues = true;
            }
            PieceKind::Mark => {
                self.link();
                self.continues = text != "?";
            }
            _ => {
                self.continues = matches!(text, "and" | "or" | "not" | "in");
                if self.continues || matches!(text, "is" | "as" | "of" | "else") {
                    self.link();
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
            links: 0,
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
                self.links -= frame.links;
                self.link();
                self.checked()
            }
            Some(frame) if frame.bracket == 0 => {
                self.frames.push(frame);
                Nesting::Unbalanced
            }
            other => {
                self.links -= other.map_or(0, |frame| frame.links);
                Nesting::Unbalanced
            }
        }
    }

    fn link(&mut self) {
        if let Some(frame) = self.frames.last_mut() {
            frame.links += 1;
            self.links += 1;
        }
    }

    fn end_chain(&mut self) {
        if let Some(frame) = self.frames.last_mut() {
            self.links -= frame.links;
            frame.links = 0;
        }
    }

    fn checked(&mut self) -> Nesting {
        if !self.too_deep && self.frames.len() - 1 + self.links > Self::LIMIT {
            self.too_deep = true;
            return Nesting::TooDeep;
        }
        Nesting::Fine
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
