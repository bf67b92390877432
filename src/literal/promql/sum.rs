//! Sums of a query by their parts, so that `sum(up) - sum(up)` and `x + 1 - x` are seen for what they are.
//!
//! Only what matches series of the same labels is followed. Two parts are the same where they are
//! written in the same words, and their holes are filled with the same.

use std::ops::Range;

use super::lexer::Token;
use super::parser::{Operand, Parser};
use super::reach::{Reach, Within};

/// How many parts a sum keeps apart.
const MOST: usize = 8;

/// So many times each of some expressions, and a number.
#[derive(Clone, Debug, Default)]
pub(super) struct Sum {
    parts: Vec<(Range<usize>, f64)>,
    more: f64,
}

impl Sum {
    fn scaled(mut self, by: f64) -> Sum {
        self.more *= by;
        self.parts.iter_mut().for_each(|(_, times)| *times *= by);
        self
    }
}

impl Parser<'_> {
    /// What an operand adds up to; itself, where it is no sum.
    fn sum_of(&self, operand: &Operand) -> Sum {
        let Within { low, high } = operand.reach.within;
        match &operand.sum {
            Some(sum) => sum.clone(),
            None if low == high && low.is_finite() => Sum {
                parts: Vec::new(),
                more: low,
            },
            None => Sum {
                parts: vec![(operand.core.clone(), 1.0)],
                more: 0.0,
            },
        }
    }

    fn added(&self, one: Sum, other: Sum) -> Option<Sum> {
        let mut sum = one;
        sum.more += other.more;
        for (part, times) in other.parts {
            let known = sum.parts.iter_mut();
            match known
                .into_iter()
                .find(|(known, _)| self.is_same(known, &part))
            {
                Some((_, known)) => *known += times,
                None => sum.parts.push((part, times)),
            }
        }
        sum.parts.retain(|(_, times)| *times != 0.0);
        (sum.parts.len() <= MOST && sum.more.is_finite()).then_some(sum)
    }

    /// `left operator right` as a sum, where it is one.
    pub(super) fn added_up(&self, operator: &str, left: &Operand, right: &Operand) -> Option<Sum> {
        let number = |operand: &Operand| {
            let Within { low, high } = operand.reach.within;
            (low == high && low != 0.0).then_some(low)
        };
        match operator {
            "+" => self.added(self.sum_of(left), self.sum_of(right)),
            "-" => self.added(self.sum_of(left), self.sum_of(right).scaled(-1.0)),
            "*" => match (number(left), number(right)) {
                (_, Some(by)) => Some(self.sum_of(left).scaled(by)),
                (Some(by), None) => Some(self.sum_of(right).scaled(by)),
                (None, None) => None,
            },
            "/" => Some(self.sum_of(left).scaled(1.0 / number(right)?)),
            _ => None,
        }
    }

    /// The numbers that `left - right` may be.
    pub(super) fn difference(&self, left: &Operand, right: &Operand, matches: bool) -> Within {
        let (one, other) = (left.reach.within, right.reach.within);
        let apart = Within::of(one.low - other.high, one.high - other.low);
        // Other labels are matched, so that a series may meet another one.
        if matches {
            return apart;
        }
        match self.added_up("-", left, right) {
            Some(sum) if sum.parts.is_empty() => Within::of(sum.more, sum.more),
            _ => apart,
        }
    }

    /// Narrowed to the one number that a sum comes to where its parts take each other away.
    pub(super) fn narrowed(&self, reach: Reach, sum: Option<&Sum>) -> Reach {
        match sum {
            Some(sum) if sum.parts.is_empty() => Reach {
                within: Within::of(sum.more, sum.more),
                ..reach
            },
            _ => reach,
        }
    }

    /// Whether two places of the query say the same.
    fn is_same(&self, one: &Range<usize>, other: &Range<usize>) -> bool {
        let (one, other) = (self.tokens_in(one), self.tokens_in(other));
        one.len() == other.len()
            && one.iter().zip(other).all(|(one, other)| {
                let (a, b) = (one.range.clone(), other.range.clone());
                self.text[a] == self.text[b] && self.are_filled_alike(one, other)
            })
    }

    fn tokens_in(&self, range: &Range<usize>) -> &[Token] {
        let from = self
            .tokens
            .partition_point(|token| token.range.start < range.start);
        let to = self
            .tokens
            .partition_point(|token| token.range.start < range.end);
        self.tokens.get(from..to).unwrap_or_default()
    }

    /// Whether the holes in two tokens are filled with the same.
    fn are_filled_alike(&self, one: &Token, other: &Token) -> bool {
        let mut holes = self.filled_in(one).zip(self.filled_in(other));
        holes.all(|(one, other)| one.is_some() && one == other)
    }

    /// What fills each hole of a token, as far as that is known.
    fn filled_in(&self, token: &Token) -> impl Iterator<Item = Option<u32>> {
        let before = |end: usize| self.holes.partition_point(|hole| *hole < end);
        let holes = before(token.range.start)..before(token.range.end);
        holes.map(|hole| self.filled.get(hole).copied())
    }
}
