//! Text to tokens: one character a token, which is what the grammar reads.
//!
//! In: the text of an item. Out: its tokens as a text of the characters that `grammar/tokens.pest` names, and for
//! each of them where it stands. What says nothing to the grammar has no token: blanks, comments, a new line where it
//! never counts. One pass; never fails: what fits nowhere is a token that no rule takes.

use super::skim::{Piece, PieceKind, Skim, is_word};
use super::split;
use super::tokens::*;

/// A text as the grammar reads it.
#[derive(Debug, Default)]
pub(super) struct Coded<'t> {
    pub text: &'t str,
    pub codes: String,
    /// Where the token at each byte of `codes` stands in `text`.
    places: Vec<(u32, u32)>,
}

impl<'t> Coded<'t> {
    /// The tokens of a text.
    pub fn of(text: &'t str) -> Self {
        let mut coder = Coder::of(text);
        for piece in Skim::new(text, 0) {
            coder.piece(piece);
        }
        coder.take()
    }

    /// The bytes of the text that the tokens at these bytes of `codes` stand for.
    pub fn bytes(&self, start: usize, end: usize) -> (usize, usize) {
        let first = self.start(start);
        let last = end.checked_sub(1).and_then(|last| self.places.get(last));
        let last = last.map_or(first, |place| place.1 as usize);
        (first, last.max(first))
    }

    /// Where the token at a byte of `codes` begins; behind the last one, the end of the text.
    pub fn start(&self, at: usize) -> usize {
        self.places
            .get(at)
            .map_or(self.text.len(), |place| place.0 as usize)
    }

    /// The end of the token before this one, if something stands between them.
    pub fn apart_from(&self, at: usize) -> Option<usize> {
        let before = at.checked_sub(1).and_then(|before| self.places.get(before));
        let end = before?.1 as usize;
        (end < self.start(at)).then_some(end)
    }
}

/// Makes tokens of pieces, one after the other.
pub(super) struct Coder<'t> {
    coded: Coded<'t>,
    /// The last token.
    last: u8,
    /// A new line of which it is not known yet whether it counts.
    newline: Option<usize>,
    /// The end of the last token: what begins before it belongs to that token.
    end: usize,
    /// Where the tag of the string begins that comes next.
    tag: Option<usize>,
}

impl<'t> Coder<'t> {
    /// For pieces of a text.
    pub fn of(text: &'t str) -> Self {
        Coder {
            coded: Coded {
                text,
                ..Coded::default()
            },
            last: NL,
            newline: None,
            end: 0,
            tag: None,
        }
    }

