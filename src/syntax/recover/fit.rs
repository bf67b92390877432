//! A refused line and the edit that mends it: a lesson's, or the first small change after which the grammar reads it.
//!
//! In: the line, where the grammar got stuck, and what it tried there. Out: what is said of it with that edit, and
//! how the line is read from then on. Each change is tried: none is offered that mends nothing.

mod changes;
mod habits;
mod order;
mod signs;
mod small;
mod times;

use std::ops::Range;

use self::changes::Change;
use super::{Body, Recovery};
use crate::diag::{Diagnostic, Fix, sense};
use crate::syntax::code::Coded;
use crate::syntax::kinds::Kind;
use crate::syntax::patch::Splice;
use crate::syntax::rules::{self, Failure};
use crate::syntax::teach::Line;

/// Longer lines are not worth the trials.
const LONGEST: usize = 1_000;

/// What is said of a line, and what is put into it to read it; nothing if it is not read.
pub(super) struct Fit {
    pub diagnostic: Diagnostic,
    pub read: Vec<Splice>,
}

/// A text without what stands in quotes and brackets.
fn outside(text: &str) -> String {
    let (mut depth, mut quoted) = (0_usize, false);
    let mut plain = String::new();
    for letter in text.chars() {
        match letter {
            '"' => quoted = !quoted,
            _ if quoted => {}
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            letter if depth == 0 => plain.push(letter),
            _ => {}
        }
    }
    plain
}

impl Recovery<'_> {
    /// What would make a line fit, if a small change does.
    pub(super) fn fit(&self, line: &Line, bodies: &[Body], failure: &Failure) -> Option<Fit> {
        if self.tokens().bytes(&line.range).len() > LONGEST {
            return None;
        }
        let fits =
            |change: &Change| self.says_the_same(line, change) && self.reads(line, bodies, change);
        let changes = changes::all(self.tokens(), line, failure);
        if let Some(change) = changes.into_iter().find(fits) {
            let read = change.read.clone();
            let diagnostic = self.told(line, failure, change);
            return Some(Fit { diagnostic, read });
        }
        let mut moves = order::moves(self.tokens(), line).into_iter();
        let change = moves.find(|change| self.keeps_sides(change) && fits(change))?;
        let places = change.edits.iter().map(|edit| edit.range.clone());
        let whole = places.reduce(|a, b| a.start.min(b.start)..a.end.max(b.end));
        let mut diagnostic = self.told(line, failure, change);
        if let Some(whole) = whole {
            diagnostic.primary.span = self.scene.span(whole);
            diagnostic.primary.text = "in another order".into();
        }
        // What stands elsewhere is not read there: its places would be wrong.
        Some(Fit {
            diagnostic,
            read: Vec::new(),
        })
    }

    /// Whether a change leaves alone what must not be guessed: what is denied, and every number.
    fn says_the_same(&self, line: &Line, change: &Change) -> bool {
        let bytes = self.tokens().bytes(&line.range);
        let mut edits: Vec<&Splice> = change.edits.iter().collect();
        edits.sort_by_key(|edit| edit.range.start);
        let (mut after, mut at) = (String::new(), bytes.start);
        for edit in edits {
            let between = self.tokens().text.get(at..edit.range.start);
            after.push_str(between.unwrap_or_default());
            after.push_str(&edit.text);
            at = edit.range.end;
        }
        after.push_str(self.tokens().text.get(at..bytes.end).unwrap_or_default());
        let before = self.tokens().text.get(bytes).unwrap_or_default();
        sense::is_kept(before, &after)
    }

    /// Whether a change of the order leaves the sides of comparisons, and what is denied, where they are. A `not` may
    /// go before a single condition: `a not == b`.
    fn keeps_sides(&self, change: &Change) -> bool {
        let places = change.edits.iter().map(|edit| edit.range.clone());
        let Some(whole) = places.reduce(|a, b| a.start.min(b.start)..a.end.max(b.end)) else {
            return true;
        };
        let text = self.tokens().text.get(whole).unwrap_or_default();
        let text = outside(text);
        let moved = change.edits.iter().map(|edit| edit.text.trim());
        let not = moved.clone().any(|moved| moved == "not");
        let text = text.replace("->", "");
        let joined = text
            .split_whitespace()
            .any(|word| matches!(word, "and" | "or"));
        let compares = text.contains(['<', '>', '!']) || text.contains("==");
        match sense::negations(&text) {
            0 => !compares,
            1 => not && !compares && !joined,
            _ => false,
        }
    }

    /// Whether the line can be read after a change.
    fn reads(&self, line: &Line, bodies: &[Body], change: &Change) -> bool {
        let bytes = self.tokens().bytes(&line.range);
        let inside =
            |splice: &Splice| splice.range.start >= bytes.start && splice.range.end <= bytes.end;
        if !change.read.iter().all(inside) || !self.scene.lowering.may_try() {
            return false;
        }
        let (text, _) = self.alone(&line.range, bodies, &change.read);
        rules::read(line.kind.entry(), &Coded::of(&text)).is_ok()
    }

    fn told(&self, line: &Line, failure: &Failure, change: Change) -> Diagnostic {
        let mut found = self.scene.refused(line, failure);
        if let Some(help) = change.help {
            found = found.help(help);
        }
        for edit in change.edits {
            let span = self.scene.span(edit.range);
            found = found.fix(change.title.as_str(), span, edit.text);
        }
        found
    }

    /// Reads a bad line as its own edit would mend it: what follows is then checked as it was meant.
    pub(super) fn mend_by(
        &mut self,
        fix: &Fix,
        line: &Range<usize>,
        kind: Kind,
        bodies: &[Body],
        mark: usize,
    ) -> bool {
        let edits = self.edits_of(fix);
        edits.is_some_and(|edits| self.mend_with(edits, line, kind, bodies, mark))
    }

    /// Reads a bad line with these edits, if it can be read so.
    pub(super) fn mend_with(
        &mut self,
        edits: Vec<Splice>,
        line: &Range<usize>,
        kind: Kind,
        bodies: &[Body],
        mark: usize,
    ) -> bool {
        let bytes = self.tokens().bytes(line);
        let inside = |edit: &Splice| {
            let range = &edit.range;
            let apart = |body: &Body| {
                let open = self.tokens().bytes(&(body.open..body.open + 1));
                let close = self.tokens().partner(body.open);
                let close = self.tokens().bytes(&(close..close + 1));
                range.end <= open.start || range.start >= close.end
            };
            range.start >= bytes.start && range.end <= bytes.end && bodies.iter().all(apart)
        };
        // The value of a number is read from the source: none can be made up.
        let numbers = |edit: &Splice| edit.text.contains(|letter: char| letter.is_ascii_digit());
        // So is a tagged text.
        let tags = |edit: &Splice| {
            let rest = self.tokens().text.get(edit.range.end..);
            rest.is_some_and(|rest| rest.starts_with('"'))
        };
        if edits.is_empty()
            || !edits.iter().all(inside)
            || edits.iter().any(|edit| numbers(edit) || tags(edit))
        {
            return false;
        }
        let (text, _) = self.alone(line, bodies, &edits);
        if rules::read(kind.entry(), &Coded::of(&text)).is_err() {
            return false;
        }
        self.replace(mark, edits);
        true
    }
}
