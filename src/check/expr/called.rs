//! Calls that are meant as something else: a unit that is called, records that are multiplied.
//!
//! In: the name that is called and leads nowhere. Out: whether it was told, with the edit that says what is meant.

use super::{Elaborator, Place};
use crate::diag::{Code, Diagnostic};
use crate::text::Span;

impl Elaborator<'_, '_> {
    /// `ratio(failed / total)`: a unit is given by `as`.
    pub(super) fn say_unit_called(&mut self, name: &str, span: Span) -> bool {
        let unit = match name {
            "ratio" | "percent" | "as_ratio" => "ratio",
            "seconds" | "duration" | "as_seconds" => "seconds",
            "bytes" | "as_bytes" => "bytes",
            _ => return false,
        };
        let source = &self.checker.sources.source(span.source).text;
        let behind = source.get(span.end as usize..).unwrap_or_default();
        let Some(length) = parentheses(behind) else {
            return false;
        };
        let inner = behind[1..length - 1].trim();
        if inner.is_empty() || inner.contains([',', '"']) {
            return false;
        }
        let right = match inner.contains([' ', '\n']) {
            true => format!("({inner}) as {unit}"),
            false => format!("{inner} as {unit}"),
        };
        let whole = Span::new(span.source, span.start as usize, span.end as usize + length);
        let message = format!("a number gets its unit by `as {unit}`");
        let found = Diagnostic::new(Code::UnknownName, message, span, "not a function");
        let found = found.help(format!("write `{right}`"));
        self.say(found.fix(format!("write `{right}`"), whole, right));
        true
    }

    /// `int(lag())`: what stands in the parentheses, alone.
    pub(super) fn without_call(&self, found: Diagnostic, name: &str, span: Span) -> Diagnostic {
        let source = &self.checker.sources.source(span.source).text;
        let behind = source.get(span.end as usize..).unwrap_or_default();
        let Some(length) = parentheses(behind) else {
            return found;
        };
        let inner = &behind[1..length - 1];
        // What binds less tightly than what stands around it would be another value without its parentheses.
        let signs = [',', '+', '-', '*', '/', '\n', '<', '>', '=', '%', '"', '!'];
        let words = inner.split_whitespace();
        let joins = [
            "for", "and", "or", "in", "is", "if", "as", "not", "of", "ago",
        ];
        let mut joined = words.filter(|word| joins.contains(word));
        if inner.trim().is_empty() || inner.contains(signs) || joined.next().is_some() {
            return found;
        }
        let title = format!("leave `{name}` out");
        let (start, end) = (span.start as usize, span.end as usize);
        let open = Span::new(span.source, start, end + 1);
        let close = Span::new(span.source, end + length - 1, end + length);
        found.fix(title.as_str(), open, "").fix(title, close, "")
    }

    /// `-> 6 * Pod(ready: true)`: so many of one kind.
    pub(super) fn say_times(&mut self, span: Span) -> bool {
        let source = &self.checker.sources.source(span.source).text;
        let before = source.get(..span.start as usize).unwrap_or_default();
        let Some(counted) = before.trim_end().strip_suffix('*') else {
            return false;
        };
        let digits = counted.trim_end();
        let number = digits.ends_with(|last: char| last.is_ascii_digit());
        if self.place != Place::Test || !number {
            return false;
        }
        let sign = Span::new(span.source, counted.len(), counted.len() + 1);
        let found = Diagnostic::new(
            Code::OperandMismatch,
            "several of one kind are counted with `of`",
            sign,
            "nothing is multiplied here",
        );
        let found = found.help("write `6 of Pod(ready: true)`");
        self.say(found.fix("write `of`", sign, "of"));
        true
    }
}

/// How long the parentheses are with which a text begins; nothing where a text in quotes stands in them.
fn parentheses(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, letter) in text.char_indices() {
        match letter {
            '"' => return None,
            '(' => depth += 1,
            ')' if depth == 1 => return Some(at + 1),
            ')' => depth = depth.checked_sub(1)?,
            _ if depth == 0 => return None,
            _ => {}
        }
    }
    None
}
