//! Which series a query selects, and how far back it looks at each.
//!
//! In: a query without holes. Out: its selectors in the order of the text. What an enclosing
//! subquery adds is counted in: the reach of `x` in `rate(x[1m])[10m:]` is eleven minutes.

use std::ops::Range;

use super::lexer;
use super::parser::Parser;

/// One selector of a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selector {
    /// The metric and its matchers alone: `x{a="b"}`.
    pub text: String,
    /// How far its samples reach back, in milliseconds; 0 for the newest one alone.
    pub reach: i64,
    /// By how many milliseconds `offset` moves it to the past.
    pub shift: i64,
    /// The moment that `@` fixes.
    pub at: Option<Moment>,
}

/// What stands behind `@`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// Milliseconds since 1970.
    Millis(i64),
    Start,
    End,
}

/// The selectors of a query; nothing if it is none.
pub fn selectors(query: &str) -> Option<Vec<Selector>> {
    let tokens = lexer::tokens(query).ok()?;
    let mut parser = Parser::new(query, tokens);
    parser.whole().ok()?;
    let selected = parser.selected.into_iter();
    let selectors = selected.map(|selected| {
        Some(Selector {
            text: query.get(selected.range)?.trim().to_owned(),
            reach: selected.reach,
            shift: selected.shift,
            at: selected.at,
        })
    });
    selectors.collect()
}

/// A selector while the query is read.
pub(super) struct Selected {
    pub range: Range<usize>,
    reach: i64,
    shift: i64,
    at: Option<Moment>,
    /// Whether an inner `@` makes it the same whatever encloses it.
    settled: bool,
}

impl Selected {
    pub fn new(range: Range<usize>) -> Selected {
        Selected {
            range,
            reach: 0,
            shift: 0,
            at: None,
            settled: false,
        }
    }

    /// What follows goes around all that was said of the moment before.
    pub fn enclose(&mut self) {
        self.settled = self.at.is_some();
    }

    pub fn extend(&mut self, millis: i64) {
        if !self.settled {
            self.reach = self.reach.saturating_add(millis);
        }
    }

    pub fn shift(&mut self, millis: i64) {
        if !self.settled {
            self.shift = self.shift.saturating_add(millis);
        }
    }

    pub fn pin(&mut self, at: Moment) {
        if !self.settled {
            self.at = Some(at);
        }
    }
}

/// The milliseconds of `1h30m`.
pub(super) fn millis(duration: &str) -> i64 {
    const UNITS: [(&str, i64); 7] = [
        ("ms", 1),
        ("s", 1_000),
        ("m", 60_000),
        ("h", 3_600_000),
        ("d", 86_400_000),
        ("w", 7 * 86_400_000),
        ("y", 365 * 86_400_000),
    ];
    let mut total: i64 = 0;
    let mut rest = duration;
    while !rest.is_empty() {
        let digits = rest.find(|next: char| !next.is_ascii_digit());
        let (count, behind) = rest.split_at(digits.unwrap_or(rest.len()));
        let end = behind.find(|next: char| next.is_ascii_digit());
        let (unit, behind) = behind.split_at(end.unwrap_or(behind.len()));
        let known = UNITS.iter().find(|(name, _)| *name == unit);
        let count: i64 = count.parse().unwrap_or(i64::MAX);
        let millis = known.map_or(0, |(_, millis)| count.saturating_mul(*millis));
        total = total.saturating_add(millis);
        rest = behind;
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;

    const M: i64 = 60_000;

    /// Text, reach, shift, and the moment of each.
    fn parts(query: &str) -> Vec<(String, i64, i64, Option<Moment>)> {
        let found = selectors(query).unwrap_or_else(|| panic!("not read: {query}"));
        let parts = found.into_iter();
        let parts = parts.map(|it| (it.text, it.reach, it.shift, it.at));
        parts.collect()
    }

    fn now(text: &str, reach: i64) -> (String, i64, i64, Option<Moment>) {
        (text.to_owned(), reach, 0, None)
    }

    #[test]
    fn selectors_are_found_and_nothing_else() {
        assert_eq!(parts("vector(1) + time()"), []);
        assert_eq!(parts("up"), [now("up", 0)]);
        let query = "sum by (job) (rate(http:errors{code=~'5..', path=\"/a{b}[5m]\"}[2m])) / on (job) \
            sum without (pod) (up{job=\"x\"}) > bool 3";
        let expected = [
            now("http:errors{code=~'5..', path=\"/a{b}[5m]\"}", 2 * M),
            now("up{job=\"x\"}", 0),
        ];
        assert_eq!(parts(query), expected);
        assert_eq!(
            parts("topk(3, {__name__=\"a\"})"),
            [now("{__name__=\"a\"}", 0)]
        );
        assert_eq!(parts("absent(up{a='}'} )"), [now("up{a='}'}", 0)]);
        assert_eq!(selectors("rate(x)"), None);
        assert_eq!(selectors("x{"), None);
    }

    #[test]
    fn time_is_counted_in() {
        assert_eq!(parts("x offset 5m"), [("x".into(), 0, 5 * M, None)]);
        assert_eq!(parts("x offset -5m"), [("x".into(), 0, -5 * M, None)]);
        let pinned = ("x".to_owned(), M, 2 * M, Some(Moment::Millis(1_600_000)));
        assert_eq!(
            parts("rate(x[1m] @ 1600 offset 2m)"),
            std::slice::from_ref(&pinned)
        );
        assert_eq!(
            parts("rate(x[1m] offset 2m @ 1600.0)"),
            std::slice::from_ref(&pinned)
        );
        // What goes around a fixed moment does not move it.
        let query = "max_over_time(rate(x[1m] @ 1600 offset 2m)[10m:30s] offset 1h)";
        assert_eq!(parts(query), [pinned]);
        assert_eq!(parts("x @ end()"), [("x".into(), 0, 0, Some(Moment::End))]);
    }

    #[test]
    fn subqueries_reach_further_back() {
        let query = "max_over_time(rate(x[1m] offset 1m)[10m:30s] offset 1h) + y";
        let expected = [("x".into(), 11 * M, 61 * M, None), now("y", 0)];
        assert_eq!(parts(query), expected);
        let query = "avg_over_time((x + y{a='b'})[1h30m:] @ start())";
        let start = Some(Moment::Start);
        let expected = [
            ("x".into(), 90 * M, 0, start),
            ("y{a='b'}".into(), 90 * M, 0, start),
        ];
        assert_eq!(parts(query), expected);
    }
}
