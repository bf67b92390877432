//! Signs of other languages, and what is written in their place.
//!
//! In: the place where a line got stuck. Out: changes, none of them tried yet.

use std::ops::Range;

use super::changes::{Change, Place, put};
use super::habits::{BETWEEN, SIGNS};
use crate::syntax::kinds::Kind;
use crate::syntax::skim::PieceKind;

impl Place<'_, '_> {
    /// Signs that are written otherwise.
    pub(super) fn signs(&self, literals: &[&str], changes: &mut Vec<Change>) {
        for index in [self.here, self.before] {
            let Some(run) = index.and_then(|index| self.run(index)) else {
                continue;
            };
            let written = self.tokens.text.get(run.clone()).unwrap_or_default();
            let known = SIGNS.iter().filter(|(sign, _)| *sign == written);
            // `do f() || true`: nothing stands in for a change that was not made.
            let next = self.here.map(|here| here + 2);
            let value = matches!(self.word(next), "true" | "false" | ":" | "exit");
            let does = self.tokens.word(self.line.range.start) == "do" && value;
            for (_, better) in known.filter(|(sign, _)| !(does && *sign == "||")) {
                changes.push(self.instead(run.clone(), better));
            }
            if self.line.kind == Kind::Test && matches!(written, "*" | "...") {
                changes.push(put(run.clone(), "any"));
            }
            let one = written.len() <= 3 && index == self.here;
            let literals = literals.iter().filter(|literal| {
                // A word stands in the place of few signs: `did a, b` is `did a then b`.
                let word = literal.starts_with(|first: char| first.is_ascii_alphabetic());
                let fits = !word || written != "." && (written != "," || **literal == "then");
                one && **literal != "{" && fits
            });
            for literal in literals {
                changes.push(self.instead(run.clone(), literal));
            }
        }
        if let Some(range) = self.bytes(self.here)
            && BETWEEN.contains(&self.word(self.here))
        {
            for literal in literals {
                changes.push(put(range.clone(), literal));
            }
        }
    }

    /// A word or a sign in the place of signs, with the blanks that it needs and no others.
    fn instead(&self, range: Range<usize>, text: &str) -> Change {
        let blank = |at: Option<usize>| {
            let byte = at.and_then(|at| self.tokens.text.as_bytes().get(at));
            byte.is_none_or(u8::is_ascii_whitespace)
        };
        let word = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
        let before = range.start.checked_sub(1);
        let (mut start, mut put_in) = (range.start, text.to_owned());
        if text.starts_with([',', ':']) && blank(before) {
            let above = self.tokens.text.get(..range.start).unwrap_or_default();
            start = above.trim_end_matches(' ').len();
        }
        if word(text.chars().next()) && !blank(before) {
            put_in.insert(0, ' ');
        }
        if word(text.chars().last()) && !blank(Some(range.end)) {
            put_in.push(' ');
        }
        put(start..range.end, &put_in)
    }

    /// The signs that stand together with one.
    pub(super) fn run(&self, index: usize) -> Option<Range<usize>> {
        let mark = |index: usize| {
            let token = self.tokens.at(index);
            token.is_some_and(|token| token.kind == PieceKind::Mark)
        };
        if !mark(index) {
            return None;
        }
        let (mut first, mut last) = (index, index);
        while first > self.line.range.start && mark(first - 1) && self.tokens.glued(first - 1) {
            first -= 1;
        }
        while mark(last + 1) && self.tokens.glued(last) {
            last += 1;
        }
        Some(self.tokens.bytes(&(first..last + 1)))
    }
}
