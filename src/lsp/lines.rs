//! Lines and columns of the protocol: what an offset is called, and what offset is meant.
//!
//! In: a text and an encoding, which both sides agreed on. Out: positions, counted from 0, a column in units of that
//! encoding. A line ends with `\n`, `\r\n` or `\r`, as the protocol says. A place that is not there becomes the nearest.

use std::ops::Range;

use gen_lsp_types::{Position, PositionEncodingKind, Range as LspRange};

/// What a column counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    Utf8,
    Utf16,
    Utf32,
}

impl Encoding {
    /// Of those that a client offers, the one that costs least; UTF-16 is known to all.
    pub fn among(offered: &[PositionEncodingKind]) -> Encoding {
        match offered {
            kinds if kinds.contains(&PositionEncodingKind::UTF8) => Encoding::Utf8,
            kinds if kinds.contains(&PositionEncodingKind::UTF16) => Encoding::Utf16,
            kinds if kinds.contains(&PositionEncodingKind::UTF32) => Encoding::Utf32,
            _ => Encoding::Utf16,
        }
    }

    /// As the protocol calls it.
    pub fn kind(self) -> PositionEncodingKind {
        match self {
            Encoding::Utf8 => PositionEncodingKind::UTF8,
            Encoding::Utf16 => PositionEncodingKind::UTF16,
            Encoding::Utf32 => PositionEncodingKind::UTF32,
        }
    }

    fn units(self, letter: char) -> usize {
        match self {
            Encoding::Utf8 => letter.len_utf8(),
            Encoding::Utf16 => letter.len_utf16(),
            Encoding::Utf32 => 1,
        }
    }

    /// How long a text is.
    pub fn length(self, text: &str) -> usize {
        match self {
            Encoding::Utf8 => text.len(),
            Encoding::Utf16 | Encoding::Utf32 => {
                text.chars().map(|letter| self.units(letter)).sum()
            }
        }
    }
}

/// How many bytes lie between two places whose units are known, however long the line is.
const STRIDE: usize = 256;

/// A text with its lines.
#[derive(Clone, Debug)]
pub struct Lines<'t> {
    text: &'t str,
    starts: Vec<usize>,
    /// How many units stand before each multiple of [`STRIDE`]: of whole characters, those that begin before it.
    units: Vec<usize>,
    encoding: Encoding,
}

impl<'t> Lines<'t> {
    /// The lines of a text.
    pub fn of(text: &'t str, encoding: Encoding) -> Self {
        let mut starts = vec![0];
        for (at, byte) in text.bytes().enumerate() {
            let is_pair = byte == b'\r' && text.as_bytes().get(at + 1) == Some(&b'\n');
            if matches!(byte, b'\n' | b'\r') && !is_pair {
                starts.push(at + 1);
            }
        }
        let mut units = Vec::with_capacity(text.len() / STRIDE + 1);
        let mut before = 0;
        for (at, letter) in text.char_indices() {
            while units.len() * STRIDE <= at {
                units.push(before);
            }
            before += encoding.units(letter);
        }
        Lines {
            text,
            starts,
            units,
            encoding,
        }
    }

    /// How many units stand before a character of the text.
    fn units_before(&self, offset: usize) -> usize {
        let mark = (offset / STRIDE).min(self.units.len().saturating_sub(1));
        // What begins before the mark is counted there.
        let mut from = mark * STRIDE;
        while !self.text.is_char_boundary(from) {
            from += 1;
        }
        let known = self.units.get(mark).copied().unwrap_or_default();
        known
            + self
                .encoding
                .length(self.text.get(from..offset).unwrap_or_default())
    }

    /// A line without what ends it, and where it begins.
    fn line(&self, line: usize) -> (usize, &'t str) {
        let start = self.starts.get(line).copied().unwrap_or(self.text.len());
        let end = self
            .starts
            .get(line + 1)
            .copied()
            .unwrap_or(self.text.len());
        let text = self.text.get(start..end).unwrap_or_default();
        (start, text.trim_end_matches(['\r', '\n']))
    }

