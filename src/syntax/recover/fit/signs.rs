//! Signs of other languages, and what is written in their place.
//!
//! In: the place where a line got stuck. Out: changes, none of them tried yet.

use std::ops::Range;

use super::changes::{Change, Place, goes_between, put};
use super::habits::{BETWEEN, COMPARISONS, SIGNS};
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
                let compares = matches!(written, "==" | "!=" | "<=" | ">=" | "<" | ">" | "!");
                let next = self.word(self.here.map(|here| here + 1));
                let between = goes_between(literal, self.word(self.before), next);
                one && **literal != "{" && fits && between && !(word && compares)
            });
            for literal in literals {
                changes.push(self.instead(run.clone(), literal));
            }
        }
        if let Some(range) = self.bytes(self.here)
            && BETWEEN.contains(&self.word(self.here))
        {
            let next = self.word(self.here.map(|here| here + 1));
            for literal in literals {
                if goes_between(literal, self.word(self.before), next) {
                    changes.push(put(range.clone(), literal));
                }
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
        // `severity: "page"`: what compares stands between blanks.
        let colon = text == "==" && self.tokens.text.get(range.clone()) == Some(":");
        if (colon || word(text.chars().next())) && !blank(before) {
            put_in.insert(0, ' ');
        }
        if (colon || word(text.chars().last())) && !blank(Some(range.end)) {
            put_in.push(' ');
        }
        put(start..range.end, &put_in)
    }

    /// `! =`, `< =`, `!<`: a comparison that is written apart, or the wrong way round.
    pub(super) fn compared(&self, changes: &mut Vec<Change>) {
        let Some(run) = self.here.and_then(|here| self.comparison(here)) else {
            return;
        };
        let written = self.tokens.text.get(run.clone()).unwrap_or_default();
        let written: String = written.split_whitespace().collect();
        let known = COMPARISONS.iter().find(|(sign, _)| *sign == written);
        changes.extend(known.map(|(_, right)| self.instead(run, right)));
    }

    /// Whether a sign belongs to others that compare: without it they would say something else.
    pub(super) fn compares(&self, index: Option<usize>) -> bool {
        let of_several = |index: usize| {
            let token = self.bytes(Some(index));
            self.comparison(index) != token
        };
        index.is_some_and(|index| self.is_comparing(index) && of_several(index))
    }

    /// The signs around one that compare together with it, blanks between them or not.
    fn comparison(&self, index: usize) -> Option<Range<usize>> {
        if !self.is_comparing(index) {
            return None;
        }
        let (mut first, mut last) = (index, index);
        while first > self.line.range.start && self.is_comparing(first - 1) {
            first -= 1;
        }
        while self.line.range.contains(&(last + 1)) && self.is_comparing(last + 1) {
            last += 1;
        }
        Some(self.tokens.bytes(&(first..last + 1)))
    }

    fn is_comparing(&self, index: usize) -> bool {
        let mark = self.is(Some(index), PieceKind::Mark);
        mark && matches!(self.word(Some(index)), "<" | ">" | "=" | "!" | "~" | "/")
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
