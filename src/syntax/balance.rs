//! Brackets without a partner: found by indentation, told once each, and put right.
//!
//! In: the text of an item whose brackets do not match. Out: replacements after which they do, and one
//! diagnostic for each bracket that was wrong. A block ends where the indentation goes back to that of the
//! line which opened it; a bracket ends with its statement. Linear in the text.

use super::patch::Splice;
use super::recover::MISSING;
use super::skim::{Piece, PieceKind, Skim};

/// A bracket without a partner.
#[derive(Debug)]
pub(super) struct Lone {
    pub at: usize,
    pub kind: LoneKind,
    /// Where the partner was put, or the bracket itself.
    pub mend: Splice,
}

/// What is wrong with a bracket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LoneKind {
    /// An opener that is never closed; the closer it needs.
    Unclosed(&'static str),
    /// A closer that closes nothing.
    Unopened,
    /// A closer of another kind than its opener, which is at this offset.
    Crossed(usize, &'static str),
    /// `Pod{ready: true)`: the brace of a record whose parentheses are meant.
    Brace,
    /// A line that should open a block and does not.
    NoBlock,
}

/// Words behind which a call is over that is not closed on their line.
const BEHIND: [&str; 8] = [
    "once", "fails", "takes", "hangs", "no_data", "waive", "retry", "holding",
];

/// Finds the lone brackets of a text; what it finds is in the order of the places to mend.
pub(super) fn repair(text: &str) -> Vec<Lone> {
    let mut balance = Balance {
        text,
        open: Vec::new(),
        found: Vec::new(),
        lines: Vec::new(),
        sibling: None,
        last_end: 0,
        line: 0,
        indent: 0,
    };
    balance.run();
    balance
        .found
        .sort_by_key(|lone| (lone.mend.range.start, std::cmp::Reverse(lone.at)));
    balance.found
}

/// An open bracket.
#[derive(Clone, Copy)]
struct Open {
    bracket: u8,
    at: usize,
    line: usize,
    indent: usize,
}

/// A line that was read: its indentation, its first word, and whether it opened a block.
struct PastLine {
    indent: usize,
    block_word: bool,
    end: usize,
    start: usize,
    opened: bool,
}

struct Balance<'t> {
    text: &'t str,
    open: Vec<Open>,
    found: Vec<Lone>,
    /// Lines on the way to here, each indented deeper than the one before.
    lines: Vec<PastLine>,
    /// The line before that has the same indentation as the present one.
    sibling: Option<PastLine>,
    /// The end of the last piece that says something.
    last_end: usize,
    line: usize,
    indent: usize,
}