    /// The tokens since it was last asked.
    pub fn take(&mut self) -> Coded<'t> {
        self.end_line(NL);
        let text = self.coded.text;
        // What comes next is most often about as long.
        let next = Coded {
            text,
            codes: String::with_capacity(self.coded.codes.len()),
            places: Vec::with_capacity(self.coded.places.len()),
        };
        self.last = NL;
        std::mem::replace(&mut self.coded, next)
    }

    /// The next piece.
    pub fn piece(&mut self, piece: Piece) {
        let Piece { kind, start, end } = piece;
        if start < self.end {
            return;
        }
        match kind {
            PieceKind::Blank => {}
            PieceKind::Newline => {
                self.newline.get_or_insert(start);
            }
            PieceKind::Comment => {
                if split::is_doc(piece.text(self.coded.text)) {
                    self.push(DOC, start, end);
                }
            }
            PieceKind::Word => self.word(piece),
            PieceKind::Text => match self.tag.take() {
                Some(start) => self.string(TAGGED, piece, start),
                None if self.is_plain(piece) => self.push(PLAIN_TEXT, start, end),
                None => self.string(TEXT, piece, start),
            },
            PieceKind::Block => self.string(BLOCK_TEXT, piece, start),
            PieceKind::Open | PieceKind::Close => self.bracket(piece),
            PieceKind::Mark => self.mark(start),
            PieceKind::Foreign if self.byte(start) == MISSING_BYTE => {
                self.push(MISSING, start, end);
            }
            PieceKind::BlockComment
            | PieceKind::OpenText
            | PieceKind::OpenBlock
            | PieceKind::Foreign => self.push(OTHER, start, end),
        }
    }

    fn byte(&self, at: usize) -> u8 {
        self.coded.text.as_bytes().get(at).copied().unwrap_or(0)
    }

    fn push(&mut self, code: u8, start: usize, end: usize) {
        self.end_line(code);
        self.last = code;
        self.end = end;
        self.coded.codes.push(char::from(code));
        self.coded.places.push((start as u32, end as u32));
    }

    /// A new line counts, unless it stands behind what goes on or before what closes.
    fn end_line(&mut self, next: u8) {
        let Some(start) = self.newline.take() else {
            return;
        };
        let goes_on = matches!(
            self.last,
            NL | COMMA
                | OPEN_BRACE
                | GLUED_PAREN
                | OPEN_APART
                | GLUED_BRACKET
                | BRACKET_APART
                | DOC
        );
        let closes = matches!(next, CLOSE_BRACE | CLOSE_PAREN | CLOSE_BRACKET);
        if !goes_on && !closes {
            self.coded.codes.push(char::from(NL));
            self.coded.places.push((start as u32, start as u32 + 1));
        }
    }

    fn is_glued(&self, start: usize) -> bool {
        self.end == start && self.newline.is_none() && start > 0
    }

    fn word(&mut self, piece: Piece) {
        let Piece { start, end, .. } = piece;
        if self.byte(start).is_ascii_digit() {
            return self.number(piece);
        }
        if self.byte(end) == b'"' && self.is_tag(piece) {
            self.tag = Some(start);
            return;
        }
        let word = &WORDS.of(piece.text(self.coded.text).as_bytes());
        let code = match word.glued {
            Some(glued) if self.is_glued(start) => glued,
            _ => word.code,
        };
        self.end_line(NAME);
        self.last = NAME;
        self.end = end;
        self.coded.codes.push(code);
        for _ in 0..code.len_utf8() {
            self.coded.places.push((start as u32, end as u32));
        }
    }

    /// Whether a word is the tag of the string of one line that follows it.
    fn is_tag(&self, piece: Piece) -> bool {
        let text = self.coded.text;
        let string = || Skim::new(text, piece.end).next();
        TAGS.contains(&piece.text(text))
            && string().is_some_and(|string| string.kind == PieceKind::Text)
    }

    /// A number with its unit, a date, or the first half of a time of day.
    fn number(&mut self, piece: Piece) {
        let Piece { start, end, .. } = piece;
        let bytes = self.coded.text.as_bytes();
        let next = self.byte(end);
        if next == b'-'
            && let Some(end) = time_end(bytes, start)
        {
            return self.push(TIME, start, end);
        }
        if next == b':' && is_form(bytes, start, "00:00") && !is_word(self.byte(start + 5)) {
            return self.push(CLOCK, start, end);
        }
        let mut end = end;
        while self.byte(end) == b'.' && self.byte(end + 1).is_ascii_digit() {
            end += 2;
            while is_word(self.byte(end)) {
                end += 1;
            }
        }
        if self.byte(end) == b'%' {
            end += 1;
        }
        self.push(NUMBER, start, end);
    }

    fn is_plain(&self, piece: Piece) -> bool {
        memchr::memchr2(b'\\', b'$', piece.text(self.coded.text).as_bytes()).is_none()
    }

    /// A string that begins at `start`; a quote inside of a hole ends it, whatever stands before that.
    fn string(&mut self, code: u8, piece: Piece, start: usize) {
        let text = piece.text(self.coded.text);
        match hole_quote(text, code == BLOCK_TEXT) {
            None => self.push(code, start, piece.end),
            Some(end) => {
                self.push(code, start, piece.start + end);
                self.push(OTHER, piece.start + end, piece.end);
            }
        }
    }

    fn bracket(&mut self, piece: Piece) {
        let glued = self.is_glued(piece.start);
        let code = match (self.byte(piece.start), glued) {
            (b'(', true) => GLUED_PAREN,
            (b'(', false) => OPEN_APART,
            (b'[', true) => GLUED_BRACKET,
            (b'[', false) => BRACKET_APART,
            (b'{', _) => OPEN_BRACE,
            (b')', _) => CLOSE_PAREN,
            (b']', _) => CLOSE_BRACKET,
            _ => CLOSE_BRACE,
        };
        self.push(code, piece.start, piece.end);
    }

    fn mark(&mut self, start: usize) {
        let glued = self.is_glued(start);
        let (code, width) = match (self.byte(start), self.byte(start + 1)) {
            (b',', _) => (COMMA, 1),
            (b'.', b'.') if self.byte(start + 2) == b'=' => (DOTS_EQUAL, 3),
            (b'.', b'.') => (DOTS, 2),
            (b'.', letter) if glued && is_letter(letter) => return self.field(start),
            (b'.', next) if glued && next != b' ' => (DOT, 1),
            (b'=', b'=') => (EQUAL_EQUAL, 2),
            (b'=', b'>') => (WRONG_ARROW, 2),
            (b'=', _) => (EQUALS, 1),
            (b'!', b'=') => (NOT_EQUAL, 2),
            (b'!', _) => (BANG, 1),
            (b'<', b'=') => (LESS_EQUAL, 2),
            (b'<', _) => (LESS, 1),
            (b'>', b'=') => (GREATER_EQUAL, 2),
            (b'>', _) => (GREATER, 1),
            (b'-', b'>') => (ARROW, 2),
            (b'-', _) => (MINUS, 1),
            (b'+', _) => (PLUS, 1),
            (b'*', _) => (STAR, 1),
            (b'/', _) => (SLASH, 1),
            (b'%', _) => (PERCENT, 1),
            (b':', _) => (COLON, 1),
            (b'~', b'"') => (PATTERN, 1),
            (b'~', _) => (TILDE, 1),
            (b'&', b'&') => (AND_AND, 2),
            (b'|', b'|') => (OR_OR, 2),
            (b'?', _) if glued && matches!(self.last, QUESTION | QUESTION_APART) => {
                (QUESTION_AGAIN, 1)
            }
            (b'?', _) if glued => (QUESTION, 1),
            (b'?', _) => (QUESTION_APART, 1),
            _ => (OTHER, 1),
        };
        self.push(code, start, start + width);
    }

    /// `.name`
    fn field(&mut self, start: usize) {
        let mut end = start + 2;
        while is_word(self.byte(end)) {
            end += 1;
        }
        self.push(FIELD, start, end);
    }
}

fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_'
}

/// Whether digits stand where `form` has digits, and what else it has where it has it.
fn is_form(bytes: &[u8], start: usize, form: &str) -> bool {
    let found = bytes.get(start..start + form.len());
    found.is_some_and(|found| {
        let pairs = found.iter().zip(form.bytes());
        pairs.into_iter().all(|(found, wanted)| match wanted {
            b'0' => found.is_ascii_digit(),
            mark => *found == mark,
        })
    })
}

/// The end of a date, perhaps with its time, that begins here.
fn time_end(bytes: &[u8], start: usize) -> Option<usize> {
    if !is_form(bytes, start, "0000-00-00") {
        return None;
    }
    let mut end = start + 10;
    if is_form(bytes, end, "T00:00") {
        end += 6;
        if is_form(bytes, end, ":00") {
            end += 3;
        }
        if bytes.get(end) == Some(&b'Z') {
            end += 1;
        }
    }
    let next = bytes.get(end).copied().unwrap_or(0);
    (!is_word(next)).then_some(end)
}

/// The end of a string that a quote inside of its hole ends, although a backslash stands before that quote.
fn hole_quote(text: &str, block: bool) -> Option<usize> {
    let quotes = if block { "\"\"\"" } else { "\"" };
    let mut from = 0;
    loop {
        let hole = from + memchr::memmem::find(text.as_bytes().get(from..)?, b"${")?;
        let rest = text.get(hole + 2..)?;
        let stop = hole + 2 + memchr::memchr3(b'}', b'"', b'\n', rest.as_bytes())?;
        let escaped = text.as_bytes().get(..hole)?;
        let is_escaped = escaped
            .iter()
            .rev()
            .take_while(|byte| **byte == b'\\')
            .count()
            % 2
            == 1;
        let end = stop + quotes.len();
        let ends = text.get(stop..)?.starts_with(quotes);
        if !is_escaped && ends && end < text.len() && text.as_bytes().get(stop - 1) == Some(&b'\\')
        {
            return Some(end);
        }
        from = if is_escaped { hole + 2 } else { stop };
    }
}

/// What a string may have directly before its quote.
const TAGS: [&str; 4] = ["promql", "cron", "url", "re"];

/// What stands for something that could not be read.
const MISSING_BYTE: u8 = 0x1a;
