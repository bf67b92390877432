//! What a query asks of whom: whether it looks at any series, and whether at the past.
//!
//! In: a query, holes as they stand while it is read. Out: the facts that decide whether its
//! answer can change.

use super::absence::Absent;
use super::lexer::{self, Kind};
use super::parser::Parser;
use super::reach::Within;

/// Stands for a hole.
pub const HOLE: char = crate::literal::scan::STAND_IN;

/// What a query asks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Asked {
    /// It selects a series at all: `vector(1)` and `time()` do not.
    pub series: bool,
    /// It has `offset` or `@`.
    pub past: bool,
    /// The number that it answers where none of its series exists: `x or vector(c)`.
    pub fallback: Option<Fallback>,
    /// The numbers that it may answer.
    pub within: Within,
    /// The number only says that there is something: `group(x)`.
    pub present: bool,
}

/// What a query answers where none of its series exists.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fallback {
    Number(f64),
    /// Some number, as `time()` is.
    Some,
}

/// The facts of a query; nothing if it is none. Holes with the same number in `filled` are filled with
/// the same.
pub fn asked(query: &str, filled: &[u32]) -> Option<Asked> {
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
    parser.filled = filled.to_vec();
    let (absent, reach) = parser.whole().ok()?;
    let fallback = match absent {
        // What is no number is no answer.
        Absent::Number(number) if number.is_nan() => None,
        Absent::Number(number) => Some(Fallback::Number(number)),
        Absent::Unknown => Some(Fallback::Some),
        Absent::Nothing => None,
    };
    Some(Asked {
        series: !parser.selected.is_empty(),
        past,
        fallback,
        within: reach.answered(),
        present: reach.present,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_made_up() {
        let with = |query: &str| asked(query, &[]).and_then(|asked| asked.fallback);
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
        let of = |query: &str| asked(query, &[]).map(|asked| (asked.series, asked.past));
        assert_eq!(of("vector(1)"), Some((false, false)));
        assert_eq!(of("time()"), Some((false, false)));
        assert_eq!(of("x offset 5m"), Some((true, true)));
        assert_eq!(of("x @ 1"), Some((true, true)));
        assert_eq!(of("rate(offset_total[5m])"), Some((true, false)));
    }

    #[test]
    fn what_a_query_may_answer_follows_from_its_form() {
        let of = |query: &str| asked(query, &[0, 0, 1]).map(|asked| asked.within);
        let point = |number: f64| Some(Within::of(number, number));
        for (query, number) in [
            ("sum(x) - sum( x )", 0.0),
            ("(sum(x)) - sum(x)", 0.0),
            ("sum(x{a=\"HOLE\"}) - sum(x{a=\"HOLE\"})", 0.0),
            ("x + 1 - x", 1.0),
            ("x * 3 - x - 2 * x", 0.0),
            ("x / 2 + x / 2 - x", 0.0),
            ("x * 0 + 2", 2.0),
            ("-(x * 0 + 2)", -2.0),
            ("x ^ 0", 1.0),
            ("x / x", 1.0),
            ("x % x", 0.0),
            ("clamp(x, 1, 1)", 1.0),
            ("clamp_max(clamp_min(x, 2), 2)", 2.0),
            ("group(x)", 1.0),
            ("absent(x) or vector(1)", 1.0),
            ("x > bool x", 0.0),
            ("x <= bool x", 1.0),
            ("count(x) >= bool 0", 1.0),
            ("x + 1 > bool x", 1.0),
            ("rate((x * 0)[5m:])", 0.0),
            ("0 / x", 0.0),
        ] {
            let query = query.replace("HOLE", &HOLE.to_string());
            assert_eq!(of(&query), point(number), "{query}");
        }
        let infinite = f64::INFINITY;
        for (query, low, high) in [
            ("count(x)", 0.0, infinite),
            ("sum(rate(x[5m]))", 0.0, infinite),
            ("sum(x > bool 1)", 0.0, infinite),
            ("max(x > bool 1)", 0.0, 1.0),
            ("clamp(x, 1, 5) * 2 - 1", 1.0, 9.0),
            ("clamp(x, 1, 5) / -2", -2.5, -0.5),
            ("abs(x) / count(y)", 0.0, infinite),
            ("count(x) % 5", 0.0, 5.0),
            ("x ^ 2", 0.0, infinite),
            ("-abs(x)", -infinite, 0.0),
            ("group(x) or vector(0)", 0.0, 1.0),
            ("sgn(x)", -1.0, 1.0),
        ] {
            assert_eq!(of(query), Some(Within::of(low, high)), "{query}");
        }
        for query in [
            "x - y",
            "x",
            "x - x offset 5m",
            "x - on (a) group_left x",
            "sum(x{a=\"HOLE\"}) - sum(x{a=\"HOLE2\"})",
            "delta(x[5m])",
            "x / 0",
            "x / y",
            "x - x + y",
            "x == 3",
            "x unless y",
            "abs(x) - abs(y)",
            "absent(x)",
            "1 - absent(x)",
            "absent(x) * 3 > bool 2",
        ] {
            let query = query
                .replace("HOLE2", "b")
                .replace("HOLE", &HOLE.to_string());
            assert_eq!(of(&query), Some(Within::ALL), "{query}");
        }
    }

    #[test]
    fn holes_are_the_same_where_the_same_fills_them() {
        let query = format!("x{{a=\"{HOLE}\"}} - x{{a=\"{HOLE}\"}}");
        let of = |filled: &[u32]| asked(&query, filled).map(|asked| asked.within);
        assert_eq!(of(&[7, 7]), Some(Within::of(0.0, 0.0)));
        assert_eq!(of(&[7, 8]), Some(Within::ALL));
        assert_eq!(of(&[]), Some(Within::ALL));
    }
}
