//! `re"…"`: regular expressions, linear-time by construction and limited in size.
//!
//! In: a scanned literal. Out: the positions of its holes, or diagnostics. [`re2`] reads it and says where it is wrong;
//! `regex` builds it once to see that the machine behind it is small.

use std::ops::Range;

use regex::{Regex, RegexBuilder};
use regex_syntax::ParserBuilder;
use regex_syntax::hir::Hir;

use super::scan::{Literal, STAND_IN};
use crate::diag::{Code, Diagnostic};
use crate::value::HolePosition;
use crate::value::re2::{self, Pattern, Wrong};

/// How deep the machine's own reading of it may nest: groups nest less deeply.
const NESTING: u32 = 250;

/// The longest pattern, in bytes.
const LENGTH: usize = 4096;
/// The most bytes that the compiled pattern may take.
const COMPILED_BYTES: usize = 256 * 1024;

/// Checks the literal; the positions of its holes if it is right.
pub(super) fn check(literal: &Literal, found: &mut Vec<Diagnostic>) -> Option<Vec<HolePosition>> {
    let checked = match check_pattern(&literal.text) {
        Ok(checked) => checked,
        Err(wrong) => {
            found.push(refused(literal, wrong));
            return None;
        }
    };
    let misplaced = checked.holes_in_sets.iter();
    let misplaced = misplaced.filter_map(|at| literal.hole_at(*at));
    let before = found.len();
    found.extend(misplaced.map(|hole| literal.misplaced(hole, "inside a set of characters")));
    if found.len() == before && !checked.is_small() {
        let message = "the regular expression is too large when compiled";
        let error = Diagnostic::new(Code::RegexTooLarge, message, literal.whole(), "too large");
        found.push(error.help("lower the counts in `{…}`"));
    }
    (found.len() == before).then(|| vec![HolePosition::Pattern; literal.holes.len()])
}

fn refused(literal: &Literal, wrong: Wrong) -> Diagnostic {
    if let Some(hole) = literal.hole_at(wrong.range.start) {
        return literal.misplaced(hole, "not the place of a character");
    }
    let message = format!("the regular expression is not valid: {}", wrong.why);
    let span = literal.span(wrong.range.start, wrong.range.end);
    let mut error = Diagnostic::new(Code::RegexInvalid, message, span, "here");
    error.help = wrong.help.map(str::to_owned);
    error
}

/// A pattern that is right.
pub(super) struct Checked {
    pattern: Pattern,
    hir: Hir,
    /// Where stand-ins stand within `[…]`.
    pub holes_in_sets: Vec<usize>,
}

/// Reads a pattern; if it is not right, says where it is wrong.
pub(super) fn check_pattern(text: &str) -> Result<Checked, Wrong> {
    let wrong = |range: Range<usize>, why: String, help| Wrong { range, why, help };
    if text.len() > LENGTH {
        let why = format!("it is longer than {LENGTH} bytes");
        return Err(wrong(text.len()..text.len(), why, None));
    }
    if text.is_empty() {
        let why = "it is empty, and would match everything".to_owned();
        let help = "write `^$` to match the empty text, `.*` to match any";
        return Err(wrong(0..0, why, Some(help)));
    }
    let pattern = re2::pattern(text)?;
    if let Some(hole) = hole_in_counts(text) {
        return Err(wrong(hole..hole, "a count is a number".to_owned(), None));
    }
    let mut parser = ParserBuilder::new().nest_limit(NESTING).build();
    let hir = parser.parse(&pattern.text);
    let hir = hir.map_err(|error| wrong(0..text.len(), error.to_string(), None))?;
    let holes = text.match_indices(STAND_IN).map(|(at, _)| at);
    let holes_in_sets = holes
        .filter(|at| pattern.sets.iter().any(|set| set.contains(at)))
        .collect();
    Ok(Checked {
        pattern,
        hir,
        holes_in_sets,
    })
}

impl Checked {
    /// Whether the machine that runs it is small.
    fn is_small(&self) -> bool {
        self.machine().is_some()
    }

    /// Whether it takes the empty text.
    pub fn takes_nothing(&self) -> bool {
        self.hir.properties().minimum_len() == Some(0)
            && self.machine().is_none_or(|machine| machine.is_match(""))
    }

    fn machine(&self) -> Option<Regex> {
        let mut builder = RegexBuilder::new(&format!("^(?:{})$", self.pattern.text));
        builder.nest_limit(NESTING + 1).size_limit(COMPILED_BYTES);
        builder.build().ok()
    }
}

/// Where a stand-in stands for a count, as in `x{${n}}`, which would be a text.
fn hole_in_counts(text: &str) -> Option<usize> {
    let holes = text.match_indices(STAND_IN);
    let mut counts = holes.filter(|(at, _)| {
        let before = text.get(..*at).unwrap_or_default();
        let before = before.trim_end_matches(|digit: char| digit.is_ascii_digit() || digit == ',');
        before.ends_with('{') && !before.ends_with("\\{")
    });
    counts.next().map(|(at, _)| at)
}
