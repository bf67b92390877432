//! What a query asks of whom: whether it looks at any series, and whether at the past.
//!
//! In: a query, holes as they stand while it is read. Out: the facts that decide whether its
//! answer can change.

use super::absence::Absent;
use super::canon::Forms;
use super::lexer;
use super::parser::Parser;
use super::reach::Within;

/// Stands for a hole.
pub const HOLE: char = crate::literal::scan::STAND_IN;

/// What a query asks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Asked {
    /// It selects a series at all: `vector(1)` and `time()` do not.
    pub series: bool,
    /// Whatever series decides it is asked for the past, with `offset` or `@`.
    pub past: bool,
    /// What it says: queries of the same form say the same, however they are spelled.
    pub form: u32,
    /// The number that it answers where none of its series exists: `x or vector(c)`.
    pub fallback: Option<Fallback>,
    /// The numbers that it may answer.
    pub within: Within,
    /// The numbers that it may answer wherever it answers: `count(x)` none below one.
    pub answers: Within,
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
/// the same, in all queries that share the forms.
pub fn asked(query: &str, filled: &[u32], forms: &mut Forms) -> Option<Asked> {
    let tokens = lexer::tokens(query).ok()?;
    let mut parser = Parser::new(query, tokens);
    parser.filled = filled.to_vec();
    std::mem::swap(&mut parser.forms, forms);
    let whole = parser.answer().ok().map(|whole| {
        let forms = &mut parser.forms;
        let (form, fresh) = (forms.key(&whole.sum), forms.has_fresh(&whole.sum));
        (whole, form, fresh)
    });
    std::mem::swap(&mut parser.forms, forms);
    let (whole, form, fresh) = whole?;
    let fallback = match whole.absent {
        // What is no number is no answer.
        Absent::Number(number) if number.is_nan() => None,
        Absent::Number(number) => Some(Fallback::Number(number)),
        Absent::Unknown => Some(Fallback::Some),
        Absent::Nothing => None,
    };
    let series = !parser.selected.is_empty();
    Some(Asked {
        series,
        past: series && !fresh && whole.reach.answered().number().is_none(),
        form,
        fallback,
        within: whole.reach.answered(),
        answers: whole.reach.if_answered(),
        present: whole.reach.present,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_made_up() {
        let with =
            |query: &str| asked(query, &[], &mut Forms::default()).and_then(|asked| asked.fallback);
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
        let of = |query: &str| {
            asked(query, &[], &mut Forms::default()).map(|asked| (asked.series, asked.past))
        };
        assert_eq!(of("vector(1)"), Some((false, false)));
        assert_eq!(of("time()"), Some((false, false)));
        assert_eq!(of("x offset 5m"), Some((true, true)));
        assert_eq!(of("x offset 0s"), Some((true, false)));
        assert_eq!(of("x - x offset 5m"), Some((true, false)));
        assert_eq!(of("sum(x) / sum(y offset 1h)"), Some((true, false)));
        assert_eq!(of("x offset 5m > y"), Some((true, false)));
        assert_eq!(of("(x offset 5m + y) - y"), Some((true, true)));
        assert_eq!(of("sum(x offset 5m) + time()"), Some((true, true)));
        assert_eq!(of("max_over_time(x[5m] offset 1h)"), Some((true, true)));
        assert_eq!(of("max_over_time(x[5m:] @ 3)"), Some((true, true)));
        assert_eq!(of("x @ 1"), Some((true, true)));
        assert_eq!(of("rate(offset_total[5m])"), Some((true, false)));
    }

    fn within(query: &str) -> Option<Within> {
        asked(query, &[0, 0, 1], &mut Forms::default()).map(|asked| asked.within)
    }

    fn point(number: f64) -> Option<Within> {
        Some(Within::of(number, number))
    }

    #[test]
    fn what_a_query_may_answer_follows_from_its_form() {
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
            assert_eq!(within(&query), point(number), "{query}");
        }
    }

    #[test]
    fn what_says_the_same_is_the_same() {
        for (query, number) in [
            ("-sum(x) + sum(x)", 0.0),
            ("sum(x{a=\"1\", b='2'}) - sum(x{b=\"2\",a=`1`,})", 0.0),
            ("sum(x{a=~\"1\"}) - sum({__name__=\"x\", a=\"1\"})", 0.0),
            ("sum by (a, b) (x) - sum by (b, a) (x)", 0.0),
            ("sum by () (x) - SUM(x{})", 0.0),
            ("rate(x[5m]) - rate(x[300s])", 0.0),
            ("rate(x[5m]) - rate(x[5m0s])", 0.0),
            ("rate(x[5m:60s]) - rate(x[300s:1m])", 0.0),
            ("x offset 0s - x", 0.0),
            ("(x * y) - (y * x)", 0.0),
            ("sum(x + y) - sum(y + x)", 0.0),
            ("sum(sum(x)) - sum(x)", 0.0),
            ("max(sum(x)) - sum(x)", 0.0),
            ("count(sum(x))", 1.0),
            ("stddev(sum(x))", 0.0),
            ("sum(sum by (a) (x)) - sum(x)", 0.0),
            ("sum(count by (a) (x)) - count(x)", 0.0),
            ("sum(2 * x) - 2 * sum(x)", 0.0),
            ("max(-x) + min(x)", 0.0),
            ("avg(x + 1) - avg(x)", 1.0),
            ("(x and x) - x", 0.0),
            ("(x or x) - x", 0.0),
            ("sum(x) - on () sum(x)", 0.0),
            ("x - ignoring () x", 0.0),
            ("x * y / y - x", 0.0),
            ("x * x - x ^ 2", 0.0),
            ("(x + 1) * y - x * y - y", 0.0),
            ("abs(-x) - abs(x)", 0.0),
            ("abs(abs(x)) - abs(x)", 0.0),
            ("vector(0) or sum(x)", 0.0),
            ("vector(3) or on () x", 3.0),
            ("abs(x) >= bool 0", 1.0),
            ("max(x) >= bool min(x)", 1.0),
            ("min(x) > bool max(x)", 0.0),
        ] {
            let query = query.replace("HOLE", &HOLE.to_string());
            assert_eq!(within(&query), point(number), "{query}");
        }
    }

    #[test]
    fn ranges_follow_from_functions() {
        let infinite = f64::INFINITY;
        for (query, low, high) in [
            ("count(x)", 0.0, infinite),
            ("sum(rate(x[5m]))", 0.0, infinite),
            ("sum(x > bool 1)", 0.0, infinite),
            ("max(x > bool 1)", 0.0, 1.0),
            ("clamp(x, 1, 5) * 2 - 1", 1.0, 9.0),
            ("clamp(x, 1, 5) / -2", -2.5, -0.5),
            ("abs(x) / count(y)", 0.0, infinite),
            ("count(x) % 5", 0.0, 5.0_f64.next_down()),
            ("x ^ 2", 0.0, infinite),
            ("-abs(x)", -infinite, 0.0),
            ("group(x) or vector(0)", 0.0, 1.0),
            ("sgn(x)", -1.0, 1.0),
            ("max(x) - min(x)", 0.0, infinite),
            ("min by (a) (x) - avg by (a) (x)", -infinite, 0.0),
            (
                "max_over_time(x[5m]) - avg_over_time(x[300s])",
                0.0,
                infinite,
            ),
            ("x % 5", -(5.0_f64.next_down()), 5.0_f64.next_down()),
            ("x * x", 0.0, infinite),
            ("(x - y) * (x - y)", 0.0, infinite),
            ("abs(clamp(x, -3, 2))", 0.0, 3.0),
            ("sqrt(clamp(x, 4, 9))", 2.0, 3.0),
            // Whether a filter answers at all hangs on what it filters.
            ("count(x > 3) / count(x)", -infinite, infinite),
            ("(x > 5) - x", -infinite, infinite),
            ("count(x > 3) <= bool count(x)", -infinite, infinite),
            ("x and on () y", -infinite, infinite),
            ("count(x) unless on () y", -infinite, infinite),
            ("exp(x)", f64::MIN_POSITIVE, infinite),
            ("timestamp(x)", f64::MIN_POSITIVE, infinite),
            ("sum(x) unless sum(x)", infinite, -infinite),
            ("sum(x) * NaN", infinite, -infinite),
        ] {
            assert_eq!(within(query), Some(Within::of(low, high)), "{query}");
        }
    }

    #[test]
    fn where_it_answers_a_query_may_answer_less() {
        let infinite = f64::INFINITY;
        for (query, low, high) in [
            ("count(x)", 1.0, infinite),
            ("count_over_time(x[5m])", 1.0, infinite),
            ("sum(count_values(\"a\", x))", 1.0, infinite),
            ("2 - count(x)", -infinite, 1.0),
            ("sum(clamp(x, -3, -2))", -infinite, -2.0),
            ("absent(x)", 1.0, 1.0),
            ("count(x) or vector(0)", 0.0, infinite),
            ("x > 5", 5.0_f64.next_up(), infinite),
            ("5 >= x", -infinite, 5.0),
            ("x == 5", 5.0, 5.0),
            ("x != 5", -infinite, infinite),
            ("count(x) > 5 unless y", 5.0_f64.next_up(), infinite),
            // What is no number is not above zero.
            ("scalar(count(x)) > bool 0", 0.0, 1.0),
            ("rate(x[5m])", 0.0, infinite),
            ("rate(sum(x)[5m:])", -infinite, infinite),
            ("quantile(1, count by (a) (x))", 1.0, infinite),
            ("quantile(2, count by (a) (x))", -infinite, infinite),
            ("quantile_over_time(0.5, count(x)[5m:])", 1.0, infinite),
            ("quantile_over_time(2, count(x)[5m:])", -infinite, infinite),
        ] {
            let asked = asked(query, &[], &mut Forms::default()).map(|asked| asked.answers);
            assert_eq!(asked, Some(Within::of(low, high)), "{query}");
        }
    }

    #[test]
    fn what_only_looks_the_same_is_not() {
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
            "sum(x{a=\"1\"}) - sum(x{a=\"2\"})",
            "sum(x{a=\"1\"}) - sum(x{a!=\"1\"})",
            "sum(x{a=~\"1.\"}) - sum(x{a=\"1.\"})",
            "sum by (a) (x) - sum by (b) (x)",
            "sum without (a) (x) - sum by (a) (x)",
            "delta(x[5m]) - delta(x[6m])",
            "delta(x[5m:1m]) - delta(x[5m:2m])",
            "delta(x[5m:]) - delta(x[5m])",
            "x offset 1s - x",
            "sum(x + y - y) - sum(x)",
            "sum(x > 5) - sum(x)",
            "sum(x and y) - sum(x)",
            "avg(avg by (a) (x)) - avg(x)",
            "sum(x) or vector(0)",
            "sum(vector(0) or x)",
            "max(x) - min(y)",
            "max(x) - quantile(2, x)",
            "max by (a) (x) - min by (b) (x)",
            "sum(x) - max(x)",
            "topk(1, x) - x",
            "x - on (a) x",
            "sum(x * y / y) - sum(x)",
            "(x or y) - x",
        ] {
            let query = query
                .replace("HOLE2", "b")
                .replace("HOLE", &HOLE.to_string());
            assert_eq!(within(&query), Some(Within::ALL), "{query}");
        }
    }

    #[test]
    fn holes_are_the_same_where_the_same_fills_them() {
        let query = format!("x{{a=\"{HOLE}\"}} - x{{a=\"{HOLE}\"}}");
        let of =
            |filled: &[u32]| asked(&query, filled, &mut Forms::default()).map(|asked| asked.within);
        assert_eq!(of(&[7, 7]), Some(Within::of(0.0, 0.0)));
        assert_eq!(of(&[7, 8]), Some(Within::ALL));
        assert_eq!(of(&[]), Some(Within::ALL));
    }
}
