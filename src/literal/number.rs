//! Number and time literals: what the value room classifies, said as diagnostics.
//!
//! In: the text of one token and its span. Out: the number or the moment, or what is wrong.

use crate::diag::{Code, Diagnostic};
use crate::text::Span;
use crate::value::{Number, NumberProblem, Time, classify_number};

/// Says what a number token stands for. A version is one: whether it may stand there, the caller
/// knows.
pub fn number(token: &str, span: Span) -> Result<Number, Diagnostic> {
    // A blank before the unit is told by the reader, which takes it for none.
    let joined;
    let token = match token.contains([' ', '\t']) {
        true => {
            joined = token.replace([' ', '\t'], "");
            &joined
        }
        false => token,
    };
    classify_number(token).map_err(|error| {
        let place = span.inside(error.start, error.end);
        let message = match error.problem.replacement().as_deref() {
            Some("ms" | "s" | "m" | "h" | "d" | "w") => {
                format!("`{token}` is not a duration: {}", error.problem)
            }
            _ => format!("`{token}` is not a number: {}", error.problem),
        };
        let found = Diagnostic::new(Code::NumberInvalid, message, place, "here");
        let written = error.problem.replacement();
        let found = match (&error.problem, &written) {
            (NumberProblem::Exponent(_), Some(text)) => {
                found.help(format!("write the number out: `{text}`"))
            }
            (problem, _) => found.help(problem.help()),
        };
        match written {
            Some(text) => found.fix(format!("write `{text}`"), place, text),
            None => found,
        }
    })
}

/// Reads `2026-11-27T00:00Z`, or the form without `Z` where a zone is given.
pub fn time(token: &str, zone: Option<&str>, span: Span) -> Result<Time, Diagnostic> {
    if let Some(time) = Time::parse(token, zone) {
        return Ok(time);
    }
    if zone.is_none() && Time::parse(token, Some("UTC")).is_some() {
        let message = format!("`{token}` does not say in which zone");
        let found = Diagnostic::new(Code::TimeInvalid, message, span, "a moment needs a zone");
        let missing = if token.contains('T') { "Z" } else { "T00:00Z" };
        let found = found.help(format!(
            "write `{missing}` behind it for UTC; behind `at` of a test a zone may stand, `in \"Europe/Helsinki\"`"
        ));
        return Err(found.fix(format!("add `{missing}`"), span.at_end(), missing));
    }
    let message = format!("`{token}` is not a moment of the calendar");
    let found = Diagnostic::new(Code::TimeInvalid, message, span, "no such moment");
    Err(found.help("write a day that exists and a time from 00:00 to 23:59: `2026-11-27T09:30Z`"))
}