    /// The offset of a position; past the end of a line, its end.
    pub fn offset(&self, position: Position) -> usize {
        let (start, text) = self.line(position.line as usize);
        let wanted = position.character as usize;
        let mut units = 0;
        for (at, letter) in text.char_indices() {
            let next = units + self.encoding.units(letter);
            if next > wanted {
                return start + at;
            }
            units = next;
        }
        start + text.len()
    }

    /// The bytes of a range; an inverted one is empty.
    pub fn bytes(&self, range: LspRange) -> Range<usize> {
        let start = self.offset(range.start);
        start..self.offset(range.end).max(start)
    }

    /// The position of an offset; inside of a character, its beginning.
    pub fn position(&self, offset: usize) -> Position {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self.starts.partition_point(|start| *start <= offset) - 1;
        let start = self.starts.get(line).copied().unwrap_or_default();
        let units = self.units_before(offset) - self.units_before(start);
        Position {
            line: line as u32,
            character: units as u32,
        }
    }

    /// The range of some bytes.
    pub fn range(&self, bytes: Range<usize>) -> LspRange {
        LspRange {
            start: self.position(bytes.start),
            end: self.position(bytes.end),
        }
    }

    /// The bytes, cut at the ends of lines.
    pub fn cut(&self, bytes: Range<usize>) -> Vec<Range<usize>> {
        let first = self.position(bytes.start).line as usize;
        let last = self.position(bytes.end).line as usize;
        let lines = (first..=last).map(|line| {
            let (start, text) = self.line(line);
            start.max(bytes.start)..(start + text.len()).min(bytes.end)
        });
        lines.filter(|part| part.start < part.end).collect()
    }

    /// How long some bytes are.
    pub fn length(&self, bytes: Range<usize>) -> u32 {
        let text = self.text.get(bytes).unwrap_or_default();
        self.encoding.length(text) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "aé😀b\r\nc\rd\n";

    #[test]
    fn every_offset_comes_back() {
        for encoding in [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32] {
            let lines = Lines::of(TEXT, encoding);
            for (at, letter) in TEXT.char_indices() {
                // Behind `\r` of a pair is no place of its own.
                if letter == '\n' && TEXT[..at].ends_with('\r') {
                    continue;
                }
                assert_eq!(lines.offset(lines.position(at)), at, "{encoding:?} {at}");
            }
        }
    }

    #[test]
    fn columns_count_units() {
        let at = TEXT.find('b').unwrap();
        let column = |encoding| Lines::of(TEXT, encoding).position(at).character;
        assert_eq!(column(Encoding::Utf8), 7);
        assert_eq!(column(Encoding::Utf16), 4);
        assert_eq!(column(Encoding::Utf32), 3);
        let last = Lines::of(TEXT, Encoding::Utf16).position(TEXT.len());
        assert_eq!((last.line, last.character), (3, 0));
    }

    #[test]
    fn columns_of_a_long_line_count_from_its_beginning() {
        let text = format!("ä\n{}", "aé😀".repeat(1_000));
        for encoding in [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32] {
            let lines = Lines::of(&text, encoding);
            let mut column = 0;
            for (at, letter) in text.char_indices().skip(2) {
                let found = lines.position(at);
                assert_eq!(
                    (found.line, found.character as usize),
                    (1, column),
                    "{encoding:?} {at}"
                );
                column += encoding.units(letter);
            }
        }
    }

    #[test]
    fn what_is_not_there_is_the_nearest() {
        let lines = Lines::of(TEXT, Encoding::Utf16);
        let place = |line, character| lines.offset(Position { line, character });
        assert_eq!(place(0, 99), TEXT.find('\r').unwrap());
        assert_eq!(place(99, 0), TEXT.len());
        assert_eq!(place(0, 3), TEXT.find('😀').unwrap());
    }
}
