//! Which edits are offered: those after which a refused line reads, or is refused at another place than theirs.
//!
//! In: what a lesson says of a line. Out: the same without an edit that mends nothing, and without a help that shows
//! what it would have written. A second mistake on the line is told when the first one is mended: it costs no edit.

use std::ops::Range;

use super::{Body, Recovery};
use crate::diag::{Diagnostic, Fix};
use crate::syntax::code::Coded;
use crate::syntax::kinds::Kind;
use crate::syntax::patch::Splice;
use crate::syntax::rules;
use crate::syntax::teach::Line;

/// A refused line, and what of it has lines of its own.
#[derive(Clone, Copy)]
pub(super) struct Whole<'a> {
    pub line: &'a Range<usize>,
    pub kind: Kind,
    pub bodies: &'a [Body],
    /// What was put inside of it stands behind this one.
    pub mark: usize,
}

impl Recovery<'_> {
    /// What is said of a line that has a common mistake: the first lesson that says how to mend it. One that no longer
    /// does is the second result.
    pub(super) fn lesson(
        &self,
        line: &Line,
        bodies: &[Body],
        mark: usize,
    ) -> (Option<Diagnostic>, Option<Diagnostic>) {
        let whole = Whole {
            line: &line.range,
            kind: line.kind,
            bodies,
            mark,
        };
        let mut first = None;
        for lesson in self.scene.lessons(line) {
            let offers = !lesson.fixes.is_empty();
            let kept = self.kept(lesson, whole);
            if !offers || !kept.fixes.is_empty() || kept.help.is_some() {
                return (Some(kept), first);
            }
            first = first.or(Some(kept));
        }
        (None, first)
    }

    /// What is said of a line, without what would not mend it.
    pub(super) fn kept(&self, mut found: Diagnostic, whole: Whole<'_>) -> Diagnostic {
        let mut lost = Vec::new();
        found.fixes.retain(|fix| {
            let written = self.unread(fix, whole);
            let kept = written.is_none();
            lost.extend(written);
            kept
        });
        let line = self.tokens().text.get(self.tokens().bytes(whole.line));
        let shown = found.help.as_deref().is_some_and(|help| {
            let shown = help.split('`').skip(1).step_by(2).map(plain);
            let was = plain(line.unwrap_or_default());
            let mut new = shown.filter(|shown| !was.contains(shown));
            new.any(|shown| lost.iter().any(|lost| lost.contains(&shown)))
        });
        if shown {
            found.help = None;
        }
        found
    }

    /// What a line would be after an edit, blanks aside, if the edit does not mend it.
    fn unread(&self, fix: &Fix, whole: Whole<'_>) -> Option<String> {
        let bytes = self.tokens().bytes(whole.line);
        let edits = self.edits_of(fix)?;
        let inside = |edit: &Splice| edit.range.start >= bytes.start && edit.range.end <= bytes.end;
        let touched = |body: &Body| {
            let inside = self.inside(body);
            edits
                .iter()
                .any(|edit| edit.range.start >= inside.start && edit.range.end <= inside.end)
        };
        let (touched, apart): (Vec<Body>, Vec<Body>) =
            whole.bodies.iter().copied().partition(|body| touched(body));
        let in_body = |edit: &Splice| {
            touched.iter().any(|body| {
                let inside = self.inside(body);
                edit.range.start >= inside.start && edit.range.end <= inside.end
            })
        };
        // What becomes two lines, or stands on another one, is no line to be read.
        let parts = |edit: &Splice| edit.text.contains('\n') && !in_body(edit);
        if !edits.iter().all(inside) || edits.iter().any(parts) || !self.scene.lowering.may_try() {
            return None;
        }
        let mended = self.splices.get(whole.mark..).unwrap_or_default().iter();
        let mut more: Vec<Splice> = mended.filter(|splice| in_body(splice)).cloned().collect();
        more.extend(edits.iter().cloned());
        let (text, place) = self.alone(whole.line, &apart, &more);
        let failure = rules::read(whole.kind.entry(), &Coded::of(&text)).err()?;
        let last = edits.iter().map(|edit| edit.range.end).max()?;
        let first = edits.iter().map(|edit| edit.range.start).min()?;
        let stuck = self.next(place.start(failure.at));
        // Another mistake stands before it, or further on; on another line it may be none.
        let between = self.tokens().text.get(last..stuck);
        let below = between.is_some_and(|between| between.contains('\n'));
        let another = stuck < first || stuck > self.next(last) || below;
        // What is taken out, or becomes a comment, is no line any more.
        let gone = text.trim().is_empty() || text.trim_start().starts_with("//");
        (!another && !gone).then(|| plain(&text))
    }

    /// Where the next token begins.
    fn next(&self, offset: usize) -> usize {
        let rest = self.tokens().text.get(offset..).unwrap_or_default();
        offset + rest.len() - rest.trim_start().len()
    }

    /// The bytes between the brackets of a body.
    fn inside(&self, body: &Body) -> Range<usize> {
        let open = self.tokens().bytes(&(body.open..body.open + 1));
        let close = self.tokens().partner(body.open);
        open.end..self.tokens().bytes(&(close..close + 1)).start
    }

    /// The edits of a fix in the item's text.
    pub(super) fn edits_of(&self, fix: &Fix) -> Option<Vec<Splice>> {
        let edits = fix.edits.iter().map(|edit| {
            let edited = edit.span.range();
            Some(Splice {
                range: self.offset_of(edited.start)?..self.offset_of(edited.end)?,
                text: edit.text.clone(),
            })
        });
        edits.collect()
    }
}

/// A text without its blanks.
fn plain(text: &str) -> String {
    text.split_whitespace().collect()
}
