//! Text with possible line breaks, and the choice which of them are taken.
//!
//! In: pieces of text, groups of possible breaks, comments. Out: lines of at most [`WIDTH`]
//! columns where the groups allow it. Two passes over a flat list, so time is linear and no
//! nesting is too deep. Knows nothing of the language.

use super::writer::Writer;

/// A line is broken at its groups when it would be longer.
pub(super) const WIDTH: usize = 100;

/// The pieces of one item, in order.
#[derive(Default)]
pub(super) struct Layout<'a> {
    pieces: Vec<Piece<'a>>,
    groups: Vec<Group>,
}

enum Piece<'a> {
    Text(&'a str),
    /// One blank, dropped at a line's end.
    Blank,
    /// Ends its line, always.
    Comment(&'a str),
    /// A new line when its group is broken, else `flat`.
    Break {
        flat: &'static str,
        blank_line: bool,
    },
    /// Text of a broken group only, or of a flat one only.
    Choice {
        flat: &'static str,
        broken: &'static str,
    },
    NewLine {
        blank_line: bool,
    },
    Open {
        forced: bool,
    },
    Close {
        forced: bool,
    },
    Indent(Level),
    Dedent(Level),
}

/// When a level of indentation counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    /// Where the innermost group is broken: a list inside a flat one begins at the flat one's level.
    Broken,
    Always,
}

/// A group that is still open.
struct Group {
    at: usize,
    /// Broken whatever the width.
    forced: bool,
    /// Something inside is broken for sure.
    inner: bool,
    /// May stay flat around a last element that is broken: `f(a, [`.
    hugs: bool,
}

impl<'a> Layout<'a> {
    pub(super) fn text(&mut self, text: &'a str) {
        self.pieces.push(Piece::Text(text));
        if text.contains('\n') {
            self.broken_inside();
        }
    }

    pub(super) fn blank(&mut self) {
        self.pieces.push(Piece::Blank);
    }

    pub(super) fn comment(&mut self, text: &'a str) {
        self.pieces.push(Piece::Comment(text));
        self.broken_inside();
    }

    pub(super) fn choice(&mut self, flat: &'static str, broken: &'static str) {
        self.pieces.push(Piece::Choice { flat, broken });
    }

    /// A place where the innermost group may break.
    pub(super) fn line(&mut self, flat: &'static str, blank_line: bool) {
        self.pieces.push(Piece::Break { flat, blank_line });
    }

    /// Says that an element is over and another follows: what is broken inside breaks its group.
    pub(super) fn next_element(&mut self) {
        if self.groups.last().is_some_and(|group| group.inner) {
            self.force();
        }
    }

    pub(super) fn new_line(&mut self, blank_line: bool) {
        self.pieces.push(Piece::NewLine { blank_line });
        self.broken_inside();
    }

    pub(super) fn open(&mut self, hugs: bool) {
        self.groups.push(Group {
            at: self.pieces.len(),
            forced: false,
            inner: false,
            hugs,
        });
        self.pieces.push(Piece::Open { forced: false });
    }

    /// Breaks the innermost group.
    pub(super) fn force(&mut self) {
        if let Some(group) = self.groups.last_mut() {
            group.forced = true;
        }
    }

    pub(super) fn close(&mut self) {
        let Some(group) = self.groups.pop() else {
            return;
        };
        let forced = group.forced || (group.inner && !group.hugs);
        self.pieces[group.at] = Piece::Open { forced };
        self.pieces.push(Piece::Close { forced });
        if forced || group.inner {
            self.broken_inside();
        }
    }

    pub(super) fn indent(&mut self, level: Level) {
        self.pieces.push(Piece::Indent(level));
    }

    /// Ends the innermost level, which is of this kind.
    pub(super) fn dedent(&mut self, level: Level) {
        self.pieces.push(Piece::Dedent(level));
    }

    fn broken_inside(&mut self) {
        if let Some(group) = self.groups.last_mut() {
            group.inner = true;
        }
    }

    /// The text, without a line end after the last line.
    pub(super) fn render(&self) -> String {
        let widths = self.widths();
        let mut writer = Writer::default();
        let mut broken = Vec::new();
        for (piece, width) in self.pieces.iter().zip(widths) {
            let is_broken = broken.last().copied().unwrap_or(true);
            match piece {
                Piece::Text(text) => writer.text(text),
                Piece::Blank => writer.blank(),
                Piece::Comment(text) => writer.comment(text),
                Piece::Break { blank_line, .. } if is_broken => writer.new_line(*blank_line),
                Piece::Break { flat: " ", .. } => writer.blank(),
                Piece::Break { flat, .. } => writer.text(flat),
                Piece::Choice { flat, broken } => {
                    writer.text(if is_broken { broken } else { flat });
                }
                Piece::NewLine { blank_line } => writer.new_line(*blank_line),
                Piece::Open { forced } => broken.push(*forced || !writer.fits(width)),
                Piece::Close { .. } => {
                    broken.pop();
                }
                Piece::Indent(level) if is_broken || *level == Level::Always => writer.indent(),
                Piece::Dedent(level) if is_broken || *level == Level::Always => writer.dedent(),
                Piece::Indent(_) | Piece::Dedent(_) => {}
            }
        }
        writer.finish()
    }

    /// Per piece that opens a group: the columns from there to the next sure line end if the
    /// group stays flat; where the group ends first, to the next possible line end behind it.
    fn widths(&self) -> Vec<usize> {
        let columns = self.columns();
        let mut widths = vec![0; self.pieces.len()];
        let total = columns.last().copied().unwrap_or_default();
        // The nearest line ends to the right: the piece and the column of the sure one, the
        // column of the possible one.
        let mut sure = (self.pieces.len(), total);
        let mut possible = total;
        let mut closed = Vec::new();
        for (index, piece) in self.pieces.iter().enumerate().rev() {
            let column = columns[index];
            match piece {
                Piece::Close { forced } => closed.push((index, *forced, possible)),
                Piece::Open { .. } => {
                    let (end, _, behind) = closed.pop().unwrap_or((index, false, column));
                    let until = if sure.0 < end { sure.1 } else { behind };
                    widths[index] = until - column;
                }
                Piece::Break { .. } => {
                    possible = column;
                    if closed.last().is_none_or(|(_, forced, _)| *forced) {
                        sure = (index, column);
                    }
                }
                Piece::Comment(_) | Piece::NewLine { .. } => {
                    possible = column;
                    sure = (index, column);
                }
                Piece::Text(text) => {
                    if let Some((first, _)) = text.split_once('\n') {
                        possible = column + first.chars().count();
                        sure = (index, possible);
                    }
                }
                Piece::Blank | Piece::Choice { .. } | Piece::Indent(_) | Piece::Dedent(_) => {}
            }
        }
        widths
    }

    /// The column of each piece, and of the end, were all of it one line.
    fn columns(&self) -> Vec<usize> {
        let mut column = 0;
        let mut columns = vec![0];
        for piece in &self.pieces {
            column += match piece {
                Piece::Text(text) => text.chars().count(),
                Piece::Break { flat, .. } | Piece::Choice { flat, .. } => flat.len(),
                Piece::Blank => 1,
                Piece::Comment(_) | Piece::NewLine { .. } => 0,
                Piece::Open { .. } | Piece::Close { .. } => 0,
                Piece::Indent(_) | Piece::Dedent(_) => 0,
            };
            columns.push(column);
        }
        columns
    }
}
