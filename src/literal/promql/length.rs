//! Lengths of time: `5m`, `300`, and what is computed of them, `2 * step() + ${window}`.
//!
//! In: the parser behind `[`, `:` or `offset`. Out: the length, its holes told. What the server has to be for it is noted.

use std::ops::Range;

use super::Problem;
use super::canon::Length;
use super::lexer::{self, Kind};
use super::parser::Parser;
use super::selector::millis;
use crate::literal::server::{
    COMPUTED_LENGTHS, EXTREMES_OF_LENGTHS, NUMBERS_FOR_LENGTHS, PLUS_OFFSET, RANGE_OF_QUERY,
    STEP_OF_QUERY, Served, ZERO_OFFSET,
};
use crate::value::HolePosition;

/// The most seconds that a server counts in nanoseconds.
const SECONDS: f64 = 9_223_372_036.0;

/// A length while it is read.
struct Part {
    /// In seconds; none where only the server knows.
    seconds: Option<f64>,
    /// The only hole that it is.
    hole: Option<usize>,
    range: Range<usize>,
    /// What is asked of the server for it, the newest of all.
    need: Option<Served>,
}

impl Part {
    fn needs(mut self, served: Served) -> Part {
        self.need = newest(self.need, Some(served));
        self
    }
}

fn newest(one: Option<Served>, other: Option<Served>) -> Option<Served> {
    [one, other]
        .into_iter()
        .flatten()
        .max_by_key(|served| served.since)
}