impl Balance<'_> {
    fn run(&mut self) {
        let mut line_start = 0;
        let mut first = true;
        let pieces = Skim::new(self.text, 0).peekable();
        for piece in pieces {
            if piece.kind == PieceKind::Newline {
                line_start = piece.end;
                first = true;
                continue;
            }
            if piece.is_trivia() {
                continue;
            }
            if first {
                first = false;
                self.line += 1;
                self.indent = piece.start - line_start;
                self.begin_line(piece);
            }
            match piece.kind {
                PieceKind::Open => {
                    let mut rest = Skim::new(self.text, piece.end);
                    let ends_line = rest
                        .find(|next| !matches!(next.kind, PieceKind::Blank | PieceKind::Comment));
                    let ends_line = ends_line.is_none_or(|next| next.kind == PieceKind::Newline);
                    self.opener(piece, ends_line);
                }
                PieceKind::Word if matches!(piece.text(self.text), "undo" | "abort") => {
                    self.goes_on(piece);
                }
                PieceKind::Word if BEHIND.contains(&piece.text(self.text)) => {
                    self.stands_behind(piece)
                }
                PieceKind::Mark if self.is_arrow(piece) => self.stands_behind(piece),
                PieceKind::Close => self.closer(piece, piece.start - line_start == self.indent),
                _ => {}
            }
            self.last_end = piece.end;
            if let Some(line) = self.lines.last_mut() {
                line.end = piece.end;
            }
        }
        while let Some(open) = self.open.pop() {
            self.unclosed(open, self.last_end);
        }
    }

    /// Closes what the indentation of a new line shows to be over.
    fn begin_line(&mut self, piece: Piece) {
        let closes = piece.kind == PieceKind::Close;
        while let Some(top) = self.open.last().copied() {
            let over = top.line < self.line && self.indent <= top.indent;
            if !over || closes {
                break;
            }
            self.open.pop();
            self.unclosed(top, self.last_end);
        }
        self.sibling = None;
        while self
            .lines
            .last()
            .is_some_and(|line| line.indent >= self.indent)
        {
            self.sibling = self.lines.pop().filter(|line| line.indent == self.indent);
        }
        self.lines.push(PastLine {
            indent: self.indent,
            block_word: matches!(
                piece.text(self.text),
                "if" | "for"
                    | "match"
                    | "diagnose"
                    | "remedy"
                    | "steps"
                    | "blast"
                    | "verify"
                    | "attempt"
                    | "with"
                    | "otherwise"
                    | "on"
            ),
            end: piece.end,
            start: piece.start,
            opened: false,
        });
    }

    /// `do f(a, min(b, c) undo { ... }`: what goes on with a statement stands outside of its parentheses.
    fn goes_on(&mut self, piece: Piece) {
        let behind = self.text.get(piece.end..).unwrap_or_default();
        if behind.starts_with([':', '(', '.', ',', ')']) {
            return;
        }
        while let Some(top) = self.open.last().copied().filter(|top| top.bracket != b'{') {
            self.open.pop();
            self.unclosed(top, self.last_end);
        }
    }

    /// `given lag(at: 10m ago -> 5`: the same, unless what is open is closed further on.
    fn stands_behind(&mut self, piece: Piece) {
        let open = self
            .open
            .last()
            .is_some_and(|top| top.bracket != b'{' && top.line == self.line);
        if open && !self.is_closed_behind(piece) {
            self.goes_on(piece);
        }
    }

    fn is_arrow(&self, piece: Piece) -> bool {
        let text = self.text.get(piece.start..).unwrap_or_default();
        text.starts_with("->")
    }

    /// Whether a bracket that is open here is closed on this line.
    fn is_closed_behind(&self, piece: Piece) -> bool {
        let mut depth = 0_usize;
        for piece in Skim::new(self.text, piece.end) {
            match piece.kind {
                PieceKind::Newline => return false,
                PieceKind::Open => depth += 1,
                PieceKind::Close if depth == 0 => return true,
                PieceKind::Close => depth -= 1,
                _ => {}
            }
        }
        false
    }

    fn opener(&mut self, piece: Piece, ends_line: bool) {
        let bracket = piece.text(self.text).bytes().next().unwrap_or_default();
        if bracket == b'{' && ends_line {
            // A block never begins inside of parentheses.
            while let Some(top) = self.open.last().copied().filter(|top| top.bracket != b'{') {
                self.open.pop();
                self.unclosed(top, self.last_end);
            }
        }
        if let (b'{', Some(line)) = (bracket, self.lines.last_mut()) {
            line.opened = true;
        }
        self.open.push(Open {
            bracket,
            at: piece.start,
            line: self.line,
            indent: self.indent,
        });
    }

    fn closer(&mut self, piece: Piece, begins_line: bool) {
        if piece.text(self.text) == "}" {
            self.close_block(piece, begins_line);
            return;
        }
        let opener = if piece.text(self.text) == ")" {
            b'('
        } else {
            b'['
        };
        match self.open.last().copied() {
            Some(top) if top.bracket == opener => {
                self.open.pop();
            }
            Some(top) if top.bracket != b'{' => {
                let below = self
                    .open
                    .len()
                    .checked_sub(2)
                    .and_then(|index| self.open.get(index));
                if below.is_some_and(|below| below.bracket == opener) {
                    self.open.truncate(self.open.len() - 2);
                    self.unclosed(top, self.last_end);
                } else {
                    self.open.pop();
                    let right = partner(top.bracket);
                    self.lone(piece, LoneKind::Crossed(top.at, right), right);
                }
            }
            Some(top) if opener == b'(' && self.is_record_brace(top) => {
                self.open.pop();
                self.found.push(Lone {
                    at: top.at,
                    kind: LoneKind::Brace,
                    mend: Splice {
                        range: top.at..top.at + 1,
                        text: "(".into(),
                    },
                });
            }
            _ => self.lone(piece, LoneKind::Unopened, ""),
        }
    }

    /// `Pod{` on this line: no block is opened so.
    fn is_record_brace(&self, open: Open) -> bool {
        let before = self.text.get(..open.at).unwrap_or_default();
        let letter = |letter: char| letter.is_ascii_alphanumeric();
        let name = before.trim_end_matches(letter).len();
        let name = before.get(name..).unwrap_or_default();
        let upper = name.starts_with(|first: char| first.is_ascii_uppercase());
        open.bracket == b'{' && open.line == self.line && upper
    }

    /// Whether the block goes on below a `}` that ends a line: this one was written once too often.
    fn goes_on_below(&self, top: Open, piece: Piece) -> bool {
        let behind = self.text.get(piece.end..).unwrap_or_default();
        let mut lines = behind.lines();
        let rest = lines.next().unwrap_or_default().trim();
        let says = |line: &&str| !line.trim().is_empty() && !line.trim().starts_with("//");
        let Some(next) = lines.find(says) else {
            return false;
        };
        let indent = next.len() - next.trim_start().len();
        let closes = next.trim_start().starts_with('}');
        let ends = rest.is_empty() || rest.starts_with("//");
        top.line < self.line && ends && (indent > top.indent || closes && indent == top.indent)
    }

    fn close_block(&mut self, piece: Piece, begins_line: bool) {
        while let Some(top) = self.open.last().copied().filter(|top| top.bracket != b'{') {
            self.open.pop();
            self.unclosed(top, self.last_end);
        }
        if begins_line {
            while let Some(top) = self
                .open
                .last()
                .copied()
                .filter(|top| top.indent > self.indent)
            {
                self.open.pop();
                self.unclosed(top, self.last_end);
            }
        }
        let too_far_in = begins_line && self.open.last().is_none_or(|top| top.indent < self.indent);
        match self.open.last() {
            Some(top) if !begins_line && self.goes_on_below(*top, piece) => {
                self.lone(piece, LoneKind::Unopened, "");
            }
            Some(_) if !too_far_in => {
                self.open.pop();
            }
            _ => self.unopened_block(piece),
        }
    }

    /// A `}` whose block was never opened: perhaps the line that should have opened it can be found.
    fn unopened_block(&mut self, piece: Piece) {
        let head = self
            .sibling
            .as_ref()
            .filter(|line| line.block_word && !line.opened);
        match head {
            Some(&PastLine { start, end, .. }) => self.found.push(Lone {
                at: start,
                kind: LoneKind::NoBlock,
                mend: Splice {
                    range: end..end,
                    text: " {".into(),
                },
            }),
            None => self.lone(piece, LoneKind::Unopened, ""),
        }
    }

    fn lone(&mut self, piece: Piece, kind: LoneKind, text: &str) {
        self.found.push(Lone {
            at: piece.start,
            kind,
            mend: Splice {
                range: piece.start..piece.end,
                text: text.into(),
            },
        });
    }

    fn unclosed(&mut self, open: Open, end: usize) {
        let closer = partner(open.bracket);
        let text = if open.bracket == b'{' && open.line < self.line {
            format!(" {closer}")
        } else if open.bracket != b'{' && open.at + 1 == end {
            // What should stand inside is missing, too.
            format!("{MISSING}{closer}")
        } else {
            closer.into()
        };
        self.found.push(Lone {
            at: open.at,
            kind: LoneKind::Unclosed(closer),
            mend: Splice {
                range: end..end,
                text,
            },
        });
    }
}

fn partner(bracket: u8) -> &'static str {
    match bracket {
        b'(' => ")",
        b'[' => "]",
        _ => "}",
    }
}
