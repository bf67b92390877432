//! What a query asks of whom: whether it looks at any series, and whether at the past.
//!
//! In: a query, holes as they stand while it is read. Out: the facts that decide whether its
//! answer can change.

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
    /// The number that its top, `or vector(c)`, makes up where there is no series.
    pub fallback: Option<f64>,
}

/// The facts of a query; nothing if it is none.
pub fn asked(query: &str) -> Option<Asked> {
    let tokens = lexer::tokens(query).ok()?;
    let words: Vec<&str> = tokens
        .iter()
        .filter(|token| token.kind != Kind::End)
        .map(|token| query.get(token.range.clone()).unwrap_or_default())
        .collect();
    let past = tokens
        .iter()
        .zip(&words)
        .any(|(token, word)| match token.kind {
            Kind::Word => word.eq_ignore_ascii_case("offset"),
            Kind::Mark => *word == "@",
            Kind::Number | Kind::Duration | Kind::Text | Kind::Hole | Kind::End => false,
        });
    let fallback = fallback(&words);
    let mut parser = Parser::new(query, tokens);
    parser.whole().ok()?;
    Some(Asked {
        series: !parser.selected.is_empty(),
        past,
        fallback,
    })
}

/// `.. or vector(c)`, perhaps in parentheses, perhaps with `on ()`.
fn fallback(words: &[&str]) -> Option<f64> {
    let mut words = words;
    loop {
        words = bare(words);
        let (before, last) = split_last_or(words)?;
        let number = made_up(bare(last))?;
        // Of several the first one is what comes: `x or vector(0) or vector(1)`.
        if split_last_or(bare(before)).is_none_or(|(_, earlier)| made_up(bare(earlier)).is_none()) {
            return Some(number);
        }
        words = before;
    }
}

/// Without the parentheses around all of it.
fn bare<'w>(words: &'w [&'w str]) -> &'w [&'w str] {
    let mut words = words;
    while let ["(", inner @ .., ")"] = words
        && closes_last(inner)
    {
        words = inner;
    }
    words
}

/// The number of `vector(c)`.
fn made_up(words: &[&str]) -> Option<f64> {
    let (name, number, sign) = match words {
        [name, "(", number, ")"] => (name, number, 1.0),
        [name, "(", "-", number, ")"] => (name, number, -1.0),
        _ => return None,
    };
    let number = number.parse::<f64>().ok()?;
    name.eq_ignore_ascii_case("vector").then_some(sign * number)
}

/// Both sides of the last `or` that stands in no parentheses.
fn split_last_or<'w>(words: &'w [&'w str]) -> Option<(&'w [&'w str], &'w [&'w str])> {
    let mut depth = 0_i64;
    let at = words.iter().enumerate().rev().find_map(|(at, word)| {
        match *word {
            ")" | "}" | "]" => depth += 1,
            "(" | "{" | "[" => depth -= 1,
            _ => {}
        }
        (depth == 0 && word.eq_ignore_ascii_case("or")).then_some(at)
    })?;
    let (before, behind) = (words.get(..at)?, words.get(at + 1..)?);
    let behind = match behind {
        [how, "(", ")", behind @ ..]
            if how.eq_ignore_ascii_case("on") || how.eq_ignore_ascii_case("ignoring") =>
        {
            behind
        }
        behind => behind,
    };
    Some((before, behind))
}

/// Whether no parenthesis closes that was not opened here.
fn closes_last(words: &[&str]) -> bool {
    let mut depth = 0_i64;
    for word in words {
        match *word {
            "(" => depth += 1,
            ")" => depth -= 1,
            _ => {}
        }
        if depth < 0 {
            return false;
        }
    }
    depth == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_top_makes_up_a_number() {
        let with = |query: &str| asked(query).and_then(|asked| asked.fallback);
        assert_eq!(with("sum(x) or vector(0)"), Some(0.0));
        assert_eq!(with("(sum(x) or on() vector(-1))"), Some(-1.0));
        assert_eq!(with("sum(x or vector(0))"), None);
        assert_eq!(with("(a) or (b)"), None);
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
