//! Sources and places in them: the only owner of byte offsets.
//!
//! In: the text of a file and its display name. Out: [`Span`]s, lines and columns.
//! Never reads a file; whoever loads one hands the text over.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// Names one source inside a [`Sources`] table.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct SourceId(pub u32);

impl SourceId {
    /// Beyond every number that a [`Sources`] table gives.
    const FIXED: u32 = 1 << 31;

    /// The id of a text that is the same in every table: so what is made of it can be shared.
    pub fn fixed(place: usize) -> SourceId {
        SourceId(SourceId::FIXED + place as u32)
    }

    /// Whether it is the same in every table.
    pub fn is_fixed(self) -> bool {
        self.0 >= SourceId::FIXED
    }
}

/// A half-open range of bytes, `start..end`, in one source.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    pub source: SourceId,
    pub start: u32,
    pub end: u32,
}

impl Span {
    /// Whether the other lies in it.
    pub fn holds(self, other: Span) -> bool {
        self.source == other.source && self.start <= other.start && other.end <= self.end
    }

    /// The range `start..end` of `source`, in bytes.
    pub fn new(source: SourceId, start: usize, end: usize) -> Self {
        // A source is at most `Source::MAX_BYTES` long, so the casts lose nothing.
        Span {
            source,
            start: start as u32,
            end: end as u32,
        }
    }

    /// The smallest span that covers both; both must be of the same source.
    pub fn to(self, end: Span) -> Span {
        Span {
            source: self.source,
            start: self.start.min(end.start),
            end: self.end.max(end.end),
        }
    }

    /// The empty span where this one begins.
    pub fn at_start(self) -> Span {
        Span {
            end: self.start,
            ..self
        }
    }

    /// The empty span just behind this one.
    pub fn at_end(self) -> Span {
        Span {
            start: self.end,
            ..self
        }
    }

    /// A span inside this one, by offsets from its start.
    pub fn inside(self, start: usize, end: usize) -> Span {
        Span::new(
            self.source,
            self.start as usize + start,
            self.start as usize + end,
        )
    }

    /// The bytes as a range, to slice the source's text with.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Length in bytes.
    pub fn len(self) -> usize {
        self.range().len()
    }
}

impl fmt::Debug for Span {
    /// `3..7`, with the source's number before it unless it is the first: `2:3..7`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Span { source, start, end } = self;
        match source.0 {
            0 => write!(f, "{start}..{end}"),
            source => write!(f, "{source}:{start}..{end}"),
        }
    }
}

/// One file's text with its display name and line starts.
#[derive(Clone, Debug)]
pub struct Source {
    pub id: SourceId,
    /// How messages call it: the path as the user gave it, with `/`.
    pub name: Arc<str>,
    pub text: Arc<str>,
    line_starts: Vec<u32>,
}

impl Source {
    /// The longest text that is taken in, in bytes; a longer one is refused by whoever loads it.
    pub const MAX_BYTES: usize = 64 * 1024 * 1024;

    /// A text under a display name.
    pub fn new(id: SourceId, name: &str, text: &str) -> Self {
        let mut line_starts = vec![0];
        line_starts.extend(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at as u32 + 1));
        Source {
            id,
            name: name.into(),
            text: text.into(),
            line_starts,
        }
    }

    /// The text that the span covers. Empty if the span is not on character borders.
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or_default()
    }

    /// Line and column, both from 1, the column in characters. O(log lines + line length).
    pub fn position(&self, offset: u32) -> Position {
        let line = self.line_starts.partition_point(|start| *start <= offset) - 1;
        let start = self.line_starts.get(line).copied().unwrap_or_default();
        let before = self.text.get(start as usize..offset as usize);
        Position {
            line: line as u32 + 1,
            column: before.map_or(0, |text| text.chars().count()) as u32 + 1,
        }
    }

    /// The bytes of a line, counted from 1, with its line break. Empty past the last line.
    pub fn line_range(&self, line: u32) -> std::ops::Range<usize> {
        let start_of = |line: usize| match self.line_starts.get(line) {
            Some(start) => *start as usize,
            None => self.text.len(),
        };
        let line = line as usize;
        start_of(line.saturating_sub(1))..start_of(line)
    }
}

/// A place as people say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Position {
    /// From 1.
    pub line: u32,
    /// From 1, in characters.
    pub column: u32,
}

/// All the sources of one command.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    all: Vec<Source>,
    /// Those with a fixed id.
    fixed: Vec<Arc<Source>>,
}

impl Sources {
    /// Takes in a text under a display name.
    pub fn add(&mut self, name: &str, text: &str) -> SourceId {
        let id = SourceId(self.all.len() as u32);
        self.all.push(Source::new(id, name, text));
        id
    }

    /// Has messages call a source by another name, if it has no fixed id.
    pub fn rename(&mut self, id: SourceId, name: &str) {
        if let Some(source) = self.all.get_mut(id.0 as usize) {
            source.name = name.into();
        }
    }

    /// Puts another text in the place of a source's, if it has no fixed id.
    pub fn replace(&mut self, id: SourceId, text: &str) {
        if let Some(source) = self.all.get_mut(id.0 as usize) {
            *source = Source::new(id, &source.name, text);
        }
    }

    /// Takes in a source with a fixed id, once.
    pub fn add_fixed(&mut self, source: Arc<Source>) {
        if self.fixed.iter().all(|known| known.id != source.id) {
            self.fixed.push(source);
        }
    }

    /// The source with this id.
    pub fn source(&self, id: SourceId) -> &Source {
        match self.fixed.iter().find(|source| source.id == id) {
            Some(source) => source,
            None => &self.all[id.0 as usize],
        }
    }

    /// The text under the span.
    pub fn slice(&self, span: Span) -> &str {
        self.source(span.source).slice(span)
    }

    /// All sources in the order they were added, those with a fixed id last.
    pub fn iter(&self) -> impl Iterator<Item = &Source> {
        self.all.iter().chain(self.fixed.iter().map(Arc::as_ref))
    }
}

/// A text with a blank for each break of a line and each row of blanks.
pub fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ")
}

/// The smallest edit that makes one text of another.
pub fn difference<'t>(old: &str, new: &'t str) -> (std::ops::Range<usize>, &'t str) {
    let same = |left: &mut dyn Iterator<Item = (char, char)>| {
        left.take_while(|(left, right)| left == right)
            .map(|(letter, _)| letter.len_utf8())
            .sum::<usize>()
    };
    let head = same(&mut old.chars().zip(new.chars()));
    let (left, right) = (&old[head..], &new[head..]);
    let tail = same(&mut left.chars().rev().zip(right.chars().rev()));
    (head..old.len() - tail, &new[head..new.len() - tail])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_difference_makes_one_text_of_the_other() {
        for (old, new) in [
            ("", ""),
            ("abc", "abc"),
            ("aa", "aaa"),
            ("aéb", "aèb"),
            ("x", ""),
            ("ab", "b"),
        ] {
            let (range, with) = difference(old, new);
            let mut text = old.to_owned();
            text.replace_range(range, with);
            assert_eq!(text, new);
        }
    }
}