impl Parser<'_> {
    /// The length in `[…]`, or the step behind its `:`.
    pub(super) fn range_length(&mut self) -> Result<Length, Problem> {
        let part = self.computed(0)?;
        if part.seconds.is_some_and(|seconds| seconds <= 0.0) {
            return Err(Problem::types(part.range, "the range has no length"));
        }
        self.length_of(part)
    }

    /// The length behind `offset`: no operator belongs to it but its sign.
    pub(super) fn offset_length(&mut self) -> Result<Length, Problem> {
        let sign = (self.is("-") || self.is("+")).then(|| self.next());
        let mut part = self.primary()?;
        if let Some(sign) = sign {
            let is_minus = self.text.get(sign.range.clone()) == Some("-");
            part.seconds = part
                .seconds
                .map(|seconds| if is_minus { -seconds } else { seconds });
            part.range.start = sign.range.start;
            if part.hole.is_some() && is_minus {
                part.hole = None;
            }
            if !is_minus {
                // What it asks for itself says more.
                part.need = newest(Some(PLUS_OFFSET), part.need);
            }
        }
        if part.seconds == Some(0.0) {
            part = part.needs(ZERO_OFFSET);
        }
        self.length_of(part)
    }

    fn length_of(&mut self, part: Part) -> Result<Length, Problem> {
        if part
            .seconds
            .is_some_and(|seconds| !(-SECONDS..=SECONDS).contains(&seconds))
        {
            return Err(Problem::types(part.range, "no server counts that far"));
        }
        if let Some(served) = part.need {
            let what = format!(
                "`{}`",
                self.text.get(part.range.clone()).unwrap_or_default()
            );
            self.need(part.range, what, served);
        }
        Ok(match (part.hole, part.seconds) {
            (Some(at), _) => Length::Hole(self.fill_at(at)),
            (None, Some(seconds)) => Length::Millis((seconds * 1_000.0).round() as i64),
            (None, None) => Length::Hole(self.forms.unknown()),
        })
    }

    /// Operators that bind at least as tightly as `least`.
    fn computed(&mut self, least: u8) -> Result<Part, Problem> {
        self.deeper()?;
        let mut left = match self.is("-") || self.is("+") {
            true => {
                let sign = self.next().range;
                let is_minus = self.text.get(sign.clone()) == Some("-");
                // A power binds more tightly than a sign.
                let of = self.computed(3)?;
                let seconds = of
                    .seconds
                    .map(|seconds| if is_minus { -seconds } else { seconds });
                Part {
                    seconds,
                    hole: None,
                    range: sign.start..of.range.end,
                    ..of
                }
                .needs(COMPUTED_LENGTHS)
            }
            false => self.primary()?,
        };
        while let Some(binding) = self.length_operator().filter(|binding| *binding >= least) {
            let operator = self.next().range;
            let right = self.computed(if binding == 3 { 3 } else { binding + 1 })?;
            left = self.both(left, operator, right)?;
        }
        self.depth -= 1;
        Ok(left)
    }

    fn length_operator(&self) -> Option<u8> {
        match self.word() {
            "+" | "-" => Some(1),
            "*" | "/" | "%" => Some(2),
            "^" => Some(3),
            _ => None,
        }
    }

    fn both(&self, left: Part, operator: Range<usize>, right: Part) -> Result<Part, Problem> {
        let word = self.text.get(operator.clone()).unwrap_or_default();
        let divides = matches!(word, "/" | "%");
        if divides && right.seconds == Some(0.0) {
            return Err(Problem::types(operator, "it is divided by zero"));
        }
        let seconds = left
            .seconds
            .zip(right.seconds)
            .map(|(one, other)| match word {
                "+" => one + other,
                "-" => one - other,
                "*" => one * other,
                "/" => one / other,
                "%" => one % other,
                _ => one.powf(other),
            });
        Ok(Part {
            seconds,
            hole: None,
            range: left.range.start..right.range.end,
            need: newest(left.need, right.need),
        }
        .needs(COMPUTED_LENGTHS))
    }

    /// A length that is written, a hole, one of the query, or one in parentheses.
    fn primary(&mut self) -> Result<Part, Problem> {
        let token = self.next();
        let text = self.text.get(token.range.clone()).unwrap_or_default();
        let part = |seconds: Option<f64>, range: Range<usize>| Part {
            seconds,
            hole: None,
            range,
            need: None,
        };
        self.not_glued(&token)?;
        match token.kind {
            Kind::Duration => Ok(Part {
                ..part(Some(millis(text) as f64 / 1_000.0), token.range)
            }),
            Kind::Number => Ok(Part {
                ..part(lexer::number_of(text), token.range)
            }
            .needs(NUMBERS_FOR_LENGTHS)),
            Kind::Hole => {
                self.positions.push(HolePosition::PromqlDuration);
                Ok(Part {
                    hole: Some(token.range.start),
                    ..part(None, token.range)
                })
            }
            Kind::Mark if text == "(" => {
                let inner = self.computed(0)?;
                let end = self.expect(")")?.end;
                Ok(Part {
                    hole: None,
                    range: token.range.start..end,
                    ..inner
                }
                .needs(COMPUTED_LENGTHS))
            }
            Kind::Word if self.is("(") => {
                let of_query = match text.to_ascii_lowercase().as_str() {
                    "step" => Some(STEP_OF_QUERY),
                    "range" => Some(RANGE_OF_QUERY),
                    "max_of" | "min_of" => None,
                    _ => return Err(self.expected("a duration", &token)),
                };
                self.next();
                if let Some(served) = of_query {
                    let end = self.expect(")")?.end;
                    return Ok(part(None, token.range.start..end).needs(served));
                }
                let one = self.computed(0)?;
                self.expect(",")?;
                let other = self.computed(0)?;
                let end = self.expect(")")?.end;
                let pick = if text.eq_ignore_ascii_case("max_of") {
                    f64::max
                } else {
                    f64::min
                };
                let seconds = one
                    .seconds
                    .zip(other.seconds)
                    .map(|(one, other)| pick(one, other));
                Ok(Part {
                    need: newest(one.need, other.need),
                    ..part(seconds, token.range.start..end)
                }
                .needs(EXTREMES_OF_LENGTHS))
            }
            Kind::Word | Kind::Text | Kind::Mark | Kind::End => {
                Err(self.expected("a duration", &token))
            }
        }
    }

    /// A hole is a whole length: `[5${unit}]` has none.
    fn not_glued(&self, token: &lexer::Token) -> Result<(), Problem> {
        let behind = self.peek();
        let is_glued = behind.range.start == token.range.end
            && matches!(
                behind.kind,
                Kind::Hole | Kind::Word | Kind::Number | Kind::Duration
            );
        let hole = [token, behind]
            .into_iter()
            .find(|token| token.kind == Kind::Hole);
        match hole.filter(|_| is_glued) {
            Some(hole) => Err(Problem::Hole(hole.range.start, "only a part of a duration")),
            None => Ok(()),
        }
    }
}
