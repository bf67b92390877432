//! Which fixes of errors stay safe: none that denies, counts or compares otherwise than what is written.
//!
//! In: what was found. Out: the same, with each such fix left to whoever asks for it. Of a warning it is known what a
//! runbook does, and its fix keeps that; of an error only what is written.

use crate::diag::{Applicability, Diagnostic, Edit, Fix, Kind, sense};
use crate::text::Sources;

pub(super) fn doubt(sources: &Sources, found: &mut [Diagnostic]) {
    let errors = found.iter_mut().filter(|found| found.kind() == Kind::Error);
    for fix in errors.flat_map(|found| &mut found.fixes) {
        if fix.applicability == Applicability::Safe && !keeps_sense(sources, fix) {
            fix.applicability = Applicability::Unsafe;
        }
    }
}

/// Whether the lines that a fix changes say the same of what must not be guessed.
fn keeps_sense(sources: &Sources, fix: &Fix) -> bool {
    let mut edits: Vec<&Edit> = fix.edits.iter().collect();
    edits.sort_by_key(|edit| (edit.span.source, edit.span.start));
    let (Some(first), Some(last)) = (edits.first(), edits.last()) else {
        return true;
    };
    if first.span.source != last.span.source {
        return false;
    }
    let text = &sources.source(first.span.source).text;
    let (start, end) = (first.span.start as usize, last.span.end as usize);
    let above = text.get(..start).unwrap_or_default();
    let start = above.rfind('\n').map_or(0, |at| at + 1);
    let below = text.get(end..).unwrap_or_default();
    let end = end + below.find('\n').unwrap_or(below.len());
    let (mut after, mut at) = (String::new(), start);
    for edit in edits {
        let span = edit.span.range();
        after.push_str(text.get(at..span.start).unwrap_or_default());
        after.push_str(&edit.text);
        at = span.end;
    }
    after.push_str(text.get(at..end).unwrap_or_default());
    sense::is_same(text.get(start..end).unwrap_or_default(), &after)
}
