//! Why a query never answers, for whoever wrote it.
//!
//! In: parts of it that never answer, as they are read. Out: the first of them, with what to write instead.

use std::ops::Range;

use super::Problem;
use super::operator::is_comparison;
use super::parser::{Operand, Parser};

/// Why a part never answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Never {
    /// `NaN`, and what is computed with it.
    NoNumber,
    /// `x unless x`
    NothingLeft,
    /// `count(x) < 0`
    NoneFits,
}

impl Never {
    /// Why an operator never answers whose sides may.
    pub fn of(operator: &str) -> Never {
        match operator {
            "unless" => Never::NothingLeft,
            operator if is_comparison(operator) => Never::NoneFits,
            _ => Never::NoNumber,
        }
    }
}

impl Parser<'_> {
    /// Keeps the first part that never answers.
    pub(super) fn note_never(&mut self, part: &Operand, why: Never) {
        if part.reach.never {
            self.never.get_or_insert((part.range.clone(), why));
        }
    }
}

/// The problem with a query that never answers.
pub(super) fn problem(never: Option<(Range<usize>, Never)>, whole: Range<usize>) -> Problem {
    let (range, why) = never.unwrap_or((whole, Never::NoNumber));
    let (what, help) = match why {
        Never::NoNumber => (
            "it never answers: this is not a number, and neither is what is computed with it",
            "leave it out: a query without an answer yields no data, and `or vector(..)` gives it one",
        ),
        Never::NothingLeft => (
            "it never answers: the right side takes away all that the left one has",
            "say behind `unless` which of them are left out, as in `x unless x > 5`",
        ),
        Never::NoneFits => (
            "it never answers: no number of the left side is so",
            "compare with what it may be; `bool` behind the operator answers 0 or 1 in place of letting through",
        ),
    };
    Problem::types(range, what).help(help)
}
