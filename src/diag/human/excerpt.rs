//! The lines around a marked place.
//!
//! In: sources. Out: excerpts in the form miette reads, found by the line index instead of by
//! reading the file from its start. Never shows more than a few lines, never more of an endless
//! line than fits a screen, never a character that would fool the reader.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

use crate::diag::plain;
use crate::text::{Source, SourceId, Sources, Span};

/// A place that covers more lines is shown by its first line.
const MOST_LINES: u32 = 5;
/// The most bytes shown of a line on each side of the place.
const MOST_BYTES: usize = 160;

/// All sources with their text made safe to show.
#[derive(Debug)]
pub struct Excerpts<'a> {
    sources: &'a Sources,
    texts: BTreeMap<SourceId, Cow<'a, str>>,
}

impl<'a> Excerpts<'a> {
    pub fn new(sources: &'a Sources) -> Self {
        let texts = sources
            .iter()
            .map(|source| (source.id, plain::same_length(&source.text)));
        Excerpts {
            sources,
            texts: texts.collect(),
        }
    }

    /// The source as miette reads it.
    pub fn excerpt(&'a self, id: SourceId) -> Excerpt<'a> {
        Excerpt {
            source: self.sources.source(id),
            text: &self.texts[&id],
        }
    }

    /// Whether there is nothing to show of a source.
    pub fn is_empty(&self, id: SourceId) -> bool {
        self.sources.source(id).text.is_empty()
    }

    /// How messages call a source.
    pub fn name(&self, id: SourceId) -> &str {
        &self.sources.source(id).name
    }

    /// What is marked of a place: all of it, or its first line if it covers many.
    pub fn shown(&self, span: Span) -> Range<usize> {
        let source = self.sources.source(span.source);
        let length = source.text.len();
        let (start, end) = (
            length.min(span.start as usize),
            length.min(span.end as usize),
        );
        let first = source.position(start as u32).line;
        let last = source.position(end as u32).line;
        let line = source.line_range(first);
        let end_of_line = line.start + source.text[line.clone()].trim_end().len();
        match last - first < MOST_LINES && end - start < MOST_BYTES * 4 {
            true => start..end.max(start),
            false => start..end.min(end_of_line).min(start + MOST_BYTES).max(start),
        }
    }
}

/// One source as miette reads it.
#[derive(Clone, Copy, Debug)]
pub struct Excerpt<'a> {
    source: &'a Source,
    text: &'a str,
}

impl SourceCode for Excerpt<'_> {
    fn read_span<'b>(
        &'b self,
        span: &SourceSpan,
        lines_before: usize,
        lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'b> + 'b>, MietteError> {
        let marked = span.offset()..span.offset() + span.len();
        let shown = match lines_before {
            0 => marked.clone(),
            _ => self.window(&marked, lines_before as u32, lines_after as u32),
        };
        let text = self
            .text
            .get(shown.clone())
            .ok_or(MietteError::OutOfBounds)?;
        let start = self.source.position(shown.start as u32);
        let contents = MietteSpanContents::new_named(
            plain::in_a_line(&self.source.name),
            text.as_bytes(),
            (shown.start, shown.len()).into(),
            start.line as usize - 1,
            start.column as usize - 1,
            text.matches('\n').count(),
        );
        Ok(Box::new(contents))
    }
}

impl Excerpt<'_> {
    /// The lines of the place with some before and after, cut where a line has no end in sight.
    fn window(&self, marked: &Range<usize>, before: u32, after: u32) -> Range<usize> {
        let line_of = |offset: usize| self.source.position(offset as u32).line;
        let (first, last) = (line_of(marked.start), line_of(marked.end));
        let own = self.source.line_range(first);
        let start = match marked.start - own.start > MOST_BYTES {
            true => marked.start - MOST_BYTES,
            false => {
                let first = first.saturating_sub(before).max(1);
                let start = self.source.line_range(first).start;
                match own.start - start > MOST_BYTES * 2 {
                    true => own.start,
                    false => start,
                }
            }
        };
        let end = self.source.line_range(last.saturating_add(after)).end;
        let end = end.min(marked.end + MOST_BYTES * 2).min(self.text.len());
        self.border(start)..self.border(end)
    }

    /// The next border between characters.
    fn border(&self, offset: usize) -> usize {
        let borders = offset..self.text.len();
        let mut borders = borders.filter(|offset| self.text.is_char_boundary(*offset));
        borders.next().unwrap_or(self.text.len())
    }
}
