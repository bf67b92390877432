//! Whether an edit helped: a line that cannot be read before it and cannot be read after it is only another wrong line.
//!
//! In: what was found before and after, and the edits between. The line stays as it was written then, so that people see
//! their own words beside the error.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::sync::Arc;

use super::{Chosen, Seen, errors};
use crate::diag::{Edit, Stage};
use crate::text::Source;

/// Lines of a file, counted from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lines {
    file: Arc<str>,
    lines: RangeInclusive<u32>,
}

impl Lines {
    /// Those that a fix of a text that cannot be read is about; none for other fixes, which may show what was hidden.
    pub fn of(seen: &Seen, chosen: &Chosen) -> Option<Lines> {
        let is_text = chosen.told.code.stage() == Stage::Text;
        let source = is_text.then(|| source(seen, &chosen.told.file)).flatten()?;
        let edits = chosen
            .fix
            .edits
            .iter()
            .filter(|edit| edit.span.source == source.id);
        let places = edits.flat_map(|edit| [edit.span.start, edit.span.end]);
        let lines = places
            .map(|at| source.position(at).line)
            .chain([chosen.told.line]);
        let lines: BTreeSet<u32> = lines.collect();
        // One fix for places all over a file helps some of them, where others stay wrong.
        let mut pairs = lines.iter().zip(lines.iter().skip(1));
        if pairs.any(|(above, below)| above + 1 < *below) {
            return None;
        }
        let (first, last) = (*lines.first()?, *lines.last()?);
        Some(Lines {
            file: Arc::clone(&chosen.told.file),
            lines: first..=last,
        })
    }

    /// Where they are after these edits.
    pub fn moved(&self, seen: &Seen, edits: &[&Edit]) -> Lines {
        let shift = |line: u32, is_end: bool| match source(seen, &self.file) {
            None => line,
            Some(source) => {
                let own = edits.iter().filter(|edit| edit.span.source == source.id);
                let before = own.filter(|edit| {
                    let at = source.position(edit.span.start).line;
                    at < line || is_end && at == line
                });
                let by: i64 = before.map(|edit| added(source, edit)).sum();
                u32::try_from(i64::from(line) + by).unwrap_or(1)
            }
        };
        let (first, last) = (*self.lines.start(), *self.lines.end());
        let first = shift(first, false);
        Lines {
            file: Arc::clone(&self.file),
            lines: first..=shift(last, true).max(first),
        }
    }

    /// How many errors of what cannot be read begin on them.
    pub fn wrong(&self, seen: &Seen) -> usize {
        let by_line = unreadable(seen);
        let own = by_line.get(&self.file);
        own.map_or(0, |lines| {
            lines
                .iter()
                .filter(|line| self.lines.contains(line))
                .count()
        })
    }

    /// The lines that one of two is about, where they meet.
    pub fn meets(&self, other: &Lines) -> bool {
        self.file == other.file
            && self.lines.start() <= other.lines.end()
            && other.lines.start() <= self.lines.end()
    }
}

/// How many errors there are of what cannot be read.
pub fn all(seen: &Seen) -> usize {
    unreadable(seen).values().map(Vec::len).sum()
}

fn unreadable(seen: &Seen) -> BTreeMap<Arc<str>, Vec<u32>> {
    let mut lines: BTreeMap<Arc<str>, Vec<u32>> = BTreeMap::new();
    for found in errors(&seen.diagnostics).filter(|found| found.code.stage() == Stage::Text) {
        let source = seen.sources.source(found.primary.span.source);
        let line = source.position(found.primary.span.start).line;
        lines
            .entry(Arc::clone(&source.name))
            .or_default()
            .push(line);
    }
    lines
}

/// By how many lines an edit makes its text longer.
fn added(source: &Source, edit: &Edit) -> i64 {
    let breaks = |text: &str| i64::try_from(text.matches('\n').count()).unwrap_or(i64::MAX);
    breaks(&edit.text).saturating_sub(breaks(source.slice(edit.span)))
}

fn source<'s>(seen: &'s Seen, file: &Arc<str>) -> Option<&'s Source> {
    let mut own = seen.own.iter().map(|id| seen.sources.source(*id));
    own.find(|source| source.name == *file)
}
