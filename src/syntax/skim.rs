//! Text to pieces: the few lexical facts that must be known before the grammar runs.
//!
//! In: a text. Out: one [`Piece`] after the other, which together cover every byte. One pass, no
//! allocation, no look back. Knows strings, comments and brackets; knows nothing of the grammar.

/// What a stretch of text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PieceKind {
    /// Blanks, tabs and carriage returns.
    Blank,
    Newline,
    /// `// ...` up to the newline; documentation comments too.
    Comment,
    /// `/* ... */`, which the language does not have; unclosed, it ends with its line.
    BlockComment,
    /// A name or a number: letters, digits, underscores.
    Word,
    /// A string with its quotes.
    Text,
    /// A string that reaches the end of its line, or of the file, without its closing quote.
    OpenText,
    /// `"""`, its content and its closing quotes.
    Block,
    /// A block string that is never closed.
    OpenBlock,
    /// `(`, `[`, `{`
    Open,
    /// `)`, `]`, `}`
    Close,
    /// One mark: an operator or a part of one, a comma, a colon.
    Mark,
    /// A character that the language uses in strings and comments only.
    Foreign,
}

/// A stretch of text: bytes `start..end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub kind: PieceKind,
    pub start: usize,
    pub end: usize,
}

impl Piece {
    /// The piece's text.
    pub fn text<'t>(&self, text: &'t str) -> &'t str {
        text.get(self.start..self.end).unwrap_or_default()
    }

    /// Whether it says nothing to the grammar.
    pub fn is_trivia(&self) -> bool {
        matches!(
            self.kind,
            PieceKind::Blank | PieceKind::Newline | PieceKind::Comment
        )
    }
}

/// Walks over a text piece by piece.
pub(super) struct Skim<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    /// No `*/` is left: looking for it again and again would not be linear.
    no_comment_end: bool,
}

impl<'t> Skim<'t> {
    /// Begins at a byte of `text`, which must not be inside a string or comment.
    pub fn new(text: &'t str, at: usize) -> Self {
        Skim {
            text,
            bytes: text.as_bytes(),
            at,
            no_comment_end: false,
        }
    }

    /// Goes on at another place of the text.
    pub fn go_on_at(&mut self, at: usize) {
        self.at = at;
    }

    fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(0)
    }

    /// The end of a run of bytes of one class.
    #[inline]
    fn run(&self, at: usize, class: Class) -> usize {
        let rest = self.bytes.get(at..).unwrap_or_default();
        let length = rest
            .iter()
            .position(|byte| CLASSES[usize::from(*byte)] != class);
        at + length.unwrap_or(rest.len())
    }

    fn line_end(&self, at: usize) -> usize {
        memchr::memchr(b'\n', self.bytes.get(at..).unwrap_or_default())
            .map_or(self.bytes.len(), |found| at + found)
    }

    fn block_comment(&mut self, start: usize) -> usize {
        if !self.no_comment_end {
            let rest = self.text.get(start + 2..).unwrap_or_default();
            if let Some(found) = rest.find("*/") {
                return start + found + 4;
            }
            self.no_comment_end = true;
        }
        self.line_end(start)
    }

    /// From the opening quote: the kind and the end of a string.
    fn string(&self, start: usize) -> (PieceKind, usize) {
        if self.bytes[start..].starts_with(b"\"\"\"") {
            return self.block(start + 3);
        }
        let mut at = start + 1;
        while let Some(found) = self
            .bytes
            .get(at..)
            .and_then(|rest| memchr::memchr3(b'"', b'\\', b'\n', rest))
        {
            at += found;
            match self.bytes[at] {
                b'"' => return (PieceKind::Text, at + 1),
                b'\\' if self.byte(at + 1) != b'\n' => at += 2,
                b'\\' => at += 1,
                _ => return (PieceKind::OpenText, at),
            }
        }
        (PieceKind::OpenText, self.bytes.len())
    }

    /// From behind the opening quotes. A line that begins in column 0 ends it: content is indented.
    fn block(&self, mut at: usize) -> (PieceKind, usize) {
        while let Some(found) = self
            .bytes
            .get(at..)
            .and_then(|rest| memchr::memchr3(b'"', b'\\', b'\n', rest))
        {
            at += found;
            match self.bytes[at] {
                b'"' if self.bytes[at..].starts_with(b"\"\"\"") => {
                    return (PieceKind::Block, at + 3);
                }
                b'\\' => at += 2,
                b'\n' if self.leaves_block(at + 1) => return (PieceKind::OpenBlock, at),
                _ => at += 1,
            }
        }
        (PieceKind::OpenBlock, self.bytes.len())
    }

    /// Whether the line at `at` is not content of a block string: something stands in column 0.
    fn leaves_block(&self, at: usize) -> bool {
        let first = self.byte(at);
        at < self.bytes.len()
            && !matches!(first, b' ' | b'\t' | b'\r' | b'\n')
            && !self.bytes[at..].starts_with(b"\"\"\"")
    }
}

impl Iterator for Skim<'_> {
    type Item = Piece;

    #[inline]
    fn next(&mut self) -> Option<Piece> {
        let start = self.at;
        let first = *self.bytes.get(start)?;
        let (kind, end) = match first {
            b' ' | b'\t' | b'\r' => (PieceKind::Blank, self.run(start + 1, Class::Blank)),
            b'\n' => (PieceKind::Newline, start + 1),
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' => {
                (PieceKind::Word, self.run(start + 1, Class::Word))
            }
            b'"' => self.string(start),
            b'/' if self.byte(start + 1) == b'/' => (PieceKind::Comment, self.line_end(start)),
            b'/' if self.byte(start + 1) == b'*' => {
                (PieceKind::BlockComment, self.block_comment(start))
            }
            b'(' | b'[' | b'{' => (PieceKind::Open, start + 1),
            b')' | b']' | b'}' => (PieceKind::Close, start + 1),
            0x21..=0x7e => (PieceKind::Mark, start + 1),
            _ => {
                let width = self.text.get(start..).and_then(|rest| rest.chars().next());
                (PieceKind::Foreign, start + width.map_or(1, char::len_utf8))
            }
        };
        self.at = end;
        Some(Piece { kind, start, end })
    }
}

/// What a byte is part of in a run.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Blank,
    Word,
    Other,
}

const CLASSES: [Class; 256] = {
    let mut classes = [Class::Other; 256];
    let mut byte = 0;
    while byte < classes.len() {
        classes[byte] = match byte as u8 {
            b' ' | b'\t' | b'\r' => Class::Blank,
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' => Class::Word,
            _ => Class::Other,
        };
        byte += 1;
    }
    classes
};

/// Whether a byte may stand inside a name.
pub(super) fn is_word(byte: u8) -> bool {
    CLASSES[usize::from(byte)] == Class::Word
}
