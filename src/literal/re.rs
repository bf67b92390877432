//! `re"…"`: regular expressions, linear-time by construction and limited in size.
//!
//! In: a scanned literal. Out: the positions of its holes, or diagnostics. `regex-syntax` reads it
//! and says where it is wrong; `regex` builds it once to see that the machine behind it is small.

use std::ops::Range;

use regex::RegexBuilder;
use regex_syntax::ast::parse::Parser;
use regex_syntax::ast::{Ast, Visitor, visit};
use regex_syntax::hir::Hir;

use super::scan::{Literal, STAND_IN};
use crate::diag::{Code, Diagnostic};
use crate::value::HolePosition;

/// How deep groups may nest.
const NESTING: u32 = 50;
/// The longest pattern, in bytes.
const LENGTH: usize = 4096;
/// The most bytes that the compiled pattern may take.
const COMPILED_BYTES: usize = 256 * 1024;

/// A pattern that is wrong: the range of its text and why.
pub(super) struct Wrong {
    pub start: usize,
    pub end: usize,
    pub why: String,
    pub help: Option<&'static str>,
}

/// Checks the literal; the positions of its holes if it is right.
pub(super) fn check(literal: &Literal, found: &mut Vec<Diagnostic>) -> Option<Vec<HolePosition>> {
    let before = found.len();
    if let Err(wrong) = check_pattern(&literal.text) {
        if let Some(hole) = literal.hole_at(wrong.start) {
            found.push(literal.misplaced(hole, "not the place of a character"));
            return None;
        }
        let message = format!("the regular expression is not valid: {}", wrong.why);
        let span = literal.span(wrong.start, wrong.end);
        let mut error = Diagnostic::new(Code::RegexInvalid, message, span, "here");
        error.help = wrong.help.map(str::to_owned);
        found.push(error);
    } else {
        let misplaced = holes_in_sets(&literal.text);
        let misplaced = misplaced.into_iter().filter_map(|at| literal.hole_at(at));
        found.extend(misplaced.map(|hole| literal.misplaced(hole, "inside a set of characters")));
    }
    if found.len() == before && !is_small(&literal.text) {
        let message = "the regular expression is too large when compiled";
        let error = Diagnostic::new(Code::RegexTooLarge, message, literal.whole(), "too large");
        found.push(error.help("lower the counts in `{…}`, or use `[a-z]` in place of `\\w`"));
    }
    (found.len() == before).then(|| vec![HolePosition::Pattern; literal.holes.len()])
}

/// Reads a pattern; if it is not right, says where it is wrong.
pub(super) fn check_pattern(text: &str) -> Result<Hir, Wrong> {
    use regex_syntax::Error;
    if text.len() > LENGTH {
        return Err(Wrong {
            start: text.len(),
            end: text.len(),
            why: format!("it is longer than {LENGTH} bytes"),
            help: None,
        });
    }
    if text.is_empty() {
        return Err(Wrong {
            start: 0,
            end: 0,
            why: "it is empty, and would match everything".to_owned(),
            help: Some("write `^$` to match the empty text, `.*` to match any"),
        });
    }
    let mut parser = regex_syntax::ParserBuilder::new()
        .nest_limit(NESTING)
        .build();
    let (span, why) = match parser.parse(text) {
        Ok(pattern) => return Ok(pattern),
        Err(Error::Parse(error)) => (*error.span(), error.kind().to_string()),
        Err(Error::Translate(error)) => (*error.span(), error.kind().to_string()),
        Err(other) => {
            return Err(Wrong {
                start: 0,
                end: text.len(),
                why: other.to_string(),
                help: None,
            });
        }
    };
    let looks_around = why.contains("look-around") || why.contains("backreferences");
    let linear = "a pattern takes time linear in the text, so it knows neither of both";
    Err(Wrong {
        start: span.start.offset,
        end: span.end.offset,
        why,
        help: looks_around.then_some(linear),
    })
}

/// Whether the pattern stays small when it is compiled.
fn is_small(text: &str) -> bool {
    let mut builder = RegexBuilder::new(text);
    builder.nest_limit(NESTING).size_limit(COMPILED_BYTES);
    builder.build().is_ok()
}

/// Where stand-ins stand inside `[…]`.
pub(super) fn holes_in_sets(text: &str) -> Vec<usize> {
    if !text.contains(STAND_IN) {
        return Vec::new();
    }
    let ast = Parser::new().parse(text);
    let sets = ast.ok().and_then(|ast| visit(&ast, Sets(Vec::new())).ok());
    let sets = sets.unwrap_or_default();
    let holes = text.match_indices(STAND_IN).map(|(at, _)| at);
    holes
        .filter(|at| sets.iter().any(|set| set.contains(at)))
        .collect()
}

/// Collects the places of all `[…]`.
struct Sets(Vec<Range<usize>>);

impl Visitor for Sets {
    type Output = Vec<Range<usize>>;
    type Err = ();

    fn finish(self) -> Result<Self::Output, ()> {
        Ok(self.0)
    }

    fn visit_pre(&mut self, ast: &Ast) -> Result<(), ()> {
        if let Ast::ClassBracketed(set) = ast {
            self.0.push(set.span.start.offset..set.span.end.offset);
        }
        Ok(())
    }
}
