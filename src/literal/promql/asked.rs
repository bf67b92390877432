//! What a query asks of whom: whether it looks at any series, and whether at the past.
//!
//! In: a query, holes as they stand while it is read. Out: the facts that decide whether its
//! answer can change.

use super::absence::Absent;
use super::lexer::{self, Kind};
use super::parser::Parser;

/// Stands for a hole.
pub const HOLE: char = crate::literal::scan::STAND_IN;

/// What a query asks.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Asked {
    /// It selects a series at all: `vector(1)` and `time()` do not.
    pub series: bool,
    /// It has `offset` or `@`.
    pub past: bool,
    /// The number that it answers where none of its series exists: `x or vector(c)`.
    pub fallback: Option<Fallback>,
}

/// What a query answers where none of its series exists.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fallback {
    Number(f64),
    /// Some number, as `time()` is.
    Some,
}

/// The facts of a query; nothing if it is none.
pub fn asked(query: &str) -> Option<Asked> {
    let tokens = lexer::tokens(query).ok()?;
    let past = tokens.iter().any(|token| {
        let word = query.get(token.range.clone()).unwrap_or_default();
        match token.kind {
            Kind::Word => word.eq_ignore_ascii_case("offset"),
            Kind::Mark => word == "@",
            Kind::Number | Kind::Duration | Kind::Text | Kind::Hole | Kind::End => false,
        }
    });
    let mut parser = Parser::new(query, tokens);
    let fallback = match parser.whole().ok()? {
        Absent::Number(number) => Some(Fallback::Number(number)),
        Absent::Unknown => Some(Fallback::Some),
        Absent::Nothing => None,
    };
    Some(Asked {
        series: !parser.selected.is_empty(),
        past,
        fallback,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_made_up() {
        let with = |query: &str| asked(query).and_then(|asked| asked.fallback);
        for (query, number) in [
            ("sum(x) or vector(0)", 0.0),
            ("(sum(x) or on() vector(-1))", -1.0),
            ("sum(x) or (vector(0))", 0.0),
            ("x or vector(0) or vector(1)", 0.0),
            ("sum(x or vector(0))", 0.0),
            ("(sum(x) or vector(5)) * 2 + 0x1", 11.0),
            ("(x or vector(2)) > bool 1", 1.0),
            ("(x or vector(2)) > 1", 2.0),
            ("1 < (x or vector(2))", 2.0),
            ("absent(x)", 1.0),
            ("1 - absent(sum(x))", 0.0),
            ("count(vector(7)) unless x", 1.0),
            ("max_over_time((x or vector(3))[5m:])", 3.0),
            ("rate((x or vector(3))[5m:])", 0.0),
            ("clamp_max(x or vector(9), 4)", 4.0),
            ("x or vector(scalar(vector(10)))", 10.0),
            ("deg(sum(x) or vector(0))", 0.0),
        ] {
            assert_eq!(with(query), Some(Fallback::Number(number)), "{query}");
        }
        for query in [
            "(a) or (b)",
            "(sum(a) or vector(0)) / sum(b)",
            "(x or vector(0)) > 1",
            "x and vector(1)",
            "vector(1) and x",
            "absent(x or vector(1))",
            "sum(rate(x[5m]))",
            "count(x)",
        ] {
            assert_eq!(with(query), None, "{query}");
        }
        for query in ["x or vector(time())", "sum(x) or hour()", "x or hour() * 0"] {
            assert_eq!(with(query), Some(Fallback::Some), "{query}");
        }
    }

    #[test]
    fn constants_and_the_past_are_told_apart() {
        let of = |query: &str| asked(query).map(|asked| (asked.series, asked.past));
        assert_eq!(of("vector(1)"), Some((false, false)));
        assert_eq!(of("time()"), Some((false, false)));
        assert_eq!(of("x offset 5m"), Some((true, true)));
        assert_eq!(of("x @ 1"), Some((true, true)));
        assert_eq!(of("rate(offset_total[5m])"), Some((true, false)));
    }
}
