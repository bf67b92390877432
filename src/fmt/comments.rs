//! The comments of a file in order, and what the author's line ends say.
//!
//! In: the source and its comments. Out: each comment once, where the printer asks for it.
//! A comment that stands where nobody asks comes out at the next place where somebody does.

use crate::syntax::tree::Comment;
use crate::text::Source;

pub(super) struct Comments<'a> {
    source: &'a Source,
    /// Those that were not printed yet.
    left: &'a [Comment],
}

impl<'a> Comments<'a> {
    pub(super) fn new(source: &'a Source, all: &'a [Comment]) -> Self {
        Comments { source, left: all }
    }

    /// Whether a comment that is not printed yet stands before the offset.
    pub(super) fn any_before(&self, offset: u32) -> bool {
        self.left
            .first()
            .is_some_and(|next| next.span.start < offset)
    }

    /// The next comment, if it stands before the offset.
    pub(super) fn take_before(&mut self, offset: u32) -> Option<&'a Comment> {
        let (next, left) = self.left.split_first()?;
        (next.span.start < offset).then(|| {
            self.left = left;
            next
        })
    }

    /// The next comment, if it stands before the offset and behind other text on its line.
    pub(super) fn take_trailing(&mut self, offset: u32) -> Option<&'a Comment> {
        let next = self.left.first()?;
        if next.own_line {
            return None;
        }
        self.take_before(offset)
    }

    /// Whether the author began a line with what stands at the offset.
    pub(super) fn starts_line(&self, offset: u32) -> bool {
        self.line_ends_before(offset) > 0
    }

    /// Whether the author left a blank line above what stands at the offset.
    pub(super) fn blank_line_before(&self, offset: u32) -> bool {
        self.line_ends_before(offset) > 1
    }

    fn line_ends_before(&self, offset: u32) -> usize {
        let before = self.source.text.get(..offset as usize).unwrap_or_default();
        let blank = before.bytes().rev().take_while(u8::is_ascii_whitespace);
        blank.filter(|byte| *byte == b'\n').count()
    }

    /// Where the next word or bracket stands, behind commas, `..`, blanks and comments.
    pub(super) fn token_behind(&self, offset: u32) -> u32 {
        let text = self.source.text.get(offset as usize..).unwrap_or_default();
        let mut rest = text;
        loop {
            rest = rest
                .trim_start_matches(|c: char| c.is_ascii_whitespace() || matches!(c, ',' | '.'));
            match rest.strip_prefix("//") {
                Some(comment) => rest = comment.split_once('\n').map_or("", |(_, below)| below),
                None => return offset + (text.len() - rest.len()) as u32,
            }
        }
    }

    /// The offset behind the opener that comes next.
    pub(super) fn opener_behind(&self, offset: u32, opener: char) -> u32 {
        let text = self.source.text.get(offset as usize..).unwrap_or_default();
        offset + text.find(opener).map_or(0, |found| found as u32 + 1)
    }

    /// Where the first of `lines` documentation lines above the offset begins.
    pub(super) fn documentation_start(&self, offset: u32, lines: usize) -> u32 {
        let (before, at) = self
            .source
            .text
            .split_at_checked(offset as usize)
            .unwrap_or_default();
        if lines == 0 || at.starts_with("///") {
            return offset;
        }
        let mut start = offset as usize;
        let mut left = lines;
        let mut end = before.rfind('\n');
        while let (Some(line_end), true) = (end, left > 0) {
            end = before[..line_end].rfind('\n');
            let line_start = end.map_or(0, |above| above + 1);
            let line = &before[line_start..line_end];
            if line.trim_start().starts_with("///") {
                left -= 1;
                start = line_start + (line.len() - line.trim_start().len());
            }
        }
        start as u32
    }
}
